"""What a configuration of Prometheus may hold to do harm: each is bounded, and nothing outside is read or shown."""

from __future__ import annotations

import os
import stat
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue, tools
from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.findings import Mismatch, Unverified
from pytest_dockerlab.messages import text
from pytest_dockerlab.results import ItemResult, Verdict
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.prometheus.promtool import own_version
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask, said

DOCKERFILE = "FROM prom/prometheus:v2.1.0\nCOPY prometheus.yml /etc/prometheus/\n"
SECRET = "canary-77f0"
RELABELLED = """\
  - job_name: {name}
    static_configs: [{{targets: [a]}}]
    relabel_configs: [{{target_label: x, replacement: y}}]
"""

needs_promtool = pytest.mark.skipif(tools.find("promtool") is None, reason="no promtool here")


def submission(folder: Path, configuration: str | bytes, **files: str) -> Submission:
    root = folder / "submission"
    data = configuration if isinstance(configuration, bytes) else configuration.encode()
    (root / "monitoring/prometheus").mkdir(parents=True)
    (root / "monitoring/prometheus/prometheus.yml").write_bytes(data)
    (root / "monitoring/prometheus/Dockerfile").write_text(DOCKERFILE)
    for path, content in files.items():
        (root / path).write_text(content)
    return Submission("hostile", WorkTree(root))


def asked(of: Submission, item: str = "monitoring-1/config") -> ItemResult:
    return ask(catalogue.load().items[item], of)


def shown(result: ItemResult) -> str:
    parts = [result.reason, result.remedy, *result.evidence.values()]
    return "\n".join([*map(said, result.findings), *(text(each) for each in parts if each is not None)])


def jobs(count: int) -> str:
    return "scrape_configs:\n" + "".join(RELABELLED.format(name=f"j{number}") for number in range(count))


def test_ten_thousand_targets(tmp_path: Path) -> None:
    targets = "".join(f"          - h{number}:1\n" for number in range(10_000))
    it = submission(tmp_path, f"scrape_configs:\n  - job_name: a\n    static_configs:\n      - targets:\n{targets}")
    assert asked(it).verdict is Verdict.PASSED
    assert len(it.scrape_targets) == 10_000
    assert it.scrape_targets[-1].static.location.line == 10_004


@needs_promtool
def test_targets_that_are_relabelled_have_a_limit(tmp_path: Path) -> None:
    targets = ", ".join(f"h{number}:1" for number in range(500))
    it = submission(tmp_path, jobs(1).replace("[a]", f"[{targets}]"))
    with pytest.raises(LimitExceeded, match=r"prometheus.yml:3: more than 200 targets"):
        it.scrape_targets  # noqa: B018


@needs_promtool
def test_jobs_that_are_relabelled_have_a_limit(tmp_path: Path) -> None:
    with pytest.raises(LimitExceeded, match=r"prometheus.yml:62: more than 20 jobs"):
        submission(tmp_path, jobs(500)).scrape_targets  # noqa: B018


@pytest.mark.parametrize(
    ("what", "reason"),
    [
        ("# " + "x" * 300_000, "larger than 256 KiB"),
        ("a: [" + "1, " * 25_000 + "1]", "more than 20000 values"),
        ("a: " + "[" * 60 + "]" * 60, "nested deeper"),
        ("a: &a [1,1,1,1,1,1,1,1]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\n"
         "d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: [*d,*d,*d,*d,*d,*d,*d,*d]\n", "more than 20000 values"),
    ],
    ids=["large", "values", "deep", "aliases"],
)  # fmt: skip
def test_what_is_too_much_is_unverified_with_its_place(tmp_path: Path, what: str, reason: str) -> None:
    result = asked(submission(tmp_path, what))
    assert result.verdict is Verdict.UNVERIFIED
    assert reason in shown(result)
    assert "monitoring/prometheus/prometheus.yml" in shown(result)


@pytest.mark.parametrize("data", ["a: привет\n".encode("cp1251"), b"a: \xff\xfe\n", b"\x00\x01\x02", b"a: \x1b[31m\n"])
def test_what_is_no_text_is_a_finding_with_its_line(tmp_path: Path, data: bytes) -> None:
    result = asked(submission(tmp_path, data))
    assert result.verdict is Verdict.FAILED
    assert [each.at.line for each in result.findings if each.at] == [1]
    assert "\x1b" not in shown(result)


@needs_promtool
@pytest.mark.parametrize(
    "section",
    [
        "rule_files: ['{0}']\n",
        "scrape_config_files: ['{0}']\n",
        "scrape_configs: [{{job_name: a, file_sd_configs: [{{files: ['{0}']}}]}}]\n",
        "scrape_configs: [{{job_name: a, bearer_token_file: '{0}', static_configs: [{{targets: [a]}}]}}]\n",
        "scrape_configs: [{{job_name: a, tls_config: {{ca_file: '{0}', key_file: '{0}', cert_file: '{0}'}}}}]\n",
        "remote_write: [{{url: 'http://a', authorization: {{credentials_file: '{0}'}}}}]\n",
        "global: {{query_log_file: '{0}', external_labels: {{a: '$HOME ${{PATH}}'}}}}\n",
    ],
)
def test_files_that_it_names_are_not_read(tmp_path: Path, section: str) -> None:
    canary = tmp_path / "canary.yml"
    canary.write_text(f"{SECRET}: [\n")
    os.utime(canary, (1, 1))
    result = asked(submission(tmp_path, section.format(canary)))
    assert SECRET not in shown(result)
    assert canary.stat().st_atime == 1, "nobody opened it"


