"""What Prometheus scrapes in the end: by the documentation, and by promtool where targets are relabelled."""

from __future__ import annotations

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.findings import Unverified
from pytest_dockerlab.submission.budget import Budget
from pytest_dockerlab.submission.prometheus.configuration import PrometheusConfiguration
from pytest_dockerlab.submission.prometheus.promtool import Promtool
from pytest_dockerlab.submission.prometheus.targets import FinalTarget, final_targets
from pytest_dockerlab.submission.text.yamldoc import YamlDoc

needs_promtool = pytest.mark.skipif(tools.find("promtool") is None, reason="no promtool here")

BLACKBOX = """\
scrape_configs:
  - job_name: blackbox
    metrics_path: /probe
    params: {module: [http_2xx, icmp]}
    static_configs:
      - targets: ['http://ui:9292', 'http://ui:9292', 'http://post:5000']
        labels: {team: a}
    relabel_configs:
      - {source_labels: [__address__], target_label: __param_target}
      - {source_labels: [__param_target], target_label: instance}
      - {target_label: __address__, replacement: 'blackbox:9115'}
"""


def targets(text: str, promtool: Promtool | None = None) -> tuple[FinalTarget, ...]:
    return final_targets(PrometheusConfiguration(YamlDoc("prometheus.yml", text)), promtool)


def asked(text: str) -> tuple[FinalTarget, ...]:
    return targets(text, Promtool(Budget()))


def test_the_defaults_are_those_of_the_documentation() -> None:
    (found,) = targets("scrape_configs: [{job_name: ui, static_configs: [{targets: ['ui:9292']}]}]")
    assert (found.address, found.scheme, found.metrics_path, dict(found.params)) == ("ui:9292", "http", "/metrics", {})
    assert found.labels == {"job": "ui", "instance": "ui:9292"}
    assert (found.job.interval, found.job.timeout) == (60, 10)


def test_a_port_is_added_and_labels_decide() -> None:
    plain, labelled = targets(
        "scrape_configs:\n- job_name: a\n  scheme: https\n  static_configs:\n  - targets: [a]\n  - targets: ['b:1']\n"
        "    labels: {__metrics_path__: /m, __scheme__: http, __param_x: y, job: other, team: t, empty: ''}\n"
    )
    assert (plain.address, plain.labels["instance"]) == ("a:443", "a:443")
    assert (labelled.address, labelled.scheme, labelled.metrics_path) == ("b:1", "http", "/m")
    assert labelled.params == {"x": ("y",)}
    assert labelled.labels == {"job": "other", "team": "t", "instance": "b:1"}


def test_without_promtool_relabelled_targets_are_unverified() -> None:
    with pytest.raises(Unverified, match="blackbox"):
        targets(BLACKBOX)


@needs_promtool
def test_a_probe() -> None:
    found = asked(BLACKBOX)
    assert [each.address for each in found] == ["blackbox:9115"] * 3
    assert [each.static.location.line for each in found] == [6, 6, 6]
    assert [each.params["target"] for each in found] == [
        ("http://ui:9292",),
        ("http://ui:9292",),
        ("http://post:5000",),
    ]
    assert found[2].params["module"] == ("http_2xx", "icmp")
    assert found[2].labels == {"job": "blackbox", "instance": "http://post:5000", "team": "a"}


@needs_promtool
def test_the_same_number_of_labels_before_and_after() -> None:
    """promtool 2.42 then prints the labels after relabelling as those before it."""
    (found,) = asked(
        "scrape_configs: [{job_name: a, static_configs: [{targets: [ui]}], relabel_configs: "
        "[{source_labels: [__address__], target_label: __address__, replacement: '$1:9292'}]}]"
    )
    assert (found.address, found.static.address, found.is_refused) == ("ui:9292", "ui", False)


@needs_promtool
def test_targets_that_are_dropped_and_targets_that_are_refused() -> None:
    found = asked(
        "scrape_configs: [{job_name: a, static_configs: [{targets: ['keep:1', 'drop:1', 'http://url:1']}], "
        "relabel_configs: [{source_labels: [__address__], regex: 'drop.*', action: drop}]}]"
    )
    assert [(each.static.address, each.is_refused) for each in found] == [("keep:1", False), ("http://url:1", True)]


@needs_promtool
def test_a_job_s_own_files_and_credentials_are_not_in_what_promtool_gets() -> None:
    (found,) = asked(
        "scrape_configs: [{job_name: a, static_configs: [{targets: ['a:1']}], relabel_configs: "
        "[{target_label: x, replacement: y}], file_sd_configs: [{files: [/no.json]}], bearer_token_file: /etc/shadow, "
        "dns_sd_configs: [{names: [nowhere.example]}], tls_config: {ca_file: /no.pem}}]"
    )
    assert found.labels["x"] == "y"
    assert found.job.discovery == ("file_sd_configs", "dns_sd_configs")


def test_what_is_malformed_is_left_out() -> None:
    assert (
        targets("scrape_configs: [1, {job_name: [a]}, {static_configs: [2, {targets: [[x], y]}]}, {params: 3}]") != ()
    )
    assert PrometheusConfiguration(YamlDoc("p", "a")).jobs == ()
    assert PrometheusConfiguration(YamlDoc("p", "")).jobs == ()


def test_prometheus_reads_the_first_document_alone() -> None:
    text = "scrape_configs: [{job_name: a}]\n---\nscrape_configs: [{job_name: b}]\n"
    assert [each.name for each in PrometheusConfiguration(YamlDoc("p", text)).jobs] == ["a"]
