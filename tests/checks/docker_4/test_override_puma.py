"""docker-4/override-puma."""

from __future__ import annotations

from typing import Any

from pytest_dockerlab.testing import Edit, Sample, remove, replace, sample_tests

from ._homework import BASE, ENV, OVERRIDE, needs_compose

COMMENT_COMMAND = '    command: ["puma", "--debug", "-w", "2"]\n'


def puma(kind: str, title: str, lines: str, *more: Edit, **expected: Any) -> Sample:
    """Comment started by ``lines``."""
    return Sample(kind, title, [replace(OVERRIDE, COMMENT_COMMAND, lines), *more], **expected)


test_samples = sample_tests(
    "docker-4/override-puma",
    BASE,
    [
        Sample("passes", "the plain homework"),
        puma(
            "fails",
            "an entrypoint that swallows the command",
            "    entrypoint: [cat]\n    command: puma --debug -w 2\n",
            file=OVERRIDE,
            line="entrypoint: [cat]",
            says="cat puma --debug -w 2 | remove the entrypoint",
        ),
        puma("unusual", "-w2", '    command: ["puma", "--debug", "-w2"]\n'),
        puma("unusual", "--workers 2", "    command: puma --debug --workers 2\n"),
        puma("unusual", "--workers=2", "    command: puma --workers=2 --debug\n"),
        puma(
            "unusual",
            "entrypoint, with -w 2 as one argument",
            "    entrypoint:\n      - puma\n      - --debug\n      - -w 2\n",
        ),
        puma("unusual", "a path", "    command: /app_runtime/bin/puma --debug -w 2\n"),
        puma("unusual", "a shell", '    command: sh -c "cp -r /tmp/x /app; exec bundle exec puma --debug -w 2"\n'),
        puma(
            "unusual",
            "a variable",
            "    command: ${COMMENT_COMMAND}\n",
            replace(ENV, "UI_PORT", "COMMENT_COMMAND=puma --debug -w 2\nUI_PORT"),
        ),
        puma(
            "unusual",
            "the image's entrypoint is puma",
            "    command: --debug -w 2\n",
            replace("src/comment/Dockerfile", 'CMD ["puma"]', 'ENTRYPOINT ["puma"]'),
        ),
        puma(
            "unusual",
            "workers by puma's own variable",
            "    command: puma --debug\n    environment: {WEB_CONCURRENCY: 2}\n",
        ),
        puma("unusual", "settings in a program", "    command: puma --debug -C config/puma.rb\n", verdict="unverified"),
        Sample("unusual", "none", [remove(OVERRIDE)], verdict="not attempted"),
        puma(
            "fails",
            "the hyphen is missing",
            '    command: ["puma", "--debug", "w 2"]\n',
            file=OVERRIDE,
            line='"w 2"',
            says="two workers",
            findings=1,
        ),
        puma(
            "fails",
            "no debug",
            "    command: puma -w 2\n",
            file=OVERRIDE,
            line="puma -w 2",
            says="--debug",
            findings=1,
        ),
        *(
            puma(
                "fails",
                f"puma is only a word of {words.split()[0]}",
                f"    command: {words} puma --debug -w 2\n",
                file=OVERRIDE,
                line=words,
                says="comment runs puma",
                findings=1,
            )
            for words in ("echo", "/bin/cat", "python3 comments.py")
        ),
        puma(
            "fails",
            "three workers",
            "    command: puma --debug -w 3\n",
            file=OVERRIDE,
            line="-w 3",
            says="two workers",
            findings=1,
        ),
        puma("fails", "only ui", "", file=OVERRIDE, line="comment:", says="comment", findings=1),
        puma(
            "fails",
            "puma itself is forgotten",
            "    command: --debug -w 2\n",
            file=OVERRIDE,
            line="command: --debug",
            says="comment runs puma",
            findings=1,
        ),
        puma(
            "unusual",
            "post, a Python program, has a word of puma behind its entrypoint",
            COMMENT_COMMAND,
            replace(OVERRIDE, "  post:\n", "  post:\n    command: puma --debug -w 2\n"),
        ),
    ],
    skip=needs_compose,
)
