"""The lab is up, is killed, is repaired, and is gone: on a lab of the tests' own, never on one in use."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from own_lab import (
    NAMESPACE,
    apply,
    container,
    deploy,
    footprint,
    make_namespace,
    request,
    running_lab,
    shim_sockets,
    until,
    version,
)

import lab
from infra.errors import LabError
from lab import binaries, layout, prerequisites, processes

pytestmark = [pytest.mark.lab, pytest.mark.lab_destructive]
COMPONENTS = (
    "log-keeper", "registry", "etcd", "containerd", "apiserver", "controller-manager", "scheduler", "proxy", "dns",
    "api-relay", "kubelet",
)  # fmt: skip
UP = [sys.executable, "-c", "import lab; lab.up()"]


@pytest.fixture(scope="module", autouse=True)
def own_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with running_lab(tmp_path_factory.mktemp("lab")):
        yield


@pytest.fixture
def workload() -> None:
    """One podinfo that answers on a NodePort; it stays for the next test, which may have to wait for it again."""
    lab.up()
    make_namespace()
    deploy("1.0.0")
    until(lambda: version() == "1.0.0", 40.0)


def kill(name: str) -> None:
    found = processes.read(layout.default(), name)
    assert found is not None
    found.identity.kill(signal.SIGKILL)
    until(lambda: not found.identity.alive(), 5.0)


@pytest.mark.parametrize("name", COMPONENTS)
@pytest.mark.usefixtures("workload")
def test_up_repairs_a_killed_process_and_leaves_the_pods_alone(name: str) -> None:
    restarts = container("podinfo")["restartCount"]
    kill(name)
    state = {process.name: process for process in lab.status().processes}
    assert state[name].pid is None
    assert lab.up().healthy
    until(lambda: version() == "1.0.0", 10.0)
    assert container("podinfo")["restartCount"] == restarts


@pytest.mark.usefixtures("workload")
def test_up_repairs_everything_killed_at_once() -> None:
    for identity in processes.marked(layout.default()):
        identity.kill(signal.SIGKILL)
    assert lab.up().healthy
    until(lambda: version() == "1.0.0", 40.0)


@pytest.mark.usefixtures("workload")
def test_up_of_a_healthy_lab_starts_nothing() -> None:
    before = lab.status()
    after = lab.up()
    assert [process.pid for process in after.processes] == [process.pid for process in before.processes]


@pytest.mark.usefixtures("workload")
def test_a_lost_certificate_is_issued_again_and_only_its_owner_starts_again() -> None:
    before = {process.name: process.pid for process in lab.status().processes}
    (layout.default().pki / "proxy.crt").unlink()
    after = {process.name: process.pid for process in lab.up().processes}
    assert {name for name in before if before[name] != after[name]} == {"proxy"}


@pytest.mark.usefixtures("workload")
def test_down_leaves_nothing_and_up_brings_the_workload_back() -> None:
    lab.down()
    clean = footprint()
    lab.up()
    until(lambda: version() == "1.0.0", 30.0)
    sockets = shim_sockets()
    lab.down()
    assert sockets
    assert not any(path.exists() for path in sockets)
    assert footprint() == clean
    assert not any(clean[name] for name in ("rules", "mounts", "processes", "cgroups", "chains"))
    lab.down()
    assert not lab.status().running


@pytest.mark.usefixtures("workload")
def test_down_cleans_after_everything_was_killed() -> None:
    for identity in processes.marked(layout.default()):
        identity.kill(signal.SIGKILL)
    lab.down()
    left = footprint()
    assert not any(left[name] for name in ("rules", "mounts", "processes", "cgroups", "chains", "results"))


@pytest.mark.usefixtures("workload")
def test_up_after_a_reboot_trusts_no_record_of_the_time_before() -> None:
    lab.down()
    run = layout.default().run
    (run / "processes").mkdir(parents=True)
    (run / "boot").write_text("another boot")
    innocent = subprocess.Popen(["sleep", "60"])
    (run / "processes" / "etcd.json").write_text(f'{{"identity": {{"pid": {innocent.pid}, "started": 1}}, "fingerprint": ""}}')
    assert lab.up().healthy
    assert innocent.poll() is None
    innocent.kill()
    innocent.wait()


@pytest.mark.parametrize("seconds", [0.5, 1.5, 2.5, 3.5])
def test_up_again_after_an_interrupt(seconds: float) -> None:
    lab.down()
    with subprocess.Popen(UP, stderr=subprocess.PIPE, cwd=Path(__file__).parents[2]) as first:
        time.sleep(seconds)
        first.send_signal(signal.SIGINT)
        first.communicate(timeout=20)
    assert lab.up().healthy
    programs = [Path(f"/proc/{one.pid}/cmdline").read_bytes().split(b"\0")[0] for one in processes.marked(layout.default())]
    assert len([program for program in programs if program.endswith(b"/etcd")]) == 1


def test_a_taken_port_is_named_before_anything_starts() -> None:
    lab.down()
    with socket.create_server(("127.0.0.1", 16443)), pytest.raises(LabError, match=r"127\.0\.0\.1:16443"):
        lab.up()
    assert not lab.status().running


def test_a_process_that_ends_is_named_with_its_last_lines(monkeypatch: pytest.MonkeyPatch) -> None:
    lab.down()
    broken = dict(binaries.locate()) | {"kube-scheduler": Path("/bin/ls")}
    monkeypatch.setattr(binaries, "locate", lambda: broken)
    with pytest.raises(LabError, match="scheduler ended") as caught:
        lab.up()
    assert "unrecognized option" in str(caught.value)


def test_anonymous_requests_and_strangers_are_refused() -> None:
    lab.up()
    curl = subprocess.run(["curl", "-sk", "https://127.0.0.1:16443/version"], capture_output=True, text=True, check=True)
    assert "Unauthorized" in curl.stdout
    etcd = subprocess.run(["curl", "-sk", "https://127.0.0.1:12379/health"], capture_output=True, check=False)
    assert etcd.returncode != 0


def test_private_files_are_their_owners_only() -> None:
    lab.up()
    place = layout.default()
    for file in [*place.pki.rglob("*.key"), lab.kubeconfig(), place.root / "etcd"]:
        assert file.stat().st_mode & 0o077 == 0, file


def test_nothing_listens_beyond_loopback_and_the_bridge() -> None:
    lab.up()
    listening = subprocess.run(["ss", "-ltnuH"], capture_output=True, text=True, check=True).stdout.splitlines()
    hosts = {line.split()[4].rpartition(":")[0].strip("[]") for line in listening}
    assert hosts <= {"127.0.0.1", "10.199.0.1"}


def test_network_policies_are_accepted() -> None:
    lab.up()
    make_namespace()
    policy = {"podSelector": {}, "policyTypes": ["Ingress"]}
    apply({
        "apiVersion": "networking.k8s.io/v1", "kind": "NetworkPolicy", "metadata": {"name": "deny"}, "spec": policy,
    })  # fmt: skip
    request("DELETE", f"/apis/networking.k8s.io/v1/namespaces/{NAMESPACE}/networkpolicies/deny")


def test_check_knows_when_it_is_not_root(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    assert [missing.what for missing in prerequisites.check()] == ["root's rights"]
