"""Homework 21 of a project that is up already, as a person asks for it: by the URL of its Prometheus alone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from ._monitored import WELL

ITEMS = ("targets-up", "metrics", "mongodb-metrics", "blackbox-up", "failure-drill")


def check(tmp_path: Path, *options: str) -> tuple[int, dict[str, dict[str, object]], str]:
    """Exit code, items by name, and what is printed; there is no engine."""
    results = tmp_path / "results.json"
    (tmp_path / "homework").mkdir()
    (tmp_path / "homework" / "README.md").write_text("# Homework\n")
    command = [str(Path(sys.executable).with_name("dockerlab")), "check", str(tmp_path / "homework")]
    command += [word for item in ITEMS for word in ("--hw", f"monitoring-1/{item}")]
    environ = {**os.environ, "DOCKER_HOST": "unix:///nowhere.sock", "LANG": "C.UTF-8"}
    done = subprocess.run(
        [*command, f"--hw-results={results}", *options], env=environ, capture_output=True, text=True, timeout=300
    )
    data = json.loads(results.read_text()) if results.exists() else {"submissions": [{"items": []}]}
    items = {item["id"].partition("/")[2]: item for item in data["submissions"][0]["items"]}
    return done.returncode, items, done.stdout + done.stderr


def test_it_is_asked_without_an_engine(shared_site, tmp_path):
    shared_site.export({**WELL, "/mongodb": "mongodb_up 1\nmongodb_ss_ok 1\n", "/blackbox": "up_to_date 1\n"})
    code, items, shown = check(tmp_path, "--hw-prometheus-url", shared_site.server.url)
    verdicts = {name: item["verdict"] for name, item in items.items()}
    assert verdicts == {
        "targets-up": "passed",
        "metrics": "passed",
        "mongodb-metrics": "passed",
        "blackbox-up": "not attempted",
        "failure-drill": "unverified",
    }, shown
    assert "--hw-allow-disruption: its database is stopped, and started again" in shown
    assert code == 5, "one that was asked for by name could not be verified"


def test_one_that_does_not_answer_is_told_once(tmp_path):
    code, items, shown = check(tmp_path, "--hw-prometheus-url", "http://127.0.0.1:1")
    assert {name: item["verdict"] for name, item in items.items()} == {
        "targets-up": "failed", "metrics": "unverified", "mongodb-metrics": "unverified", "blackbox-up": "unverified",
        "failure-drill": "unverified",
    }, shown  # fmt: skip
    assert {item["because_of"] for name, item in items.items() if name != "targets-up"} == {"monitoring-1/targets-up"}
    assert shown.count("does not accept the connection") == 1
    assert code == 1


def test_a_mistake_in_the_course_file(tmp_path):
    course = tmp_path / "course.toml"
    course.write_text('[[metrics]]\nname = "up"\n[[metrics]]\nname = "ui_health"\nvalue = "1"\n')
    code, _items, shown = check(tmp_path, "--hw-prometheus-url", "http://127.0.0.1:1", f"--hw-course={course}")
    assert code == 4
    assert f"the course file {course}: metrics[2].value: must be a number" in shown.replace("\n", " ")
