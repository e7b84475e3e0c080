"""References to images, and what a registry's answer means. That crane answers so is shown on the lab's registry."""

from __future__ import annotations

import subprocess

import pytest

from infra.errors import ReleaseError, UsageError
from operations import images
from operations.images import Image

DIGEST = "sha256:" + "b" * 64


def answered(monkeypatch: pytest.MonkeyPatch, **answers: tuple[int, str, str]) -> None:
    """``answers`` are exit code, standard output and standard error of crane's commands; others are refused."""

    def crane(command: str, *_: str) -> subprocess.CompletedProcess[str]:
        return subprocess.CompletedProcess(command, *answers[command])

    monkeypatch.setattr(images, "_crane", crane)


@pytest.mark.parametrize(
    ("reference", "parts"),
    [
        ("podinfo:1.0.0", ("podinfo", "1.0.0", "")),
        ("127.0.0.1:15000/podinfo:1.0.0", ("127.0.0.1:15000/podinfo", "1.0.0", "")),
        (f"ghcr.io/a/b/c@{DIGEST}", ("ghcr.io/a/b/c", "", DIGEST)),
        (f"host:5000/a:2@{DIGEST}", ("host:5000/a", "2", DIGEST)),
    ],
)
def test_a_reference_has_a_repository_a_tag_and_a_digest(reference: str, parts: tuple[str, str, str]) -> None:
    image = images.split(reference)
    assert (image.repository, image.tag, image.digest) == parts


@pytest.mark.parametrize("reference", ["podinfo", "127.0.0.1:15000/podinfo", "", ":1.0.0", "host:5000/:1"])
def test_a_reference_without_tag_and_digest_is_refused(reference: str) -> None:
    with pytest.raises(UsageError, match="name one"):
        images.split(reference)


def test_a_tag_becomes_a_digest_and_stays_readable(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch, digest=(0, f"{DIGEST}\n", ""))
    assert str(images.resolve("host:5000/podinfo:1.0.0")) == f"host:5000/podinfo:1.0.0@{DIGEST}"
    assert str(Image(repository="a", tag="", digest=DIGEST)) == f"a@{DIGEST}"


def test_a_missing_tag_is_answered_with_those_that_are_there(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch, digest=(1, "", "Error: HEAD …: unexpected status code 404 Not Found"), ls=(0, "1.1.0\n1.0.0\n", ""))
    with pytest.raises(ReleaseError, match=r"no such image; its tags are 1\.0\.0, 1\.1\.0"):
        images.resolve("podinfo:9")


def test_a_registry_that_does_not_answer_is_not_an_image_that_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    answered(monkeypatch, digest=(1, "", "Error: dial tcp 127.0.0.1:15000: connect: connection refused\n"))
    with pytest.raises(ReleaseError, match=r"cannot be asked .*connection refused.*lockgate lab up"):
        images.resolve("127.0.0.1:15000/podinfo:1.0.0")
