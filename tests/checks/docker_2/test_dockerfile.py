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
            "unusual",
            "a folder without a slash, the start by a shell that is there already",
            [
                replace(DOCKERFILE, _SCRIPT, "COPY start.sh /opt\n"),
                replace(DOCKERFILE, _CHMOD, ""),
                replace(DOCKERFILE, _CMD, 'WORKDIR /opt\nENTRYPOINT ["/bin/bash", "-x"]\nCMD ["start.sh"]\n'),
            ],
        ),
        Sample(
            "unusual",
            "in two places, the one that is run is executable",
            [replace(DOCKERFILE, _CMD, "COPY . /app\n" + _CMD)],
        ),
        Sample(
            "unusual",
            "the CMD stands before the ENTRYPOINT, which runs it as somebody else",
            [replace(DOCKERFILE, _CMD, _CMD + 'ENTRYPOINT ["tini", "--", "gosu", "app"]\n')],
        ),
        Sample(
            "unusual",
            "an entrypoint of one's own runs its arguments",
            [
                write("docker-monolith/entry.sh", '#!/bin/sh\nset -e\nexec "$@"\n'),
                replace(DOCKERFILE, _CMD, 'COPY entry.sh /\nENTRYPOINT ["/entry.sh"]\n' + _CMD),
            ],
        ),
        Sample(
            "unusual",
            "an entrypoint of one's own runs it, and chmod is left to the start",
            [
                write("docker-monolith/entry.sh", "#!/bin/sh\ncd /\nchmod +x start.sh && ./start.sh\n"),
                replace(DOCKERFILE, _CHMOD, ""),
                replace(DOCKERFILE, _CMD, 'COPY entry.sh /\nENTRYPOINT ["/entry.sh"]\n'),
            ],
        ),
        Sample(
            "unusual",
            "sourced, behind another command",
            [replace(DOCKERFILE, _CHMOD, ""), replace(DOCKERFILE, _CMD, "CMD cat /etc/mongod.conf; . /start.sh\n")],
        ),
        Sample(
            "unusual",
            "fed to a shell",
            [replace(DOCKERFILE, _CHMOD, ""), replace(DOCKERFILE, _CMD, "CMD cat /start.sh | bash\n")],
        ),
        Sample(
            "unusual",
            "by a variable of the image, through a link in PATH",
            [
                replace(
                    DOCKERFILE,
                    _CHMOD,
                    "ENV APP=/opt/app PATH=/opt/bin:$PATH\nRUN mkdir -p $APP /opt/bin && "
                    "mv /start.sh $APP/ && ln -s $APP/start.sh /opt/bin && chmod a+x $APP/*.sh /opt/bin/*\n",
                ),
                replace(DOCKERFILE, _CMD, "CMD exec start.sh\n"),
            ],
        ),
        Sample(
            "unusual",
            "heredocs, each quoted in its own way",
            [
                replace(DOCKERFILE, _CHMOD, "RUN <<\\EOF\nchmod 755 /start.sh\nEOF\n"),
                replace(DOCKERFILE, _SCRIPT, 'COPY <<"EOF" /start.sh\n#!/bin/sh\nexec puma\nEOF\n'),
            ],
        ),
        Sample(
            "unusual",
            ".dockerignore that takes the files back",
            [write("docker-monolith/.dockerignore", "*\n!*.sh\n!mongod.conf\n!db_config\n")],
        ),
        Sample(
            "unusual",
            "an ARG above FROM that the stage declares",
            [
                replace(DOCKERFILE, "FROM ubuntu:16.04\n", "ARG CONF=mongod.conf\nFROM ubuntu:16.04\nARG CONF\n"),
                replace(DOCKERFILE, "COPY mongod.conf", "COPY ${CONF}"),
            ],
        ),
        Sample(
            "fails",
            "an ARG above FROM is empty in the stage",
            [
                replace(DOCKERFILE, "FROM ubuntu:16.04\n", "ARG CONF=mongod.conf\nFROM ubuntu:16.04\n"),
                replace(DOCKERFILE, "COPY mongod.conf", "COPY ${CONF}"),
            ],
            says="${CONF} is empty here: an ARG above FROM counts in FROM alone | declare it again",
            file=DOCKERFILE,
            line="COPY ${CONF}",
            findings=1,
        ),
        Sample(
            "fails",
            ".dockerignore leaves the script out",
            [write("docker-monolith/.dockerignore", "# scripts\n.git\n**/*.sh\n!db_config\n")],
            says=".dockerignore keeps it out of the build context",
            file="docker-monolith/.dockerignore",
            line="**/*.sh",
        ),
        Sample(
            "fails",
            "the ignore file of the Dockerfile itself leaves out what a whole folder is copied for",
            [
                write("docker-monolith/.dockerignore", ""),
                write("docker-monolith/Dockerfile.dockerignore", "mongod.*\n"),
                replace(DOCKERFILE, "COPY mongod.conf /etc/mongod.conf\n", "COPY . /etc\n"),
            ],
            says=".dockerignore keeps it out of the build context",
            file="docker-monolith/Dockerfile.dockerignore",
            line="mongod",
            findings=1,
        ),
        Sample(
            "fails",
            "chmod before the COPY that brings the file",
            [replace(DOCKERFILE, _SCRIPT + _CHMOD, _CHMOD + _SCRIPT)],
            says="executable",
            file=DOCKERFILE,
            line="COPY start.sh",
            findings=1,
        ),
        Sample(
            "unusual",
            "a base that README gives to the build",
            [
                replace(DOCKERFILE, "FROM ubuntu:16.04", "ARG BASE\nFROM $BASE"),
                write("docs/README.md", "    docker build --build-arg BASE=ubuntu:16.04 docker-monolith\n"),
            ],
        ),
        Sample(
            "fails",
            "a base of an ARG without a value",
            [replace(DOCKERFILE, "FROM ubuntu:16.04", "ARG BASE\nFROM $BASE")],
            says="FROM names an image | $BASE is empty",
            file=DOCKERFILE,
            line="FROM",
            findings=1,
        ),
        Sample(
            "fails",
            "a chmod that never runs",
            [replace(DOCKERFILE, _CHMOD, "RUN true || chmod +x /start.sh\n")],
            says="executable",
            file=DOCKERFILE,
            findings=1,
        ),
        Sample(
            "unusual",
            "behind what may say no though all goes well, and before what is only for a failure",
            [replace(DOCKERFILE, _CMD, "CMD pgrep mongod || /start.sh || exit 1\n")],
        ),
        Sample(
            "fails",
            "an entrypoint of one's own ends before it runs its arguments",
            [
                write("docker-monolith/entry.sh", '#!/bin/sh\npuma\nexit 0\nexec "$@"\n'),
                replace(DOCKERFILE, _CMD, 'COPY entry.sh /\nENTRYPOINT ["/entry.sh"]\n' + _CMD),
            ],
            says="remove the ENTRYPOINT",
            file=DOCKERFILE,
            findings=1,
        ),
        Sample(
            "fails",
            "chmod of another file of that name",
            [replace(DOCKERFILE, _CHMOD, "RUN chmod +x /app/start.sh\n")],
            says="executable",
            file=DOCKERFILE,
            findings=1,
        ),
        Sample(
            "fails",
            "the mode is taken away again",
            [replace(DOCKERFILE, _CHMOD, _CHMOD + "RUN chmod a-x /start.sh\n")],
            says="executable",
            file=DOCKERFILE,
            findings=1,
        ),
        Sample(
            "fails",
            "chmod is only spoken of",
            [replace(DOCKERFILE, _CHMOD, "RUN echo chmod +x /start.sh # && chmod +x /start.sh\n")],
            says="executable",
            file=DOCKERFILE,
            findings=1,
        ),
        Sample(
            "fails",
            "an ENTRYPOINT that swallows the command",
            [replace(DOCKERFILE, _CMD, 'ENTRYPOINT ["mongod"]\n' + _CMD)],
            says="ENTRYPOINT mongod, CMD /start.sh | remove the ENTRYPOINT",
            file=DOCKERFILE,
            line="CMD",
            findings=1,
        ),
        Sample(
            "fails",
            "an ENTRYPOINT in the form of a text",
            [replace(DOCKERFILE, _CMD, "ENTRYPOINT service mongodb start\n" + _CMD)],
            says="remove the ENTRYPOINT",
            file=DOCKERFILE,
            line="CMD",
            findings=1,
        ),
        Sample(
            "fails",
            "an entrypoint of one's own that does not run its arguments",
            [
                write("docker-monolith/entry.sh", "#!/bin/sh\n# start.sh\nexec puma\n"),
                replace(DOCKERFILE, _CMD, 'COPY entry.sh /\nENTRYPOINT ["/entry.sh"]\n' + _CMD),
            ],
            says="remove the ENTRYPOINT",
            file=DOCKERFILE,
            findings=1,
        ),
        Sample(
            "fails",
            "without a path, where PATH does not lead",
            [replace(DOCKERFILE, _CMD, 'CMD ["start.sh"]\n')],
            says="CMD start.sh: start.sh is in no directory of PATH",
            file=DOCKERFILE,
            line="CMD",
            findings=1,
        ),
        *(
            Sample(
                "fails",
                f"the script is only named: {command}",
                [replace(DOCKERFILE, _CMD, f"CMD {command}\n")],
                says="the container starts start.sh",
                file=DOCKERFILE,
                line="CMD",
                findings=1,
            )
            for command in (
                "echo /start.sh",
                "cat /start.sh",
                "true # /start.sh",
                'echo "run && /start.sh"',
                "test -x /start.sh",
                '["ls", "-l", "/start.sh"]',
                '["sh", "-c", "echo start.sh"]',
                '["bash", "-c", "true", "/start.sh"]',
                "bash /other.sh /start.sh",
                "cat /start.sh | wc -l",
                "true || /start.sh",
                "false && /start.sh",
                "exit 0; /start.sh",
                '["sh", "-c", "service mongodb start; exec puma; /start.sh"]',
            )
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
        *(
            Sample(
                "fails",
                f"a COPY of {source}",
                [replace(DOCKERFILE, "COPY db_config", f"COPY {source}")],
                file=DOCKERFILE,
                line=f"COPY {source}",
                says=f"{source} is not in the folder of the Dockerfile",
                findings=1,
            )
            for source in ("../db_config", "docker-monolith/db_config", "db_conf")
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
            line="RUN <<EOF",
        ),
        Sample(
            "fails",
            "a flag with a slip",
            [replace(DOCKERFILE, "COPY db_config", "COPY --chwon=1:1 db_config")],
            says="COPY has no flag --chwon: did you mean --chown?",
            file=DOCKERFILE,
            line="--chwon",
            findings=1,
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
