"""gitlab-ci-1/runner-config."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.course import Course
from pytest_dockerlab.messages import text
from pytest_dockerlab.results import Verdict
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Edit, Sample, ask, remove, replace, sample_tests, write
from pytest_dockerlab.testing.homeworks import write_homework
from tests.submission.files._repository import Repository

from ._homework import BASE, COMPOSE, CONFIGURATION
from ._runner_samples import FLAT, GROUP, NESTED, TEXT, edit, in_readme, of_version

_TEMPLATE = (
    TEXT.replace("concurrent = 5", "concurrent = {{ runner_concurrent | default(5) }}")
    .replace('"$RUNNER_TOKEN"', '"{{ lookup("env", "RUNNER_TOKEN") }}"')
    .replace("  [runners.cache]", "{% if runner_cache %}\n  [runners.cache]")
    .replace("  [runners.machine]", "{% endif %}\n  {# the machines #}\n  [runners.machine]")
)
_TERRAFORM = """\
resource "null_resource" "runner" {
  provisioner "remote-exec" {
    inline = [<<-EOT
%s      EOT
    ]
  }
}
"""
_PERIODS = """\
    [[runners.machine.autoscaling]]
      Periods = ["* * 9-17 * * mon-fri *"]
      Timezone = "UTC"
      IdleCount = 5
      IdleTime = 3600
