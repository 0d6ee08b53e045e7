"""Homework 15, docker-2: what goes wrong with the monolith's image."""

from __future__ import annotations

from .homeworks import Step, everywhere, move, not_executable, remove, replace, write
from .kinds import NOWHERE, Change, Fault
from .layouts import NO_MONITORING

FOLDER = "docker-monolith"
DOCKERFILE = "docker-monolith/Dockerfile"
START = "docker-monolith/start.sh"
README = "README.md"

_RUN = """\
RUN chmod +x /start.sh \\
    && mkdir -p /var/lib/mongodb /var/log/mongodb \\
    && chown 65534:65534 /var/lib/mongodb /var/log/mongodb
"""
_COPIES = """\
COPY mongod.conf /etc/mongod.conf
COPY db_config /reddit/db_config
COPY reddit.py /reddit/reddit.py
COPY start.sh /start.sh
"""
_APT = """\
RUN apt-get update \\
    && apt-get install -y --no-install-recommends \\
        libcurl4 liblzma5 libssl3 python3-flask python3-pymongo python3-waitress \\
    && rm -rf /var/lib/apt/lists/*
"""
_CMD = 'CMD ["/start.sh"]\n'
_PID_ANSWER = """\
Without it the container has a pid namespace of its own: its command is process 1, and it sees only its own processes.
With `--pid host` it shares the pid namespace of the docker host: process 1 is the host's init, and every process of the
host and of the other containers is in the list.
"""
_PID_SECTION = """\
### The process list, with and without `--pid host`

```sh
docker run --rm debian:bookworm-slim sh -c 'ls -d /proc/[0-9]*'
docker run --rm --pid host debian:bookworm-slim sh -c 'ls -d /proc/[0-9]*'
```

"""


def _edit(old: str, new: str) -> Step:
    return replace(DOCKERFILE, old, new)


_at_its_end = _edit(_CMD, _CMD.replace("\n", "☜\n"))

