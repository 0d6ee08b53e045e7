"""docker-3/hadolint."""

from __future__ import annotations

import pytest

from pytest_dockerlab import tools
from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ._homework import BASE, COMMENT, UI

test_samples = sample_tests(
    "docker-3/hadolint",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "a heredoc that hadolint cannot read and Docker can, and a backup that nobody minds",
            [
                replace(COMMENT, "CMD", "RUN <<EOF bash\nset -e\nEOF\nRUN true\nCMD"),
                write("src/ui/Dockerfile.orig", "FROM ruby\nADD . /app\n"),
            ],
        ),
        Sample(
            "unusual",
            "a byte order mark, Windows' line ends, versions of packages that are not pinned",
            [write(COMMENT, "\ufeff" + BASE[COMMENT].replace("\n", "\r\n"))],
        ),
        Sample(
            "unusual",
            "what other items ask, and a stage by other letters",
            [
                replace(UI, "COPY .", "ADD ."),
                replace(UI, "FROM alpine:3.7\n", "FROM alpine:3.7 AS Base\nFROM BASE\n"),
                replace(COMMENT, "COPY .", "ADD ."),
            ],
        ),
        Sample(
            "fails",
            "a repository cannot silence it",
            [
                replace(UI, "WORKDIR $APP_HOME", "# hadolint ignore=DL3000\nWORKDIR app"),
                write(".hadolint.yaml", "ignored: [DL3000]\nfailure-threshold: none\n"),
            ],
            says="DL3000 error",
            file=UI,
            line="WORKDIR app",
            findings=1,
        ),
        Sample(
            "fails",
            "a variant",
            [write("src/ui/Dockerfile.1", 'FROM ruby\nCMD ["puma"]\n')],
            says="DL3006 warning",
            file="src/ui/Dockerfile.1",
            line="FROM ruby",
            findings=1,
        ),
        Sample(
            "unusual",
            "what no builder takes is told by docker-3/services",
            [replace(UI, "COPY .", "COYP ."), replace(COMMENT, "CMD", "EXPOSE http\nCMD")],
            verdict="unverified",
            says="see docker-3/services",
        ),
        Sample(
            "fails",
            "what neither of the two parsers reads",
            [write("src/ui/Dockerfile.2", "FRM ruby:2.2\n")],
            says="DL1000",
            file="src/ui/Dockerfile.2",
            line="FRM",
        ),
    ],
    skip=pytest.mark.skipif(tools.find("hadolint") is None, reason="no hadolint here"),
)
