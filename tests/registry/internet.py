"""A small internet for one command: run in namespaces of its own, where public names and addresses are servers of ours.

``unshare --net --mount python -m tests.registry.internet FOLDER COMMAND…``. Docker Hub is there, a real docker-registry
behind a front, with its token server and a third host that it redirects to for blobs; a fourth is another registry that
has its tokens from there. What the servers saw is in ``FOLDER/seen.json``, the certificate of their authority in
``FOLDER/tls/ca.pem``.
"""

from __future__ import annotations

import contextlib
import json
import subprocess
import sys
from pathlib import Path

from tests.registry.servers import Tokens, front, push, registry, server_certificate

HUB, TOKENS, BLOBS, OTHER = "registry-1.docker.io", "auth.docker.io", "blobs.example", "other.example"
ADDRESSES = {
    HUB: "8.8.8.8",
    TOKENS: "8.8.4.4",
    BLOBS: "1.1.1.1",
    OTHER: "9.9.9.9",
    "intranet.example": "10.9.9.9",
    "metadata.example": "169.254.169.254",
}
PUBLIC = "somebody/otus-reddit"


def main(folder: Path, command: list[str]) -> int:
    """Start the servers, run the command, and return its exit code."""
    subprocess.run(["ip", "link", "set", "lo", "up"], check=True, timeout=30)
    for address in ADDRESSES.values():
        subprocess.run(["ip", "address", "add", f"{address}/32", "dev", "lo"], check=True, timeout=30)
    hosts = folder / "hosts"
    hosts.write_text("127.0.0.1 localhost\n" + "".join(f"{ip} {name}\n" for name, ip in ADDRESSES.items()))
    subprocess.run(["mount", "--bind", str(hosts), "/etc/hosts"], check=True, timeout=30)
    _ca, pair = server_certificate(folder / "tls", *ADDRESSES)
    with contextlib.ExitStack() as servers:
        plain = servers.enter_context(registry(folder / "registry"))
        push(plain.port, PUBLIC, "1.0")
        tokens = Tokens(folder / "tokens", f"https://{TOKENS}/token", {PUBLIC})
        (folder / "second").mkdir()
        (folder / "second" / "storage").symlink_to(folder / "registry" / "storage")
        locked = servers.enter_context(registry(folder / "second", auth=tokens.auth))
        fronts = {
            HUB: front(
                lambda: locked.port,
                address=(ADDRESSES[HUB], 443),
                tls=pair,
                redirect=lambda target: f"https://{BLOBS}{target}" if "/blobs/" in target else None,
            ),
            TOKENS: front(tokens=lambda: tokens, address=(ADDRESSES[TOKENS], 443), tls=pair),
            BLOBS: front(lambda: plain.port, address=(ADDRESSES[BLOBS], 443), tls=pair),
            OTHER: front(lambda: locked.port, address=(ADDRESSES[OTHER], 443), tls=pair),
            "intranet.example": front(address=("10.9.9.9", 443), tls=pair),
            "metadata.example": front(address=("169.254.169.254", 443), tls=pair),
        }
        started = {name: servers.enter_context(server) for name, server in fronts.items()}
        code = subprocess.run(command, check=False, timeout=250).returncode
        (folder / "seen.json").write_text(json.dumps({name: server.seen for name, server in started.items()}))
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2:]))
