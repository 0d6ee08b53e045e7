"""Whether our own limits are in the way, by what a program writes: what docker itself would have given it.

Docker's default gives more than we do (https://docs.docker.com/engine/containers/run/#runtime-privilege-and-linux-capabilities):
of its capabilities we take what :data:`~..engine.app_limits.CAPABILITIES` does not name, sudo as a user finds no
privileges to gain, and processes are counted. A program that needs one of these is not wrong, and what came of it here
tells nothing: *unverified*. What docker's default refuses as well (mounting, chown as a user) is the program's own
fault. The texts are untrusted: a student can print any of them, and gains no more than that.
"""

from __future__ import annotations

import re

from ..engine.owned.limits import AppLimits
from ..messages import Message, _

__all__ = ["in_the_way", "is_counted_out"]

_SIGNS: tuple[tuple[re.Pattern[str], Message], ...] = (
    # sudo's and busybox' own words; sudo is only told so where it was started by a user
    (
        re.compile(
            r"effective uid is not 0, is \S+ on a file system with the 'nosuid' option"
            r"|\"no new privileges\" flag is set|must be suid to work properly"
        ),
        _("sudo or su for a user that is not root (USER, or gosu in the entrypoint, needs neither)"),
    ),
    # NET_RAW: a file with capabilities that are not to be had is not even started
    (
        re.compile(r"\b(?:ping6?|arping|traceroute|tracepath|nmap|tcpdump)\b[^\n]{0,200}[Oo]peration not permitted"),
        _("raw sockets, as for ping"),
    ),
    (re.compile(r"\bchroot\b[^\n]{0,200}[Oo]peration not permitted"), _("chroot")),
    (re.compile(r"\bmknod\b[^\n]{0,200}[Oo]peration not permitted"), _("device nodes (mknod)")),
    # AUDIT_WRITE, where the kernel asks for it: sudo, su and login as root
    (
        re.compile(r"unable to send audit message: Operation not permitted|\b(?:su|login|runuser): System error"),
        _("audit log messages, as su and sudo send them"),
    ),
    (
        re.compile(r"\b(?:setcap|capsh|setpriv)\b[^\n]{0,200}[Oo]peration not permitted"),
        _("capabilities of its own choosing"),
    ),
)
# What a program says of a name that it cannot look up, in one line with a name of the internet: no service reaches that
# here. A name of one word is another service's.
_UNKNOWN = re.compile(
    r"(?:[Cc]ould not|[Cc]annot|[Cc]an't|[Ff]ailed to|[Uu]nable to) resolve|Temporary failure (?:in name )?resol"
    r"|not known|No address associated|EAI_AGAIN|EAI_NODATA|ENOTFOUND|bad address|[Nn]etwork is unreachable"
)
_OUTSIDE = re.compile(r"\w\.(?:com|dev|io|net|org|ru)\b")
# Python, the shells, make, gcc, Perl, Ruby, Rust, Go, libuv, Java and glibc where there is no further process or thread
_COUNTED = re.compile(
    r"\b[Cc]an(?:no|')t (?:start new thread|fork|create [Tt]hread)|unable to create (?:new )?native thread"
    r"|\b(?:v?fork|posix_spawn|pthread_create)\b[^\n]{0,100}(?:Resource temporarily unavailable|retry|EAGAIN)"
    r"|Resource temporarily unavailable - v?fork|failed to (?:spawn|create new OS) thread"
)


def is_counted_out(log: str) -> bool:
    """Whether a program says that it could not start one more process or thread."""
    return _COUNTED.search(log) is not None


def in_the_way(log: str, limits: AppLimits) -> Message | None:
    """What a service asks for and does not get here, by its ``log``; ``None`` where nothing says so."""
    if is_counted_out(log):
        return _("more than {count} processes and threads", count=limits.processes)
    if any(_UNKNOWN.search(line) and _OUTSIDE.search(line) for line in log.splitlines()):
        return _("the internet, which no service reaches here (fetch what it needs in the build)")
    return next((what for sign, what in _SIGNS if sign.search(log)), None)
