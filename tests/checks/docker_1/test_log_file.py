"""docker-1/log-file."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.catalogue import load
from pytest_dockerlab.findings import Location
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Sample, ask, remove, said, sample_tests, write

from ._homework import BASE, LOG

test_samples = sample_tests(
    "docker-1/log-file",
    BASE,
    [
        Sample("passes", "in the root"),
        Sample(
            "unusual",
            "deep in another folder, with a byte order mark and Windows' line ends",
            [remove(LOG), write("homework/14/docker-1.log", "\ufeff" + BASE[LOG].replace("\n", "\r\n"))],
        ),
        Sample(
            "unusual",
            "git would ignore it, and it is there all the same",
            [write(".gitignore", "*.log\n")],
        ),
        Sample(
            "fails",
            "another name",
            [remove(LOG), write("docker1.log", BASE[LOG])],
            file="docker1.log",
            says="git mv docker1.log docker-monolith/docker-1.log",
        ),
        Sample(
            "fails",
            "git ignored it",
            [remove(LOG), write(".gitignore", "# editors\n*.swp\n*.log\n")],
            file=".gitignore",
            line="*.log",
            says="git add -f",
        ),
        Sample(
            "fails",
            "no text at all",
            [write(LOG, "\0\0\1\2" + BASE[LOG])],
            file=LOG,
            says="zero bytes",
        ),
    ],
)


@pytest.mark.parametrize(
    ("folder", "line", "is_ignored"),
    [
        ("", "*.log", True),
        ("", "/docker-1.log", True),
        ("docker-monolith", "*.log", True),
        ("", "**/*.log", True),
        ("", "docker-monolith/*.log", True),
        ("", "#*.log", False),
        ("", "*.txt", False),
        ("ansible/roles/x", "*.log", False),
        ("", "[" * 5000, False),
    ],
)
def test_what_git_passes_over(folder: str, line: str, is_ignored: bool, tmp_path: Path) -> None:
    (tmp_path / folder).mkdir(parents=True, exist_ok=True)
    (tmp_path / folder / ".gitignore").write_text(f"# mine\n{line}\n")
    result = ask(load().items["docker-1/log-file"], Submission("sample", WorkTree(tmp_path)))
    [finding] = result.findings
    path = f"{folder}/.gitignore".lstrip("/")
    assert finding.at == (Location(path, 2) if is_ignored else None)
    assert ("git ignores it" in said(finding)) is is_ignored
