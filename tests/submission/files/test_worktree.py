"""A folder on disk that may be hostile: nothing outside it is read, and nothing hangs."""

from __future__ import annotations

import os
import re
import socket
import time
from pathlib import Path

import pytest

from pytest_dockerlab.errors import LimitExceeded, RefusedPath
from pytest_dockerlab.submission.files import worktree
from pytest_dockerlab.submission.files.tree import Limits, decode
from pytest_dockerlab.submission.files.worktree import WorkTree


@pytest.fixture(params=[True, False], ids=["by-descriptor", "by-name"], autouse=True)
def _both_ways(request, monkeypatch):
    """The second way is for systems without ``dir_fd``."""
    monkeypatch.setattr(worktree, "_BY_DESCRIPTOR", request.param)


@pytest.fixture
def root(tmp_path):
    root = tmp_path / "submission"
    (root / "src/ui").mkdir(parents=True)
    (root / "src/ui/Dockerfile").write_text("FROM ruby\n")
    (root / "README.md").write_text("# Привет\n")
    (tmp_path / "secret").write_text("secret")
    (tmp_path / "outside").mkdir()
    (tmp_path / "outside/file").write_text("secret")
    return root


def refusal(root: Path, path: str) -> str:
    with pytest.raises(RefusedPath) as caught:
        WorkTree(root).read(path)
    caught.value.message.encode()  # can be shown
    return caught.value.message


def test_lists_and_reads(root):
    (root / "start.sh").write_text("#!/bin/sh\n")
    (root / "start.sh").chmod(0o755)
    tree = WorkTree(root)
    assert list(tree.files) == ["README.md", "src/ui/Dockerfile", "start.sh"]
    assert [entry.executable for entry in tree.files.values()] == [False, False, True]
    assert tree.files["src/ui/Dockerfile"].size == 10
    assert tree.read("src/ui/Dockerfile") == tree.read("./src//ui/./Dockerfile") == b"FROM ruby\n"
    assert tree.text("README.md").content == "# Привет\n"
    assert tree.exists("src/ui")
    assert tree.is_dir("src/ui")
    assert tree.is_dir(".")
    assert tree.exists("README.md")
    assert not tree.is_dir("README.md")
    assert not tree.exists("src/post")
    assert not tree.exists("README.md/x")
    assert (tree.tracked("README.md"), tree.commit, tree.revision) == (None, None, "working tree")
    assert tree.unreadable == ()


def test_listing_is_made_once(root):
    tree = WorkTree(root)
    before = tree.files
    (root / "later").touch()
    assert tree.files is before
    assert "later" not in before


@pytest.mark.parametrize(
    "path",
    ["", "/etc/passwd", "..", "../secret", "src/../../secret", "src/..", "src\\ui", "a\0b", ".git/config", "x/.GIT/y"],
)
@pytest.mark.parametrize("method", ["read", "text", "exists", "is_dir", "tracked"])
def test_impossible_path(root, path, method):
    (root / ".git").mkdir()
    (root / ".git/config").write_text("secret")
    with pytest.raises(RefusedPath):
        getattr(WorkTree(root), method)(path)


def test_path_too_long(root):
    assert refusal(root, "a" * 5000)
    assert refusal(root, "a" * 300)
    assert refusal(root, "a/" * 2000 + "a")


@pytest.mark.parametrize(
    ("target", "path"),
    [
        ("/etc/passwd", "link"),
        ("../secret", "link"),
        ("src/../../secret", "link"),
        ("../outside", "link/file"),
        ("..", "link/secret"),
        ("../submission/README.md", "link"),
        (".git/config", "link"),
        (".git", "link/config"),
        ("a/" * 2040 + "a", "link"),
    ],
)
def test_link_out(root, target, path):
    (root / ".git").mkdir()
    (root / ".git/config").write_text("secret")
    (root / "link").symlink_to(target)
    assert re.match(r"link\S*: (a symbolic link leads out|git's own files|too many folders)", refusal(root, path))
    tree = WorkTree(root)
    assert not tree.exists(path)
    assert not tree.is_dir(path)
    assert [path for path in tree.files if path.startswith("link")] == ["link"]
    assert tree.files["link"].is_symlink


def test_link_to_absolute_path_of_the_submission_itself(root):
    (root / "link").symlink_to(root / "README.md")
    assert "leads out" in refusal(root, "link")


@pytest.mark.parametrize("links", [{"a": "a"}, {"a": "b", "b": "a"}, {"a": "x/a", "x": "."}, {"a": "a/a"}])
def test_link_loop(root, links):
    for name, target in links.items():
        (root / name).symlink_to(target)
    assert "without end" in refusal(root, "a")
    assert not WorkTree(root).exists("a")


