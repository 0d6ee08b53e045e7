"""``dockerlab collect --published``: who had the gate run, asked of a GitHub; the repositories are on a git server."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_dockerlab.cli import main
from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.grading.github import Github
from pytest_dockerlab.grading.published import PUBLISHED
from tests.gate.fake_github import FakeGithub, Fault, fake_github
from tests.roster.servers import commit, git, git_daemon

GATE = ".github/workflows/homework.yml"


@pytest.fixture
def fake(own_home: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FakeGithub]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GH_TOKEN", raising=False)
    with fake_github() as fake:
        monkeypatch.setenv("GITHUB_API_URL", fake.url)
        monkeypatch.setenv("GITHUB_TOKEN", fake.token)
        yield fake


@pytest.fixture
def url(fake: FakeGithub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    (tmp_path / "served").mkdir()
    with git_daemon(tmp_path / "served", tmp_path / "log") as url:
        monkeypatch.setenv("GITHUB_SERVER_URL", url.replace("git://", "http://"))
        yield url


def merged(folder: Path) -> tuple[str, str]:
    """A homework's branch, merged: its last commit, and the merge."""
    commit(folder, "one")
    git(folder, "checkout", "-q", "-b", "docker-4")
    head = commit(folder, "work")
    git(folder, "checkout", "-q", "main")
    git(folder, "merge", "-q", "--no-ff", "docker-4")
    return head, git(folder, "rev-parse", "HEAD")


def collect(rows: str, *words: str) -> int:
    Path("roster.csv").write_text(f"id,url,ref\n{rows}")
    return main(["collect", "roster.csv", "-o", "commits.csv", "--hw", "docker-4", "--hw-lang", "en", *words])


def publishers() -> dict[str, str]:
    with Path("commits.csv").open(newline="") as file:
        return {row["id"]: row.get(PUBLISHED, "-") for row in csv.DictReader(file)}


def records() -> list[dict[str, object]]:
    return [json.loads(line) for line in Path("commits.runs.jsonl").read_text().splitlines()]


def test_who_had_the_gate_run_for_what_will_be_graded(fake: FakeGithub, url: str, tmp_path: Path) -> None:
    head, merge = merged(tmp_path / "served/ivanov/homework")
    repository = fake.repository("ivanov/homework")
    fake.run(repository, head, actor="ivanov", conclusion="failure")
    fake.run(repository, head, actor="ivanov", triggering_actor="petrova")["run_attempt"] = 2
    fake.run(repository, head, actor="mallory", path=".github/workflows/homework-too.yml")
    fake.run(repository, "1" * 40, actor="mallory")
    Path("course.toml").write_text(f'[workflows]\n"{GATE}" = "homework.yml"\n')
    rows = f"a,{url}/ivanov/homework,auto\n"
    assert collect(rows, "--published", "--hw-course", "course.toml") == 0
    assert publishers() == {"a": "ivanov, again petrova: success"}
    (record,) = records()
    assert (record["repository"], record["commits"]) == ("ivanov/homework", [merge, head])
    assert [(run["actor"], run["triggering_actor"], run["conclusion"], run["attempt"]) for run in record["runs"]] == [
        ("ivanov", "petrova", "success", 2),
        ("ivanov", "ivanov", "failure", 1),
    ]
    assert {run["path"] for run in record["runs"]} == {GATE}
    assert set(fake.tokens) == {f"Bearer {fake.token}"}

    # what is known is not asked again, and stays without the option
    asked = len(fake.requests)
    for words in (["--published"], []):
        assert collect(rows, *words) == 0
        assert publishers() == {"a": "ivanov, again petrova: success"}
    assert len(fake.requests) == asked


def test_github_is_asked_only_when_it_is_asked_for(fake: FakeGithub, url: str, tmp_path: Path) -> None:
    merged(tmp_path / "served/ivanov/homework")
    assert collect(f"a,{url}/ivanov/homework,auto\n") == 0
    assert (fake.requests, publishers()) == ([], {"a": "-"})
    fake.repository("ivanov/homework")
    assert collect(f"a,{url}/ivanov/homework,auto\n", "--published") == 0, "afterwards is early enough"
    assert publishers() == {"a": "nobody"}


