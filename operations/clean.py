"""Takes away what ``make up`` made, so that the Git tree is as before."""

from __future__ import annotations

import shutil

import lab
from infra.progress import note
from operations import seed, stackfile
from operations.project import STACKS, Project


def clean(project: Project) -> None:
    """The lab with its data, the project's data folder, and the keys in the stacks' files that came from ``up``."""
    lab.clean()
    restore(project)
    shutil.rmtree(project.data, ignore_errors=True)
    note("The lab, the stacks' state and the passphrase are gone.")


def restore(project: Project) -> None:
    """The stacks' files without what ``up`` gave them, and without the salt of the backend that goes; a salt of before stays."""
    seed.forget(project)
    for stack in STACKS if project.state.is_dir() else ():
        if project.stack_file(stack).is_file() and not seed.had_salt(project, stack):
            stackfile.set_top(project.stack_file(stack), stackfile.SALT, None)
