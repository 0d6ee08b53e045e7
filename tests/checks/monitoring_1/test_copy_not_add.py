"""monitoring-1/copy-not-add."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ._homework import BASE, DOCKERFILE

_COPY = "COPY prometheus.yml /etc/prometheus/\n"

test_samples = sample_tests(
    "monitoring-1/copy-not-add",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual", "ADD for what COPY cannot do",
            [replace(DOCKERFILE, _COPY, f"{_COPY}ADD rules.tar.gz /etc/\nADD https://example.org/a.yml /a/\n")],
        ),
        Sample("unusual", "ADD in another Dockerfile", [write("monitoring/x/Dockerfile", "FROM x\nADD a /a\n")]),
        Sample(
            "fails", "ADD", [replace(DOCKERFILE, "COPY", "ADD")],
            says="copied with COPY", file=DOCKERFILE, line="ADD prometheus.yml",
        ),
        Sample("fails", "no Dockerfile", [remove(DOCKERFILE)], says="no Dockerfile", verdict="unverified"),
        Sample(
            "fails", "a Dockerfile that does not parse", [write(DOCKERFILE, "FROM a\nENV A\n")],
            says="cannot be parsed", verdict="unverified",
        ),
    ],
)  # fmt: skip
