"""Edits a Pulumi.<stack>.yaml in place: what is not edited stays as it was, byte by byte, comments included.

``pulumi config set`` keeps comments too, but moves and requotes what it doesn't touch, takes values from the command
line, and makes a number of the string "1" in an object.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from infra.errors import UsageError
from operations.project import NAME

SALT = "encryptionsalt"
UNSAFE = re.compile("[\x7f-\x9f\u2028\u2029\ud800-\udfff\ufeff\ufffe\uffff]")
"""Characters that JSON allows in a string as they are, and YAML does not."""


def edit(path: Path, values: Mapping[str, Any]) -> None:
    """Sets the project's config keys in ``values``, and takes away those whose value is None. Atomic."""
    _write(path, edited(_text(path), {f"{NAME}:{key}": value for key, value in values.items()}, str(path)))


def set_top(path: Path, key: str, value: str | None) -> None:
    """Sets a top-level scalar of the file (as the last line), or takes it away."""
    text = _text(path)
    span = _span(_compose(text, str(path)), key, text)
    if span:
        text = text[: span[0]] + text[span[1] :]
    _write(path, text if value is None else f"{_with_newline(text)}{key}: {value}\n")


def top(path: Path, key: str) -> str | None:
    """A top-level scalar of the file, or None."""
    root = _compose(_text(path), str(path))
    found = next((value.value for name, value in _pairs(root) if name.value == key), None)
    return found if isinstance(found, str) else None


def edited(text: str, values: Mapping[str, Any], source: str) -> str:
    """``text`` with the full config keys in ``values`` set, or taken away where None."""
    for key, value in values.items():
        text = _set(text, key, value, source)
    return text


def _set(text: str, key: str, value: Any, source: str) -> str:
    config = _config(text, source)
    if config is None:
        return text if value is None else f"{_opened(text)}  {key}: {_literal(value)}\n"
    span = _span(config, key, text)
    if value is None:
        return text[: span[0]] + text[span[1] :] if span else text
    if span:
        name, old = next(pair for pair in _pairs(config) if pair[0].value == key)
        return f"{text[: name.start_mark.index]}{key}: {_literal(value)}{text[_end(old) :]}"
    at = _line_end(text, _end(config))
    line = f"{' ' * config.start_mark.column}{key}: {_literal(value)}\n"
    return _with_newline(text[:at]) + line + text[at:]


def _config(text: str, source: str) -> yaml.MappingNode | None:
    """The block of config keys; None where there is none yet."""
    root = _compose(text, source)
    for name, value in _pairs(root):
        if name.value != "config":
            continue
        if isinstance(value, yaml.MappingNode) and value.value and not value.flow_style:
            return value
        if value.value and value.value not in ("null", "~"):
            raise UsageError(f"{source}: config is not a block of `key: value` lines; write one key a line below `config:`")
    return None


def _opened(text: str) -> str:
    """``text`` that ends with an open, empty ``config:`` block."""
    root = _compose(text, "")
    span = _span(root, "config", text)
    if span:
        text = text[: span[0]] + text[span[1] :]
    return f"{_with_newline(text)}config:\n"


def _compose(text: str, source: str) -> yaml.Node | None:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as error:
        raise UsageError(f"{source}: not YAML ({' '.join(str(error).split())}); correct it") from error
    if root is not None and not isinstance(root, yaml.MappingNode):
        raise UsageError(f"{source}: not a mapping; it must hold `config:` with one key a line below it")
    return root


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return list(node.value) if isinstance(node, yaml.MappingNode) else []


def _span(node: yaml.Node | None, key: str, text: str) -> tuple[int, int] | None:
    """Where the whole lines of ``key`` and its value begin and end, or None."""
    for name, value in _pairs(node):
        if name.value == key:
            start = text.rfind("\n", 0, name.start_mark.index) + 1
            return start, _line_end(text, _end(value))
    return None


def _end(node: yaml.Node) -> int:
    """The end of the node's last character: a block's own mark lies behind the comments that follow it."""
    if isinstance(node, yaml.MappingNode) and node.value and not node.flow_style:
        return _end(node.value[-1][1])
    if isinstance(node, yaml.SequenceNode) and node.value and not node.flow_style:
        return _end(node.value[-1])
    if isinstance(node, yaml.ScalarNode) and node.style in ("|", ">"):
        return int(node.end_mark.index) - 1
    return int(node.end_mark.index)


def _line_end(text: str, index: int) -> int:
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1


def _with_newline(text: str) -> str:
    return text if not text or text.endswith("\n") else f"{text}\n"


def _literal(value: Any) -> str:
    """JSON, which every YAML reader takes for what it is: a string stays a string."""
    return UNSAFE.sub(_escaped, json.dumps(value, ensure_ascii=False, sort_keys=True))


def _escaped(match: re.Match[str]) -> str:
    return f"\\u{ord(match.group()):04x}"


def _text(path: Path) -> str:
    return path.read_text() if path.is_file() else ""


def _write(path: Path, text: str) -> None:
    if path.is_file() and path.read_text() == text:
        return
    mode = path.stat().st_mode & 0o777 if path.is_file() else 0o644
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    with os.fdopen(descriptor, "w") as file:
        file.write(text)
    Path(name).chmod(mode)
    Path(name).replace(path)
