"""A wrong settings file: every fault at once, by the real engine, before anything is changed."""

from __future__ import annotations

import pytest

from benchmarks.rig import Factory, Rig

pytestmark = pytest.mark.lab
FAULTS = {
    "bakeSecond": 5,
    "replicas": "two",
    "testCoverageThreshold": 140,
    "preStopSeconds": 60,
}


@pytest.mark.parametrize("command", ["preview", "up"])
def test_every_fault_is_reported_before_anything_is_changed(rig: Rig, make_stack: Factory, command: str) -> None:
    stack = make_stack(**FAULTS)
    done = {"preview": stack.preview, "up": stack.up}[command]().bad()
    assert "4 errors" in done.output
    for key, value in FAULTS.items():
        line = next((line for line in done.output.splitlines() if f": lockgate:{key} = {value}: " in line), "")
        assert line.count(";") >= 1, f"no line with rule and remedy for {key} in\n{done.output}"
    assert "Traceback" not in done.output
    assert "bakeSeconds" in done.output
    namespaces = rig.stacks[0].observer.kubectl("get", "namespaces", "-o", "name")
    assert stack.name not in namespaces
