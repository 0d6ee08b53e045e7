"""How a probe answers: a strict line protocol, and the error of a probe that does not keep to it.

Every measurement is one shell script for one ``exec``, since nearly all of the time goes into the round trip. Its
answer is lines of a key, a space and a value; the last line is a full stop. Anything else, a missing end, or a program
that was killed by a signal (a return code of 128 and more) is a :class:`ProbeError`: a probe that misbehaves says
nothing about the network.

Only programs and options that Debian's static busybox and the public image agree on are used. Where they do not:
``wget`` crashes in the first (rc 139 in an image without libc's modules), ``nc -lk`` and ``nc -v`` exist in the second
only, and the second's ``nc`` says nothing of a refused connection without ``-v``. So servers are ``httpd``, and ``nc``
is asked by its own help whether it knows ``-v``.
"""

from __future__ import annotations

import ipaddress
from ipaddress import IPv4Address, IPv6Address

from ..errors import DockerlabError

__all__ = ["CRASHED", "KILLED", "Address", "ProbeError", "answer_lines", "parse_address", "unreadable"]

Address = IPv4Address | IPv6Address

KILLED = 137
"""The return code of what ``timeout -s KILL`` ended."""
CRASHED = 128
"""Return codes from here on are signals."""


class ProbeError(DockerlabError):
    """A probe did what no working probe does: our trouble, which says nothing about what was to be measured."""


def answer_lines(output: str) -> list[str]:
    """The lines of an answer without its end. Raises :class:`ProbeError` where the end is missing."""
    lines = output.splitlines()
    if not lines or lines[-1] != ".":
        raise ProbeError("a probe broke off in the middle of its answer", stdout=output)
    return lines[:-1]


def parse_address(text: str) -> Address:
    """An address, whose zone (``%eth0``) is left out. Raises :class:`ProbeError` for anything else."""
    try:
        return ipaddress.ip_address(text.partition("%")[0])
    except ValueError:
        raise unreadable(text) from None


def unreadable(line: str) -> ProbeError:
    """The error for a line that no version of us wrote."""
    return ProbeError(f"a probe answered what cannot be read: {line[:200]!r}")
