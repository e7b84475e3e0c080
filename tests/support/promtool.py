"""Debian's promtool and amtool: asked what rules, queries and routes come to."""

from __future__ import annotations

import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pytest
import yaml

import toolchain
from infra.errors import ToolError


@lru_cache(maxsize=1)
def tools() -> Mapping[str, Path]:
    """The binaries by their names; the test is skipped where they cannot be had."""
    try:
        return toolchain.ensure_monitoring()
    except ToolError as error:
        pytest.skip(f"no Prometheus here: {error}")


def asked(tool: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run([tools()[tool], *arguments], capture_output=True, text=True, check=False)


@dataclass(frozen=True, kw_only=True)
class Told:
    """An alert that fires: its labels but for its name, and its annotations."""

    labels: Mapping[str, str]
    annotations: Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What of ``alert`` fires ``minute`` minutes after the first sample."""

    minute: int
    alert: str
    told: Sequence[Told] = field(default=())


def proved(folder: Path, rules: str, series: Mapping[str, str], moments: Sequence[Moment]) -> None:
    """Fails where promtool sees anything else fire. ``series`` are samples a minute apart, in promtool's notation."""
    (folder / "rules.yml").write_text(rules)
    document = {
        "rule_files": ["rules.yml"],
        "evaluation_interval": "1m",
        "tests": [
            {
                "interval": "1m",
                "input_series": [{"series": name, "values": values} for name, values in series.items()],
                "alert_rule_test": [_moment(moment) for moment in moments],
            }
        ],
    }
    (folder / "test.yml").write_text(yaml.safe_dump(document, sort_keys=False))
    done = asked("promtool", "test", "rules", folder / "test.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def _moment(moment: Moment) -> dict[str, Any]:
    alerts = [{"exp_labels": dict(told.labels), "exp_annotations": dict(told.annotations)} for told in moment.told]
    return {"eval_time": f"{moment.minute}m", "alertname": moment.alert, "exp_alerts": alerts}
