"""Hostile compose files: a clear finding at file and line, nothing outside read, nothing leaked."""

from __future__ import annotations

import os
import re
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.findings import Location, Mismatch
from pytest_dockerlab.submission.budget import LIMITS, Limits
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission

needs_compose = pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")

MARKER = "PLANTED-MARKER-7f3a"
GOOD = "services:\n  ui: {image: x}\n  post: {image: x}\n  comment: {image: x}\n  db: {image: mongo}\n"


@pytest.fixture
def outside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A secret outside of the repository, in files of every kind and in our environment."""
    folder = tmp_path / "outside"
    folder.mkdir()
    (folder / "secret.env").write_text(f"SECRET={MARKER}\n")
    (folder / "secret.yml").write_text(f"services:\n  ui: {{image: {MARKER}}}\n  other: {{image: {MARKER}}}\n")
    (folder / "secret.txt").write_text(f"{MARKER}: [\n")
    for name in ("GITHUB_TOKEN", "UI_VERSION", "DOCKERLAB_SECRET", "COMPOSE_PROJECT_NAME"):
        monkeypatch.setenv(name, MARKER)
    home = tmp_path / MARKER
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PWD", str(home))
    return folder


def submission(tmp_path: Path, text: str, more: dict[str, str] | None = None) -> Submission:
    root = tmp_path / "repository"
    for path, content in {"src/docker-compose.yml": text, **(more or {})}.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(content)
    return Submission("x", WorkTree(root))


def refused(tmp_path: Path, text: str, more: dict[str, str] | None = None) -> Any:
    """The finding, which must not hold the marker anywhere."""
    with pytest.raises(Mismatch) as caught:
        _ = submission(tmp_path, text, more).compose
    finding = caught.value.finding
    assert MARKER not in repr(finding) + str(caught.value)
    return finding


def line_of(text: str, part: str) -> int:
    return next(number for number, line in enumerate(text.splitlines(), 1) if part in line)


PLACES = [
    "  ui:\n    image: x\n    env_file: @\n",
    "  ui:\n    image: x\n    env_file: [a.env, @]\n",
    "  ui:\n    image: x\n    env_file:\n      - path: @\n        required: false\n",
    "  ui:\n    image: x\n    label_file: [@]\n",
    "  ui:\n    image: x\n    extends:\n      file: @\n      service: ui\n",
    "  ui:\n    build: @\n",
    "  ui:\n    build:\n      context: @\n",
    "  ui:\n    build:\n      context: .\n      dockerfile: @\n",
    "  ui:\n    build:\n      context: .\n      additional_contexts:\n        other: @\n",
    "  ui:\n    build:\n      context: .\n      additional_contexts:\n        - other=@\n",
    "  ui:\n    image: x\n    develop:\n      watch:\n        - path: @\n          action: sync\n",
    "  ui:\n    image: x\n    credential_spec:\n      file: @\n",
    "  ui: &a\n    image: x\n    env_file: @\n  b: *a\n",
    "  ui:\n    image: x\nconfigs:\n  c:\n    file: @\n",
    "  ui:\n    image: x\nsecrets:\n  c:\n    file: @\n",
    "  ui:\n    image: x\ninclude:\n  - @\n",
    "  ui:\n    image: x\ninclude: [{path: [ok.yml, @]}]\n",
    "  ui:\n    image: x\ninclude:\n  - path: ok.yml\n    env_file: @\n",
    "  ui:\n    image: x\ninclude:\n  - path: ok.yml\n    project_directory: @\n",
]
LEADING_OUT = [
    "/etc/shadow",
    "../../outside/secret.yml",
    "~/secret.yml",
    "https://example.org/x.git",
    "git@example.org:x/y.git",
    "oci://example.org/x",
    "C:\\secret.yml",
]


@pytest.mark.parametrize("path", LEADING_OUT)
@pytest.mark.parametrize("place", PLACES)
def test_every_place_for_a_path_refuses_every_way_out(tmp_path: Path, outside: Path, place: str, path: str) -> None:
    text = "services:\n" + place.replace("@", f"'{path}'" if "=@" not in place else path)
    finding = refused(tmp_path, text, {"src/ok.yml": "services: {}\n"})
    assert str(finding.at) == f"src/docker-compose.yml:{line_of(text, path)}"
    assert path in str(finding.found)


@pytest.mark.parametrize(
    "place",
    [
        "  ui:\n    image: x\n    extends:\n      file: @\n      service: ui\n",
        "  ui:\n    image: x\n    label_file: @\n",
        "  ui:\n    image: x\ninclude:\n  - @\n",
        "  ui:\n    image: x\ninclude:\n  - path: ok.yml\n    env_file: @\n",
    ],
)
def test_a_variable_never_decides_what_is_opened(tmp_path: Path, outside: Path, place: str) -> None:
    text = "services:\n" + place.replace("@", "${WHERE:-/etc/shadow}")
    finding = refused(tmp_path, text, {"src/.env.example": "WHERE=/etc/shadow\n", "src/ok.yml": "services: {}\n"})
    assert finding.at.line == line_of(text, "WHERE")


@needs_compose
def test_what_compose_does_not_open_may_be_a_variable(tmp_path: Path, outside: Path) -> None:
    text = GOOD.replace("ui: {image: x}", "ui: {image: x, build: '${B}', env_file: '${E}'}")
    project = submission(tmp_path, text, {"src/.env.example": "B=/etc\nE=/etc/shadow\n"}).compose
    build = project.services["ui"].build
    assert build is not None
    assert (build.context, build.dockerfile, project.services["ui"].env_files) == (None, None, ())


@needs_compose
def test_included_files_are_guarded_too(tmp_path: Path, outside: Path) -> None:
    text = "include: [a/one.yml]\nservices: {}\n"
    files = {
        "src/a/one.yml": "include: [b/two.yml]\n",
        "src/a/b/two.yml": "services:\n  ui:\n    extends: {file: ../../../../outside/secret.yml, service: ui}\n",
    }
    assert str(refused(tmp_path, text, files).at) == "src/a/b/two.yml:3"


@needs_compose
def test_a_circle_of_includes_ends(tmp_path: Path, outside: Path) -> None:
    text = "include: [one.yml]\nservices: {}\n"
    assert "cycle" in str(refused(tmp_path, text, {"src/one.yml": "include: [docker-compose.yml]\n"}).found)


def test_there_is_a_limit_to_the_files_of_a_project(tmp_path: Path, outside: Path) -> None:
    files = {f"src/{n}.yml": f"include: [{n + 1}.yml]\n" for n in range(LIMITS.compose_files + 5)}
    with pytest.raises(LimitExceeded, match=r"src/48.yml:1: more than 50 files are part of one project"):
        _ = submission(tmp_path, "include: [0.yml]\nservices: {}\n", files).compose


def test_there_is_a_limit_to_the_services(tmp_path: Path) -> None:
    services = "".join(f"  s{n}: {{image: x}}\n" for n in range(3_000))
    with pytest.raises(LimitExceeded) as caught:
        _ = submission(tmp_path, f"services:\n{services}").compose
    assert caught.value.message == "src/docker-compose.yml:2: 3000 services; more than 500 are not looked at"


def test_a_file_that_is_not_there_is_named_where_it_is_asked_for(tmp_path: Path, outside: Path) -> None:
    finding = refused(tmp_path, "services: {}\ninclude:\n  - lost.yml\n")
    assert (str(finding.at), finding.found) == ("src/docker-compose.yml:3", "src/lost.yml")


@needs_compose
def test_our_environment_is_not_the_submissions(tmp_path: Path, outside: Path) -> None:
    names = [
        "HOME",
        "GITHUB_TOKEN",
        "UI_VERSION",
        "DOCKERLAB_SECRET",
        "PATH",
        "USER",
        "PWD",
        "COMPOSE_PROJECT_NAME",
        "LANG",
    ]
    values = ", ".join(f"V{n}: '${{{name}}}'" for n, name in enumerate(names))
    text = GOOD.replace(
        "ui: {image: x}", f"ui: {{image: 'x:${{UI_VERSION}}', environment: {{{values}, GITHUB_TOKEN: }}}}"
    )
    text += "secrets: {s: {environment: GITHUB_TOKEN}}\nconfigs: {c: {environment: HOME}}\n"
    project = submission(tmp_path, text).compose
    everything = repr(project)
    assert MARKER not in everything
    for value in (os.environ["PATH"], str(tmp_path)):
        assert value not in everything
    assert project.services["ui"].image == "x:x"
    assert project.services["ui"].environment["GITHUB_TOKEN"] is None


@needs_compose
def test_a_dotenv_that_names_another_file_is_not_read(tmp_path: Path, outside: Path) -> None:
    dotenv = f"COMPOSE_PROJECT_NAME=evil\nCOMPOSE_ENV_FILES={outside}/secret.env\nCOMPOSE_MENU=${{COMPOSE_FILE:-x}}\n"
    for name in ("src/.env", "src/.env.example", ".env"):
        project = submission(tmp_path, GOOD, {name: dotenv}).compose
        assert MARKER not in repr(project)
        assert project.raw["name"] == "dockerlab"


@needs_compose
@pytest.mark.parametrize("path", ["{outside}/secret.txt", "../outside/secret.txt", "docker-compose.yml:../../x", "a"])
def test_compose_file_leads_nowhere_else(tmp_path: Path, outside: Path, path: str) -> None:
    files = {"src/.env.example": f"COMPOSE_FILE={path.format(outside=outside)}\n"}
    with pytest.raises(Mismatch) as caught:
        _ = submission(tmp_path, GOOD, files).compose
    assert MARKER not in str(caught.value)
    assert caught.value.finding.at == Location("src/.env.example", 1)


@needs_compose
def test_what_is_inside_and_wanted_is_read(tmp_path: Path) -> None:
    text = GOOD + "include:\n  - {path: a/more.yml, env_file: a/values.env}\n"
    files = {
        "src/a/more.yml": "services:\n  more: {image: '${M}', label_file: ./l}\n",
        "src/a/values.env": "M=m:1\n",
        "src/a/l": "k=v\n",
    }
    assert submission(tmp_path, text, files).compose.services["more"].image == "m:1"


@pytest.mark.parametrize(
    "text",
    [
        "services:\n"
        + "\n".join(f"  {'a' * 3}{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9) if n else 'x'}]" for n in range(20)),
        "services: " + "[" * 500 + "]" * 500,
        "services:\n" + "\n".join("  " * n + f"k{n}:" for n in range(1, 500)),
        "services:\n  ui: {image: x}\n" + "# filler\n" * 600_000,
    ],
    ids=["bomb", "brackets", "deep", "5MB"],
)
def test_yaml_beyond_the_limits_is_not_looked_at(tmp_path: Path, text: str) -> None:
    begin = time.monotonic()
    with pytest.raises(LimitExceeded, match=r"^src/docker-compose.yml:"):
        _ = submission(tmp_path, text).compose
    assert time.monotonic() - begin < 50  # it would take hours, or all memory


@pytest.mark.parametrize(
    "text",
    [
        "services:\n  ui: &ui\n    deep: *ui\n",
        "services:\n  ui: {image: x}\n  ui: {image: y}\n",
        "just a text",
        "- a\n- list\n",
        "",
        "services: !!python/object/apply:os.system ['true']\n",
        "services:\n  ui: {image: x}\n\x1b]0;title\x07: 1\n",
    ],
    ids=["circle", "duplicate", "text", "list", "empty", "python", "control"],
)
def test_awkward_yaml_is_refused_quickly(tmp_path: Path, outside: Path, text: str) -> None:
    if tools.compose_command() is None:
        pytest.skip("no Docker Compose here")
    begin = time.monotonic()
    finding = refused(tmp_path, text)
    assert finding.at is not None and finding.at.file == "src/docker-compose.yml"
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", f"{finding.expected}{finding.found}{finding.hint}")
    assert time.monotonic() - begin < 50  # it would take hours, or all memory


def test_invalid_utf_8_is_refused_at_its_line(tmp_path: Path) -> None:
    here = submission(tmp_path, GOOD)
    (tmp_path / "repository/src/docker-compose.yml").write_bytes(GOOD.encode() + b"# \xff\xfe\n")
    with pytest.raises(Mismatch) as caught:
        _ = here.compose
    assert str(caught.value.finding.at) == "src/docker-compose.yml:6"


def test_a_compose_file_that_is_a_link_out_is_not_read(tmp_path: Path, outside: Path) -> None:
    here = submission(tmp_path, GOOD, {"docker-compose.yml": "web: {image: gitlab/gitlab-ce}\n"})
    (tmp_path / "repository/src/docker-compose.yml").unlink()
    (tmp_path / "repository/src/docker-compose.yml").symlink_to(outside / "secret.txt")
    with pytest.raises(Mismatch) as caught:
        _ = here.compose
    assert str(caught.value.finding.at) == "src/docker-compose.yml"
    assert MARKER not in str(caught.value)


def test_a_pipe_in_place_of_the_compose_file_does_not_hold_us_up(tmp_path: Path) -> None:
    here = submission(tmp_path, GOOD)
    (tmp_path / "repository/src/docker-compose.yml").unlink()
    os.mkfifo(tmp_path / "repository/src/docker-compose.yml")
    with pytest.raises(Mismatch) as caught:
        _ = here.compose
    assert str(caught.value.finding.at) == "src/docker-compose.yml"


def test_an_env_example_that_is_a_link_out_is_not_read(tmp_path: Path, outside: Path) -> None:
    here = submission(tmp_path, GOOD)
    (tmp_path / "repository/src/.env.example").symlink_to(outside / "secret.env")
    assert here.env is None


@needs_compose
def test_the_words_of_compose_hold_nothing_of_ours(tmp_path: Path, outside: Path) -> None:
    finding = refused(tmp_path, GOOD + "  'x\\u001b[31m': {image: x, networks: [a]}\n")
    assert "dockerlab-" not in str(finding.found)
    assert str(tmp_path) not in str(finding.found)


@needs_compose
def test_compose_that_never_ends_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stub = tmp_path / "compose.py"
    stub.write_text("import time\ntime.sleep(60)\n")
    monkeypatch.setattr(tools, "compose_command", lambda: [sys.executable, str(stub)])
    here = submission(tmp_path, GOOD)
    here.tree.budget.limits = Limits(program_seconds=0.5)
    begin = time.monotonic()
    with pytest.raises(LimitExceeded, match=r"src/docker-compose.yml: python\S* takes more than 0.5 s"):
        _ = here.compose
    assert time.monotonic() - begin < 50


@needs_compose
@pytest.mark.parametrize(
    ("ends", "why"),
    [
        ("os.kill(os.getpid(), 9)", "SIGKILL"),
        ("print('panic: runtime error: index', file=sys.stderr); sys.exit(2)", "panic: runtime error: index"),
        ("print('fatal error: runtime: out of memory', file=sys.stderr); sys.exit(2)", "out of memory"),
        ("print('write x: no space left on device', file=sys.stderr); sys.exit(1)", "no space left"),
        ("while True: print('x' * 4096)", "wrote more than"),
    ],
)
def test_a_compose_that_crashes_accuses_nobody(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ends: str, why: str
) -> None:
    stub = tmp_path / "compose.py"
    stub.write_text(f"import os, sys\n{ends}\n")
    monkeypatch.setattr(tools, "compose_command", lambda: [sys.executable, str(stub)])
    with pytest.raises(LimitExceeded, match=rf"(?s)src/docker-compose.yml: .*{why}"):
        _ = submission(tmp_path, GOOD).compose
