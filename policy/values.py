"""Reads what a preview says without trusting its shape: any part may be missing, unknown or secret."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from infra.plan import SECRET, UNKNOWN


def at(value: Any, *keys: str) -> Any:
    """What stands below ``keys``; None where something on the way is no mapping, or lacks the key."""
    for key in keys:
        value = value.get(key) if isinstance(value, Mapping) else None
    return value


def mapping(value: Any) -> Mapping[str, Any]:
    """The mapping, or an empty one in the place of anything else."""
    return value if isinstance(value, Mapping) else {}


def items(value: Any) -> Sequence[Any]:
    """The list, or an empty one in the place of anything else."""
    return value if isinstance(value, list | tuple) else ()


def texts(value: Any) -> tuple[str, ...]:
    """The text, or the texts of a list."""
    return (value,) if isinstance(value, str) else tuple(item for item in items(value) if isinstance(item, str))


def truthy(value: Any) -> bool:
    """Whether it is true; the engine writes a boolean of some providers as text."""
    return value is True or value == "true"


def is_unknown(value: Any) -> bool:
    """Whether the preview cannot know it, or a text that it is a part of."""
    return isinstance(value, str) and UNKNOWN in value


def is_hidden(value: Any) -> bool:
    """Whether the preview does not show it, or a part of it: unknown, or secret."""
    return isinstance(value, str) and (UNKNOWN in value or SECRET in value)


def document(value: Any) -> Mapping[str, Any] | None:
    """A mapping, or the one that a JSON text holds; None for anything else."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return None
    return value if isinstance(value, Mapping) else None


def strings(value: Any, path: str = "") -> Iterator[tuple[str, str]]:
    """Every text in ``value`` with its path, as in ``data.KEY`` or ``env[0].value``."""
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from strings(item, f"{path}.{key}" if path else str(key))
    else:
        for index, item in enumerate(items(value)):
            yield from strings(item, f"{path}[{index}]")
