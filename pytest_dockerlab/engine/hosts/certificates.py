"""Throw-away client certificates, to be refused by a docker host.

Made with cryptography and not with trustme, which the tests use: trustme issues nothing for an authority without a
subject key identifier, as docker-machine's are.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from ...errors import DockerlabError

if TYPE_CHECKING:
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

__all__ = ["CannotIssue", "KeyPair", "client_certificate"]


class CannotIssue(DockerlabError):
    """An authority's files issue no certificate: they cannot be read, or do not belong together."""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A certificate and its key, as PEM files."""

    cert: Path
    key: Path


def client_certificate(folder: Path, authority: KeyPair | None = None, *, is_expired: bool = False) -> KeyPair:
    """A client's certificate and key, put into ``folder``: for one day from now, or expired yesterday.

    ``authority`` issues it; without one, an authority that nobody trusts. Raises :class:`CannotIssue`.
    """
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    issuer, signing_key = (_name("dockerlab throw-away CA"), key) if authority is None else _read(authority)
    now = datetime.now(UTC)
    # An hour early: the other machine's clock may be late.
    first, last = (timedelta(days=-3), timedelta(days=-1)) if is_expired else (timedelta(hours=-1), timedelta(days=1))
    certificate = (
        x509.CertificateBuilder(issuer, _name("dockerlab"), key.public_key(), x509.random_serial_number())
        .not_valid_before(now + first)
        .not_valid_after(now + last)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=False)
        .add_extension(x509.ExtendedKeyUsage([x509.OID_CLIENT_AUTH]), critical=False)
        .sign(signing_key, hashes.SHA256())
    )
    pair = KeyPair(folder / f"{secrets.token_hex(8)}.pem", folder / f"{secrets.token_hex(8)}.key")
    pair.cert.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    form = (serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    pair.key.write_bytes(key.private_bytes(*form))
    return pair


def _name(text: str) -> x509.Name:
    from cryptography import x509

    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def _read(authority: KeyPair) -> tuple[x509.Name, RSAPrivateKey | EllipticCurvePrivateKey]:
    from cryptography import x509
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric import ec, rsa
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        certificate = x509.load_pem_x509_certificate(authority.cert.read_bytes())
        key = load_pem_private_key(authority.key.read_bytes(), password=None)
        is_pair = certificate.public_key() == key.public_key()
    except (OSError, ValueError, TypeError, UnsupportedAlgorithm) as error:  # TypeError: the key has a password
        raise CannotIssue(str(error)) from error
    if not is_pair:
        raise CannotIssue("CA certificate and CA private key do not match")  # as openssl has it
    if not isinstance(key, (rsa.RSAPrivateKey, ec.EllipticCurvePrivateKey)):
        raise CannotIssue("the key is neither RSA nor ECDSA")
    return certificate.subject, key
