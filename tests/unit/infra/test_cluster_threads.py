"""A cluster is asked from several threads: a refresh reads every step of a release at once."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
RACE = """
import sys, threading
sys.setswitchinterval(1e-6)
from lightkube.core import decoders
from infra import kubernetes
kubernetes.learn_types()
start = threading.Barrier(16)
anything = b'{"spec": {"selector": {}, "template": {}, "containers": []}, "endpoints": [], "addressType": ""}'
def read(kind):
    start.wait()
    decoders.decode_object(anything, kind)
threads = [threading.Thread(target=read, args=(kind,)) for kind in kubernetes.READ[:4] * 4]
for thread in threads:
    thread.start()
for thread in threads:
    thread.join()
"""


@pytest.mark.parametrize("attempt", range(5))
def test_objects_that_are_read_at_the_same_time_do_not_crash_the_process(attempt: int) -> None:
    """Without what the client learns before, two of five attempts end in a segmentation fault."""
    done = subprocess.run([sys.executable, "-c", RACE], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"attempt {attempt}: {done.stderr}"
    assert done.stderr == ""
