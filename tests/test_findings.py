"""What a check says: findings that are kept and those that stop it."""

from __future__ import annotations

import pytest

from pytest_dockerlab.findings import Finding, Location, Mismatch, collecting, expect, report

TWO = [Finding(found="one", at=Location("a", 1)), Finding(found="two", at=Location("b"))]


def test_what_a_rule_has_found_is_left_as_it_is() -> None:
    with collecting() as collected:
        report(iter(TWO))
        report([])
        assert expect(True, found="nothing")
        assert not expect(False, found="three")
    assert collected.findings == [*TWO, Finding(found="three")]


def test_outside_a_check_there_is_nowhere_to_leave_it() -> None:
    report([])
    with pytest.raises(Mismatch, match="one; a:1") as caught:
        report(TWO)
    assert caught.value.finding == TWO[0]
