"""Nothing is missing: samples of each kind, explanations and translations in every language."""

from pathlib import Path

from pytest_dockerlab.testing import what_is_missing


def test_nothing_is_missing() -> None:
    assert what_is_missing("terraform_course", Path(__file__).parent) == []
