"""Which checks a branch may require at an instant. Pure.

At every instant the required checks are among those that the workflow files on the branch publish. Where the branch has no
workflow files yet, an update writes the files first and the rules after; else the rules first, from what is published
before, and the files after. Both orders are safe only with the checks that ``required_now`` gives.
"""

from __future__ import annotations

from collections.abc import Sequence


def required_now(required: Sequence[str], published_before: Sequence[str] | None) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The checks of ``required`` that this update may require, and those that wait for the next one; in the given order.

    ``published_before`` are the checks that the files on the branch publish before this update; None where there are no
    such files yet, so that this update writes them first and nothing has to wait.
    """
    if published_before is None:
        return tuple(required), ()
    published = frozenset(published_before)
    now = tuple(name for name in required if name in published)
    return now, tuple(name for name in required if name not in published)