def test_link_inside(root):
    (root / "docs").mkdir()
    (root / "docs/up").symlink_to("../src")
    (root / "docs/upup").symlink_to("./up/../src//ui")
    (root / "file").symlink_to("docs/upup/Dockerfile")
    tree = WorkTree(root)
    assert tree.read("file") == tree.read("docs/up/ui/Dockerfile") == b"FROM ruby\n"
    assert tree.is_dir("docs/upup")
    assert "docs/up/ui/Dockerfile" not in tree.files
    assert refusal(root, "docs/up")


def test_sixteen_links_and_no_more(root):
    (root / "link0").symlink_to("README.md")
    for number in range(1, 17):
        (root / f"link{number}").symlink_to(f"link{number - 1}")
    assert WorkTree(root).read("link15")
    assert refusal(root, "link16")


def test_root_may_be_a_link(root, tmp_path):
    (tmp_path / "link").symlink_to(root)
    assert WorkTree(tmp_path / "link").read("README.md")


def test_change_between_look_and_open_is_refused(root, tmp_path, monkeypatch):
    if not worktree._BY_DESCRIPTOR:
        pytest.skip("cannot be had by name")
    tree = WorkTree(root)

    def swap(self, path):
        """As resolve() saw it: no link anywhere."""

    (root / "link").symlink_to(tmp_path / "outside")
    (root / "file").symlink_to(tmp_path / "secret")
    monkeypatch.setattr(WorkTree, "_target_of", swap)
    for path in ("link/file", "file"):
        with pytest.raises(RefusedPath):
            tree.read(path)
    regular = (root / "README.md").stat()
    monkeypatch.setattr(os, "stat", lambda *args, **more: regular)
    with pytest.raises(RefusedPath):
        tree.read("file")


def test_fifo_does_not_hang(root):
    os.mkfifo(root / "Dockerfile")
    begin = time.monotonic()
    assert "not a regular file" in refusal(root, "Dockerfile")
    tree = WorkTree(root)
    assert not tree.exists("Dockerfile")
    assert "Dockerfile" not in tree.files
    assert tree.unreadable == ("Dockerfile",)
    assert time.monotonic() - begin < 20


def test_fifo_that_replaces_a_file_does_not_hang(root, monkeypatch):
    if not worktree._BY_DESCRIPTOR:
        pytest.skip("cannot be had by name")
    regular = (root / "README.md").stat()
    os.mkfifo(root / "Dockerfile")
    monkeypatch.setattr(os, "stat", lambda *args, **more: regular)
    assert "not a regular file" in refusal(root, "Dockerfile")


def test_socket_and_device(root, monkeypatch):
    monkeypatch.chdir(root)  # the path of a socket is short
    with socket.socket(socket.AF_UNIX) as listener:
        listener.bind("Dockerfile")
        assert "not a regular file" in refusal(root, "Dockerfile")
    try:
        os.mknod(root / "zero", 0o600 | 0o020000, os.makedev(1, 5))
    except PermissionError:
        pytest.skip("making a device needs more rights")
    assert "not a regular file" in refusal(root, "zero")
    assert WorkTree(root).unreadable == ("Dockerfile", "zero")


def test_folder_is_no_file(root):
    assert "not a regular file" in refusal(root, "src")
    assert "not a regular file" in refusal(root, ".")
    assert "no such file" in refusal(root, "missing")
    assert refusal(root, "README.md/x")


def test_without_permission(root, monkeypatch):
    """Root reads everything, so the system's answer is played."""
    (root / "data").mkdir()
    real_open, real_scandir = os.open, os.scandir

    def denied_open(path, *args, **more):
        if Path(os.fsdecode(path)).name == "README.md":
            raise PermissionError(13, "Permission denied")
        return real_open(path, *args, **more)

    def denied_scandir(path):
        if Path(path).name == "data":
            raise PermissionError(13, "Permission denied")
        return real_scandir(path)

    monkeypatch.setattr(os, "open", denied_open)
    monkeypatch.setattr(os, "scandir", denied_scandir)
    assert "this user has no permission" in refusal(root, "README.md")
    tree = WorkTree(root)
    assert list(tree.files) == ["README.md", "src/ui/Dockerfile"]
    assert tree.unreadable == ("data",)


def test_really_without_permission(root):
    if os.geteuid() == 0:
        pytest.skip("root reads everything")
    (root / "README.md").chmod(0)
    assert "ermission denied" in refusal(root, "README.md")


