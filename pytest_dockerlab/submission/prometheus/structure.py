"""What prometheus.yml may consist of, and what in a file Prometheus would refuse: keys, types, durations, names."""

from __future__ import annotations

import collections
import difflib
import itertools
from collections.abc import Iterator, Mapping

from ...findings import Finding, Location
from ...messages import Message, _
from ..text.yamldoc import Node, YamlDoc
from .durations import seconds
from .versions import Version

__all__ = ["DISCOVERY", "NEWER", "duplicates", "problems", "unknown_keys"]

_DURATION, _TEXT, _BOOLEAN, _NUMBER, _LIST, _MAPPING = (
    "duration", "text", "boolean", "number", "list", "mapping"
)  # fmt: skip

# Prometheus' own structures, config/config.go and github.com/prometheus/common/config, with all that ever was in them.
_ROOT = {
    "global": _MAPPING, "scrape_configs": _LIST, "rule_files": _LIST, "scrape_config_files": _LIST,
    "alerting": _MAPPING, "remote_write": _LIST, "remote_read": _LIST, "storage": _MAPPING, "tracing": _MAPPING,
    "otlp": _MAPPING, "runtime": _MAPPING,
}  # fmt: skip
_SCRAPING = {
    "scrape_interval": _DURATION, "scrape_timeout": _DURATION, "scrape_protocols": _LIST, "body_size_limit": _TEXT,
    "sample_limit": _NUMBER, "target_limit": _NUMBER, "label_limit": _NUMBER, "label_name_length_limit": _NUMBER,
    "label_value_length_limit": _NUMBER, "keep_dropped_targets": _NUMBER, "scrape_failure_log_file": _TEXT,
    "metric_name_validation_scheme": _TEXT, "metric_name_escaping_scheme": _TEXT, "scrape_native_histograms": _BOOLEAN,
    "convert_classic_histograms_to_nhcb": _BOOLEAN, "always_scrape_classic_histograms": _BOOLEAN,
    "extra_scrape_metrics": _BOOLEAN,
}  # fmt: skip
_GLOBAL = {
    **_SCRAPING, "evaluation_interval": _DURATION, "external_labels": _MAPPING, "query_log_file": _TEXT,
    "rule_query_offset": _DURATION,
}  # fmt: skip
_HTTP = {
    "basic_auth": _MAPPING, "authorization": _MAPPING, "oauth2": _MAPPING, "bearer_token": _TEXT,
    "bearer_token_file": _TEXT, "tls_config": _MAPPING, "follow_redirects": _BOOLEAN, "enable_http2": _BOOLEAN,
    "http_headers": _MAPPING, "proxy_url": _TEXT, "no_proxy": _TEXT, "proxy_from_environment": _BOOLEAN,
    "proxy_connect_header": _MAPPING,
}  # fmt: skip
_JOB = {
    **_SCRAPING, **_HTTP, "job_name": _TEXT, "metrics_path": _TEXT, "scheme": _TEXT, "params": _MAPPING,
    "honor_labels": _BOOLEAN, "honor_timestamps": _BOOLEAN, "track_timestamps_staleness": _BOOLEAN,
    "enable_compression": _BOOLEAN, "scrape_classic_histograms": _BOOLEAN, "fallback_scrape_protocol": _TEXT,
    "native_histogram_bucket_limit": _NUMBER, "native_histogram_min_bucket_factor": _NUMBER, "static_configs": _LIST,
    "relabel_configs": _LIST, "metric_relabel_configs": _LIST,
}  # fmt: skip
_STATIC = {"targets": _LIST, "labels": _MAPPING}
_RELABEL = {
    "source_labels": _LIST, "separator": _TEXT, "regex": _TEXT, "modulus": _NUMBER, "target_label": _TEXT,
    "replacement": _TEXT, "action": _TEXT,
}  # fmt: skip
_ACTIONS = frozenset({
    "replace", "keep", "drop", "hashmod", "labelmap", "labeldrop", "labelkeep", "lowercase", "uppercase", "keepequal",
    "dropequal",
})  # fmt: skip
_NEED_A_TARGET = frozenset({"replace", "hashmod", "lowercase", "uppercase", "keepequal", "dropequal"})

