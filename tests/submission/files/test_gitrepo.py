"""A commit of a repository that may be hostile: no command of its choice runs, and nothing outside it is read."""

from __future__ import annotations

import contextlib
import os
import time
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.errors import ConfigurationError, LimitExceeded, RefusedPath, UnreadableRepository
from pytest_dockerlab.submission.budget import Allowance
from pytest_dockerlab.submission.files import gitrepo
from pytest_dockerlab.submission.files.git_folder import git_dir_of, head_branch, resolve_ref
from pytest_dockerlab.submission.files.git_tree import GitTree
from pytest_dockerlab.submission.files.gitrepo import commit_of
from pytest_dockerlab.submission.files.history import History
from pytest_dockerlab.submission.files.tree import Limits
from pytest_dockerlab.submission.files.worktree import WorkTree

from ._repository import Repository

# --- Reading ---


def test_lists_and_reads(repository):
    (repository.root / "README.md").write_text("changed since")
    (repository.root / "new").write_text("not committed")
    tree = repository.tree()
    assert list(tree.files) == ["README.md", "src/ui/Dockerfile", "start.sh"]
    assert [entry.executable for entry in tree.files.values()] == [False, False, True]
    assert tree.files["src/ui/Dockerfile"].size == 10
    assert tree.read("./src//ui/Dockerfile") == b"FROM ruby\n"
    assert (tree.text("README.md").content, tree.text("README.md").encoding) == ("Привет", "cp1251")
    assert tree.exists("src/ui")
    assert tree.is_dir("src/ui")
    assert tree.is_dir(".")
    assert not tree.is_dir("README.md")
    assert not tree.exists("new")
    assert (tree.tracked("README.md"), tree.tracked("new")) == (True, False)
    assert (tree.revision, len(tree.commit), tree.unreadable) == ("HEAD", 40, ())


def test_work_tree_knows_what_is_tracked(repository):
    (repository.root / "new").touch()
    tree = WorkTree(repository.root)
    assert (tree.tracked("README.md"), tree.tracked("new")) == (True, False)
    assert tree.commit == repository.git("rev-parse", "HEAD")


def test_repository_without_a_commit(tmp_path):
    repository = Repository(tmp_path / "empty")
    with pytest.raises(UnreadableRepository, match="no commit yet"):
        repository.tree()
    assert WorkTree(repository.root).tracked("x") is None
    assert head_branch(repository.git_dir) == "master"


def test_refusals(repository):
    tree = repository.tree()
    for path in ("src", ".", "missing", "../x", "/etc/passwd", "", "a\\b", "a\0b", ".git/config"):
        with pytest.raises(RefusedPath):
            tree.read(path)


def test_links(repository):
    root = repository.root
    links = {
        "docs": "src/ui",
        "file": "docs/../ui/Dockerfile",
        "passwd": "/etc/passwd",
        "up": "../secret",
        "loop": "loop",
        "config": ".git/config",
    }
    for name, target in links.items():
        (root / name).symlink_to(target)
    repository.commit()
    tree = repository.tree()
    assert tree.read("file") == tree.read("docs/Dockerfile") == b"FROM ruby\n"
    assert tree.is_dir("docs")
    assert tree.files["docs"].is_symlink
    for path in ("passwd", "up", "loop", "config", "docs"):
        with pytest.raises(RefusedPath):
            tree.read(path)
        assert tree.exists(path) is (path == "docs")


def test_submodule(repository):
    sha = repository.git("rev-parse", "HEAD")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{sha},exporters/mongodb")
    repository.git("commit", "-q", "-m", "submodule")
    tree = repository.tree()
    assert "exporters/mongodb" not in tree.files
    assert tree.is_dir("exporters/mongodb")
    with pytest.raises(RefusedPath, match="a git repository of its own"):
        tree.read("exporters/mongodb")


def test_names_that_no_checkout_would_make(repository):
    blob = repository.git("hash-object", "-w", "--stdin", stdin=b"x")
    names = (b"..", b"a\\b", b"\xcf.md", b"fine")
    entries = b"".join(b"100644 " + name + b"\0" + bytes.fromhex(blob) for name in names)
    tree = repository.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=entries)
    commit = repository.git("commit-tree", "-m", "x", tree)
    found = repository.tree(commit)
    assert list(found.files) == ["fine"]
    assert found.unreadable == ("..", "\\xcf.md", "a\\b")


def test_a_name_that_is_a_link_and_a_folder(repository):
    """What lies in the folder would be written through the link, wherever that leads."""
    link = repository.git("hash-object", "-w", "--stdin", stdin=b"p/q/r/../../bin")
    inside = repository.git("mktree", stdin=f"100755 blob {link}\tbusybox".encode())
    entries = b"".join(mode + b" z\0" + bytes.fromhex(sha) for mode, sha in ((b"120000", link), (b"40000", inside)))
    tree = repository.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=entries)
    found = repository.tree(repository.git("commit-tree", "-m", "x", tree))
    assert list(found.files) == ["z"]
    assert found.unreadable == ("z/busybox",)
    assert not found.is_dir("z")


