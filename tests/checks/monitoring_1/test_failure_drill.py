"""monitoring-1/failure-drill: metrics that react to a stopped database and return, and those that do not."""

from __future__ import annotations

import itertools

import pytest

from pytest_dockerlab.course import Course

from ._monitored import COMMENT, UI, WELL, Project, Site, is_wrong, judge, words

ID = "monitoring-1/failure-drill"
PATIENT = Course(time_limits={"up": 60.0})
ALL = {**WELL, "/mongodb": "mongodb_up 1\n", "/blackbox": "probe_success 1\n"}
HIT = {"/ui": UI.replace(" 1\n", " 0\n"), "/comment": COMMENT.replace(" 1\n", " 0\n")}


class Reacting(Project):
    """A project whose services export other pages while the database is stopped, and others again afterwards."""

    def __init__(self, site: Site, hit: dict[str, str | None], again: dict[str, str] | None = None) -> None:
        super().__init__(site.server)
        self._site = site
        self._hit = {path: page for path, page in {**ALL, **hit}.items() if page is not None}
        self._again = ALL if again is None else {**ALL, **again}
        site.export(ALL)

    def stop(self, role: str) -> None:
        super().stop(role)
        self._site.export(self._hit)

    def start(self, role: str) -> None:
        super().start(role)
        self._site.export(self._again)


def changes(series: list[tuple[float, float]]) -> list[float]:
    """The values of a series, each once where it stays the same."""
    return [value for value, _same in itertools.groupby(value for _when, value in series)]


@pytest.mark.sample(ID, "passes")
def test_it_reacts(shared_site):
    project = Reacting(shared_site, HIT)
    result = judge(ID, project, PATIENT)
    assert not is_wrong(result), words(result)
    assert (project.stopped, project.started) == (["database"], ["database"])
    drill = result.evidence["drill"]
    assert set(drill["series"]) == {
        "ui_health", "ui_health_comment_availability", "ui_health_post_availability",
        "comment_health", "comment_health_mongo_availability",
    }  # fmt: skip
    assert [changes(points) for points in drill["series"].values()] == [[1, 0, 1]] * 5
    assert drill["stopped"] <= drill["started"]


@pytest.mark.sample(ID, "fails")
def test_a_flag_does_not_follow(shared_site):
    hit = {**HIT, "/ui": HIT["/ui"].replace("post_availability 0", "post_availability 1")}
    project = Reacting(shared_site, hit)
    result = judge(ID, project)
    assert is_wrong(result)
    assert words(result) == (
        "ui_health_post_availability becomes 0 while the database is stopped | 1 | "
        "the healthcheck has to ask what the service depends on every time, with a timeout, and must not end it"
    )
    assert project.started == ["database"]
    assert changes(result.evidence["drill"]["series"]["comment_health"]) == [1, 0, 1]


def test_a_service_ends_without_its_database(shared_site):
    result = judge(ID, Reacting(shared_site, {**HIT, "/comment": None}))
    assert is_wrong(result)
    assert "comment_health becomes 0 while the database is stopped | it has no value: its target is not up" in words(
        result
    )


def test_it_does_not_connect_again(shared_site):
    result = judge(ID, Reacting(shared_site, HIT, {"/comment": HIT["/comment"]}))
    assert is_wrong(result)
    assert "comment_health is 1 again when the database is started again | 0 | the service has to" in words(result)
    assert len(result.findings) == 2


def test_nothing_is_stopped_where_not_everything_is_well(shared_site):
    project = Reacting(shared_site, HIT)
    shared_site.export({**ALL, "/comment": HIT["/comment"]})
    result = judge(ID, project)
    assert is_wrong(result)
    assert result.because_of == "monitoring-1/metrics"
    assert project.stopped == []


def test_a_course_without_such_metrics(shared_site):
    result = judge(ID, Project(shared_site.server), Course(metrics=()))
    assert str(result.verdict) == "unverified"


@pytest.mark.sample(ID, "unusual")
def test_other_series_afterwards(shared_site):
    """comment is of another job when it returns; the series of both are kept."""
    again = {"/comment": COMMENT.replace(" 1\n", '{job="reddit",instance="comment:9292"} 1\n')}
    project = Reacting(shared_site, HIT, again)
    result = judge(ID, project, PATIENT)
    assert not is_wrong(result), words(result)
    assert len([name for name in result.evidence["drill"]["series"] if name.startswith("comment_health{")]) == 2
