"""Secrets in texts: keys, tokens and webhooks, known by their form. Nothing here gives one away, whole or in part."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

from ...messages import Message, _

__all__ = ["FoundSecret", "find_secrets", "is_random", "redacted"]

_TOKEN = re.compile(r"[A-Za-z0-9_.\-+/=]+")
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
    (re.compile(r"\b(dckr_pat_[\w-]{20,100})"), _("a token of Docker Hub")),
    (re.compile(r"\b((?:AKIA|ASIA)[A-Z0-9]{16})\b"), _("an access key of AWS")),
    (re.compile(r"\b(AIza[\w-]{35})\b"), _("an API key of Google")),
    (re.compile(r"\b(xox[abprs]-[A-Za-z0-9-]{20,200})"), _("a token of Slack")),
    (re.compile(r"\b((?:AQVN|y[0-3]_)[\w-]{30,200})"), _("a key of Yandex Cloud")),
)
_PRIVATE_KEY = re.compile(r"-----BEGIN (?:[A-Z]{1,20} ){0,3}PRIVATE KEY-----(?:\\n|\s){1,40}([A-Za-z0-9+/=]{40,100})")
_KEY = _("a private key")
_MAYBE = re.compile(
    r"hooks\.slack\.com|gl(?:pat|rt|dt|ptt|cbt|ft|soat|agent|imt)-|GR1348941|gh[pousr]_|github_pat_|dckr_pat_|AKIA|ASIA"
    r"|AIza|xox[abprs]-|AQVN|y[0-3]_|PRIVATE KEY-----"
)
_MOST = 50
_LONGEST_LINE = 4_000
_SIGNS = "[…]"


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
    """The secrets of a text, by line; of thousands the first ones."""
    if _MAYBE.search(text) is None:
        return
    count = 0
    for number, line in enumerate(text.split("\n"), start=1):
        line = line[:_LONGEST_LINE]
        if _MAYBE.search(line) is None:
            continue
        for pattern, what in _KINDS:
            if any(is_random(_body(match[1])) for match in pattern.finditer(line)):
                yield FoundSecret(what, number)
                count += 1
        if count >= _MOST:
            return
    for match in _PRIVATE_KEY.finditer(text):
        if is_random(match[1]):
            yield FoundSecret(_KEY, text.count("\n", 0, match.start()) + 1)


def redacted(text: str) -> str:
    """A text with its secrets taken out."""
    for pattern, _what in _KINDS:
        text = pattern.sub(lambda match: match[0].replace(match[1], _SIGNS), text)
    return text


def _body(token: str) -> str:
    """What is the generator's in a token: all but its prefix."""
    return re.sub(r"^(?:[a-z]{2,10}_?(?:pat)?[-_]|GR1348941)", "", token)