@pytest.mark.parametrize(
    "entries",
    [
        [(b"100644 README.md", "good"), (b"100644 README.md", "bad")],
        [(b"40000 docs", "good folder"), (b"40000 docs", "bad folder")],
        [(b"100644 docs/README.md", "bad"), (b"40000 docs", "good folder")],
    ],
    ids=["a file", "a folder", "a name with a slash"],
)
def test_a_name_that_is_there_twice(repository, entries):
    """A person who looks at it may be shown the one, and its verdict be that of the other."""
    ids = {}
    for each in ("good", "bad"):
        ids[each] = repository.git("hash-object", "-w", "--stdin", stdin=each.encode())
        ids[f"{each} folder"] = repository.git("mktree", stdin=f"100644 blob {ids[each]}\tREADME.md".encode())
    content = b"".join(name + b"\0" + bytes.fromhex(ids[of]) for name, of in entries)
    tree = repository.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=content)
    found = repository.tree(repository.git("commit-tree", "-m", "x", tree))
    assert not found.files
    assert [each.rpartition("/")[2] for each in found.unreadable] == ["README.md"] * 2


def test_limits(repository):
    (repository.root / "large").write_bytes(b"x" * 1000)
    (repository.root / "deep/a/b/c").mkdir(parents=True)
    (repository.root / "deep/a/b/c/file").touch()
    repository.commit()
    for limits, of in ((Limits(file_bytes=999), "999"), (Limits(total_bytes=999), "999")):
        with pytest.raises(LimitExceeded, match=of):
            repository.tree(limits=limits).read("large")
    for limits, of in ((Limits(files=4), "files"), (Limits(depth=3), "deep")):
        with pytest.raises(LimitExceeded, match=of):
            _ = repository.tree(limits=limits).files
    assert repository.tree(limits=Limits(file_bytes=1000, files=7, depth=4)).read("large")


def test_tree_bomb_is_cut(repository):
    """Ten levels of ten equal folders: a few objects, and as many files as anybody could want."""
    blob = repository.git("hash-object", "-w", "--stdin", stdin=b"x")
    lines, kind = f"100644 blob {blob}", "file"
    for _ in range(10):
        sha = repository.git("mktree", stdin="\n".join(f"{lines}\t{kind}{n}" for n in range(10)).encode())
        lines, kind = f"040000 tree {sha}", "folder"
    begin = time.monotonic()
    with pytest.raises(LimitExceeded):
        _ = repository.tree(repository.git("commit-tree", "-m", "x", sha)).files
    assert time.monotonic() - begin < 30


def test_a_name_as_long_as_its_tree(repository):
    """All that is below repeats it: a few objects, and gigabytes of paths."""
    blob = repository.git("hash-object", "-w", "--stdin", stdin=b"x")
    below = repository.git("mktree", stdin="\n".join(f"100644 blob {blob}\t{n:05}" for n in range(15_000)).encode())
    entry = b"40000 " + b"z" * 100_000 + b"\0" + bytes.fromhex(below)
    tree = repository.git("hash-object", "-w", "-t", "tree", "--literally", "--stdin", stdin=entry)
    with pytest.raises(LimitExceeded, match="4096 bytes"):
        _ = repository.tree(repository.git("commit-tree", "-m", "x", tree)).files


@pytest.mark.parametrize("damage", ["missing", "cut", "other"])
def test_damaged_object(repository, damage):
    blob = repository.git("rev-parse", "HEAD:src/ui/Dockerfile")
    path = repository.path_of(blob)
    path.chmod(0o644)
    content = path.read_bytes()
    if damage == "missing":
        path.unlink()
    else:
        path.write_bytes(content[:-5] if damage == "cut" else b"no object at all")
    tree = repository.tree()
    with pytest.raises(RefusedPath, match=r"src/ui/Dockerfile: its content"):
        tree.read("src/ui/Dockerfile")
    assert tree.read("start.sh")


def test_damaged_tree(repository):
    path = repository.path_of(repository.git("rev-parse", "HEAD^{tree}"))
    path.chmod(0o644)
    path.write_bytes(b"no object at all")
    tree = repository.tree()
    for _time in range(2):
        with pytest.raises(UnreadableRepository, match="missing or damaged"):
            _ = tree.files
    assert WorkTree(repository.root).tracked("README.md") is None