_NEWER_LIMITS = frozenset({
    "body_size_limit", "sample_limit", "target_limit", "label_limit", "label_name_length_limit",
    "label_value_length_limit",
})  # fmt: skip
"""Of ``global``: jobs always knew them."""
NEWER = _NEWER_LIMITS.union(
    (
        "scrape_config_files", "otlp", "runtime", "scrape_protocols", "keep_dropped_targets", "rule_query_offset",
        "scrape_failure_log_file", "metric_name_validation_scheme", "metric_name_escaping_scheme",
        "scrape_native_histograms", "convert_classic_histograms_to_nhcb", "always_scrape_classic_histograms",
        "extra_scrape_metrics", "http_headers", "no_proxy", "proxy_from_environment", "track_timestamps_staleness",
        "enable_compression", "scrape_classic_histograms", "fallback_scrape_protocol",
        "native_histogram_bucket_limit", "native_histogram_min_bucket_factor",
    )
)  # fmt: skip
"""Keys that no version before :data:`_SINCE` knows: tried on 2.42."""
_SINCE = (2, 43, 0)

_LISTED = (3, 7, 999)
"""The last version whose keys are all in these tables."""
_ALL = frozenset({*_ROOT, *_GLOBAL, *_JOB, *_STATIC, *_RELABEL})

DISCOVERY = frozenset(
    f"{kind}_sd_configs"
    for kind in ("aws", "azure", "consul", "digitalocean", "dns", "docker", "dockerswarm", "ec2", "ecs", "eureka",
                 "file", "gce", "hetzner", "http", "ionos", "kubernetes", "kuma", "lightsail", "linode", "marathon",
                 "nerve", "nomad", "openstack", "ovhcloud", "puppetdb", "scaleway", "serverset", "stackit", "triton",
                 "uyuni", "vultr")
)  # fmt: skip
"""The keys of service discovery beside ``static_configs``."""

_TRUTH = frozenset({"true", "false", "yes", "no", "on", "off", "y", "n"})
_MAX_FINDINGS = 20


def duplicates(doc: YamlDoc) -> Iterator[Finding]:
    """Keys that are there twice, which Prometheus refuses."""
    for each in doc.duplicates[:_MAX_FINDINGS]:
        yield Finding(
            _("each key is there once"),
            _("{key} again, first in line {line}", key=each.key, line=each.lines[0]),
            Location(doc.path, each.lines[1]),
            _("take one of them away, or put what is under both into one"),
        )


def problems(doc: YamlDoc, theirs: Version | None) -> Iterator[Finding]:
    """What a Prometheus of that version would refuse, in the order of the file's sections; at most a screenful."""
    yield from itertools.islice(_Check(doc, theirs).problems(), _MAX_FINDINGS)


def unknown_keys(doc: YamlDoc, theirs: Version | None) -> list[Finding]:
    """Keys that we do not know and that a Prometheus newer than this table may: ``found`` is the key."""
    check = _Check(doc, theirs)
    collections.deque(check.problems(), maxlen=0)
    return check.unsure[:_MAX_FINDINGS]


