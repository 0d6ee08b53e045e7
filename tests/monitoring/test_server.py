"""The client against Debian's Prometheus: what it has of real targets, and what it has not."""

from __future__ import annotations

import json
import math
import time
from types import SimpleNamespace
from urllib.parse import quote

import pytest

from pytest_dockerlab.monitoring.errors import PrometheusAgent, PrometheusDenied, PrometheusLacks, QueryRefused
from pytest_dockerlab.monitoring.server import PrometheusServer
from pytest_dockerlab.net.deadline import Deadline
from tests.registry.servers import PASSWORD, STORED, USER

from .servers import INTERVAL, exporter, job, prometheus

METRICS = """\
# HELP ui_health Health status of UI service
# TYPE ui_health gauge
ui_health 1
strange_value NaN
endless_value +Inf
requests_total{method="GET",path="/a b"} 3
requests_total{method="POST",path="/"} 4
"""


@pytest.fixture(scope="module")
def site(start, tmp_path_factory):
    """A Prometheus with a target that is up, one that is away, and one whose labels are made by relabelling."""
    ui = start(exporter({"/metrics": METRICS, "/probe?target=http%3A%2F%2Fui%3A9292": "probe_success 1\n"}))
    probes = job(
        "blackbox",
        "http://ui:9292",
        metrics_path="/probe",
        relabel_configs=[
            {"source_labels": ["__address__"], "target_label": "__param_target"},
            {"source_labels": ["__param_target"], "target_label": "instance"},
            {"target_label": "__address__", "replacement": ui.address},
        ],
    )
    jobs = [job("ui", ui.address), job("away", "127.0.0.1:1"), probes]
    server = PrometheusServer(start(prometheus(tmp_path_factory.mktemp("prometheus"), jobs)))
    server.wait_for(
        lambda asked: all(target.health != "unknown" for target in asked.targets()) and len(asked.query("up")) == 3,
        Deadline(30),
    )
    return SimpleNamespace(server=server, ui=ui)


def test_samples_have_their_labels_and_values(site):
    [sample] = site.server.query("ui_health")
    assert (sample.name, sample.job, sample.value) == ("ui_health", "ui", 1)
    assert sample.labels["instance"] == site.ui.address
    assert abs(sample.time - time.time()) < 60
    assert math.isnan(site.server.query("strange_value")[0].value)
    assert site.server.query("endless_value")[0].value == math.inf
    paths = {each.labels["path"]: each.value for each in site.server.query("requests_total")}
    assert paths == {"/a b": 3, "/": 4}
    assert site.server.query("no_such_metric") == []
    [number] = site.server.query("scalar(ui_health) + 1")
    assert (number.value, number.labels) == (2, {})


def test_the_time_of_a_scrape_is_asked_for(site):
    [sample] = site.server.query("timestamp(ui_health)")
    assert 0 <= sample.time - sample.value < 60
    assert site.server.query("ui_health", at=sample.time - 86400) == []


def test_series(site):
    def scraped_often(server: PrometheusServer) -> bool:
        return any(len(each.points) >= 3 for each in server.scraped("ui_health", 60))

    assert site.server.wait_for(scraped_often, Deadline(30))
    [series] = site.server.scraped("ui_health", 60)
    assert series.name == "ui_health"
    times = [when for when, _value in series.points]
    assert times == sorted(set(times))
    assert {value for _when, value in series.points} == {1}
    end = times[-1]
    [evaluated] = site.server.query_range("ui_health", end - 0.2, end, 0.1)
    assert evaluated.points[-1] == (pytest.approx(end), 1)


def test_targets_have_both_kinds_of_labels(site):
    targets = {target.pool: target for target in site.server.targets()}
    assert {name: target.health for name, target in targets.items()} == {"ui": "up", "away": "down", "blackbox": "up"}
    assert "connection refused" in targets["away"].last_error
    probe = targets["blackbox"]
    assert probe.discovered["__address__"] == "http://ui:9292"
    assert (probe.instance, probe.job) == ("http://ui:9292", "blackbox")
    assert probe.scrape_url == f"http://{site.ui.address}/probe?target=http%3A%2F%2Fui%3A9292"
    assert probe.interval == INTERVAL
    assert site.server.interval() == INTERVAL


