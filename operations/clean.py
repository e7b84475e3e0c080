"""Takes away what ``make up`` made, so that the Git tree is as before."""

from __future__ import annotations

import shutil

import lab
from infra.progress import note
from operations import stackfile
from operations.project import STACKS, Project

RELEASE_KEYS = ("image", "version", "config", "secrets", "revision", "note", "release")
SEEDED = "seeded"
"""A file in the project's data folder: the stacks that got their first release from ``up``, one a line."""


def remember_seeded(project: Project, stack: str) -> None:
    with (project.data / SEEDED).open("a") as file:
        file.write(f"{stack}\n")


def clean(project: Project) -> None:
    """The lab with its data, the project's data folder, and the keys in the stacks' files that came from ``up``."""
    lab.clean()
    restore(project)
    shutil.rmtree(project.data, ignore_errors=True)
    note("The lab, the stacks' state and the passphrase are gone.")


def restore(project: Project) -> None:
    """The stacks' files without what belongs to the backend that goes: its salt, and releases that ``up`` began."""
    seeded = project.data / SEEDED
    names = set(seeded.read_text().split()) if seeded.is_file() else set()
    for stack in STACKS:
        path = project.stack_file(stack)
        if not path.is_file():
            continue
        if stack in names:
            stackfile.edit(path, dict.fromkeys(RELEASE_KEYS))
        if project.state.is_dir():
            stackfile.set_top(path, stackfile.SALT, None)