FAULTS = [
    # files
    Fault("files", "no mongod.conf", remove("docker-monolith/mongod.conf"), at=NOWHERE),
    Fault("files", "no db_config", remove("docker-monolith/db_config"), at=NOWHERE),
    Fault("files", "no start.sh", remove(START), at=NOWHERE),
    Fault("files", "no Dockerfile", *NO_MONITORING, remove(DOCKERFILE), at=NOWHERE),
    Fault(
        "files", "db_conf", move("docker-monolith/db_config", "docker-monolith/db_conf"), at="docker-monolith/db_config"
    ),
    Fault(
        "files",
        "mongo.conf",
        move("docker-monolith/mongod.conf", "docker-monolith/mongo.conf"),
        at="docker-monolith/mongod.conf",
    ),
    Fault(
        "files",
        "mongod.conf.txt",
        move("docker-monolith/mongod.conf", "docker-monolith/mongod.conf.txt"),
        at="docker-monolith/mongod.conf",
    ),
    Fault("files", "run.sh", move(START, "docker-monolith/run.sh"), at=NOWHERE),
    Fault("files", "start.sh lies above", move(START, "start.sh"), at=START),
    Fault("files", "Dockerfile.txt", move(DOCKERFILE, "docker-monolith/Dockerfile.txt"), at=DOCKERFILE),
    Fault(
        "files",
        "nothing of it",
        *(
            remove(f"docker-monolith/{name}")
            for name in ("Dockerfile", "mongod.conf", "db_config", "start.sh", "reddit.py")
        ),
        at=NOWHERE,
    ),
    # dockerfile: the files
    Fault(
        "dockerfile",
        "start.sh is not copied",
        _edit("COPY start.sh /start.sh\n", ""),
        _edit("RUN chmod +x /start.sh \\\n    && mkdir", "RUN mkdir"),
        _edit(_CMD, 'CMD ["/start.sh"]☚\n'),
    ),
    Fault("dockerfile", "db_config is not copied", _edit("COPY db_config /reddit/db_config\n", ""), _at_its_end),
    Fault("dockerfile", "mongod.conf is not copied", _edit("COPY mongod.conf /etc/mongod.conf\n", ""), _at_its_end),
    Fault("dockerfile", "a COPY of a misspelt file", _edit("COPY db_config /reddit", "COPY db_conf /reddit")),
    Fault("dockerfile", "a COPY from the folder above", _edit("COPY start.sh ", "COPY ../start.sh ")),
    Fault(
        "dockerfile",
        "a COPY by the path in the repository",
        _edit("COPY mongod.conf ", "COPY docker-monolith/mongod.conf "),
    ),
    Fault("dockerfile", "a COPY that is commented out", _edit("COPY db_config", "# COPY db_config"), _at_its_end),
    Fault("dockerfile", ".dockerignore keeps start.sh out", write("docker-monolith/.dockerignore", "*.md\n*.sh☜\n")),
    Fault(
        "dockerfile",
        "an echo of the file's name",
        _edit("COPY mongod.conf /etc/mongod.conf\n", "RUN echo mongod.conf\n"),
        _at_its_end,
    ),
    Fault("dockerfile", ".dockerignore keeps everything out", write("docker-monolith/.dockerignore", "# all\n*☜\n")),
    Fault(
        "dockerfile",
        "into a stage that is not the last",
        _edit("WORKDIR /reddit\n", "FROM debian:bookworm-slim\nWORKDIR /reddit\n"),
        _at_its_end,
    ),
    # dockerfile: executable
    Fault(
        "dockerfile",
        "start.sh is not executable",
        not_executable(START),
        _edit("RUN chmod +x /start.sh \\\n    && mkdir", "RUN mkdir"),
        _edit("COPY start.sh /start.sh\n", "COPY start.sh /start.sh☚\n"),
        _edit(_CMD, 'CMD ["/start.sh"]☚\n'),
    ),
    Fault(
        "dockerfile",
        "chmod before the COPY",
        not_executable(START),
        _edit(_COPIES, "RUN chmod +x /start.sh☚\n" + _COPIES.replace("/start.sh\n", "/start.sh☚\n")),
        _edit("RUN chmod +x /start.sh \\\n    && mkdir", "RUN mkdir"),
        _edit(_CMD, 'CMD ["/start.sh"]☚\n'),
    ),
    Fault(
        "dockerfile",
        "chmod of another file",
        not_executable(START),
        _edit("chmod +x /start.sh", "chmod +x /reddit/start.sh☚"),
        _edit("COPY start.sh /start.sh\n", "COPY start.sh /start.sh☚\n"),
        _edit(_CMD, 'CMD ["/start.sh"]☚\n'),
    ),
    Fault(
        "dockerfile",
        "chmod without x",
        not_executable(START),
        _edit("chmod +x /start.sh", "chmod 0644 /start.sh☚"),
        _edit("COPY start.sh /start.sh\n", "COPY start.sh /start.sh☚\n"),
        _edit(_CMD, 'CMD ["/start.sh"]☚\n'),
    ),
    # dockerfile: the command
    Fault("dockerfile", "no command", _edit(_CMD, ""), _edit("STOPSIGNAL SIGINT\n", "STOPSIGNAL SIGINT☜\n")),
    Fault("dockerfile", "the command is bash", _edit(_CMD, 'CMD ["bash"]\n')),
    Fault("dockerfile", "the command is mongod", _edit(_CMD, 'CMD ["mongod"]\n')),
    Fault("dockerfile", "RUN for CMD", _edit(_CMD, "RUN /start.sh☚\n")),
    Fault("dockerfile", "a misspelt command", _edit(_CMD, 'CMD ["/strat.sh"]\n')),
    Fault("dockerfile", "a second CMD", _edit(_CMD, _CMD + 'CMD ["bash"]☜\n')),
    Fault("dockerfile", "an ENTRYPOINT that swallows it", _edit(_CMD, 'ENTRYPOINT ["mongod"]☚\nCMD ["/start.sh"]☚\n')),
    Fault("dockerfile", "an echo", _edit(_CMD, "CMD echo /start.sh\n")),
    Fault("dockerfile", "a cat", _edit(_CMD, 'CMD ["cat", "/start.sh"]\n')),
    Fault("dockerfile", "behind what never fails", _edit(_CMD, "CMD true || /start.sh\n")),
    Fault("dockerfile", "behind an exit", _edit(_CMD, "CMD exit 0; /start.sh\n")),
    Fault("dockerfile", "only by its name, which is in no PATH", _edit(_CMD, 'CMD ["start.sh"]\n')),
    Fault("dockerfile", "in another folder than it was copied to", _edit(_CMD, 'CMD ["/usr/local/bin/start.sh"]\n')),
    Fault("dockerfile", "single quotes, which are no list", _edit(_CMD, "CMD ['/start.sh']\n")),
    Fault("dockerfile", "arguments in one string of a list", _edit(_CMD, 'CMD ["sh /start.sh"]\n')),
    Fault(
        "dockerfile",
        "a CMD that is commented out",
        _edit(_CMD, '# CMD ["/start.sh"]\n'),
        _edit("STOPSIGNAL SIGINT\n", "STOPSIGNAL SIGINT☜\n"),
    ),
    Fault("dockerfile", "beside the folder that it was copied to", _edit(_CMD, 'CMD ["./start.sh"]\n')),
    Fault(
        "dockerfile",
        "another name than it was copied under",
        _edit("COPY start.sh /start.sh", "COPY start.sh /run-it"),
        _edit("chmod +x /start.sh", "chmod +x /run-it"),
        _edit(_CMD, _CMD.replace("\n", "☜\n")),
    ),
    # dockerfile: what no builder takes
    Fault("dockerfile", "FORM", _edit("FROM debian", "FORM debian")),
    Fault(
        "dockerfile", "a base without a name", _edit("FROM mongo:7.0 AS mongo\n", "ARG BASE\nFROM ${BASE} AS mongo☜\n")
    ),
    Fault("dockerfile", "an instruction that is none", _edit("WORKDIR /reddit", "WORKDIRECTORY /reddit")),
    Fault("dockerfile", "a COPY without a target", _edit("COPY db_config /reddit/db_config", "COPY db_config")),
    Fault(
        "dockerfile",
        "a line that is not continued",
        _edit("--no-install-recommends \\\n", "--no-install-recommends\n"),
        _edit(
            "python3-flask python3-pymongo python3-waitress \\\n",
            "python3-flask python3-pymongo python3-waitress☜ \\\n",
        ),
    ),
    Fault("dockerfile", "EXPOSE of a word", _edit("EXPOSE 9292", "EXPOSE web")),
    Fault("dockerfile", "EXPOSE of nothing", _edit("EXPOSE 9292", "EXPOSE")),
    Fault("dockerfile", "WORKDIR of nothing", _edit("WORKDIR /reddit", "WORKDIR")),
    Fault("dockerfile", "an unknown flag", _edit("COPY start.sh", "COPY --mode=755 start.sh")),
    Fault("dockerfile", "two stages of one word too many", _edit("AS mongo\n", "AS mongo server\n")),
    Fault("dockerfile", "an ENV without a value", _edit("WORKDIR /reddit", "ENV DATABASE_HOST\nWORKDIR /reddit")),
    Fault(
        "dockerfile",
        "a quote that is not closed in a LABEL",
        _edit("WORKDIR /reddit", 'LABEL maintainer="me\nWORKDIR /reddit'),
    ),
    Fault(
        "dockerfile", "a heredoc that is not closed", _edit("WORKDIR /reddit", "RUN <<EOF\necho hello\nWORKDIR /reddit")
    ),
    Fault(
        "dockerfile",
        "git's conflict",
        _edit("EXPOSE 9292\n", "<<<<<<< HEAD☜\nEXPOSE 9292\n=======☜\nEXPOSE 80\n>>>>>>> docker-2☜\n"),
    ),
    Fault("dockerfile", "an empty file", lambda homework: homework.files.update({DOCKERFILE: ""}), at=DOCKERFILE),
    # pid-answer
    Fault("pid-answer", "nothing about it", replace(README, _PID_SECTION + _PID_ANSWER, ""), at=README),
    Fault(
        "pid-answer",
        "only the commands",
        replace(README, _PID_ANSWER, ""),
        replace(
            README,
            "docker run --rm --pid host debian:bookworm-slim sh",
            "docker run --rm --pid host debian:bookworm-slim sh☚",
        ),
        replace(README, "with and without `--pid host`\n", "with and without `--pid host`☚\n"),
    ),
    Fault(
        "pid-answer",
        "only that the two were compared",
        replace(
            README,
            _PID_ANSWER,
            "I compared both process lists with and without `--pid host`, the output is different.\n",
        ),
        replace(
            README,
            "docker run --rm --pid host debian:bookworm-slim sh",
            "docker run --rm --pid host debian:bookworm-slim sh☚",
        ),
        replace(
            README,
            "### The process list, with and without `--pid host`\n",
            "### The process list, with and without `--pid host`☚\n",
        ),
    ),
    Fault(
        "pid-answer",
        "only one side",
        replace(README, _PID_ANSWER, "With `--pid host` it shows every process of the docker host.☚\n"),
        replace(
            README,
            "docker run --rm --pid host debian:bookworm-slim sh",
            "docker run --rm --pid host debian:bookworm-slim sh☚",
        ),
        replace(
            README,
            "### The process list, with and without `--pid host`\n",
            "### The process list, with and without `--pid host`☚\n",
        ),
    ),
]

