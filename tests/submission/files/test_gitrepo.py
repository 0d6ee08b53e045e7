"""A commit of a repository that may be hostile: no command of its choice runs, and nothing outside it is read."""

from __future__ import annotations

import os
import subprocess
import time
from pathlib import Path

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.errors import ConfigurationError, LimitExceeded, RefusedPath, ToolFailed, ToolTimeout
from pytest_dockerlab.submission.files import gitrepo
from pytest_dockerlab.submission.files.git_tree import GitTree
from pytest_dockerlab.submission.files.gitrepo import commit_of, git_dir_of, has_ref, head_branch
from pytest_dockerlab.submission.files.history import merge_of
from pytest_dockerlab.submission.files.tree import LIMITS, Limits
from pytest_dockerlab.submission.files.worktree import WorkTree


class Repository:
    """A repository made with the real git."""

    def __init__(self, root: Path, *options: str) -> None:
        self.root = root
        self.seconds = 1_600_000_000
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "master", *options)

    def git(self, *arguments: str, stdin: bytes = b"", check: bool = True) -> str:
        date = f"{self.seconds} +0000"
        env = {
            "PATH": os.environ["PATH"],
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_AUTHOR_NAME": "a",
            "GIT_AUTHOR_EMAIL": "a@example.com",
            "GIT_COMMITTER_NAME": "c",
            "GIT_COMMITTER_EMAIL": "c@example.com",
            "GIT_AUTHOR_DATE": date,
            "GIT_COMMITTER_DATE": date,
        }
        command = ["git", "-C", str(self.root), *arguments]
        return subprocess.run(command, input=stdin, env=env, check=check, capture_output=True).stdout.decode().strip()

    def commit(self, subject: str = "work", *, parents: tuple[str, ...] | None = None) -> str:
        """A commit a minute after the one before: on the branch that is checked out, or loose if it has ``parents``."""
        self.seconds += 60
        if parents is None:
            self.git("add", "-A")
            self.git("commit", "-q", "--allow-empty", "-m", subject)
            return self.git("rev-parse", "HEAD")
        words = [word for parent in parents for word in ("-p", parent)]
        return self.git("commit-tree", "-m", subject, *words, "HEAD^{tree}")

    @property
    def git_dir(self) -> Path:
        found = git_dir_of(self.root)
        assert found is not None
        return found

    def tree(self, revision: str = "HEAD", limits: Limits = LIMITS) -> GitTree:
        return GitTree(self.git_dir, revision, limits)

    def path_of(self, sha: str) -> Path:
        return self.root / ".git/objects" / sha[:2] / sha[2:]


@pytest.fixture
def repository(tmp_path):
    repository = Repository(tmp_path / "submission")
    root = repository.root
    (root / "src/ui").mkdir(parents=True)
    (root / "src/ui/Dockerfile").write_text("FROM ruby\n")
    (root / "start.sh").write_text("#!/bin/sh\n")
    (root / "start.sh").chmod(0o755)
    (root / "README.md").write_bytes("Привет".encode("cp1251"))
    (root / "node_modules").mkdir()
    (root / "node_modules/Dockerfile").touch()
    repository.commit()
    return repository


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
    with pytest.raises(ConfigurationError):
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
    with pytest.raises(RefusedPath, match="submodule"):
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
    assert repository.tree(limits=Limits(file_bytes=1000, files=6, depth=4)).read("large")


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
    with pytest.raises(ToolFailed):
        _ = repository.tree().files
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
    assert has_ref(repository.git_dir, "master")
    assert not has_ref(repository.git_dir, "docker-4")


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
    assert merge_of(repository.git_dir, "docker-4") is None
    assert WorkTree(repository.root).tracked("start.sh")
    assert not marker.exists()

    (tmp_path / "elsewhere").mkdir()
    repository.git("status", check=False)
    assert marker.exists(), "plain git did not fall for it either, so the test shows nothing"


