"""A real SonarQube by one `pulumi up`: up, with a password that only the state knows, and its data stays."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx2 as httpx
import pytest
from lightkube import ApiError
from lightkube.models.core_v1 import HostPathVolumeSource, ObjectReference, PersistentVolumeSpec
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.core_v1 import Namespace, PersistentVolume, Pod
from sonar_lab import NAME, PATIENCE_SECONDS, Sonar, namespace_of, settings, up

from benchmarks.rig import Observer, Rig, Stack
from benchmarks.rig.cluster import until
from lab import layout

pytestmark = pytest.mark.lab


def pod(sonar: Sonar) -> Pod:
    """The server's only pod."""
    (found,) = sonar.observer.cluster.pods(sonar.observer.namespace, {"app.kubernetes.io/name": "sonarqube"})
    return found


def test_one_update_gives_a_server_that_is_up_on_postgresql(sonar: Sonar) -> None:
    assert sonar.status() == "UP"
    info = sonar.get("system/info")
    assert info["Database"]["Database"] == "PostgreSQL"
    assert info["System"]["Version"].startswith("10.7.0")


def test_only_the_password_in_the_state_is_taken(sonar: Sonar) -> None:
    assert not sonar.takes("admin")
    assert sonar.takes(sonar.password)


def test_no_secret_is_in_the_state_in_the_clear(sonar: Sonar) -> None:
    secret = json.loads(sonar.observer.kubectl("get", "secret", "sonarqube", "-o", "json"))["data"]
    text = sonar.stack.state_text()
    assert set(secret) == {"databasePassword", "passcode"}
    assert sonar.password not in text
    assert not any(value in text for value in secret.values())
    assert sonar.password not in sonar.stack.pulumi("stack", "output").good().output


def test_a_second_update_and_a_refresh_change_nothing(sonar: Sonar) -> None:
    sonar.stack.up("--expect-no-changes").good()
    sonar.stack.pulumi("refresh", "--yes", "--skip-preview", "--expect-no-changes").good()


def test_the_liveness_probe_is_let_in_by_the_passcode_alone(sonar: Sonar) -> None:
    (server,) = pod(sonar).spec.containers  # type: ignore[union-attr]
    command = server.livenessProbe.exec.command  # type: ignore[union-attr]
    name = str(pod(sonar).metadata.name)  # type: ignore[union-attr]
    sonar.observer.kubectl("exec", name, "-c", "sonarqube", "--", *command)
    wrong = ["env", "SONAR_WEB_SYSTEMPASSCODE=wrong", "sh", "-c", f"{command[-1]} || echo refused"]
    assert sonar.observer.kubectl("exec", name, "-c", "sonarqube", "--", *wrong).strip() == "refused"


def test_a_password_changed_by_hand_is_seen_by_a_refresh_and_is_not_taken_over_silently(sonar: Sonar) -> None:
    by_hand = "By-Hand-Pass.1"
    sonar.post("users/change_password", login="admin", previousPassword=sonar.password, password=by_hand)
    try:
        sonar.stack.pulumi("refresh", "--yes", "--skip-preview").good()
        said = sonar.stack.up().bad().output
        assert "takes no password of admin that this stack knows: somebody changed it" in said
        assert sonar.password not in said
    finally:
        sonar.post("users/change_password", login="admin", previousPassword=by_hand, password=sonar.password)
    sonar.stack.up().good()
    sonar.stack.up("--expect-no-changes").good()


def test_an_image_that_is_not_there_ends_the_update_at_once_and_the_way_back_loses_nothing(sonar: Sonar) -> None:
    sonar.post("projects/create", project="kept", name="Kept")
    good = json.loads(sonar.stack.pulumi("config", "--json").good().output)["lockgate:sonar.image"]["value"]
    sonar.stack.set(**{"lockgate:sonar.image": f"{good.partition('@')[0]}@sha256:{'0' * 64}"})
    try:
        said = sonar.stack.up().bad().output
        assert re.search(r"ready: pod \S+, container sonarqube: (ErrImagePull|ImagePullBackOff): .*not found", said)
    finally:
        sonar.stack.set(**{"lockgate:sonar.image": good})
        up(sonar.stack).good()
    assert sonar.status() == "UP"
    assert sonar.takes(sonar.password)
    assert [one["key"] for one in sonar.get("projects/search", projects="kept")["components"]] == ["kept"]
    sonar.post("projects/delete", project="kept")
    sonar.stack.up("--expect-no-changes").good()


@pytest.fixture
def own(rig: Rig) -> Iterator[Stack]:
    """A stack whose database has a volume: a folder of this machine, since the lab provisions none."""
    stack = rig.stack({**settings(rig), "sonar.databaseStorage": "1Gi"})
    stack.set(**{"lockgate:sonar.namespace": namespace_of(stack)})
    folder = layout.default().root / "volumes" / stack.name
    folder.mkdir(parents=True)
    os.chown(folder, 999, 999)
    client = rig.cluster.client
    client.create(volume(stack, folder))
    try:
        yield stack
    finally:
        stack.end()
        for kind, name in ((Namespace, namespace_of(stack)), (PersistentVolume, stack.name)):
            with contextlib.suppress(ApiError):
                client.delete(kind, name)
        until(lambda: namespace_of(stack) not in namespaces(rig), "end of the namespace", 120)
        rig.remove(stack)
        shutil.rmtree(folder)


def volume(stack: Stack, folder: Path) -> PersistentVolume:
    claim = ObjectReference(namespace=namespace_of(stack), name="sonarqube-database")
    place = HostPathVolumeSource(path=str(folder))
    spec = PersistentVolumeSpec(accessModes=["ReadWriteOnce"], capacity={"storage": "1Gi"}, claimRef=claim, hostPath=place)
    return PersistentVolume(metadata=ObjectMeta(name=stack.name), spec=spec)


def namespaces(rig: Rig) -> set[str]:
    return {str(one.metadata.name) for one in rig.cluster.client.list(Namespace) if one.metadata}


def signs_in(sonar: Sonar) -> bool:
    """Whether the server takes its password. Without its database it refuses, fails, or is started again by its probe."""
    try:
        return sonar.takes(sonar.password)
    except httpx.HTTPError:
        return False


def test_with_a_volume_the_databases_pod_may_go_and_a_destroy_leaves_nothing(own: Stack, rig: Rig) -> None:
    up(own).good()
    outputs: dict[str, Any] = json.loads(own.pulumi("stack", "output", "--json", "--show-secrets").good().output)
    made = Sonar(own, Observer(rig.cluster, namespace_of(own), NAME), outputs["sonarUrl"], outputs["sonarAdminPassword"], "")
    made.observer.kubectl("delete", "pod", "-l", "app.kubernetes.io/name=sonarqube-database", "--wait=true")
    until(lambda: signs_in(made), "the server on its old data", PATIENCE_SECONDS)
    own.up("--expect-no-changes").good()
    own.pulumi("destroy", "--yes", "--skip-preview").good()
    assert namespace_of(own) not in namespaces(rig)
    assert json.loads(own.state_file.read_text())["checkpoint"]["latest"].get("resources") in (None, [])
