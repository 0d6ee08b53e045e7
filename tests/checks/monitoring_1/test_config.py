"""monitoring-1/config."""

from __future__ import annotations

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.testing import Edit, Sample, remove, replace, sample_tests, write

from ._homework import BASE, CONFIGURATION, DOCKERFILE, needs_compose, needs_promtool

_NODE = "  - job_name: node\n"
_RELABEL = "      - target_label: __address__\n"


def _fails(title: str, edit: Edit, says: str, line: str, *more: Edit) -> Sample:
    return Sample("fails", title, [edit, *more], says=says, file=CONFIGURATION, line=line)


_BOTH = [
    Sample("passes", "the plain homework"),
    Sample("unusual", "an alias, a merge, BOM, CRLF", [
        write(CONFIGURATION, "\ufeffx: &x\r\n".replace("x: &x\r\n", "") + BASE[CONFIGURATION].replace("\n", "\r\n")),
    ]),
    Sample("unusual", "files that are elsewhere: rules, further jobs, credentials, discovered targets", [
        replace(CONFIGURATION, "scrape_configs:\n",
                "rule_files: [/etc/passwd, alerts.yml]\nscrape_configs:\n"
                "  - job_name: files\n    file_sd_configs: [{files: [/etc/passwd.yml]}]\n"
                "    authorization: {credentials_file: /etc/shadow}\n"
                "  - job_name: names\n    dns_sd_configs: [{names: [ui], type: A, port: 9292}]\n"
                "  - job_name: cluster\n    kubernetes_sd_configs: [{role: pod}]\n"),
    ]),
    Sample("unusual", "what only a newer Prometheus knows", [
        replace(DOCKERFILE, "v2.1.0", "v3.5.0"),
        replace(CONFIGURATION, "interval: 5s\n", "interval: 5s\n  scrape_protocols: [PrometheusProto]\n"),
        replace(CONFIGURATION, _NODE, f"{_NODE}    fallback_scrape_protocol: PrometheusText0.0.4\n"),
    ]),
    _fails("what only a newer Prometheus knows, in an old one",
           replace(CONFIGURATION, _NODE, f"{_NODE}    fallback_scrape_protocol: PrometheusText0.0.4\n"),
           "Prometheus 2.1.0 knows each key", "fallback_scrape_protocol"),
    _fails("a limit for all jobs, in an old one",
           replace(CONFIGURATION, "interval: 5s\n", "interval: 5s\n  sample_limit: 10\n"),
           "Prometheus 2.1.0 knows each key", "sample_limit"),
    _fails("a misspelt key", replace(CONFIGURATION, f"{_NODE}    static_configs", f"{_NODE}    static_config"),
           "write static_configs", "static_config"),
    _fails("a job's key of another section", replace(CONFIGURATION, _NODE, f"{_NODE}    targets: [a]\n"),
           "correct the indentation", "targets: [a]"),
    _fails("a duration without a unit", replace(CONFIGURATION, "scrape_interval: 5s", "scrape_interval: 5"),
           "5s, 1m, 1h30m", "scrape_interval: 5"),
    _fails("a timeout that is too long",
           replace(CONFIGURATION, _NODE, f"{_NODE}    scrape_timeout: 10s\n"),
           "not longer", "scrape_timeout"),
    _fails("a name twice", replace(CONFIGURATION, "job_name: node", "job_name: ui"), "first in line", "job_name: ui"),
    _fails("no name", replace(CONFIGURATION, "  - job_name: node\n    static", "  - static"),
           "give the job a name", "- static"),
    _fails("a URL as a target", replace(CONFIGURATION, "- ui:9292", "- http://ui:9292/metrics"),
           "write ui:9292", "http://ui"),
    _fails("a probe without relabelling", write(CONFIGURATION, BASE[CONFIGURATION].partition("    relabel_configs")[0]),
           "add relabel_configs", "http://ui"),
    _fails("a key twice", replace(CONFIGURATION, _NODE, f"{_NODE}    scheme: http\n    scheme: http\n"),
           "scheme again", "scheme: http"),
    _fails("a parameter that is no list", replace(CONFIGURATION, "[http_2xx]", "http_2xx"),
           "module is a list", "module"),
    _fails("targets that are no list",
           replace(CONFIGURATION, "targets:\n          - node-exporter:9100", "targets: node-exporter:9100"),
           "targets is a list", "targets: node"),
    _fails("a relabelling step without a label", replace(CONFIGURATION, _RELABEL, "      - separator: ;\n"),
           "no target_label", "separator"),
    _fails("an action that is none",
           replace(CONFIGURATION, _RELABEL, f"      - action: replac\n        {_RELABEL[8:]}"),
           "write replace", "replac"),
    _fails("no YAML", replace(CONFIGURATION, _NODE, "  - job_name: 'node\n"), "YAML", ""),
    _fails("not UTF-8", write(CONFIGURATION, "a: b\n"), "Prometheus knows each key", "a: b"),
    _fails("a list", write(CONFIGURATION, "- a\n"), "prometheus.yml is a mapping", "- a"),
    Sample("fails", "no configuration, which another item tells", [remove(CONFIGURATION)],
           says="no configuration to look at", verdict="unverified"),
    Sample("fails", "a key that a newer Prometheus may know", [
        replace(DOCKERFILE, "v2.1.0", "v9.1.0"), replace(CONFIGURATION, _NODE, f"{_NODE}    brand_new_thing: 1\n"),
    ], says="depends on its version", verdict="unverified"),
]  # fmt: skip

