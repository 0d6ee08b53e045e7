"""What ``dockerlab gradebook`` may be asked to write beside the gradebook: files for other systems."""

from __future__ import annotations

from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from pathlib import Path

from ...errors import ConfigurationError
from ...messages import Message, _
from ...report.lines import printable
from ..gradebook.model import Gradebook
from ..graded import read_graded
from ..out import Out
from .files import read_bytes, replace_file, replacing
from .fill import Filled, fill
from .junit import MAX_BYTES, write_junit
from .people import totals_of

__all__ = ["add_arguments", "export"]


def add_arguments(command: ArgumentParser, say: Callable[[Message], str]) -> None:
    """Add the options to a command."""
    text = say(_("fill the totals into this CSV file, as Canvas, Moodle or a spreadsheet exported it"))
    command.add_argument("--fill", metavar="FILE", help=text)
    text = say(
        _("by which column of the roster people are found there, and by which of its own where that is not clear")
    )
    command.add_argument("--match", metavar="COLUMN[=COLUMN]", help=text)
    command.add_argument("--into", metavar="COLUMN", help=say(_("which of its columns is filled")))
    text = say(_("where the filled file goes (default: beside it, as NAME.filled.csv)"))
    command.add_argument("--filled", metavar="FILE", help=text)
    text = say(_("fill in scores that are not final, too"))
    command.add_argument("--not-final-too", action="store_true", help=text)
    text = say(_("write one JUnit file of all submissions here"))
    command.add_argument("--junitxml", metavar="FILE", help=text)


def export(given: Namespace, gradebook: Gradebook, out: Out) -> list[str]:
    """Write what was asked for; returns what is to be said of it, in the reader's language.

    Raises :class:`ConfigurationError` for what cannot be written as it was asked.
    """
    said: list[Message] = []
    if given.fill is not None:
        said += _fill(given, gradebook)
    if given.junitxml is not None:
        said += _junit(Path(given.junitxml), gradebook, out)
    return [printable(message.render(given.lang)) for message in said]


def _junit(path: Path, gradebook: Gradebook, out: Out) -> Iterator[Message]:
    with replacing(path) as part, part.open("w", encoding="utf-8", newline="\n") as file:
        write_junit(file, gradebook, read_graded(out))
    if (size := path.stat().st_size) > MAX_BYTES:
        yield _("{file} has {size} MB, and GitLab takes 30: grade in parts", file=path, size=size // 1_000_000)


def _fill(given: Namespace, gradebook: Gradebook) -> Iterator[Message]:
    if not given.match or not given.into:
        raise ConfigurationError(_("--fill wants --match and --into: by which column, and into which"))
    source = Path(given.fill)
    target = Path(given.filled) if given.filled else source.with_name(f"{source.stem}.filled{source.suffix}")
    if target.exists() and target.samefile(source):
        raise ConfigurationError(_("{file} is what was downloaded, and stays as it is", file=target))
    match, _equals, column = given.match.partition("=")
    filled = fill(
        read_bytes(source),
        list(totals_of(gradebook, match, is_settled_only=not given.not_final_too)),
        match=match,
        into=given.into,
        column=column or None,
        maximum=gradebook.maximum,
    )
    replace_file(target, filled.content)
    unseen = sum(row.is_settled and not row.is_final for row in gradebook.rows)
    if unseen:
        filled.notes.append(_("with items that count 0 because another one failed: {count}", count=unseen))
    return _told(filled, target, match)


def _told(filled: Filled, target: Path, match: str) -> Iterator[Message]:
    yield _(
        "{file}: cells filled: {count}, the same as before: {same}, left as they are: {kept}; "
        "people were found by {column}",
        file=target,
        count=len(filled.changed),
        same=filled.same,
        kept=len(filled.kept),
        column=filled.matched_by,
    )
    yield from filled.notes
    for change in filled.changed:
        if change.before not in ("", "-"):
            yield _(
                "line {line}, {id}: {before} became {after}",
                line=change.line,
                id=change.id,
                before=repr(change.before),
                after=change.after,
            )
    for kept in filled.kept:
        yield _("line {line}, {id}: stays as it is: {why}", line=kept.line, id=kept.id, why=kept.why)
    for line, key in filled.strangers:
        yield _("line {line}: {key} is nobody of the roster", line=line, key=repr(key))
    for total in filled.missing:
        if total.key.strip():
            yield _("{id}: {key} is not in the file", id=total.id, key=repr(total.key))
        else:
            yield _("{id}: it has no {match} in the roster", id=total.id, match=match)