@pytest.mark.parametrize("lazy_fetch_variable", [True, False], ids=["new-git", "git-before-2.45"])
def test_partial_clone_does_not_fetch(repository, tmp_path, monkeypatch, lazy_fetch_variable):
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
    if not lazy_fetch_variable:
        environment = {key: value for key, value in gitrepo._ENVIRONMENT.items() if key != "GIT_NO_LAZY_FETCH"}
        monkeypatch.setattr(gitrepo, "_ENVIRONMENT", environment)

    tree = repository.tree()
    assert tree.files["src/ui/Dockerfile"].size is None
    with pytest.raises(RefusedPath, match="not in the repository"):
        tree.read("src/ui/Dockerfile")
    assert not has_ref(repository.git_dir, "1" * 40)
    assert not marker.exists()

    repository.git("cat-file", "-p", blob, check=False)
    assert marker.exists(), "plain git did not fall for it either, so the test shows nothing"


def test_environment_of_git(repository, monkeypatch):
    other = Repository(repository.root.parent / "other")
    monkeypatch.setenv("GIT_DIR", str(other.root / ".git"))
    monkeypatch.setenv("GIT_OBJECT_DIRECTORY", str(other.root / ".git/objects"))
    assert repository.tree().read("start.sh")


# --- A git folder that leads out ---


def refuse(root: Path) -> None:
    with pytest.raises(RefusedPath):
        git_dir_of(root)
    assert WorkTree(root).tracked("README.md") is None


@pytest.fixture
def victim(tmp_path):
    """Somebody else's repository on the same machine."""
    victim = Repository(tmp_path / "victim")
    (victim.root / "secret").write_text("secret")
    victim.commit()
    return victim


@pytest.mark.parametrize("relative", [True, False])
def test_gitdir_file_outside(tmp_path, victim, relative):
    root = tmp_path / "hostile"
    root.mkdir()
    (root / ".git").write_text("gitdir: ../victim/.git\n" if relative else f"gitdir: {victim.root}/.git\n")
    refuse(root)


def test_gitdir_file_inside(repository):
    (repository.root / ".git").rename(repository.root / "git")
    (repository.root / ".git").write_text("gitdir: git\n")
    assert repository.tree().read("start.sh")


@pytest.mark.parametrize(
    "part", [".git", ".git/objects", ".git/refs", ".git/HEAD", ".git/config", ".git/refs/heads/master"]
)
def test_link_outside(repository, victim, part):
    found = repository.root / part
    assert (victim.root / part).exists()
    found.rename(repository.root / "away")
    found.symlink_to(victim.root / part)
    refuse(repository.root)


def test_links_among_objects(repository, victim):
    name = victim.git("rev-parse", "HEAD")[:2]
    folder = repository.root / ".git/objects" / name
    if folder.exists():
        folder.rename(repository.root / "away")
    folder.symlink_to(victim.root / ".git/objects" / name)
    refuse(repository.root)


def test_link_inside(repository):
    (repository.root / ".git").rename(repository.root / "git")
    (repository.root / ".git").symlink_to("git")
    assert repository.tree().read("start.sh")


def test_worktree_of_another_repository(tmp_path, victim):
    git_dir = tmp_path / "hostile/.git"
    (git_dir / "objects").mkdir(parents=True)
    (git_dir / "refs").mkdir()
    (git_dir / "HEAD").write_text("ref: refs/heads/master\n")
    (git_dir / "commondir").write_text("../../victim/.git\n")
    refuse(tmp_path / "hostile")


@pytest.mark.parametrize(
    "line", ["../../../victim/.git/objects", "{victim}/.git/objects", '"../../../victim/.git/objects"']
)
def test_alternates_outside(repository, victim, line):
    (repository.root / ".git/objects/info").mkdir(exist_ok=True)
    (repository.root / ".git/objects/info/alternates").write_text(f"# comment\n\n{line.format(victim=victim.root)}\n")
    refuse(repository.root)


def test_alternates_inside_that_lead_outside(repository, victim):
    first, second = repository.root / ".git/objects/info", repository.root / "store/info"
    first.mkdir(exist_ok=True)
    second.mkdir(parents=True)
    (first / "alternates").write_text("../../store\n")
    assert repository.tree().read("start.sh")
    (second / "alternates").write_text(f"{victim.root}/.git/objects\n")
    refuse(repository.root)
    (second / "alternates").write_text("../store\n")
    refuse(repository.root)


