"""Rows of a roster that mean harm, or are merely broken: nobody else's row changes for them."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from .attack import EXAMPLE, Make, Place, prepare

__all__ = ["ROWS", "HostileRow", "committed"]


@dataclass(frozen=True, slots=True)
class HostileRow:
    """One row. ``make`` is given a place and may return the path to write into the row.

    ``is_rosters``: what is wrong stands in the roster, so that its verdicts may be *error*, which is nobody's fault who
    handed something in.
    """

    name: str
    make: Callable[[Place], str | None]
    ref: str = ""
    is_rosters: bool = False


def git(folder: Path, *words: str, **environ: str) -> str:
    """Run git as a student would; nothing of this machine's settings."""
    env = {
        "PATH": os.environ["PATH"],
        "HOME": str(folder),
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@b.example",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@b.example",
        **environ,
    }
    return subprocess.run(["git", *words], cwd=folder, env=env, check=True, capture_output=True, text=True).stdout


def committed(place: Place) -> Path:
    """The example as a repository with one commit."""
    prepare(place)
    git(place.root, "init", "-q", "-b", "main")
    git(place.root, "add", "-A")
    git(place.root, "commit", "-q", "-m", "homework")
    return place.root


def row(name: str, *steps: Make, ref: str = "") -> HostileRow:
    """A repository that something was done to afterwards, or a ref that the roster asks for."""

    def make(place: Place) -> None:
        committed(place)
        for step in steps:
            step(place)

    return HostileRow(name, make, ref, is_rosters=bool(ref))


def at(path: str, content: str | bytes) -> Make:
    """A file below ``.git`` with this content, whatever was there."""

    def make(place: Place) -> None:
        target = place.root / ".git" / path
        if target.is_dir():
            shutil.rmtree(target)
        if target.parent.is_file():
            target.parent.unlink()
        target.unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content if isinstance(content, bytes) else content.encode())

    return make


def appended(path: str, content: str) -> Make:
    """More of a file below ``.git``."""

    def make(place: Place) -> None:
        with (place.root / ".git" / path).open("a") as stream:
            stream.write(content)

    return make


def instead(content: bytes) -> Make:
    """``.git`` is a file."""

    def make(place: Place) -> None:
        shutil.rmtree(place.root / ".git")
        (place.root / ".git").write_bytes(content)

    return make


def pipe(path: str) -> Make:
    """A pipe below ``.git``: who opens it waits for ever."""

    def make(place: Place) -> None:
        target = place.root / ".git" / path
        target.unlink(missing_ok=True)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.mkfifo(target)

    return make


def broken_objects(place: Place) -> None:
    """Every object is cut off."""
    for path in (place.root / ".git" / "objects").glob("??/*"):
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:10])


def broken_pack(place: Place) -> None:
    """Everything in a pack, and the pack is cut off."""
    git(place.root, "gc", "-q", "--prune=now")
    [pack] = (place.root / ".git" / "objects" / "pack").glob("*.pack")
    pack.chmod(0o644)
    pack.write_bytes(pack.read_bytes()[:100])


def no_objects(place: Place) -> None:
    """Their folder is gone."""
    shutil.rmtree(place.root / ".git" / "objects")


def linked_objects(place: Place) -> None:
    """The objects lie outside, behind a link."""
    objects = place.root / ".git" / "objects"
    objects.rename(place.outside / "objects")
    objects.symlink_to(place.outside / "objects")


def loose(kind: str, content: bytes) -> Make:
    """An object of any content, and HEAD is that."""

    def make(place: Place) -> None:
        words = ["git", "hash-object", "-t", kind, "-w", "--stdin", "--literally"]
        done = subprocess.run(words, cwd=place.root, input=content, check=True, capture_output=True)
        (place.root / ".git" / "HEAD").write_bytes(done.stdout)

    return make


def long_name(place: Place) -> None:
    """A folder whose name is repeated in the path of each of its files."""

    def stored(kind: str, content: bytes) -> bytes:
        loose(kind, content)(place)
        return bytes.fromhex((place.root / ".git" / "HEAD").read_text())

    blob = stored("blob", b"x")
    below = stored("tree", b"".join(b"100644 %05d\0" % number + blob for number in range(15_000)))
    tree = stored("tree", b"40000 " + b"z" * 100_000 + b"\0" + below)
    stored("commit", b"tree %s\nauthor a <a> 0 +0000\ncommitter a <a> 0 +0000\n\nx\n" % tree.hex().encode())


def bare(place: Place) -> None:
    """A bare repository."""
    committed(place)
    (place.root / ".git").rename(place.root.parent / "bare")
    shutil.rmtree(place.root)
    (place.root.parent / "bare").rename(place.root)
    git(place.root, "config", "core.bare", "true")


def elsewhere(path: str) -> HostileRow:
    """A row that names a place of this machine."""
    return HostileRow(f"the path {path}", lambda _place: path, is_rosters=True)


def a_file(place: Place) -> None:
    """What is no folder."""
    place.outside.mkdir()
    place.canary.touch()
    place.root.write_bytes(b"\0" * 100)


def a_pipe(place: Place) -> None:
    """What is a pipe."""
    place.outside.mkdir()
    place.canary.touch()
    os.mkfifo(place.root)


def hostile_bare(place: Place) -> None:
    """A bare repository whose settings read something else."""
    bare(place)
    with (place.root / "config").open("a") as stream:
        stream.write(f"[include]\n\tpath = {place.canary}\n[core]\n\tfsmonitor = touch {place.executed}\n")


