"""One JUnit file of all submissions, for Jenkins and GitLab: a suite each, whose cases are the items.

There is no standard. What is written is valid by the schema of Jenkins (xunit-plugin, ``junit-10.xsd``), which knows no
properties of a case: those of a suite hold the score, and every verdict. GitLab keeps the first of the cases with one
name, so each has the submission in its name; it takes files of 30 MB.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from io import TextIOBase
from xml.sax.saxutils import XMLGenerator
from xml.sax.xmlreader import AttributesImpl

from ...homework import Kind, Level
from ...messages import _, shortened
from ...report.lines import printable
from ...report.terminal import number
from ...results import ItemResult, Verdict
from ..gradebook.model import Entry, Gradebook, GradedItem, Mark
from ..graded import Graded
from .item_text import item_text

__all__ = ["MAX_BYTES", "write_junit"]

MAX_BYTES = 30_000_000
"""What GitLab takes (https://docs.gitlab.com/ci/testing/unit_test_reports/)."""
_LONGEST_MESSAGE = 200


def write_junit(file: TextIOBase, gradebook: Gradebook, graded: Iterable[Graded]) -> None:
    """Write it; ``graded`` are the rows of ``gradebook`` in their order, read one after the other."""
    xml = _Xml(file)
    labs = [item for item in gradebook.items if item.kind is Kind.LAB]
    items = [item for item in gradebook.items if item.kind is not Kind.LAB]
    with xml.element("testsuites", name="dockerlab"):
        for entry, each in zip(gradebook.rows, graded, strict=True):
            present = [lab for lab in labs if lab.id in entry.marks]
            if present:  # they are about the docker host, whoever's row they stand in
                host = _("docker host").render(gradebook.language)
                _suite(xml, replace(entry, id=host), {}, present, each, gradebook.language)
                labs = [lab for lab in labs if lab not in present]
            _suite(xml, entry, _facts(entry), items, each, gradebook.language)


class _Xml:
    """XML written as it comes: of a large roster nothing is kept."""

    def __init__(self, file: TextIOBase) -> None:
        self._generator = XMLGenerator(file, "utf-8", short_empty_elements=True)
        self._generator.startDocument()

    @contextmanager
    def element(self, tag: str, /, **attributes: str | None) -> Iterator[None]:
        given = {key: printable(value) for key, value in attributes.items() if value is not None}
        self._generator.startElement(tag, AttributesImpl(given))
        yield
        self._generator.endElement(tag)

    def text(self, text: str) -> None:
        self._generator.characters(text)


def _facts(entry: Entry) -> dict[str, str]:
    score = {"total": entry.total, "maximum": entry.maximum}
    numbers = {name: number(value) for name, value in score.items() if value is not None}
    return {"status": str(entry.status), **numbers, "final": str(entry.is_final).lower()}


def _suite(
    xml: _Xml, entry: Entry, facts: Mapping[str, str], items: Iterable[GradedItem], graded: Graded, language: str
) -> None:
    marks = [(item, mark) for item in items if (mark := entry.marks.get(item.id)) is not None]
    kinds = Counter(_kind(item, mark) for item, mark in marks)
    results = {result.id: result for result in graded.result.items} if graded.result else {}
    seconds = sum(results[item.id].duration for item, _mark in marks if item.id in results)
    with xml.element(
        "testsuite",
        name=entry.id,
        tests=str(len(marks)),
        failures=str(kinds["failure"]),
        errors=str(kinds["error"]),
        skipped=str(kinds["skipped"]),
        time=f"{seconds:.3f}",
        timestamp=graded.run["start"] if graded.run else None,
    ):
        verdicts = {item.id: str(mark.verdict) for item, mark in marks}
        with xml.element("properties"):
            for name, value in {**facts, **verdicts}.items():
                with xml.element("property", name=name, value=value):
                    pass
        for item, mark in marks:
            _case(xml, entry.id, item, mark, results.get(item.id), language)


def _case(xml: _Xml, id: str, item: GradedItem, mark: Mark, result: ItemResult | None, language: str) -> None:
    seconds = result.duration if result else 0.0
    with xml.element("testcase", classname=id, name=f"{item.id}[{id}]", time=f"{seconds:.3f}"):
        kind = _kind(item, mark)
        if kind is not None:
            message = shortened(" ".join(mark.why.split()) or item.title, _LONGEST_MESSAGE)
            with xml.element(kind, type=str(mark.verdict), message=message):
                xml.text(item_text(mark, result, language, title=item.title))


def _kind(item: GradedItem, mark: Mark) -> str | None:
    """What a verdict is in JUnit, as in a run of pytest: only what is required fails."""
    match mark.verdict:
        case Verdict.PASSED if not mark.is_rehearsal:
            return None
        case Verdict.ERROR:
            return "error"
        case Verdict.FAILED if item.level is Level.REQUIRED:
            return "failure"
    return "skipped"
