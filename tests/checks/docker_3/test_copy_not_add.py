"""docker-3/copy-not-add."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ._homework import BASE, COMMENT, POST, UI

test_samples = sample_tests(
    "docker-3/copy-not-add",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "what COPY cannot do: a URL, a repository, an archive that is unpacked, a variable's archive",
            [
                replace(
                    COMMENT,
                    "CMD",
                    "ADD https://example.org/a.txt /a\nADD https://github.com/a/b.git#main /b\nADD app.tar.gz /app/\n"
                    'ARG FILE=x.tgz\nADD ["${FILE}", "/x/"]\nCMD',
                )
            ],
        ),
        Sample(
            "fails",
            "the whole folder",
            [replace(UI, "COPY . $APP_HOME", "ADD . $APP_HOME")],
            says="ADD . $APP_HOME",
            file=UI,
            line="ADD .",
            findings=1,
        ),
        Sample(
            "fails",
            "for the images that are made of this one",
            [replace(UI, "COPY . $APP_HOME", "ONBUILD ADD --chown=1:1 . /app")],
            says="ADD --chown=1:1 . /app",
            file=UI,
            line="ONBUILD",
            findings=1,
        ),
        Sample(
            "fails",
            "a zip file is not unpacked, and neither is this in a build stage",
            [write(POST, "FROM x:1 AS b\nADD a.zip /\nFROM y:1\nCMD x\n")],
            says="write COPY",
            file=POST,
            line="a.zip",
        ),
    ],
)
