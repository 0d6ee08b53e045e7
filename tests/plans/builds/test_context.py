"""Build contexts: what of a submission is sent to a docker host."""

from __future__ import annotations

import io
import os
import tarfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.plans.builds import context as build_context
from pytest_dockerlab.plans.builds.context import MAX_FILES, PackedContext, pack_context, pack_folder
from pytest_dockerlab.submission.files.tree import Entry, Limits, Tree
from pytest_dockerlab.submission.files.worktree import WorkTree

from ...submission.files.test_gitrepo import Repository

FILES = {"ui/Dockerfile": "FROM x\n", "ui/app.rb": "1", "ui/views/a": "2", "post/b": "3"}


def write(root: Path, files: dict[str, str]) -> None:
    for path, text in files.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)


def pack(
    tree: Tree, folder: str = "ui", dockerfile: str = "ui/Dockerfile"
) -> tuple[PackedContext, dict[str, tarfile.TarInfo]]:
    out = io.BytesIO()
    packed = pack_context(tree, folder, dockerfile, b"FROM y\n", out)
    with tarfile.open(fileobj=io.BytesIO(out.getvalue())) as archive:
        members = {member.name: member for member in archive.getmembers()}
        content = archive.extractfile(packed.dockerfile)
        assert content is not None
        assert content.read() == b"FROM y\n"
    return packed, members


def names_in(out: io.BytesIO) -> list[str]:
    with tarfile.open(fileobj=io.BytesIO(out.getvalue())) as archive:
        return sorted(archive.getnames())


def test_the_files_of_the_folder_and_nothing_else(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    (tmp_path / "ui/app.rb").chmod(0o744)
    packed, members = pack(WorkTree(tmp_path))
    assert sorted(members) == ["Dockerfile", "app.rb", "views/a"]
    assert (packed.dockerfile, packed.files, packed.left_out) == ("Dockerfile", 3, ())
    assert members["app.rb"].mode == 0o755
    assert members["views/a"].mode == 0o644
    assert {(each.uid, each.gid, each.mtime) for each in members.values()} == {(0, 0, 0)}


def test_the_whole_submission_is_a_context_too(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    packed, members = pack(WorkTree(tmp_path), "")
    assert packed.dockerfile == "ui/Dockerfile"
    assert sorted(members) == ["post/b", "ui/Dockerfile", "ui/app.rb", "ui/views/a"]


def test_a_dockerfile_outside_the_context(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "ui2/Dockerfile": "FROM z\n"})
    packed, members = pack(WorkTree(tmp_path), "ui", "ui2/Dockerfile")
    assert packed.dockerfile not in FILES
    assert {"Dockerfile", "app.rb", packed.dockerfile} <= set(members)


def test_dockerignore_is_obeyed_but_the_dockerfile_is_always_sent(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "ui/.dockerignore": "*\n!app.rb\nDockerfile\n", ".dockerignore": "app.rb\n"})
    packed, members = pack(WorkTree(tmp_path))
    assert sorted(members) == [".dockerignore", "Dockerfile", "app.rb"]
    assert packed.left_out == ()


def test_a_dockerignore_that_is_called_like_the_dockerfile_comes_first(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "ui/.dockerignore": "app.rb\n", "ui/Dockerfile.dockerignore": "views\n"})
    assert sorted(pack(WorkTree(tmp_path))[1]) == [
        ".dockerignore", "Dockerfile", "Dockerfile.dockerignore", "app.rb",
    ]  # fmt: skip


def test_links_are_sent_as_links_and_never_followed(tmp_path: Path) -> None:
    write(tmp_path / "s", FILES)
    (tmp_path / "secret").write_text("ours")
    links = {"inside": "app.rb", "outside": "../../secret", "absolute": "/etc/passwd", "dangling": "nowhere",
             "loop": "loop", "folder": "views", "up": ".."}  # fmt: skip
    for name, target in links.items():
        (tmp_path / "s/ui" / name).symlink_to(target)
    packed, members = pack(WorkTree(tmp_path / "s"))
    assert {name: each.linkname for name, each in members.items() if each.issym()} == links
    assert len(members) == 3 + len(links)
    assert packed.left_out == ()


