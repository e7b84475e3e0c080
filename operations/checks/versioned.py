"""Files that keep something from run to run: JSON documents with a version."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError

from infra.errors import UsageError

VERSION = 1
REMEDY = "take it from an earlier run, or remove it to begin a new history"


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


M = TypeVar("M", bound=Strict)


def read(file: Path, model: type[M], what: str) -> M | None:
    """The document, None where there is no file yet. Raises ``UsageError`` where it cannot be read: that is no empty history."""
    try:
        found = json.loads(file.read_text())
    except FileNotFoundError:
        return None
    except (OSError, ValueError) as error:
        raise UsageError(f"{file}: must be the JSON of {what} ({error}); {REMEDY}") from error
    version = found.get("version") if isinstance(found, dict) else None
    if version != VERSION:
        said = json.dumps(version)[:40]
        raise UsageError(f"{file}: version = {said}: must be {VERSION}; use the lockgate that wrote it, or {REMEDY}")
    try:
        return model.model_validate(found)
    except ValidationError as error:
        raise UsageError(f"{file}: {_first(error)}; {REMEDY}") from error


def _first(error: ValidationError) -> str:
    one = error.errors(include_url=False, include_context=False)[0]
    where = ".".join(map(str, one["loc"]))
    return f"{where} = {str(one['input'])[:40]}: {one['msg']}" if where else one["msg"]
