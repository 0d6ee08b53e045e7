"""monitoring-1/targets-up: targets that are up, and what is said of those that are not."""

from __future__ import annotations

import pytest

from pytest_dockerlab.messages import _
from pytest_dockerlab.monitoring.server import PrometheusServer
from pytest_dockerlab.net.deadline import Deadline
from pytest_dockerlab.results import Verdict
from tests.engine.servers import free_port
from tests.monitoring.servers import exporter, job, prometheus

from ._monitored import WELL, Project, is_wrong, judge, words

ID = "monitoring-1/targets-up"
ALL = {**WELL, "/mongodb": "mongodb_up 1\n", "/blackbox": "probe_success 1\n"}
CONFIGURATION = """\
scrape_configs:
- job_name: nowhere
  static_configs:
  - targets:
    - prometheus.invalid:9090
- job_name: refused
  static_configs: [{targets: ['127.0.0.1:1']}]
"""


@pytest.mark.sample(ID, "passes")
def test_all_are_up(shared_site, watched):
    shared_site.export(ALL)
    result = judge(ID, watched)
    assert not is_wrong(result), words(result)
    assert result.evidence["targets"]["ui ui:9292"] == "up"
    assert str(result.evidence["Prometheus"]).startswith("2.")


@pytest.mark.sample(ID, "fails")
def test_a_wrong_path(shared_site, watched):
    shared_site.export({path: page for path, page in ALL.items() if path != "/comment"})
    result = judge(ID, watched)
    assert is_wrong(result)
    assert words(result) == (
        "the target comment:9292 of the job comment is up | server returned HTTP status 404 Not Found | "
        "the path is another one: correct metrics_path in the job, or see in a browser what the service answers"
    )
    assert result.because_of == "monitoring-1/scrape"


@pytest.mark.sample(ID, "unusual")
def test_what_could_not_be_started_is_nobodys_fault(shared_site, watched):
    shared_site.export({path: page for path, page in ALL.items() if path != "/mongodb"})
    watched.missing = {"127.0.0.1": _("no image")}
    result = judge(ID, watched)
    assert result.verdict is Verdict.UNVERIFIED
    assert words(result).startswith("what the jobs mongodb ask was not started here: no image")


@pytest.mark.sample(ID, "fails")
def test_another_configuration_runs(shared_site, watched, tmp_path):
    """The one of the image, where the student's was not copied; the item for the image tells it, where it does."""
    shared_site.export(ALL)
    (tmp_path / "monitoring" / "prometheus").mkdir(parents=True)
    (tmp_path / "monitoring" / "prometheus" / "prometheus.yml").write_text(CONFIGURATION.replace("refused", "ui"))
    result = judge(ID, watched, folder=tmp_path)
    assert is_wrong(result)
    assert words(result).startswith(
        "Prometheus runs with monitoring/prometheus/prometheus.yml | it has no job nowhere |"
    )
    assert result.because_of == "monitoring-1/prometheus-image"


@pytest.mark.sample(ID, "fails")
def test_names_and_ports_are_told_by_the_item_for_them(tmp_path):
    (tmp_path / "monitoring" / "prometheus").mkdir(parents=True)
    (tmp_path / "monitoring" / "prometheus" / "prometheus.yml").write_text(CONFIGURATION)
    jobs = [job("nowhere", "prometheus.invalid:9090"), job("refused", "127.0.0.1:1")]
    with prometheus(tmp_path, jobs) as url:
        server = PrometheusServer(url)
        server.wait_for(lambda asked: [each.health for each in asked.targets()] == ["down"] * 2, Deadline(60))
        result = judge(ID, Project(server), folder=tmp_path)
    assert is_wrong(result)
    assert "no such host" in words(result) or "server misbehaving" in words(result)
    assert "a service, or an alias, on a network that Prometheus is on too" in words(result)
    assert "connection refused | nothing listens on this port" in words(result)
    assert result.because_of == "monitoring-1/targets-resolve"
    places = {str(each.at) for each in result.findings}
    assert places == {"monitoring/prometheus/prometheus.yml:5", "monitoring/prometheus/prometheus.yml:7"}


@pytest.mark.sample(ID, "unusual")
def test_what_is_up_already_is_not_compared_with_the_files(shared_site, watched):
    watched.is_ours = False
    shared_site.export(ALL)
    assert not is_wrong(judge(ID, watched))


def test_nobody_answers(tmp_path):
    result = judge(ID, Project(PrometheusServer(f"http://127.0.0.1:{free_port()}")))
    assert is_wrong(result)
    assert "Prometheus answers | Prometheus at 127.0.0.1" in words(result)
    assert "does not accept the connection" in words(result)


def test_a_service_that_is_no_prometheus(tmp_path):
    with exporter({}) as other:
        result = judge(ID, Project(PrometheusServer(f"http://{other.address}")))
    assert is_wrong(result)
    assert "is not Prometheus: HTTP 404 (text/plain): no such page" in words(result)


def test_a_line_that_cannot_be_read(shared_site, watched, monkeypatch):
    broken = "ui_health 1\nui_health_comment_availability one\n"
    shared_site.export({**ALL, "/ui": broken}, unreadable="/ui")
    with exporter({"/ui": broken}) as ui:
        monkeypatch.setattr(watched, "url", lambda role: f"http://{ui.address}" if role == "ui" else None)
        result = judge(ID, watched)
    assert is_wrong(result)
    assert "invalid syntax; asked from here: the line 2 is no metric: ui_health_comment_availability one" in words(
        result
    )
    assert result.because_of == "monitoring-1/scrape"
