"""Certificates: two authorities (cluster, etcd) and one leaf per component and purpose, re-issued in good time."""

from __future__ import annotations

import datetime as dt
import ipaddress
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

AUTHORITY_DAYS = 3650
LEAF_DAYS = 365
RENEW_DAYS = 30


@dataclass(frozen=True, kw_only=True)
class Leaf:
    """One certificate that is wanted: ``<name>.crt`` and ``<name>.key`` in the PKI folder."""

    name: str
    authority: str
    common_name: str
    group: str = ""
    hosts: tuple[str, ...] = ()
    client: bool = True

    @property
    def subject(self) -> x509.Name:
        names = [x509.NameAttribute(NameOID.COMMON_NAME, self.common_name)]
        if self.group:
            names.insert(0, x509.NameAttribute(NameOID.ORGANIZATION_NAME, self.group))
        return x509.Name(names)


@dataclass(frozen=True)
class Authority:
    certificate: x509.Certificate
    key: ec.EllipticCurvePrivateKey


def write_private(path: Path, data: bytes) -> None:
    """Replaces ``path`` at once; only its owner may read it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.new")
    fresh.unlink(missing_ok=True)
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
    fresh.replace(path)


def key_pem(key: ec.EllipticCurvePrivateKey) -> bytes:
    return key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())


def _read_authority(folder: Path, name: str) -> Authority | None:
    try:
        certificate = x509.load_pem_x509_certificate((folder / f"{name}.crt").read_bytes())
        key = serialization.load_pem_private_key((folder / f"{name}.key").read_bytes(), None)
    except (OSError, ValueError):
        return None
    if not isinstance(key, ec.EllipticCurvePrivateKey) or near_expiry(certificate, LEAF_DAYS + RENEW_DAYS):
        return None
    return Authority(certificate, key)


def near_expiry(certificate: x509.Certificate, days: int = RENEW_DAYS) -> bool:
    """Whether less than ``days`` are left."""
    return certificate.not_valid_after_utc < dt.datetime.now(dt.UTC) + dt.timedelta(days=days)


def _builder(subject: x509.Name, issuer: x509.Name, days: int) -> x509.CertificateBuilder:
    now = dt.datetime.now(dt.UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))
        .not_valid_after(now + dt.timedelta(days=days))
    )


def ensure_authority(folder: Path, name: str) -> Authority:
    """The authority ``name``, made when there is none that outlives a leaf."""
    found = _read_authority(folder, name)
    if found is not None:
        return found
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"lockgate-lab {name}")])
    usage = x509.KeyUsage(
        digital_signature=True, key_cert_sign=True, crl_sign=True, content_commitment=False,
        key_encipherment=False, data_encipherment=False, key_agreement=False, encipher_only=False, decipher_only=False,
    )  # fmt: skip
    certificate = (
        _builder(subject, subject, AUTHORITY_DAYS)
        .public_key(key.public_key())
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    write_private(folder / f"{name}.key", key_pem(key))
    write_private(folder / f"{name}.crt", certificate.public_bytes(serialization.Encoding.PEM))
    return Authority(certificate, key)


def _alternative_names(leaf: Leaf) -> list[x509.GeneralName]:
    names: list[x509.GeneralName] = []
    for host in leaf.hosts:
        try:
            names.append(x509.IPAddress(ipaddress.ip_address(host)))
        except ValueError:
            names.append(x509.DNSName(host))
    return names


def _issue(leaf: Leaf, authority: Authority) -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    purposes = [ExtendedKeyUsageOID.CLIENT_AUTH] if leaf.client else []
    if leaf.hosts:
        purposes.append(ExtendedKeyUsageOID.SERVER_AUTH)
    issuer_key = x509.AuthorityKeyIdentifier.from_issuer_public_key(authority.key.public_key())
    builder = (
        _builder(leaf.subject, authority.certificate.subject, LEAF_DAYS)
        .public_key(key.public_key())
        .add_extension(x509.ExtendedKeyUsage(purposes), critical=False)
        .add_extension(issuer_key, critical=False)
    )
    if leaf.hosts:
        builder = builder.add_extension(x509.SubjectAlternativeName(_alternative_names(leaf)), critical=False)
    certificate = builder.sign(authority.key, hashes.SHA256())
    return certificate.public_bytes(serialization.Encoding.PEM), key_pem(key)


def _still_good(folder: Path, leaf: Leaf, authority: Authority) -> bool:
    try:
        certificate = x509.load_pem_x509_certificate((folder / f"{leaf.name}.crt").read_bytes())
        certificate.verify_directly_issued_by(authority.certificate)
    except (OSError, ValueError, TypeError, InvalidSignature):
        return False
    if certificate.subject != leaf.subject or near_expiry(certificate) or not (folder / f"{leaf.name}.key").exists():
        return False
    try:
        names = list(certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value)
    except x509.ExtensionNotFound:
        names = []
    return names == _alternative_names(leaf)


def ensure_leaves(folder: Path, leaves: tuple[Leaf, ...]) -> list[str]:
    """Issues every leaf that is missing, near expiry or not as wanted. Returns the names of those issued."""
    issued = []
    authorities = {name: ensure_authority(folder, name) for name in {leaf.authority for leaf in leaves}}
    for leaf in leaves:
        if not _still_good(folder, leaf, authorities[leaf.authority]):
            certificate, key = _issue(leaf, authorities[leaf.authority])
            write_private(folder / f"{leaf.name}.key", key)
            write_private(folder / f"{leaf.name}.crt", certificate)
            issued.append(leaf.name)
    return issued


def due(folder: Path, leaves: tuple[Leaf, ...]) -> bool:
    """Whether ``ensure_leaves`` would issue any."""
    authorities = {name: _read_authority(folder, name) for name in {leaf.authority for leaf in leaves}}
    return any(
        authority is None or not _still_good(folder, leaf, authority)
        for leaf in leaves
        for authority in [authorities[leaf.authority]]
    )


def ensure_signing_key(folder: Path) -> None:
    """The key pair that signs ServiceAccount tokens; it never changes, since tokens outlive a restart."""
    if (folder / "sa.key").exists() and (folder / "sa.pub").exists():
        return
    key = ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    write_private(folder / "sa.key", key_pem(key))
    write_private(folder / "sa.pub", public)
