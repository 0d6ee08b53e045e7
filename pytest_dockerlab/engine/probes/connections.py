"""Names and TCP connections as a probe tries them: the scripts it runs, and how their answers are read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ...messages import Message, _
from ..probe_answers import CRASHED, KILLED, Address, ProbeError, answer_lines, parse_address, unreadable

__all__ = [
    "TOKEN",
    "Lookup",
    "Outcome",
    "Reach",
    "listen_script",
    "lookup_script",
    "parse_lookups",
    "parse_reaches",
    "reach_script",
    "server_command",
]

TOKEN = re.compile(r"[A-Za-z0-9._-]{1,64}")
"""What a server of ours says of itself."""
_ADDRESS = re.compile(r"[0-9.]+|[0-9A-Fa-f:.]*:[0-9A-Fa-f:.]*")
_NAME = re.compile(r"[A-Za-z0-9._:-]{1,255}")

_LOOKUP = """\
d=/tmp/l.$$; mkdir $d || exit
l() {
  {
    echo "Q $2"
    while read -r a n; do
      for i in $n; do [ "$i" = "$2" ] && echo "F $a"; done
    done < /etc/hosts
    o=$(timeout -s KILL SECONDS nslookup "$2" 2>&1); c=$?
    echo "$o" | sed 's/^/A /'
    echo "C $c"
  } >$d/a$1
}
"""


@dataclass(frozen=True, slots=True)
class Lookup:
    """What came of looking a name up."""

    name: str
    addresses: tuple[Address, ...]
    """Empty: there is no such name, or nobody to ask."""
    has_server: bool
    """Whether a name server answered at all."""

    def __bool__(self) -> bool:
        return bool(self.addresses)


def lookup_script(names: Sequence[str], seconds: int = 4) -> str:
    """Look the names up as a program does: /etc/hosts, then the name server; all at the same time.

    :param seconds: the limit. A docker host that is cut off waits that long for what Docker itself does not know.
    """
    calls = [f"l {index} {_checked(name)} &" for index, name in enumerate(names)]
    return _LOOKUP.replace("SECONDS", str(int(seconds))) + _collect(calls)


def parse_lookups(output: str) -> list[Lookup]:
    """Read the answer to :func:`lookup_script`: one result for each name, in order."""
    results: list[Lookup] = []
    name = ""
    found: list[Address] = []
    answers: list[str] = []
    for line in answer_lines(output):
        key, _space, rest = line.partition(" ")
        match key:
            case "Q":
                name, found, answers = rest, [], []
            case "F":
                found.append(parse_address(rest))
            case "A":
                answers.append(rest)
            case "C" if rest.isdecimal():
                addresses, has_server = _read_nslookup(answers, int(rest))
                results.append(Lookup(name, tuple(dict.fromkeys([*found, *addresses])), has_server))
            case _:
                raise unreadable(line)
    return results


def _read_nslookup(answers: Sequence[str], code: int) -> tuple[list[Address], bool]:
    # Return codes differ by build (facts): only what is said counts. Addresses of the answer stand behind "Name:"; what
    # stands before it is the server's own.
    text = "\n".join(answers)
    if code == KILLED or re.search(r"timed out|no servers could be reached|can't connect|unreachable|refused", text):
        return [], False
    if code >= CRASHED:
        raise ProbeError("nslookup crashed in a probe", returncode=code, stdout=text)
    found: list[Address] = []
    in_answer = False
    for line in answers:
        in_answer = in_answer or line.startswith("Name:")
        if in_answer and (match := re.match(r"Address(?: \d+)?:\s+(\S+)", line)):
            found.append(parse_address(match[1]))
    if not found and not re.search(r"NXDOMAIN|SERVFAIL|REFUSED|can't (?:find|resolve)|No answer|Parse error", text):
        raise ProbeError("nslookup said what no known version says in a probe", returncode=code, stdout=text)
    return found, True


_REACH = """\
d=/tmp/r.$$; mkdir $d || exit
case "$(nc --help 2>&1)" in *-v*) v=-v;; *) v=;; esac
r() {
  end=$(($(date +%s) + $6))
  while :; do
    printf 'GET / HTTP/1.0\\r\\n\\r\\n' | timeout -s KILL $5 nc $v -w $4 $2 $3 >$d/o$1 2>$d/e$1; c=$?
    [ $c -lt 128 ] && [ $6 -gt 0 ] && ! [ -s $d/o$1 ] && [ $(date +%s) -lt $end ] && usleep 50000 && continue
    break
  done
  {
    echo "Q $1"
    sed 's/^/E /' $d/e$1
    head -c 4096 $d/o$1 | tr -cd '\\012\\040-\\176' | sed -n '1s/^/H /p;$s/^/B /p'
    echo
    echo "C $c"
  } >$d/a$1
}
"""


# Seconds after the limit of a connection until nc is killed: it then has one, and nothing comes. Two questions to a
# name server that does not answer take libc 10 s, which its own limit does not count.
_LATE, _LATE_NAME = 2, 12


class Outcome(StrEnum):
    """What came of an attempt to connect."""

    ANSWERED = "answered"
    SILENT = "connected, and nobody said who they are"
    REFUSED = "refused"
    TIMED_OUT = "timed out"
    NO_ROUTE = "no route"
    NO_SUCH_NAME = "no such name"


_TOLD = {
    Outcome.ANSWERED: _("answered"),
    Outcome.SILENT: _("connected, and nobody said who they are"),
    Outcome.REFUSED: _("refused"),
    Outcome.TIMED_OUT: _("timed out"),
    Outcome.NO_ROUTE: _("no route"),
    Outcome.NO_SUCH_NAME: _("no such name"),
}


@dataclass(frozen=True, slots=True)
class Reach:
    """What came of an attempt to connect, and who answered."""

    outcome: Outcome
    token: str | None = None
    """Who answered; ``None`` unless :attr:`Outcome.ANSWERED`; empty for a server that is none of ours."""

    def answered_by(self, token: str) -> bool:
        """Whether it was the server that says ``token``; false, too, for anybody else's answer.

        Raises :class:`ProbeError` for :attr:`Outcome.SILENT`: somebody took the connection, and nobody can tell who.
        """
        if self.outcome is Outcome.SILENT:
            raise ProbeError(
                "a connection was taken, and nobody said who they are: this is neither reached nor unreachable"
            )
        return self.token == token

    def __str__(self) -> str:
        return str(self.said)

    @property
    def said(self) -> Message:
        """The same for the reader."""
        if self.token is None:
            return _TOLD[self.outcome]
        return _("answered by {token}", token=self.token) if self.token else _("answered by another server")


def reach_script(targets: Sequence[tuple[str, int]], timeout: int = 2, patience: int = 0) -> str:
    """Connect to every target, all at the same time, and ask who it is.

    :param timeout: seconds for one attempt to connect; what is dropped silently takes all of it.
    :param patience: seconds during which an attempt that got no answer is made again: for servers that just start.
    """
    calls = []
    for index, (address, port) in enumerate(targets):
        limit = int(timeout) + (_LATE if _ADDRESS.fullmatch(address) else _LATE_NAME)
        calls.append(f"r {index} {_checked(address)} {int(port)} {int(timeout)} {limit} {int(patience)} &")
    return _REACH + _collect(calls)


def parse_reaches(output: str) -> list[Reach]:
    """Read the answer to :func:`reach_script`: one result for each target, in order."""
    results: list[Reach] = []
    errors, head, body = "", "", ""
    for line in answer_lines(output):
        key, _space, rest = line.partition(" ")
        match key:
            case "Q":
                errors, head, body = "", "", ""
            case "E":
                errors += rest + "\n"
            case "H":
                head = rest
            case "B":
                body = rest
            case "":
                pass
            case "C" if rest.isdecimal():
                results.append(_classify(int(rest), errors, head, body))
            case _:
                raise unreadable(line)
    return results


# What nc says, by the words of strerror(3), which every build quotes
_SAID = (
    ("refused", Outcome.REFUSED),
    ("timed out", Outcome.TIMED_OUT),
    ("No route to host", Outcome.NO_ROUTE),
    ("unreachable", Outcome.NO_ROUTE),
    ("bad address", Outcome.NO_SUCH_NAME),
    ("reset by peer", Outcome.SILENT),
)


def _classify(code: int, errors: str, head: str, body: str) -> Reach:
    if code >= CRASHED and code != KILLED:
        raise ProbeError("nc crashed in a probe", returncode=code, stderr=errors)
    if head:
        is_ours = head.startswith("HTTP/1.") and " 200 " in head + " " and TOKEN.fullmatch(body)
        return Reach(Outcome.ANSWERED, body if is_ours else "")
    if code in (0, KILLED):  # killed by us: connected (its own limit is shorter), and then nothing came
        return Reach(Outcome.SILENT)
    for words, outcome in _SAID:
        if words in errors:
            return Reach(outcome)
    raise ProbeError("nc said what no known version says in a probe", returncode=code, stderr=errors)


def listen_script(ports: Sequence[int], token: str) -> str:
    """Start a server on each port that says ``token`` to everybody who asks; it listens when the script has ended."""
    if not TOKEN.fullmatch(token):
        raise ValueError(f"{token!r} is no token: letters, digits, '.', '_' and '-', at most 64")
    lines = [f"mkdir -p /tmp/www && printf %s {token} > /tmp/www/index.html || exit"]
    lines += [f"httpd -p {int(port)} -h /tmp/www || exit" for port in ports]
    return "\n".join([*lines, ""])


def server_command(port: int, token: str) -> list[str]:
    """A server that is its container's only process: where it cannot have the port, it says why and exits."""
    assert TOKEN.fullmatch(token)
    return [
        *("sh", "-c"),
        f"mkdir -p /tmp/www && printf %s {token} > /tmp/www/index.html && exec httpd -f -p {int(port)} -h /tmp/www",
    ]


def _collect(calls: Sequence[str]) -> str:
    """Make the calls, wait for all, and tell their answers in order."""
    files = " ".join(f"$d/a{index}" for index in range(len(calls)))
    return "\n".join([*calls, "wait", f"cat {files} && rm -r $d", "echo .", ""])


def _checked(name: str) -> str:
    if not _NAME.fullmatch(name) or name.startswith("-"):
        raise ValueError(f"{name!r} is no host name or address")
    return name
