"""What is provisioned together, one module for each concern."""

import os
import signal

import pulumi

from infra.errors import LockgateError
from infra.settings import read_settings
from stacks import service

INTERRUPTED = 130


def build() -> None:
    """Everything that the stack's settings ask for. What a user can mend ends the program with its message alone."""
    _end_quietly_when_interrupted()
    settings = read_settings()
    try:
        service.export(settings, service.service(settings))
    except LockgateError as error:
        raise pulumi.RunError(str(error)) from None


def _end_quietly_when_interrupted() -> None:
    """The engine interrupts the program when a resource has failed: its report must not be buried under a traceback."""
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
