"""Samples of docker-2."""

from __future__ import annotations

from . import Edit, Sample, remove, replace, write

README = "README.md"
DOCKERFILE = "docker-monolith/Dockerfile"

BASE = {
    "README.md": """\
# Homework

## docker-2

`docker run --rm -ti htop` shows one process, that of the container alone: it has a pid namespace of its own.
`docker run --rm --pid host -ti htop` shows all processes of the docker host.
""",
    "docker-monolith/Dockerfile": """\
FROM ubuntu:16.04
RUN apt-get update && apt-get install -y mongodb-server ruby-full
COPY mongod.conf /etc/mongod.conf
COPY db_config /reddit/db_config
COPY start.sh /start.sh
RUN chmod 0777 /start.sh
CMD ["/start.sh"]
""",
    "docker-monolith/mongod.conf": "net:\n  bindIp: 127.0.0.1\n",
    "docker-monolith/db_config": "DATABASE_URL=127.0.0.1\n",
    "docker-monolith/start.sh": "#!/bin/bash\nmongod --fork --config /etc/mongod.conf\nexec puma\n",
}

_CMD = 'CMD ["/start.sh"]\n'
_CHMOD = "RUN chmod 0777 /start.sh\n"
_SCRIPT = "COPY start.sh /start.sh\n"


def _moved(folder: str) -> list[Edit]:
    """The monolith in another folder."""
    ours = {path: text for path, text in BASE.items() if path.startswith("docker-monolith/")}
    return [
        *(remove(path) for path in ours),
        *(write(path.replace("docker-monolith/", folder), text) for path, text in ours.items()),
    ]


_FILES = [
    Sample("docker-2/files", "passes", "the plain homework"),
    Sample("docker-2/files", "unusual", "everything in the root, as in the first cohort", _moved("")),
    Sample("docker-2/files", "unusual", "a folder of another name", _moved("build-reddit-image/")),
    Sample(
        "docker-2/files",
        "unusual",
        "a second, half copy elsewhere, and other Dockerfiles",
        [
            write("docker/start.sh", "#!/bin/sh\n"),
            write("src/ui/Dockerfile", "FROM x\n"),
            write("Dockerfile", "FROM x\n"),
        ],
    ),
    Sample(
        "docker-2/files",
        "fails",
        "the configuration lies elsewhere",
        [remove("docker-monolith/mongod.conf"), write("config/mongod.conf", "net:\n")],
        expect_file="config/mongod.conf",
        expect_text="docker-monolith/mongod.conf is in the repository | only config/mongod.conf",
        findings=1,
    ),
    Sample(
        "docker-2/files",
        "fails",
        "a file has another name",
        [remove("docker-monolith/db_config"), write("docker-monolith/db_config.txt", "X=1\n")],
        expect_file="docker-monolith/db_config.txt",
        expect_text="docker-monolith/db_config is in",
        findings=1,
    ),
    Sample(
        "docker-2/files",
        "fails",
        "nothing of it is there",
        [remove(path) for path in BASE if path != README],
        expect_text="nowhere in the repository",
        findings=1,
    ),
]


def _dockerfile(kind: str, title: str, *edits: Edit, **more: str | int) -> Sample:
    more.setdefault("expect_file", DOCKERFILE) if kind == "fails" else None
    return Sample("docker-2/dockerfile", kind, title, edits, **more)  # type: ignore[arg-type]


