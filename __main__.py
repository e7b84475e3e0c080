"""The program's entry."""

from stacks import build

build()
