"""Names of files of a submission: readable where they can be, and another for each."""

from __future__ import annotations

import pytest

from pytest_dockerlab.roster.file_names import file_name


@pytest.mark.parametrize("id", ["ann", "Ann-B_microservices", "a@b.example", "1+2"])
def test_an_id_that_is_a_name_is_kept(id: str) -> None:
    assert file_name(id) == id


def test_others_are_names_too() -> None:
    ids = [".hidden", "..", "a/b", "Аня", "аня", "x" * 200, "x" * 201, "Я" * 100, "nul\0"]
    names = [file_name(id) for id in ids]
    assert len(set(names)) == len(ids)
    for name in names:
        assert name.isascii()
        assert len(name) < 200
        assert not name.startswith(".")
        assert not set(name) & set("/\\\0:")