def test_the_configuration_is_a_file_of_the_docker_host(tmp_path: Path) -> None:
    it = submission(tmp_path, "")
    path = tmp_path / "submission/monitoring/prometheus/prometheus.yml"
    path.unlink()
    path.symlink_to("/etc/passwd")
    result = asked(it)
    assert result.verdict is not Verdict.PASSED
    assert "root:" not in shown(result)


@pytest.mark.skipif(tools.compose_command() is None, reason="no Docker Compose here")
@pytest.mark.parametrize("source", ["/etc/passwd", "../../../../../../etc/passwd", "/"])
def test_compose_mounts_a_file_of_the_docker_host(tmp_path: Path, source: str) -> None:
    it = submission(tmp_path, "")
    (tmp_path / "submission/docker").mkdir()
    (tmp_path / "submission/docker/docker-compose.yml").write_text(
        "services:\n  prometheus:\n    image: prom/prometheus:v2.1.0\n    volumes:\n"
        f"      - {source}:/etc/prometheus/prometheus.yml\n"
    )
    assert it.prometheus_files.configuration is None
    with pytest.raises((Mismatch, Unverified)):
        it.prometheus  # noqa: B018


@needs_promtool
@pytest.mark.parametrize("name", ["--help", "-", "a b;c", "'", "$(id)", "..", "\\\\u2028"])
def test_a_job_is_called_like_something_else(tmp_path: Path, name: str) -> None:
    it = submission(tmp_path, jobs(1).replace("j0", f'"{name}"'))
    assert [each.labels["x"] for each in it.scrape_targets] == ["y"] or asked(it).verdict is Verdict.FAILED


@needs_promtool
@pytest.mark.parametrize("name", ["a\\0b", "x" * 150_000], ids=["nul", "long"])
def test_a_job_s_name_that_cannot_be_an_argument(tmp_path: Path, name: str) -> None:
    it = submission(tmp_path, jobs(1).replace("j0", f'"{name}"'))
    with pytest.raises(LimitExceeded, match="job_name"):
        it.scrape_targets  # noqa: B018
    assert asked(it).verdict in (Verdict.PASSED, Verdict.FAILED)


@needs_promtool
@pytest.mark.parametrize("regex", ["(a+)+$", "(((a{999}){999}){999})", "(" * 2_000, "[[:^"])
def test_a_regular_expression_that_others_never_end_with(tmp_path: Path, regex: str) -> None:
    it = submission(tmp_path, jobs(1).replace("target_label: x", f"regex: '{regex}', target_label: x"))
    assert asked(it).verdict is (Verdict.PASSED if regex == "(a+)+$" else Verdict.FAILED)


@pytest.mark.parametrize("script", ["kill -SEGV $$", "kill -KILL $$", "echo 'panic: x' >&2; exit 2"])
def test_a_promtool_that_crashes_accuses_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str) -> None:
    program = tmp_path / "bin/promtool"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\ncase "$1" in --version) echo promtool, version 2.42.0; exit;; esac\n{script}\n')
    program.chmod(program.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    result = asked(submission(tmp_path, "global: {}\n"))
    assert result.verdict is Verdict.UNVERIFIED
    assert "promtool crashes" in shown(result)


@pytest.mark.skipif(tools.find("promtool") is None, reason="no promtool here")
def test_a_program_that_is_no_promtool_of_today_decides_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "bin/promtool"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\necho 'promtool, version 2.1.0: error: unknown long flag' >&2; exit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    assert asked(submission(tmp_path, "global: {}\n")).verdict is Verdict.PASSED


@pytest.mark.parametrize(
    ("version", "said", "verdict"),
    [
        ("2.42.0", "expected Alertmanager api version to be one of [v2] but got v1", Verdict.FAILED),
        ("3.5.0", "expected Alertmanager api version to be one of [v2] but got v1", Verdict.UNVERIFIED),
        ("3.5.0", "yaml: unmarshal errors:\n    line 1: field x not found in type config.plain", Verdict.UNVERIFIED),
        ("3.5.0", "scrape timeout greater than scrape interval", Verdict.FAILED),
    ],
)
def test_a_promtool_of_another_major_version_accuses_nobody_of_what_it_does_not_know(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, version: str, said: str, verdict: Verdict
) -> None:
    """It stands for one that cannot be installed here; the Dockerfile names v2.1.0."""
    program = tmp_path / "bin/promtool"
    program.parent.mkdir()
    answer = f'case "$1" in --version) echo promtool, version {version}; exit;; esac'
    program.write_text(f"#!/bin/sh\n{answer}\nprintf '  FAILED: parsing YAML file p.yml: {said}\\n' >&2\nexit 1\n")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{program.parent}{os.pathsep}{os.environ['PATH']}")
    own_version.cache_clear()
    try:
        assert asked(submission(tmp_path, "global: {}\n")).verdict is verdict
    finally:
        own_version.cache_clear()


def test_stages_that_copy_from_each_other_again_and_again(tmp_path: Path) -> None:
    stages = "".join(
        f"FROM prom/prometheus:v2.1.0 AS s{n}\n" + f"COPY --from=s{n - 1} /etc/prometheus /etc/prometheus\n" * 40
        for n in range(1, 12)
    )
    it = submission(
        tmp_path, "", **{"monitoring/prometheus/Dockerfile": f"FROM prom/prometheus:v2.1.0 AS s0\n{stages}"}
    )
    result = asked(it, "monitoring-1/prometheus-image")
    assert result.verdict in (Verdict.UNVERIFIED, Verdict.FAILED)
