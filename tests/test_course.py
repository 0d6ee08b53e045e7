"""The course file: what it sets, and how a mistake in it is told."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.course import Course, load_course, parse_size
from pytest_dockerlab.errors import ConfigurationError

CATALOGUE = catalogue.load()
SLUGS = [homework.slug for homework in CATALOGUE.homeworks]


def load(tmp_path: Path, text: str) -> Course:
    path = tmp_path / "course.toml"
    path.write_text(text, "utf-8")
    return load_course(path, CATALOGUE.items, SLUGS)


def test_all_settings(tmp_path: Path) -> None:
    course = load(
        tmp_path,
        """
        name = "DevOps, spring"
        runner-version = "17.5"
        allowed-addresses = ["10.0.0.5", "10.1.0.0/24"]
        [numbers]
        docker-4 = 16
        [levels]
        "docker-4/names-resolve" = "required"
        [points]
        "docker-4/networks" = 2.5
        [image-sizes]
        ui = "95 MiB"
        [images]
        "ruby:2.2" = "ruby:2.7"
        """,
    )
    items = CATALOGUE.items
    assert course.numbers == {"docker-4": 16}
    assert course.level_of(items["docker-4/names-resolve"]) == "required"
    assert course.points_of(items["docker-4/names-resolve"]) == 1
    assert course.points_of(items["docker-4/networks"]) == 2.5
    assert course.image_sizes == {"ui": 95 * 2**20}
    assert course.images == {"ruby:2.2": "ruby:2.7"}
    assert [str(each) for each in course.allowed_addresses] == ["10.0.0.5/32", "10.1.0.0/24"]


def test_deadlines_are_in_the_courses_time_zone(tmp_path: Path) -> None:
    course = load(
        tmp_path,
        """
        timezone = "Europe/Moscow"
        late-policy = "a point a day"
        [deadlines]
        docker-2 = 2026-03-01T23:59:00
        docker-3 = 2026-03-15
        docker-4 = "2026-03-20T12:00Z"
        """,
    )
    assert {slug: moment.isoformat() for slug, moment in course.deadlines.items()} == {
        "docker-2": "2026-03-01T20:59:00+00:00",
        "docker-3": "2026-03-15T20:59:59+00:00",
        "docker-4": "2026-03-20T12:00:00+00:00",
    }
    assert course.late_policy == "a point a day"


def test_points_without_a_course_file() -> None:
    course, items = Course(), CATALOGUE.items
    assert course.points_of(items["docker-4/networks"]) == 1
    assert course.points_of(items["docker-4/override"]) == 1
    assert course.points_of(items["docker-4/aliases"]) == 0, "advisory"
    assert course.points_of(items["docker-4/none-lab"]) == 0, "a lab"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("levels = 1", "levels: must be a table"),
        ('timezone = "Moscow"', "timezone: must be a time zone such as Europe/Moscow"),
        ('timezone = "../../etc/passwd"', "timezone: must be a time zone"),
        ("[deadlines]\ndocker-4 = 2026-03-15", "deadlines.docker-4: .* does not say its time zone"),
        ("[deadlines]\ndocker-4 = 15", "deadlines.docker-4: '15' is not a moment"),
        ("[deadlines]\ndocker4 = 2026-03-15T00:00:00Z", "did you mean docker-4"),
        ("late-policy = 1", "late-policy: must be a string"),
        ("[level]\n", "level: unknown key; did you mean levels"),
        ('[levels]\n"docker-4/network" = "required"', "did you mean docker-4/networks"),
        ('runner-version = "latest"', "runner-version: must be a version of GitLab Runner"),
        ("runner-version = 17.5", "runner-version: must be a version of GitLab Runner"),
        ('allowed-addresses = "10.0.0.5"', "allowed-addresses: must be a list of addresses"),
        ('allowed-addresses = ["mirror.local"]', "allowed-addresses: must be a list of addresses"),
        ('[levels]\n"docker-4/networks" = "must"', "levels.docker-4/networks"),
        ("[numbers]\ndocker4 = 1", "did you mean docker-4"),
        ("[numbers]\ndocker-4 = 0", "whole number"),
        ('[points]\n"docker-4/networks" = -1', "points are a number"),
        ('[points]\n"docker-4/networks" = nan', "points are a number"),
        ('[image-sizes]\nui = "much"', "a size is"),
        ('metrics = "up"', "metrics: must be an array of tables"),
        ("[[metrics]]", r"metrics\[1\].name: must be the name of a metric"),
        ('[[metrics]]\nname = "a b"', r"metrics\[1\].name: must be the name"),
        (
            '[[metrics]]\nname = "up"\n[[metrics]]\nname = "up"\nvalues = 1',
            r"metrics\[2\].values: .*did you mean value",
        ),
        ('[[metrics]]\nname = "up"\nvalue = "1"', r"metrics\[1\].value: must be a number"),
        ('[[metrics]]\nname = "up"\nvalue = nan', r"metrics\[1\].value: must be a number"),
        ('[[metrics]]\nname = "up"\ntype = "gauges"', r"metrics\[1\].type: 'gauges' is none of counter, gauge"),
        ('[[metrics]]\nname = "up"\njob = 1', r"metrics\[1\].job: must be a string"),
        ('[[metrics]]\nname = "up"\nexactly-one = 1', r"metrics\[1\].exactly-one: must be true or false"),
        ('[[metrics]]\nname = "up"\nlabels = {job = 1}', r"metrics\[1\].labels.job: must be a table of strings"),
        ('[[metrics]]\nname = "up_*"\nvalue = 1', r"metrics\[1\].value: up_\* stands for many"),
        ('[[metrics]]\nname = "up"\nvalue = 1\nwhen-stopped = {ui = 0}', r"when-stopped.ui: 'ui' is none of database"),
        ('[[metrics]]\nname = "up"\nwhen-stopped = {database = 0}', r"when-stopped.database: must differ from value"),
        ('[[metrics]]\nname = "up"\nvalue = 1\nwhen-stopped = {database = 1}', "must differ from value"),
        ("name = 3", "name: must be a string"),
        ("name = ", "not valid TOML"),
    ],
)
def test_a_mistake_names_the_key(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        load(tmp_path, text)


def test_a_file_that_is_not_there() -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        load_course(Path("/nowhere/course.toml"), CATALOGUE.items, SLUGS)


@pytest.mark.parametrize(
    ("text", "size"), [("100 MB", 10**8), ("1.5GB", 15 * 10**8), ("95 MiB", 95 * 2**20), (7, 7), ("12 B", 12)]
)
def test_sizes(text: object, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "100", "100 mb", "-1 MB", True, 0, -5, None, "1e3 MB"])
def test_no_sizes(text: object) -> None:
    with pytest.raises(ValueError, match="a size is"):
        parse_size(text)


def test_metrics_are_added_to_the_seeds_and_replace_those_of_their_names(tmp_path: Path) -> None:
    course = load(
        tmp_path,
        """
        [[metrics]]
        name = "post_count"
        job = "post"
        labels = {version = "1"}
        exactly-one = true
        type = "counter"
        [[metrics]]
        name = "comment_health"
        value = 2
        when-stopped = {database = 1}
        [[metrics]]
        name = "node_*"
        wanted = false
        """,
    )
    names = [metric.name for metric in course.metrics]
    assert names == [*(name for name in (metric.name for metric in Course().metrics)
                       if name not in ("comment_health", "node_*")), "post_count", "comment_health"]  # fmt: skip
    added, replaced = course.metrics[-2:]
    assert (added.job, added.labels, added.is_single, added.type, added.value) == (
        "post", {"version": "1"}, True, "counter", None,
    )  # fmt: skip
    assert (replaced.value, replaced.when_stopped, replaced.job) == (2, {"database": 1}, "")
    assert load(tmp_path, "metrics = []").metrics == Course().metrics


def test_feedback_of_a_course(tmp_path: Path) -> None:
    feedback = load(
        tmp_path,
        """
        [feedback]
        level = "own output"
        after-deadline = "full"
        hidden = ["docker-4/networks"]
        [feedback.items]
        "docker-4/app" = "verdict only"
        """,
    ).feedback
    assert feedback.level == "own output"
    assert feedback.after_deadline == "full"
    assert feedback.items == {"docker-4/app": "verdict only"}
    assert feedback.hidden >= {"docker-4/networks", "docker-4/reachability"}, "it may be folded under networks"
    assert "docker-4/aliases" not in feedback.hidden
    assert load(tmp_path, "").feedback.level == "full"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("feedback = 3", "feedback: must be a table"),
        ("[feedback]\nlevel = 'all'", "'all' is none of full, own output, verdict only"),
        ("[feedback]\nafter-deadline = 1", "is none of full"),
        ("[feedback]\nlevels = 'full'", "did you mean level"),
        ("[feedback]\nhidden = 'docker-4/app'", "feedback.hidden: must be a list of items"),
        ("[feedback]\nhidden = ['docker-4/ap']", "did you mean docker-4/app"),
        ("[feedback.items]\n'docker-4/ap' = 'full'", "did you mean docker-4/app"),
        ("[feedback.items]\n'docker-4/app' = 'some'", "'some' is none of"),
    ],
)
def test_a_mistake_about_feedback_is_told(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=re.escape(said)):
        load(tmp_path, text)


def test_workflows_are_beside_the_course_file(tmp_path: Path) -> None:
    course = load(
        tmp_path,
        """
        [workflows]
        ".github/workflows/homework.yml" = ["student.yml", "old/student.yml"]
        ".gitlab-ci.yml" = "gitlab-ci.yml"
        """,
    )
    assert course.workflows == {
        ".github/workflows/homework.yml": (tmp_path / "student.yml", tmp_path / "old/student.yml"),
        ".gitlab-ci.yml": (tmp_path / "gitlab-ci.yml",),
    }


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('".github/homework.yml" = "a.yml"', "must be .github/workflows/NAME.yml or .gitlab-ci.yml"),
        ('".github/workflows/a/b.yml" = "a.yml"', "must be .github/workflows/NAME.yml or .gitlab-ci.yml"),
        ('".gitlab-ci.yml" = []', "must be the name of a file beside the course file, or a list of such names"),
        ('".gitlab-ci.yml" = 1', "must be the name of a file beside the course file, or a list of such names"),
        ('".gitlab-ci.yml" = [""]', "must be the name of a file beside the course file, or a list of such names"),
    ],
)
def test_workflow_that_cannot_be_meant_is_refused(tmp_path: Path, line: str, why: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        load(tmp_path, f"[workflows]\n{line}")
    assert str(refused.value).endswith(f"workflows.{line.split(chr(34))[1]}: {why}")