CHANGES = [
    Change("the command without a list", _edit(_CMD, "CMD /start.sh\n")),
    Change("the command by a shell", _edit(_CMD, 'CMD ["sh", "/start.sh"]\n')),
    Change("the command as an entrypoint", _edit(_CMD, 'ENTRYPOINT ["/start.sh"]\n')),
    Change("the command behind a shell's -c", _edit(_CMD, 'ENTRYPOINT ["sh", "-c"]\nCMD ["/start.sh"]\n')),
    Change("the command behind tini", _edit(_CMD, 'ENTRYPOINT ["tini", "--"]\nCMD ["/start.sh"]\n')),
    Change(
        "the command by its folder",
        _edit("COPY start.sh /start.sh\n", "COPY start.sh /reddit/start.sh\n"),
        _edit("chmod +x /start.sh", "chmod +x /reddit/start.sh"),
        _edit(_CMD, 'CMD ["./start.sh"]\n'),
    ),
    Change(
        "start.sh on the PATH",
        _edit("COPY start.sh /start.sh\n", "COPY start.sh /usr/local/bin/\n"),
        _edit("chmod +x /start.sh", "chmod +x /usr/local/bin/start.sh"),
        _edit(_CMD, 'CMD ["start.sh"]\n'),
    ),
    Change("chmod by number", _edit("chmod +x /start.sh", "chmod 0755 /start.sh")),
    Change(
        "chmod by the COPY",
        _edit("COPY start.sh", "COPY --chmod=755 start.sh"),
        _edit("RUN chmod +x /start.sh \\\n    && mkdir", "RUN mkdir"),
    ),
    Change("the mode bit alone", _edit("RUN chmod +x /start.sh \\\n    && mkdir", "RUN mkdir")),
    Change("chmod alone", not_executable(START)),
    Change(
        "the files in one COPY",
        _edit(
            "COPY db_config /reddit/db_config\nCOPY reddit.py /reddit/reddit.py\n",
            "COPY db_config reddit.py /reddit/\n",
        ),
    ),
    Change(
        "the whole folder",
        _edit(
            _COPIES, "COPY . /reddit/\nRUN cp /reddit/mongod.conf /etc/mongod.conf && cp /reddit/start.sh /start.sh\n"
        ),
    ),
    Change(
        "instructions in lower case", _edit("WORKDIR /reddit", "workdir /reddit"), _edit("EXPOSE 9292", "expose 9292")
    ),
    Change("COPY as a list", _edit("COPY db_config /reddit/db_config", 'COPY ["db_config", "/reddit/db_config"]')),
    Change("the monolith on Ubuntu", everywhere(DOCKERFILE, "debian:bookworm-slim", "ubuntu:22.04")),
    Change(
        "the monolith's base by an ARG",
        # below the first FROM it would be that stage's own
        _edit("# Neither Debian", "ARG BASE=debian:bookworm-slim\n# Neither Debian"),
        _edit("FROM debian:bookworm-slim", "FROM ${BASE}"),
    ),
    Change("a syntax line", _edit("# Neither Debian", "# syntax=docker/dockerfile:1\n# Neither Debian")),
    Change("labels", _edit("WORKDIR /reddit", 'LABEL maintainer="somebody" \\\n      version="1.0"\nWORKDIR /reddit')),
    Change(
        "a heredoc",
        _edit(
            _RUN,
            "RUN <<EOF\nchmod +x /start.sh\nmkdir -p /var/lib/mongodb /var/log/mongodb\nchown 65534:65534 /var/lib/mongodb /var/log/mongodb\nEOF\n",
        ),
    ),
    Change("a volume", _edit("WORKDIR /reddit", 'VOLUME ["/var/lib/mongodb"]\nWORKDIR /reddit')),
    Change("a .dockerignore of other files", write("docker-monolith/.dockerignore", "*.log\n.git\nDockerfile\n")),
    Change(
        "pid in Russian",
        replace(
            README,
            _PID_ANSWER,
            "Без этого параметра контейнер видит только свои процессы: его команда имеет PID 1. С `--pid host` в списке видны все\nпроцессы docker-хоста, так как пространство имен PID общее с хостом.\n",
        ),
    ),
    Change(
        "pid in a table",
        replace(
            README,
            _PID_ANSWER,
            "| | what is in the list |\n|---|---|\n| without | only the container's own processes, its command has pid 1 |\n| with `--pid host` | all processes of the docker host |\n",
        ),
    ),
    Change("--pid=host", everywhere(README, "--pid host", "--pid=host")),
]
