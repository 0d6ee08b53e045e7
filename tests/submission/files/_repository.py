"""Repositories made with the real git."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

from pytest_dockerlab.submission.files.git_folder import git_dir_of
from pytest_dockerlab.submission.files.git_tree import GitTree
from pytest_dockerlab.submission.files.tree import LIMITS, Limits


class Repository:
    """A repository made with the real git."""

    def __init__(self, root: Path, *options: str) -> None:
        self.root = root
        self.seconds = 1_600_000_000
        root.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", "-b", "master", *options)

    def copy(self, root: Path) -> Repository:
        """The same elsewhere: sooner than to make one."""
        other = object.__new__(Repository)
        shutil.copytree(self.root, root, symlinks=True)
        other.root, other.seconds = root, self.seconds
        return other

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
