"""Values as the engine's events have them, made plain; and where two of them differ."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from infra.plan import SECRET
from operations.preview.mask import Mask

SIGNATURE = "4dabf18193072939515e22adb298388d"
SECRET_MARK = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105
OUTPUT_MARK = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
REFERENCE_MARK = "5cf8f73096256a8f31e491e813e4eb8e"
"""The engine's marks. Source: pulumi/pulumi, sdk/go/common/resource/properties.go."""

KUBERNETES_SECRET = "kubernetes:core/v1:Secret"  # noqa: S105

ABSENT = object()
"""Stands for a value that is not there."""

PART = re.compile(r'\[(\d+)\]|\["((?:[^"\\]|\\.)*)"\]|\.?([^.\[\]]+)')
PLAIN_KEY = re.compile(r"^[A-Za-z_][\w-]*$")


@dataclass(frozen=True)
class Difference:
    """``old`` or ``new`` is ``ABSENT`` where there is nothing at ``path``."""

    path: str
    old: Any
    new: Any


def clean(value: Any, mask: Mask) -> Any:
    """``value`` without secrets, without the engine's marks and its own ``__`` properties."""
    if isinstance(value, Mapping):
        return _clean_mapping(value, mask)
    if isinstance(value, list):
        return [clean(item, mask) for item in value]
    return mask(value) if isinstance(value, str) else value


def _clean_mapping(value: Mapping[str, Any], mask: Mask) -> Any:
    mark = value.get(SIGNATURE)
    if mark == SECRET_MARK or (mark == OUTPUT_MARK and value.get("secret")):
        return SECRET
    if mark == OUTPUT_MARK:
        return clean(value.get("value"), mask)
    if mark == REFERENCE_MARK:
        return mask(str(value.get("urn", "")))
    if mark is not None:
        return f"[content {str(value.get('hash', ''))[:8]}]"
    return {mask(str(key)): clean(item, mask) for key, item in value.items() if not key.startswith("__")}


def inputs(kind: str, state: Mapping[str, Any] | None, mask: Mask) -> dict[str, Any] | None:
    """The inputs in a resource's state, None where there is no state."""
    if not state:
        return None
    found: dict[str, Any] = clean(state.get("inputs") or {}, mask)
    if kind == KUBERNETES_SECRET:
        found |= {key: SECRET for key in ("data", "stringData") if key in found}
    return found


def differences(old: Any, new: Any, path: str = "") -> Iterator[Difference]:
    """The smallest parts that differ, in the order of ``old`` and then of what ``new`` adds."""
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in dict.fromkeys([*old, *new]):
            yield from differences(old.get(key, ABSENT), new.get(key, ABSENT), join(path, key))
    elif isinstance(old, list) and isinstance(new, list):
        for index in range(max(len(old), len(new))):
            one, other = (side[index] if index < len(side) else ABSENT for side in (old, new))
            yield from differences(one, other, f"{path}[{index}]")
    elif old is ABSENT or new is ABSENT or old != new:
        yield Difference(path, old, new)


def differences_at(old: Any, new: Any, keys: Iterable[str]) -> list[Difference]:
    """The differences below the paths ``keys``, as the engine writes them; one as a whole where nothing differs below it."""
    found: dict[str, Difference] = {}
    for key in keys:
        parts = split(key)
        below = list(differences(_at(old, parts), _at(new, parts), join("", *parts)))
        for one in below or [Difference(join("", *parts), ABSENT, ABSENT)]:
            found.setdefault(one.path, one)
    return list(found.values())


def split(path: str) -> list[str | int]:
    """The parts of a property path such as ``spec.ports[0]["a.b"]``."""
    return [int(number) if number else quoted or name for number, quoted, name in PART.findall(path)]


def join(path: str, *parts: str | int) -> str:
    """``path`` with ``parts`` behind it, as ``split`` reads it."""
    for part in parts:
        if isinstance(part, int):
            path = f"{path}[{part}]"
        elif not PLAIN_KEY.match(part):
            path = f'{path}["{part}"]'
        else:
            path = f"{path}.{part}" if path else part
    return path


def _at(value: Any, parts: list[str | int]) -> Any:
    for part in parts:
        if isinstance(part, int) and isinstance(value, list):
            value = value[part] if part < len(value) else ABSENT
        elif isinstance(value, Mapping):
            value = value.get(str(part), ABSENT)
        else:
            return ABSENT
    return value
