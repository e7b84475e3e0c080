"""Collects what is wrong with a stack's settings: where, what it says, the rule, and the command that mends it."""

from __future__ import annotations

import re
import shlex
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from infra.errors import Fault
from infra.settings.breach import Breach
from infra.settings.model import Settings, camel
from infra.settings.schema import KEYS

REDACTED = "[secret]"
_LONGEST = 100
_FOLLOWS = {"namespace": "service", "version": "image"}
_TELLTALE = re.compile(r"secret|token|passw|hook|credential|private|://[^/]*@", re.IGNORECASE)


class Faults:
    """The faults of one stack's file.

    ``texts`` is what it says by key, ``derived`` what follows from that, ``encrypted`` the keys that are stored encrypted,
    ``nested`` those that stand in an object, as ``--path`` writes them.
    """

    def __init__(
        self,
        stack: str,
        texts: Mapping[str, str],
        derived: Mapping[str, str],
        encrypted: Collection[str] = (),
        nested: Collection[str] = (),
    ) -> None:
        self.source = f"Pulumi.{stack}.yaml"
        self._stack = stack
        self._texts = texts
        self._all = {**derived, **texts}
        self._encrypted = encrypted
        self._nested = nested
        self._found: list[Fault] = []

    def __iter__(self) -> Iterator[Fault]:
        return iter(self._found)

    def __len__(self) -> int:
        return len(self._found)

    def unknown(self, names: Iterable[str]) -> None:
        """Keys that no setting has."""
        for name in names:
            near = _nearest(name)
            hint = f"; did you mean {near}? then also run {self._set(near, self._shown(name))}" if near else ""
            remedy = f"run `pulumi config {self._rm(shlex.quote(name), name)} -s {self._stack}`{hint}"
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
                continue
            name, *inner = map(str, item["loc"])
            follows = name not in self._texts and _FOLLOWS.get(name) in bad
            if name not in bad and not follows:
                self._refused(name, inner)
            bad.add(name)
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
            name = camel(breach.field)
            fix = self._rm(name, name) if breach.fix == f"rm {name}" else breach.fix
            self._add(name, breach.rule, f"run `pulumi config {fix} -s {self._stack}`")

    def _refused(self, name: str, inner: list[str]) -> None:
        where = ".".join([name, *inner[:1]])
        if name == "image":
            self._add(name, KEYS[name].rule, self._image_remedy())
        else:
            self._add(where, KEYS[name].rule, f"run {self._set(name)}")

    def _image_remedy(self) -> str:
        reference = re.sub(r"@.*", "", self._texts.get("image", "")) or "REF"
        quoted = shlex.quote(reference)
        return (
            f"run `lockgate release --image {quoted} -s {self._stack}`, or find the digest with `crane digest {quoted}` "
            f"and run `pulumi config set image {quoted}@DIGEST -s {self._stack}`"
        )

    def _set(self, name: str, value: str = REDACTED) -> str:
        """The command that gives the key ``value``, or an example; it asks for a secret instead of naming it."""
        key = KEYS[name]
        path = f"{name}.NAME" if key.kind == "object" else name
        target = f"--path {path}" if key.kind == "object" or name in self._nested else path
        given = key.example if value == REDACTED else shlex.quote(value)
        shown = "VALUE" if key.kind == "object" else given
        words = ["--secret", target] if key.secret else [target, shown]
        return f"`pulumi config set {' '.join(words)} -s {self._stack}`"

    def _rm(self, quoted: str, name: str) -> str:
        return f"rm --path {quoted}" if name in self._nested else f"rm {quoted}"

    def _add(self, where: str, rule: str, remedy: str) -> None:
        path = f"{self.source}: lockgate:{where}"
        self._found.append(Fault(path=path, value=self._shown(where), rule=rule, remedy=remedy))

    def _shown(self, where: str) -> str:
        outer = where.rpartition(".")[0]
        name = where if where in KEYS or where in self._all or outer not in KEYS else outer
        text = self._all.get(name, KEYS[name].shown_default if name in KEYS else "")
        if not text:
            return "(empty)" if name in self._texts else "(not set)"
        if name in self._encrypted or _looks_secret(name) or _TELLTALE.search(text):
            return REDACTED
        return (text if text.isprintable() else repr(text))[:_LONGEST]


def _looks_secret(name: str) -> bool:
    """Whether the key is a secret one, or may be one misspelt."""
    meant = name if name in KEYS else _nearest(name)
    return bool(meant and KEYS[meant].secret) or (name not in KEYS and bool(_TELLTALE.search(name)))


def _nearest(name: str) -> str:
    """The key that was probably meant, or an empty string."""
    from difflib import get_close_matches

    bare = {re.sub("[._-]", "", key).lower(): key for key in KEYS}
    found = get_close_matches(re.sub("[._-]", "", name).lower(), bare, n=1, cutoff=0.65)
    return bare[found[0]] if found else ""
