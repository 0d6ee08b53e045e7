"""Which homework runs: numbers, slugs, items, the branch; and never a silent pass."""

from __future__ import annotations

import re
import subprocess

import pytest

from .conftest import Student


def git(student: Student, *arguments: str) -> None:
    subprocess.run(
        ["git", "-c", "user.name=A", "-c", "user.email=a@example.org", *arguments],
        cwd=student.path,
        check=True,
        capture_output=True,
    )


@pytest.fixture
def repository(student: Student) -> Student:
    git(student, "init", "-q", "-b", "main")
    student.write(required="right")
    git(student, "add", ".")
    git(student, "commit", "-q", "-m", "first")
    return student


@pytest.mark.parametrize("name", ["90", "demo", "DEMO"])
def test_a_homework_by_number_and_slug(student: Student, name: str) -> None:
    assert len(student.run(hw=name).verdicts()) == 11


def test_one_item_and_several(student: Student) -> None:
    assert list(student.run("--hw", "autre", hw="90/required").verdicts()) == ["demo/required", "other/required"]


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (["--hw-teir=files"], "--hw-teir is not an option here; did you mean --hw-tier?"),
        (["--tier", "files", "--hw-lang=ru"], "здесь нет ключа --tier; может быть, --hw-tier?"),
        (["--hw-tier=flies"], "--hw-tier: 'flies' is none of files, engine, app"),
        (["--hw-lang=de"], "--hw-lang: 'de' is none of en, ru"),
        (["--hw-roster=none.csv", "--hw-lang=ru"], "none.csv: такого файла нет"),
        (["--hw-course=none.toml", "--hw-lang=ru"], "none.toml: такого файла нет"),
        (["--hw-ref=nowhere", "--hw-lang=ru"], "нет коммита 'nowhere'"),
        (["--hw-results=.git", "--hw-lang=ru"], ".git – каталог; укажите имя файла в нём"),
        (["--hw-submission=nowhere", "--hw-lang=ru"], "работа не найдена: нет каталога"),
        (["--hw-docker-host=foo://x", "--hw-lang=ru"], "не начинается ни с ssh://"),
        (["--hw-docker-host=laptop"], "there is no docker context of this name"),
        (["demo/required"], "demo/required is an item, not a file: name it with --hw demo/required"),
        (["tests", "--hw-lang=ru"], "--hw запускает проверки, а не файлы"),
    ],
    ids=str,
)
def test_what_cannot_be_done_is_told_in_the_readers_language(repository: Student, words: list[str], says: str) -> None:
    outcome = repository.run(*words)
    assert outcome.code == 4
    assert says in outcome.out
    assert outcome.results is None


def test_an_option_of_somebody_else_is_left_to_pytest(student: Student) -> None:
    outcome = student.run("--verbos", hw="")
    assert outcome.code == 4
    assert "unrecognized arguments: --verbos" in outcome.out


def test_all_is_everything(student: Student) -> None:
    verdicts = student.run("--hw-tier=files", hw="all").verdicts()
    assert {"demo/base", "other/required", "docker-4/networks", "monitoring-1/scrape"} <= set(verdicts)


@pytest.mark.parametrize(
    ("name", "near"),
    [("demos", "demo"), ("docker_4", "docker-4"), ("demo/requird", "demo/required"), ("docker-4/network", "networks")],
)
def test_an_unknown_one_is_a_usage_error_with_near_names(student: Student, name: str, near: str) -> None:
    outcome = student.run(hw=name)
    assert outcome.code == 4
    assert outcome.results is None
    assert near in outcome.out


@pytest.mark.parametrize(
    ("variable", "branch"),
    [
        ("GITHUB_HEAD_REF", "demo"),
        ("GITHUB_REF_NAME", "feature/Demo"),
        ("CI_MERGE_REQUEST_SOURCE_BRANCH_NAME", "demo"),
        ("CI_COMMIT_REF_NAME", "demo"),
    ],
)
def test_auto_asks_ci_first(repository: Student, monkeypatch: pytest.MonkeyPatch, variable: str, branch: str) -> None:
    monkeypatch.setenv(variable, branch)
    assert repository.run(hw="auto").code == 0


