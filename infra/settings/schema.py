"""What the model says about each key, for those who read, report or document settings."""

from __future__ import annotations

import types
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Le
from pydantic import SecretStr
from pydantic.fields import FieldInfo

from infra.settings.model import Settings, camel
from infra.settings.types import Rule

Kind = Literal["string", "integer", "boolean", "object"]


@dataclass(frozen=True, kw_only=True)
class Key:
    """One key of the project's config.

    ``default`` is None where there is none, ``rule`` continues "the value …", ``stated_example`` is a value that fits.
    """

    name: str
    field: str
    kind: Kind
    default: Any
    secret: bool
    rule: str
    stated_example: str

    @property
    def example(self) -> str:
        """A value that fits."""
        return self.stated_example or self.shown_default or "VALUE"

    @property
    def optional(self) -> bool:
        """Whether an empty text means that the key has no value."""
        return self.default in (None, "", {})

    @property
    def shown_default(self) -> str:
        """The default as Pulumi writes it, empty where there is none."""
        if self.optional:
            return ""
        return str(self.default).lower() if self.kind == "boolean" else str(self.default)


def _parts(annotation: Any) -> Iterator[Any]:
    """The classes and the constraints that an annotation is made of."""
    origin = get_origin(annotation)
    if origin is Annotated:
        base, *extra = get_args(annotation)
        yield from _parts(base)
        for item in extra:
            yield from item.metadata if isinstance(item, FieldInfo) else (item,)
    elif origin in (Union, types.UnionType):
        for option in get_args(annotation):
            yield from _parts(option)
    elif origin is dict:
        yield dict
        yield from _parts(get_args(annotation)[1])
    else:
        yield annotation


def _kind(parts: list[Any]) -> Kind:
    if dict in parts:
        return "object"
    if bool in parts:
        return "boolean"
    return "integer" if int in parts else "string"


def _rule(kind: Kind, parts: list[Any]) -> str:
    stated = [part.text for part in parts if isinstance(part, Rule)]
    if stated:
        return str(stated[0])
    if kind == "integer":
        low = next(part.ge for part in parts if isinstance(part, Ge))
        high = next(part.le for part in parts if isinstance(part, Le))
        return f"must be a whole number from {low} to {high}"
    return "must be true or false" if kind == "boolean" else "must be text"


def _key(field: str, info: FieldInfo) -> Key:
    parts = [*_parts(info.annotation), *info.metadata]
    kind = _kind(parts)
    default = None if info.is_required() else info.get_default(call_default_factory=True, validated_data={})
    return Key(
        name=camel(field),
        field=field,
        kind=kind,
        default=default,
        secret=SecretStr in parts,
        rule=_rule(kind, parts),
        stated_example=next((part.example for part in parts if isinstance(part, Rule)), ""),
    )


KEYS = {camel(field): _key(field, info) for field, info in Settings.model_fields.items()}