class _Check:
    def __init__(self, doc: YamlDoc, theirs: Version | None) -> None:
        self._path = doc.path
        self._doc = doc
        self._theirs = theirs
        self.unsure: list[Finding] = []

    def problems(self) -> Iterator[Finding]:
        root = self._doc.root
        if root is None or _is_empty(root):
            return
        if root.kind != "mapping":
            yield self._wrong_type("prometheus.yml", _MAPPING, root, root.line)
            return
        yield from self._keys(root, _ROOT)
        yield from self._global(root.get("global"))
        names: dict[str, int] = {}
        for job in _items(root.get("scrape_configs")):
            if job.kind != "mapping":
                yield self._wrong_type("scrape_configs", _MAPPING, job, job.line)
                continue
            yield from self._job(job, root.get("global"), names)

    def _global(self, section: Node | None) -> Iterator[Finding]:
        if section is None or section.kind != "mapping":
            return
        yield from self._keys(section, _GLOBAL)
        yield from self._timeout(section, None)

    def _job(self, job: Node, globally: Node | None, names: dict[str, int]) -> Iterator[Finding]:
        found = job.child("job_name")
        name = found[1].text if found is not None and found[1].kind == "scalar" else ""
        if found is None or _is_empty(found[1]):
            hint = _("give the job a name: - job_name: ui")
            yield self._finding(_("each job has a job_name"), _("a job without one"), job.line, hint)
        elif name in names:
            hint = _("give each job its own name, or put the targets of both into one")
            was = _("{name} again, first in line {line}", name=name, line=names[name])
            yield self._finding(_("each job_name is there once"), was, found[0], hint)
        elif name:
            names[name] = found[0]
        yield from self._keys(job, _JOB)
        yield from self._timeout(job, globally)
        for key, value in _pairs(job.get("params")):
            if value.kind != "sequence" and not _is_empty(value):
                yield self._wrong_type(key.text, _LIST, value, key.line)
        relabels = job.get("relabel_configs")
        for group in _items(job.get("static_configs")):
            if group.kind != "mapping":
                yield self._wrong_type("static_configs", _MAPPING, group, group.line)
                continue
            yield from self._keys(group, _STATIC)
            if not _items(relabels):
                yield from self._addresses(group, is_probing=_is_probing(job))
            yield from self._texts(group)
        for section in (relabels, job.get("metric_relabel_configs")):
            for step in _items(section):
                yield from self._relabelling(step)

    def _addresses(self, group: Node, *, is_probing: bool) -> Iterator[Finding]:
        for target in _items(group.get("targets")):
            if target.kind == "scalar" and "/" in target.text:
                address = (target.text.partition("://")[2] or target.text).partition("/")[0]
                hint = _("write {address}; the path belongs into metrics_path, https into scheme", address=address)
                if is_probing:
                    hint = _("add relabel_configs: they make the URL a parameter, and the exporter the address")
                yield self._finding(_("a target is an address: host:port"), target.text, target.line, hint)

    def _texts(self, group: Node) -> Iterator[Finding]:
        for target in _items(group.get("targets")):
            if target.kind != "scalar":
                yield self._wrong_type("targets", _TEXT, target, target.line)
        for key, value in _pairs(group.get("labels")):
            if value.kind != "scalar":
                yield self._wrong_type(key.text, _TEXT, value, key.line)

    def _relabelling(self, step: Node) -> Iterator[Finding]:
        if step.kind != "mapping":
            yield self._wrong_type("relabel_configs", _MAPPING, step, step.line)
            return
        yield from self._keys(step, _RELABEL)
        action = step.get("action")
        name = action.text.lower() if action is not None and action.kind == "scalar" and action.text else "replace"
        if name not in _ACTIONS and action is not None:
            yield self._finding(
                _("action is one that Prometheus knows"), action.text, action.line, _near(name, sorted(_ACTIONS))
            )
        target = step.get("target_label")
        if name in _NEED_A_TARGET and (target is None or _is_empty(target)):
            yield self._finding(
                _("the relabelling step says which label it sets"), _("no target_label"), step.line,
                _("add target_label: the label that the step writes to, such as instance or __address__"),
            )  # fmt: skip

    def _timeout(self, section: Node, globally: Node | None) -> Iterator[Finding]:
        """Prometheus refuses a timeout of a section that is longer than the interval there."""
        timeout = section.child("scrape_timeout")
        interval = section.get("scrape_interval") or (_child(globally, "scrape_interval"))
        longest = seconds(interval.text) if interval is not None else 60.0
        value = seconds(timeout[1].text) if timeout is not None else None
        if timeout is not None and value is not None and longest is not None and value > (longest or 60.0):
            yield self._finding(
                _("scrape_timeout is not longer than scrape_interval"), timeout[1].text, timeout[0],
                _("make the timeout shorter, or leave it out: it is 10s, or the interval where that is shorter"),
            )  # fmt: skip

    def _keys(self, section: Node, known: Mapping[str, str]) -> Iterator[Finding]:
        for key, value in section.entries():
            if key.kind == "scalar" and key.text in DISCOVERY and known is _JOB:
                continue
            kind = known.get(key.text) if key.kind == "scalar" else None
            if kind is None:
                names = [*known, *(DISCOVERY if known is _JOB else ())]
                found = self._finding(
                    _("Prometheus knows each key"), key.text or _("a key that is no text"), key.line,
                    _near(key.text, names),
                )  # fmt: skip
                if self._is_known_to_be_unknown(key.text, names):
                    yield found
                else:
                    self.unsure.append(found)
            elif self._theirs is not None and self._theirs < _SINCE and _is_newer(key.text, known):
                version = ".".join(map(str, self._theirs))
                yield self._finding(
                    _("Prometheus {version} knows each key", version=version), key.text, key.line,
                    _("take it away, or take a newer Prometheus in the Dockerfile"),
                )  # fmt: skip
            elif not _is_of(kind, value):
                yield self._wrong_type(key.text, kind, value, key.line)

    def _is_known_to_be_unknown(self, key: str, here: list[str]) -> bool:
        """It is of another section, nearly the name of a key, or not in a version of which we know all keys."""
        is_listed = self._theirs is not None and self._theirs <= _LISTED
        return is_listed or key in _ALL or _closest(key, here) is not None

    def _wrong_type(self, key: str, kind: str, value: Node, line: int) -> Finding:
        found = {"mapping": _("a mapping"), "sequence": _("a list")}.get(value.kind, value.text or _("nothing"))
        return self._finding(_("{key} is {kind}", key=key, kind=_KINDS[kind]), found, line, _HINTS.get(kind, _CORRECT))

    def _finding(self, expected: Message, found: object, line: int, hint: Message) -> Finding:
        return Finding(expected, found, Location(self._path, line), hint)


