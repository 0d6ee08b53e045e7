"""The workflows in examples/workflows fit together, and what they may is what they need."""

import re
import shlex
from pathlib import Path

import pytest
import yaml

from pytest_dockerlab import command_line

WORKFLOWS = Path(__file__).parents[2] / "examples" / "workflows"
TEXTS = {path.stem: path.read_text("utf-8") for path in WORKFLOWS.glob("*.yml") if path.stem != "gitlab-ci"}
KNOWN = {name: yaml.load(text, yaml.BaseLoader) for name, text in TEXTS.items()}
PULL_REQUESTS = ("student", "of-a-course")
"""Those that lie in a student's repository."""


def jobs(name):
    return KNOWN[name]["jobs"].values()


def steps(name):
    return [step for job in jobs(name) for step in job.get("steps", ())]


def used(name, action):
    return [step["with"] for step in steps(name) if step.get("uses", "").startswith(f"{action}@")]


def test_a_job_may_what_it_says_and_the_workflow_nothing_more():
    assert {name: KNOWN[name]["permissions"] for name in KNOWN} == {
        "student": {"contents": "read"}, "course": {}, "of-a-course": {}, "comment": {},
    }  # fmt: skip
    signs = {"attestations": "write", "id-token": "write"}
    assert [job["permissions"] for job in jobs("comment")] == [{"actions": "read", "pull-requests": "write"}]
    assert [job["permissions"] for job in jobs("course")] == [{"contents": "read"}, signs]
    # a called workflow that asks for more than its caller has does not start
    assert [job["permissions"] for job in jobs("of-a-course")] == [{"contents": "read"} | signs]


def test_what_may_sign_has_nothing_to_do_with_the_submission():
    attest = KNOWN["course"]["jobs"]["attest"]
    assert [step["uses"].partition("@")[0] for step in attest["steps"]] == ["actions/attest"]
    assert attest["steps"][0]["with"]["subject-digest"] == "sha256:${{ needs.check.outputs.sha256 }}"


def test_what_may_comment_checks_nothing_out():
    assert [set(step) for step in steps("comment")] == [{"run", "env"}]
    assert "${{" not in steps("comment")[0]["run"]


def test_the_commands_are_ours():
    words = [shlex.split(line) for step in steps("comment") for line in step["run"].splitlines()]
    commands = [line[1:] for line in words if line[0].endswith("/dockerlab")]
    assert commands == [["comment"]]
    command_line.parse(commands[0], "en")


@pytest.mark.parametrize("name", ["student", "course"])
def test_the_comment_finds_the_results(name):
    looked_for = command_line.parse(["comment"], "en").artifact
    assert [each["name"] for each in used(name, "actions/upload-artifact")] == [looked_for]
    assert {KNOWN[each]["name"] for each in PULL_REQUESTS} == set(KNOWN["comment"]["on"]["workflow_run"]["workflows"])


@pytest.mark.parametrize("name", ["student", "course"])
def test_what_was_pushed_is_checked_and_no_token_is_left_beside_it(name):
    checkouts = used(name, "actions/checkout")
    assert "github.event.pull_request.head.sha" in checkouts[0]["ref"]
    assert {each["persist-credentials"] for each in checkouts} == {"false"}


def test_the_course_s_workflow_is_called_by_its_commit_and_names_what_it_uses_so():
    (call,) = jobs("of-a-course")
    named = [call["uses"], *(step["uses"] for step in steps("course") if step.get("uses", "").startswith("actions/"))]
    assert all(re.fullmatch(r"[^@]+@[0-9a-f]{40}", each) for each in named)
    assert set(call.get("with", ())) <= set(KNOWN["course"]["on"]["workflow_call"]["inputs"])
    assert call["uses"].split("@")[0].endswith("/.github/workflows/course.yml")


@pytest.mark.parametrize("name", ["student", "course"])
def test_the_action_has_what_it_is_asked_for(name):
    action = yaml.safe_load((WORKFLOWS.parents[1] / "action.yml").read_text("utf-8"))
    ours = [step for step in steps(name) if step.get("uses", "").startswith("pytest-dockerlab/pytest-dockerlab@")]
    assert len(ours) == 1
    assert set(ours[0].get("with", ())) <= set(action["inputs"])
    wanted = set(re.findall(rf"steps\.{ours[0]['id']}\.outputs\.([\w-]+)", TEXTS[name]))
    assert "results" in wanted
    assert wanted <= set(action["outputs"])


def test_the_course_file_is_of_the_same_commit_as_the_workflow():
    course = used("course", "actions/checkout")[1]
    assert (course["repository"], course["ref"]) == ("${{ job.workflow_repository }}", "${{ job.workflow_sha }}")


@pytest.mark.parametrize("name", ["student", "course"])
def test_actions_are_of_the_majors_that_run_on_node_24(name):
    majors = {"checkout": 7, "upload-artifact": 7, "attest": 4}
    found = dict(re.findall(r"actions/([\w-]+)@(?:\w{40} # )?v(\d+)", TEXTS[name]))
    assert found
    assert {each: int(major) for each, major in found.items()} == {each: majors[each] for each in found}
