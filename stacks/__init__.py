"""What is provisioned together, one module for each concern."""

import os
import signal

from infra.settings import read_settings
from stacks import service

INTERRUPTED = 130


def build() -> None:
    """Everything that the stack's settings ask for."""
    _end_quietly_when_interrupted()
    settings = read_settings()
    service.export(settings, service.service(settings))


def _end_quietly_when_interrupted() -> None:
    """The engine interrupts the program when a resource has failed: its report must not be buried under a traceback."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
