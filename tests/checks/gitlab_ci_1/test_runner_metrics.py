"""gitlab-ci-1/runner-metrics: runners of three ages, others' metrics, and what is none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_dockerlab.homework import Need
from pytest_dockerlab.results import ItemResult
from tests.engine.servers import free_port
from tests.monitoring.servers import CONTENT_TYPE, exporter
from tests.registry.servers import answer, hostile

from ._endpoints import ask_with, texts
from ._homework import BASE, CONFIGURATION

ITEM = "gitlab-ci-1/runner-metrics"

NOW = """\
# HELP gitlab_runner_autoscaling_machine_states The current number of machines per state in this provider.
# TYPE gitlab_runner_autoscaling_machine_states gauge
gitlab_runner_autoscaling_machine_states{executor="docker+machine",state="acquired",target_zone="a"} 0
gitlab_runner_autoscaling_machine_states{executor="docker+machine",state="creating",target_zone="a"} 1
gitlab_runner_autoscaling_machine_states{executor="docker+machine",state="idle",target_zone="a"} 1
gitlab_runner_autoscaling_machine_states{executor="docker+machine",state="used",target_zone="a"} 2
gitlab_runner_autoscaling_machine_states{executor="docker+machine",state="used",target_zone="b"} 1
gitlab_runner_autoscaling_machine_states{executor="docker+machine",state="removing",target_zone="a"} 0
gitlab_runner_autoscaling_actions_total{action="created",executor="docker+machine"} 6
gitlab_runner_concurrent 5
gitlab_runner_limit{runner="t9wkyj-hg",system_id="s_1"} 5
gitlab_runner_jobs{executor_stage="idle",runner="t9wkyj-hg",stage="idle",state="idle",system_id="s_1"} 0
gitlab_runner_jobs{executor_stage="docker_run",runner="t9wkyj-hg",stage="step_script",state="running"} 3
gitlab_runner_version_info{name="gitlab-runner",version="19.1.0"} 1
process_cpu_seconds_total 3.5
"""
OLD = """\
ci_docker_machines_provider_actions_total{action="created"} 7
ci_docker_machines_provider_machine_states{state="acquired"} 0
ci_docker_machines_provider_machine_states{state="idle"} 2
ci_docker_machines_provider_machine_states{state="removing"} 0
ci_docker_machines_provider_machine_states{state="used"} 3
ci_runner_builds{executor_stage="docker_run",runner="be2265a1",stage="build_script",state="running"} 3
ci_runner_version_info{name="gitlab-runner",revision="80b03db9",version="10.5.0"} 1
ci_ssh_docker_machines_provider_machine_states{state="idle"} 0
ci_ssh_docker_machines_provider_machine_states{state="used"} 0
"""
FLEETING = """\
fleeting_provisioner_instances{state="creating"} 1
fleeting_provisioner_instances{state="deleted"} 40
fleeting_provisioner_instances{state="deleting"} 1
fleeting_provisioner_instances{state="requested"} 4
fleeting_provisioner_instances{state="running"} 3
fleeting_provisioner_max_instances 5
fleeting_taskscaler_max_tasks_per_instance 1
fleeting_taskscaler_tasks{state="acquired"} 3
fleeting_taskscaler_tasks{state="idle"} 0
gitlab_runner_autoscaling_machine_states{executor="docker+machine",state="idle"} 0
gitlab_runner_concurrent 5
gitlab_runner_limit{runner="t9wkyj-hg",system_id="s_1"} 0
gitlab_runner_version_info{version="18.5.0"} 1
"""


def asked(folder: Path, url: str) -> ItemResult:
    return ask_with("runner-metrics", Need.RUNNER_METRICS_URL, url, folder)


def told(folder: Path, text: str, *, path: str = "/metrics", given: str = "") -> ItemResult:
    with exporter({path: text}) as server:
        return asked(folder, f"http://{server.address}{given}")


@pytest.mark.sample(ITEM, "passes")
def test_a_runner_of_today(tmp_path: Path) -> None:
    result = told(tmp_path, NOW)
    assert result.verdict == "passed", texts(result)
    assert result.evidence["machines"] == {"creating": 1, "idle": 1, "used": 3}
    assert result.evidence["limits"] == {"concurrent": 5, "limit": 5}
    assert (result.evidence["runner version"], result.evidence["created"]) == ("19.1.0", 6)
    assert result.evidence["jobs"] == 3


@pytest.mark.sample(ITEM, "unusual")
def test_a_runner_of_2018(tmp_path: Path) -> None:
    """It says no limit, so those of the repository count."""
    result = told(tmp_path / "right", OLD)
    assert result.verdict == "passed", texts(result)
    assert result.evidence["limits"] == {"concurrent": 5, "limit": 5}
    assert (result.evidence["machines"], result.evidence["created"]) == ({"idle": 2, "used": 3}, 7)
    result = told(tmp_path / "wrong", OLD.replace('state="used"} 3', 'state="used"} 6'))
    assert result.verdict == "failed"
    [finding] = result.findings
    assert str(finding.at) == "gitlab-ci/config.toml:1"
    assert "at most 5 jobs at a time" in texts(result)


def test_a_runner_of_2018_of_whom_nobody_says_a_limit(tmp_path: Path) -> None:
    hole = (
        BASE[CONFIGURATION]
        .replace("limit = 5", "limit = {{ limit }}")
        .replace("concurrent = 5", "concurrent = {{ c }}")
    )
    for number, files in enumerate(
        ({path: text for path, text in BASE.items() if path != CONFIGURATION}, {**BASE, CONFIGURATION: hole})
    ):
        with exporter({"/metrics": OLD}) as server:
            url = f"http://{server.address}"
            result = ask_with("runner-metrics", Need.RUNNER_METRICS_URL, url, tmp_path / str(number), files)
        assert result.verdict == "unverified"
        assert "neither the metrics nor a configuration in the repository says" in texts(result)


@pytest.mark.sample(ITEM, "unusual")
def test_docker_autoscaler(tmp_path: Path) -> None:
    result = told(tmp_path, FLEETING, path="/runner/metrics", given="/runner/metrics")
    assert result.verdict == "passed", texts(result)
    assert "machines" not in result.evidence
    assert result.evidence["tasks"] == {"acquired": 3}


@pytest.mark.sample(ITEM, "unusual")
def test_no_limit(tmp_path: Path) -> None:
    assert told(tmp_path, NOW.replace('s_1"} 5', 's_1"} 0')).verdict == "passed"


@pytest.mark.sample(ITEM, "unusual")
def test_two_runners_of_one_process(tmp_path: Path) -> None:
    text = NOW.replace('state="idle",target_zone="a"} 1', 'state="idle",target_zone="a"} 4')
    text += 'gitlab_runner_limit{runner="abcdef123",system_id="s_1"} 3\n'
    result = told(tmp_path, text)
    assert result.verdict == "passed", texts(result)
    assert result.evidence["limits"] == {"concurrent": 5, "limit": 8}


@pytest.mark.sample(ITEM, "fails")
@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            NOW.replace('state="removing",target_zone="a"} 0', 'state="removing",target_zone="a"} 1'),
            "at most 5 machines in all states: the limit of the runner | 6: acquired: 0, creating: 1, idle: 1, used: 3",
        ),
        (NOW.replace("gitlab_runner_concurrent 5", "gitlab_runner_concurrent 2"), "at most 2 jobs at a time"),
        (FLEETING.replace("instances 5", "instances 4"), "at most 4 instances: max_instances of the runner | 5: "),
        (FLEETING.replace("concurrent 5", "concurrent 2"), "at most 2 jobs at a time: the lesser of"),
        (
            "gitlab_runner_version_info 1\ngitlab_runner_concurrent 5\n",
            "the runner answers, and its metrics have neither machines nor instances | set the executor to docker-auto",
        ),
        ('node_cpu_seconds_total{cpu="0"} 1\ngo_goroutines 7\n', "node exporter answers there | set listen"),
        ("prometheus_tsdb_head_series 1\nnode_x 1\n", "node exporter answers there"),
        ("gitlab_transaction_duration_seconds_count 1\n", "GitLab answers there"),
        ("my_counter 1\n", "the metrics of another program answer there"),
        ("\n", "the metrics of another program answer there"),
        (NOW.replace('"used",target_zone="b"} 1', '"used",target_zone="b"} NaN'), "machine_states is nan"),
        (NOW.replace('"used",target_zone="b"} 1', '"used",target_zone="b"} -4'), "machine_states is -4.0"),
        (NOW.replace('"used",target_zone="b"} 1', '"used",target_zone="b"} 1e300'), "machine_states is 1e+300"),
        ("<html>\n", "/metrics: the line 1 is no metric: <html>"),
    ],
)  # fmt: skip
def test_what_is_not_right(tmp_path: Path, text: str, says: str) -> None:
    result = told(tmp_path, text)
    assert result.verdict == "failed"
    assert says in texts(result)
    assert len(result.findings) == 1


def test_a_runner_that_never_created_a_machine(tmp_path: Path) -> None:
    """As one with the executor docker: it counts machines too, and has none."""
    text = """\
