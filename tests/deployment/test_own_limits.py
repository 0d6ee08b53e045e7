"""What a program writes where our own limits are in its way, and what is its own fault: the programs' own words."""

from __future__ import annotations

import pytest

from pytest_dockerlab.deployment.judging import last_lines
from pytest_dockerlab.deployment.own_limits import in_the_way
from pytest_dockerlab.engine.owned.limits import AppLimits

LIMITS = AppLimits(processes=64)


@pytest.mark.parametrize(
    ("log", "asked"),
    [
        ('sudo: The "no new privileges" flag is set, which prevents sudo from running as root.', "sudo"),
        ("sudo: effective uid is not 0, is /usr/bin/sudo on a file system with the 'nosuid' option set?", "sudo"),
        ("su: must be suid to work properly", "sudo or su"),
        ("sudo: unable to send audit message: Operation not permitted", "audit"),
        ("su: System error", "audit"),
        ("/app/puma: 2: ping: Operation not permitted", "raw sockets"),
        ("bash: /usr/bin/ping: Operation not permitted", "raw sockets"),
        ("ping: socktype: SOCK_RAW\nping: socket: Operation not permitted", "raw sockets"),
        ("chroot: cannot change root directory to '/srv': Operation not permitted", "chroot"),
        ("mknod: /dev/fuse: Operation not permitted", "mknod"),
        ("unable to set CAP_SETFCAP effective capability: Operation not permitted\nsetcap: Operation not permitted",
         "capabilities"),
        ("RuntimeError: can't start new thread", "64 processes"),
        ("/bin/sh: 4: Cannot fork", "64 processes"),
        ("sh: can't fork: Resource temporarily unavailable", "64 processes"),
        ("bash: fork: retry: Resource temporarily unavailable", "64 processes"),
        ("in `initialize': can't create Thread: Resource temporarily unavailable (ThreadError)", "64 processes"),
        ("`fork': Resource temporarily unavailable - fork(2) (Errno::EAGAIN)", "64 processes"),
        ("curl: (6) Could not resolve host: example.com", "the internet"),
        ("NewConnectionError('<pip>: Failed to establish a new connection: [Errno -3] Temporary failure in name"
         " resolution')': /simple/flask/ host='pypi.org'", "the internet"),
        ("getaddrinfo: No address associated with hostname (SocketError) rubygems.org", "the internet"),
        ("W: Failed to fetch http://deb.debian.org/x  Temporary failure resolving 'deb.debian.org'", "the internet"),
    ],
)  # fmt: skip
def test_our_limits(log: str, asked: str) -> None:
    found = in_the_way(f"starting\n{log}\nand so on", LIMITS)
    assert found is not None
    assert asked in str(found)


@pytest.mark.parametrize(
    "log",
    [
        "",
        "listens on 9292",
        # docker's default refuses these as well
        "mount: /mnt: permission denied.",
        "chown: changing ownership of '/app': Operation not permitted",
        "chmod: changing permissions of '/start.sh': Operation not permitted",
        "sudo: a password is required",
        "su: Authentication failure",
        "ping: post_db: Name or service not known",
        "/start.sh: 3: ping: not found",
        "curl: (6) Could not resolve host: post_db",
        "see https://example.com\nTemporary failure in name resolution: post",
        "ping: done\nchown: changing ownership of '/app': Operation not permitted",
        "PermissionError: [Errno 13] Permission denied: '/var/log/puma.log'",
        "Errno::EAGAIN: Resource temporarily unavailable - read would block",
    ],
)
def test_its_own_fault(log: str) -> None:
    assert in_the_way(log, LIMITS) is None


def test_the_last_lines_are_different_ones() -> None:
    """What is tried again and again fills a log with one line, and what went wrong at first is far above it."""
    again = [f"12:00:{at:02} try {at} of connection 0a1b2c3d{at:04x}: refused" for at in range(50)]
    log = "\n".join(["mongod: not found", *again, "    ^^^^^~~", "gives up"])
    assert last_lines(log).splitlines() == ["mongod: not found", again[-1], "gives up"]


def test_no_more_than_eight_of_them() -> None:
    lines = [f"{word} is here" + "!" * 1000 for word in ("a", "b", "c", "d", "e", "f", "g", "h", "i", "j")]
    shown = last_lines("\n".join(lines)).splitlines()
    assert [line[0] for line in shown] == list("cdefghij")
    assert {len(line) for line in shown} == {400}
