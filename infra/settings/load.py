"""From what Pulumi knows, text by key, to ``Settings``; or to everything that is wrong with it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

from pydantic import ValidationError

from infra.errors import SettingsError
from infra.settings.faults import Faults
from infra.settings.model import Settings
from infra.settings.schema import KEYS, Key

PROJECT = "lockgate"
_STAND_INS = {"namespace": "stand-in", "github.environment": "stand-in"}
_GROUPS = {name.partition(".")[0] for name in KEYS if "." in name}


def load_settings(stack: str, raw: Mapping[str, str], secret_keys: Collection[str] = ()) -> Settings:
    """The settings of ``stack``.

    ``raw`` is text by full key (``lockgate:image``), objects as JSON; keys of other namespaces are ignored, and an empty
    text is a key without a value. A dotted key is one of its own (``lockgate:github.baseUrl``), which wins, or a member of an
    object, as the engine hands over the project's defaults. ``secret_keys`` are the full keys that are stored encrypted.
    Raises ``SettingsError`` with every fault at once; the values of secrets are never in it.
    """
    prefix = f"{PROJECT}:"
    plain = {full.removeprefix(prefix): text for full, text in raw.items() if full.startswith(prefix)}
    nested = _nested(plain)
    texts = {**nested, **{name: text for name, text in plain.items() if not _is_group(name, text)}}
    encrypted = {full.removeprefix(prefix) for full in secret_keys}
    encrypted |= {name for name in nested if name.partition(".")[0] in encrypted and name not in plain}
    given = {name: text for name, text in texts.items() if text or not _optional(name)}
    derived = _derived(stack, given)
    written = {name for name, text in nested.items() if name not in KEYS or text != KEYS[name].shown_default}
    faults = Faults(stack, given, derived, encrypted, written - plain.keys())
    faults.unknown(name for name in texts if name not in KEYS)
    faults.in_clear(name for name, key in KEYS.items() if key.secret and name not in encrypted)
    values = {name: _value(KEYS[name], text) for name, text in {**derived, **given}.items() if name in KEYS}
    settings = _build(values, faults)
    if settings is None or faults:
        raise SettingsError(faults.source, list(faults))
    return settings


def read_settings() -> Settings:
    """The settings of the stack that this Pulumi program runs for.

    Raises ``pulumi.RunError``, which the engine prints without a traceback.
    """
    import pulumi
    from pulumi.runtime.config import CONFIG, is_config_secret

    raw = CONFIG.get()
    try:
        return load_settings(pulumi.get_stack(), raw, [key for key in raw if is_config_secret(key)])
    except SettingsError as error:
        raise pulumi.RunError(str(error)) from None


def _nested(plain: Mapping[str, str]) -> dict[str, str]:
    """The members of the groups' objects, under dotted keys, as the engine would write each by itself."""
    groups = {name: json.loads(text) for name, text in plain.items() if _is_group(name, text)}
    return {f"{group}.{name}": _text(value) for group, members in groups.items() for name, value in members.items()}


def _is_group(name: str, text: str) -> bool:
    try:
        return name in _GROUPS and isinstance(json.loads(text), dict)
    except ValueError:
        return False


def _text(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _optional(name: str) -> bool:
    return name in KEYS and KEYS[name].optional


def _value(key: Key, text: str) -> Any:
    if key.kind == "string":
        return text
    try:
        return json.loads(text)
    except ValueError:
        return text


def _derived(stack: str, given: Mapping[str, str]) -> dict[str, str]:
    """The keys whose default follows from others: ``namespace``, ``github.environment``, and ``version`` of a tagged image."""
    tag = re.search(r":([^:/@]+)@", given.get("image", ""))
    namespace = f"{given.get('service', KEYS['service'].default)}-{stack}"
    return {"namespace": namespace, "github.environment": stack, **({"version": tag[1]} if tag else {})}


def _build(values: dict[str, Any], faults: Faults) -> Settings | None:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        bad = faults.invalid(error)
    if bad:
        faults.impossible_beside(bad, {**_STAND_INS, **{name: value for name, value in values.items() if name not in bad}})
    return None
