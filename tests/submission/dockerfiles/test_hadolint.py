"""hadolint, as we start it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.submission.dockerfiles.hadolint import lint
from pytest_dockerlab.submission.files.worktree import WorkTree

REAL = tools.find("hadolint")
# What the runtime says of options that it was built without (rts/RtsFlags.c of GHC).
WITHOUT_OPTIONS = f"""\
#!/bin/sh
echo "${{GHCRTS-none}}" >>started
[ -z "$GHCRTS" ] || {{ echo "hadolint: Most RTS options are disabled. Use hadolint with -rtsopts" >&2; exit 1; }}
exec {REAL} "$@"
"""
ANY = f"""\
#!/bin/sh
echo "${{GHCRTS-none}}" >>started
exec {REAL} "$@"
"""


@pytest.mark.skipif(REAL is None, reason="no hadolint here")
@pytest.mark.parametrize(
    ("program", "started"), [(ANY, ["-N1"]), (WITHOUT_OPTIONS, ["-N1", "none"])], ids=["usual", "without"]
)
def test_it_takes_one_processor_where_it_can(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, program: str, started: list[str]
) -> None:
    written = tmp_path / "started"
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "hadolint").write_text(program.replace(">>started", f">>{written}"))
    (tmp_path / "bin" / "hadolint").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path / 'bin'}{os.pathsep}{os.environ['PATH']}")
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "Dockerfile").write_text("FROM debian\nRUN true\n")
    found = lint(WorkTree(tmp_path / "work"), ["Dockerfile"])
    assert [each.code for each in found.lints] == ["DL3006"]
    assert written.read_text().split() == started
