"""Certificates for the tests' servers and their clients: trustme's, as files."""

from __future__ import annotations

import datetime
import secrets
from pathlib import Path

import trustme

from pytest_dockerlab.engine.hosts.certificates import KeyPair


class Authority:
    """A certificate authority whose files, and what it issues, lie in ``folder``."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._folder = folder
        self._ca = trustme.CA()
        self.pair = KeyPair(folder / "ca.pem", folder / "ca-key.pem")
        self._ca.cert_pem.write_to_path(self.pair.cert)
        self._ca.private_key_pem.write_to_path(self.pair.key)

    def issue(self, *names: str, is_expired: bool = False) -> KeyPair:
        """A certificate for a client or for a server of these names and addresses; an expired one until yesterday."""
        yesterday = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)
        issued = self._ca.issue_cert(*names, not_after=yesterday if is_expired else None)
        stem = self._folder / secrets.token_hex(8)
        pair = KeyPair(stem.with_suffix(".pem"), stem.with_suffix(".key"))
        issued.cert_chain_pems[0].write_to_path(pair.cert)
        issued.private_key_pem.write_to_path(pair.key)
        return pair
