"""git, asked about repositories elsewhere: what refs they have, and their objects.

The URLs are the instructor's, and so are git's settings and credentials: nothing is asked of git's helpers that they
do not give to ``git clone`` in a shell. What a server answers is a stranger's.
"""

from __future__ import annotations

import functools
import os
import re
import shlex
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from .. import tools
from ..errors import DockerlabError, LimitExceeded, ToolTimeout
from ..messages import Message, _, excerpt
from ..net.http import Secret
from ..submission.files.git_folder import is_ref_name

__all__ = ["PATIENCE", "NotHad", "Patience", "Refs", "fetch", "password_for", "refs_of"]

T = TypeVar("T")

_EMPTY = Path(__file__).parents[1] / "submission/files/empty/sha1.git"
"""Where git is asked what needs no repository: the one around the current folder may be a student's."""
_MAX_PACK = 2 * 1024**3
_MEMORY = 2 * 1024**3
_PASSED_ON = (
    *("HOME", "XDG_CONFIG_HOME", "GIT_CONFIG_GLOBAL", "SSH_AUTH_SOCK", "DBUS_SESSION_BUS_ADDRESS", "GNUPGHOME"),
    *("http_proxy", "https_proxy", "all_proxy", "no_proxy", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY"),
    *("SSL_CERT_FILE", "SSL_CERT_DIR", "GIT_SSL_CAINFO", "GIT_SSL_CAPATH", "GIT_SSH_COMMAND", "GIT_SSH"),
)
_REF = re.compile(r"([0-9a-f]{40}|[0-9a-f]{64})\t(\S+)")
_SYMBOLIC = re.compile(r"ref: (refs/heads/\S+)\tHEAD")


@dataclass(frozen=True, slots=True)
class Patience:
    """How often what may pass is tried, with growing pauses between, and how long one try may take."""

    tries: int = 4
    pause: float = 2.0
    """Seconds before the second try; twice as long before each further one."""
    seconds: float = 300.0


PATIENCE = Patience()


@dataclass(frozen=True, slots=True)
class Refs:
    """What a repository's refs held at a moment."""

    asked: datetime
    """When it was asked: what they hold was pushed before that, or while it was answered."""
    commits: Mapping[str, str]
    """By full name, ``HEAD`` too. Of an annotated tag it is the tag's own id."""
    head: str | None = None
    """The branch that HEAD is."""


class NotHad(DockerlabError):
    """A repository, or something of it, could not be had.

    ``may_pass``: another try may have it. ``is_known``: it is the other side's, or the network's.
    """

    def __init__(
        self,
        why: Message,
        remedy: Message | None = None,
        *,
        may_pass: bool = False,
        is_known: bool = True,
        stderr: str | None = None,
    ) -> None:
        super().__init__(why, stderr=stderr)
        self.remedy = remedy
        self.may_pass = may_pass
        self.is_known = is_known


_CAUSES: Sequence[tuple[str, Message, Message | None, bool]] = (
    (
        r"no space left on device|disk quota exceeded",
        _("the disk is full"),
        _("make room where clones are kept"),
        False,
    ),
    (
        r"host key verification failed|remote host identification has changed",
        _("its ssh host key is not known, or is another than before"),
        _("connect by hand once and compare the key: ssh HOST"),
        False,
    ),
    (
        r"permission denied \(",
        _("the ssh server takes none of the keys"),
        _("give ssh-agent the key that opens it (ssh-add)"),
        False,
    ),
    (
        r"returned error: 404|no such repository|not found|does not appear to be a git repository"
        r"|repository not exported|does not exist|project you were looking for could not be found",
        _("there is no such repository, or it is private"),
        None,
        False,
    ),
    (
        r"could not read (?:username|password)|terminal prompts disabled|authentication failed|access denied"
        r"|returned error: 40[13]|http 40[13]",
        _("it is private, or not there, and git has no credentials for it"),
        _("give them to git's credential helper; for GitHub: gh auth setup-git"),
        False,
    ),
    (r"certificate", _("the TLS certificate of its server is not trusted"), None, False),
    (
        r"could not resolve host|temporary failure in name resolution|name or service not known",
        _("the name of its server is not known"),
        _("see whether the URL is right and the network is up"),
        True,
    ),
    (
        r"connection refused|failed to connect|connection timed out|no route to host|network is unreachable"
        r"|couldn't connect|unable to connect|could not connect",
        _("its server does not answer"),
        _("see whether the URL is right and the network is up"),
        True,
    ),
    (
        r"returned error: (?:429|5\d\d)|http (?:429|5\d\d)|reset by peer|early eof|unexpected disconnect"
        r"|hung up unexpectedly|kex_exchange_identification|connection closed|operation too slow|gnutls|ssl_|openssl"
        r"|rpc failed|transfer closed|empty reply|bad pack header|timed out|broken pipe",
        _("its server breaks off"),
        _("try again later"),
        True,
    ),
    (  # killed without a word, after all other causes for it
        r"invalid index-pack output|died of signal|file too large",
        _("it is larger than {size} bytes, or takes as much memory", size=_MAX_PACK),
        _("clone it by hand, and name the clone's path"),
        False,
    ),
)


def refs_of(url: str, patience: Patience = PATIENCE) -> Refs:
    """What the refs of a repository hold now. Raises :class:`NotHad`."""

    def ask() -> Refs:
        asked = datetime.now(UTC)
        return _parsed(asked, _git(url, ["ls-remote", "--symref", "--", url], _EMPTY, patience.seconds))

    return _retried(ask, patience)


def fetch(
    url: str, git_dir: Path, refspecs: Sequence[str], patience: Patience = PATIENCE, *, prune: bool = True
) -> None:
    """Bring what these refspecs name into a repository of ours.

    :param prune: refs that are gone there go here, too.

    Raises :class:`NotHad`.
    """
    words = ["fetch", "--quiet", "--force", "--no-tags", "--no-recurse-submodules", "--no-write-fetch-head"]
    words += ["--prune"] if prune else []
    _retried(lambda: _git(url, [*words, "--", url, *refspecs], git_dir, patience.seconds), patience)


def password_for(host: str) -> Secret | None:
    """What git's own credential helpers have for https at ``host``; ``None`` for nothing. Nobody is asked for it."""
    words = ["git", "-c", "core.askPass=", "-c", "credential.interactive=false", "credential", "fill"]
    env = {**_instructors(_EMPTY), "GIT_TERMINAL_PROMPT": "0"}
    asked = f"protocol=https\nhost={host}\n\n".encode()
    done = tools.run(words, cwd=_EMPTY, env=env, timeout=30, stdin=asked)
    found = re.search(r"^password=(.+)$", done.stdout, re.MULTILINE) if done.returncode == 0 else None
    return Secret(found[1]) if found else None


def _retried(ask: Callable[[], T], patience: Patience) -> T:
    from tenacity import Retrying, retry_if_exception, stop_after_attempt, wait_exponential, wait_random

    retrying = Retrying(
        retry=retry_if_exception(lambda error: isinstance(error, NotHad) and error.may_pass),
        stop=stop_after_attempt(patience.tries),
        wait=wait_exponential(multiplier=patience.pause, max=60) + wait_random(0, patience.pause / 2),
        reraise=True,
    )
    return retrying(ask)


def _git(url: str, words: Sequence[str], git_dir: Path, seconds: float) -> str:
    settings = {
        "core.hooksPath": os.devnull,
        "gc.auto": "0",
        "maintenance.auto": "false",
        "fetch.unpackLimit": "1",  # one pack: one file, which has a limit
        "fetch.writeCommitGraph": "false",
        "transfer.bundleURI": "false",
        "credential.interactive": "false",
        "http.lowSpeedLimit": "1000",
        "http.lowSpeedTime": "60",
    }
    options = [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    env = {**_instructors(git_dir), "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "https:http:ssh:git"}
    if "GIT_SSH_COMMAND" not in env and "GIT_SSH" not in env and not _own_ssh_command():
        env["GIT_SSH_COMMAND"] = "ssh -o BatchMode=yes -o ConnectTimeout=30 -o ServerAliveInterval=20"
    command = ["git", *options, *words]
    try:
        done = tools.run(command, cwd=git_dir, env=env, timeout=seconds, memory=_MEMORY, file_size=_MAX_PACK)
    except ToolTimeout as error:
        why = _("it was not had within {seconds} s", seconds=f"{seconds:g}")
        raise NotHad(why, _see(url), stderr=error.stderr) from error
    except LimitExceeded as error:
        raise NotHad(_("it has more refs than can be read")) from error
    if done.returncode:
        # a server that hangs up while it is spoken to: git is killed, and says nothing
        raise _explained(
            url, done.stderr or ("broken pipe" if done.returncode == -getattr(signal, "SIGPIPE", 0) else "")
        )
    return done.stdout


@functools.cache
def _own_ssh_command() -> bool:
    words = ["git", "config", "--get", "core.sshCommand"]
    return tools.run(words, cwd=_EMPTY, env=_instructors(_EMPTY), timeout=30).returncode == 0


def _instructors(git_dir: Path) -> dict[str, str]:
    """git's environment, with what the instructor has in theirs for it."""
    return {name: os.environ[name] for name in _PASSED_ON if name in os.environ} | {"GIT_DIR": str(git_dir)}


def _explained(url: str, stderr: str) -> NotHad:
    said = excerpt(_last_words(stderr))
    told = stderr.replace(url, "").lower()
    for pattern, why, remedy, may_pass in _CAUSES:
        if re.search(pattern, told):
            return NotHad(
                _("{why} (git says: {said})", why=why, said=said), remedy or _see(url), may_pass=may_pass, stderr=stderr
            )
    why = _("git says: {said}", said=said) if said else _("git says nothing")
    return NotHad(why, _see(url), is_known=False, stderr=stderr)


def _see(url: str) -> Message:
    return _("see what git says: git ls-remote {url}", url=shlex.quote(url))


def _last_words(stderr: str) -> str:
    """The line that says why, which is git's own last one, or ssh's before it: not what the server wrote."""
    lines = [line for line in stderr.splitlines() if line.strip() and not line.startswith("remote:")]
    own = [line for line in lines if line.startswith(("fatal:", "error:", "ssh:"))]
    return next((line for line in own if "read from remote repository" not in line), (own or lines or [""])[0])


def _parsed(asked: datetime, answer: str) -> Refs:
    head, commits = None, {}
    for line in answer.split("\n"):
        if (found := _SYMBOLIC.fullmatch(line)) and is_ref_name(found[1]):
            head = found[1]
        elif (found := _REF.fullmatch(line)) and is_ref_name(found[2]):
            commits[found[2]] = found[1]
    return Refs(asked, commits, head)
