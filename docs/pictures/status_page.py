"""Draws the page of every stack with what is made up: ``python status_page.py PICTURE.png``. Chromium takes the picture."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support"), str(Path(__file__).parent)]

from histories import END, recorded  # noqa: E402
from preview_report import draw  # noqa: E402

from infra.ledger import Ledger  # noqa: E402
from infra.release import Release  # noqa: E402
from operations.overview import Overview, Repository, Stack  # noqa: E402
from operations.overview_page import page  # noqa: E402
from operations.state import StackState  # noqa: E402
from operations.status import Slot, Status  # noqa: E402

VERSIONS = ("1.4.1", "1.4.2", "1.5.0")


def stack(name: str, port: int, count: int, warning: str = "") -> Stack:
    ledger, at = Ledger(), END - timedelta(days=9)
    for place, version in enumerate(VERSIONS[:count]):
        release = Release.of(version=version, image=f"ghcr.io/lab/shop:{version}", pod={}, config={})
        at += timedelta(days=3)
        ledger = ledger.make_live(release, ("blue", "green")[place % 2], 10, at=at.isoformat())
    held = ledger.slots.items()
    slots = tuple(Slot(name=slot, release=key, active=slot == ledger.active, ready=2, wanted=2) for slot, key in held)
    known = StackState(outputs={"url": f"http://127.0.0.1:{port}"}, ledger=ledger)
    return Stack(name=name, status=Status(stack=name, known=known, slots=slots, problem="", warning=warning))


def main(picture: Path) -> None:
    newest = {run.workflow: run for run in recorded(40, 1).runs}
    newest["Continuous Integration"] = replace(newest["Continuous Integration"], conclusion="failure")
    warning = "the cluster sends the traffic to 1.4.1 in blue, but the state says 1.4.2 in green"
    stacks = (stack("dev", 30081, 3), stack("staging", 30082, 3), stack("prod", 30083, 2, warning))
    repositories = (Repository(name="lab/shop", runs=tuple(newest.values())),)
    draw(page(Overview(at=END, stacks=stacks, repositories=repositories)), picture)


if __name__ == "__main__":
    main(Path(sys.argv[1]))
