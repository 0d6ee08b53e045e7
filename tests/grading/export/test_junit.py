"""One JUnit file of all submissions, by the rules of those who read it."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
from collections.abc import Iterator
from dataclasses import replace

import pytest

from pytest_dockerlab.grading.export.junit import write_junit
from pytest_dockerlab.grading.gradebook.assembly import make_gradebook
from pytest_dockerlab.grading.gradebook.overrides import Override, Overrides
from pytest_dockerlab.grading.graded import Graded
from pytest_dockerlab.messages import Message
from pytest_dockerlab.results import Verdict

from .._results import failed, graded, item

HOSTILE = "]]></failure><testcase name='x'/> & \x1b[31m \ud800 \uffff \x00 [[ATTACHMENT|/etc/passwd]]"

LAB = item("none-lab", kind="lab")
ROWS = [
    graded("ivanov", LAB, item("networks", duration=1.25), item("aliases", "not attempted", level="optional")),
    graded("petrova", LAB, failed("networks", HOSTILE), failed("aliases", "none", level="optional")),
    graded("sidorov", LAB, item("networks", "unverified", reason=Message("no compose"))),
    graded("orlov", reason=Message("it took too long")),
    graded("exempt", status="exempt"),
]  # fmt: skip

# The rules of Jenkins' schema: children, attributes, and those that must be there.
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"testsuite", "properties", "testcase", "system-out", "system-err"},
    "properties": {"property"},
    "property": set(),
    "testcase": {"skipped", "error", "failure", "system-out", "system-err"},
    **{kind: set() for kind in ("skipped", "error", "failure")},
}
ATTRIBUTES = {
    "testsuites": ({"name", "time", "tests", "failures", "errors"}, set()),
    "testsuite": (
        {"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id", "package"},
        {"name", "tests", "failures", "errors"},
    ),
    "properties": (set(), set()),
    "property": ({"name", "value"}, {"name", "value"}),
    "testcase": ({"name", "time", "classname", "group"}, {"name"}),
    **dict.fromkeys(("skipped", "error", "failure"), ({"type", "message"}, set())),
}
SECONDS = re.compile(r"\d+(\.\d*)?")


def written(rows: list[Graded] = ROWS, overrides: Overrides | None = None, language: str = "en") -> ElementTree.Element:
    file = io.StringIO()
    write_junit(file, make_gradebook(rows, overrides or Overrides(), language), rows)
    root = ElementTree.fromstring(file.getvalue().encode("utf-8"))
    assert list(broken_rules(root)) == []
    return root


def broken_rules(root: ElementTree.Element) -> Iterator[str]:
    for element in root.iter():
        allowed, needed = ATTRIBUTES[element.tag]
        if not needed <= set(element.attrib) <= allowed:
            yield f"{element.tag} has the attributes {sorted(element.attrib)}"
        if not {child.tag for child in element} <= CHILDREN[element.tag]:
            yield f"{element.tag} has the children {[child.tag for child in element]}"
        if "time" in element.attrib and not SECONDS.fullmatch(element.attrib["time"]):
            yield f"{element.tag} takes {element.attrib['time']} seconds"
        if element.tag == "testsuite":
            cases = element.findall("testcase")
            counts = {"tests": len(cases)}
            counts |= {
                f"{kind}s" if kind != "skipped" else kind: sum(case.find(kind) is not None for case in cases)
                for kind in ("failure", "error", "skipped")
            }
            if any(element.get(name) != str(count) for name, count in counts.items()):
                yield f"{element.attrib} with {counts}"
    names = [case.get("name") for case in root.iter("testcase")]
    if len(set(names)) != len(names):
        yield "two cases have one name, and GitLab shows the first alone"


def suite(root: ElementTree.Element, name: str) -> ElementTree.Element:
    [found] = [each for each in root if each.get("name") == name]
    return found


def case(root: ElementTree.Element, name: str) -> ElementTree.Element:
    [found] = [each for each in root.iter("testcase") if each.get("name") == name]
    return found


def facts(element: ElementTree.Element) -> dict[str, str]:
    return {each.attrib["name"]: each.attrib["value"] for each in element.iter("property")}


def test_a_suite_for_each_submission_and_one_for_the_docker_host() -> None:
    root = written()
    assert [each.get("name") for each in root] == ["docker host", "ivanov", "petrova", "sidorov", "orlov", "exempt"]
    assert [each.get("name") for each in root[0].iter("testcase")] == ["docker-4/none-lab[docker host]"]
    assert facts(suite(root, "ivanov")) == {
        "status": "graded", "total": "1", "maximum": "1", "final": "true",
        "docker-4/networks": "passed", "docker-4/aliases": "not attempted",
    }  # fmt: skip
    assert facts(suite(root, "exempt")) == {"status": "exempt", "maximum": "0", "final": "false"}
    assert suite(root, "ivanov").get("time") == "1.250"
    assert suite(root, "ivanov").get("timestamp") == "2026-11-29T07:00:00+00:00"


@pytest.mark.parametrize(
    ("name", "kind", "verdict"),
    [
        ("docker-4/networks[ivanov]", None, None),
        ("docker-4/aliases[ivanov]", "skipped", "not attempted"),
        ("docker-4/networks[petrova]", "failure", "failed"),
        ("docker-4/aliases[petrova]", "skipped", "failed"),
        ("docker-4/networks[sidorov]", "skipped", "unverified"),
        ("docker-4/networks[orlov]", "error", "error"),
    ],
)
def test_only_what_is_required_fails(name: str, kind: str | None, verdict: str | None) -> None:
    children = list(case(written(), name))
    assert [(child.tag, child.get("type")) for child in children] == ([(kind, verdict)] if kind else [])


def test_texts_of_submissions_stay_texts() -> None:
    failure = case(written(), "docker-4/networks[petrova]")[0]
    said = "]]></failure><testcase name='x'/> & \\x1b[31m \\ud800 \\uffff \\x00 [[ATTACHMENT|/etc/passwd]]"
    assert said in " ".join(str(failure.text).split())
    assert said in str(failure.get("message"))
    assert "docker-compose.yml:3" in str(failure.text)
    assert "say it otherwise" in str(failure.text)


def test_a_row_without_a_result_says_why() -> None:
    error = case(written(), "docker-4/networks[orlov]")[0]
    assert error.get("message") == "it took too long"
    assert error.text == "networks is right\nit took too long"


def test_a_long_text_is_cut() -> None:
    rows = [graded("ivanov", failed("networks", "x" * 100_000))]
    failure = case(written(rows), "docker-4/networks[ivanov]")[0]
    assert len(str(failure.text)) == 8_000
    assert len(str(failure.get("message"))) == 200


def test_what_a_person_decided_stands_above_what_the_check_said() -> None:
    override = Override(None, 0.0, "copied from <a friend>", "N. N.", "2026-11-30")
    root = written(overrides=Overrides({("ivanov", "docker-4/networks"): override}))
    failure = case(root, "docker-4/networks[ivanov]")[0]
    assert str(failure.text).splitlines()[:2] == [
        "decided by hand: copied from <a friend> (N. N., 2026-11-30)",
        "the check said: passed",
    ]
    assert facts(suite(root, "ivanov"))["total"] == "0"


def test_in_russian() -> None:
    override = Override(Verdict.FAILED, None, "списано", "Н. Н.", "")
    root = written(overrides=Overrides({("ivanov", "docker-4/networks"): override}), language="ru")
    assert str(case(root, "docker-4/networks[ivanov]")[0].text).startswith("решено вручную: списано (Н. Н.)")


def test_a_rehearsal_is_not_passed() -> None:
    rehearsed = replace(item("networks"), rehearsal=Message("a fake"))
    assert case(written([graded("ivanov", rehearsed)]), "docker-4/networks[ivanov]")[0].tag == "skipped"