def settings(text: str) -> Make:
    """Lines of ``.git/config``; ``{outside}`` is the folder outside."""
    return lambda place: appended("config", text.replace("{outside}", str(place.outside)))(place)


def alternates(text: str) -> Make:
    """The file of that name; likewise."""
    return lambda place: at("objects/info/alternates", text.replace("{outside}", str(place.outside)))(place)


def around(place: Place) -> None:
    """A submission with another one, and its git, in it."""
    committed(place)
    inner = place.root / "inner"
    shutil.copytree(EXAMPLE, inner)
    git(inner, "init", "-q", "-b", "main")


ROWS: tuple[HostileRow, ...] = (
    row(".git is an empty file", instead(b"")),
    row(".git is a file with a NUL", instead(b"gitdir: a\0b\n")),
    row(".git is a file of 2 MB", instead(b"gitdir: " + b"a" * 2_000_000)),
    row(".git leads to itself", instead(b"gitdir: .git\n")),
    row(".git leads out", instead(b"gitdir: ../outside\n")),
    row("commondir with a NUL", at("commondir", "a\0b\n")),
    row("commondir of 2 MB", at("commondir", "a/" * 1_000_000)),
    row("commondir leads out", at("commondir", "../../outside\n")),
    row("alternates lead out", alternates("{outside}/objects\n")),
    row("alternates with a NUL", alternates("a\0b\n")),
    row("alternates of 2 MB", alternates("a\n" * 1_000_000)),
    row("objects behind a link", linked_objects),
    row("objects are gone", no_objects),
    row("objects are cut off", broken_objects),
    row("the pack is cut off", broken_pack),
    row("a commit-graph of nonsense", at("objects/info/commit-graph", "CGPH\x01\x01\x00\x00nonsense")),
    row("a multi-pack-index of nonsense", at("objects/pack/multi-pack-index", "MIDXnonsense")),
    row("an unknown format", settings("[core]\n\trepositoryformatversion = 99\n")),
    row("an unknown extension", settings("[core]\n\trepositoryformatversion = 1\n[extensions]\n\tnonsense = 1\n")),
    row("reftable", settings("[core]\n\trepositoryformatversion = 1\n[extensions]\n\trefstorage = reftable\n")),
    row("a broken config", at("config", "[core\n\x00===\n")),
    row("a config of 5 MB", settings("# a comment\n" * 400_000)),
    row("a config that includes itself", settings("[include]\n\tpath = config\n")),
    row("a config that reads outside", settings("[include]\n\tpath = {outside}/canary\n")),
    row("a config that reads a pipe", pipe("pipe"), settings("[include]\n\tpath = pipe\n")),
    row("a config that starts programs", settings("[core]\n\tfsmonitor = touch {outside}/executed\n\tpager = touch\n")),
    row(
        "filters that start programs",
        settings('[filter "a"]\n\tsmudge = touch {outside}/executed\n\tclean = touch {outside}/executed\n'),
        lambda place: (place.root / ".gitattributes").write_text("* filter=a\n"),
    ),
    row("hooks", at("hooks/post-checkout", "#!/bin/sh\ntouch ../outside/executed\n")),
    row("a work tree elsewhere", settings("[core]\n\tworktree = {outside}\n")),
    row("HEAD leads to HEAD", at("HEAD", "ref: HEAD\n")),
    row("HEAD leads out", at("HEAD", "ref: ../../outside/canary\n")),
    row("HEAD of 2 MB", at("HEAD", "ref: " + "a" * 2_000_000)),
    row("HEAD is nonsense", at("HEAD", "\0\xff\n")),
    row("HEAD is a pipe", pipe("HEAD")),
    row("a branch is a pipe", pipe("refs/heads/main")),
    row("a branch is a folder", at("refs/heads/main/a", "b")),
    row("100,000 packed branches", at("packed-refs", f"{'0' * 40} refs/heads/a\n" * 100_000)),
    row("an index of nonsense", at("index", "DIRC\x00\x00\x00\x02\xff\xff\xff\xff")),
    row("shallow is nonsense", at("shallow", "nonsense\n")),
    row("a commit without a tree", loose("commit", b"author a <a> 0 +0000\n\n")),
    row("a commit of another kind of tree", loose("commit", b"tree " + b"0" * 40 + b"\n\n")),
    row("a commit of 40 MB", loose("commit", b"tree " + b"0" * 40 + b"\n" + b"x" * 40_000_000)),
    row("a tree with dots", loose("tree", b"100644 ..\0" + b"\1" * 20)),
    row("a tree with a name of 100 kB over 15,000 files", long_name),
    row("a ref that is an option", ref="--upload-pack=touch"),
    row("a ref that leads out", ref="../../outside/canary"),
    row("a ref of a path", ref="HEAD:README.md"),
    row("a ref that searches", ref=":/" + "(a+)+" * 20 + "$"),
    row("a ref of 10,000 parents", ref="HEAD" + "~1" * 10_000),
    row("a ref of yesterday", ref="HEAD@{yesterday}"),
    HostileRow("a bare repository", bare),
    HostileRow("a bare repository that reads outside", hostile_bare),
    HostileRow("a file", a_file, is_rosters=True),
    HostileRow("a pipe", a_pipe, is_rosters=True),
    HostileRow("nothing", lambda _place: "nowhere/at/all", is_rosters=True),
    HostileRow("the roster itself", lambda _place: "roster.csv", is_rosters=True),
    elsewhere("/dev/null"),
    elsewhere("/proc/self"),
    elsewhere("/proc/self/fd"),
    HostileRow("a folder that has its good neighbour in it", around),
)
