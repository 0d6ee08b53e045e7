"""Whatever git's folder of a submission may be: each way to break it, and whether the commit can be read after it.

``BROKEN`` are beyond reading; ``HARMLESS`` concern only what is never asked. ``outside`` is a folder beside the
submission, which nobody may open.
"""

from __future__ import annotations

import os
import shutil
import zlib
from collections.abc import Callable
from pathlib import Path

from ._repository import Repository

Break = Callable[[Repository, Path], None]
BROKEN: dict[str, Break] = {}
HARMLESS: dict[str, Break] = {}

_KINDS: dict[str, bytes] = {
    "nul": b"a\0b",
    "megabyte": b"x" * 1024 * 1024,
    "empty": b"",
    "not-utf8": b"\xff\xfe\x1b[31m",
}


def _file(repository: Repository, name: str) -> Path:
    path = repository.root / ".git" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    path.unlink(missing_ok=True)
    return path


def _written(name: str, content: bytes) -> Break:
    return lambda repository, _outside: void(_file(repository, name).write_bytes(content))


def void(_value: object) -> None:
    """What a function without a result returns."""


def _fifo(name: str) -> Break:
    return lambda repository, _outside: os.mkfifo(_file(repository, name))


def _link(name: str, target: str) -> Break:
    return lambda repository, outside: _file(repository, name).symlink_to(target.format(outside=outside))


def _packed(name: str, content: bytes) -> Break:
    """Every file of that name among the packs is something else."""

    def break_(repository: Repository, _outside: Path) -> None:
        repository.git("repack", "-a", "-d", "-q", "--write-midx")
        repository.git("commit-graph", "write", "--reachable")
        found = list((repository.root / ".git/objects").rglob(name))
        assert found
        for path in found:
            path.chmod(0o644)
            path.write_bytes(content)

    return break_


def _object(revision: str, content: bytes) -> Break:
    def break_(repository: Repository, _outside: Path) -> None:
        path = repository.path_of(repository.git("rev-parse", revision))
        path.chmod(0o644)
        path.write_bytes(content)

    return break_


def _object_gone(revision: str) -> Break:
    return lambda repository, _outside: repository.path_of(repository.git("rev-parse", revision)).unlink()


def _claims(kind: str, size: int) -> bytes:
    """An object that says it is so large, and begins to be."""
    return zlib.compress(f"{kind} {size}".encode() + b"\0" + b"\0" * 1024 * 1024)


for kind, content in _KINDS.items():
    BROKEN[f"dotgit-{kind}"] = lambda repository, _outside, content=content: (
        void(shutil.rmtree(repository.root / ".git")),
        void((repository.root / ".git").write_bytes(b"gitdir: " + content)),
    )
    BROKEN[f"commondir-{kind}"] = _written("commondir", content)
    BROKEN[f"head-{kind}"] = _written("HEAD", content)
    BROKEN[f"ref-{kind}"] = _written("refs/heads/master", content)
    if content:
        BROKEN[f"alternates-{kind}"] = _written("objects/info/alternates", content)
    for name in ("config", "config.worktree", "shallow", "info/grafts", "index", "logs/HEAD", "description"):
        if (name, kind) != ("config", "megabyte"):
            HARMLESS[f"{name}-{kind}"] = _written(name, content)
BROKEN["config-megabyte"] = _written("config", _KINDS["megabyte"])

for name in ("HEAD", "config", "packed-refs", "refs", "refs/heads/master", "objects/info/alternates", "commondir"):
    BROKEN[f"{name}-fifo"] = _fifo(name)
for name in ("HEAD", "config", "objects", "refs", "refs/heads/master", "objects/pack", "objects/info"):
    BROKEN[f"{name}-leads-out"] = _link(name, "{outside}")
for name in ("HEAD", "objects", "refs/heads/master", "objects/pack"):
    BROKEN[f"{name}-link-to-itself"] = _link(name, Path(name).name)
BROKEN["head-leads-to-head"] = _written("HEAD", b"ref: HEAD\n")
BROKEN["refs-in-a-ring"] = _written("refs/heads/master", b"ref: refs/heads/master\n")
BROKEN["alternates-relative"] = _written("objects/info/alternates", b"../../../outside\n")
BROKEN["reftable"] = _written("reftable/tables.list", b"0x000000000001-0x000000000002-ca3b7e6d.ref\n")
BROKEN["dotgit-fifo"] = lambda repository, _outside: (
    void(shutil.rmtree(repository.root / ".git")),
    void(os.mkfifo(repository.root / ".git")),
)
BROKEN["dotgit-itself"] = lambda repository, _outside: (
    void(shutil.rmtree(repository.root / ".git")),
    void((repository.root / ".git").symlink_to(".git")),
)
BROKEN["pack"] = _packed("*.pack", b"PACK" + b"\xff" * 1000)
BROKEN["pack-index"] = _packed("*.idx", b"\xfftOc" + b"\xff" * 2000)
BROKEN["commit-gone"] = _object_gone("HEAD")
BROKEN["commit-damaged"] = _object("HEAD", b"no object at all")
BROKEN["commit-of-4-GB"] = _object("HEAD", _claims("commit", 4 * 1024**3))
BROKEN["commit-is-a-blob"] = _object("HEAD", zlib.compress(b"blob 1\0x"))
BROKEN["tree-gone"] = _object_gone("HEAD^{tree}")
BROKEN["tree-damaged"] = _object("HEAD^{tree}", b"no object at all")
BROKEN["tree-of-4-GB"] = _object("HEAD^{tree}", _claims("tree", 4 * 1024**3))


def _two_links(repository: Repository, outside: Path) -> None:
    store = repository.root / "store"
    store.mkdir()
    (store / "pack").symlink_to(outside)
    _file(repository, "objects/pack").symlink_to("../../store/pack")


BROKEN["objects-over-two-links"] = _two_links


def _configured(*lines: str) -> Break:
    def break_(repository: Repository, outside: Path) -> None:
        os.mkfifo(repository.root / "fifo")
        with (repository.root / ".git/config").open("a") as file:
            file.writelines(f"{line.format(outside=outside)}\n" for line in lines)

    return break_


HARMLESS["config-includes-outside"] = _configured("[include]", "path = {outside}/config")
HARMLESS["config-includes-beside"] = _configured("[include]", "path = ../../outside/config")
HARMLESS["config-includes-fifo"] = _configured("[include]", "path = ../fifo")
HARMLESS["config-includes-itself"] = _configured("[include]", "path = config")
HARMLESS["config-broken"] = _configured("[core", "what = ever", "]]")
HARMLESS["config-unknown-format"] = _configured("[core]", "repositoryFormatVersion = 99")
HARMLESS["config-unknown-extension"] = _configured("[core]", "repositoryFormatVersion = 1", "[extensions]", "no = yes")
HARMLESS["commit-graph"] = _packed("commit-graph*", b"CGPH" + b"\xff" * 2000)
HARMLESS["multi-pack-index"] = _packed("multi-pack-index", b"MIDX" + b"\xff" * 2000)
HARMLESS["alternates-empty"] = _written("objects/info/alternates", b"\n# nothing\n")
HARMLESS["replaced"] = lambda repository, _outside: void(
    _file(repository, f"refs/replace/{repository.git('rev-parse', 'HEAD')}").write_text("0" * 40)
)