def test_a_squashed_pull_request_was_checked_at_its_head(fake: FakeGithub, url: str, tmp_path: Path) -> None:
    squashed = commit(tmp_path / "served/ivanov/homework", "docker-4 (#1)")
    repository = fake.repository("ivanov/homework")
    fake.pull(repository, repository, "docker-4", "2" * 40, state="closed")["merge_commit_sha"] = squashed
    fake.commits["ivanov/homework"].add(squashed)
    fake.run(repository, "2" * 40, actor="ivanov")
    assert collect(f"a,{url}/ivanov/homework,main\n", "--published") == 0
    assert publishers() == {"a": "ivanov: success"}
    assert records()[0]["commits"] == [squashed, "2" * 40]


def test_of_forks_the_repository_that_they_are_of_is_asked(fake: FakeGithub, url: str, tmp_path: Path) -> None:
    head = commit(tmp_path / "served/ivanov/homework", "one")
    base = fake.repository("course/homework")
    fake.run(base, head, head=fake.fork(base, "ivanov"))
    fake.run(base, head, head=fake.fork(base, "mallory"), conclusion="failure")
    assert collect(f"a,{url}/ivanov/homework,main\n", "--published", "course/homework") == 0
    assert publishers() == {"a": "ivanov: success"}


def test_what_still_runs_is_asked_again(
    fake: FakeGithub, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    head = commit(tmp_path / "served/ivanov/homework", "one")
    run = fake.run(fake.repository("ivanov/homework"), head, conclusion=None)
    rows = f"a,{url}/ivanov/homework,main\n"
    assert collect(rows, "--published") == 0
    assert publishers() == {"a": ""}
    assert "still being checked: a; give the command again later" in capsys.readouterr().out
    run.update(status="completed", conclusion="success")
    assert collect(rows, "--published") == 0
    assert publishers() == {"a": "ivanov: success"}
    assert [record["runs"][0]["conclusion"] for record in records()] == ["", "success"]


def test_what_cannot_be_had_is_the_rows_own_and_is_asked_again(
    fake: FakeGithub, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("ivanov", "petrova"):
        commit(tmp_path / f"served/{name}/homework", "one")
    fake.repository("petrova/homework")
    rows = "".join(f"{name},{url}/{name}/homework,main\n" for name in ("ivanov", "petrova"))
    assert collect(rows, "--published") == 3
    assert publishers() == {"ivanov": "", "petrova": "nobody"}
    assert "ivanov: who published its result is not known: GitHub knows no such repository" in capsys.readouterr().err
    fake.repository("ivanov/homework")
    assert collect(rows, "--published") == 0
    assert publishers() == {"ivanov": "nobody", "petrova": "nobody"}


def test_a_limit_ends_the_questions(
    fake: FakeGithub, url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for number in range(20):
        commit(tmp_path / f"served/s{number}/homework", "one")
        fake.repository(f"s{number}/homework")
    limit = {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "1800000000"}
    fake.faults.append(Fault("GET .*/runs", 403, {"message": "API rate limit exceeded"}, limit))
    rows = "".join(f"s{number},{url}/s{number}/homework,main\n" for number in range(20))
    assert collect(rows, "--published") == 3
    said = capsys.readouterr().err
    assert said.count("GitHub answers no more questions until 08:00 UTC") == 1
    assert len(fake.requests) < 12, "of twenty: those that were on their way"
    fake.faults.clear()
    assert collect(rows, "--published") == 0
    assert set(publishers().values()) == {"nobody"}


def test_what_passes_is_tried_again(fake: FakeGithub, url: str, tmp_path: Path) -> None:
    head = commit(tmp_path / "served/ivanov/homework", "one")
    fake.run(fake.repository("ivanov/homework"), head)
    fake.faults.append(Fault("GET .*/runs", 502, times=1))
    assert collect(f"a,{url}/ivanov/homework,main\n", "--published") == 0
    assert publishers() == {"a": "ivanov: success"}


def test_git_knows_the_token(
    fake: FakeGithub, url: str, tmp_path: Path, own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    commit(tmp_path / "served/ivanov/homework", "one")
    fake.repository("ivanov/homework")
    helper = f"!f() {{ cat > {tmp_path}/asked; echo username=x; echo password={fake.token}; }}; f"
    git(tmp_path, "config", "--file", str(own_home / "gitconfig"), "credential.helper", helper)
    assert collect(f"a,{url}/ivanov/homework,main\n", "--published") == 0
    assert set(fake.tokens) == {f"Bearer {fake.token}"}
    assert f"host={url.removeprefix('git://')}" in (tmp_path / "asked").read_text()


def test_without_a_token_it_is_asked_all_the_same(
    fake: FakeGithub, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("GITHUB_TOKEN")
    commit(tmp_path / "served/ivanov/homework", "one")
    fake.repository("ivanov/homework")
    assert collect(f"a,{url}/ivanov/homework,main\n", "--published") == 0
    assert set(fake.tokens) == {""}


def test_text_of_a_stranger_is_one_line(fake: FakeGithub, url: str, tmp_path: Path) -> None:
    head = commit(tmp_path / "served/ivanov/homework", "one")
    run = fake.run(fake.repository("ivanov/homework"), head, path=".github/workflows/a\u202e\n=1+1.yml")
    run["actor"] = {"login": "=HYPERLINK(1)\n"}
    run["triggering_actor"] = None
    assert collect(f"a,{url}/ivanov/homework,main\n", "--published") == 0
    assert publishers() == {"a": "?: success"}
    assert records()[0]["runs"][0]["path"] == ".github/workflows/a =1+1.yml"


@pytest.mark.parametrize(
    ("words", "why"),
    [
        (["--published"], "--published: which commit is graded depends on the homework; name it with --hw"),
        (["--published", "homework", "--hw", "docker-4"], "--published: 'homework' is no OWNER/NAME"),
    ],
)
def test_what_cannot_be_meant(fake: FakeGithub, words: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("roster.csv").write_text("id,url\na,https://github.com/a/b\n")
    assert main(["collect", "roster.csv", "-o", "commits.csv", "--hw-lang", "en", *words]) == 4
    assert why in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://github.com/ivanov/home.work.git", "ivanov/home.work"),
        ("https://x@GitHub.com/ivanov/homework/", "ivanov/homework"),
        ("git@github.com:ivanov/homework.git", "ivanov/homework"),
        ("ssh://git@github.com/ivanov/homework", "ivanov/homework"),
        ("https://gitlab.com/ivanov/homework", None),
        ("https://github.com.example.org/ivanov/homework", None),
        ("https://github.com/ivanov", None),
        ("https://github.com/ivanov/homework/tree/main", None),
    ],
)
def test_whose_repository_it_is(url: str, name: str | None) -> None:
    assert Github({"GITHUB_TOKEN": "x"}).repository_of(url) == name


@pytest.mark.parametrize("token", ["ghs_1234567_eyJ" + "x" * 505, "x" * 2_000])
def test_tokens_may_be_long(token: str) -> None:
    assert Github({"GITHUB_TOKEN": token}).repository_of("https://github.com/a/b") == "a/b"


@pytest.mark.parametrize("token", ["x" * 9_000, "two words", "ghs_кириллица"])
def test_what_no_header_can_bear(token: str) -> None:
    with pytest.raises(ConfigurationError, match="GITHUB_TOKEN is no token") as refused:
        Github({"GITHUB_TOKEN": token})
    assert token not in str(refused.value)


def test_a_token_goes_by_tls_alone() -> None:
    with pytest.raises(ConfigurationError, match="a token is sent by https only"):
        Github({"GITHUB_API_URL": "http://github.example.org/api/v3", "GITHUB_TOKEN": "x"})
