"""Samples: a homework, and the verdict that its check must come to, for the reason that it must."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from .. import catalogue
from ..findings import Collected, Finding, Unverified, collecting
from ..homework import Item, Level
from ..messages import text
from ..results import ItemResult, Verdict
from ..run.execution import blocked_by
from ..run.verdict import decide
from ..submission.files.worktree import WorkTree
from ..submission.submission import Submission
from .homeworks import Edit, write_homework

__all__ = ["KINDS", "Sample", "ask", "ask_all", "said", "sample_tests"]

KINDS = ("passes", "fails", "unusual")
"""What every check has a sample of. ``unusual``: right, in a form that few choose."""

_MODELS = {"env_example": "env", "monitoring_compose": "monitoring", "prometheus_configuration": "prometheus"}
"""The submission's models whose fixtures have other names."""


@dataclass(frozen=True, slots=True)
class Sample:
    """A homework as edits of a base, and what the check says of it.

    Of one that fails: ``says``, a part of the finding's English texts, and where it points: the ``file``, and what that
    file's ``line`` contains. ``verdict`` is for samples whose verdict is neither passed nor the item's own failure, and
    ``says`` a part of its reason then; ``findings`` is their number, where that is the point.
    """

    kind: str
    title: str
    edits: Sequence[Edit] = ()
    says: str | None = None
    file: str | None = None
    line: str | None = None
    verdict: str | None = None
    findings: int | None = None


def sample_tests(
    id: str,
    base: Mapping[str, str],
    samples: Sequence[Sample],
    *,
    asked_by: str | None = None,
    with_mode_bits: bool = True,
    skip: pytest.MarkDecorator | None = None,
) -> Callable[..., None]:
    """A test function with one case per sample of item ``id``.

    ``asked_by`` names a fixture that asks as :func:`ask` does, with the item and the submission: for a check that needs
    more than the submission's models. ``with_mode_bits`` is for :func:`write_homework`. ``skip`` is a mark for where a
    program is missing.
    """

    @pytest.mark.parametrize(
        "sample",
        [
            pytest.param(sample, id=f"{sample.kind}-{sample.title}", marks=pytest.mark.sample(id, sample.kind))
            for sample in samples
        ],
    )
    def test_samples(sample: Sample, tmp_path: Path, request: pytest.FixtureRequest) -> None:
        folder = tmp_path / "homework"
        write_homework(folder, base, sample.edits, with_mode_bits=with_mode_bits)
        item = catalogue.load().items[id]
        submission = Submission("sample", WorkTree(folder))
        request.node.submission = submission  # where our fixture of that name looks for it
        asking = request.getfixturevalue(asked_by) if asked_by is not None else functools.partial(ask, request=request)
        _judge(sample, item, asking(item, submission), folder)

    return skip(test_samples) if skip is not None else test_samples


def ask(
    item: Item, submission: Submission, *, request: pytest.FixtureRequest | None = None, **fixtures: Any
) -> ItemResult:
    """What comes of a check that is called as a run would call it.

    It is given what it wants of ``fixtures``, else of the submission's models, else of the fixtures of ``request``.
    """
    collected, exception = _call(item, submission, request, fixtures)
    result = decide(item, item.level, 1.0, collected, exception, repr(exception))
    result.because_of = getattr(exception, "because_of", None)
    return result


def ask_all(submission: Submission, items: Iterable[Item], **fixtures: Any) -> dict[str, ItemResult]:
    """What comes of several checks that share the submission's models, by item id, one fault told once as in a run.

    ``fixtures``: as for :func:`ask`.
    The items that one of them needs, or may be told by, stand before it.
    """
    results: dict[str, ItemResult] = {}
    for item in items:
        blocked = next(
            (results[need] for need in item.needs_items if results[need].verdict is not Verdict.PASSED), None
        )
        collected, exception = (
            _call(item, submission, None, fixtures)
            if blocked is None
            else (Collected(), blocked_by(blocked, item.level))
        )
        cause = getattr(exception, "because_of", None)
        if isinstance(exception, Unverified) and cause is not None and blocked is None:
            teller = results.get(cause)
            cause = (teller.because_of or (teller.id if teller.findings else None)) if teller is not None else None
            if cause is None:  # nobody else says it
                collected.findings += exception.findings
                exception = None
        results[item.id] = decide(item, item.level, 1.0, collected, exception, repr(exception))
        results[item.id].because_of = cause
    return results


def _call(
    item: Item, submission: Submission, request: pytest.FixtureRequest | None, fixtures: Mapping[str, Any]
) -> tuple[Collected, BaseException | None]:
    """What a check says, and what it ends with."""
    exception: BaseException | None = None
    with collecting() as collected:
        try:
            given: dict[str, Any] = {}
            for name, parameter in inspect.signature(item.function).parameters.items():
                model = _MODELS.get(name, name)
                if name in fixtures:
                    given[name] = fixtures[name]
                elif parameter.default is not parameter.empty:
                    continue
                elif request is not None and model not in (*dir(submission), "submission"):
                    given[name] = request.getfixturevalue(name)
                else:
                    given[name] = submission if name == "submission" else getattr(submission, model)
            item.function(**given)
        except Exception as error:  # noqa: BLE001 - decide() judges whatever a check ends with
            exception = error
    return collected, exception


def said(finding: Finding) -> str:
    """The English texts of a finding: expected, found, and what to do."""
    return " | ".join(text(part) for part in (finding.expected, finding.found, finding.hint) if part is not None)


def _judge(sample: Sample, item: Item, result: ItemResult, folder: Path) -> None:
    wrong = Verdict.ADVISED if item.level is Level.ADVISORY else Verdict.FAILED
    expected = sample.verdict or str(wrong if sample.kind == "fails" else Verdict.PASSED)
    remarks = [text(part) for part in (result.reason, result.remedy) if part is not None]
    shown = "\n".join([*(f"{each.at}: {said(each)}" for each in result.findings), *remarks, result.details or ""])
    assert str(result.verdict) == expected, shown
    if sample.says is None:
        assert sample.kind != "fails", "a failing sample says why"
        return
    fitting = [each for each in result.findings if sample.says in said(each)]
    assert fitting or sample.says in "\n".join(remarks), shown
    if sample.file is not None:
        places = [each.at for each in fitting if each.at is not None and each.at.file == sample.file]
        assert places, shown
        if sample.line is not None:
            lines = (folder / sample.file).read_text().splitlines()
            assert any(at.line and sample.line in lines[at.line - 1] for at in places), shown
    if sample.findings is not None:
        assert len(result.findings) == sample.findings, shown
