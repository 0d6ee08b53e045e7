"""monitoring-1/blackbox-up: probes that succeed, and what is said of those that do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from urllib.parse import urlencode

import pytest

from pytest_dockerlab.monitoring.server import PrometheusServer
from pytest_dockerlab.net.deadline import Deadline
from tests.monitoring.servers import exporter, job, prometheus

from ._monitored import Project, is_wrong, judge, words

ID = "monitoring-1/blackbox-up"
HTTP = {"http://ui:9292": "ui", "http://comment:9292/healthcheck": "comment", "http://post:5000/healthcheck": "post"}
TCP = ("comment:9292",)
WELL = "probe_success 1\nprobe_http_status_code 200\n"


def page(module: str, target: str) -> str:
    return f"/probe?{urlencode({'module': module, 'target': target})}"


@pytest.fixture(scope="module")
def probing(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[..., Project]]:
    """Gives a Prometheus with two jobs of probes other answers, by target; ``None`` for none."""
    usual = {page("http_2xx", target): WELL for target in HTTP} | {
        page("tcp", each): "probe_success 1\n" for each in TCP
    }
    with exporter(usual) as blackbox:
        jobs = [
            job(
                f"blackbox-{module}",
                *targets,
                metrics_path="/probe",
                params={"module": [module]},
                relabel_configs=[
                    {"source_labels": ["__address__"], "target_label": "__param_target"},
                    {"source_labels": ["__param_target"], "target_label": "instance"},
                    {"target_label": "__address__", "replacement": blackbox.address},
                ],
            )
            for module, targets in (("http_2xx", HTTP), ("tcp", TCP))
        ]
        with prometheus(tmp_path_factory.mktemp("prometheus"), jobs) as url:
            server = PrometheusServer(url)

            def ask(answers: dict[str, str | None] | None = None) -> Project:
                said = {page("http_2xx", target): answer for target, answer in (answers or {}).items()}
                blackbox.pages = {path: text for path, text in {**usual, **said}.items() if text is not None}
                expected = sorted(
                    (sample, value)
                    for text in blackbox.pages.values()
                    for sample, value in (line.split() for line in text.splitlines())
                )

                def is_seen(asked: PrometheusServer) -> bool:
                    seen = asked.query('{__name__=~"probe_.+|comment_health"}')
                    return sorted((each.name, f"{each.value:g}") for each in seen) == expected and all(
                        target.health != "unknown" for target in asked.targets()
                    )

                assert server.wait_for(is_seen, Deadline(60))
                return Project(server)

            yield ask


@pytest.mark.sample(ID, "passes")
@pytest.mark.sample(ID, "unusual")
def test_all_succeed(probing):
    """One of two jobs has a module that knows no status."""
    result = judge(ID, probing())
    assert not is_wrong(result), words(result)
    probes = result.evidence["probes"]
    assert probes["http://ui:9292"] == {"probe_success": 1, "probe_http_status_code": 200}
    assert probes["comment:9292"] == {"probe_success": 1}


@pytest.mark.parametrize(
    ("answers", "said"),
    [
        pytest.param(
            {"http://post:5000/healthcheck": "probe_success 0\nprobe_http_status_code 404\n"},
            "the probe of http://post:5000/healthcheck succeeds | probe_success 0, probe_http_status_code 404 | "
            "probe a page that answers 200: /healthcheck of post and comment, / of ui",
            id="a page that is not there",
        ),
        pytest.param(
            {"http://ui:9292": "probe_success 0\nprobe_http_status_code 0\n"},
            "nobody answers there: correct the host, the port and the scheme of the target",
            id="nobody there",
        ),
        pytest.param(
            {"http://ui:9292": "probe_success 1\nprobe_http_status_code 302\n"},
            "probe_success 1, probe_http_status_code 302",
            id="another status",
        ),
        pytest.param(
            {"http://ui:9292": "probe_success 0\n"}, "probe_success 0 | see the probe's own words", id="no status"
        ),
    ],
)
@pytest.mark.sample(ID, "fails")
def test_one_does_not(probing, answers, said):
    result = judge(ID, probing(answers))
    assert is_wrong(result)
    assert said in words(result)
    assert len(result.findings) == 1


@pytest.mark.sample(ID, "fails")
def test_services_that_are_not_well_are_told_by_the_item_for_their_metrics(probing):
    """Where they say so to Prometheus too; one that only says so here is this item's."""
    answer = "probe_success 0\nprobe_http_status_code 503\n"
    post = {"http://post:5000/healthcheck": answer}
    assert judge(ID, probing(post)).because_of is None
    result = judge(ID, probing({**post, "http://comment:9292/healthcheck": f"{answer}comment_health 0\n"}))
    assert is_wrong(result)
    assert result.because_of == "monitoring-1/metrics"
    assert len(result.findings) == 2


def test_a_target_that_refuses_is_told_by_the_item_for_targets(probing):
    result = judge(ID, probing({"http://ui:9292": None}))
    assert is_wrong(result)
    assert result.because_of == "monitoring-1/targets-up"
    assert "http://ui:9292 is probed | server returned HTTP status 404" in words(result)


def test_another_configuration_runs(shared_site, watched, tmp_path):
    """That there are no probes in it is nobody's choice."""
    shared_site.export({"/ui": "ui_health 1\n"})
    (tmp_path / "monitoring" / "prometheus").mkdir(parents=True)
    (tmp_path / "monitoring" / "prometheus" / "prometheus.yml").write_text("scrape_configs: [{job_name: probes}]\n")
    for id in (ID, "monitoring-1/mongodb-metrics"):
        result = judge(id, watched, folder=tmp_path)
        assert result.because_of == "monitoring-1/targets-up"


def test_without_probes(shared_site, watched):
    shared_site.export({"/ui": "ui_health 1\n"})
    assert str(judge(ID, watched).verdict) == "not attempted"
