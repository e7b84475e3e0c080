"""The second gate: a Job inside the cluster calls the preview Service and asserts which version answers."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, cast

from lightkube import ApiError
from lightkube.resources.batch_v1 import Job
from lightkube.resources.core_v1 import Pod
from lightkube.types import CascadeType

from infra.labels import NAME, SLOT, SMOKE
from infra.plain import plain
from infra.provider.context import Context, PhaseError

LOG_LINES = 5
KEEP_SECONDS = 600
"""How long a failed Job stays, to be looked at."""

SCRIPT = """\
tries=0
while :; do
  if body=$(wget -q -O - "$URL" 2>&1); then
    got=$(printf %s "$body" | tr -d '\\n\\r' | sed -n "s/.*\\"$FIELD\\" *: *\\"\\([^\\"]*\\)\\".*/\\1/p")
    [ "$got" = "$WANTED" ] && echo "GET $URL answers $FIELD=$got" && exit 0
    echo "GET $URL answers $FIELD=\\"$got\\", not \\"$WANTED\\""; exit 1
  fi
  tries=$((tries + 1))
  [ "$tries" -ge "$TRIES" ] && echo "GET $URL fails: $body" && exit 1
  sleep 1
done
"""


@dataclass(frozen=True, kw_only=True)
class Smoke:
    """A smoke test: GET ``path`` of ``service``:``port`` answers JSON whose ``field`` is ``version``, within ``seconds``."""

    namespace: str
    service: str
    port: int
    image: str
    path: str
    field: str
    version: str
    seconds: int
    live: str


def job_manifest(smoke: Smoke, address: str) -> dict[str, Any]:
    """The Job, within Pod Security "restricted".

    ``address`` is the Service's cluster IP, and ``wget`` has no -T: Debian's static busybox crashes on names and on -T.
    """
    environment = {
        "URL": f"http://{address}:{smoke.port}{smoke.path}",
        "FIELD": smoke.field,
        "WANTED": smoke.version,
        "TRIES": str(smoke.seconds),
    }
    labels = {SMOKE: smoke.service}
    container = {
        "name": "smoke",
        "image": smoke.image,
        "command": ["sh", "-c", SCRIPT],
        "env": [{"name": key, "value": value} for key, value in environment.items()],
        "securityContext": {
            "allowPrivilegeEscalation": False,
            "readOnlyRootFilesystem": True,
            "capabilities": {"drop": ["ALL"]},
        },
        "resources": {"requests": {"cpu": "10m", "memory": "16Mi"}, "limits": {"memory": "32Mi"}},
    }
    pod = {
        "restartPolicy": "Never",
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "terminationGracePeriodSeconds": 1,
        "securityContext": {"runAsNonRoot": True, "runAsUser": 10001, "seccompProfile": {"type": "RuntimeDefault"}},
        "containers": [container],
    }
    return {
        "apiVersion": "batch/v1",
        "kind": "Job",
        "metadata": {"generateName": f"{smoke.service}-smoke-", "namespace": smoke.namespace, "labels": labels},
        "spec": {
            "backoffLimit": 0,
            "activeDeadlineSeconds": smoke.seconds,
            "ttlSecondsAfterFinished": KEEP_SECONDS,
            "template": {"metadata": {"labels": labels}, "spec": pod},
        },
    }


def run_smoke(ctx: Context, smoke: Smoke) -> float:
    """Runs the smoke test; gives the seconds it took. Raises ``PhaseError``. A Job that passed is removed."""
    started = time.monotonic()
    manifest = job_manifest(smoke, ctx.cluster.address(smoke.namespace, smoke.service))
    job = ctx.cluster.client.create(cast(Job, Job.from_dict(manifest)))
    name = (job.metadata.name if job.metadata else None) or ""

    def check() -> str | None:
        status = ctx.cluster.client.get(Job, name, namespace=smoke.namespace).status
        conditions = {c.type: c for c in (status.conditions if status else None) or [] if c.status == "True"}
        if "Complete" in conditions:
            return None
        if "Failed" in conditions:
            raise PhaseError("smoke", _failure(ctx, smoke, name, conditions["Failed"].message or ""), smoke.live)
        return f"smoke Job {name} runs"

    def late(waiting: str) -> Exception:
        return PhaseError("smoke", f"no answer after {smoke.seconds} s: {waiting}", smoke.live)

    ctx.until(check, smoke.seconds + 5, late)
    ctx.cluster.client.delete(Job, name, namespace=smoke.namespace, cascade=CascadeType.BACKGROUND)
    return time.monotonic() - started


def _failure(ctx: Context, smoke: Smoke, job: str, message: str) -> str:
    lines: list[str] = []
    for pod in ctx.cluster.client.list(Pod, namespace=smoke.namespace, labels={"batch.kubernetes.io/job-name": job}):
        try:
            name = (pod.metadata.name if pod.metadata else None) or ""
            lines += ctx.cluster.client.log(name, namespace=smoke.namespace, tail_lines=LOG_LINES, newlines=False)
        except ApiError as error:
            lines.append(f"(no log: {error.status.message})")
    return "\n  ".join([f"Job {job}: {message}", *lines])


class SmokeTest:
    """``lockgate:index:SmokeTest``: points the preview Service at the slot, then tests the release there."""

    def apply(self, old: Mapping[str, Any] | None, new: Mapping[str, Any], ctx: Context) -> dict[str, Any]:  # noqa: ARG002
        smoke = Smoke(**plain({key: new[key] for key in Smoke.__dataclass_fields__}))
        ctx.cluster.select(smoke.namespace, smoke.service, {NAME: new["name"], SLOT: new["slot"]})

        def check() -> str | None:
            return None if ctx.cluster.endpoints(smoke.namespace, smoke.service).ready else "the preview Service has no pods"

        ctx.until(check, smoke.seconds, lambda waiting: PhaseError("smoke", waiting, smoke.live))
        return {**new, "smokeSeconds": round(run_smoke(ctx, smoke), 1)}
