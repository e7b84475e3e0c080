"""What is provisioned together, one module for each concern."""

from infra.settings import read_settings
from stacks import service


def build() -> None:
    """Everything that the stack's settings ask for."""
    settings = read_settings()
    service.export(settings, service.service(settings))