_DOCKERFILE = [
    _dockerfile("passes", "the plain homework"),
    _dockerfile(
        "unusual",
        "a byte order mark and Windows' line ends",
        write(DOCKERFILE, "\ufeff" + BASE[DOCKERFILE].replace("\n", "\r\n")),
    ),
    _dockerfile(
        "unusual",
        "ADD of the whole folder, the command as a string behind exec",
        replace(DOCKERFILE, "COPY mongod.conf /etc/mongod.conf\nCOPY db_config /reddit/db_config\n", ""),
        replace(DOCKERFILE, _SCRIPT, "ADD . /\n"),
        replace(DOCKERFILE, _CMD, "CMD exec /start.sh\n"),
    ),
    _dockerfile(
        "unusual",
        "COPY --chmod, and ENTRYPOINT relative to the working directory",
        replace(DOCKERFILE, _SCRIPT + _CHMOD, "WORKDIR /opt\nCOPY --chmod=755 start.sh .\n"),
        replace(DOCKERFILE, _CMD, 'ENTRYPOINT ["./start.sh"]\n'),
    ),
    _dockerfile(
        "unusual",
        "a shell runs the script, so nobody needs the mode bit",
        replace(DOCKERFILE, _CHMOD, ""),
        replace(DOCKERFILE, _CMD, 'CMD ["bash", "/start.sh"]\n'),
    ),
    _dockerfile(
        "unusual",
        "a name of its own in the image, chmod among other commands, an early CMD that no longer counts",
        replace(DOCKERFILE, _SCRIPT + _CHMOD, "CMD true\nCOPY start.sh /usr/local/bin/run\n"),
        replace(DOCKERFILE, _CMD, 'RUN mkdir -p /x && chmod -v u+rx,g=rx /usr/local/bin/* && true\nCMD ["run"]\n'),
    ),
    _dockerfile(
        "unusual",
        "the files come from a stage's variables, the image from a build stage of another name",
        replace(DOCKERFILE, "FROM ubuntu:16.04\n", "ARG BASE=ubuntu\nFROM ${BASE}:16.04 AS Base\nFROM base\n"),
        replace(DOCKERFILE, "COPY mongod.conf", "ENV CONF=mongod.conf\nCOPY ${CONF}"),
    ),
    _dockerfile(
        "unusual",
        "a file of another name becomes mongod.conf in the image",
        write("docker-monolith/mongo.yaml", "net:\n  bindIp: 127.0.0.1\n"),
        replace(DOCKERFILE, "COPY mongod.conf", "COPY mongo.yaml"),
    ),
    _dockerfile(
        "fails",
        "a file that is not there becomes mongod.conf",
        replace(DOCKERFILE, "COPY mongod.conf", "COPY mongo.yaml"),
        expect_text="mongod.conf is copied",
        findings=1,
    ),
    _dockerfile(
        "fails",
        "the mode bit counts of the file that is copied",
        write("docker-monolith/run.sh", "#!/bin/sh\n"),
        replace(DOCKERFILE, _SCRIPT + _CHMOD, "COPY run.sh /start.sh\n"),
        expect_line_contains="COPY run.sh",
        expect_text="executable",
        findings=1,
    ),
    _dockerfile(
        "fails",
        "the script is run by the build",
        replace(DOCKERFILE, _CMD, "RUN /start.sh\n"),
        expect_line_contains="RUN /start.sh",
        expect_text="the container starts start.sh",
        findings=1,
    ),
    _dockerfile(
        "fails",
        "the last CMD counts",
        replace(DOCKERFILE, _CMD, f'{_CMD}CMD ["bash"]\n'),
        expect_line_contains='CMD ["bash"]',
        expect_text="CMD bash",
    ),
    _dockerfile(
        "fails",
        "no mode bit",
        replace(DOCKERFILE, _CHMOD, "RUN chmod 644 /start.sh\n"),
        expect_line_contains="COPY start.sh",
        expect_text="executable",
        findings=1,
    ),
    _dockerfile(
        "fails",
        "the configuration is not copied",
        replace(DOCKERFILE, "COPY mongod.conf /etc/mongod.conf\n", ""),
        expect_text="mongod.conf is copied",
        findings=1,
    ),
    _dockerfile(
        "fails",
        "a copy out of another image is no copy of the file",
        replace(DOCKERFILE, "COPY db_config", "COPY --from=mongo:4 db_config"),
        expect_text="db_config is copied",
    ),
    _dockerfile(
        "fails",
        "the command is where the script is not",
        replace(DOCKERFILE, _SCRIPT, "COPY start.sh /reddit/start.sh\n"),
        expect_line_contains="CMD",
        expect_text="/reddit/start.sh",
    ),
    _dockerfile(
        "fails",
        "an instruction with a slip",
        replace(DOCKERFILE, "COPY db_config", "COPPY db_config"),
        expect_line_contains="COPPY",
        expect_text="COPPY is no instruction",
    ),
    _dockerfile(
        "fails",
        "a heredoc without its end",
        replace(DOCKERFILE, _CHMOD, "RUN <<EOF\nchmod +x /start.sh\n"),
        expect_text="the Dockerfile parses",
    ),
    _dockerfile("fails", "an empty file", write(DOCKERFILE, ""), expect_text="the Dockerfile parses"),
]

_PID_ANSWER = [
    Sample("docker-2/pid-answer", "passes", "the plain homework"),
    Sample(
        "docker-2/pid-answer",
        "unusual",
        "in Russian, the command in a block, the option with an equals sign",
        [
            write(
                README,
                "```\ndocker run --rm -ti tehbilly/htop\ndocker run --rm --pid=host -ti tehbilly/htop\n```\n"
                "В первом случае виден только один процесс, во втором все процессы хоста.\n",
            )
        ],
    ),
    Sample(
        "docker-2/pid-answer",
        "fails",
        "only that it works",
        [write(README, "I ran htop with `--pid host` and it works.\n")],
        expect_file=README,
        expect_text="which processes a container sees",
    ),
    Sample(
        "docker-2/pid-answer",
        "fails",
        "commands alone, their own words are no answer",
        [
            write(
                README,
                "```\ndocker run -ti htop\ndocker run --pid host -ti htop\ndocker-machine ssh docker-host\n```\n",
            )
        ],
        expect_file=README,
        expect_line_contains="docker run --pid host",
        expect_text="--pid host is named, but not what is seen",
        findings=1,
    ),
    Sample(
        "docker-2/pid-answer",
        "fails",
        "that it was compared, but not what came of it",
        [write(README, "# Homework\n\nDone: htop looked at twice, `htop` and `--pid host htop`.\n")],
        expect_file=README,
        expect_line_contains="looked at twice",
        expect_text="--pid host is named, but not what is seen",
    ),
    Sample(
        "docker-2/pid-answer",
        "fails",
        "not a word of it",
        [write(README, "# Homework\n\nThe monolith runs in a container.\n")],
        expect_file=README,
        expect_text="no such comparison in README.md",
    ),
    Sample("docker-2/pid-answer", "fails", "no README", [remove(README)], expect_text="no README"),
]

SAMPLES = [*_FILES, *_DOCKERFILE, *_PID_ANSWER]
