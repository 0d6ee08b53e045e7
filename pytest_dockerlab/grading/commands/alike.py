"""``dockerlab alike``: rare text and mistakes that few submissions share. A list for a person, never a verdict."""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path

from ... import catalogue as catalogues
from ...catalogue import Catalogue
from ...errors import ConfigurationError
from ...homework import Homework
from ...messages import LANGUAGES, Message, _
from ...report import explanations
from ...report.lines import printable
from ...results import SubmissionResult
from ...roster.freezing import frozen
from ...roster.rows import read_roster
from ...run.output_files import write_text
from ...selection import items_by_homework
from ...source import Source
from ..alike.excerpts import ShownPair, shown
from ..alike.fragments import all_hashes
from ..alike.page import ABOUT, page
from ..alike.pairs import Cohort, Member
from ..alike.reading import handed_out, notes_of, texts_of
from ..graded import graded_of
from ..out import Out
from ..record import read_record, read_rows, read_sources

__all__ = ["add_arguments", "run"]

_PRINTED = 10
"""So many pairs are on the terminal, and their lines on the page alone."""


def add_arguments(command: argparse.ArgumentParser, say: Callable[[Message], str]) -> None:
    """What may be typed."""
    command.add_argument("cohort", metavar="OUT|ROSTER", help=say(_("the folder of a grading, or a roster")))
    text = say(_("at the revisions of this homework: number or slug; repeatable (default: those of the grading)"))
    command.add_argument("--hw", action="append", metavar="HOMEWORK", help=text)
    text = say(_("the folder of the grading, or the roster, of an earlier cohort; repeatable"))
    command.add_argument("--earlier", action="append", default=[], metavar="OUT|ROSTER", help=text)
    text = say(_("what everybody was given: the template, the course's texts; a folder or a file; repeatable"))
    command.add_argument("--given", action="append", default=[], metavar="PATH", help=text)
    text = say(_("read such files too, as *.tf; repeatable"))
    command.add_argument("--files", action="append", default=[], metavar="PATTERN", help=text)
    command.add_argument("--most", type=int, default=20, metavar="N", help=say(_("list this many pairs (default: 20)")))
    text = say(_("write the list here as a page, with the lines of both beside each other"))
    command.add_argument("-o", dest="page", metavar="FILE", help=text)


def run(given: argparse.Namespace) -> int:
    """Print the list. Returns 0, whatever is in it."""
    known = catalogues.load()
    asked = items_by_homework(known.select(given.hw), known) if given.hw else []
    left_out = set(_given_to_all(given.given, asked or known.homeworks))
    sources: dict[tuple[str, str], Source] = {}
    members: list[Member] = []
    with tempfile.TemporaryDirectory(prefix="dockerlab-alike-") as scratch:
        for number, place in enumerate([given.cohort, *given.earlier]):
            cohort = Path(place).name if number else ""
            for source, result in _sources(Path(place), asked, known, Path(scratch) / str(number)):
                member = Member(source.id, cohort)
                for path, content in texts_of(source, given.files):
                    member.add_text(path, content, left_out)
                if result is not None:
                    member.add_mistakes(result)
                members.append(member)
                sources[source.id, cohort] = source
        if len(members) < 3:
            raise ConfigurationError(_("what is rare can be told of three submissions or more, not of {count}",
                                       count=len(members)))  # fmt: skip
        cohort_of_all = Cohort(members)
        rare = cohort_of_all.rare()
        for number, source in enumerate(sources.values()):
            for note in notes_of(source):
                cohort_of_all.also_has(number, rare & set(all_hashes(note)))
        all_pairs = cohort_of_all.pairs()
        found = [pair for pair in all_pairs if pair.weight >= cohort_of_all.floor]
        pairs = [
            shown(pair, lambda id, cohort: dict(texts_of(sources[id, cohort], given.files)), known.items)
            for pair in found[: given.most]
        ]
    about = (
        *ABOUT,
        _("submissions compared: {count}; pairs that share something rare: {pairs}, listed: {shown}",
          count=len(members), pairs=len(found), shown=len(pairs)),
        _("pairs that weigh less than {floor} are never listed, for they share what anybody writes: {count}",
          floor=f"{cohort_of_all.floor:.1f}", count=len(all_pairs) - len(found)),
    )  # fmt: skip
    if given.page:
        write_text(Path(given.page), page(pairs, about, given.lang))
    for line in _lines(pairs, about, given.lang):
        sys.stdout.write(printable(line) + "\n")
    where = _("With -o alike.html the lines of both are beside each other on a page.")
    if given.page:
        where = _("The page with the lines of both beside each other: {file}", file=given.page)
    sys.stdout.write("\n" + printable(where.render(given.lang)) + "\n")
    return 0


def _given_to_all(paths: Sequence[str], homeworks: Sequence[Homework]) -> Iterator[int]:
    """What everybody has from the course: what is named, and the explanations of the homeworks."""
    for path in map(Path, paths):
        if not path.exists():
            raise ConfigurationError(_("{path} is not there", path=path))
        for content in handed_out(path):
            yield from all_hashes(content)
    for homework in homeworks:
        for language in LANGUAGES:
            file = explanations.page(homework, language)
            if file is not None:
                yield from all_hashes(file.read_text("utf-8"))


def _sources(
    place: Path, asked: Sequence[Homework], known: Catalogue, clones: Path
) -> Iterator[tuple[Source, SubmissionResult | None]]:
    """The submissions of a grading with their results, or those of a roster."""
    out = Out(place)
    if out.grading.exists():
        read_record(out)
        rows = {row.id: row for row in read_rows(out)}
        latest: Mapping[str, Source] = {source.id: source for source in read_sources(out)}
        for source in latest.values():
            if source.id in rows and source.problem is None:
                yield source, graded_of(out, rows[source.id]).result
        return
    if not asked:
        raise ConfigurationError(_("{path} is a roster: name the homework, --hw 17", path=place))
    roster = read_roster(place, [homework.slug for homework in known.homeworks])
    for _row, source in frozen(roster.rows, asked, None, clones):
        if source.problem is None:
            yield source, None


def _lines(pairs: Sequence[ShownPair], about: Sequence[Message], language: str) -> Iterator[str]:
    for message in about:
        yield message.render(language)
    yield ""
    for pair in pairs[:_PRINTED]:
        yield _("{first} and {second}: weight {weight}", first=pair.names[0], second=pair.names[1],
                weight=pair.weight).render(language)  # fmt: skip
        what = []
        if pair.mistakes:
            what.append(_("the same mistakes: {items}", items=[item for item, _said, _owners in pair.mistakes]))
        if pair.passages:
            first, second = pair.passages[0].places
            count = len(pair.passages) + pair.further
            what.append(_("passages: {count}, above all {first} · {second}", count=count, first=first, second=second))
        yield "  " + "; ".join(each.render(language) for each in what)
    if len(pairs) > _PRINTED:
        yield _("further pairs: {count}", count=len(pairs) - _PRINTED).render(language)
