"""What is provisioned together, one module for each concern."""

import atexit
import gc
import os
import signal

import pulumi

from infra.errors import LockgateError
from stacks import github
from stacks.cluster import connect

INTERRUPTED = 130


def build() -> None:
    """Everything that the stack's settings ask for. What a user can mend ends the program with its message alone."""
    _prepare_process()
    try:
        _build()
    except LockgateError as error:
        raise pulumi.RunError(str(error)) from None


def _build() -> None:
    providers = connect()
    from infra.state import read_resources

    past = read_resources()  # lets the engine hear of the providers: it starts their plugins while the rest is imported
    from infra.settings import read_settings

    settings = read_settings()
    github.demand_place(settings, pulumi.get_stack(), past)
    there = None
    if settings.github__repository:
        providers.append(github.connect(settings))
        from stacks import repository

        there = repository.provision(settings, providers)
        repository.export(there)
    watched = None
    if settings.sonar__namespace or settings.sonar__project:
        from stacks import quality

        watched = quality.provision(settings, providers, there)
    if settings.monitoring__namespace:
        from stacks import monitoring

        monitoring.provision(settings, providers, watched)
    from stacks import service

    made = service.service(settings, providers)
    if made is not None:
        service.export(settings, made)
        if settings.monitoring__namespace or settings.monitoring__ledger_namespace:
            from stacks import monitoring

            monitoring.publish(settings, made, providers)


def _prepare_process() -> None:
    """A short life needs no garbage collection, which takes a tenth of it.

    The engine interrupts the program when a resource has failed: its report must not be buried under a traceback.
    """
    gc.disable()
    atexit.register(gc.freeze)
    signal.signal(signal.SIGINT, lambda *_: os._exit(INTERRUPTED))
