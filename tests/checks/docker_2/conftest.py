"""What docker-2's remote items are asked of: docker hosts and registries of our own on 127.0.0.1."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.engine.servers import Sshd, TlsEngine, sshd, tls_engine
from tests.registry.conftest import start

__all__ = ["ssh_server", "start", "tls_server"]


@pytest.fixture(scope="session")
def ssh_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    """An sshd that leads to the engine of this machine."""
    with sshd(tmp_path_factory.mktemp("sshd")) as server:
        yield server


@pytest.fixture(scope="session")
def tls_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TlsEngine]:
    """An engine beside that of this machine, as docker-machine would have set it up."""
    with tls_engine(tmp_path_factory.mktemp("dockerd")) as engine:
        yield engine
