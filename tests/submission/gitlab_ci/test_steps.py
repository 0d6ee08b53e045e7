"""Where the commands of a job run, and what is followed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.gitlab_ci.pipeline import Pipeline
from pytest_dockerlab.submission.gitlab_ci.steps import Step, Steps
from pytest_dockerlab.testing import said

FILES = {
    "app/inner/x": "",
    "ci/test.sh": "#!/bin/sh\ncd app\nprobe in-script\n",
    "ci/env.sh": "export A=sourced\ncd app/inner\n",
    "ci/loop.sh": "#!/bin/sh\nprobe again\nsh ci/loop.sh\n",
    "app/Makefile": "NAME = made\nall: before\n\tcd inner && probe $(NAME)\nbefore:\n\tprobe before\n",
}


def steps_of(folder: Path, script: str, files: Mapping[str, str] = FILES) -> Steps:
    """The steps of a job with this script, each line of which is one of its commands."""
    lines = "".join(f"    - {line!r}\n" for line in script.splitlines())
    for path, text in {".gitlab-ci.yml": f"job:\n  variables: {{B: b}}\n  script:\n{lines}", **files}.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text)
    tree = WorkTree(folder)
    return Steps(tree, Pipeline.read(tree).jobs["job"])


def probes(steps: Steps) -> list[Step]:
    return [step for step in steps.steps if step.program == "probe"]


@pytest.mark.parametrize(
    ("script", "folders"),
    [
        ("probe\ncd app\nprobe\ncd inner\nprobe\ncd ../..\nprobe", ["", "app", "app/inner", ""]),
        ("cd app && probe || probe", ["app"]),
        ("(cd app; probe; (cd inner; probe); probe)\nprobe", ["app", "app/inner", "app", ""]),
        ("cd app & probe", ["app"]),
        ("sh -c 'cd app && probe'\nprobe", ["app", ""]),
        ("eval 'cd app'\nprobe", ["app"]),
        ("cd $CI_PROJECT_DIR/app\nprobe\ncd ${CI_PROJECT_DIR}\nprobe", ["app", ""]),
        ("cd /builds/project/app\nprobe\ncd /tmp\nprobe\ncd ~/x\nprobe", ["app", None, None]),
        ("D=app\ncd $D\nprobe\ncd $UNKNOWN\nprobe", ["app", None]),
        ("for d in app app/inner; do (cd $d && probe); done", ["app", "app/inner"]),
        ("cd app\ncd -\nprobe\ncd ..\nprobe", [None, None]),
        ("pushd app\nprobe\npopd\nprobe", ["app", None]),
        ("mkdir -p made\ncd made\nprobe", [None]),
        ("ci/test.sh\nprobe", ["app", ""]),
        ("bash -e ci/test.sh", ["app"]),
        (". ci/env.sh\nprobe $A", ["app/inner"]),
        ("make -C app\nprobe", ["app", "app/inner", ""]),
        ("cd app\nmake before X=1", ["app"]),
        ("bundle exec probe\nsudo -u a probe\nenv A=b probe", ["", "", ""]),
        ("docker run --rm image probe", [None]),
        ("echo probe\nfalse && probe\nexit 0; probe\n# probe\necho done", []),
        ("cd ..\nprobe", [None]),
    ],
)
def test_a_command_stands_where_the_shell_has_gone(tmp_path: Path, script: str, folders: list[str | None]) -> None:
    steps = steps_of(tmp_path, script)
    assert [step.folder for step in probes(steps)] == folders
    assert steps.problem is None


def test_where_commands_of_followed_files_stand_in_the_text(tmp_path: Path) -> None:
    steps = steps_of(tmp_path, "probe\nci/test.sh\nmake -C app")
    assert [(str(step.at), step.line.strip()) for step in probes(steps)] == [
        (".gitlab-ci.yml:4", "probe"),
        ("ci/test.sh:3", "probe in-script"),
        ("app/Makefile:5", "probe before"),
        ("app/Makefile:3", "cd inner && probe made"),
    ]


def test_a_folder_that_is_not_there_ends_the_job(tmp_path: Path) -> None:
    steps = steps_of(tmp_path, "probe\ncd app\ncd app\nprobe")
    assert [(step.folder, step.is_reached) for step in probes(steps)] == [("", True), (None, False)]
    assert steps.problem is not None
    assert said(steps.problem).startswith(
        "each folder that the script enters is there | cd app: there is no such folder in app"
    )
    assert str(steps.problem.at) == ".gitlab-ci.yml:6"


def test_variables_of_the_job_and_of_the_shell(tmp_path: Path) -> None:
    steps = steps_of(tmp_path, "export A=a\nC=$B-$A D=$NOBODY probe\n. ci/env.sh\nprobe")
    first, second = probes(steps)
    assert {name: first.environment[name] for name in "ABCD"} == {"A": "a", "B": "b", "C": "b-a", "D": "$NOBODY"}
    assert (second.environment["A"], "C" in second.environment) == ("sourced", False)


def test_scripts_that_start_themselves_end(tmp_path: Path) -> None:
    assert 1 <= len(probes(steps_of(tmp_path, "sh ci/loop.sh"))) < 10


def test_targets_that_need_one_another_end(tmp_path: Path) -> None:
    steps = steps_of(tmp_path, "make", {"Makefile": "a: b\n\tprobe a\nb: a\n\tprobe b\n"})
    assert len(probes(steps)) == 2


def test_more_commands_than_any_job_has_are_not_followed(tmp_path: Path) -> None:
    scripts = {f"s{n}.sh": "#!/bin/sh\n" + f"sh s{n + 1}.sh\n" * 20 for n in range(6)}
    with pytest.raises(LimitExceeded, match="more than 2000 commands"):
        steps_of(tmp_path, "sh s0.sh", scripts)


def test_nothing_outside_is_followed(tmp_path: Path) -> None:
    root, outside = tmp_path / "root", tmp_path / "outside.sh"
    root.mkdir()
    outside.write_text("#!/bin/sh\nprobe outside\n")
    (root / "link.sh").symlink_to(outside)
    assert probes(steps_of(root, f"sh link.sh\nsh ../outside.sh\nsh {outside}\nmake -f ../Makefile")) == []
