"""Certificates are issued once, renewed in time, and readable by their owner only."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from cryptography import x509

from lab import identities, layout, pki
from lab.pki import Leaf

SERVER = Leaf(name="server", authority="ca", common_name="server", hosts=("127.0.0.1", "localhost"), client=False)
CLIENT = Leaf(name="client", authority="ca", common_name="someone", group="some-group")


def certificate(folder: Path, name: str) -> x509.Certificate:
    return x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())


def test_a_second_run_issues_nothing(tmp_path: Path) -> None:
    assert pki.due(tmp_path, (SERVER, CLIENT))
    assert pki.ensure_leaves(tmp_path, (SERVER, CLIENT)) == ["server", "client"]
    assert not pki.due(tmp_path, (SERVER, CLIENT))
    assert pki.ensure_leaves(tmp_path, (SERVER, CLIENT)) == []


def test_a_leaf_carries_what_was_asked_for_and_no_more(tmp_path: Path) -> None:
    pki.ensure_leaves(tmp_path, (SERVER, CLIENT))
    server, client = certificate(tmp_path, "server"), certificate(tmp_path, "client")
    purposes = server.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
    assert list(purposes) == [x509.ExtendedKeyUsageOID.SERVER_AUTH]
    assert list(client.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value) == [x509.ExtendedKeyUsageOID.CLIENT_AUTH]
    assert client.subject.rfc4514_string() == "CN=someone,O=some-group"


def test_a_leaf_near_its_end_is_issued_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pki, "LEAF_DAYS", pki.RENEW_DAYS - 1)
    pki.ensure_leaves(tmp_path, (CLIENT,))
    monkeypatch.undo()
    assert pki.due(tmp_path, (CLIENT,))
    assert pki.ensure_leaves(tmp_path, (CLIENT,)) == ["client"]
    left = certificate(tmp_path, "client").not_valid_after_utc - dt.datetime.now(dt.UTC)
    assert left.days >= pki.LEAF_DAYS - 1


def test_a_leaf_with_other_hosts_is_issued_again(tmp_path: Path) -> None:
    pki.ensure_leaves(tmp_path, (SERVER,))
    other = Leaf(name="server", authority="ca", common_name="server", hosts=("127.0.0.2",), client=False)
    assert pki.ensure_leaves(tmp_path, (other,)) == ["server"]


def test_an_authority_that_would_not_outlive_its_leaves_takes_them_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pki, "AUTHORITY_DAYS", pki.LEAF_DAYS)
    pki.ensure_leaves(tmp_path, (CLIENT,))
    monkeypatch.undo()
    before = certificate(tmp_path, "ca")
    assert pki.ensure_leaves(tmp_path, (CLIENT,)) == ["client"]
    assert certificate(tmp_path, "ca") != before


def test_a_broken_file_is_replaced(tmp_path: Path) -> None:
    pki.ensure_leaves(tmp_path, (CLIENT,))
    (tmp_path / "client.crt").write_text("half a certific")
    assert pki.ensure_leaves(tmp_path, (CLIENT,)) == ["client"]


def test_the_signing_key_stays(tmp_path: Path) -> None:
    pki.ensure_signing_key(tmp_path)
    before = (tmp_path / "sa.key").read_bytes()
    pki.ensure_signing_key(tmp_path)
    assert (tmp_path / "sa.key").read_bytes() == before


def test_only_the_owner_reads_private_files(tmp_path: Path) -> None:
    pki.ensure_leaves(tmp_path, (CLIENT,))
    pki.ensure_signing_key(tmp_path)
    assert {file.stat().st_mode & 0o777 for file in tmp_path.iterdir()} == {0o600}


def test_every_component_has_a_name_of_its_own(tmp_path: Path) -> None:
    leaves = identities.leaves(layout.Layout(tmp_path))
    clients = [(leaf.authority, leaf.common_name) for leaf in leaves if leaf.client]
    assert len(set(clients)) == len(clients)
    assert [leaf.name for leaf in leaves if leaf.group == "system:masters"] == ["admin"]
