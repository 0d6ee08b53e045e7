"""gitlab-ci-1/autoscaling."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.course import Course
from pytest_dockerlab.messages import text
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Edit, Sample, ask, remove, replace, sample_tests, write
from pytest_dockerlab.testing.homeworks import write_homework

from ._homework import BASE, COMPOSE, CONFIGURATION, REGISTER
from ._runner_samples import GROUP, TEXT, edit, in_readme, of_version

_ASG = 'resource "aws_autoscaling_group" "runners" {\n  min_size = 0\n  max_size = 0\n}\n'
_PROJECT = '      "google-project=docker-000000",\n'
_MACHINE = TEXT[TEXT.index("  [runners.machine]") :]


def _fails(title: str, edits: Edit | list[Edit], says: str, line: str) -> Sample:
    return Sample(
        "fails", title, edits if isinstance(edits, list) else [edits], says=says, file=CONFIGURATION, line=line
    )


def _group(old: str, new: str) -> list[Edit]:
    return [write(CONFIGURATION, GROUP), edit(old, new)]


test_samples = sample_tests(
    "gitlab-ci-1/autoscaling",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample("passes", "docker-autoscaler", [write(CONFIGURATION, GROUP)]),
        Sample("unusual", "the instance executor with a plugin of a registry", [
            write(CONFIGURATION, GROUP), edit("docker-autoscaler", "instance"),
            edit('"googlecloud"', '"registry.gitlab.com/gitlab-org/fleeting/plugins/aws:latest"'),
        ]),
        Sample("unusual", "somebody's own driver and its options", [
            edit('"google"', '"yandex"'), edit("google-project=docker-000000", "yandex-folder-id=000"),
        ]),
        Sample("unusual", "a project that the environment names", [
            edit(_PROJECT, ""),
            replace(COMPOSE, "      - GOOGLE_APP", "      - GOOGLE_PROJECT=docker-000000\n      - GOOGLE_APP"),
        ]),
        Sample("unusual", "no limit", [edit("IdleCount = 1", "IdleCount = 0"), edit("  limit = 5\n", "")]),
        Sample("unusual", "the README alone", [remove(CONFIGURATION), in_readme(TEXT)]),
        Sample("unusual", "a part of it in the README", [
            remove(CONFIGURATION), in_readme(_MACHINE + "...\n"),
        ]),
        Sample("unusual", "a README that leaves things out", [
            remove(CONFIGURATION),
            in_readme(TEXT.replace(_PROJECT, "      ...\n").replace("docker+machine", "<executor>")),
        ]),
        Sample("unusual", "an executor and options that a template fills in", [
            edit('"docker+machine"', '"{{ executor }}"'), edit(_PROJECT, "      {{ project }},\n"),
        ]),
        Sample("fails", "a part of it in the README, and that is wrong", [
            remove(CONFIGURATION), in_readme(_MACHINE.replace("-%s", "")),
        ], says="has one %s", file="README.md", line="MachineName"),
        Sample("unusual", "a template of which the machines' name is open", [
            edit("gitlab-runner-%s", "{{ project_name_that_may_be_of_any_length_at_all }}-%s"),
        ]),
        Sample("unusual", "the longest name", [edit("gitlab-runner-%s", f"{'a' * 26}-%s")]),
        Sample("unusual", "a longer one, with the shorter tokens of old runners", [
            of_version("v14.0.0"), edit("gitlab-runner-%s", f"{'a' * 27}-%s"),
        ]),
        Sample("unusual", "no configuration", [remove(CONFIGURATION), remove(REGISTER)], verdict="not attempted"),
        Sample("unusual", "no configuration, of a runner that is registered for it", [remove(CONFIGURATION)],
               says="its configuration is not in the repository", verdict="unverified"),
        Sample("unusual", "a runner that does not scale", [
            remove(REGISTER), write(CONFIGURATION, TEXT.replace("docker+machine", "docker").replace(_MACHINE, "")),
        ], verdict="not attempted"),
        Sample("unusual", "a decoy: the prompt names docker+machine", [
            remove(CONFIGURATION), remove(REGISTER),
            write("README.md", "# HW19\n```\nPlease enter the executor: docker, shell, docker+machine:\ndocker\n```\n"),
        ], verdict="not attempted"),
        _fails("one name for all", edit("gitlab-runner-%s", "gitlab-runner"), "has one %s", "MachineName"),
        _fails("another verb", edit("gitlab-runner-%s", "gitlab-runner-%d"), "has one %s", "MachineName"),
        _fails("no name", edit('    MachineName = "gitlab-runner-%s"\n', ""), "no MachineName", "[runners.machine]"),
        _fails("a name that is too long", edit("gitlab-runner-%s", f"{'a' * 27}-%s"), "becomes 64", "MachineName"),
        _fails("a name not for Google", edit("gitlab-runner-%s", "GitLab_%s"), "small letters", "MachineName"),
        _fails("no driver", edit('    MachineDriver = "google"\n', ""), "no MachineDriver", "[runners.machine]"),
        _fails("a misspelt driver", edit('"google"', '"googel"'), "write google", "MachineDriver"),
        _fails("no project", edit(_PROJECT, ""), "no google-project", "Options"),
        _fails("an option with dashes", edit('"google-zone', '"--google-zone'), "write google-zone", "--google-zone"),
        _fails("an option of the engine that there is not", edit("engine-registry-mirror", "engine-registry-mirrors"),
               "write engine-registry-mirror", "engine-registry"),
        _fails("a cloud by another name", edit('"google"', '"gce"'), "write google", "MachineDriver"),
        _fails("no options at all", [edit(TEXT[TEXT.index("    MachineOptions") :], "    MachineOptions = []\n")],
               "no google-project", "MachineOptions"),
        Sample("fails", "options that are no list, which another item tells",
               [edit(TEXT[TEXT.index("    MachineOptions") :], '    MachineOptions = "google-project=x"\n')],
               says="does not read it in this form", verdict="unverified"),
        Sample("fails", "double brackets, which another item tells", [edit("[runners.machine]", "[[runners.machine]]")],
               says="does not read it in this form", verdict="unverified"),
        _fails("an option without =", edit("google-zone=", "google-zone "), "one text", "google-zone"),
        _fails("an option of another driver", edit("google-zone=europe", "amazonec2-zone=europe"),
               "begin with google-", "amazonec2"),
        _fails("no section", write(CONFIGURATION, TEXT.replace(_MACHINE, "")), "no [runners.machine]", "[[runners]]"),
        _fails("an executor that does not read the section", edit("docker+machine", "docker"),
               'write executor = "docker+machine"', "executor"),
        _fails("no plugin", _group('    plugin = "googlecloud"\n', ""), "no plugin", "[runners.autoscaler]"),
        _fails("no group", _group('      name = "ci-instances"\n', ""), "no name", "plugin_config"),
        _fails("a limit below what the group takes", _group('  executor', '  limit = 4\n  executor'),
               "make it 10", "limit = 4"),
        _fails("no section of the group", write(CONFIGURATION, GROUP[: GROUP.index("  [runners.autoscaler]")]),
               "no [runners.autoscaler]", "[[runners]]"),
        Sample("fails", "a group that may not grow", [write(CONFIGURATION, GROUP), write("infra/group.tf", _ASG)],
               says="may grow", file="infra/group.tf", line="max_size"),
        Sample("fails", "a misspelt section, which another item tells",
               [edit("[runners.machine]", "[runner.machine]")], says="no runner looks at", verdict="unverified"),
        Sample("fails", "single brackets, which another item tells", [edit("[[runners]]", "[runners]")],
               says="no runner looks at", verdict="unverified"),
        Sample("fails", "no TOML, which another item tells", [edit('name = "auto', 'name = auto"')],
               says="cannot be read", verdict="unverified"),
    ],
)  # fmt: skip


@pytest.mark.parametrize(
    "options",
    [
        '"--amazonec2-secret-key k8Ra0pZq2LwX7mTnV4cYwB",',
        '"amazonec2-secret-key k8Ra0pZq2LwX7mTnV4cYwB",',
        '"--amazonec2-secret-key", "k8Ra0pZq2LwX7mTnV4cYwB",',
    ],
)
def test_what_may_be_a_key_behind_an_option_is_not_shown(options: str, tmp_path: Path) -> None:
    write_homework(tmp_path, BASE, [edit('"google-zone=europe-west1-b",', options)])
    item = catalogue.load().item("gitlab-ci-1/autoscaling")
    result = ask(item, Submission("sample", WorkTree(tmp_path)), hw_course=Course())
    said = " | ".join(text(part) for each in result.findings for part in (each.found, each.hint))
    assert "amazonec2-secret-key" in said
    assert "k8Ra0" not in said
