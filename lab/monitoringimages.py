"""The images of Prometheus, Alertmanager and the metrics exporter, made on this machine: no public registry is needed."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import toolchain
from infra.progress import step
from lab import images
from lab.layout import Layout, default
from lab.samples import require_registry
from toolchain import exporterimage, monitoring
from toolchain.debianlayer import Layer

PROMETHEUS, ALERTMANAGER, EXPORTER = "prometheus:debian", "alertmanager:debian", "lockgate/exporter:lab"
_PATH = "PATH=/usr/local/bin:/usr/bin:/bin"
_EXPORTER = (
    *("--user", images.USER, "--exposed-ports", "9469"),
    *("--env", f"{_PATH},LANG=C.UTF-8,PYTHONUNBUFFERED=1,PYTHONDONTWRITEBYTECODE=1"),
    *("--entrypoint", "lockgate"),
)


@dataclass(frozen=True, kw_only=True)
class MonitoringImages:
    """References by digest, for the settings ``monitoring.…Image``."""

    exporter: str
    prometheus: str
    alertmanager: str


def ensure_monitoring_images() -> MonitoringImages:
    """Puts the three into the running lab's registry, unless they are there. Downloads 100 MB the first time.

    Raises LabError: the registry does not answer; ToolError: the images cannot be made here.
    """
    return ensure(default())


def ensure(layout: Layout) -> MonitoringImages:
    """The same in the registry of ``layout``. Debian's that are there stay; the exporter is always of the code that is here."""
    require_registry(layout)
    return MonitoringImages(
        exporter=_exporter(layout),
        prometheus=_packaged(layout, PROMETHEUS, monitoring.build_prometheus, "prometheus", "9090"),
        alertmanager=_packaged(layout, ALERTMANAGER, monitoring.build_alertmanager, "prometheus-alertmanager", "9093"),
    )


def _packaged(layout: Layout, name: str, build: Callable[[], Layer], program: str, port: str) -> str:
    there = images.pushed(layout, name)
    if there and (there.key or "").startswith(f"{monitoring.RECIPE}-"):
        return images.reference(layout, name, there.digest)
    made = build()
    settings = ("--user", images.USER, "--exposed-ports", port, "--env", _PATH, "--entrypoint", program)
    return _push(layout, name, [made.path], made.key, settings)


def _exporter(layout: Layout) -> str:
    base = toolchain.build_base()
    packages = exporterimage.build_packages(base.python)
    key = f"{base.key}-{packages.key}-{exporterimage.source_key()}"
    there = images.pushed(layout, EXPORTER)
    if there and there.key == key:
        return images.reference(layout, EXPORTER, there.digest)
    with tempfile.TemporaryDirectory() as folder:
        source = exporterimage.build_source(Path(folder), base.python)
        return _push(layout, EXPORTER, [base.layer, packages.path, source.path], key, _EXPORTER)


def _push(layout: Layout, name: str, tars: Sequence[Path], key: str, settings: Sequence[str]) -> str:
    crane = toolchain.ensure(["crane"])["crane"]
    with step(f"The image {name}"):
        digest = images.push(layout, crane, name, tars, key, *settings)
    return images.reference(layout, name, digest)
