"""What an update does to the traffic, and the way back, from the inputs of the steps of a release."""

from __future__ import annotations

from typing import Any

import pytest
from reports import change, deployment
from states import ledger

from infra.plan import Change, Operation, Plan
from operations.preview.effect import CUTOVER, DEPLOYMENT, PREFLIGHT, ROLLOUT, Effect, effects

LEDGER = ledger("1.0.0", "1.1.0")
LIVE, OLD = LEDGER.live, ledger("1.0.0").live


def release(version: str, **values: Any) -> dict[str, Any]:
    pod = {"containers": [{"image": f"podinfo:{version}", "resources": {"requests": {"cpu": values.pop("cpu", "25m")}}}]}
    return {"id": f"{version}-x", "version": version, "image": f"podinfo:{version}", "config": {}, "pod": pod, **values}


def blue_green(wanted: str, slot: str, live: str = LIVE, active: str = "green", **deployed: Operation) -> Plan:
    """A plan that makes ``wanted`` live in ``slot``; ``deployed`` says what becomes of the slots' Deployments."""
    step = {"namespace": "web", "service": "web", "slot": slot, "release": wanted, "live": live, "active": active}
    slots = [
        change(op, f"web-{name}", DEPLOYMENT, old=deployment(f"web-{name}"), new=deployment(f"web-{name}"))
        for name, op in deployed.items()
    ]
    return Plan(stack="prod", changes=(change("same", "web-preflight", PREFLIGHT, new=step), *slots))


def rolling(wanted: str, live: str, operation: Operation) -> Plan:
    step = {"release": {"id": wanted}, "ready": {"live": live, "namespace": "web"}}
    sides = {"old": deployment("web"), "new": deployment("web")}
    return Plan(
        stack="dev", changes=(change(operation, "web", DEPLOYMENT, **sides), change("same", "web", ROLLOUT, old={}, new=step))
    )


@pytest.mark.parametrize(
    ("plan", "kind", "way_back", "said"),
    [
        (blue_green("1.0.0-x", "blue", live="", active="", blue="create"), "first", "none", "first release; it goes into blue"),
        (blue_green("1.2.0-x", "blue", blue="update"), "deploy", "warm", f"gates have passed; live is `{LIVE}` in green"),
        (blue_green(OLD, "blue", blue="same"), "warm return", "warm", "still runs in blue: only the traffic moves"),
        (blue_green(OLD, "blue", blue="update"), "cold return", "warm", "is deployed again into blue (idle) first"),
        (blue_green(LIVE, "green", green="update"), "in place", "settings", "while it has the traffic"),
        (rolling("1.0.0-x", "", "create"), "first", "none", "is the first release; the service opens"),
        (rolling("1.2.0-x", LIVE, "update"), "roll", "cold", f"rolls `1.2.0-x` out over `{LIVE}`, pod by pod"),
        (rolling(LIVE, LIVE, "update"), "in place", "settings", "while it has the traffic"),
        (Plan(stack="prod", changes=(change("delete", "web", CUTOVER),)), "end", "none", "takes the service web down"),
        (Plan(stack="dev", changes=(change("delete", "web", ROLLOUT),)), "end", "none", "takes the service web down"),
    ],
)  # fmt: skip
def test_an_effect_says_what_happens_and_which_way_back_there_is(plan: Plan, kind: str, way_back: str, said: str) -> None:
    [effect] = effects(plan, {"web": LEDGER})
    assert (effect.kind, effect.way_back) == (kind, way_back)
    assert said in effect.text


@pytest.mark.parametrize(
    "plan", [blue_green(LIVE, "green", green="same", blue="update"), rolling(LIVE, LIVE, "same"), Plan(stack="dev")]
)
def test_without_a_touch_of_what_is_live_there_is_no_effect(plan: Plan) -> None:
    assert effects(plan, {"web": LEDGER}) == ()


def test_the_release_that_loses_its_warm_place_is_named() -> None:
    [effect] = effects(blue_green("1.2.0-x", "blue", blue="update"), {"web": LEDGER})
    assert effect.displaced == OLD
    assert f"`{OLD}` loses its place there" in effect.text


def test_the_way_back_has_its_command() -> None:
    warm = Effect(service="web", kind="deploy", release="b", slot="green", live="a", active="blue")
    assert warm.back("prod") == "warm: `a` stays in blue; `lockgate rollback -s prod` moves the traffic back"


def test_where_the_releases_differ_is_told_once() -> None:
    """The image stands in the pod as well; the name of a release is no difference of its own."""
    made: Change = change(
        "update",
        "web",
        CUTOVER,
        old={"release": release("1.0.0")},
        new={"release": release("1.1.0", cpu="50m", config={"A": "1"})},
    )
    plan = blue_green("1.1.0-x", "blue", blue="create")
    [effect] = effects(Plan(stack="prod", changes=(*plan.changes, made)), {})
    assert [one.path for one in effect.differences] == ["image", "config.A", "pod.containers[0].resources.requests.cpu"]
