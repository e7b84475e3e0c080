"""ConfigMaps and Secrets: named by content, kept as long as a release of the ledger needs them, never printed."""

from __future__ import annotations

from typing import Any

import pytest
from recording_engine import Recorder
from service_story import Story, blue_green, find, names, rolling, secrets

from components.objects import config_name, secret_name
from infra.plain import plain

HIDDEN = "hunter2"
SIGNATURE, SECRET = "4dabf18193072939515e22adb298388d", "1b47061264138c4ac30d75fd1eb44270"


def sources(recorder: Recorder, deployment: str) -> set[str]:
    """The ConfigMap and the Secret that a Deployment's pods read."""
    (container,) = find(recorder, "Deployment", deployment).inputs["spec"]["template"]["spec"]["containers"]
    return {ref["name"] for source in container["envFrom"] for ref in source.values()}


def outside_of_secrets(value: Any) -> str:
    """All text that the engine would write down in clear."""
    if isinstance(value, dict):
        if value.get(SIGNATURE) == SECRET:
            return ""
        return " ".join(f"{key} {outside_of_secrets(item)}" for key, item in value.items())
    return " ".join(map(outside_of_secrets, value)) if isinstance(value, list) else str(value)


@pytest.mark.parametrize("args", [blue_green, rolling])
def test_every_release_of_the_ledger_keeps_its_config(args: Any) -> None:
    story = Story()
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        story.up(args(version))
    recorder = story.plan(args("1.3.0"))
    assert names(recorder, "ConfigMap") == {config_name("podinfo", {"COLOR": f"1.{n}.0"}) for n in range(4)}


@pytest.mark.parametrize("args", [blue_green, rolling])
def test_the_config_of_a_release_that_the_ledger_forgets_goes(args: Any) -> None:
    story = Story()
    for version in ("1.0.0", "1.1.0", "1.2.0"):
        story.up(args(version, ledger_limit=2))
    kept = names(story.plan(args("1.2.0", ledger_limit=2)), "ConfigMap")
    assert kept == {config_name("podinfo", {"COLOR": version}) for version in ("1.1.0", "1.2.0")}


@pytest.mark.parametrize("args", [blue_green, rolling])
def test_keeping_a_release_keeps_every_config(args: Any) -> None:
    story = Story()
    update = [story.up(args(version, secrets=secrets(KEY=version))) for version in ("1.0.0", "1.1.0")][-1]
    again = story.plan(args("1.1.0", secrets=secrets(KEY="1.1.0")))
    for kind in ("ConfigMap", "Secret"):
        assert names(again, kind) == names(update, kind)
        assert all(find(again, kind, name).wire == find(update, kind, name).wire for name in names(again, kind))


@pytest.mark.parametrize("args", [blue_green, rolling])
def test_an_older_releases_secret_keeps_its_own_values(args: Any) -> None:
    story = Story()
    old, new = secrets(KEY="old"), secrets(KEY="new")
    story.up(args("1.0.0", secrets=old))
    recorder = story.plan(args("1.1.0", secrets=new))
    values = {name: find(recorder, "Secret", name).inputs["stringData"] for name in names(recorder, "Secret")}
    assert values == {secret_name("podinfo", old): {"KEY": "old"}, secret_name("podinfo", new): {"KEY": "new"}}


def test_a_new_secret_value_is_a_new_release_that_the_live_pods_do_not_see() -> None:
    story = Story()
    story.up(blue_green("1.0.0", secrets=secrets(KEY="old")))
    recorder = story.plan(blue_green("1.0.0", secrets=secrets(KEY="new")))
    assert names(recorder, "Deployment") == {"podinfo-blue", "podinfo-green"}
    assert sources(recorder, "podinfo-blue").isdisjoint({secret_name("podinfo", secrets(KEY="new"))})


def test_pods_read_the_config_that_is_registered() -> None:
    recorder = Story().plan(blue_green(secrets=secrets(KEY=HIDDEN)))
    assert sources(recorder, "podinfo-blue") == names(recorder, "ConfigMap") | names(recorder, "Secret")


def test_a_registered_config_is_called_what_its_object_is_called_and_never_changes() -> None:
    recorder = Story().plan(blue_green(secrets=secrets(KEY=HIDDEN)))
    for kind in ("ConfigMap", "Secret"):
        for name in names(recorder, kind):
            made = find(recorder, kind, name).inputs
            assert (made["metadata"]["name"], made["immutable"]) == (name, True)


def test_two_releases_of_one_config_share_it() -> None:
    story = Story()
    story.up(blue_green("1.0.0", config={"COLOR": "blue"}))
    assert len(names(story.plan(blue_green("1.1.0", config={"COLOR": "blue"})), "ConfigMap")) == 1


def test_a_service_without_secrets_has_no_secret() -> None:
    assert names(Story().plan(blue_green()), "Secret") == set()


@pytest.mark.parametrize("args", [blue_green, rolling])
def test_a_secret_value_goes_to_the_engine_as_a_secret_and_nowhere_else(args: Any) -> None:
    story = Story()
    story.up(args("1.0.0", secrets=secrets(KEY=HIDDEN)))
    recorder = story.plan(args("1.1.0", secrets=secrets(KEY=HIDDEN)))
    holders = {made.kind.rsplit(":", 1)[-1] for made in recorder.registered.values() if HIDDEN in made.wire}
    assert holders == {"Secret", "Cutover" if args is blue_green else "Rollout"}
    assert all(HIDDEN not in outside_of_secrets(made.raw) for made in recorder.registered.values())


def test_the_ledger_names_a_secret_and_never_holds_it() -> None:
    story = Story()
    story.up(blue_green(secrets=secrets(KEY=HIDDEN)))
    assert HIDDEN not in str(story.ledger)
    assert HIDDEN not in str(plain(story.ledger.to_dict()))


def test_args_that_are_printed_hide_their_secrets() -> None:
    args = blue_green(secrets=secrets(KEY=HIDDEN))
    assert HIDDEN not in f"{args!r} {args}"
