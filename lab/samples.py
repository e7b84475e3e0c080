"""The images that the lab offers: a real service in good and in broken versions, and a few tools."""

from __future__ import annotations

from pathlib import Path

import toolchain
from infra.errors import LabError
from infra.progress import step
from lab import images, report
from lab.binaries import Binaries, locate
from lab.configs import SANDBOX_IMAGE
from lab.images import Image
from lab.layout import Layout, default

GOOD = ("1.0.0", "1.1.0", "1.2.0")
EXITS, UNREADY, WRONG, LATER = "1.3.0-exits", "1.3.0-unready", "1.3.0-wrongversion", "1.3.0-failslater"
APPLETS = ("sh", "wget", "grep", "tr", "sed", "awk", "cat", "sleep", "seq", "date", "head", "tail", "nslookup", "timeout")
PODINFO = "/bin/podinfo"


def _tools(busybox: Path, name: str, *entrypoint: str) -> Image:
    links = {f"/bin/{applet}": "busybox" for applet in APPLETS}
    return Image(name=name, files={"/bin/busybox": busybox.read_bytes()}, links=links, entrypoint=entrypoint)


def sandbox(busybox: Path) -> Image:
    """What holds a pod's network open: it sleeps."""
    return _tools(busybox, SANDBOX_IMAGE, "/bin/sleep", "infinity")


def _podinfo(tag: str, *arguments: str, version: str | None = None) -> Image:
    binary = toolchain.build_podinfo(version or tag)
    return Image(name=f"podinfo:{tag}", files={PODINFO: binary.read_bytes()}, entrypoint=(PODINFO, *arguments))


def _fails_later(busybox: Path) -> Image:
    script = Path(__file__).with_name("failslater.sh").read_bytes()
    plain, tools = _podinfo(LATER), _tools(busybox, "")
    return Image(
        name=plain.name,
        files={**plain.files, **tools.files, "/bin/failslater": script},
        links=tools.links,
        entrypoint=("/bin/failslater",),
    )


def samples(busybox: Path) -> tuple[Image, ...]:
    """Every sample image. Broken ones say how they break in their tag."""
    return (
        *(_podinfo(tag) for tag in GOOD),
        _podinfo(EXITS, "--no-such-flag"),
        _podinfo(UNREADY, "--unready"),
        _podinfo(WRONG, version="1.2.0"),
        _fails_later(busybox),
        _tools(busybox, "tools/smoke:1", "/bin/sh"),
    )


def ensure_images() -> list[str]:
    """Puts the sample images into the running lab's registry. Returns their references; instant when all are there.

    Raises LabError: the lab's registry does not answer.
    """
    layout, binaries = default(), locate()
    require_registry(layout)
    with step("Making the sample images"):
        wanted = samples(binaries["busybox"])
        for image in wanted:
            images.ensure(layout, binaries["crane"], image)
    return [f"{layout.registry_host}/{image.name}" for image in wanted]


def require_registry(layout: Layout) -> None:
    """Raises LabError where the registry does not answer."""
    if not report.registry_answers(layout):
        raise LabError(f"The lab's registry at {layout.registry_host} does not answer; run `lockgate lab up` first.")


def ensure_sandbox(layout: Layout, binaries: Binaries) -> None:
    """No pod starts without it."""
    images.ensure(layout, binaries["crane"], sandbox(binaries["busybox"]))
