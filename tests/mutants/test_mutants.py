"""A small part of the study: what is drawn with a fixed seed. ``make mutants`` runs all of it."""

from __future__ import annotations

import random

import pytest

from pytest_dockerlab import tools

from .study import Case, Outcome, cases, judge

_FAULTS, _NEUTRAL = 40, 20

pytestmark = pytest.mark.skipif(
    tools.compose_command() is None or tools.find("hadolint") is None, reason="no Docker Compose or no hadolint here"
)


def _sample() -> list[Case]:
    draw, found = random.Random(2), cases()
    with_fault = [case for case in found if case.fault is not None]
    without = [case for case in found if case.fault is None]
    return [*draw.sample(with_fault, _FAULTS), *draw.sample(without, _NEUTRAL)]


def _parameter(case: Case) -> object:
    is_decided = "monitoring-1" not in case.homeworks or tools.find("promtool") is not None
    return pytest.param(case, id=case.name, marks=pytest.mark.skipif(not is_decided, reason="no promtool here"))


@pytest.mark.parametrize("case", [_parameter(case) for case in _sample()])
def test_sample(case: Case) -> None:
    judged = judge(case)
    assert judged.outcome is Outcome.RIGHT, judged.told
