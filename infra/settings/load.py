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
_STAND_INS = {"image": f"stand/in@sha256:{'0' * 64}", "version": "0", "namespace": "stand-in"}


def load_settings(stack: str, raw: Mapping[str, str], secret_keys: Collection[str] = ()) -> Settings:
    """The settings of ``stack``.

    ``raw`` is text by full key (``lockgate:image``), objects as JSON; keys of other namespaces are ignored, and an empty
    text is a key without a value. ``secret_keys`` are the full keys that are stored encrypted.
    Raises ``SettingsError`` with every fault at once; the values of secrets are never in it.
    """
    prefix = f"{PROJECT}:"
    texts = {full.removeprefix(prefix): text for full, text in raw.items() if full.startswith(prefix)}
    encrypted = {full.removeprefix(prefix) for full in secret_keys}
    given = {name: text for name, text in texts.items() if text or not _optional(name)}
    derived = _derived(stack, given)
    faults = Faults(stack, given, derived, encrypted)
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
    """The two keys whose default follows from others: ``namespace``, and ``version`` where the image has a tag."""
    tag = re.search(r":([^:/@]+)@", given.get("image", ""))
    namespace = f"{given.get('service', KEYS['service'].default)}-{stack}"
    return {"namespace": namespace, **({"version": tag[1]} if tag else {})}


def _build(values: dict[str, Any], faults: Faults) -> Settings | None:
    try:
        return Settings.model_validate(values)
    except ValidationError as error:
        bad = faults.invalid(error)
    if bad:
        faults.impossible_beside(bad, {**_STAND_INS, **{name: value for name, value in values.items() if name not in bad}})
    return None
