"""What the tests of docker-2/docker-host and docker-2/tls share."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

from pytest_dockerlab.engine.hosts.certificates import KeyPair
from pytest_dockerlab.engine.hosts.hosts import DockerHost, resolve_docker_host
from pytest_dockerlab.findings import Collected, Mismatch, collecting
from tests.engine.servers import TlsEngine

__all__ = ["asked", "machine_folder"]


def machine_folder(folder: Path, engine: TlsEngine, *, with_ca_key: bool = True, **files: KeyPair) -> Path:
    """What docker-machine would have left of this engine, except for its port."""
    engine.cert_folder(folder, **files)
    driver = {"URL": engine.url, "Project": "docker-182408", "Zone": "europe-west1-b", "IPAddress": "127.0.0.1"}
    (folder / "config.json").write_text(
        json.dumps({"ConfigVersion": 3, "Driver": driver, "DriverName": "google", "Name": "docker-host"})
    )
    if with_ca_key:
        shutil.copy(engine.authority.pair.key, folder / "ca-key.pem")
    return folder


def asked(
    check: Callable[[DockerHost], None], explicit: str | None, environ: dict[str, str] | None = None
) -> Collected:
    """What the check says of the docker host; a finding that stops it is kept as the others are."""
    with collecting() as collected, resolve_docker_host(explicit, environ or {"HOME": "/nonexistent"}) as host:
        try:
            check(host)
        except Mismatch as mismatch:
            collected.findings.append(mismatch.finding)
    return collected
