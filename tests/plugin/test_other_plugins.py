"""Somebody else's hooks and options around ours: the verdicts stay, and what others see is what stands."""

from __future__ import annotations

import json
from typing import Any

import jsonschema
import pytest

from pytest_dockerlab.results import schema

from .conftest import Outcome, Student

WRONG = {"required": "wrong", "advisory": "wrong", "optional": "wrong", "trouble": "ours"}
OUTCOMES = {
    "required": "failed",
    "advisory": "xfailed",
    "optional": "xfailed",
    "elsewhere": "skipped",
    "trouble": "error",
    "base": "passed",
    "lab": "passed",
}
VERDICTS = {
    "required": "failed",
    "advisory": "advised",
    "optional": "failed",
    "elsewhere": "unverified",
    "trouble": "error",
    "base": "passed",
    "lab": "passed",
}


def verdicts(outcome: Outcome) -> dict[str, str]:
    return {name: outcome.verdicts()[f"demo/{name}"] for name in VERDICTS}


def beside(student: Student, plugin: str) -> Student:
    """A plugin that is installed there. (Of a conftest.py only what lies below it sees the hooks of items.)"""
    (student.site / "neighbour.py").write_text(plugin)
    return student


def seen(student: Student) -> dict[str, Any]:
    """What the plugin has noted."""
    found: dict[str, Any] = json.loads((student.folder / "seen.json").read_text())
    return found


LOOKS_AT_REPORTS = """
import json, pytest
seen = {{}}
@pytest.hookimpl({how})
def pytest_runtest_makereport(item, call):
    {result}
    name = item.name.partition("[")[0]
    if report.skipped and hasattr(report, "wasxfail"):
        seen[name] = "xfailed"
    elif report.failed:
        seen[name] = "failed" if report.when == "call" else "error"
    elif report.skipped or report.when == "call":
        seen[name] = report.outcome
    {end}
def pytest_sessionfinish():
    open({file!r}, "w").write(json.dumps(seen))
"""


@pytest.mark.parametrize(
    "how", ["wrapper=True", "wrapper=True, trylast=True", "hookwrapper=True", "hookwrapper=True, trylast=True"]
)
def test_whoever_is_around_makereport_sees_the_report_as_it_stays(student: Student, how: str) -> None:
    is_old = "hookwrapper" in how
    hook = LOOKS_AT_REPORTS.format(
        how=how,
        result="report = (yield).get_result()" if is_old else "report = yield",
        end="" if is_old else "return report",
        file=str(student.folder / "seen.json"),
    )
    outcome = beside(student.write(**WRONG), hook).run("-p", "neighbour")
    assert verdicts(outcome) == VERDICTS
    assert {name: seen(student)[name] for name in OUTCOMES} == OUTCOMES


def test_whoever_counts_finds_the_categories_of_pytest_and_the_last_line_counts_as_our_report(
    student: Student,
) -> None:
    counts = f"""
import json
def pytest_terminal_summary(terminalreporter):
    found = {{name: len([each for each in reports if each.when != "teardown"])
             for name, reports in terminalreporter.stats.items() if name and reports}}
    open({str(student.folder / "seen.json")!r}, "w").write(json.dumps(found))
"""
    outcome = beside(student.write(**WRONG), counts).run("-p", "neighbour")
    assert seen(student) == {"passed": 4, "failed": 1, "xfailed": 2, "skipped": 3, "error": 1}
    ours = "passed: 4 · failed: 1 · optional failed: 1 · advised: 1 · unverified: 3 · error: 1"
    assert ours in outcome.out
    last = [line for line in outcome.out.splitlines() if " in " in line][-1]
    for count in ("1 failed", "4 passed", "1 error", "1 advised", "1 optional failed", "3 unverified"):
        assert count in last, last
    assert "2 failed" not in last


SILENT = """
def pytest_collection_modifyitems(items):
    items[:] = [item for item in items if "required" not in item.name]
"""
SAID = """
def pytest_collection_modifyitems(config, items):
    gone = [item for item in items if "required" in item.name]
    config.hook.pytest_deselected(items=gone)
    items[:] = [item for item in items if item not in gone]
"""