def test_metadata_names_and_configuration(site):
    assert site.server.metadata("ui_health")["ui_health"][0].type == "gauge"
    assert "strange_value" in site.server.metadata() or "ui_health" in site.server.metadata()
    assert {"ui_health", "up", "probe_success"} <= set(site.server.names())
    assert "job_name: blackbox" in site.server.configuration()
    assert site.server.version().startswith("2.")
    assert site.server.is_ready()


def test_a_query_that_is_none_is_refused_with_its_own_words(site):
    with pytest.raises(QueryRefused, match="parse error") as caught:
        site.server.query("ui_health{")
    assert caught.value.status == 400
    with pytest.raises(QueryRefused, match="matrix"):
        site.server.query("ui_health[5m]")


def test_a_part_that_this_version_does_not_have(site):
    with pytest.raises(PrometheusLacks, match="/api/v1/nosuch"):
        site.server._api.data("nosuch")


def test_what_the_browser_shows_leads_there_too(site):
    assert PrometheusServer(f"{site.server.url}graph").query("up")
    assert PrometheusServer(f"{site.server.url}targets").is_ready()


def test_a_value_is_waited_for_and_a_series_that_ends_is_stale(start, tmp_path_factory):
    with exporter({"/metrics": "ui_health 1\n"}) as ui:
        server = PrometheusServer(start(prometheus(tmp_path_factory.mktemp("p"), [job("ui", ui.address)])))

        def value(asked: PrometheusServer) -> list[float]:
            return [sample.value for sample in asked.query("ui_health")]

        assert server.wait_for(value, Deadline(30)) == [1]
        ui.pages["/metrics"] = "ui_health 0\n"
        server.wait_for(lambda asked: value(asked) == [0], Deadline(30))
        ui.pages["/metrics"] = "other 0\n"
        server.wait_for(lambda asked: not value(asked), Deadline(30))
        assert {point[1] for point in server.scraped("ui_health", 60)[0].points} == {1, 0}
        assert server.wait_for(value, Deadline(0.05)) == [], "the last answer, at the deadline"


def test_below_a_path_and_with_a_login(start, tmp_path_factory):
    folder = tmp_path_factory.mktemp("p")
    web = folder / "web.yml"
    web.write_text(json.dumps({"basic_auth_users": {USER: STORED}}))
    flags = (f"--web.config.file={web}", "--web.external-url=http://localhost/watch", f"--storage.tsdb.path={folder}")
    url = start(prometheus(folder, [job("away", "127.0.0.1:1")], *flags, path="/watch"))
    host = url.removeprefix("http://")
    server = PrometheusServer(f"http://{USER}:{quote(PASSWORD, safe='')}@{host}/watch/graph")
    server.wait_until_ready(Deadline(30))
    assert server.query("vector(2)")[0].value == 2
    assert PASSWORD not in server.url + repr(vars(server._api))
    for login in ("", f"{USER}:wrong@"):
        with pytest.raises(PrometheusDenied, match="HTTP 401"):
            PrometheusServer(f"http://{login}{host}/watch").query("vector(1)")


def test_an_agent_answers_no_queries(start, tmp_path_factory):
    folder = tmp_path_factory.mktemp("p")
    flags = ("--enable-feature=agent", f"--storage.agent.path={folder / 'data'}")
    server = PrometheusServer(start(prometheus(folder, [job("away", "127.0.0.1:1")], *flags)))
    with pytest.raises(PrometheusAgent):
        server.query("up")
    assert server.wait_for(lambda asked: asked.targets(), Deadline(30)), "it knows what it scrapes"
