"""What reaches Prometheus of a student's configuration, and what never does: by an allow-list, each refusal named."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.messages import text
from pytest_dockerlab.plans.scrapes.configuration import left_out, written
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.prometheus.configuration import PrometheusConfiguration

Written = tuple[dict[str, Any], str]
JOB = "  - job_name: ui\n    static_configs: [{targets: ['ui:9292']}]\n"


@pytest.fixture
def write(tmp_path: Path) -> Callable[[str], Written]:
    def write(content: str) -> Written:
        (tmp_path / "prometheus.yml").write_text(content)
        configuration = PrometheusConfiguration.read(WorkTree(tmp_path), "prometheus.yml")
        return json.loads(written(configuration, 1)), "\n".join(map(text, left_out(configuration)))

    return write


def test_what_is_kept(write: Callable[[str], Written]) -> None:
    found, said = write(
        "global: {scrape_interval: 5s, evaluation_interval: 1m}\n"
        "scrape_configs:\n"
        "  - job_name: blackbox\n"
        "    scrape_interval: 1h\n"
        "    metrics_path: /probe\n"
        "    scheme: https\n"
        "    params: {module: [http_2xx]}\n"
        "    static_configs: [{targets: ['a:1', 'b:2'], labels: {x: 1, empty: }}]\n"
        "    relabel_configs:\n"
        "      - {source_labels: [__address__, x], separator: ';', regex: (.*), target_label: y, replacement: $1}\n"
        "      - {action: hashmod, modulus: 2, source_labels: [x], target_label: z}\n"
    )
    assert said == ""
    assert found == {
        "global": {"scrape_interval": "1s", "scrape_timeout": "1s"},
        "scrape_configs": [
            {
                "job_name": "blackbox",
                "metrics_path": "/probe",
                "scheme": "https",
                "params": {"module": ["http_2xx"]},
                "static_configs": [
                    {"targets": ["a:1"], "labels": {"x": "1", "empty": ""}},
                    {"targets": ["b:2"], "labels": {"x": "1", "empty": ""}},
                ],
                "relabel_configs": [
                    {
                        "source_labels": ["__address__", "x"],
                        "separator": ";",
                        "regex": "(.*)",
                        "target_label": "y",
                        "replacement": "$1",
                    },
                    {"action": "hashmod", "modulus": 2, "source_labels": ["x"], "target_label": "z"},
                ],
            }
        ],
    }


@pytest.mark.parametrize(
    ("key", "content"),
    [
        ("remote_write", "[{url: 'http://evil.example/'}]"),
        ("remote_read", "[{url: 'http://evil.example/'}]"),
        ("alerting", "{alertmanagers: [{static_configs: [{targets: ['evil.example:1']}]}]}"),
        ("rule_files", "[/etc/passwd]"),
        ("scrape_config_files", "[/etc/passwd]"),
        ("tracing", "{endpoint: 'evil.example:4317'}"),
        ("otlp", "{promote_resource_attributes: [x]}"),
        ("storage", "{tsdb: {out_of_order_time_window: 30m}}"),
        ("runtime", "{gogc: 1}"),
        ("something_new", "{url: 'http://evil.example/'}"),
    ],
)
def test_never_of_the_whole(key: str, content: str, write: Callable[[str], Written]) -> None:
    found, said = write(f"{key}: {content}\nscrape_configs:\n{JOB}")
    assert set(found) == {"global", "scrape_configs"}
    assert said == f"left out of the configuration: {key}"


@pytest.mark.parametrize("key", ["query_log_file", "scrape_failure_log_file", "external_labels", "body_size_limit"])
def test_never_of_global(key: str, write: Callable[[str], Written]) -> None:
    found, said = write(f"global: {{{key}: /etc/passwd}}\nscrape_configs:\n{JOB}")
    assert set(found["global"]) == {"scrape_interval", "scrape_timeout"}
    assert said == f"left out of the configuration: {key}"


@pytest.mark.parametrize(
    ("key", "content"),
    [
        ("file_sd_configs", "[{files: [/etc/passwd]}]"),
        ("http_sd_configs", "[{url: 'http://169.254.169.254/'}]"),
        ("dns_sd_configs", "[{names: [evil.example]}]"),
        ("docker_sd_configs", "[{host: 'unix:///var/run/docker.sock'}]"),
        ("kubernetes_sd_configs", "[{role: node}]"),
        ("ec2_sd_configs", "[{access_key: x}]"),
        ("new_sd_configs", "[{}]"),
        ("bearer_token", "secret"),
        ("bearer_token_file", "/etc/passwd"),
        ("basic_auth", "{username: x, password_file: /etc/passwd}"),
        ("authorization", "{credentials_file: /etc/passwd}"),
        ("oauth2", "{client_id: x, token_url: 'http://evil.example/'}"),
        ("tls_config", "{ca_file: /etc/passwd}"),
        ("http_headers", "{X: {files: [/etc/passwd]}}"),
        ("proxy_url", "http://evil.example:3128"),
        ("proxy_from_environment", "true"),
        ("proxy_connect_header", "{x: [y]}"),
        ("metric_relabel_configs", "[{action: drop, source_labels: [__name__], regex: .*}]"),
        ("honor_labels", "true"),
        ("sample_limit", "1"),
    ],
)
def test_never_of_a_job(key: str, content: str, write: Callable[[str], Written]) -> None:
    found, said = write(f"scrape_configs:\n{JOB}    {key}: {content}\n")
    (job,) = found["scrape_configs"]
    assert set(job) == {"job_name", "metrics_path", "scheme", "params", "static_configs", "relabel_configs"}
    assert said == f"left out of the job ui: {key}"


def test_nothing_says_how_often(write: Callable[[str], Written]) -> None:
    """Labels of these names would decide, whatever stands in ``global``."""
    found, _said = write(
        "scrape_configs:\n  - job_name: ui\n"
        "    static_configs: [{targets: ['ui:9292'], labels: {__scrape_interval__: 1d, __scrape_timeout__: 1d}}]\n"
        "    relabel_configs: [{target_label: __scrape_interval__, replacement: 1d}]\n"
    )
    (job,) = found["scrape_configs"]
    assert job["static_configs"][0]["labels"] == {}
    assert job["relabel_configs"] == []


def test_a_text_stays_one_text(write: Callable[[str], Written]) -> None:
    """Nothing in a name gets out of it: JSON is written, not pasted."""
    name = 'x", "remote_write": [{"url": "http://evil.example/"}], "y": "'
    found, _said = write(f"scrape_configs:\n  - job_name: '{name}'\n    static_configs: [{{targets: ['ui:9292']}}]\n")
    assert set(found) == {"global", "scrape_configs"}
    assert found["scrape_configs"][0]["job_name"] == name


@pytest.mark.parametrize(
    "job",
    [
        "relabel_configs: [1, [2], {source_labels: x, regex: [y], modulus: z, new: 1}]",
        "params: [1]",
        "relabel_configs: x",
        "metrics_path: [x]",
    ],
)
def test_what_has_another_shape(job: str, write: Callable[[str], Written]) -> None:
    found, _said = write(f"scrape_configs:\n{JOB}    {job}\n  - 1\n  - job_name: empty\n")
    assert [each["job_name"] for each in found["scrape_configs"]] == ["ui"]
