"""The same files make the same image, other files another."""

from __future__ import annotations

import dataclasses
import io
import tarfile

import pytest

from lab import images
from lab.images import Image

IMAGE = Image(name="some:1", files={"/bin/b": b"two", "/bin/a": b"one"}, links={"/bin/sh": "a"}, entrypoint=("/bin/a", "x"))


def test_the_layer_is_the_same_whatever_the_order() -> None:
    turned = dataclasses.replace(IMAGE, files=dict(reversed(IMAGE.files.items())))
    assert images.layer(turned) == images.layer(IMAGE)
    assert turned.key == IMAGE.key


@pytest.mark.parametrize(
    "change", [{"files": {"/bin/a": b"other"}}, {"links": {}}, {"entrypoint": ("/bin/b",)}, {"environment": {"A": "b"}}]
)
def test_every_difference_changes_the_key(change: dict[str, object]) -> None:
    assert dataclasses.replace(IMAGE, **change).key != IMAGE.key


def test_a_name_is_not_content() -> None:
    assert dataclasses.replace(IMAGE, name="other:2").key == IMAGE.key


def test_files_belong_to_root_and_anyone_may_run_them() -> None:
    with tarfile.open(fileobj=io.BytesIO(images.layer(IMAGE))) as archive:
        members = archive.getmembers()
    assert [member.name for member in members] == ["bin/a", "bin/b", "bin/sh"]
    assert {(member.uid, member.mtime) for member in members} == {(0, 0)}
    assert {member.mode for member in members if member.isfile()} == {0o755}
    assert members[-1].linkname == "a"
