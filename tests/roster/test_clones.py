"""Repositories of real servers: had once, fetched into afterwards, and explained where they are not had."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler
from pathlib import Path

import pytest

from pytest_dockerlab.roster import remote
from pytest_dockerlab.roster.clones import cache_folder, clone_of
from pytest_dockerlab.roster.remote import NotHad, Patience, refs_of
from tests.engine.servers import sshd

from .servers import GitOverHttp, commit, git, git_daemon, git_over_http, says, talks

pytestmark = pytest.mark.usefixtures("own_home")

QUICK = Patience(tries=3, pause=0.01, seconds=60)


@pytest.fixture
def served(tmp_path: Path) -> Path:
    folder = tmp_path / "served"
    folder.mkdir()
    return folder


@pytest.fixture
def server(served: Path) -> Iterator[GitOverHttp]:
    with git_over_http(served) as server:
        yield server


@pytest.fixture
def out(tmp_path: Path) -> Path:
    folder = tmp_path / "out"
    folder.mkdir()
    return folder


def at(repository: Path, revision: str = "HEAD") -> str:
    return git(repository, "rev-parse", revision)


def uploads(server: GitOverHttp) -> int:
    """How often objects were asked for; listing refs is a question of the same kind, in protocol 2."""
    return sum("upload-pack" in path and "info/refs" not in path for path in server.asked)


# --- What is had ---


def test_a_clone_has_branches_tags_and_head_and_nothing_of_elsewhere(
    served: Path, server: GitOverHttp, out: Path
) -> None:
    commit(served / "a", "one", branch="trunk")
    git(served / "a", "tag", "-a", "-m", "x", "v1")
    git(served / "a", "branch", "other")
    head = commit(served / "a", "two")
    clone = clone_of(f"{server.url}/a/.git", out, patience=QUICK)
    assert at(clone) == head
    assert git(clone, "symbolic-ref", "HEAD") == "refs/heads/trunk"
    assert at(clone, "v1^{commit}") == at(clone, "other") == at(clone, "HEAD~1")
    assert not (clone / "objects/info/alternates").exists()
    assert not list(clone.glob("hooks/*"))
    shutil.rmtree(cache_folder())
    git(clone, "fsck", "--full", "--strict")


def test_the_second_run_fetches_only_what_is_new(served: Path, server: GitOverHttp, tmp_path: Path) -> None:
    commit(served / "a", "one")
    url = f"{server.url}/a/.git"
    for name in ("first", "second", "third"):
        (tmp_path / name).mkdir()
    first = clone_of(url, tmp_path / "first", patience=QUICK)
    packs = len(list(cache_folder().rglob("*.pack")))
    before = len(server.asked)
    clone_of(url, tmp_path / "second", patience=QUICK)
    listing = len(server.asked) - before
    assert listing <= 2, "its refs are listed, and nothing is fetched"
    assert len(list(cache_folder().rglob("*.pack"))) == packs
    newest = commit(served / "a", "two")
    third = clone_of(url, tmp_path / "third", patience=QUICK)
    assert at(third) == newest
    assert at(first) == at(third, "HEAD~1"), "what was frozen stays as it was"


def test_in_one_grading_it_is_as_it_was_at_first(served: Path, server: GitOverHttp, out: Path) -> None:
    old = commit(served / "a", "one")
    url = f"{server.url}/a/.git"
    clone_of(url, out, patience=QUICK)
    new = commit(served / "a", "two")
    asked = len(server.asked)
    assert at(clone_of(url, out, patience=QUICK)) == old
    assert len(server.asked) == asked
    assert at(clone_of(url, out, again=True, patience=QUICK)) == new
    assert at(clone_of(url, out), old) == old


def test_branches_that_are_gone_or_rewritten_or_in_each_others_way(
    served: Path, server: GitOverHttp, tmp_path: Path
) -> None:
    commit(served / "a", "one")
    git(served / "a", "branch", "x")
    url = f"{server.url}/a/.git"
    for name in ("first", "second"):
        (tmp_path / name).mkdir()
    clone_of(url, tmp_path / "first", patience=QUICK)
    git(served / "a", "branch", "-D", "x")
    git(served / "a", "branch", "x/y")
    git(served / "a", "commit", "-q", "--amend", "-m", "rewritten")
    git(served / "a", "checkout", "-q", "-b", "new")
    clone = clone_of(url, tmp_path / "second", patience=QUICK)
    assert git(clone, "for-each-ref", "--format=%(refname:short)").split() == ["main", "new", "x/y"]
    assert git(clone, "symbolic-ref", "HEAD") == "refs/heads/new"
    assert at(clone) == at(served / "a")


def test_a_detached_head_and_one_without_a_branch(served: Path, server: GitOverHttp, out: Path) -> None:
    commit(served / "a", "one")
    git(served / "a", "checkout", "-q", "--detach")
    lost = commit(served / "a", "on no branch")
    assert at(clone_of(f"{server.url}/a/.git", out, patience=QUICK)) == lost


def test_an_empty_repository_is_had(served: Path, server: GitOverHttp, out: Path) -> None:
    git(served, "init", "-q", "--bare", "a.git")
    assert (clone_of(f"{server.url}/a.git", out, patience=QUICK) / "HEAD").exists()


def test_objects_named_by_sha256(served: Path, server: GitOverHttp, out: Path) -> None:
    (served / "a").mkdir()
    git(served / "a", "init", "-q", "-b", "main", "--object-format=sha256")
    head = commit(served / "a", "one")
    assert len(head) == 64
    assert at(clone_of(f"{server.url}/a/.git", out, patience=QUICK)) == head


def test_a_commit_that_was_rewritten_is_asked_for_by_name(served: Path, server: GitOverHttp, out: Path) -> None:
    old = commit(served / "a", "one")
    git(served / "a", "commit", "-q", "--amend", "-m", "rewritten")
    url = f"{server.url}/a/.git"
    clone = clone_of(url, out, [f"auto@{old}"], patience=QUICK)
    assert at(clone, f"{old}^{{commit}}") == old
    with pytest.raises(NotHad, match=f"no {'1' * 40} any more"):
        clone_of(url, out, ["1" * 40], patience=QUICK)
    assert at(clone_of(url, out, patience=QUICK)) == at(served / "a"), "the rest is there all the same"


def test_a_ref_that_is_no_branch(served: Path, server: GitOverHttp, out: Path) -> None:
    head = commit(served / "a", "one")
    git(served / "a", "update-ref", "refs/pull/1/head", head)
    clone = clone_of(f"{server.url}/a/.git", out, ["refs/pull/1/head"], patience=QUICK)
    assert at(clone, "refs/pull/1/head") == head
    with pytest.raises(NotHad, match="no refs/pull/2/head any more"):
        clone_of(f"{server.url}/a/.git", out, ["refs/pull/2/head"], patience=QUICK)


# --- The cache ---


def test_many_at_once_get_the_same(served: Path, server: GitOverHttp, tmp_path: Path) -> None:
    head = commit(served / "a", "one")
    folders = [tmp_path / f"out{number % 3}" for number in range(9)]
    for folder in folders:
        folder.mkdir(exist_ok=True)
    with ThreadPoolExecutor(9) as pool:
        clones = list(pool.map(lambda folder: clone_of(f"{server.url}/a/.git", folder, patience=QUICK), folders))
    assert {at(clone) for clone in clones} == {head}
    assert len(list(cache_folder().glob("*.git"))) == 1


@pytest.mark.parametrize("damage", ["lock", "no objects", "no config", "half a pack"])
def test_what_a_killed_run_left_is_had_once_more(
    served: Path, server: GitOverHttp, out: Path, tmp_path: Path, damage: str
) -> None:
    commit(served / "a", "one")
    url = f"{server.url}/a/.git"
    clone_of(url, out, patience=QUICK)
    (entry,) = cache_folder().glob("*.git")
    match damage:
        case "lock":
            (entry / "refs/heads/main.lock").touch()
        case "no objects":
            shutil.rmtree(entry / "objects")
        case "no config":
            (entry / "HEAD").write_bytes(b"")
        case "half a pack":
            (pack,) = entry.rglob("*.pack")
            half = pack.read_bytes()[:40]
            pack.unlink()
            pack.write_bytes(half)
    head = commit(served / "a", "two")
    second = tmp_path / "second"
    second.mkdir()
    clone = clone_of(url, second, patience=QUICK)
    assert at(clone) == head
    git(clone, "fsck", "--full")


def test_without_a_home_there_is_no_cache(
    served: Path, server: GitOverHttp, out: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    head = commit(served / "a", "one")
    assert at(clone_of(f"{server.url}/a/.git", out, patience=QUICK)) == head


def test_git_does_not_listen_to_the_repository_around_us(
    served: Path, server: GitOverHttp, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    head = commit(served / "a", "one")
    commit(tmp_path / "students", "one")
    git(tmp_path / "students", "config", "url.http://127.0.0.1:9/.insteadOf", server.url)
    git(tmp_path / "students", "config", "core.fsmonitor", f"touch {tmp_path / 'canary'}")
    monkeypatch.chdir(tmp_path / "students")
    assert at(clone_of(f"{server.url}/a/.git", out, patience=QUICK)) == head
    assert not (tmp_path / "canary").exists()


# --- What is not had ---


def answers(status: int, **headers: str):  # type: ignore[no-untyped-def]
    def answer(handler: BaseHTTPRequestHandler) -> bool:
        handler.send_response(status)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()
        return True

    return answer


def breaks_off(handler: BaseHTTPRequestHandler) -> bool:
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True
    return True


@pytest.mark.parametrize("trouble", [answers(500), answers(503), answers(429), breaks_off])
def test_what_may_pass_is_tried_again(served: Path, server: GitOverHttp, out: Path, trouble) -> None:  # type: ignore[no-untyped-def]
    head = commit(served / "a", "one")
    server.before += [trouble, trouble]
    assert at(clone_of(f"{server.url}/a/.git", out, patience=QUICK)) == head


def test_a_server_that_hangs_up_while_it_is_spoken_to(out: Path) -> None:
    """git is killed by that, without a word."""
    with talks(lambda _connection: None) as url, pytest.raises(NotHad, match="breaks off") as error:
        clone_of(url, out, patience=QUICK)
    assert error.value.may_pass


def test_but_not_for_ever(served: Path, server: GitOverHttp, out: Path) -> None:
    commit(served / "a", "one")
    server.before += [answers(503)] * 10
    with pytest.raises(NotHad, match=r"breaks off.*503"):
        clone_of(f"{server.url}/a/.git", out, patience=QUICK)
    assert len(server.asked) == QUICK.tries


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (answers(401, WWW_Authenticate='Basic realm="x"'), "git has no credentials"),
        (answers(403), "git has no credentials"),
        (answers(404), "no such repository"),
        (answers(302, Location="file:///etc/passwd"), "not allowed|not supported|disabled"),
    ],
)
def test_what_does_not_pass_is_asked_once(server: GitOverHttp, out: Path, trouble, said: str) -> None:  # type: ignore[no-untyped-def]
    server.before.append(trouble)
    with pytest.raises(NotHad, match=said) as error:
        clone_of(f"{server.url}/a/.git", out, patience=QUICK)
    assert error.value.remedy is not None
    assert len(server.asked) == 1
    assert not list(out.glob("*.git"))


def test_a_repository_that_is_not_there(server: GitOverHttp, served: Path, out: Path, tmp_path: Path) -> None:
    with pytest.raises(NotHad, match="no such repository"):
        clone_of(f"{server.url}/none.git", out, patience=QUICK)
    with git_daemon(served, tmp_path / "log") as url, pytest.raises(NotHad, match="no such repository"):
        clone_of(f"{url}/none.git", out, patience=QUICK)


def test_credentials_come_from_gits_own_helper(served: Path, server: GitOverHttp, out: Path, own_home: Path) -> None:
    head = commit(served / "a", "one")
    (own_home / "gitconfig").write_text(
        '[credential]\n\thelper = "!f() { echo username=u; echo password=s3cret; }; f"\n'
    )
    seen: list[str] = []

    def wants_password(handler: BaseHTTPRequestHandler) -> bool:
        seen.append(handler.headers.get("Authorization", ""))
        return answers(401, WWW_Authenticate='Basic realm="x"')(handler) if not seen[-1] else False  # type: ignore[no-any-return]

    server.before += [wants_password] * 4
    assert at(clone_of(f"{server.url}/a/.git", out, patience=QUICK)) == head
    assert any(word.startswith("Basic ") for word in seen)


def test_nobody_answers(out: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        with pytest.raises(NotHad, match="does not answer"):
            clone_of(f"http://127.0.0.1:{taken.getsockname()[1]}/a.git", out, patience=QUICK)


def test_a_server_that_says_nothing_is_given_up(out: Path) -> None:
    with socket.socket() as mute:
        mute.bind(("127.0.0.1", 0))
        mute.listen()
        patience = Patience(tries=3, pause=0.01, seconds=1)
        with pytest.raises(NotHad, match="within 1 s"):
            clone_of(f"git://127.0.0.1:{mute.getsockname()[1]}/a.git", out, patience=patience)


def test_a_server_without_end_is_given_up() -> None:
    """It lists refs for ever."""
    line = b"%s refs/heads/%s\n" % (b"1" * 40, b"x" * 400)
    packet = b"%04x%s" % (len(line) + 4, line)

    def talk(connection: socket.socket) -> None:
        while True:
            connection.sendall(packet * 100)

    with talks(talk) as url, pytest.raises(NotHad):
        refs_of(url, Patience(tries=2, pause=0.01, seconds=20))


def test_refs_that_lead_elsewhere_are_none() -> None:
    commit_ = b"1" * 40
    with says(
        commit_ + b" HEAD\0symref=HEAD:refs/heads/../../../../etc/passwd\n",
        commit_ + b" refs/heads/../../hooks/post-checkout\n",
        commit_ + b" refs/heads/a\x1b[2Jb\n",
        commit_ + b" refs/heads/good\n",
        commit_ + b" config\n",
    ) as url:
        refs = refs_of(url, QUICK)
    assert refs.head is None
    assert refs.commits == {"HEAD": "1" * 40, "refs/heads/good": "1" * 40}


def test_what_a_server_says_is_shown_without_control_characters(out: Path) -> None:
    with says(b"ERR \x1b[2J\x1b]0;owned\x07 404 \xff") as url, pytest.raises(NotHad) as error:
        clone_of(url, out, patience=QUICK)
    assert error.value.message.isprintable()
    assert "owned" in error.value.message


def test_a_server_that_has_not_what_it_lists(out: Path) -> None:
    lines = b"1" * 40 + b" HEAD\0symref=HEAD:refs/heads/x\n", b"1" * 40 + b" refs/heads/x\n"
    with says(*lines) as url, pytest.raises(NotHad):
        clone_of(url, out, patience=QUICK)
    assert not list(out.glob("*.git"))


def test_a_pack_that_is_too_large(
    served: Path, server: GitOverHttp, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    commit(served / "a", "one")
    (served / "a/large").write_bytes(os.urandom(3_000_000))
    commit(served / "a", "two")
    monkeypatch.setattr(remote, "_MAX_PACK", 1_000_000)
    with pytest.raises(NotHad, match="larger than"):
        clone_of(f"{server.url}/a/.git", out, patience=QUICK)
    assert not list(out.glob("*.git"))
    assert sum(path.stat().st_size for path in cache_folder().rglob("*") if path.is_file()) < 1_500_000


def test_over_ssh(served: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    head = commit(served / "a", "one")
    with sshd(tmp_path / "sshd") as machine:
        monkeypatch.setenv("GIT_SSH_COMMAND", f"ssh -F {machine.config}")
        assert at(clone_of(f"{machine.url}{served}/a/.git", out, patience=QUICK)) == head
        with pytest.raises(NotHad, match="no such repository"):
            clone_of(f"{machine.url}{served}/none", out, patience=QUICK)
    with sshd(tmp_path / "stranger", knows_host_key=False) as machine:
        monkeypatch.setenv("GIT_SSH_COMMAND", f"ssh -o BatchMode=yes -o StrictHostKeyChecking=yes -F {machine.config}")
        with pytest.raises(NotHad, match="host key"):
            clone_of(f"{machine.url}{served}/b", out, patience=QUICK)
    with sshd(tmp_path / "locked", is_authorized=False) as machine:
        monkeypatch.setenv("GIT_SSH_COMMAND", f"ssh -F {machine.config}")
        with pytest.raises(NotHad, match="takes none of the keys"):
            clone_of(f"{machine.url}{served}/c", out, patience=QUICK)


# --- What refs hold ---


def test_refs_are_listed_with_the_moment(served: Path, tmp_path: Path) -> None:
    head = commit(served / "a", "one")
    git(served / "a", "tag", "-a", "-m", "x", "v1")
    with git_daemon(served, tmp_path / "log") as url:
        refs = refs_of(f"{url}/a/.git", QUICK)
    assert refs.head == "refs/heads/main"
    assert refs.commits == {"HEAD": head, "refs/heads/main": head, "refs/tags/v1": at(served / "a", "v1")}
    assert refs.asked.tzinfo is not None


def test_what_to_type_is_one_word_whatever_stands_in_the_url(served: Path, tmp_path: Path) -> None:
    """Students give their URLs themselves, and an instructor copies what they are told to try."""
    with git_daemon(served, tmp_path / "log") as url, pytest.raises(NotHad) as error:
        refs_of(f"{url}/;touch${{IFS}}a", QUICK)
    assert str(error.value.remedy).endswith(f"git ls-remote '{url}/;touch${{IFS}}a'")
