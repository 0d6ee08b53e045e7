"""``docker-1.log``: every layout, encoding and place; and what somebody may have put there instead."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_dockerlab.checks.docker_1._log import DockerLog, find_log, find_logs, parse_size
from pytest_dockerlab.errors import LimitExceeded, RefusedPath
from pytest_dockerlab.submission.files.tree import Text, decode
from pytest_dockerlab.submission.files.worktree import WorkTree

HEADER = "REPOSITORY   TAG   IMAGE ID   CREATED   SIZE"
ROW = "me/ubuntu-tmp-file   latest   8f1c2a44d0b7   36 seconds ago   113MB"


def log(text: str) -> DockerLog:
    return DockerLog("docker-1.log", Text(text, "utf-8"))


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0B", 0),
        ("0 B", 0),
        ("13.3kB", 13_300),
        ("4.5 kB", 4_500),
        ("1.848kB", 1_848),
        ("37MB", 37_000_000),
        ("111 MB", 111_000_000),
        ("1.13GB", 1_130_000_000),
        ("1.2TB", 1_200_000_000_000),
        ("95MiB", 95 * 2**20),
    ],
)
def test_sizes(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "MB", "1.2.3MB", "-1MB", "1e9MB", "113 megabytes", "1MBs", "9" * 400 + "MB"])
def test_what_is_no_size(text: str) -> None:
    with pytest.raises(ValueError):
        parse_size(text)


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "docker.io/ubuntu      16.04      2a4cca5ac898      8 days ago      111 MB",
            ("docker.io/ubuntu", "16.04", "2a4cca5ac898", "8 days ago", 111_000_000),
        ),
        (
            "<none>   <none>   c39a0fc274d6   5 months ago   366MB",
            ("<none>", "<none>", "c39a0fc274d6", "5 months ago", 366_000_000),
        ),
        (
            "localhost:5000/me/ui   1.0   ab83f016d404   About a minute ago   131MB   ",
            ("localhost:5000/me/ui", "1.0", "ab83f016d404", "About a minute ago", 131_000_000),
        ),
        ("me/odd   1   ab83f016d404   N/A   0B", ("me/odd", "1", "ab83f016d404", "N/A", 0)),
        ("me/odd   1   ab83f016d404   131MB", ("me/odd", "1", "ab83f016d404", "", 131_000_000)),
        (
            "nginx   latest   sha256:" + "ab" * 32 + "   4 weeks ago   108MB",
            ("nginx", "latest", "ab" * 32, "4 weeks ago", 108_000_000),
        ),
        (
            "nginx   latest   sha256:" + "cd" * 32 + "   3f8a4339aadd   4 weeks ago   108MB",
            ("nginx", "latest", "3f8a4339aadd", "4 weeks ago", 108_000_000),
        ),
    ],
)  # fmt: skip
def test_rows(line: str, expected: tuple[str, str, str, str, int]) -> None:
    (row,) = log(f"$ docker images\n{HEADER}\n{line}\n").rows
    assert (row.name, row.tag, row.id, row.created, row.size) == expected
    assert row.line == 3
    assert row.is_of("sha256:" + row.id.ljust(64, "0"))
    assert not row.is_of("sha256:" + "0" * 64)


@pytest.mark.parametrize(
    "header",
    [
        HEADER,
        "REPOSITORY          TAG                 IMAGE ID            CREATED             VIRTUAL SIZE",
        "REPOSITORY   TAG   DIGEST   IMAGE ID   CREATED   SIZE",
        f"    {HEADER}   ",
        f"> {HEADER}",
        f"\ufeff{HEADER}",
    ],
)
def test_headers(header: str) -> None:
    assert len(log(f"{header}\n{ROW}\n").rows) == 1


def test_the_layout_of_docker_29() -> None:
    found = log(
        "WARNING: This output is designed for human readability.\n"
        "IMAGE                      ID             DISK USAGE   CONTENT SIZE   EXTRA\n"
        "localhost:5000/ui          1d1f1f2c3d4e        244MB         65.2MB    U\n"
        "nginx:1.27-alpine          4d8de4d6d2c5       75.2MB         21.7MB\n"
        "<untagged>                 5d8de4d6d2c5          12B             4B\n"
    )
    assert [(row.name, row.tag, row.size, row.created) for row in found.rows] == [
        ("localhost:5000/ui", "<none>", 244_000_000, ""),
        ("nginx", "1.27-alpine", 75_200_000, ""),
        ("<untagged>", "<none>", 12, ""),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\n\n",
        "CONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES\n5d0c6b1f9a3e   ubuntu   bash   1   2\n",
        # docker system df -v
        f"{HEADER}   SHARED SIZE   UNIQUE SIZE   CONTAINERS\n{ROW}   0B   113MB   1\n",
        HEADER,
        f"{HEADER}\n\n{ROW[:40]}\n",
        ROW,
    ],
)
def test_no_table(text: str) -> None:
    assert log(text).rows == ()


def test_a_table_ends_where_it_ends() -> None:
    found = log(f"{HEADER}\n{ROW}\nme/ui   1.0   zzz   4 days ago   1MB\n{ROW}\n\n{HEADER}\r\n{ROW}\r\n")
    assert [row.line for row in found.rows] == [2, 7]
    assert found.broken == (3,)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    text = f"{HEADER}\n{ROW}\n\nОбраз состоит из слоёв, у контейнера есть состояние.\n"
    (tmp_path / "docker-1.log").write_bytes(text.encode(encoding))
    found = find_log(WorkTree(tmp_path))
    assert found is not None
    assert len(found.rows) == 1
    assert not found.text.binary


def test_where_it_lies(tmp_path: Path) -> None:
    assert find_log(WorkTree(tmp_path)) is None
    for place, text in [("a/b", ROW), ("", "empty"), ("docker-monolith", f"{HEADER}\n{ROW}")]:
        (tmp_path / place).mkdir(parents=True, exist_ok=True)
        (tmp_path / place / "docker-1.log").write_text(text)
    tree = WorkTree(tmp_path)
    assert find_logs(tree) == ["docker-1.log", "docker-monolith/docker-1.log", "a/b/docker-1.log"]
    found = find_log(tree)
    assert found is not None
    assert found.path == "docker-monolith/docker-1.log", "the one with a table"


# Hostile


def test_a_link_out_of_the_submission(tmp_path: Path) -> None:
    outside = tmp_path / "secret"
    outside.write_text("secret")
    (tmp_path / "repository").mkdir()
    (tmp_path / "repository" / "docker-1.log").symlink_to(outside)
    with pytest.raises(RefusedPath):
        find_log(WorkTree(tmp_path / "repository"))


def test_a_log_without_end(tmp_path: Path) -> None:
    (tmp_path / "docker-1.log").write_bytes(b"x" * (3 * 1024 * 1024))
    with pytest.raises(LimitExceeded):
        find_log(WorkTree(tmp_path))


@pytest.mark.parametrize(
    "line",
    [
        "#" * 999,
        "| " * 499,
        "a " * 499,
        "a  " * 300 + "!",
        "me/ui 1 " + "0" * 990,
        "me/ui 1 8f1c2a44d0b7 " + "1 ago " * 160,
    ],
)
def test_lines_that_would_keep_a_pattern_busy(line: str) -> None:
    text = (f"{HEADER}\n{line}\n" * 400) + line * 400
    started = time.process_time()
    found = log(text)
    assert found.rows is not None
    assert time.process_time() - started < 5


@settings(max_examples=200)
@given(st.binary(max_size=600))
def test_any_bytes(data: bytes) -> None:
    for content in (data, f"{HEADER}\n".encode() + data, f"{HEADER}\n{ROW}".encode() + data):
        found = DockerLog("docker-1.log", decode(content))
        assert all(0 < row.line <= len(found.lines) for row in found.rows)
