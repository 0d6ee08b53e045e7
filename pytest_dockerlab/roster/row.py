"""One row of a roster: whose submission it is, where it is, and until when it may be handed in."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta, tzinfo
from pathlib import Path
from urllib.parse import urlsplit

from .. import moments
from ..messages import LANGUAGES, Message, _
from ..submission.text.secrets import masked

__all__ = ["KNOWN", "Row", "Unmeant", "is_id", "is_url", "row_of"]

KNOWN = ("id", "path", "url", "ref", "name", "email", "group", "deadline", "extension", "exempt", "language")
"""The columns that mean something here, beside ``ref:<slug>``. Any other is kept as it is."""

# In a node id: no brackets, colons, slashes or blanks. In a command line and as a folder: no option, nothing hidden.
_ID = re.compile(r"(?![-.])[\w.@+-]{1,100}")
_URL = re.compile(r"(https?|ssh|git)://\S+|[A-Za-z0-9][\w.-]*@[A-Za-z0-9][\w.-]*:(?!//)\S+")
_HOST = re.compile(r"(?!-)[\w.:-]+")
_USER = re.compile(r"(?!-)[\w.%+-]*")
_YES = ("yes", "true", "1", "x", "+", "да")
_NO = ("", "no", "false", "0", "-", "нет")


class Unmeant(ValueError):
    """A row that cannot be meant. ``why`` is for whoever wrote the roster."""

    def __init__(self, why: Message) -> None:
        super().__init__(str(why))
        self.why = why


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the roster: ``path`` or ``url`` is set; ``refs`` are by slug, ``""`` for all others."""

    id: str
    path: Path | None = None
    url: str | None = None
    refs: Mapping[str, str] = field(default_factory=dict)
    name: str = ""
    email: str = ""
    group: str = ""
    language: str = ""
    """The student's; empty: not known."""
    deadline: datetime | None = None
    extension: datetime | timedelta | None = None
    """A later deadline of this row's own, or so much more time."""
    exempt: bool = False
    """Nothing is asked of this row, and nothing is graded."""
    columns: Mapping[str, str] = field(default_factory=dict)
    """All its cells by the header as it is written, those that mean nothing here too, in their order."""

    def due(self, default: datetime | None = None) -> datetime | None:
        """Until when it may be handed in; ``default`` is everybody's deadline. ``None``: at any time."""
        return moments.due(self.deadline or default, self.extension)


def is_id(text: str) -> bool:
    """Whether it may be the id of a row."""
    return _ID.fullmatch(text) is not None


def is_url(text: str) -> bool:
    """Whether it looks like the URL of a repository and not like a path."""
    return _URL.fullmatch(text) is not None


def row_of(names: Mapping[str, str], cells: Mapping[str, str], folder: Path, zone: tzinfo | None) -> Row:
    """The row that these cells, by their headers, are.

    :param names: what a header means, for those that mean something.
    :param folder: where relative paths start.
    :param zone: of moments that do not say their own.

    Raises :class:`Unmeant`.
    """
    values = {names[header]: cell for header, cell in cells.items() if header in names}
    for name, value in values.items():
        if not value.isprintable() and name != "path":
            raise Unmeant(_("{column} has a control character in it: {value}", column=name, value=repr(value[:100])))
    id = unicodedata.normalize("NFC", values["id"])  # a name typed on a Mac is the same name
    if not is_id(id):
        raise Unmeant(_("an id has letters, digits and the characters . _ @ + - only, not {id}", id=repr(id[:200])))
    path, url = values.get("path", ""), values.get("url", "")
    if is_url(path) and not url:
        path, url = "", path
    if bool(path) == bool(url):
        raise Unmeant(_("{id} needs a path or a URL, one of them", id=id))
    if url:
        _check_url(url)
    deadline, extension = values.get("deadline", ""), values.get("extension", "")
    try:
        due = moments.moment(deadline, zone) if deadline else None
        more = moments.extension(extension, zone) if extension else None
    except ValueError as error:
        raise Unmeant(error.args[0]) from error
    return Row(
        id,
        _path(path, folder) if path else None,
        url or None,
        {name.partition(":")[2]: value for name, value in values.items() if name.startswith("ref") and value},
        name=values.get("name", ""),
        email=values.get("email", ""),
        group=values.get("group", ""),
        language=_one_of(values.get("language", "").lower(), LANGUAGES, "language"),
        deadline=due,
        extension=more,
        exempt=_is_yes(values.get("exempt", "")),
        columns=cells,
    )


def _path(text: str, folder: Path) -> Path:
    path = Path(text)
    if text.startswith("~"):
        try:
            path = path.expanduser()
        except RuntimeError as error:
            raise Unmeant(_("the home folder of {path} is not known", path=repr(text))) from error
    return (folder / path).absolute()


def _check_url(url: str) -> None:
    """Raises :class:`Unmeant` for what git could take for something else, and for what holds a secret.

    The text of a URL with a secret in it is not repeated: it would go to a log. Some take a token as the user, too.
    """
    if not is_url(url):
        raise Unmeant(_("{url} is not the URL of a git repository (https, ssh)", url=repr(masked(url[:200]))))
    if "://" not in url:
        return
    try:
        parts = urlsplit(url)
        host, password = parts.hostname or "", parts.password
        _port = parts.port
    except ValueError:
        raise Unmeant(_("the URL is not one: its host or port cannot be read")) from None
    user = parts.username or ""
    if password is not None or parts.query or parts.fragment or _is_token(user):
        raise Unmeant(_("a URL has no password, query or fragment here: leave the password to git's credential helper"))
    if not _HOST.fullmatch(host) or not _USER.fullmatch(user):
        raise Unmeant(_("{url} is not the URL of a git repository (https, ssh)", url=repr(masked(url[:200]))))


def _is_token(user: str) -> bool:
    """By its form: one with a prefix, or Gitea's and once GitHub's."""
    return masked(user) != user or re.fullmatch(r"[0-9a-f]{40}", user) is not None


def _is_yes(text: str) -> bool:
    return _one_of(text.lower(), (*_YES, *_NO), "exempt") in _YES


def _one_of(value: str, known: Sequence[str], column: str) -> str:
    if value and value not in known:
        raise Unmeant(
            _("{column} is {value}, which is none of {known}", column=column, value=repr(value[:100]), known=known)
        )
    return value