def test_auto_takes_a_branch_in_which_one_homework_is_named(
    repository: Student, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_REF_NAME", "demo-fix")
    assert repository.run("--collect-only", hw="auto").out.count("demo::") > 0


def test_auto_never_guesses_between_two(repository: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_REF_NAME", "demo-and-other")
    outcome = repository.run("--hw-lang=ru", hw="auto")
    assert outcome.code == 4
    assert "demo-and-other' (GITHUB_REF_NAME) подходит к нескольким заданиям: demo, other" in outcome.out


def test_auto_in_a_pull_request_takes_its_own_branch(repository: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_REF_NAME", "90/merge")
    monkeypatch.setenv("GITHUB_HEAD_REF", "demo")
    assert repository.run(hw="auto").code == 0


def test_a_pull_requests_number_is_no_homework(repository: Student, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_REF_NAME", "merge/90")
    assert repository.run(hw="auto").code == 4


def test_auto_asks_git_last(repository: Student) -> None:
    git(repository, "checkout", "-q", "-b", "autre")
    assert list(repository.run(hw="auto").verdicts()) == ["other/required"]


def test_auto_on_main_is_a_usage_error(repository: Student) -> None:
    outcome = repository.run(hw="auto")
    assert outcome.code == 4
    assert "'main'" in outcome.out


def test_auto_on_a_detached_head_is_a_usage_error(repository: Student) -> None:
    git(repository, "checkout", "-q", "--detach")
    outcome = repository.run(hw="auto")
    assert outcome.code == 4
    assert "detached" in outcome.out


def test_auto_without_git_is_a_usage_error(student: Student) -> None:
    assert student.run(hw="auto").code == 4


def test_the_commit_is_in_the_results(repository: Student) -> None:
    results = repository.run().results
    assert results is not None
    revision = results["submissions"][0]["revisions"]["demo"]
    assert revision["worktree"] is True
    assert len(revision["commit"]) == 40


def test_a_revision_that_does_not_exist_is_a_usage_error(repository: Student) -> None:
    assert repository.run("--hw-ref=nowhere").code == 4


def test_ref_auto_takes_the_merge_of_the_homeworks_branch(repository: Student) -> None:
    git(repository, "checkout", "-q", "-b", "demo")
    repository.write(base="of the branch")
    git(repository, "add", ".")
    git(repository, "commit", "-q", "-m", "work")
    git(repository, "checkout", "-q", "main")
    git(repository, "merge", "-q", "--no-ff", "-m", "Merge pull request #1 from someone/demo", "demo")
    repository.write(base="later")
    git(repository, "commit", "-q", "-a", "-m", "later")
    results = repository.run("--hw-ref=auto").results
    assert results is not None
    revision = results["submissions"][0]["revisions"]["demo"]
    assert revision["worktree"] is False
    head = subprocess.run(
        ["git", "rev-parse", "HEAD~1"], cwd=repository.path, check=True, capture_output=True, text=True
    )
    assert revision["commit"] == head.stdout.strip()


def test_ref_auto_of_a_homework_without_a_branch_is_the_merge_that_it_came_with(repository: Student) -> None:
    git(repository, "commit", "-q", "--allow-empty", "-m", "Merge pull request #1 from someone/docker-2")
    git(repository, "commit", "-q", "--allow-empty", "-m", "later")
    results = repository.run("--hw-ref=auto", hw="docker-1").results
    assert results is not None
    revision = results["submissions"][0]["revisions"]["docker-1"]
    assert revision["why"] == "Merge pull request #1 from someone/docker-2"


def test_a_roster_says_beside_the_score_that_no_merge_was_found(repository: Student) -> None:
    (repository.folder / "roster.csv").write_text(f"id,path\nann,{repository.path}\nbob,{repository.path}\n")
    outcome = repository.run("--hw-ref=auto", f"--hw-roster={repository.folder / 'roster.csv'}")
    assert outcome.results is not None
    commit = outcome.results["submissions"][0]["revisions"]["demo"]["commit"][:10]
    row = next(line for line in outcome.out.splitlines() if line.startswith("ann "))
    assert re.match(rf"ann  {commit} +\d+/\d+/\d+ +\(HEAD: no merge of .*demo", row), outcome.out


def test_a_submission_that_is_no_folder_is_a_usage_error(student: Student) -> None:
    assert student.run("--hw-submission=/nowhere").code == 4


def test_a_path_on_the_command_line_is_a_usage_error_and_a_node_id_selects(student: Student) -> None:
    assert student.run("tests").code == 4
    outcome = student.run("demo::required")
    assert outcome.code == 0
    assert outcome.item("demo/base")["verdict"] == "unverified"
    assert "partial" in outcome.out


def test_k_on_the_command_line_makes_a_partial_run(student: Student) -> None:
    outcome = student.run("-k", "required")
    assert outcome.results is not None
    assert outcome.results["partial"] is True
    assert outcome.verdicts()["demo/advisory"] == "unverified"


@pytest.mark.parametrize("git_too", [False, True])
def test_an_empty_folder_is_called_empty(student: Student, git_too: bool) -> None:
    folder = student.path / "nothing"
    folder.mkdir()
    if git_too:
        subprocess.run(["git", "init", "-q", str(folder)], check=True)
    outcome = student.run(f"--hw-submission={folder}")
    assert outcome.code == 4
    assert outcome.results is None
    assert f"{folder} is empty: there is nothing to check" in outcome.out


def test_an_empty_folder_is_no_matter_where_it_is_not_the_submission(student: Student, repository: Student) -> None:
    (student.path / "here").mkdir()
    (student.path / "roster.csv").write_text(f"id,path\nme,{student.path}\n")
    student.monkeypatch.setattr(student, "path", student.path / "here")
    assert student.run("--hw-roster=../roster.csv").code == 0
