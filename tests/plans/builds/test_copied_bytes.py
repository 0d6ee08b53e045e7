"""What COPY and ADD write, counted in the context before it is sent."""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import tarfile
from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.messages import text
from pytest_dockerlab.plans.builds import copied_bytes
from pytest_dockerlab.plans.builds.copied_bytes import require_bounded_copies
from pytest_dockerlab.plans.builds.plan import plan_build
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

KB = 1024
LIMIT = 100 * KB


def archive(size: int, *, links: dict[str, str] | None = None, **names: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as made:
        for name, content in (names or {"big": bytes(size)}).items():
            entry = tarfile.TarInfo(name.replace("_", "."))
            entry.size = len(content)
            made.addfile(entry, io.BytesIO(content))
        for name, target in (links or {}).items():
            entry = tarfile.TarInfo(name)
            entry.type, entry.linkname = tarfile.SYMTYPE, target
            made.addfile(entry)
    return buffer.getvalue()


@pytest.fixture
def judge(tmp_path: Path) -> Callable[..., str]:
    """Why a context is not sent; "" where it is."""

    def judge(context: bytes, *lines: str) -> str:
        (tmp_path / "context.tar").write_bytes(context)
        (tmp_path / "Dockerfile").write_text("\n".join(("FROM x", *lines)))
        plan = plan_build(Submission("x", WorkTree(tmp_path)), "ui", "Dockerfile", "")
        try:
            require_bounded_copies(tmp_path / "context.tar", plan, LIMIT)
        except Unverified as unverified:
            return text(unverified.reason)
        return ""

    return judge


BOMB = gzip.compress(archive(200 * KB))
SMALL = gzip.compress(archive(20 * KB))


@pytest.mark.parametrize(
    "line",
    [
        "ADD x.tgz /",
        "ADD ./x.tgz /",
        "ADD /x.tgz /",
        'ADD ["x.tgz", "/"]',
        "ADD *.tgz /",
        "ADD [x].tgz /",
        "ADD ./$X /",
        "ADD ./${X:-x.tgz} /",
        "ADD x\\.tgz /",
        "ADD 'x.tgz' /",
        "ADD link /",
        "ADD l* /",
        "ADD folder/x.tgz /",
        "ONBUILD ADD x.tgz /",
        "add --chown=1:1 x.tgz /",
    ],
)
def test_every_way_to_name_a_bomb(judge: Callable[..., str], line: str) -> None:
    context = archive(0, links={"link": "x.tgz", "folder": "."}, x_tgz=BOMB)
    assert "at Dockerfile:2 cannot be bounded: more than" in judge(context, line)


@pytest.mark.parametrize("line", ["COPY x.tgz /", "ADD . /", "ADD other /", "RUN true", "COPY --from=x /x.tgz /"])
def test_what_is_not_unpacked(judge: Callable[..., str], line: str) -> None:
    assert judge(archive(0, x_tgz=BOMB, other=b"1"), line) == ""


def test_several_make_it_too_much(judge: Callable[..., str]) -> None:
    context = archive(0, x_tgz=SMALL)
    assert judge(context, *["ADD x.tgz /"] * 3) == ""
    assert "at Dockerfile:5 cannot be bounded: more than" in judge(context, *["ADD x.tgz /"] * 5)


def test_copies_of_the_same_again_and_again(judge: Callable[..., str]) -> None:
    context = archive(0, a=bytes(30 * KB), b=b"1")
    assert judge(context, *["COPY a b /"] * 3, *["COPY b /"] * 490) == ""
    assert "at Dockerfile:5 cannot be bounded: more than" in judge(context, *["COPY . /"] * 4)


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_streams_one_after_another(judge: Callable[..., str], compress: Callable[[bytes], bytes]) -> None:
    part = compress(bytes(20 * KB))
    assert judge(archive(0, x=part * 4), "ADD x /") == ""
    assert "more than" in judge(archive(0, x=part * 6), "ADD x /")


@pytest.mark.parametrize("compress", [gzip.compress, bz2.compress, lzma.compress])
def test_a_broken_archive(judge: Callable[..., str], compress: Callable[[bytes], bytes]) -> None:
    """The engine may read it all the same."""
    content = compress(bytes(range(256)) * 100)
    assert judge(archive(0, x=content), "ADD x /") == ""
    for broken in (content[:-9], content[:20] + b"no more of it", content[:-12] + bytes(12)):
        assert "an archive that cannot be read" in judge(archive(0, x=broken), "ADD x /")


def test_what_python_cannot_read(judge: Callable[..., str]) -> None:
    assert "an archive compressed with zstd" in judge(archive(0, x=b"\x28\xb5\x2f\xfd123"), "ADD x /")
    large = lzma.compress(b"x", filters=[{"id": lzma.FILTER_LZMA2, "dict_size": 1024**3}])
    assert "an archive that cannot be read" in judge(archive(0, x=large), "ADD x /")


def sparse(kind: str) -> bytes:
    entry = tarfile.TarInfo("holes")
    if kind == "pax":
        entry.pax_headers = {"GNU.sparse.major": "1", "GNU.sparse.realsize": "1000000000000"}
        return entry.tobuf(tarfile.PAX_FORMAT)
    entry.type = b"S"
    return entry.tobuf(tarfile.GNU_FORMAT)


@pytest.mark.parametrize("kind", ["pax", "gnu"])
@pytest.mark.parametrize("compress", [bytes, gzip.compress])
@pytest.mark.parametrize("before", [0, 1024 * KB - 512, 1024 * KB - 256])
def test_holes(
    judge: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
    kind: str,
    compress: Callable[[bytes], bytes],
    before: int,
) -> None:
    """In no stream, and written out by the engine; at every place of what is read at a time."""
    monkeypatch.setattr("tests.plans.builds.test_copied_bytes.LIMIT", 10**9)
    monkeypatch.setattr(copied_bytes, "_CHUNK", 1024 * KB + 256 if before % 512 else 1024 * KB)
    first = archive(0, x=bytes(before // 512 * 512))[: -20 * 512 * (before > 0) or None]
    assert "a sparse archive" in judge(
        archive(0, x=compress(first[: len(first) // 512 * 512] + sparse(kind))), "ADD x /"
    )


def test_a_word_of_sparse_files_is_none(judge: Callable[..., str]) -> None:
    source = b'if "GNU.sparse.map" in pax_headers: ustar  \0 S GNU.sparse.size='
    assert judge(archive(0, x=gzip.compress(archive(0, a=source))), "ADD x /") == ""


def test_it_takes_no_longer(judge: Callable[..., str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(copied_bytes, "_SECONDS", 0.0)
    assert "counting them takes more than 0 s" in judge(archive(0, x_tgz=SMALL), "ADD x.tgz /")
