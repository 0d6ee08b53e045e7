"""The files of homework 21 are something else, too much of something, or made to be slow."""

from __future__ import annotations

from collections.abc import Mapping

from ..attack import Attack, Make, text
from .bulk import CONTENTS, filled, grown
from .links import KINDS, instead

_HOMEWORK = "monitoring-1"
CONFIGURATION = "monitoring/prometheus/prometheus.yml"
DOCKERFILE = "monitoring/prometheus/Dockerfile"
COMPOSE = "docker/docker-compose-monitoring.yml"
MAKEFILE = "Makefile"

DECIDED_BY = {
    CONFIGURATION: {"config": "failed|unverified"},
    DOCKERFILE: {"prometheus-image": "failed|unverified"},
    COMPOSE: {"prometheus-service": "failed|unverified"},
    MAKEFILE: {"makefile": "failed|unverified|not attempted"},
}
"""The item that cannot pass where the file cannot be read."""
_UNREAD = {"config": "failed|unverified"}
_JOB = "  - job_name: {name}\n    static_configs: [{{targets: [{targets}]}}]\n"
_STEP = "      - {source_labels: [%s], regex: '%s', target_label: x, replacement: '%s'}\n"


def _attack(name: str, make: Make, hit: Mapping[str, str], *, slow: bool = True) -> Attack:
    aimed = {f"{_HOMEWORK}/{item}": verdicts for item, verdicts in hit.items()}
    return Attack(name, make, aimed, (f"{_HOMEWORK}/*",), slow=slow, homeworks=(_HOMEWORK,))


def _relabelled(times: int, *step: str, targets: str = "a") -> str:
    job = _JOB.format(name="a", targets=targets)
    return f"scrape_configs:\n{job}    relabel_configs:\n{_STEP % step * times}"


CONFIGURATIONS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "relabelling that doubles": (_relabelled(40, "x", "(.*)", "${1}${1}aaaaaaaaaa"), {"config": "unverified"}),
    "300 steps for 190 targets": (
        _relabelled(300, "__address__", "(a|aa|aaa)*(b*)*(.*)+", "y", targets=", ".join(f"h{n}:1" for n in range(190))),
        {},
    ),
    "a pattern that repeats repetitions": (_relabelled(1, "a", "((((a{1000}){10}){10}){10})", "y"), _UNREAD),
    "aliases of aliases": (
        "a: &a [x,x,x,x,x,x,x,x,x]\n"
        + "".join(f"{b}: &{b} [{','.join([f'*{a}'] * 9)}]\n" for a, b in ("ab", "bc", "cd", "de", "ef"))
        + "scrape_configs: *f\n",
        _UNREAD,
    ),
    "a duration of 5,000 digits": ("global: {scrape_interval: " + "9" * 5000 + "y}\nscrape_configs: []\n", _UNREAD),
    "files from outside": (
        "rule_files: [/etc/passwd]\nscrape_configs:\n" + _JOB.format(name="a", targets="a")
        + "    bearer_token_file: ../outside/canary\n    file_sd_configs: [{files: [../outside/canary]}]\n",
        {},
    ),
    "hostile names": (
        'scrape_configs:\n  - job_name: "a\\u202e\\e[31m\\n::error::x"\n'
        '    static_configs: [{targets: ["ui\\u200b:9292", "\\u0440ost:5000", "--help", "$(id):1"]}]\n',
        {},
    ),
}  # fmt: skip

ATTACKS = (
    *(
        _attack(f"{path} is {kind}", instead(path, kind), hit, slow=path != CONFIGURATION)
        for path, hit in DECIDED_BY.items()
        for kind in KINDS
    ),
    *(
        _attack(f"{path}: {title}", filled(path, content), hit)
        for path, hit in DECIDED_BY.items()
        for title, content in CONTENTS.items()
    ),
    *(_attack(f"{path}: a hole of 2 TB", grown(path, 2 * 10**12), hit) for path, hit in DECIDED_BY.items()),
    *(
        _attack(f"Prometheus: {name}", text(CONFIGURATION, content), hit, slow="doubles" in name)
        for name, (content, hit) in CONFIGURATIONS.items()
    ),
)
