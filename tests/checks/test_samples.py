"""Every sample gets the verdict it should, for the reason it should."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import sys
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.findings import Finding, collecting
from pytest_dockerlab.homework import Item, Level, item_of
from pytest_dockerlab.messages import text
from pytest_dockerlab.results import ItemResult, Verdict, decide
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from tests import samples
from tests.samples import Sample, build

MODULES = {
    name: (importlib.import_module(f"tests.samples.{name}"), importlib.import_module(f"pytest_dockerlab.checks.{name}"))
    for _finder, name, _is_package in pkgutil.iter_modules(samples.__path__)
    if name != "base"
}
ITEMS = {
    item.id: item
    for _samples, checks in MODULES.values()
    for value in vars(checks).values()
    if (item := item_of(value))
}
SAMPLES = [(sample, module.BASE) for module, _checks in MODULES.values() for sample in module.SAMPLES]


def run(item: Item, submission: Submission) -> ItemResult:
    """Call the check with the models directly, as its fixtures would."""
    exception: BaseException | None = None
    with collecting() as collected:
        try:
            arguments = {
                name: submission if name == "submission" else getattr(submission, name)
                for name in inspect.signature(item.function).parameters
            }
            item.function(**arguments)
        except Exception as error:  # noqa: BLE001 - decide() judges whatever a check ends with
            exception = error
    return decide(item, item.level, 1.0, collected, exception, repr(exception))


def said(finding: Finding) -> str:
    return " | ".join(text(part) for part in (finding.expected, finding.found, finding.hint) if part is not None)


@pytest.fixture
def compose_of(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    def put(program: str) -> None:
        real = tools.compose_command()
        assert real is not None
        stub = tmp_path / "compose.py"
        stub.write_text(program.replace("{compose!r}", repr(real[0])))
        monkeypatch.setattr(tools, "compose_command", lambda: [sys.executable, str(stub)])

    return put


@pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")
@pytest.mark.parametrize(
    ("sample", "base"), SAMPLES, ids=[f"{each.item}-{each.kind}-{each.title}" for each, _ in SAMPLES]
)
def test_sample(sample: Sample, base: dict[str, str], tmp_path: Path, compose_of: Any) -> None:
    folder = tmp_path / "homework"
    build(folder, base, sample.edits)
    if sample.compose is not None:
        compose_of(sample.compose)
    item = ITEMS[sample.item]
    result = run(item, Submission("sample", WorkTree(folder)))
    wrong = Verdict.ADVISED if item.level is Level.ADVISORY else Verdict.FAILED
    expected = sample.verdict or str(wrong if sample.kind == "fails" else Verdict.PASSED)
    shown = "\n".join([f"{each.at}: {said(each)}" for each in result.findings] or [str(result.reason)])
    assert str(result.verdict) == expected, shown
    if sample.kind != "fails":
        return
    assert sample.expect_text is not None, "a failing sample says why"
    fitting = [each for each in result.findings if sample.expect_text in said(each)]
    assert fitting, shown
    if sample.expect_file is not None:
        places = [each.at for each in fitting if each.at is not None and each.at.file == sample.expect_file]
        assert places, shown
        if sample.expect_line_contains is not None:
            lines = (folder / sample.expect_file).read_text().splitlines()
            assert any(at.line and sample.expect_line_contains in lines[at.line - 1] for at in places), shown
    if sample.findings is not None:
        assert len(result.findings) == sample.findings, shown


@pytest.mark.parametrize(
    "item", [each for each in ITEMS.values() if not each.is_planned and each.tier == "files"], ids=lambda i: i.id
)
def test_every_built_item_has_samples_of_each_kind(item: Item) -> None:
    kinds = {sample.kind for sample, _base in SAMPLES if sample.item == item.id}
    assert kinds == {"passes", "fails", "unusual"}


def test_titles_are_unique() -> None:
    titles = [(sample.item, sample.kind, sample.title) for sample, _base in SAMPLES]
    assert len(titles) == len(set(titles))