@pytest.mark.parametrize("workers", ["0", "2"])
@pytest.mark.parametrize("plugin", [SILENT, SAID])
def test_what_a_plugin_deselects_is_left_out_and_nobodys_trouble(student: Student, plugin: str, workers: str) -> None:
    outcome = beside(student, plugin).run("-p", "neighbour", "-n", workers)
    assert outcome.results is not None, outcome.out
    assert outcome.results["partial"] is True
    assert [id for id, verdict in outcome.verdicts().items() if verdict == "error"] == []
    item = outcome.item("demo/required")
    assert (item["verdict"], item["findings"]) == ("unverified", [])
    assert "left out" in item["reason"]["id"]


def test_a_plugin_that_shuffles_changes_nothing(student: Student) -> None:
    shuffle = "def pytest_collection_modifyitems(items): items.reverse()\n"
    outcome = beside(student.write(base="wrong"), shuffle).run("-p", "neighbour")
    assert outcome.item("demo/further")["because_of"] == "demo/base"
    assert outcome.results is not None
    assert outcome.results["partial"] is False


@pytest.mark.parametrize("option", ["--setup-only", "--setup-plan"])
def test_what_is_only_set_up_is_not_judged(student: Student, option: str) -> None:
    outcome = student.write(required="wrong").run(option)
    assert set(outcome.verdicts().values()) == {"unverified"}
    assert outcome.code == 5


def test_the_last_failed_ones_alone(student: Student) -> None:
    assert student.write(required="wrong").run("-o", "cache_dir=cache").code == 1
    outcome = student.run("-o", "cache_dir=cache", "--lf")
    assert outcome.verdicts()["demo/required"] == "failed"
    assert set(outcome.verdicts().values()) == {"failed", "unverified"}
    assert outcome.code == 1
    outcome = student.write(required="right").run("-o", "cache_dir=cache", "--lf")
    assert outcome.verdicts()["demo/required"] == "passed"
    assert "error" not in outcome.verdicts().values()


def test_a_run_that_stops_at_the_first_failure_leaves_the_rest_unverified(student: Student) -> None:
    outcome = student.write(required="wrong").run("-x")
    assert outcome.verdicts()["demo/required"] == "failed"
    assert "error" not in outcome.verdicts().values()
    assert "stopped" in outcome.item("demo/advisory")["reason"]["id"]
    assert outcome.code == 1


REPORTER_OF_ITS_OWN = """
import pytest
class Reporter:
    def pytest_sessionfinish(self):
        print("a report of its own")
@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    config.pluginmanager.unregister(name="terminalreporter")
    config.pluginmanager.register(Reporter(), "terminalreporter")
"""


@pytest.mark.parametrize(("conftest", "arguments"), [("", ["-p", "no:terminal"]), (REPORTER_OF_ITS_OWN, [])])
def test_another_terminal_reporter_or_none(student: Student, conftest: str, arguments: list[str]) -> None:
    outcome = beside(student.write(**WRONG), conftest).run("-p", "neighbour", *arguments)
    assert verdicts(outcome) == VERDICTS
    assert outcome.code == 1
    assert "Traceback" not in outcome.out


BREAKS = """
def pytest_runtest_logreport(report):
    if "required" in report.nodeid and report.when == "call":
        raise RuntimeError("a plugin that breaks")
"""


def test_what_was_done_is_kept_when_another_plugin_breaks(student: Student) -> None:
    outcome = beside(student, BREAKS).run("-p", "neighbour")
    assert outcome.code == 3
    assert outcome.results is not None, outcome.out
    jsonschema.validate(outcome.results, schema())
    assert outcome.results["exit"] == 3
    assert outcome.verdicts()["demo/base"] == "passed"
    assert outcome.verdicts()["demo/advisory"] == "unverified"


def test_what_was_done_is_kept_when_the_process_ends(student: Student) -> None:
    outcome = student.write(base="crash").run()
    assert outcome.results is not None, outcome.out
    jsonschema.validate(outcome.results, schema())
    assert (outcome.results["exit"], outcome.results["partial"]) == (2, True)
    assert outcome.verdicts()["demo/lab"] == "passed"
    assert outcome.verdicts()["demo/base"] == "unverified"
    assert [path.name for path in student.folder.glob(".results*")] == []
