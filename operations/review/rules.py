"""The rules by which a pull request gets its labels: ``.github/review.yml`` of the branch that it goes into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any

import yaml
from pathspec import GitIgnoreSpec
from pydantic import BaseModel, ConfigDict, Field, PositiveInt, ValidationError

from infra.errors import UsageError

FILE = ".github/review.yml"
SIZES: Mapping[str, int] = {"size/XS": 0, "size/S": 10, "size/M": 30, "size/L": 100, "size/XL": 500}
"""Each label with the changed lines from which on it is given."""

Pattern = Annotated[str, Field(min_length=1)]


@dataclass(frozen=True, kw_only=True)
class File:
    """A file that a pull request changes; ``lines`` are those added and those deleted."""

    path: str
    lines: int

    @classmethod
    def of(cls, told: Mapping[str, Any]) -> File:
        return cls(path=told["filename"], lines=told["additions"] + told["deletions"])


class Rules(BaseModel):
    """``labels`` have patterns of paths, as .gitignore has them. Files of ``uncounted`` are written by tools, and count for no
    size. A pull request of more than ``large`` lines is warned of."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    labels: dict[str, tuple[Pattern, ...]] = {}
    uncounted: tuple[Pattern, ...] = ()
    large: PositiveInt = 500

    @classmethod
    def read(cls, text: str) -> Rules:
        """Raises ``UsageError`` for a text that is something else."""
        try:
            return cls.model_validate(yaml.safe_load(text) or {})
        except yaml.YAMLError as error:
            raise UsageError(f"{FILE}: is no YAML ({str(error).splitlines()[0]}); correct it") from error
        except ValidationError as error:
            first = error.errors(include_url=False, include_context=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise UsageError(f"{FILE}: {where} = {str(first['input'])[:40]}: {first['msg']}; correct it") from error

    @cached_property
    def ours(self) -> frozenset[str]:
        """The labels that are given and taken away by these rules, and by nobody else."""
        return frozenset({*self.labels, *SIZES})

    def fitting(self, files: Sequence[File]) -> list[str]:
        """The labels that the files and their size want."""
        areas = [name for name, patterns in self.labels.items() if any(_matching(patterns, files))]
        return [*areas, size(self.counted(files))]

    def counted(self, files: Sequence[File]) -> int:
        """The changed lines that somebody has to read."""
        tools = {one.path for one in _matching(self.uncounted, files)}
        return sum(one.lines for one in files if one.path not in tools)


def size(lines: int) -> str:
    """The label for so many lines."""
    return next((name for (name, _), (_, above) in pairwise(SIZES.items()) if lines < above), list(SIZES)[-1])


def _matching(patterns: Sequence[str], files: Sequence[File]) -> Iterable[File]:
    spec = GitIgnoreSpec.from_lines(patterns)
    return (one for one in files if spec.match_file(one.path))
