"""monitoring-1/metrics: metrics that are there, and what is said of those that are not, or are other ones."""

from __future__ import annotations

import dataclasses
import time

import pytest

from pytest_dockerlab.course import Course
from pytest_dockerlab.messages import _
from pytest_dockerlab.results import Verdict
from pytest_dockerlab.wanted_metrics import SEED_METRICS, WantedMetric
from tests.monitoring.servers import exporter

from ._monitored import COMMENT, FAST, NODE, UI, WELL, is_wrong, judge, words

ID = "monitoring-1/metrics"
EXTRA = 'requests{path="/a"} 3\nrequests{path="/b"} 4\nstrange NaN\n# TYPE counted counter\ncounted 1\n'
ALL = {**WELL, "/mongodb": "mongodb_up 1\n", "/blackbox": EXTRA}


def course(*metrics: WantedMetric) -> Course:
    return dataclasses.replace(FAST, metrics=metrics)


@pytest.mark.sample(ID, "passes")
def test_all_are_there(shared_site, watched):
    shared_site.export(ALL)
    result = judge(ID, watched)
    assert not is_wrong(result), words(result)


@pytest.mark.sample(ID, "unusual")
def test_what_an_exporter_that_could_not_be_started_has(shared_site, watched):
    shared_site.export({path: page for path, page in ALL.items() if path != "/node"})
    watched.missing = {"127.0.0.1": _("no image")}
    result = judge(ID, watched)
    assert result.verdict is Verdict.UNVERIFIED
    assert words(result).startswith("what the jobs node ask was not started here: no image")


@pytest.mark.sample(ID, "unusual")
def test_jobs_of_other_names(shared_site, watched):
    """A job is known by what its name speaks of, and one whose name says nothing by its targets."""
    ui = UI.replace(" 1\n", '{job="otus_frontend",instance="10.0.0.1:9292"} 1\n')
    comment = COMMENT.replace(" 1\n", '{job="reddit",instance="comment:9292"} 1\n')
    shared_site.export({**ALL, "/ui": ui, "/comment": comment})
    result = judge(ID, watched)
    assert not is_wrong(result), words(result)


@pytest.mark.parametrize(
    ("pages", "said"),
    [
        pytest.param(
            {"/comment": COMMENT.replace("comment_health 1", "comment_health 0")},
            'the metric comment_health is 1 | 0 {instance="comment:9292", job="comment", path="/comment"} | '
            "see the log of the service that exports it, and whether what it depends on is reachable",
            id="a value of when it is not well",
        ),
        pytest.param(
            {"/ui": UI.replace("ui_health 1", 'ui_health{job="comment"} 1')},
            "the metric ui_health comes from the job ui | it comes from comment | correct the targets of the jobs",
            id="another job",
        ),
        pytest.param({"/ui": UI.replace("ui_health 1", "ui_health NaN")}, "the metric ui_health is 1 | NaN", id="NaN"),
    ],
)
@pytest.mark.sample(ID, "fails")
def test_one_is_wrong(shared_site, watched, pages, said):
    shared_site.export({**ALL, **pages})
    result = judge(ID, watched)
    assert is_wrong(result)
    assert said in words(result)
    assert len(result.findings) == 1
    assert result.because_of is None


def test_what_a_target_that_is_down_would_have_is_told_by_the_item_for_targets(shared_site, watched):
    shared_site.export(ALL)
    shared_site.export({path: page for path, page in ALL.items() if path != "/comment"})
    result = judge(ID, watched)
    assert is_wrong(result)
    assert result.because_of == "monitoring-1/targets-up"
    assert [str(each.expected) for each in result.findings] == [
        "the metric comment_health is there",
        "the metric comment_health_mongo_availability is there",
    ]
    assert "the target comment:9292 is not up: server returned HTTP status 404" in words(result)


def test_the_course_says_what_has_to_be_there(shared_site, watched):
    two_minutes_ago = (time.time() - 120) * 1000
    shared_site.export({**ALL, "/blackbox": EXTRA + f"late 1 {two_minutes_ago:.0f}\n"})
    wanted = course(
        WantedMetric("requests", labels={"path": "/a"}),
        WantedMetric("requests", labels={"path": "/c"}),
        WantedMetric("requests", is_single=True),
        WantedMetric("strange"),
        WantedMetric("counted", type="gauge"),
        WantedMetric("mongodb_*"),
        WantedMetric("cadvisor_*"),
        WantedMetric("ui_health", job="grafana"),
        WantedMetric("late"),
        WantedMetric("ui_healty", job="ui"),
    )
    result = judge(ID, watched, wanted)
    assert is_wrong(result)
    told = [str(each.expected) for each in result.findings]
    assert told == [
        'the metric requests has a series with {path="/c"}',
        "the metric requests has exactly one series",
        "the metric strange has a value",
        "the metric counted is a gauge",
        "the metric cadvisor_* is there",
        "the metric ui_health comes from the job grafana",
        "the metric late is there",
        "the metric ui_healty is there",
    ]
    assert 'path="/a"' in words(result)
    assert "its last value is older than " in words(result)
    assert "no such metric; near names: ui_health" in words(result)
    assert "no such metric | see Status → Targets in Prometheus" in words(result)
    assert not is_wrong(judge(ID, watched, course(WantedMetric("counted", type="counter"))))


def test_a_service_that_nobody_scrapes_is_told_by_the_item_for_jobs(shared_site, watched):
    shared_site.export(ALL)
    result = judge(ID, watched, course(WantedMetric("post_count", job="post")))
    assert is_wrong(result)
    assert result.because_of == "monitoring-1/jobs"
    assert "no target is scraped by a job for post | add a job for it to scrape_configs" in words(result)


def test_what_was_there_and_is_not_any_more(shared_site, watched):
    shared_site.export({**ALL, "/node": NODE + "node_boot 1\n"})
    shared_site.export(ALL)
    result = judge(ID, watched, course(WantedMetric("node_boot", job="node")))
    assert is_wrong(result)
    assert "it was there, and its target does not export it any more" in words(result)


@pytest.mark.sample(ID, "fails")
def test_what_another_configuration_lacks_is_told_by_the_item_for_targets(shared_site, watched, tmp_path):
    shared_site.export(ALL)
    (tmp_path / "monitoring" / "prometheus").mkdir(parents=True)
    (tmp_path / "monitoring" / "prometheus" / "prometheus.yml").write_text("scrape_configs: [{job_name: shop}]\n")
    result = judge(ID, watched, course(WantedMetric("shop_health", job="shop")), folder=tmp_path)
    assert is_wrong(result)
    assert result.because_of == "monitoring-1/targets-up"


def test_the_seeds_metrics():
    assert [metric.name for metric in SEED_METRICS] == [
        "ui_health",
        "ui_health_comment_availability",
        "ui_health_post_availability",
        "comment_health",
        "comment_health_mongo_availability",
        "node_*",
    ]


def test_what_the_service_has_and_prometheus_has_not(shared_site, watched, monkeypatch):
    """The job of ui scrapes another page than that of ui, which is published."""
    shared_site.export(ALL)
    with exporter({"/metrics": "ui_latency 1\n"}) as ui:
        monkeypatch.setattr(watched, "url", lambda role: f"http://{ui.address}" if role == "ui" else None)
        result = judge(ID, watched, course(WantedMetric("ui_latency", job="ui")))
    assert is_wrong(result)
    assert f"the service has it at http://{ui.address}/metrics, and Prometheus has not" in words(result)


def test_a_course_that_wants_none(watched):
    assert str(judge(ID, watched, course()).verdict) == "unverified"
