"""action.yml itself: its inputs and outputs are all used, and its one step begins where nothing is installed yet."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import pytest
import yaml

from pytest_dockerlab.messages import LANGUAGES

from .workflow_commands import Command, read_log

ROOT = Path(__file__).parents[2]
ACTION = yaml.safe_load((ROOT / "action.yml").read_text())
[STEP] = ACTION["runs"]["steps"]


def test_each_input_is_handed_on_by_its_name_and_none_into_the_script() -> None:
    """A variable holds whatever a workflow gives; in the script itself it would be run."""
    given = {"GATE_" + name.replace("-", "_").upper(): f"${{{{ inputs.{name} }}}}" for name in ACTION["inputs"]}
    assert STEP["env"] == given
    assert "${{" not in STEP["run"]
    read = (ROOT / "pytest_dockerlab/gate/inputs.py").read_text()
    assert set(ACTION["inputs"]) == set(re.findall(r'_(?:of|chosen)\(environ, "([a-z-]+)"', read))


def test_each_output_is_that_of_the_step() -> None:
    for name, output in ACTION["outputs"].items():
        assert output["value"] == f"${{{{ steps.check.outputs.{name} }}}}"


def test_the_page_has_every_input_and_its_default() -> None:
    section = (ROOT / "docs/gate.md").read_text().partition("### The action")[2].partition("\n###")[0]
    rows = re.findall(r"^\| `([a-z-]+)` \|.*\| ([^|]+) \|$", section, re.MULTILINE)
    assert [name for name, _default in rows] == list(ACTION["inputs"])
    for name, default in rows:
        given = ACTION["inputs"][name]["default"]
        assert not given or given == "." or f"`{given}`" in default, name


def test_the_readme_shows_the_one_line_of_a_students_workflow() -> None:
    workflow = yaml.safe_load((ROOT / "examples/workflows/student.yml").read_text())
    [used] = [step["uses"] for step in workflow["jobs"]["homework"]["steps"] if "dockerlab" in step.get("uses", "")]
    shown = (ROOT / "README.md").read_text().partition("## In GitHub Actions")[2].partition("\n## ")[0]
    assert f"```yaml\n- uses: {used}\n```" in shown


def run(folder: Path, path: str, language: str = "en", **variables: str) -> tuple[int, list[Command]]:
    """The step's script, as ``shell: bash`` is run (docs: "Workflow syntax", jobs.<job_id>.steps[*].shell)."""
    output = folder / "output"
    output.touch()
    done = subprocess.run(
        ["/bin/bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", STEP["run"]],
        cwd=folder,
        env={
            "PATH": path,
            "GATE_LANG": language,
            "GITHUB_OUTPUT": str(output),
            "GITHUB_ACTION_PATH": str(ROOT),
            "RUNNER_TEMP": str(folder),
            **variables,
        },
        capture_output=True,
        text=True,
        check=False,
    )
    assert output.read_text() == f"exit-code={done.returncode}\n"
    return done.returncode, read_log(done.stdout).commands


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("version", ["Python 3.9.2", None])
def test_a_python_that_is_old_or_missing(tmp_path: Path, language: str, version: str | None) -> None:
    if version is not None:
        program = tmp_path / "bin/python3"
        program.parent.mkdir()
        program.write_text(f'#!/bin/sh\ncase "$*" in *--version*) echo "{version}";; *) exit 1;; esac\n')
        program.chmod(0o755)
    code, [error] = run(tmp_path, str(tmp_path / "bin"), language)
    assert (code, error.name) == (4, "error")
    found = version or {"en": "no python3", "ru": "нет python3"}[language]
    assert found in error.data
    assert error.data.startswith(
        {"en": "Nothing was checked: Python 3.11", "ru": "Ничего не проверено: нужен Python 3.11"}[language]
    )
    assert "actions/setup-python@v7" in error.data


def test_pip_that_finds_nothing(tmp_path: Path) -> None:
    """In a folder whose modules are called like those that are needed: it is a submission, and none of it is run."""
    for name in ("venv", "ensurepip", "pip", "sys", "site", "pytest_dockerlab"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('the submission was imported')")
    path = f"{Path(shutil.which('python3') or '').parent}:/usr/bin:/bin"
    settings = {"PIP_NO_INDEX": "1", "PIP_CONFIG_FILE": os.devnull}
    code, [error] = run(tmp_path, path, **settings)
    assert (code, error.name) == (3, "error")
    assert "could not be installed, pip says above why. It is not the homework's fault" in error.data