_KINDS = {
    _DURATION: _("a duration, such as 5s or 1m"),
    _TEXT: _("a text"),
    _BOOLEAN: _("true or false"),
    _NUMBER: _("a number"),
    _LIST: _("a list"),
    _MAPPING: _("a mapping"),
}
_CORRECT = _("correct the value; mind the indentation")
_HINTS = {
    _DURATION: _("write a number and its unit without a space: 5s, 1m, 1h30m"),
    _LIST: _("write each value in a line of its own, behind a hyphen, or in brackets: [http_2xx]"),
    _MAPPING: _("write key: value, indented below it"),
}


def _is_newer(key: str, known: Mapping[str, str]) -> bool:
    return key in NEWER and (known is _GLOBAL or key not in _NEWER_LIMITS)


def _is_probing(job: Node) -> bool:
    path, params = job.get("metrics_path"), job.get("params")
    asks = params is not None and params.kind == "mapping" and params.get("module") is not None
    return asks or (path is not None and path.text == "/probe")


def _is_of(kind: str, value: Node) -> bool:
    if _is_empty(value):
        return kind != _DURATION
    match kind:
        case "list":
            return value.kind == "sequence"
        case "mapping":
            return value.kind == "mapping"
    if value.kind != "scalar":
        return False
    match kind:
        case "duration":
            return seconds(value.text) is not None
        case "boolean":
            return value.text.lower() in _TRUTH
        case "number":
            return value.text.replace("_", "").replace(".", "", 1).isascii() and value.text[:1].isdigit()
        case _:
            return True


def _is_empty(node: Node) -> bool:
    return node.kind == "scalar" and node.plain and node.text in ("", "~", "null", "Null", "NULL")


def _items(node: Node | None) -> list[Node]:
    return node.children if node is not None and node.kind == "sequence" else []


def _pairs(node: Node | None) -> list[tuple[Node, Node]]:
    return list(node.entries()) if node is not None and node.kind == "mapping" else []


def _child(node: Node | None, key: str) -> Node | None:
    return node.get(key) if node is not None else None


def _closest(name: str, known: Mapping[str, str] | list[str] | frozenset[str]) -> str | None:
    return next(iter(difflib.get_close_matches(name[:100], known, n=1, cutoff=0.75)), None)


def _near(name: str, known: list[str]) -> Message:
    near = _closest(name, known)
    if near:
        return _("write {near}, or correct the indentation", near=near)
    return _("take it away, or correct the indentation")