def test_bare_repository_and_packed_mirror(repository, tmp_path):
    bare = tmp_path / "mirror"
    repository.git("clone", "-q", "--mirror", str(repository.root), str(bare))
    repository.git("-C", str(bare), "gc", "-q")
    (bare / "config").unlink()
    git_dir = git_dir_of(bare)
    assert git_dir == bare.resolve()
    assert GitTree(git_dir, "master").read("start.sh") == b"#!/bin/sh\n"


def test_no_repository(tmp_path):
    assert git_dir_of(tmp_path) is None
    (tmp_path / ".git").mkdir()
    assert git_dir_of(tmp_path) is None


# --- Revisions ---


def test_revisions(repository):
    head = repository.git("rev-parse", "HEAD")
    repository.git("tag", "-a", "v1", "-m", "annotated")
    for revision in ("HEAD", "master", "refs/heads/master", "v1", head, head[:10]):
        assert commit_of(repository.git_dir, revision) == head
    assert resolve_ref(repository.git_dir, "master") == head
    assert resolve_ref(repository.git_dir, "docker-4") is None


@pytest.mark.parametrize(
    "revision", ["", "-x", "--batch-all-objects", "no-such", "HEAD:README.md", "a\nHEAD", "a\0", "0" * 40]
)
def test_no_such_revision(repository, revision):
    with pytest.raises(ConfigurationError) as caught:
        commit_of(repository.git_dir, revision)
    asked = "there is no commit" in caught.value.message
    assert asked is (revision in ("no-such", "HEAD:README.md", "0" * 40))


def test_detached_head(repository):
    assert head_branch(repository.git_dir) == "master"
    repository.git("checkout", "-q", "--detach")
    assert head_branch(repository.git_dir) is None


def test_replaced_objects_are_not_believed(repository):
    head = repository.git("rev-parse", "HEAD")
    (repository.root / "README.md").write_text("better")
    repository.git("replace", head, repository.commit())
    assert repository.tree(head).text("README.md").content == "Привет"


# --- Hostile configuration. The control shows that plain git falls for it. ---


@pytest.mark.parametrize("include", [False, True])
def test_configured_commands_do_not_run(repository, tmp_path, include):
    marker = tmp_path / "marker"
    command = tmp_path / "command"
    command.write_text(f"#!/bin/sh\ntouch {marker}\n")
    command.chmod(0o755)
    (repository.root / ".git/hooks").mkdir(exist_ok=True)
    for hook in ("post-index-change", "reference-transaction", "post-checkout"):
        (repository.root / ".git/hooks" / hook).symlink_to(command)
    (repository.root / ".gitattributes").write_text("* filter=evil diff=evil\n")
    repository.commit()
    marker.unlink(missing_ok=True)
    target = ["config", "--file", str(tmp_path / "included")] if include else ["config"]
    for key, value in {
        "core.fsmonitor": str(command),
        "core.pager": str(command),
        "core.sshCommand": str(command),
        "core.askPass": str(command),
        "core.hooksPath": str(repository.root / ".git/hooks"),
        "core.worktree": str(tmp_path / "elsewhere"),
        "alias.cat-file": f"!{command}",
        "alias.ls-tree": f"!{command}",
        "pager.cat-file": str(command),
        "pager.ls-tree": "true",
        "filter.evil.smudge": str(command),
        "diff.evil.textconv": str(command),
        "credential.helper": f"!{command}",
    }.items():
        repository.git(*target, key, value)
    if include:
        repository.git("config", "include.path", str(tmp_path / "included"))
    marker.unlink(missing_ok=True)

    tree = repository.tree()
    assert tree.read("start.sh") == b"#!/bin/sh\n"
    assert list(tree.files) == [".gitattributes", "README.md", "src/ui/Dockerfile", "start.sh"]
    assert History(repository.git_dir).merge_of("docker-4") is None
    assert WorkTree(repository.root).tracked("start.sh")
    assert not marker.exists()

    (tmp_path / "elsewhere").mkdir()
    repository.git("status", check=False)
    assert marker.exists(), "plain git did not fall for it either, so the test shows nothing"


def test_partial_clone_does_not_fetch(repository, tmp_path):
    marker = tmp_path / "marker"
    blob = repository.git("rev-parse", "HEAD:src/ui/Dockerfile")
    repository.path_of(blob).unlink()
    for key, value in {
        "core.repositoryFormatVersion": "1",
        "extensions.partialClone": "origin",
        "remote.origin.url": str(tmp_path),
        "remote.origin.promisor": "true",
        "remote.origin.uploadpack": f"touch {marker};",
    }.items():
        repository.git("config", key, value)

    tree = repository.tree()
    assert tree.files["src/ui/Dockerfile"].size is None
    with pytest.raises(RefusedPath, match="not in the repository"):
        tree.read("src/ui/Dockerfile")
    with pytest.raises(ConfigurationError):
        commit_of(repository.git_dir, "1" * 40)
    assert not marker.exists()

    repository.git("cat-file", "-p", blob, check=False)
    assert marker.exists(), "plain git did not fall for it either, so the test shows nothing"


