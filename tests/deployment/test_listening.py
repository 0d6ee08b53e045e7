"""Who listens in a container, and what that says of a port to which nobody answers."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from pytest_dockerlab.deployment.listening import Listener, parse_listeners, why_nobody_answers

PROC = """\
  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
   0: 0B00007F:9A4D 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
   1: 0100007F:244C 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 2 1 0 100 0 0 10 0
   2: 020011AC:244C 0100007F:1F90 01 00000000:00000000 00:00000000 00000000     0        0 3 1 0 100 0 0 10 0
  sl  local_address                         remote_address                        st tx_queue rx_queue
   0: 00000000000000000000000000000000:1388 00000000000000000000000000000000:0000 0A 00000000:00000000
   1: 00000000000000000000000001000000:0050 00000000000000000000000000000000:0000 0A 00000000:00000000
"""


def test_listeners_without_dockers_own() -> None:
    assert parse_listeners(PROC) == (("127.0.0.1", 9292), ("::", 5000), ("::1", 80))
    assert parse_listeners("") == ()


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="no Linux")
def test_a_real_one() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert server.getsockname() in parse_listeners(Path("/proc/net/tcp").read_text("ascii"))


@pytest.mark.parametrize(
    ("listeners", "said", "hint"),
    [
        ([("127.0.0.1", 9292)], "ui listens on 127.0.0.1:9292, which nobody outside", "listen on 0.0.0.0:9292"),
        ([("0.0.0.0", 80), ("::", 81)], "ui listens on 0.0.0.0:80, [::]:81, and not on port 9292", "publish the port"),
        ([], "nothing listens in the container of ui", "serve on 0.0.0.0:9292"),
    ],
)
def test_why_nobody_answers(listeners: list[tuple[str, int]], said: str, hint: str) -> None:
    why = why_nobody_answers("ui", 9292, [Listener(*each) for each in listeners])
    assert why is not None
    assert str(why[0]).startswith(said)
    assert hint in str(why[1])


def test_somebody_listens() -> None:
    assert why_nobody_answers("ui", 9292, [Listener("127.0.0.1", 9292), Listener("0.0.0.0", 9292)]) is None
