"""Servers of a probe that refuse as a real program does: only its own paths answer, and only with what they want.

Busybox' httpd gives a file without an ending no Content-Type that Prometheus 3 takes, and cannot refuse by what it is
asked. So each port is an ``nc`` that starts a shell script for every connection; the two kinds of busybox say by
different words that it goes on listening.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterable
from dataclasses import dataclass

from .connections import TOKEN

__all__ = ["ASKED", "METRIC", "SAID_BY", "Page", "serve_script"]

METRIC = "dockerlab_stand_in"
"""The metric that says who answers, and what they were asked: by these labels."""
SAID_BY, ASKED = "dockerlab_token", "dockerlab_query"
_PATH = re.compile(r"/[A-Za-z0-9._~/-]{0,200}")
_NAME = re.compile(r"[a-z]{1,20}")

# The URL's query is a label's value only where nothing in it has a meaning there.
_SERVER = """\
#!/bin/sh
read -r m t v || exit
while read -r h && [ "${h%?}" ]; do :; done
p=${t%%\\?*} q=
[ "$p" = "$t" ] || q=${t#*\\?}
say() {
  printf 'HTTP/1.1 %s\\r\\nContent-Type: text/plain; version=0.0.4; charset=utf-8\\r\\n' "$1"
  printf 'Content-Length: %s\\r\\nConnection: close\\r\\n\\r\\n%s\\n' $((${#2} + 1)) "$2"
}
me() {
  case $q in *[!A-Za-z0-9%\\&=._~:/@+,-]*) q=;; esac
  say '200 OK' "METRIC{SAID_BY=\\"TOKEN\\",ASKED=\\"$q\\"} 1"
}
case $p in
CASES
*) say '404 Not Found' '404 page not found';;
esac
"""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of metrics. Where a ``parameter`` of the query is wanted, one without it is refused with 400.

    ``text`` is what is said instead of metrics, at any path.
    """

    port: int
    path: str = "/metrics"
    parameter: str | None = None
    text: str | None = None

    def __post_init__(self) -> None:
        """Raise ``ValueError`` for what could mean something to a shell."""
        if not _PATH.fullmatch(self.path) or (self.parameter is not None and not _NAME.fullmatch(self.parameter)):
            raise ValueError(f"no page is served at {self.path!r}, {self.parameter!r}")


def serve_script(pages: Iterable[Page], token: str) -> str:
    """Serve the pages, whose metric says ``token``; it listens a moment after the script has ended."""
    if not TOKEN.fullmatch(token):
        raise ValueError(f"{token!r} is no token")
    by_port: dict[int, list[Page]] = {}
    for page in pages:
        by_port.setdefault(page.port, []).append(page)
    lines = ["mkdir -p /tmp/pages || exit", 'case "$(nc --help 2>&1)" in *-lk*) l=-lk;; *) l=-ll;; esac']
    for port, here in by_port.items():
        script = _SERVER.replace("CASES", "\n".join(map(_case, here)))
        for word, value in (("METRIC", METRIC), ("SAID_BY", SAID_BY), ("TOKEN", token), ("ASKED", ASKED)):
            script = script.replace(word, value)
        file = f"/tmp/pages/{int(port)}"  # noqa: S108 - in the probe
        lines.append(f"printf %s {shlex.quote(script)} > {file} && chmod 755 {file} || exit")
        lines.append(f"nc $l -p {int(port)} -e {file} &")
    return "\n".join([*lines, ""])


def _case(page: Page) -> str:
    if page.text is not None:
        return f"*) say '200 OK' {shlex.quote(page.text)};;"
    if page.parameter is None:
        return f"'{page.path}') me;;"
    missing = f"say '400 Bad Request' '{page.parameter.capitalize()} parameter is missing'"
    return f"""'{page.path}') case "&$q" in *"&{page.parameter}="[!\\&]*) me;; *) {missing};; esac;;"""
