"""Collects what is wrong with a stack's settings: where, what it says, the rule, and the command that mends it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from infra.errors import Fault
from infra.settings.model import Settings, camel
from infra.settings.rules import Breach
from infra.settings.schema import KEYS

REDACTED = "[secret]"
_LONGEST = 100
_TELLTALE = re.compile(r"secret|token|passw|webhook|credential|private|://[^/]*@", re.IGNORECASE)


class Faults:
    """The faults of one stack's file. ``texts`` is what it says by key, ``encrypted`` the keys that are stored encrypted."""

    def __init__(self, stack: str, texts: Mapping[str, str], encrypted: Collection[str]) -> None:
        self.source = f"Pulumi.{stack}.yaml"
        self._stack = stack
        self._texts = texts
        self._encrypted = encrypted
        self._found: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def unknown(self, names: Iterable[str]) -> None:
        """Keys that no setting has."""
        for name in names:
            near = _nearest(name)
            hint = f" (did you mean {near}? then also {self._set(near)})" if near else ""
            remedy = f"run `pulumi config rm {shlex.quote(name)} -s {self._stack}`{hint}"
            self._add(name, "is not a setting of this project", remedy)

    def in_clear(self, names: Iterable[str]) -> None:
        """Secret keys with a value that is not encrypted."""
        for name in names:
            if self._texts.get(name) not in (None, "", "{}"):
                self._add(name, "is a secret and must be stored encrypted", f"run {self._set(name)}, and renew the secret")

    def invalid(self, error: ValidationError) -> set[str]:
        """What the model refused. Returns the keys whose own value is wrong; without any, the breaches between keys are added."""
        bad: set[str] = set()
        for item in error.errors(include_url=False, include_input=False):
            if item["type"] == "impossible":
                self._breaches(item["ctx"]["breaches"])
            elif item["loc"][0] not in bad:
                bad.add(str(item["loc"][0]))
                self._refused(str(item["loc"][0]), item["loc"][1:])
        return bad

    def impossible_beside(self, bad: Collection[str], rest: Mapping[str, Any]) -> None:
        """What contradicts itself in ``rest``, the valid part; what involves a key of ``bad`` is left for the next time."""
        try:
            Settings.model_validate(rest)
        except ValidationError as error:
            for item in error.errors(include_url=False, include_input=False):
                found: list[Breach] = item.get("ctx", {}).get("breaches", [])
                self._breaches(b for b in found if not {camel(field) for field in (b.field, *b.others)} & set(bad))

    def _breaches(self, found: Iterable[Breach]) -> None:
        for breach in found:
            self._add(camel(breach.field), breach.rule, f"run `pulumi config {breach.fix} -s {self._stack}`")

    def _refused(self, name: str, inner: tuple[int | str, ...]) -> None:
        if name == "image":
            self._add(name, KEYS[name].rule, self._image_remedy())
        elif name == "version" and name not in self._texts:
            if "image" in self._texts:
                self._add(name, "must be given, since image has no tag", f"run {self._set(name)}")
        else:
            where = f"{name}.{inner[0]}" if inner else name
            self._add(where, KEYS[name].rule, f"run {self._set(name)}")

    def _image_remedy(self) -> str:
        reference = re.sub(r"@.*", "", self._texts.get("image", "")) or "REF"
        quoted = shlex.quote(reference)
        return (
            f"run `lockgate release --image {quoted} -s {self._stack}`, or find the digest with `crane digest {quoted}` "
            f"and run `pulumi config set image {quoted}@DIGEST -s {self._stack}`"
        )

    def _set(self, name: str) -> str:
        key = KEYS[name]
        secret = " --secret" if key.secret else ""
        if key.kind == "object":
            return f"`pulumi config set{secret} --path {name}.NAME{'' if secret else ' VALUE'} -s {self._stack}`"
        return f"`pulumi config set{secret} {name}{'' if secret else f' {key.example}'} -s {self._stack}`"

    def _add(self, where: str, rule: str, remedy: str) -> None:
        path = f"{self.source}: lockgate:{where}"
        self._found.append(Fault(path=path, value=self._shown(where), rule=rule, remedy=remedy))

    def _shown(self, where: str) -> str:
        name = where.partition(".")[0]
        text = self._texts.get(name, "")
        if not text:
            return "(not set)"
        key = KEYS.get(name)
        hidden = key.secret if key else bool(_TELLTALE.search(name))
        if hidden or name in self._encrypted or _TELLTALE.search(text):
            return REDACTED
        return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _nearest(name: str) -> str:
    """The key that was probably meant, or an empty string."""
    from difflib import get_close_matches

    bare = {re.sub("[_-]", "", key).lower(): key for key in KEYS}
    found = get_close_matches(re.sub("[_-]", "", name).lower(), bare, n=1, cutoff=0.7)
    return bare[found[0]] if found else ""