def test_http_alternates(repository):
    (repository.root / ".git/objects/info").mkdir(exist_ok=True)
    (repository.root / ".git/objects/info/http-alternates").write_text("http://169.254.169.254/\n")
    refuse(repository.root)


@pytest.mark.parametrize("part", ["HEAD", "config", "packed-refs", "refs/heads/master", "objects/info/alternates"])
def test_fifo_in_the_git_folder(repository, part):
    path = repository.root / ".git" / part
    path.parent.mkdir(exist_ok=True)
    path.unlink(missing_ok=True)
    os.mkfifo(path)
    begin = time.monotonic()
    refuse(repository.root)
    assert time.monotonic() - begin < 20


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
    with pytest.raises(ToolTimeout), gitrepo.Objects(tmp_path, seconds=0.2) as objects:
        list(objects.get(["HEAD"]))
    assert time.monotonic() - begin < 30


def test_git_that_ends_is_an_error(tmp_path, monkeypatch):
    fake_git(tmp_path, monkeypatch, "exit 1")
    with pytest.raises(ToolFailed), gitrepo.Objects(tmp_path) as objects:
        list(objects.get(["HEAD"]))


def test_git_is_ended_with_the_block(repository, monkeypatch):
    started = []
    start = tools.start
    monkeypatch.setattr(tools, "start", lambda *args, **more: started.append(start(*args, **more)) or started[-1])
    repository.tree().read("start.sh")
    assert started
    assert all(process.returncode is not None for process in started)


def test_object_too_large(repository):
    with pytest.raises(LimitExceeded), gitrepo.Objects(repository.git_dir, max_size=100) as objects:
        list(objects.get(["HEAD"]))


def test_many_large_answers_do_not_deadlock(repository):
    blob = repository.git("hash-object", "-w", "--stdin", stdin=b"x" * 500_000)
    with gitrepo.Objects(repository.git_dir) as objects:
        found = list(objects.get([blob, "0" * 40] * 100))
    assert [each and len(each.content) for each in found] == [500_000, None] * 100


# --- The merge of a homework ---


def merged(repository: Repository, subject: str) -> str:
    """A merge commit on the branch that is checked out."""
    base = repository.git("rev-parse", "HEAD")
    side = repository.commit("work", parents=(base,))
    merge = repository.commit(subject, parents=(base, side))
    repository.git("reset", "-q", "--soft", merge)
    return merge


@pytest.mark.parametrize(
    "subject",
    [
        "Merge pull request #4 from Otus-DevOps-2017-11/docker-4",
        "Merge pull request #4 from student/Docker_4",
        "Merge pull request #4 from student/feature/docker-4",
        "Merge branch 'docker-4'",
        "Merge branch 'docker-4' into master",
        "Merge branch 'docker-4' into 'main'",
        "Merge branch 'docker-4' of github.com:student/microservices",
        "Merge remote-tracking branch 'origin/docker-4'",
        "Merged in docker-4 (pull request #4)",
        "Docker 4 (#7)",
        "docker-4 (#12)",
        "DOCKER4 (#12)",
        "Feature/docker 4 (#3)",
        "docker-4 (!3)",
        "PR for HW#17 (docker-4) (#4)",
    ],
)
def test_merge_is_found(repository, subject):
    merge = merged(repository, subject)
    repository.commit("later")
    assert merge_of(repository.git_dir, "docker-4") == (merge, subject)


@pytest.mark.parametrize(
    "subject",
    [
        "Merge pull request #4 from student/docker-40",
        "Merge pull request #4 from student/docker-4-fix",
        "Merge pull request #4 from docker-4/master",
        "Merge branch 'docker-4' of github.com:student/microservices into docker-4",
        "Merge branch 'docker-4' into docker-5",
        "Merge branch 'master' into docker-4",
        "docker-40 (#12)",
        "docker-4.1 (#12)",
        "mydocker-4 (#12)",
        'Revert "docker-4 (#12)" (#13)',
        "docker-4",
        "work on docker-4",
    ],
)
def test_this_is_no_merge(repository, subject):
    merged(repository, subject)
    assert merge_of(repository.git_dir, "docker-4") is None