def test_a_file_below_a_link_as_only_a_handmade_tree_has_it(tmp_path: Path) -> None:
    """Whoever unpacks that would write to where the link leads."""
    repository = Repository(tmp_path / "s")

    def stored(kind: str, content: bytes) -> str:
        return repository.git("hash-object", "-w", "-t", kind, "--literally", "--stdin", stdin=content)

    def entry(mode: str, name: str, sha: str) -> bytes:
        return f"{mode} {name}\0".encode() + bytes.fromhex(sha)

    inner = stored("tree", entry("100755", "busybox", stored("blob", b"evil")))
    ui = stored("tree", entry("120000", "sub", stored("blob", b"/bin")) + entry("40000", "sub", inner))
    commit = repository.git("commit-tree", "-m", "x", stored("tree", entry("40000", "ui", ui)))
    out = io.BytesIO()
    left_out = pack_folder(repository.tree(commit), "ui", out)
    assert "sub/busybox" not in names_in(out)
    assert "sub/busybox" in left_out


def test_a_context_that_is_named_by_a_link(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    (tmp_path / "reddit").symlink_to("ui")
    packed, members = pack(WorkTree(tmp_path), "reddit", "reddit/Dockerfile")
    assert packed.dockerfile == "Dockerfile"
    assert sorted(members) == ["Dockerfile", "app.rb", "views/a"]
    out = io.BytesIO()
    assert pack_folder(WorkTree(tmp_path), "reddit", out) == ()
    assert names_in(out) == ["Dockerfile", "app.rb", "views/a"]


def test_a_context_that_is_a_link_to_outside_is_empty(tmp_path: Path) -> None:
    write(tmp_path / "s", {"Dockerfile": "FROM x\n"})
    (tmp_path / "secret").mkdir()
    (tmp_path / "secret/key").write_text("ours")
    (tmp_path / "s/out").symlink_to("../secret")
    assert list(pack(WorkTree(tmp_path / "s"), "out", "Dockerfile")[1]) == [".dockerlab.Dockerfile"]
    out = io.BytesIO()
    pack_folder(WorkTree(tmp_path / "s"), "out", out)
    assert names_in(out) == []


def test_a_dockerfile_that_is_a_link_has_its_own_name(tmp_path: Path) -> None:
    write(tmp_path, {"common": "FROM x\n", "ui/a": "1"})
    (tmp_path / "ui/Dockerfile").symlink_to("../common")
    packed, members = pack(WorkTree(tmp_path))
    assert packed.dockerfile == "Dockerfile"
    assert not members["Dockerfile"].issym()


def test_what_cannot_be_sent_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(build_context, "MAX_FILE", 1_000)
    write(
        tmp_path, {**FILES, "ui/large": "x" * 2_000, "ui/ignored": "x" * 2_000, "ui/.dockerignore": "ignored\n*.sock"}
    )
    for name in ("ui/pipe", "ui/a.sock", "post/pipe"):
        os.mkfifo(tmp_path / name)
    packed, members = pack(WorkTree(tmp_path))
    assert packed.left_out == ("large", "pipe")
    assert "large" not in members
    assert "app.rb" in members


def test_names_with_odd_characters(tmp_path: Path) -> None:
    names = ["a b", "новый", "-x", "a\nb", "l" * 200, "$(x)", "a:b"]
    write(tmp_path, {f"ui/{name}": "1" for name in names})
    (tmp_path / "ui" / os.fsdecode(b"\xff")).write_text("1")
    packed, members = pack(WorkTree(tmp_path))
    assert set(members) == {"Dockerfile", *names}
    assert packed.left_out == ("\\xff",)


def test_more_files_than_there_is_room_for(tmp_path: Path) -> None:
    (tmp_path / "ui").mkdir()
    for number in range(MAX_FILES):
        (tmp_path / f"ui/{number}").touch()
    with pytest.raises(LimitExceeded, match="10000"):  # with the Dockerfile it is one more
        pack(WorkTree(tmp_path))


def test_a_commit_and_its_work_tree_have_the_same_digest(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    write(tmp_path, FILES)
    (tmp_path / "ui/app.rb").chmod(0o755)
    (tmp_path / "ui/link").symlink_to("app.rb")
    repository.commit()
    digest = pack(WorkTree(tmp_path))[0].digest
    assert pack(repository.tree())[0].digest == digest


@pytest.mark.parametrize("change", ["content", "mode", "name", "link", "dockerfile"])
def test_every_change_changes_the_digest(tmp_path: Path, change: str) -> None:
    write(tmp_path, FILES)
    (tmp_path / "ui/link").symlink_to("app.rb")
    before = pack(WorkTree(tmp_path))[0].digest
    assert pack(WorkTree(tmp_path))[0].digest == before
    match change:
        case "content":
            (tmp_path / "ui/app.rb").write_text("9")
        case "mode":
            (tmp_path / "ui/app.rb").chmod(0o755)
        case "name":
            (tmp_path / "ui/app.rb").rename(tmp_path / "ui/app2.rb")
        case "link":
            (tmp_path / "ui/link").unlink()
            (tmp_path / "ui/link").symlink_to("views")
    if change == "dockerfile":
        out = io.BytesIO()
        assert pack_context(WorkTree(tmp_path), "ui", "ui/Dockerfile", b"FROM z\n", out).digest != before
    else:
        assert pack(WorkTree(tmp_path))[0].digest != before


OTHERS = {"ui/lib/node_modules/a/b.js": "1", "ui/vendor/bundle/c.rb": "2", "ui/env/pyvenv.cfg": "", "ui/env/bin/x": "3"}
"""Other people's files, among them a virtualenv, which may have any name."""


def test_folders_that_nobody_reads_are_sent_too(tmp_path: Path) -> None:
    """Docker sends them, and a Dockerfile may live by them."""
    write(tmp_path, {**FILES, **OTHERS})
    packed, members = pack(WorkTree(tmp_path))
    assert {"lib/node_modules/a/b.js", "vendor/bundle/c.rb", "env/pyvenv.cfg", "env/bin/x"} < set(members)
    assert packed.left_out == ()
    write(tmp_path, {"ui/.dockerignore": "**/node_modules\nvendor/*\nenv\n"})
    packed, members = pack(WorkTree(tmp_path))
    assert sorted(name for name in members if not name.startswith(".")) == sorted(
        ["Dockerfile", "app.rb", "views/a", "lib", "vendor"]
    )
    assert members["vendor"].isdir()
    assert packed.left_out == ()


def test_of_a_commit_they_are_sent_as_well(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    write(tmp_path, {**FILES, **{path: text for path, text in OTHERS.items() if "env" not in path}})
    repository.commit()
    assert pack(repository.tree())[0].digest == pack(WorkTree(tmp_path))[0].digest


@pytest.mark.parametrize(("limit", "value"), [("MAX_FILES", 5), ("MAX_TOTAL", 14)])
def test_they_are_left_out_and_named_where_there_is_no_room_for_all(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str, value: int
) -> None:
    write(tmp_path, {**FILES, **OTHERS, "ui/vendor/bundle/d.rb": "x" * 10})
    monkeypatch.setattr(build_context, limit, value)
    packed, members = pack(WorkTree(tmp_path))
    assert sorted(members) == ["Dockerfile", "app.rb", "views/a"]
    assert packed.left_out == ("env/", "lib/", "vendor/")


def test_more_of_them_than_anybody_lists(tmp_path: Path) -> None:
    write(tmp_path, FILES)
    write(tmp_path, {f"ui/node_modules/{number}": "" for number in range(30)})
    packed, members = pack(WorkTree(tmp_path, Limits(files=20)))
    assert sorted(members) == ["Dockerfile", "app.rb", "views/a"]
    assert packed.left_out == ("node_modules/",)


def test_files_together_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, {f"ui/{name}": "x" * 100 for name in "abc"})
    monkeypatch.setattr(build_context, "MAX_TOTAL", 250)
    packed, members = pack(WorkTree(tmp_path))
    assert sorted(members) == ["Dockerfile", "a", "b"]
    assert packed.left_out == ("c",)


def test_a_file_larger_than_we_read_ourselves(tmp_path: Path) -> None:
    repository = Repository(tmp_path)
    write(tmp_path, {**FILES, "ui/vendor.bin": "x" * 5_000})
    repository.commit()
    limits = Limits(file_bytes=1_000, total_bytes=4_000)
    for tree in (WorkTree(tmp_path, limits), repository.tree(limits=limits)):
        packed, members = pack(tree)
        assert members["vendor.bin"].size == 5_000
        assert packed.left_out == ()
        with pytest.raises(LimitExceeded):
            tree.read("ui/vendor.bin")


def test_packing_takes_no_longer_than_it_may(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, FILES)
    monkeypatch.setattr(build_context, "MAX_SECONDS", -1.0)
    with pytest.raises(LimitExceeded, match="takes longer"):
        pack(WorkTree(tmp_path))


def test_empty_folders_are_sent(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "ui/.dockerignore": "logs/*\ngone\n", "ui/logs/x": "1"})
    for name in ("data/inner", "gone"):
        (tmp_path / "ui" / name).mkdir(parents=True)
    members = pack(WorkTree(tmp_path))[1]
    assert sorted(name for name, each in members.items() if each.isdir()) == ["data/inner", "logs"]
    out = io.BytesIO()
    pack_folder(WorkTree(tmp_path), "ui/data", out, below="volumes/0")
    assert names_in(out) == ["volumes/0/inner"]


def test_what_git_keeps_for_itself_and_elsewhere_is_named(tmp_path: Path) -> None:
    repository = Repository(tmp_path / "a")
    write(tmp_path / "a", FILES)
    commit = repository.commit()
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{commit},ui/sub")
    tree = repository.git("write-tree")
    packed, members = pack(repository.tree(repository.git("commit-tree", "-m", "x", tree)), "")
    assert packed.left_out == ("ui/sub", ".git")
    assert not [name for name in members if "sub" in name]
    assert pack(WorkTree(tmp_path / "a"), "")[0].left_out == (".git",)


def test_links_in_other_peoples_folders_stay_links(tmp_path: Path) -> None:
    write(tmp_path, {**FILES, "secret": "ours"})
    (tmp_path / "ui/node_modules").mkdir()
    (tmp_path / "ui/node_modules/out").symlink_to("../../..")
    (tmp_path / "ui/linked").symlink_to("../secret")
    members = pack(WorkTree(tmp_path))[1]
    assert members["node_modules/out"].issym()
    assert members["linked"].issym()
    assert not [name for name in members if name.startswith("node_modules/out/")]


class WithAFileBelowALink(WorkTree):
    """What no tree of ours is: the packer does not rely on it."""

    @property
    def files(self) -> Mapping[str, Entry]:
        return {"out/z": Entry("out/z", 1, is_symlink=True), "out/z/busybox": Entry("out/z/busybox", 1)}


def test_nothing_is_written_through_a_link(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out/z").symlink_to("/bin")
    out = io.BytesIO()
    assert pack_folder(WithAFileBelowALink(tmp_path), "out", out, below="volumes/0") == ("z/busybox",)
    with tarfile.open(fileobj=io.BytesIO(out.getvalue())) as packed:
        assert [(each.name, each.linkname) for each in packed] == [("volumes/0/z", "/bin")]
