"""What an alert asks Prometheus for: the last known value, and for its texts the run, its link and the figures of the moment."""

from __future__ import annotations

from infra import metrics
from infra.metrics import Metric

GRACE = "10m"
"""For so long the last known value stands in for one that is not served: a pod that moves must not end and repeat an alert."""

COUNTED = 'severity!="low"'
"""Findings that the pipeline's own check counts, unless it is told otherwise."""


def lasting(metric: Metric, matchers: str = "") -> str:
    return f"last_over_time({metric.name}{{{matchers}}}[{GRACE}])" if matchers else f"last_over_time({metric.name}[{GRACE}])"


def lookup(metric: Metric, *labels: str, and_then: str) -> str:
    """A template that shows what ``and_then`` makes of the series of ``metric`` with the same ``labels`` as the alert."""
    query = f"{metric.name}{{{','.join(f'{label}=%q' for label in labels)}}}"
    values = " ".join(f".Labels.{label}" for label in labels)
    return f"{{{{ range printf `{query}` {values} | query }}}}{and_then}{{{{ end }}}}"


_RUN = ("repository", "workflow")
LINK = lookup(metrics.LAST_INFO, *_RUN, and_then="{{ .Labels.url }}")
WHICH = lookup(metrics.LAST_INFO, *_RUN, and_then=" at {{ .Labels.commit }}: {{ .Labels.conclusion }}")
TOOK = lookup(metrics.STAGE_SECONDS, *_RUN, "stage", and_then="; the stage took {{ .Value | humanizeDuration }}")


def found(at_most: int) -> str:
    """How many findings there are, and of which severities."""
    told = (
        "{{ $value | humanize }} findings of medium severity or more in the newest scan; at most " + str(at_most) + " are meant"
    )
    by_severity = (
        "{{ range printf `sum by (severity) ("
        + lasting(metrics.FINDINGS, f"repository=%q,{COUNTED}")
        + ") > 0` .Labels.repository | query }}"
        "; {{ .Labels.severity }}: {{ .Value }}{{ end }}"
    )
    return f"{told}{by_severity}."


def measures() -> str:
    return lookup(metrics.GATE_MEASURE, "project", and_then="; {{ .Labels.measure }}: {{ .Value }}")


def newest(metric: Metric, label: str) -> str:
    """A link to the run of ``metric`` that ended last of those with the same ``label``."""
    times = f"topk(1, {metrics.LAST_TIME.name}{{{label}=%q}})"
    joined = f"{metric.name} * on (repository, workflow) group_left () {times}"
    return f"{{{{ range printf `{joined}` .Labels.{label} | query }}}}{{{{ .Labels.url }}}}{{{{ end }}}}"
