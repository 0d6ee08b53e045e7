"""Texts for people: a message is an English sentence with named places, kept apart from its arguments.

The English sentence is the message id of gettext. Nothing is rendered before the end, so that one result can be shown
in any language; see ``docs/contributors.md`` for how a new text reaches the catalogues.
"""

from __future__ import annotations

import argparse
import contextlib
import errno
import functools
import gettext
import locale
import os
import re
import struct
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

__all__ = [
    "DOMAIN",
    "LANGUAGES",
    "LOCALE",
    "Message",
    "_",
    "add_translations",
    "asked_language",
    "default_language",
    "excerpt",
    "from_json",
    "language_of",
    "reason_of",
    "shortened",
    "size_text",
    "text",
    "to_json",
]

DOMAIN = "pytest_dockerlab"
LOCALE = Path(__file__).with_name("locale")
LANGUAGES = ("en", "ru")

_MAX_EXCERPT = 300
_PLACE = re.compile(r"\{\{|\}\}|\{(\w+)\}")
"""No more than a name: what comes from another process may be any sentence, and ``str.format`` does as it is told."""


@dataclass(frozen=True, slots=True)
class Message:
    """A sentence and what stands in its places.

    ``args`` holds text, numbers, lists of them, or other messages.
    """

    id: str
    args: Mapping[str, object] = field(default_factory=dict)

    def render(self, language: str = "en") -> str:
        """The sentence in ``language``; English where there is no translation."""
        sentence = _catalogue(language).gettext(self.id) if self.id else ""
        if not self.args:
            return sentence
        args = {name: text(value, language) for name, value in self.args.items()}
        if not args.keys() >= {found[1] for found in _PLACE.finditer(sentence) if found[1]}:
            sentence = self.id  # a pack's translation, with other places than the sentence
        return _PLACE.sub(lambda found: args.get(found[1], found[0]) if found[1] else found[0][0], sentence)

    def __str__(self) -> str:
        return self.render()


def _(id: str, /, **args: object) -> Message:
    """A message. The name is the one that gettext's tools look for."""
    return Message(id, args)


def text(value: object, language: str = "en") -> str:
    """Any value as a reader wants it: a message in their language, a list separated by commas."""
    if isinstance(value, Message):
        return value.render(language)
    if isinstance(value, str):
        return value
    if isinstance(value, Mapping):
        return ", ".join(f"{text(key, language)}: {text(item, language)}" for key, item in value.items())
    if isinstance(value, (list, tuple, set, frozenset)):
        items = sorted(value, key=str) if isinstance(value, (set, frozenset)) else value
        return ", ".join(text(item, language) for item in items)
    return str(value)


def excerpt(text: str | bytes) -> str:
    """The beginning of what somebody else wrote, on one line, without control characters: at most 300 characters."""
    if isinstance(text, bytes):
        text = text[: _MAX_EXCERPT * 8].decode("utf-8", "replace")
    line = " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())
    return shortened(line, _MAX_EXCERPT)


def shortened(text: str, longest: int) -> str:
    """``text``; where it is longer than so many characters its beginning, and a sign that there was more."""
    return text if len(text) <= longest else f"{text[: longest - 1]}…"


def size_text(size: int) -> str:
    """A size in bytes for people, in millions of bytes as ``docker images`` prints it, small ones in bytes."""
    return f"{size / 10**6:.1f} MB" if size >= 10**5 else f"{size} B"


def reason_of(error: OSError) -> Message | str:
    """Why the operating system refuses a file: the usual causes by messages, others in its own words."""
    match error:
        case FileNotFoundError():
            return _("no such file")
        case PermissionError():
            return _("this user has no permission")
        case IsADirectoryError():
            return _("not a regular file")
        case NotADirectoryError() | FileExistsError():
            return _("a part of its path is not a folder")
        case OSError(errno=errno.ENOSPC):
            return _("the disk is full")
        case OSError(errno=errno.EROFS):
            return _("the file system is read-only")
    return error.strerror or str(error)


def to_json(value: object) -> object:
    """``value`` with every message in it as ``{"id": …, "args": …}``, the form of results.json."""
    if isinstance(value, Message):
        return {"id": value.id, "args": {name: to_json(arg) for name, arg in value.args.items()}}
    if isinstance(value, Mapping):
        return {str(key): to_json(item) for key, item in value.items()}
    if isinstance(value, (set, frozenset)):
        return [to_json(item) for item in sorted(value, key=str)]
    if isinstance(value, (list, tuple)):
        return [to_json(item) for item in value]
    if value is None or isinstance(value, (bool, int, float)):
        return value
    return str(value)


def from_json(value: object) -> object:
    """The reverse of :func:`to_json`."""
    if isinstance(value, dict):
        if value.keys() == {"id", "args"} and isinstance(value["args"], dict):
            return Message(str(value["id"]), {name: from_json(arg) for name, arg in value["args"].items()})
        return {key: from_json(item) for key, item in value.items()}
    if isinstance(value, list):
        return [from_json(item) for item in value]
    return value


def default_language(environ: Mapping[str, str] = os.environ) -> str:
    """The language of the locale, as gettext finds it: LANGUAGE is a list, of the others the first that is set counts.

    English where we have no such language.
    """
    named = next((environ[name] for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG") if environ.get(name)), "")
    for name in named.split(":"):
        language = locale.normalize(name).partition(".")[0].partition("_")[0].lower()
        if language in LANGUAGES:
            return language
    return "en"


def language_of(asked: str | None, environ: Mapping[str, str] = os.environ) -> str:
    """The reader's language: what ``--hw-lang`` asks for, else ``DOCKERLAB_LANG``, else that of the locale.

    One that we do not have is as good as none: this is also asked in order to say that there is no such language.
    """
    named = asked or environ.get("DOCKERLAB_LANG")
    return named if named in LANGUAGES else default_language(environ)


def asked_language(arguments: Sequence[str]) -> str:
    """The language to answer in, before anything else of the arguments of a command is known to be right."""
    early = argparse.ArgumentParser(add_help=False, allow_abbrev=False)
    early.add_argument("--hw-lang", "--lang", dest="lang", nargs="?")
    return language_of(early.parse_known_args(arguments)[0].lang)


def add_translations(domain: str, *folders: Path) -> None:
    """Ask the catalogues ``locale/<language>/LC_MESSAGES/<domain>.mo`` in ``folders`` too, after ours."""
    for folder in folders:
        if (domain, folder / "locale") not in _further:
            _further.append((domain, folder / "locale"))
            _catalogue.cache_clear()


_further: list[tuple[str, Path]] = []


@functools.cache
def _catalogue(language: str) -> gettext.NullTranslations:
    found = gettext.translation(DOMAIN, LOCALE, [language], fallback=True)
    for domain, folder in _further:
        # one that is not there, or broken, is as good as none: no reason to say nothing at all
        with contextlib.suppress(OSError, ValueError, struct.error):
            found.add_fallback(gettext.translation(domain, folder, [language]))
    return found
