"""monitoring-1/mongodb-metrics: exporters that say something of a database, and those that do not."""

from __future__ import annotations

import pytest

from ._monitored import WELL, is_wrong, judge, words

ID = "monitoring-1/mongodb-metrics"
REST = {**WELL, "/blackbox": "probe_success 1\n"}
ITSELF = 'mongodb_exporter_build_info{version="%s"} 1\ngo_goroutines 7\n'


def asked(site, project, page):
    site.export(REST if page is None else {**REST, "/mongodb": page})
    return judge(ID, project)


@pytest.mark.sample(ID, "passes")
def test_it_is_connected(shared_site, watched):
    result = asked(shared_site, watched, "mongodb_up 1\nmongodb_ss_connections 3\n")
    assert not is_wrong(result), words(result)
    assert result.evidence["metrics"] == 2


@pytest.mark.sample(ID, "unusual")
def test_one_without_that_flag(shared_site, watched):
    result = asked(shared_site, watched, 'mongodb_connections{state="current"} 3\n')
    assert not is_wrong(result), words(result)


@pytest.mark.parametrize(
    ("page", "said"),
    [
        pytest.param(
            "mongodb_up 0\nmongodb_ss_connections 3\n",
            "mongodb_up is 1: the exporter is connected to the database | 0 mongodb:9292 | see the exporter's log",
            id="not connected",
        ),
        pytest.param(
            "mongodb_up 1\n",
            "the exporter has metrics of the database beside mongodb_up | mongodb_up | see its log; mongodb_exporter "
            "from 0.30 on collects nothing more without --collect-all, and from 0.20 on the usual names need --compat",
            id="nothing else",
        ),
        pytest.param(
            "mongodb_up 1\n" + ITSELF % "0.40.0",
            "mongodb_exporter 0.40.0 collects nothing more without --collect-all",
            id="nothing else of a new one",
        ),
        pytest.param(
            "mongodb_up 1\n" + ITSELF % "v0.20.4",
            "mongodb_exporter v0.20.4 has the usual names with --compatible-mode",
            id="nothing else of one between",
        ),
        pytest.param(
            "mongodb_up 1\n" + ITSELF % "0.11.2",
            "see the log of mongodb_exporter 0.11.2",
            id="nothing else of an old one",
        ),
        pytest.param(
            "go_goroutines 7\n", "no metric begins with mongodb_ | see the exporter's log", id="nothing at all"
        ),
    ],
)
@pytest.mark.sample(ID, "fails")
def test_it_says_too_little(shared_site, watched, page, said):
    result = asked(shared_site, watched, page)
    assert is_wrong(result)
    assert said in words(result)
    assert len(result.findings) == 1


def test_one_that_is_not_up_is_told_by_the_item_for_targets(shared_site, watched):
    result = asked(shared_site, watched, None)
    assert is_wrong(result)
    assert result.because_of == "monitoring-1/targets-up"
    assert "the target mongodb:9292 is not up: server returned HTTP status 404" in words(result)
