"""First guesses at the command line: each is refused with 4 and the way out, in the reader's language, or works."""

from __future__ import annotations

import ast
import contextlib
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_dockerlab import cli, errors, installed
from pytest_dockerlab.catalogue import load
from pytest_dockerlab.command_line import COMMANDS
from pytest_dockerlab.engine.hosts import errors as host_errors
from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.option_table import HOMEWORK, OPTIONS
from pytest_dockerlab.registry import errors as registry_errors

from .gate.workflow_commands import Command, read_log, read_summary, read_values

ROOT = Path(cli.__file__).parent
# What is typed as it stands: options, placeholders in capitals, URLs, quoted values, the words of commands, names.
TYPED = re.compile(
    r"\w+\.(?:json|toml|csv|html|zip)"
    r"|--?[a-z][\w-]*(?:/--[\w-]+)?|'[^']*'|\b[A-Z]{2,}\d?\b|\w+://[\w/]*|[\w-]+/[\w-]+|\w*[|\[][\w:@|\[\]]+"
    rf"|dockerlab(?: (?:{'|'.join(COMMANDS)})\b)?"
    rf"|^ {{2,4}}(?:{'|'.join(COMMANDS)})\b"
    r"|pytest(?:-dockerlab)?|docker-\w+|dockerlab-results|github-actions\[bot\]|GITHUB_\w+|workflow(?:_run)?"
    r"|\b(?:pull\s+request|GitHub|GitLab|Prometheus|JUnit|Gradescope|Canvas|Moodle|HyperQueue|Markdown|wheel|email|app|auto|true|git|ssh)\b",
    re.MULTILINE,
)


