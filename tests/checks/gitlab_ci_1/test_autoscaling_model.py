"""gitlab-ci-1/autoscaling-model."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.catalogue import load
from pytest_dockerlab.course import Course
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Sample, ask, remove, sample_tests, write, write_homework

from ._homework import BASE, CONFIGURATION
from ._runner_samples import GROUP, TEXT, edit, in_readme

SEED = TEXT.replace("limit = 5", "limit = 6").replace("    IdleTime = 600\n    MaxBuilds = 10\n", "")
WEEKEND = """\
    [[runners.machine.autoscaling]]
      Periods = ["* * * * * sat,sun *"]
      Timezone = "Europe/Moscow"
      IdleCount = 0
"""
GROUP_OF_TWO = GROUP.replace("capacity_per_instance = 1", "capacity_per_instance = 5")
GROUP_OF_ONE = GROUP.replace("capacity_per_instance = 1", "capacity_per_instance = 20")

test_samples = sample_tests(
    "gitlab-ci-1/autoscaling-model",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample("passes", "docker-autoscaler", [write(CONFIGURATION, GROUP)]),
        Sample("unusual", "a limit above concurrent", [write(CONFIGURATION, SEED)]),
        Sample("unusual", "in the README", [remove(CONFIGURATION), in_readme(SEED)]),
        Sample("unusual", "on demand, without a limit", [
            edit("IdleCount = 1", "IdleCount = 0"), edit("  limit = 5\n", ""),
        ]),
        Sample("unusual", "as many idle machines as there may be", [edit("IdleCount = 1", "IdleCount = 5")]),
        Sample("unusual", "a machine for every job", [edit("MaxBuilds = 10", "MaxBuilds = 1")]),
        Sample("unusual", "one machine after the other", [edit("MaxBuilds = 10", "MaxGrowthRate = 1")]),
        Sample("unusual", "none at the weekend", [write(CONFIGURATION, TEXT + WEEKEND)]),
        Sample("unusual", "two instances of five jobs each", [write(CONFIGURATION, GROUP_OF_TWO)]),
        Sample("unusual", "no configuration", [remove(CONFIGURATION)], verdict="not attempted"),
        Sample("unusual", "a template", [edit("limit = 5", "limit = {{ runner_limit }}")], verdict="unverified",
               says="limit"),
        Sample("unusual", "more idle machines than anybody can count",
               [edit("IdleCount = 1", "IdleCount = 2000000000"), edit("  limit = 5\n", "")], verdict="unverified",
               says="created more than"),
        Sample("fails", "a limit of one", [edit("limit = 5", "limit = 1")],
               says="runs on more than one machine", file=CONFIGURATION, line="limit = 1"),
        Sample("fails", "one job at once", [edit("concurrent = 5", "concurrent = 1")],
               says="make concurrent larger", file=CONFIGURATION, line="concurrent = 1"),
        Sample("fails", "a look every hour", [edit("check_interval = 5", "check_interval = 3600")],
               says="lower check_interval", file=CONFIGURATION, line="check_interval"),
        Sample("fails", "concurrent in the section of a runner, which another item tells",
               [edit("concurrent = 5\n", ""), edit("  limit = 5\n", "  limit = 5\n  concurrent = 5\n")],
               says="no runner looks at concurrent", verdict="unverified"),
        Sample("fails", "one large instance", [
            write(CONFIGURATION, GROUP.replace("capacity_per_instance = 1", "capacity_per_instance = 10")
                  .replace("max_instances = 10", "max_instances = 1")),
        ], says="make max_instances larger than 1", file=CONFIGURATION, line="max_instances = 1"),
        Sample("fails", "one instance for all", [write(CONFIGURATION, GROUP_OF_ONE)],
               says="one instance takes 20", file=CONFIGURATION, line="concurrent = 10"),
    ],
)  # fmt: skip


@pytest.mark.sample("gitlab-ci-1/autoscaling-model", "passes")
def test_the_curve_of_the_homework_s_day_is_evidence(tmp_path: Path) -> None:
    write_homework(tmp_path, {**BASE, CONFIGURATION: SEED})
    result = ask(
        load().items["gitlab-ci-1/autoscaling-model"], Submission("sample", WorkTree(tmp_path)), hw_course=Course()
    )
    assert [str(each) for each in result.evidence["figures"]] == [
        "jobs at once: 10; runner 18.5",
        "machines: 1 before, 5 at most (6 by the documentation), 1 afterwards",
        "jobs: 10 run, 5 at once at most",
    ]
    at_work = [value for _at, value in result.evidence["machines over time"]["series"]["at work"]]
    assert max(at_work) == 5
    assert at_work[0] == at_work[-1] == 0


@pytest.mark.sample("gitlab-ci-1/autoscaling-model", "unusual")
@pytest.mark.parametrize(
    ("edits", "says"),
    [
        ({"IdleCount = 1": "IdleCount = 5"}, "the burst creates no machine: all 5 are there before it"),
        (
            {"IdleCount = 1\n    IdleTime = 600": "IdleCount = 0", "18.5.0": "10.5.0"},
            "with those being removed there are",
        ),
        ({"MaxBuilds = 10": 'OffPeakPeriods = ["* * * * * * *"]', "18.5.0": "10.5.0"}, "simulated on a Wednesday"),
    ],
)
def test_what_is_worth_a_remark_is_evidence(edits: dict[str, str], says: str, tmp_path: Path) -> None:
    files = dict(BASE)
    for old, new in edits.items():
        files = {path: text.replace(old, new) for path, text in files.items()}
    write_homework(tmp_path, files)
    result = ask(
        load().items["gitlab-ci-1/autoscaling-model"], Submission("sample", WorkTree(tmp_path)), hw_course=Course()
    )
    assert says in " ".join(str(each) for each in result.evidence["remarks"])
    assert result.verdict == "passed"