"""
_DOCKER = '  [runners.docker]\n    image = "ruby:2.4.2"\n    privileged = false\n    volumes = ["/cache"]\n'
_LONG = '  docker = {\n    image = "ruby:2.4.2", # of the course\n    volumes = [\n      "/cache",\n    ],\n  }\n'
_PLAIN = 'concurrent = 1\n\n[[runners]]\n  name = "plain"\n  url = "http://10.0.0.2/"\n  executor = "shell"\n'


def _periods(old: str, new: str) -> Edit:
    """With periods, one text of which is another."""
    return edit('6000"\n    ]\n', f'6000"\n    ]\n{_PERIODS}'.replace(old, new))


def _fails(title: str, edits: Edit | list[Edit], says: str, line: str) -> Sample:
    return Sample(
        "fails", title, edits if isinstance(edits, list) else [edits], says=says, file=CONFIGURATION, line=line
    )


test_samples = sample_tests(
    "gitlab-ci-1/runner-config",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample("passes", "docker-autoscaler", [write(CONFIGURATION, GROUP)]),
        Sample("unusual", "no configuration", [remove(CONFIGURATION)], verdict="not attempted"),
        Sample("unusual", "no section of docker, which docker+machine makes itself", [edit(_DOCKER, "")]),
        Sample("unusual", "keys in other letters", [edit("IdleCount", "idlecount"), edit("concurrent", "Concurrent")]),
        Sample("unusual", "BOM, CRLF", [write(CONFIGURATION, "\ufeff" + TEXT.replace("\n", "\r\n"))]),
        Sample("unusual", "inline tables and dotted keys", [
            edit(_DOCKER, '  docker = {image = "ruby:2.4.2", privileged = false}\n  shell = "bash"\n'),
        ]),
        Sample("unusual", "an inline table over several lines, which TOML has since 1.1", [
            of_version("v18.9.0"), edit(_DOCKER, _LONG),
        ]),
        _fails("an inline table over several lines, in an older one", edit(_DOCKER, _LONG), "on one line", "docker ="),
        Sample("unusual", "a template of Ansible, in a role of their own", [
            remove(CONFIGURATION), write("ansible/roles/runner/templates/config.toml.j2", _TEMPLATE),
        ]),
        Sample("unusual", "a heredoc of Terraform", [
            remove(CONFIGURATION), write("gitlab-ci/main.tf", _TERRAFORM % textwrap.indent(
                TEXT.replace("concurrent = 5", "concurrent = ${var.concurrent}"), "      ")),
        ]),
        Sample("unusual", "a heredoc of a script", [
            remove(CONFIGURATION),
            write("gitlab-ci/start.sh", f"#!/bin/sh\ncat > /srv/config.toml <<'EOF'\n{TEXT}EOF\ndocker run x\n"),
        ]),
        Sample("unusual", "a block of YAML", [
            remove(CONFIGURATION),
            write("ansible/runner.yml", "- copy:\n    dest: /srv/config.toml\n    content: |\n"
                  + textwrap.indent(TEXT, "      ") + "\n    mode: '0600'\n- debug:\n    msg: done\n"),
        ]),
        Sample("unusual", "a block of the README without a language", [remove(CONFIGURATION), in_readme(TEXT)]),
        Sample("unusual", "a block of the README with things left out", [
            remove(CONFIGURATION),
            in_readme(f"$ sudo cat /srv/gitlab-runner/config/config.toml\n{TEXT}\n..."
                      .replace('url = "http://gitlab.somebody.ru"', "url = <your URL>") + "\n", "toml"),
        ]),
        Sample("unusual", "plain text of the README", [
            remove(CONFIGURATION), write("README.md", f"# HW19\n<pre>\n{TEXT}</pre>\nAnd it starts.\n"),
        ]),
        Sample("unusual", "a template for registering, without url and token", [
            edit('  url = "http://gitlab.somebody.ru"\n  token = "$RUNNER_TOKEN"\n', ""),
        ]),
        Sample("unusual", "the seed's, for a runner of its day", [
            of_version("alpine-v10.5.0"), edit(NESTED, FLAT), edit("$RUNNER_TOKEN", "REGISTRATION_TOKEN"),
            edit("    IdleTime = 600\n", '    OffPeakTimezone = ""\n    OffPeakIdleCount = 0\n'),
        ]),
        Sample("unusual", "a variable of the runner in a text", [
            edit('image = "ruby:2.4.2"', 'image = "ruby:2.4.2"\n    helper_image = "h:x86_64-${CI_RUNNER_REVISION}"'),
        ]),
        Sample("unusual", "periods, and a factor without a point", [
            edit("    IdleCount = 1\n", "    IdleCount = 1\n    IdleScaleFactor = 1\n"),
            _periods("UTC", ""),
        ]),
        Sample("unusual", "a decoy: the prompt of gitlab-runner register", [
            remove(CONFIGURATION),
            write("README.md", "# HW19\n```\nPlease enter the executor: docker, shell, docker+machine:\ndocker\n"
                  "Runner registered successfully. config.toml is in /etc/gitlab-runner\n```\n"),
        ], verdict="not attempted"),
        Sample("unusual", "a decoy: the configuration of something else", [
            remove(CONFIGURATION), write("containerd/config.toml", "[plugins]\n  sandbox_image = 'pause'\n"),
        ], verdict="not attempted"),
        Sample("unusual", "a decoy: a role and a chart of other people's", [
            remove(CONFIGURATION),
            write("ansible/roles/riemers.gitlab-runner/templates/config.toml", "x =\n[[runners]]"),
            write("charts/gitlab-runner/Chart.yaml", "name: x\n"),
            write("charts/gitlab-runner/values.yaml", "config: |\n  concurrent = 'x'\n  [[runners]]\n"),
        ], verdict="not attempted"),
        _fails("no TOML", edit('token = "$RUNNER_TOKEN"', "token = $RUNNER TOKEN"), "valid TOML", "token ="),
        _fails("a quote is missing",
               edit('name = "autoscale-runner"', 'name = "autoscale-runner'), "valid TOML", "name"),
        _fails("a key twice", edit("  limit = 5\n", "  limit = 5\n  limit = 6\n"), "valid TOML", "limit = 6"),
        Sample("fails", "no TOML, in the README",
               [remove(CONFIGURATION), in_readme(TEXT.replace("limit = 5", "limit 5"))],
               says="valid TOML", file="README.md", line="limit 5"),
        _fails("a number in quotes", edit("concurrent = 5", 'concurrent = "5"'), "without quotes", "concurrent"),
        _fails("a number with a point", edit("limit = 5", "limit = 5.0"), "whole number", "limit"),
        _fails("a text without a list",
               edit('volumes = ["/cache"]', 'volumes = "/cache"'), "put it in brackets", "volumes"),
        _fails("yes for true", edit("privileged = false", 'privileged = "no"'), "true or false", "privileged"),
        _fails("one bracket",
               write(CONFIGURATION, TEXT.replace("[[runners]]", "[runners]")), "[[runners]]", "[runners]"),
        _fails("two brackets",
               edit("[runners.machine]", "[[runners.machine]]"), "[runners.machine]", "[[runners.machine"),
        _fails("a misspelt key", edit("IdleTime", "IdelTime"), "write IdleTime", "IdelTime"),
        _fails("a dash for an underscore",
               edit("check_interval", "check-interval"), "write check_interval", "check-int"),
        _fails("a misspelt section", edit("[runners.docker]", "[runner.docker]"), "write runners", "[runner.docker]"),
        _fails("a key of another section", edit("  limit = 5\n", "  limit = 5\n  privileged = true\n"),
               "move it to [runners.docker]", "privileged = true"),
        _fails("a key of the top in a section", edit("  limit = 5\n", "  limit = 5\n  check_interval = 3\n"),
               "before the first section", "check_interval = 3"),
        _fails("a key that nobody knows",
               edit("  limit = 5\n", "  limit = 5\n  color = 'red'\n"), "passes over", "color"),
        _fails("no job may run", edit("concurrent = 5", "concurrent = 0"), "concurrent is 1 or more", "concurrent"),
        _fails("an executor that is none", edit("docker+machine", "docker-machine"), "docker+machine", "executor"),
        _fails("no section of docker", [edit(_DOCKER, ""), edit("docker+machine", "docker")],
               "missing docker configuration", "[[runners]]"),
        _fails("a comma that is missing", edit('g1-small",', 'g1-small"'), "a comma or the closing bracket",
               "google-zone"),
        _fails("curly quotes", edit('"docker+machine"', "“docker+machine”"), "straight ones", "executor"),
        _fails("spaces copied from a page", edit("  limit = 5", "\u00a0 limit = 5"), "take the plain one", "limit"),
        _fails("a key that is there twice", edit("  limit = 5\n", "  limit = 5\n  limit = 6\n"), "is there before",
               "limit = 6"),
        _fails("text without quotes", edit('"docker+machine"', "docker+machine"), "text without quotes", "executor"),
        _fails("a quote that is not closed", edit('"docker+machine"', '"docker+machine'), "a quote that", "executor"),
        _fails("a quote that is not closed, and an apostrophe behind it",
               edit('"docker+machine"', '"docker+machine # it’s the one'), "a quote that", "executor"),
        _fails("a quote that a copied one closes", edit('"docker+machine"', '"docker+machine’'), "straight ones",
               "executor"),
        _fails("a key without an equals sign", edit("limit = 5", "limit: 5"), "a key without =", "limit: 5"),
        _fails("an idle time in nanoseconds", write(CONFIGURATION, GROUP.replace('"20m0s"', "20")),
               "a number alone counts nanoseconds", "idle_time = 20"),
        _fails("a section that the runner does not know yet, but one like it", of_version("v10.5.0"),
               "move it to [runners.cache]", "[runners.cache.s3]"),
        _fails("an executor that is gone", edit("docker+machine", "docker-ssh"), "gone since 16.0", "executor"),
        _fails("an executor that is not there yet", [of_version("v14.1.0"), write(CONFIGURATION, GROUP)],
               "docker-autoscaler, which is new in 15.11", "executor"),
        _fails("a key that is not there yet",
               [of_version("v12.0.0"), edit("    MaxBuilds", "    MaxGrowthRate = 1\n    MaxBuilds")],
               "new in 13.6", "MaxGrowthRate"),
        _fails("a key that is gone", edit("check_interval = 5", 'check_interval = 5\nmetrics_server = ":9252"'),
               "write listen_address", "metrics_server"),
        _fails("a factor without a point, to a runner that ends with it",
               [of_version("v14.6.0"), edit("    IdleCount = 1\n", "    IdleCount = 1\n    IdleScaleFactor = 1\n")],
               "IdleScaleFactor = 1.0", "IdleScaleFactor"),
        _fails("an address without a scheme", edit("http://gitlab.somebody.ru", "gitlab.somebody.ru"),
               "http://gitlab.somebody.ru", "url"),
        _fails("a registration token", edit("$RUNNER_TOKEN", "GR1348941" + "a" * 20), "a registration token", "token"),
        _fails("an access token", edit("$RUNNER_TOKEN", "glpat-" + "a" * 20), "an access token", "token"),
        _fails("a pull policy that is none", edit("    privileged = false\n", '    pull_policy = "missing"\n'),
               "if-not-present", "pull_policy"),
        _fails("a period with a field too few", _periods("* * 9", "9"),
               "is not right", "Periods"),
        _fails("a period of words", _periods("* * 9-17 * * mon-fri *", "daily"),
               "1 of the 7 fields", "Periods"),
        _fails("a time zone that is none", _periods("UTC", "Moscow"),
               "Europe/Moscow", "Timezone"),
        _fails("a policy with seconds",
               [write(CONFIGURATION, GROUP), edit("idle_count = 5", 'idle_count = 5\n      periods = ["* * * * * *"]')],
               "6 of the 5 fields", "periods"),
        _fails("a duration without a unit",
               [write(CONFIGURATION, GROUP), edit('"20m0s"', '"20"')], "20m0s", "idle_time"),
        Sample("fails", "the second of two", [write("gitlab-ci/plain.toml", _PLAIN + "  limt = 3\n")],
               says="write limit", file="gitlab-ci/plain.toml", line="limt"),
        Sample("fails", "an unnamed version, of which only today's is known", [
            replace(COMPOSE, "gitlab-runner:v18.5.0", "gitlab-runner:latest"), edit("concurrent = 5", "concurent = 5"),
        ], says="write concurrent", file=CONFIGURATION, line="concurent", findings=1),
        Sample("fails", "a key that only a newer runner may know", [
            of_version("latest"), edit("  limit = 5\n", "  limit = 5\n  zzz_new_thing = 1\n"),
        ], says="zzz_new_thing", verdict="unverified"),
        Sample("fails", "a template of which nothing is left", [
            write(CONFIGURATION, "concurrent = 5\n{% for each in runners %}\n{{ each }}\n{% endfor %}\n"),
        ], says="what fills the template in", verdict="unverified"),
        Sample("fails", "nested without end", [write(CONFIGURATION, f"concurrent = 1\nx = {'[' * 5000}{']' * 5000}\n")],
               says="nested deeper", verdict="unverified"),
    ],
)  # fmt: skip


@pytest.mark.parametrize(
    ("runner", "item", "verdict", "says"),
    [
        ("latest", "runner-config", Verdict.PASSED, "valid for its day (10.5, 2018-02-22)"),
        ("latest", "runner-config", Verdict.PASSED, "the cache is lost from 12.0"),
        ("latest", "runner-config", Verdict.PASSED, "ends with 20.0"),
        ("latest", "cache", Verdict.ADVISED, "read on its day (10.5), the cache is lost from 12.0"),
        ("v11.1.0", "runner-config", Verdict.PASSED, "valid for the runner 11.1 that gitlab-ci/docker-compose.yml"),
        ("v11.1.0", "cache", Verdict.PASSED, "s3"),
        ("v11.4.0", "runner-config", Verdict.PASSED, "ServerAddress is deprecated since 11.3"),
        ("v13.1.0", "cache", Verdict.ADVISED, "lost from 12.0"),
    ],
)
def test_of_its_day_and_of_today(tmp_path: Path, runner: str, item: str, verdict: Verdict, says: str) -> None:
    edits = [of_version(runner), edit(NESTED, FLAT), edit('6000"\n    ]\n', '6000"\n    ]\n    OffPeakIdleCount = 0\n')]
    write_homework(tmp_path / "homework", BASE, edits)
    repository = Repository(tmp_path / "homework")
    repository.seconds = 1_519_281_417
    repository.commit()
    asked = catalogue.load().items[f"gitlab-ci-1/{item}"]
    result = ask(asked, Submission("sample", repository.tree()), hw_course=Course())
    assert result.verdict is verdict
    told = [part for each in result.findings for part in (each.expected, each.found)]
    for value in result.evidence.values():
        told += value if isinstance(value, list) else [value]
    assert any(says in text(part) for part in told if part is not None), told


def test_a_course_names_the_runner(tmp_path: Path) -> None:
    write_homework(tmp_path / "homework", BASE, [of_version("latest"), edit(NESTED, FLAT)])
    repository = Repository(tmp_path / "homework")
    repository.commit()
    asked = catalogue.load().items["gitlab-ci-1/cache"]
    for version, verdict in (("11.2", Verdict.PASSED), ("12.0.1", Verdict.ADVISED)):
        result = ask(asked, Submission("sample", repository.tree()), hw_course=Course(runner_version=version))
        assert result.verdict is verdict
