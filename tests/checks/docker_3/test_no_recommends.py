"""docker-3/no-recommends."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ._homework import APT, BASE, COMMENT

test_samples = sample_tests(
    "docker-3/no-recommends",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "the option at the end, by apt's own option, by its configuration, from a variable",
            [
                replace(
                    COMMENT,
                    APT,
                    'ARG OPTIONS="--yes --no-install-recommends"\n'
                    "RUN apt-get install -y gcc --no-install-recommends\n"
                    "RUN apt-get -o APT::Install-Recommends=false install make\n"
                    "RUN apt-get ${OPTIONS} install patch\n"
                    "RUN echo 'APT::Install-Recommends \"0\";' > /etc/apt/apt.conf.d/99 && apt-get install -y ruby\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "a backup is not held against anybody",
            [write("src/comment/Dockerfile.old", "FROM ruby:2.2\nRUN apt-get install -y gcc\n")],
        ),
        Sample(
            "fails",
            "one of two",
            [replace(COMMENT, " && rm -rf", " && apt install -y curl \\\n && rm -rf")],
            says="apt install -y curl",
            file=COMMENT,
            line="curl",
            findings=1,
        ),
        Sample(
            "fails",
            "a list instead of a string",
            [replace(COMMENT, "CMD", 'RUN ["apt-get", "-y", "install", "less"]\nCMD')],
            says="apt-get -y install less",
            file=COMMENT,
            line='"less"',
        ),
    ],
)
