"""Throw-away certificates, made by the openssl program: to be refused by a docker host, and for our own tests.

``openssl ca`` and not ``openssl x509``: only it takes the two dates in every version of OpenSSL and LibreSSL.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ... import tools

__all__ = ["Authority", "KeyPair"]

_TIMEOUT = 30.0
_CONFIG = """
[req]
distinguished_name = name
prompt = no
[name]
CN = {name}
[authority]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[leaf]
basicConstraints = CA:false
extendedKeyUsage = {usage}
{names}
[ca]
default_ca = ours
[ours]
database = {folder}/index.txt
new_certs_dir = {folder}
rand_serial = yes
default_md = sha256
policy = policy
unique_subject = no
x509_extensions = leaf
[policy]
commonName = supplied
"""


@dataclass(frozen=True, slots=True)
class KeyPair:
    """A certificate and its key, as PEM files."""

    cert: Path
    key: Path


class Authority:
    """A certificate authority. Its files, and what it issues, lie in ``folder``; raises :class:`~..errors.ToolMissing`.

    :param pair: an authority that exists, used and never changed; ``None`` makes one of the name ``name``.
    """

    def __init__(self, folder: Path, pair: KeyPair | None = None, *, name: str = "dockerlab throw-away CA") -> None:
        self.folder = folder
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.pair = pair or self._make(name)

    def issue(
        self, name: str, *, names: Sequence[str] = (), is_server: bool = False, is_expired: bool = False
    ) -> KeyPair:
        """A certificate for ``name``, for one day from now; one that is expired was valid until yesterday.

        ``names`` are a server's other names, as ``DNS:docker-host`` and ``IP:10.0.0.1``.
        """
        stem = self.folder / secrets.token_hex(8)
        cert, key, request = (stem.with_suffix(ending) for ending in (".pem", ".key", ".csr"))
        usage = "serverAuth" if is_server else "clientAuth"
        config = self._config(stem, name, usage, f"subjectAltName = {','.join(names)}" if names else "")
        _openssl("req", "-new", "-config", config, *_NEW_KEY, "-keyout", key, "-out", request)
        now = datetime.now(UTC)
        # An hour early: the other machine's clock may be late.
        first, last = (
            (now - timedelta(days=3), now - timedelta(days=1))
            if is_expired
            else (now - timedelta(hours=1), now + timedelta(days=1))
        )
        dates = ["-startdate", f"{first:%Y%m%d%H%M%SZ}", "-enddate", f"{last:%Y%m%d%H%M%SZ}"]
        (self.folder / "index.txt").touch()
        issuer = ["-cert", str(self.pair.cert), "-keyfile", str(self.pair.key)]
        _openssl("ca", "-batch", "-notext", "-config", config, *issuer, *dates, "-in", request, "-out", cert)
        return KeyPair(cert, key)

    def _make(self, name: str) -> KeyPair:
        pair = KeyPair(self.folder / "ca.pem", self.folder / "ca-key.pem")
        config = self._config(self.folder / "ca", name, "clientAuth", "")
        extensions = ["-extensions", "authority", "-days", "2"]
        _openssl(
            "req", "-new", "-x509", "-config", config, *extensions, *_NEW_KEY, "-keyout", pair.key, "-out", pair.cert
        )
        return pair

    def _config(self, stem: Path, name: str, usage: str, names: str) -> Path:
        path = stem.with_suffix(".cnf")
        path.write_text(_CONFIG.format(name=name, folder=self.folder, usage=usage, names=names), "utf-8")
        return path


_NEW_KEY = ("-newkey", "rsa:2048", "-nodes")


def _openssl(*arguments: str | Path) -> None:
    tools.run(["openssl", *(str(argument) for argument in arguments)], timeout=_TIMEOUT, check=True)