def test_pull_into_the_branch_that_is_checked_out_is_no_merge(repository):
    repository.git("checkout", "-q", "-b", "docker-4")
    merged(repository, "Merge branch 'docker-4' of github.com:student/microservices into docker-4")
    assert merge_of(repository.git_dir, "docker-4") is None


def test_numbers_are_whole(repository):
    tenth = merged(repository, "Merge pull request #1 from student/gitlab-ci-10")
    first = merged(repository, "Merge pull request #2 from student/gitlab-ci-1")
    assert merge_of(repository.git_dir, "gitlab-ci-1") == (first, "Merge pull request #2 from student/gitlab-ci-1")
    assert merge_of(repository.git_dir, "gitlab-ci-10") == (tenth, "Merge pull request #1 from student/gitlab-ci-10")


def chosen(repository: Repository, *slugs: str) -> str | None:
    found = merge_of(repository.git_dir, slugs)
    return found and found.commit


def test_newest_of_equals(repository):
    merged(repository, "Merge pull request #1 from student/docker-4")
    newest = merged(repository, "Merge pull request #2 from student/docker-4")
    assert chosen(repository, "docker-4") == newest


def test_name_counts_more_than_a_mention(repository):
    name = merged(repository, "Docker 4 (#1)")
    merged(repository, "Networks of docker-4 in monitoring (#2)")
    assert chosen(repository, "docker-4") == name


def test_main_line_counts_more_than_a_side(repository):
    base = repository.git("rev-parse", "HEAD")
    main = merged(repository, "Merge pull request #1 from student/docker-4")
    aside = repository.commit("Merge pull request #2 from student/docker-4", parents=(base,))
    aside = repository.commit("work", parents=(aside,))
    last = repository.commit("Merge pull request #3 from student/docker-5", parents=(main, aside))
    repository.git("reset", "-q", "--soft", last)
    assert chosen(repository, "docker-4") == main


def test_merge_off_the_main_line_is_found(repository):
    merge = merged(repository, "Merge pull request #1 from student/docker-4")
    repository.git("checkout", "-q", "-b", "docker-5", f"{merge}^")
    last = repository.commit("Merge branch 'master' into docker-5", parents=(f"{merge}^", merge))
    repository.git("reset", "-q", "--soft", last)
    assert chosen(repository, "docker-4") == merge


def test_first_name_counts_more(repository):
    first = merged(repository, "Merge pull request #1 from student/gitlab-ci-1")
    second = merged(repository, "Merge pull request #2 from student/docker-6")
    assert chosen(repository, "gitlab-ci-1", "docker-6") == first
    assert chosen(repository, "docker-5", "docker-6") == second
    assert chosen(repository, "docker-5") is None


def test_history_from_another_head(repository):
    merge = merged(repository, "Merge pull request #1 from student/docker-4")
    assert merge_of(repository.git_dir, "docker-4", f"{merge}^") is None
    with pytest.raises(ConfigurationError):
        merge_of(repository.git_dir, "docker-4", "missing")


def test_shallow_clone(repository, tmp_path):
    merged(repository, "Merge pull request #1 from student/docker-4")
    newest = merged(repository, "Merge pull request #2 from student/docker-5")
    repository.git("clone", "-q", "--bare", "--depth=1", f"file://{repository.root}", str(tmp_path / "shallow"))
    git_dir = git_dir_of(tmp_path / "shallow")
    assert merge_of(git_dir, "docker-4") is None
    assert merge_of(git_dir, "docker-5").commit == newest


def test_a_long_history_takes_no_program_for_each_commit(repository, monkeypatch):
    stream = "".join(
        f"commit refs/heads/long\ncommitter c <c@example.com> {number} +0000\ndata 16\ndocker-4 (#{number})\n\n"
        for number in range(1000, 3000)
    )
    repository.git("fast-import", "--quiet", stdin=stream.encode())
    started = []
    monkeypatch.setattr(
        tools, "start", lambda argv, start=tools.start, **more: started.append(argv) or start(argv, **more)
    )
    found = merge_of(repository.git_dir, "docker-4", "long")
    assert found.commit == repository.git("rev-parse", "long")
    assert 0 < len(started) < 10