@pytest.fixture(autouse=True)
def english(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("LANGUAGE", "LC_ALL", "LC_MESSAGES", "DOCKERLAB_LANG", "DOCKERLAB_COURSE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "C.UTF-8")
    monkeypatch.setenv("COLUMNS", "200")


def refusal(words: str, capsys: pytest.CaptureFixture[str]) -> str:
    assert cli.main(words.split()) == 4
    said = capsys.readouterr()
    assert said.out == ""
    assert len(said.err.splitlines()) == 1, "a sentence, not the whole usage"
    return said.err


@pytest.mark.parametrize(
    ("words", "way_out"),
    [
        ("check 17", "dockerlab check --hw docker-4"),
        ("check docker-4", "dockerlab check --hw docker-4"),
        ("check hw17", "dockerlab check --hw docker-4"),
        ("check networks", "dockerlab check --hw docker-4/networks"),
        ("check . 17", "did you mean --hw docker-4?"),
        ("list docker4", "did you mean --hw docker-4?"),
        ("17", "dockerlab check --hw docker-4"),
        ("--hw 17", "dockerlab check --hw docker-4"),
        ("chek", "did you mean check?"),
        ("lst", "did you mean list?"),
        ("help", "did you mean --help?"),
        ("frobnicate", f"the commands are {', '.join(COMMANDS)}"),
        ("", "COMMAND (see dockerlab --help)"),
        ("explain", "ITEM (see dockerlab explain --help)"),
        ("explain docker-4/netwoks", "did you mean docker-4/networks"),
        ("explain docker-44", "did you mean docker-4"),
        ("explain all", "name one item, such as "),
        ("check --hw-teir files", "did you mean --hw-tier?"),
        ("check --tier files", "did you mean --hw-tier?"),
        ("check --hw_tier=files", "did you mean --hw-tier?"),
        ("check --lang en", "did you mean --hw-lang?"),
        ("check --junit-xml x", "did you mean --junitxml?"),
        ("check -x", "-x is not an option here (see"),
        ("check --hw", "--hw: expected one argument"),
        ("doctor --hw 17", "--hw is for check and list"),
        ("explain --hw 17", "dockerlab explain docker-4"),
        ("--lang en list", "the command comes first: dockerlab list"),
        ("check -n two", "-n takes a number, or auto, not 'two'"),
        ("check -hw 17", "-h/--help: ignored explicit argument 'w'"),
        ("list --lang de", "choose from"),
        ("list --hw docker4", "did you mean docker-4?"),
        ("list --hw homework-17", "did you mean docker-4?"),
        ("list --hw docker-4/network", "did you mean docker-4/networks"),
        ("list --hw docker-4/zzz", "see dockerlab list --hw docker-4"),
        ("list --hw 14,15", "one name at a time: --hw 14 --hw 15"),
        ("check --hw 17 docker-3", "dockerlab check --hw docker-3"),
        ("list --hw networks", "did you mean docker-4/networks?"),
    ],
)
def test_a_wrong_guess_is_told_the_way_out(words: str, way_out: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert way_out in refusal(words, capsys)


@pytest.mark.parametrize(
    ("words", "says"),
    [
        ("explain docker-4", "- docker-4/networks: "),
        ("explain 17", "dockerlab explain docker-4/"),
        ("explain hw-17", "## docker-4\n"),
        ("explain 17/networks", "## docker-4/networks\n"),
        ("explain docker-4::networks", "## docker-4/networks\n"),
        ("explain docker-4:networks", "## docker-4/networks\n"),
        ("explain networks", "## docker-4/networks\n"),
        ("list --hw-lang ru --hw 17", "важность"),
        ("list --lang ru --hw 17", "важность"),
    ],
)
def test_what_can_mean_one_thing_works(words: str, says: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert cli.main(words.split()) == 0
    assert says in capsys.readouterr().out


@pytest.mark.parametrize("words", ["check 17", "check -n many", "check --hw-tir files"])
def test_in_a_workflow_a_refusal_is_told_to_github(
    words: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    files = {name: tmp_path / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")}
    for name, value in {"GITHUB_ACTIONS": "true", **files}.items():
        monkeypatch.setenv(name, str(value))
    assert cli.main(words.split()) == 4
    said = capsys.readouterr()
    why = said.err.removeprefix("dockerlab: ").rstrip("\n")
    assert read_log(said.out).commands == [Command("error", {"title": "pytest-dockerlab"}, why)]
    assert read_values(files["GITHUB_OUTPUT"].read_bytes()) == {"exit-code": "4"}
    assert read_summary(files["GITHUB_STEP_SUMMARY"].read_bytes()).startswith("\n**")
    refusal(f"{words} --hw-github=off", capsys)


def test_the_environment_names_the_language_and_the_course(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "course.toml").write_text("[numbers]\ndocker-4 = 3\n")
    monkeypatch.setenv("DOCKERLAB_COURSE", "course.toml")
    monkeypatch.setenv("DOCKERLAB_LANG", "ru")
    assert cli.main(["list", "--hw", "3"]) == 0
    assert "3 · docker-4 · сети" in capsys.readouterr().out


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no pseudo-terminals")
@pytest.mark.parametrize("columns", [80, 120])
def test_a_list_cuts_nothing_off_in_a_narrow_terminal(columns: int) -> None:
    import termios

    ours, theirs = os.openpty()
    termios.tcsetwinsize(theirs, (40, columns))
    environment = {name: value for name, value in os.environ.items() if name not in ("COLUMNS", "LINES")}
    words = [sys.executable, "-m", "pytest_dockerlab.cli", "list", "--hw=19", "--lang=ru"]
    done = subprocess.Popen(words, stdout=theirs, env={**environment, "TERM": "xterm"})
    os.close(theirs)
    shown = b""
    with contextlib.suppress(OSError), os.fdopen(ours, "rb", buffering=0) as terminal:
        while chunk := terminal.read(65536):
            shown += chunk
    assert done.wait(60) == 0
    text = shown.decode()
    assert "…" not in text
    assert "необязательный" in text
    assert max(len(line) for line in re.sub(r"\x1b\[[0-9;]*m", "", text).splitlines()) <= columns


def test_the_installed_command_refuses_with_4_what_only_the_run_knows() -> None:
    words = [sys.executable, "-m", "pytest_dockerlab.cli", "check", "--hw=docker-4/network", "--hw-lang=ru"]
    done = subprocess.run(words, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 4
    assert "может быть, docker-4/networks" in done.stdout + done.stderr


# --- In the reader's language ---


def latin(text: str) -> list[str]:
    return re.findall(r"[A-Za-z]{3,}", TYPED.sub(" ", text))


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_is_russian_in_russian(
    command: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    with pytest.raises(SystemExit) as stop:
        cli.main([*command.split(), "--help"])
    assert stop.value.code == 0
    said = capsys.readouterr().out
    assert "использование: dockerlab" in said
    assert latin(said) == []


def test_help_is_english_in_english(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setenv("LANG", "ru_RU.UTF-8")
    with pytest.raises(SystemExit):
        cli.main(["check", "--hw-lang", "en", "--help"])
    said = capsys.readouterr().out
    assert said.startswith("usage: dockerlab check")
    assert not re.search("[а-яё]", said)


@pytest.mark.parametrize(
    "words",
    ["chek", "17", "frobnicate", "", "explain", "explain zzz/zzz", "check --hw", "check --hw-teir", "check 17",
     "check --hw-strict=1", "check . 17", "list --lang=de", "list -x", "list --course=/nowhere/course.toml"],
)  # fmt: skip
def test_a_refusal_is_russian_in_russian(
    words: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LANGUAGE", "ru:en")
    said = refusal(words, capsys).replace("No such file or directory", "").replace("gitlab-ci-1, 21 monitoring-1", "")
    assert re.search("[а-яё]", said)
    assert set(latin(said)) <= {"all", "auto", "gitlab", "monitoring", "docker", "course", "toml", "nowhere", *COMMANDS,
                                *(each.slug.partition("-")[0] for each in load().homeworks)}  # fmt: skip


def test_the_help_of_pytest_says_it_in_russian(pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKERLAB_LANG", "ru")
    monkeypatch.setenv("PYTHONUTF8", "1")
    said = pytester.runpytest_subprocess("--help").stdout.str()
    begin = said.index("\npytest-dockerlab:\n")
    ours = said[begin : said.index("\n\n", begin)]
    assert all(re.search(rf"^ +{option.flag}\b", ours, re.MULTILINE) for option in (HOMEWORK, *OPTIONS))
    assert latin(ours) == []


# --- Every refusal carries a message ---

SAID = (ConfigurationError, errors.LimitExceeded, errors.RefusedPath, errors.ToolMissing, errors.UnreadableRepository)
REFUSALS = {
    cls.__name__
    for module in (errors, installed, host_errors, registry_errors)
    for cls in vars(module).values()
    if isinstance(cls, type) and issubclass(cls, SAID)
}
"""What is told to whoever runs the command, and of a submission that cannot be read."""


def refusals() -> Iterator[tuple[str, ast.Call]]:
    """Every place where such an error is made, and where pytest is told of one."""
    for folder in ("pytest_dockerlab", "checks", "fixtures"):
        for path in sorted((ROOT.parent / folder).rglob("*.py")):
            for node in ast.walk(ast.parse(path.read_text("utf-8"))):
                if isinstance(node, ast.Call):
                    name = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
                    if name in {*REFUSALS, "UsageError", "refused"}:
                        yield f"{path.relative_to(ROOT.parent)}:{node.lineno}", node


def test_every_refusal_can_be_translated() -> None:
    """Its text is a message: mypy holds that, but not for pytest's own error and for what an endpoint lacks."""
    found = list(refusals())
    assert len(found) > 40
    literal = (ast.Constant, ast.JoinedStr, ast.BinOp)
    prose = [
        where
        for where, call in found
        for argument in call.args[-1:]
        if isinstance(argument, literal) and not _is_a_pattern(argument)
    ]
    assert prose == []


def _is_a_pattern(argument: ast.expr) -> bool:
    """What --hw-registry takes is shown as it is typed."""
    return isinstance(argument, ast.Constant) and re.fullmatch(r"[A-Z\[\]:@/a-z|]+", str(argument.value)) is not None