gitlab_runner_autoscaling_machine_states{executor="docker+machine",state="idle"} 0
gitlab_runner_autoscaling_machine_states{executor="docker+machine",state="used"} 0
gitlab_runner_autoscaling_actions_total{action="created",executor="docker+machine"} 0
gitlab_runner_concurrent 4
gitlab_runner_limit{runner="a"} 0
gitlab_runner_version_info{version="18.5.0"} 1
"""
    result = told(tmp_path / "never", text)
    assert result.verdict == "unverified"
    assert "has created none since it started\nstart a pipeline, and ask again while its jobs run" in texts(result)
    before = told(
        tmp_path / "before", text.replace('action="created",executor="docker+machine"} 0', 'action="created"} 3')
    )
    assert before.verdict == "passed", texts(before)


@pytest.mark.parametrize(
    ("states", "version", "verdict"),
    [
        # machines in removal beside those of the next jobs: the runner's own doing before 16.5
        ('removing"} 4', "16.4.0", "passed"),
        ('removing"} 4', "16.5.0", "failed"),
        ('idle"} 4', "16.4.0", "failed"),
        ('idle"} 4', "12.4.1", "unverified"),
        ('idle"} 4', "latest", "unverified"),
    ],
)
def test_what_a_version_does_by_itself(tmp_path: Path, states: str, version: str, verdict: str) -> None:
    text = f"""\