def test_root_that_is_not_there(tmp_path):
    tree = WorkTree(tmp_path / "missing")
    assert dict(tree.files) == {}
    assert tree.unreadable == (".",)
    assert not tree.exists("README.md")
    assert refusal(tmp_path / "missing", "README.md")


def test_large_sparse_file(root):
    with (root / "huge").open("wb") as file:
        file.truncate(200 * 1024 * 1024)
    begin = time.process_time()
    with pytest.raises(LimitExceeded, match=r"huge.*2097152"):
        WorkTree(root).read("huge")
    assert time.process_time() - begin < 0.5


def test_limit_of_all_reading(root):
    for name in "abc":
        (root / name).write_bytes(b"x" * 40)
    tree = WorkTree(root, Limits(total_bytes=100))
    for name in "aabab":
        tree.read(name)
    with pytest.raises(LimitExceeded, match="100 bytes"):
        tree.read("c")


def test_too_many_files(root):
    for number in range(30):
        (root / f"f{number}").touch()
    assert len(WorkTree(root, Limits(files=40)).files) == 32
    with pytest.raises(LimitExceeded, match="20 files"):
        _ = WorkTree(root, Limits(files=20)).files


def test_too_deep(root):
    folder = root.joinpath(*"a" * 10)
    folder.mkdir(parents=True)
    (folder / "file").touch()
    assert WorkTree(root, Limits(depth=10)).files
    with pytest.raises(LimitExceeded, match="9 deep"):
        _ = WorkTree(root, Limits(depth=9)).files


def test_too_slow(root):
    with pytest.raises(LimitExceeded, match="longer"):
        _ = WorkTree(root, Limits(seconds=-1)).files


@pytest.mark.parametrize(
    "folder",
    [
        ".git",
        "sub/.git",
        "node_modules",
        "src/.venv",
        "venv",
        "a/.terraform",
        ".tox",
        "__pycache__",
        "vendor/bundle",
        "own",
    ],
)
def test_folders_of_other_people_are_not_listed(root, folder):
    (root / folder).mkdir(parents=True)
    (root / folder / "Dockerfile").write_text("FROM x\n")
    (root / "own").mkdir(exist_ok=True)
    (root / "own/pyvenv.cfg").touch()
    assert list(WorkTree(root).files) == ["README.md", "src/ui/Dockerfile"]


def test_similar_folders_are_listed(root):
    for folder in ("vendor", "bundle", ".github", "env"):
        (root / folder).mkdir()
        (root / folder / "x").touch()
    (root / "pyvenv.cfg").touch()
    assert len(WorkTree(root).files) == 7


def test_file_name_that_is_not_utf8(root):
    try:
        (root / os.fsdecode(b"\xcf\xf0\xe8.md")).touch()
        (root / os.fsdecode(b"dir\xff")).mkdir()
    except OSError:
        pytest.skip("this file system has names in UTF-8 only")
    (root / "with\\backslash").touch()
    tree = WorkTree(root)
    assert list(tree.files) == ["README.md", "src/ui/Dockerfile"]
    assert tree.unreadable == (r"\xcf\xf0\xe8.md", r"dir\xff", "with\\backslash")
    assert "\\xcf" in refusal(root, os.fsdecode(b"\xcf\xf0\xe8.md"))


@pytest.mark.parametrize(
    ("data", "content", "encoding", "bom"),
    [
        ("Привет\n".encode(), "Привет\n", "utf-8", False),
        (b"\xef\xbb\xbfFROM x\r\n", "FROM x\r\n", "utf-8", True),
        ("Привет".encode("cp1251"), "Привет", "cp1251", False),
        ("Привет".encode("utf-16"), "Привет", "utf-16", True),
        (b"\xfe\xff" + "Привет".encode("utf-16-be"), "Привет", "utf-16", True),
        (b"\xff\xfeA", "\N{REPLACEMENT CHARACTER}", "utf-16", True),
        (b"\xff\x98", "ÿ\x98", "latin-1", False),
        (b"\xef\xbb\xbf\xff", "\N{REPLACEMENT CHARACTER}", "utf-8", True),
        (b"", "", "utf-8", False),
    ],
)
def test_decoding(root, data, content, encoding, bom):
    (root / "file").write_bytes(data)
    text = WorkTree(root).text("file")
    assert (text.content, text.encoding, text.bom, text.binary) == (content, encoding, bom, False)


@pytest.mark.parametrize("data", [b"a\0b", b"\xef\xbb\xbf\0", b"\xff\0", b"\x98\0", "\0".encode("utf-16")])
def test_binary_decodes_too(data):
    assert decode(data).binary
    assert "\0" in decode(data).content
