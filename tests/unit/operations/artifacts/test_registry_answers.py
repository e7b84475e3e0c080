"""What a registry's answers mean. That crane answers so is shown on a real registry."""

from __future__ import annotations

import json
import subprocess

import pytest

from infra.errors import ToolError
from operations import images
from operations.artifacts.registry import Repository

DIGEST = "sha256:" + "a" * 64
NOT_FOUND = (1, b"", b"Error: DELETE https://registry.example/v2/shop/manifests/sha256: unexpected status code 404 Not Found")


def answering(monkeypatch: pytest.MonkeyPatch, **answers: tuple[int, bytes, bytes]) -> Repository:
    """``answers`` are exit code, standard output and standard error of crane's commands; others are refused."""

    def crane(command: str, *_: str) -> subprocess.CompletedProcess[bytes]:
        return subprocess.CompletedProcess(command, *answers[command])

    monkeypatch.setattr(images, "crane", crane)
    return Repository("registry.example/shop")


def test_deleting_what_is_gone_is_no_error(monkeypatch: pytest.MonkeyPatch) -> None:
    answering(monkeypatch, delete=NOT_FOUND, manifest=NOT_FOUND).delete(DIGEST)


def test_an_image_that_is_still_there_was_not_deleted(monkeypatch: pytest.MonkeyPatch) -> None:
    there = (0, json.dumps({"layers": []}).encode(), b"")
    with pytest.raises(ToolError, match="the registry does not delete by digest"):
        answering(monkeypatch, delete=NOT_FOUND, manifest=there).delete(DIGEST)


def test_a_registry_that_refuses_to_delete_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    refused = (1, b"", b"Error: UNSUPPORTED: The operation is unsupported.")
    with pytest.raises(ToolError, match=r"crane delete .* failed: Error: UNSUPPORTED"):
        answering(monkeypatch, delete=refused).delete(DIGEST)
