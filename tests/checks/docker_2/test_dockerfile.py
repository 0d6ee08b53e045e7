"""docker-2/dockerfile."""

from __future__ import annotations

from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ._homework import BASE, DOCKERFILE

_CMD = 'CMD ["/start.sh"]\n'
_CHMOD = "RUN chmod 0777 /start.sh\n"
_SCRIPT = "COPY start.sh /start.sh\n"

test_samples = sample_tests(
    "docker-2/dockerfile",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "a byte order mark and Windows' line ends",
            [write(DOCKERFILE, "\ufeff" + BASE[DOCKERFILE].replace("\n", "\r\n"))],
        ),
        Sample(
            "unusual",
            "ADD of the whole folder, the command as a string behind exec",
            [
                replace(DOCKERFILE, "COPY mongod.conf /etc/mongod.conf\nCOPY db_config /reddit/db_config\n", ""),
                replace(DOCKERFILE, _SCRIPT, "ADD . /\n"),
                replace(DOCKERFILE, _CMD, "CMD exec /start.sh\n"),
            ],
        ),
        Sample(
            "unusual",
            "COPY --chmod, and ENTRYPOINT relative to the working directory",
            [
                replace(DOCKERFILE, _SCRIPT + _CHMOD, "WORKDIR /opt\nCOPY --chmod=755 start.sh .\n"),
                replace(DOCKERFILE, _CMD, 'ENTRYPOINT ["./start.sh"]\n'),
            ],
        ),
        Sample(
            "unusual",
            "a shell runs the script, so nobody needs the mode bit",
            [replace(DOCKERFILE, _CHMOD, ""), replace(DOCKERFILE, _CMD, 'CMD ["bash", "/start.sh"]\n')],
        ),
        Sample(
            "unusual",
            "a name of its own in the image, chmod among other commands, an early CMD that no longer counts",
            [
                replace(DOCKERFILE, _SCRIPT + _CHMOD, "CMD true\nCOPY start.sh /usr/local/bin/run\n"),
                replace(
                    DOCKERFILE, _CMD, 'RUN mkdir -p /x && chmod -v u+rx,g=rx /usr/local/bin/* && true\nCMD ["run"]\n'
                ),
            ],
        ),
        Sample(
            "unusual",
            "the files come from a stage's variables, the image from a build stage of another name",
            [
                replace(DOCKERFILE, "FROM ubuntu:16.04\n", "ARG BASE=ubuntu\nFROM ${BASE}:16.04 AS Base\nFROM base\n"),
                replace(DOCKERFILE, "COPY mongod.conf", "ENV CONF=mongod.conf\nCOPY ${CONF}"),
            ],
        ),
        Sample(
            "unusual",
            "a file of another name becomes mongod.conf in the image",
            [
                write("docker-monolith/mongo.yaml", "net:\n  bindIp: 127.0.0.1\n"),
                replace(DOCKERFILE, "COPY mongod.conf", "COPY mongo.yaml"),
            ],
        ),
        Sample(
            "fails",
            "a file that is not there becomes mongod.conf",
            [replace(DOCKERFILE, "COPY mongod.conf", "COPY mongo.yaml")],
            says="mongod.conf is copied",
            file=DOCKERFILE,
            findings=1,
        ),
        Sample(
            "fails",
            "the mode bit counts of the file that is copied",
            [
                write("docker-monolith/run.sh", "#!/bin/sh\n"),
                replace(DOCKERFILE, _SCRIPT + _CHMOD, "COPY run.sh /start.sh\n"),
            ],
            says="executable",
            file=DOCKERFILE,
            line="COPY run.sh",
            findings=1,
        ),
        Sample(
            "fails",
            "the script is run by the build",
            [replace(DOCKERFILE, _CMD, "RUN /start.sh\n")],
            says="the container starts start.sh",
            file=DOCKERFILE,
            line="RUN /start.sh",
            findings=1,
        ),
        Sample(
            "fails",
            "the last CMD counts",
            [replace(DOCKERFILE, _CMD, f'{_CMD}CMD ["bash"]\n')],
            says="CMD bash",
            file=DOCKERFILE,
            line='CMD ["bash"]',
        ),
        Sample(
            "fails",
            "no mode bit",
            [replace(DOCKERFILE, _CHMOD, "RUN chmod 644 /start.sh\n")],
            says="executable",
            file=DOCKERFILE,
            line="COPY start.sh",
            findings=1,
        ),
        Sample(
            "fails",
            "the configuration is not copied",
            [replace(DOCKERFILE, "COPY mongod.conf /etc/mongod.conf\n", "")],
            says="mongod.conf is copied",
            file=DOCKERFILE,
            findings=1,
        ),
        Sample(
            "fails",
            "a copy out of another image is no copy of the file",
            [replace(DOCKERFILE, "COPY db_config", "COPY --from=mongo:4 db_config")],
            says="db_config is copied",
            file=DOCKERFILE,
        ),
        Sample(
            "fails",
            "the command is where the script is not",
            [replace(DOCKERFILE, _SCRIPT, "COPY start.sh /reddit/start.sh\n")],
            says="/reddit/start.sh",
            file=DOCKERFILE,
            line="CMD",
        ),
        Sample(
            "fails",
            "an instruction with a slip",
            [replace(DOCKERFILE, "COPY db_config", "COPPY db_config")],
            says="COPPY is not an instruction",
            file=DOCKERFILE,
            line="COPPY",
        ),
        Sample(
            "fails",
            "a heredoc without its end",
            [replace(DOCKERFILE, _CHMOD, "RUN <<EOF\nchmod +x /start.sh\n")],
            says="the Dockerfile can be parsed",
            file=DOCKERFILE,
        ),
        Sample("fails", "an empty file", [write(DOCKERFILE, "")], says="the Dockerfile can be parsed", file=DOCKERFILE),
    ],
    with_mode_bits=False,
)

test_with_mode_bits = sample_tests(
    "docker-2/dockerfile",
    BASE,
    [Sample("unusual", "the script is committed with its mode bit", [replace(DOCKERFILE, _CHMOD, "")])],
)