@pytest.mark.parametrize("lacking", ["blob:none", "tree:0"])
def test_partial_clone_says_how_to_fetch_the_rest(repository, tmp_path, lacking):
    repository.git("config", "uploadpack.allowFilter", "true")
    partial = tmp_path / "partial"
    repository.git("clone", "-q", "--bare", f"--filter={lacking}", f"file://{repository.root}", str(partial))
    with pytest.raises(UnreadableRepository) as caught:
        GitTree(git_dir_of(partial), "HEAD").read("start.sh")
    command = str(caught.value.remedy).partition(": ")[2].partition(", ")[2]
    assert command.startswith("git fetch ")
    repository.git("-C", str(partial), *command.split()[1:])
    assert GitTree(git_dir_of(partial), "HEAD").read("start.sh") == b"#!/bin/sh\n"


def test_environment_of_git(repository, monkeypatch):
    other = Repository(repository.root.parent / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.root / ".git/objects"))
    assert repository.tree().read("start.sh")


# --- git itself ---


def fake_git(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    program = tmp_path / "fake/git"
    program.parent.mkdir()
    program.write_text(f"#!/bin/sh\n{text}\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}:{os.environ['PATH']}")


def test_git_that_hangs_is_killed(tmp_path, monkeypatch):
    fake_git(tmp_path, monkeypatch, "sleep 60")
    begin = time.monotonic()
    objects = gitrepo.Objects(tmp_path, Allowance(0.2))
    with pytest.raises(UnreadableRepository, match="longer than"), gitrepo.explained(tmp_path), objects:
        list(objects.get(["0" * 40]))
    assert time.monotonic() - begin < 30


def test_all_runs_of_git_on_one_repository_share_their_time(repository, tmp_path, monkeypatch):
    started = tmp_path / "started"
    fake_git(tmp_path, monkeypatch, f'echo >> {started}; sleep 0.3; exec {tools.find("git")} "$@"')
    allowance = Allowance(1.0)
    while allowance.left:
        with contextlib.suppress(UnreadableRepository):
            commit_of(repository.git_dir, "HEAD", allowance)
    for _again in range(3):
        with pytest.raises(UnreadableRepository, match="git ran longer than 1 s"):
            commit_of(repository.git_dir, "HEAD", allowance)
    runs = len(started.read_text().splitlines())
    assert 1 <= runs <= 4, "then it is not started any more"


def test_a_tree_and_its_listing_share_the_time_of_git(repository, tmp_path, monkeypatch):
    fake_git(tmp_path, monkeypatch, f'sleep 0.3; exec {tools.find("git")} "$@"')
    tree = WorkTree(repository.root, Limits(git_seconds=0.5))
    assert tree.tracked("README.md") is None, "listing it takes two runs after one for HEAD"
    assert not tree.budget.git.left


def test_git_that_ends_is_quoted(tmp_path, monkeypatch):
    fake_git(tmp_path, monkeypatch, "echo 'fatal: \033[31mno' >&2; exit 1")
    objects = gitrepo.Objects(tmp_path)
    with pytest.raises(UnreadableRepository, match=r"git says: fatal: \[31mno\)"), gitrepo.explained(tmp_path), objects:
        list(objects.get(["0" * 40]))


def test_no_git_here(repository, tmp_path, monkeypatch):
    monkeypatch.setattr(tools, "find", lambda name: None)
    with pytest.raises(UnreadableRepository, match="git is not installed"):
        commit_of(repository.git_dir, "HEAD")
    tree = WorkTree(repository.root)
    assert tree.commit == resolve_ref(repository.git_dir, "HEAD"), "for that no git is needed"
    assert tree.tracked("README.md") is None


def test_git_is_ended_with_the_block(repository, monkeypatch):
    started = []
    start = tools.start
    monkeypatch.setattr(tools, "start", lambda *args, **more: started.append(start(*args, **more)) or started[-1])
    repository.tree().read("start.sh")
    assert started
    assert all(process.returncode is not None for process in started)


def test_object_too_large(repository):
    head = commit_of(repository.git_dir, "HEAD")
    objects = gitrepo.Objects(repository.git_dir, max_size=100)
    with pytest.raises(UnreadableRepository, match="larger than"), objects:
        list(objects.get([head]))


def test_many_large_answers_do_not_deadlock(repository):
    blob = repository.git("hash-object", "-w", "--stdin", stdin=b"x" * 500_000)
    with gitrepo.Objects(repository.git_dir) as objects:
        found = list(objects.get([blob, "0" * 40] * 100))
    assert [each and len(each.content) for each in found] == [500_000, None] * 100
