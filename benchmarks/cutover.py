"""What clients lose over many releases: with both slots warm, and with the idle slot's pods replaced each time."""

from __future__ import annotations

from benchmarks.load import Kind, Load
from benchmarks.measure import rig
from benchmarks.rig import Rig

RELEASES = 10
CLIENTS = 4
KINDS: tuple[Kind, ...] = ("fresh", "keep-alive")


def main() -> None:
    with rig() as opened:
        _measure(opened, ("1.0.0", "1.1.0"), "both slots warm")
        _measure(opened, ("1.0.0", "1.1.0", "1.2.0"), "pods of the idle slot replaced each time")


def _measure(opened: Rig, versions: tuple[str, ...], what: str) -> None:
    stack = opened.stack(preStopSeconds=5, terminationGraceSeconds=30)
    for version in versions[:2]:
        stack.release(version).good()
    with Load(stack.url, fresh=CLIENTS, keep_alive=CLIENTS) as load:
        for number in range(2, RELEASES + 2):
            version = versions[number % len(versions)]
            stack.release(version).good()
            load.wait_for(version)
    print(f"{RELEASES} releases, {what}:")
    for kind in KINDS:
        lost, asked = len(load.failures(kind)), load.count(kind)
        each = f"{lost / CLIENTS / RELEASES:.2f} per client and release"
        print(f"  {kind}: {lost} of {asked} requests lost, {each} {dict(load.causes(kind)) or ''}", flush=True)
    opened.remove(stack)


if __name__ == "__main__":
    main()
