"""The templates of CI fleets: they are what GitHub and GitLab take, and their commands are ours."""

import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pytest_dockerlab import command_line
from pytest_dockerlab.grading.shard import Shard

TEMPLATES = Path(__file__).parents[2] / "examples" / "grading"
GITHUB, GITLAB = TEMPLATES / "github-actions.yml", TEMPLATES / "gitlab-ci.yml"


@pytest.mark.parametrize(("template", "schema"), [(GITHUB, "github-workflows"), (GITLAB, "gitlab-ci")])
def test_it_has_the_form_that_is_asked_for(template, schema):
    words = [sys.executable, "-m", "check_jsonschema", "--builtin-schema", f"vendor.{schema}", str(template)]
    done = subprocess.run(words, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("template", [GITHUB, GITLAB])
def test_its_commands_are_ours(template):
    commands = [shlex.split(line) for line in lines(yaml.safe_load(template.read_text())) if "dockerlab " in line]
    commands = [words[1:] for words in commands if words[0] == "dockerlab"]
    assert [words[0] for words in commands] == ["grade", "merge"]
    for words in commands:
        command_line.parse(words, "en")


def test_the_shards_are_all_there():
    matrix = yaml.safe_load(GITHUB.read_text())["jobs"]["grade"]["strategy"]["matrix"]["shard"]
    assert [Shard.parse(f"{number}/{len(matrix)}") for number in matrix] == [Shard(n, 10) for n in range(1, 11)]


def test_no_text_that_someone_types_becomes_a_part_of_a_script():
    scripts = [line for line in lines(yaml.safe_load(GITHUB.read_text())) if "dockerlab" in line]
    assert not [line for line in scripts if re.search(r"\$\{\{", line)]


def lines(value):
    """All texts in it, each in one line."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        return [line for each in value for line in lines(each)]
    return [" ".join(value.split())] if isinstance(value, str) else []