gitlab_runner_autoscaling_machine_states{{executor="docker+machine",state="used"}} 4
gitlab_runner_autoscaling_machine_states{{executor="docker+machine",state="{states}
gitlab_runner_limit{{runner="a"}} 4
gitlab_runner_concurrent 10
gitlab_runner_version_info{{version="{version}"}} 1
"""
    assert told(tmp_path, text).verdict == verdict


def test_another_type_of_answer(tmp_path: Path) -> None:
    with hostile(lambda head: iter([answer("200 OK", {"Content-Type": "text/html"}, b"<html>")])) as server:
        assert "its Content-Type is text/html" in texts(asked(tmp_path, server.url))
    with hostile(lambda head: iter([answer("404 Not Found", {"Content-Type": "text/plain"}, b"no")])) as server:
        assert "/metrics: it answers with HTTP 404 | set listen_address" in texts(asked(tmp_path, server.url))


def test_who_does_not_answer(tmp_path: Path) -> None:
    result = asked(tmp_path, f"http://127.0.0.1:{free_port()}")
    assert result.verdict == "failed"
    assert "nothing listens at 127.0.0.1:" in texts(result)
    result = asked(tmp_path, "http://runner.invalid:9252")
    assert result.verdict == "unverified"
    assert "the name runner.invalid does not resolve here" in texts(result)
    assert "check the name in --hw-runner-metrics-url" in texts(result)


def test_a_password_in_the_url_is_not_repeated(tmp_path: Path) -> None:
    result = asked(tmp_path, "http://me:hunter2@127.0.0.1:9252")
    assert result.verdict == "error"
    assert "a URL without user and password is wanted" in (result.details or "")
    assert "hunter2" not in str(result)
    with hostile(lambda head: iter([answer("404 Not Found", {"Content-Type": "text/plain"}, b"no")])) as server:
        result = asked(tmp_path, f"{server.url}/metrics?t=hunter2")
    assert "/metrics: it answers with HTTP 404" in texts(result)
    assert "hunter2" not in str(result)


def test_an_endless_answer_and_a_redirect(tmp_path: Path) -> None:
    def endless(head: bytes) -> Iterator[bytes]:
        yield b"HTTP/1.1 200 OK\r\nContent-Type: " + CONTENT_TYPE.encode() + b"\r\n\r\n"
        while True:
            yield b"a 1\n" * 16384

    with hostile(endless) as server:
        result = asked(tmp_path, server.url)
    assert result.verdict == "failed"
    assert "sends more than 1048576 bytes in one answer" in texts(result)

    def away(head: bytes) -> Iterator[bytes]:
        yield answer("302 Found", {"Location": f"http://localhost:{other.port}/metrics"})

    with hostile(lambda head: iter([answer("200 OK")])) as other, hostile(away) as server:
        result = asked(tmp_path, server.url)
    assert "redirects to where we do not follow: http://localhost:" in texts(result)
    assert other.requests == []
