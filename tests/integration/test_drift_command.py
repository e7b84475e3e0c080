"""``lockgate drift``: what somebody changed by hand is named, and ends the command with 1."""

from __future__ import annotations

import pytest
from lightkube.resources.core_v1 import Service

from benchmarks.rig import Factory, Rig

pytestmark = pytest.mark.lab


def test_a_port_that_was_changed_by_hand_is_named(make_stack: Factory, rig: Rig) -> None:
    stack = make_stack(strategy="rolling")
    stack.release("1.0.0").good()
    assert "no change" in stack.lockgate("drift").good().output
    patch = {"spec": {"ports": [{"name": "http", "port": 9898, "targetPort": 1}]}}
    rig.cluster.client.patch(Service, "podinfo", patch, namespace=stack.name)
    done = stack.lockgate("drift")
    assert done.code == 1
    assert "targetPort" in done.output
    assert "podinfo" in done.output
