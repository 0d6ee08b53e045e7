"""Secrets in texts: keys, tokens and webhooks, known by their form. Nothing here gives one away, whole or in part."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ...messages import Message, _

__all__ = ["FoundSecret", "find_secrets", "is_random", "masked", "quoted", "redacted"]

_TOKEN = re.compile(r"[A-Za-z0-9_.\-+/=]+")
_WORD = re.compile(r"[A-Za-z0-9_\-+/]{16,}")
_SHORTEST = 16
_BITS = 3.2
"""Of information in a character: words have less, what a generator makes has more."""
_KINDS: tuple[tuple[re.Pattern[str], Message], ...] = (
    (
        re.compile(
            r"hooks\.slack\.com/(?:services|workflows|triggers)/([A-Za-z0-9]{6,20}/[A-Za-z0-9]{6,20}/[A-Za-z0-9/]{12,60})"
        ),
        _("the address of a Slack webhook: whoever has it can post"),
    ),
    (
        re.compile(r"\b((?:glpat|glrt|gldt|glptt|glcbt|glft|glsoat|glagent|glimt)-[\w-]{16,100})"),
        _("a token of GitLab"),
    ),
    (re.compile(r"\b(GR1348941[\w-]{16,60})"), _("a registration token of GitLab")),
    (re.compile(r"\b(gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_\w{40,255})"), _("a token of GitHub")),
    (re.compile(r"\b(ghs_\d{1,20}_[\w-]{10,1000}(?:\.[\w-]{10,1000}){2})"), _("a token of GitHub")),
    (re.compile(r"\b(dckr_pat_[\w-]{20,100})"), _("a token of Docker Hub")),
    (re.compile(r"\b((?:AKIA|ASIA)[A-Z0-9]{16})\b"), _("an access key of AWS")),
    (re.compile(r"\b(AIza[\w-]{35})\b"), _("an API key of Google")),
    (re.compile(r"\b(xox[abprs]-[A-Za-z0-9-]{20,200})"), _("a token of Slack")),
    (re.compile(r"\b((?:AQVN|y[0-3]_)[\w-]{30,200})"), _("a key of Yandex Cloud")),
)
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]{1,20} ){0,3}PRIVATE KEY-----(?:\\n|\s){1,40}([A-Za-z0-9+/=]{40,100})")
_NAMED = re.compile(
    r"(?:token|secret|passw(?:or)?d|(?:api|access|secret|private)_?-?key)\w{0,30}[\"'\]]{0,3}\s{0,9}(?:=>|[:?+]?=|:)\s{0,9}[\"']?(?:\$\{\w{1,60}:?[-=])?"
    r"([A-Za-z0-9_\-+/=]{16,200})(?![\w.({$])",
    re.IGNORECASE,
)
_LOGIN = re.compile(r"(?<=\w:)[^\s:/@${}<>\"']{1,200}(?=@(?!sha256:)[\w.\[-])")
"""The password of somebody whose name is before it: in an address, ``me:password@host``."""
_KEY = _("a private key")
_VALUE = _("the value of a token, key or password")
_PASSWORD = _("a password in an address")
_SIGNS_OF = (
    "hooks.slack.com", "glpat-", "glrt-", "gldt-", "glptt-", "glcbt-", "glft-", "glsoat-", "glagent-", "glimt-",
    "gr1348941", "ghp_", "gho_", "ghu_", "ghs_", "ghr_", "github_pat_", "dckr_pat_", "akia", "asia", "aiza", "xox",
    "aqvn", "y0_", "y1_", "y2_", "y3_", "private key-----", "token", "secret", "password", "passwd", "key",
)  # fmt: skip
"""What a text with a secret has, in small letters: to look for it is quick."""
_MOST = 50
_LONGEST_LINE = 4_000
_REPLACED = "[…]"


@dataclass(frozen=True, slots=True)
class FoundSecret:
    """A secret, and the line it stands in. Its text is not kept."""

    what: Message
    line: int


def is_random(text: str) -> bool:
    """Whether a text looks like what a generator makes, and not like a word, a name or a place for one's own."""
    if len(text) < _SHORTEST or _TOKEN.fullmatch(text) is None:
        return False
    counts = Counter(text).values()
    if -sum(count / len(text) * math.log2(count / len(text)) for count in counts) < _BITS or "EXAMPLE" in text:
        return False
    if "_" in text and (text.isupper() or text.islower()):
        return False
    kinds = ["0" if sign.isdigit() else "A" if sign.isupper() else "a" for sign in text if sign.isalnum()]
    turns = sum(one != other for one, other in itertools.pairwise(kinds))
    return turns >= len(text) // 5


def find_secrets(text: str) -> Iterator[FoundSecret]:
    """The secrets of a text, by line; of thousands the first ones. A line that has several is named once."""
    if not _may_have(text) and not _may_have_login(text):
        return
    count = 0
    for number, line in enumerate(text.split("\n"), start=1):
        what = _secret_of(line[:_LONGEST_LINE])
        if what is not None:
            yield FoundSecret(what, number)
            count += 1
        if count >= _MOST:
            return
    for match in _PRIVATE_KEY.finditer(text):
        if is_random(match[1]):
            yield FoundSecret(_KEY, text.count("\n", 0, match.start()) + 1)


def _may_have_login(text: str) -> bool:
    return "://" in text and "@" in text


def _may_have(text: str) -> bool:
    lowered = text.lower()
    return any(sign in lowered for sign in _SIGNS_OF)


def _secret_of(line: str) -> Message | None:
    if _may_have_login(line) and any(is_random(match[0]) for match in _LOGIN.finditer(line)):
        return _PASSWORD
    if not _may_have(line):
        return None
    for pattern, what in _KINDS:
        if any(_is_real(match[1]) for match in pattern.finditer(line)):
            return what
    return _VALUE if any(is_random(_body(match[1])) for match in _NAMED.finditer(line)) else None


def redacted(text: str) -> str:
    """A text with its secrets taken out."""
    for pattern in (*(pattern for pattern, _what in _KINDS), _NAMED, _PRIVATE_KEY):
        text = pattern.sub(lambda match: match[0].replace(match[1], _REPLACED), text)
    return text


def masked(text: str) -> str:
    """A text of ours without the secrets that a quotation has brought into it: only what looks like one goes."""
    text = _LOGIN.sub(_REPLACED, text) if "@" in text else text
    if not _may_have(text):
        return text
    for pattern, _what in _KINDS:
        text = pattern.sub(lambda match: match[0].replace(match[1], _REPLACED), text)
    for pattern in (_NAMED, _PRIVATE_KEY):
        text = pattern.sub(_masked_if_random, text)
    return text


def quoted(text: str) -> str:
    """Lines of a submission's file as they may be shown to others: whatever may be a secret goes, digests too."""
    return _WORD.sub(lambda match: _REPLACED if is_random(match[0]) else match[0], masked(redacted(text)))


def _masked_if_random(match: re.Match[str]) -> str:
    return match[0].replace(match[1], _REPLACED) if is_random(_body(match[1])) else match[0]


def _is_real(token: str) -> bool:
    """Whether a token is no place for one. AWS makes its keys of capitals: they look less random than others."""
    return is_random(_body(token)) or (token[:4] in ("AKIA", "ASIA") and "EXAMPLE" not in token and len(set(token)) > 7)


def _body(token: str) -> str:
    """What is the generator's in a token: all but its prefix."""
    return re.sub(r"^(?:[a-z]{2,10}_?(?:pat)?[-_]|GR1348941)", "", token)
