"""Stacks of one's own on the running lab: their own backend, namespaces and ports; nothing of them stays."""

from benchmarks.rig.cluster import Observer
from benchmarks.rig.process import Done, Running
from benchmarks.rig.rig import Rig, new_name, open_rig
from benchmarks.rig.stack import Factory, Stack

__all__ = ["Done", "Factory", "Observer", "Rig", "Running", "Stack", "new_name", "open_rig"]