_FEW = {"a misspelt key", "a duration without a unit", "what only a newer Prometheus knows", "the plain homework",
        "a key that a newer Prometheus may know"}  # fmt: skip


@pytest.fixture
def asked_without_promtool(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest):  # type: ignore[no-untyped-def]
    """The check on a machine that has no promtool."""
    find = tools.find
    monkeypatch.setattr(tools, "find", lambda name: None if name == "promtool" else find(name))
    from pytest_dockerlab.testing import ask

    return lambda item, submission: ask(item, submission, request=request)


test_samples = sample_tests("monitoring-1/config", BASE, _BOTH, skip=needs_promtool)
test_samples_without_promtool = sample_tests(
    "monitoring-1/config", BASE, _BOTH, asked_by="asked_without_promtool", skip=needs_compose
)

test_what_promtool_alone_knows = sample_tests(
    "monitoring-1/config",
    BASE,
    [
        _fails("a regular expression", replace(CONFIGURATION, _RELABEL, f"      - regex: '(('\n        {_RELABEL[8:]}"),
               "missing closing )", "regex"),
        Sample("fails", "what it says without a line, and we with one, is told once", [
            replace(CONFIGURATION, "interval: 5s\n", "interval: 5s\n  scrape_timeout: 10s\n"),
        ], says="not longer", file=CONFIGURATION, line="scrape_timeout", findings=1),
        _fails("a section that we do not look into", replace(CONFIGURATION, "scrape_configs:\n",
               "alerting:\n  alertmanager: []\nscrape_configs:\n"), "field alertmanager not found", "alertmanager: []"),
        Sample("fails", "the same, for a Prometheus that may know it", [
            replace(DOCKERFILE, "v2.1.0", "v3.5.0"),
            replace(CONFIGURATION, "scrape_configs:\n", "alerting:\n  alertmanager: []\nscrape_configs:\n"),
        ], says="depends on its version", verdict="unverified"),
        Sample("unusual", "relabelling that leaves no address, which is for others to tell", [
            replace(CONFIGURATION, f"{_RELABEL}        replacement: blackbox-exporter:9115\n", ""),
        ]),
        Sample("unusual", "a regular expression that other engines never end with", [
            replace(CONFIGURATION, _RELABEL, f"      - regex: '(a+)+$'\n        {_RELABEL[8:]}"),
        ]),
    ],
    skip=needs_promtool,
)  # fmt: skip
