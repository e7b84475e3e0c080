"""Where a rollback goes, what it writes, and what it refuses."""

from __future__ import annotations

import json

import pytest
from fake_pulumi import FakePulumi
from states import exported, known, ledger, release

from infra.errors import ReleaseError, StateError
from infra.ledger import Ledger
from operations import rollback, state


def id_of(version: str) -> str:
    return release(version).id


def test_without_a_name_it_goes_to_what_was_live_before() -> None:
    going = rollback.plan(known(ledger("1.0.0", "1.1.0", "1.2.0")))
    assert (going.target.version, going.live.version) == ("1.1.0", "1.2.0")


def test_after_a_return_it_goes_forward_again_not_to_itself() -> None:
    assert rollback.plan(known(ledger("1.0.0", "1.1.0", "1.0.0"))).target.version == "1.1.0"


@pytest.mark.parametrize("named", ["1.0.0", id_of("1.0.0"), id_of("1.0.0")[:-3]])
def test_a_release_is_named_by_id_beginning_or_version(named: str) -> None:
    assert rollback.plan(known(ledger("1.0.0", "1.1.0", "1.2.0")), named).target.id == id_of("1.0.0")


def test_a_name_that_fits_two_is_refused_with_both() -> None:
    with pytest.raises(ReleaseError) as refused:
        rollback.plan(known(ledger("1.0.0", "1.1.0", "1.2.0")), "1.")
    assert all(id_of(version) in str(refused.value) for version in ("1.0.0", "1.1.0", "1.2.0"))


def test_an_unknown_name_is_refused_with_what_is_possible() -> None:
    with pytest.raises(ReleaseError, match=rf"{id_of('1.1.0')} \(warm\)") as refused:
        rollback.plan(known(ledger("1.0.0", "1.1.0", "1.2.0")), "9")
    assert f"{id_of('1.0.0')} (cold)" in str(refused.value)
    assert f"{id_of('1.2.0')} (" not in str(refused.value)


@pytest.mark.parametrize(("made", "reason"), [(Ledger(), "nothing is live"), (ledger("1.0.0"), "first release")])
def test_where_there_is_no_way_back_it_says_so(made: Ledger, reason: str) -> None:
    with pytest.raises(ReleaseError, match=reason):
        rollback.plan(known(made))


def test_the_live_release_is_refused() -> None:
    with pytest.raises(ReleaseError, match="is live already"):
        rollback.plan(known(ledger("1.0.0", "1.1.0")), "1.1.0")


def test_a_return_is_warm_only_while_the_idle_slot_holds_the_release() -> None:
    made = ledger("1.0.0", "1.1.0")
    assert rollback.plan(known(made)).slot == "blue"
    after_a_failed_release = known(made, deployed={"blue": "1.3.0-deadbeef", "green": made.live})
    assert not rollback.plan(after_a_failed_release).warm
    assert not rollback.plan(known(ledger("1.0.0", "1.1.0", rolling=True))).warm


def test_a_cold_return_needs_its_image(monkeypatch: pytest.MonkeyPatch) -> None:
    """A warm one does not ask the registry at all: its pods run."""

    def gone(reference: str) -> None:
        raise ReleaseError(f"image = {reference}: the registry has no such image")

    monkeypatch.setattr("operations.images.resolve", gone)
    stack = known(ledger("1.0.0", "1.1.0", "1.2.0"))
    rollback.check_image(rollback.plan(stack, "1.1.0"), stack)
    with pytest.raises(ReleaseError, match=rf"no such image; possible are: .*{id_of('1.1.0')} \(warm\)"):
        rollback.check_image(rollback.plan(stack, "1.0.0"), stack)


def test_what_is_written_back_is_all_of_the_release_and_nothing_of_the_one_that_goes(fake: FakePulumi) -> None:
    target = release("1.0.0", config={"COLOR": "blue"}, revision="abc")
    assert rollback.keys_of(fake.pulumi, "prod", target, "too slow") == {
        "image": target.image,
        "version": "1.0.0",
        "config": {"COLOR": "blue"},
        "revision": "abc",
        "secrets": None,
        "note": "too slow",
        "release": target.id,
    }
    assert fake.calls == []


def test_secrets_go_to_pulumi_by_standard_input_and_come_back_sealed(fake: FakePulumi) -> None:
    held = {"plaintext": json.dumps({"podinfo-1a2b": {"TOKEN": "hidden"}}), "4dabf18193072939515e22adb298388d": "1b47"}
    target = release("1.0.0", secret="podinfo-1a2b")  # noqa: S106
    fake.play("stack", "export", out=exported(ledger("1.0.0"), secrets=held))
    fake.play("config", "set", seals="config:\n  lockgate:secrets:\n    secure: v1:x\n")
    assert rollback.keys_of(fake.pulumi, "prod", target, "")["secrets"] == {"secure": "v1:x"}
    export, setting = fake.calls
    assert "--show-secrets" in export["argv"]
    assert json.loads(setting["input"]) == {"TOKEN": "hidden"}
    assert "hidden" not in " ".join(setting["argv"])


def test_secrets_that_the_state_lost_are_said_to_be_lost(fake: FakePulumi) -> None:
    fake.play("stack", "export", out=exported(ledger("1.0.0")))
    with pytest.raises(StateError, match="podinfo-1a2b"):
        rollback.keys_of(fake.pulumi, "prod", release("1.0.0", secret="podinfo-1a2b"), "")  # noqa: S106


def test_the_state_is_read_once_and_holds_ledger_slots_and_what_was_killed(fake: FakePulumi) -> None:
    made = ledger("1.0.0", "1.1.0")
    fake.play("stack", "export", out=exported(made, pending=True, deployed={"blue": "x", "green": made.live}))
    read = state.read(fake.pulumi, "prod")
    assert read.ledger.live == made.live
    assert read.deployed == {"blue": "x", "green": made.live}
    assert read.interrupted
    assert read.output("url") == "http://127.0.0.1:30083"
    assert len(fake.calls) == 1


def test_a_stack_that_was_never_updated_has_an_empty_ledger(fake: FakePulumi) -> None:
    fake.play("stack", "export", out='{"version": 3, "deployment": {"manifest": {}}}')
    assert state.read(fake.pulumi, "prod").ledger == Ledger()


def test_a_stack_that_does_not_exist_is_not_an_empty_one(fake: FakePulumi) -> None:
    fake.play("stack", "export", err="error: no stack named 'prod' found", code=255)
    with pytest.raises(StateError, match="stack prod"):
        state.read(fake.pulumi, "prod")
