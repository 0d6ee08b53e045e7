"""The files of a step: outputs that stay values, and a summary that the runner does not throw away."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.report.github.command_files import append_summary, room_for_summary, write_outputs

_MIB = 1024 * 1024


def _read(file: Path) -> dict[str, str]:
    """As the runner does, of values with a delimiter."""
    lines = iter(file.read_bytes().decode().split("\n")[:-1])
    found = {}
    for line in lines:
        name, separator, delimiter = line.partition("<<")
        assert separator, line
        value = []
        while (each := next(lines)) != delimiter:
            value.append(each)
        found[name] = "\n".join(value)
    return found


def test_outputs_stay_values(tmp_path: Path) -> None:
    outputs = {"score": "3", "results": "/a=b<<EOF\nscore=99\nEOF\n::error::x", "empty": "", "odd": "a\udcffb"}
    write_outputs(tmp_path / "output", outputs)
    assert _read(tmp_path / "output") == {**outputs, "odd": "a\\udcffb"}


def test_outputs_are_appended_on_a_line_of_their_own(tmp_path: Path) -> None:
    file = tmp_path / "output"
    file.write_text("before=1")
    write_outputs(file, {"score": "3"})
    write_outputs(file, {"score": "4"})
    first, rest = file.read_text().split("\n", 1)
    assert first == "before=1"
    file.write_text(rest)
    assert _read(file) == {"score": "4"}


def test_a_summary_is_appended(tmp_path: Path) -> None:
    file = tmp_path / "summary"
    file.write_text("# Another part")
    assert append_summary(file, "# Ours – наше\n")
    assert file.read_text("utf-8") == "# Another part\n# Ours – наше\n"


@pytest.mark.parametrize("taken", [0, 1000, _MIB - 1000, _MIB, 2 * _MIB])
def test_what_has_no_room_is_not_written(tmp_path: Path, taken: int) -> None:
    file = tmp_path / "summary"
    file.write_bytes(b"x" * taken)
    room = room_for_summary(file)
    assert not append_summary(file, "я" * (room // 2 + 1))
    assert file.stat().st_size == taken
    if room:
        assert append_summary(file, "я" * (room // 2))
        assert file.stat().st_size < _MIB
