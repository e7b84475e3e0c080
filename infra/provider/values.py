"""Between Pulumi's wire values and plain ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pulumi.provider.experimental.property_value import Computed, PropertyValue

from infra.plain import plain


def from_wire(values: Mapping[str, PropertyValue]) -> dict[str, Any]:
    """Plain values; what is not known yet in a preview is None."""
    return {key: plain(_open(value)) for key, value in values.items()}


def to_wire(values: Mapping[str, Any], like: Mapping[str, PropertyValue]) -> dict[str, PropertyValue]:
    """Wire values; a property that is a secret in ``like`` is one here."""
    return {key: _close(value, secret=key in like and like[key].contains_secret()) for key, value in values.items()}


def _open(value: PropertyValue) -> Any:
    inner = value.value
    if isinstance(inner, Computed):
        return None
    if isinstance(inner, Mapping):
        return {key: _open(item) for key, item in inner.items()}
    if isinstance(inner, list | tuple):
        return [_open(item) for item in inner]
    return inner


def _close(value: Any, *, secret: bool = False) -> PropertyValue:
    if isinstance(value, Mapping):
        return PropertyValue({key: _close(item) for key, item in value.items()}, is_secret=secret)
    if isinstance(value, list | tuple):
        return PropertyValue([_close(item) for item in value], is_secret=secret)
    if isinstance(value, int) and not isinstance(value, bool):
        value = float(value)
    return PropertyValue(value, is_secret=secret)
