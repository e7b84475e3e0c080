"""The settings of one stack: read once, checked all at once, frozen from then on."""

from infra.settings.load import load_settings, read_settings
from infra.settings.model import Settings

__all__ = ["Settings", "load_settings", "read_settings"]
