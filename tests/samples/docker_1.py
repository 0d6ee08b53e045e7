"""Samples of docker-1."""

from __future__ import annotations

from . import Sample, remove, replace, write

LOG = "docker-1.log"
_HEADER = "REPOSITORY                TAG       IMAGE ID       CREATED          SIZE\n"
_OWN = "student/ubuntu-tmp-file   latest    8f1c2a44d0b7   36 seconds ago   113MB\n"
_STOCK = (
    "ubuntu                    16.04     4a7c90e15d2f   4 weeks ago      113MB\n"
    "hello-world               latest    c3d5e8b07a16   3 months ago     1.85kB\n"
)
_PROSE = (
    "\nAn image has Architecture and RootFS.Layers. A container has State.Pid and NetworkSettings,\n"
    "and they are empty while it is stopped.\n"
)
BASE = {
    "README.md": "# Homework\n\n## docker-1\n\nFirst steps.\n",
    LOG: _HEADER + _OWN + _STOCK + _PROSE,
}

_LOG_FILE = [
    Sample("docker-1/log-file", "passes", "in the root"),
    Sample(
        "docker-1/log-file",
        "unusual",
        "deep in another folder, with a byte order mark and Windows' line ends",
        [remove(LOG), write("homework/14/docker-1.log", "\ufeff" + BASE[LOG].replace("\n", "\r\n"))],
    ),
    Sample(
        "docker-1/log-file",
        "unusual",
        "git would ignore it, and it is there all the same",
        [write(".gitignore", "*.log\n")],
    ),
    Sample(
        "docker-1/log-file",
        "fails",
        "another name",
        [remove(LOG), write("docker1.log", BASE[LOG])],
        expect_text="docker1.log",
    ),
    Sample(
        "docker-1/log-file",
        "fails",
        "git ignored it",
        [remove(LOG), write(".gitignore", "# editors\n*.swp\n*.log\n")],
        expect_file=".gitignore",
        expect_line_contains="*.log",
        expect_text="git add -f",
    ),
    Sample(
        "docker-1/log-file",
        "fails",
        "no text at all",
        [write(LOG, "\0\0\1\2" + BASE[LOG])],
        expect_file=LOG,
        expect_text="zero bytes",
    ),
]

_TABLE = [
    Sample("docker-1/images-table", "passes", "the table on line 1"),
    Sample(
        "docker-1/images-table",
        "unusual",
        "under prompts and other tables, in a block of Markdown",
        [
            write(
                LOG,
                "me@vm:~$ docker ps -a\nCONTAINER ID   IMAGE   COMMAND   CREATED   STATUS   PORTS   NAMES\n"
                f"me@vm:~$ docker images\n```\n{_HEADER}{_OWN}{_STOCK}```\nme@vm:~$ exit",
            )
        ],
    ),
    Sample(
        "docker-1/images-table",
        "unusual",
        "the layout of docker 1.9",
        [
            write(
                LOG,
                "REPOSITORY          TAG                 IMAGE ID            CREATED             VIRTUAL SIZE\n"
                "me/nginx-tmp-file   latest              8f1c2a44d0b7        2 minutes ago       188.3 MB\n",
            )
        ],
    ),
    Sample(
        "docker-1/images-table",
        "unusual",
        "the layout of docker 29",
        [
            write(
                LOG,
                "                                                     i Info →   U  In Use\n"
                "IMAGE                            ID             DISK USAGE   CONTENT SIZE   EXTRA\n"
                "me/ubuntu-tmp-file:latest        8f1c2a44d0b7        119MB         31.9MB    U\n"
                "ubuntu:16.04                     4a7c90e15d2f        119MB         31.9MB\n",
            )
        ],
    ),
    Sample(
        "docker-1/images-table",
        "fails",
        "the table of docker ps",
        [write(LOG, "CONTAINER ID   IMAGE          COMMAND   CREATED         STATUS\n5d0c6b1f9a3e   ubuntu   bash\n")],
        expect_file=LOG,
        expect_text="docker ps",
    ),
    Sample("docker-1/images-table", "fails", "nothing in it", [write(LOG, "")], expect_file=LOG, expect_text="header"),
    Sample(
        "docker-1/images-table",
        "fails",
        "a header alone",
        [write(LOG, f"$ docker images\n{_HEADER}\n$\n")],
        expect_file=LOG,
        expect_line_contains="REPOSITORY",
        expect_text="nothing under the header",
    ),
    Sample(
        "docker-1/images-table",
        "fails",
        "rows without a size",
        [write(LOG, f"{_HEADER}ubuntu                    16.04     4a7c90e15d2f   4 weeks ago\n")],
        expect_file=LOG,
        expect_line_contains="ubuntu",
        expect_text="4a7c90e15d2f",
    ),
]

_COMMITTED = [
    Sample("docker-1/committed-image", "passes", "the name of the exercise"),
    Sample(
        "docker-1/committed-image",
        "unusual",
        "a name without a user",
        [replace(LOG, "student/ubuntu-tmp-file", "ubuntu-tmp-file        ")],
    ),
    Sample(
        "docker-1/committed-image",
        "unusual",
        "a name of one's own, committed hours ago",
        [
            replace(
                LOG,
                "student/ubuntu-tmp-file   latest    8f1c2a44d0b7   36 seconds ago",
                "student/mine 1 8f1c2a44d0b7 3 hours ago",
            )
        ],
    ),
    Sample(
        "docker-1/committed-image",
        "unusual",
        "under the name of what it was made of",
        [replace(LOG, "student/ubuntu-tmp-file   latest", "ubuntu   changed")],
    ),
    Sample(
        "docker-1/committed-image",
        "fails",
        "only what was pulled",
        [replace(LOG, _OWN, "")],
        expect_file=LOG,
        expect_line_contains="ubuntu",
        expect_text="hello-world:latest",
    ),
    Sample(
        "docker-1/committed-image",
        "fails",
        "somebody's image that was pulled",
        [replace(LOG, _OWN, "gitlab/gitlab-runner   latest    8f1c2a44d0b7   6 months ago   422MB\n")],
        expect_file=LOG,
        expect_line_contains="gitlab-runner",
        expect_text="gitlab/gitlab-runner:latest",
    ),
    Sample(
        "docker-1/committed-image",
        "fails",
        "a second name of a stock image",
        [
            replace(
                LOG,
                "student/ubuntu-tmp-file   latest    8f1c2a44d0b7   36 seconds ago",
                "student/ubuntu-tmp-file   latest    4a7c90e15d2f   4 weeks ago",
            )
        ],
        expect_file=LOG,
        expect_line_contains="student/ubuntu-tmp-file",
        expect_text="another name for it",
    ),
]

_COMPARED = [
    Sample("docker-1/image-vs-container", "passes", "fields named in the log"),
    Sample(
        "docker-1/image-vs-container",
        "unusual",
        "in the words of the README, in Russian",
        [
            replace(LOG, _PROSE, ""),
            write(
                "README.md",
                "# ДЗ 14\n\n## Задание *\n\nСравнил `docker inspect` контейнера и образа.\n"
                "У контейнера есть состояние и сетевые настройки, а образ состоит из слоёв.\n",
            ),
        ],
    ),
    Sample(
        "docker-1/image-vs-container",
        "unusual",
        "the output of inspect for both, in files",
        [
            replace(LOG, _PROSE, ""),
            write("inspect_container.json", '[{"Id": "1", "State": {"Pid": 7}, "HostConfig": {}}]\n'),
            write("inspect_image.json", '[{"Id": "2", "RepoTags": ["a:b"], "RootFS": {}}]\n'),
        ],
    ),
    Sample(
        "docker-1/image-vs-container",
        "unusual",
        "nothing at all",
        [replace(LOG, _PROSE, "\n$ docker inspect container_id\n$ docker inspect image_id\n")],
        verdict="not attempted",
    ),
    Sample(
        "docker-1/image-vs-container",
        "unusual",
        "English sentences, each with the name of Docker",
        [
            replace(
                LOG,
                _PROSE,
                "\nA Docker image has layers that nobody can write to.\n"
                "The Docker container adds one of its own, and a network.\n",
            )
        ],
    ),
    Sample(
        "docker-1/image-vs-container",
        "unusual",
        "a README only says where it is, and it is not there; the next section has nothing to do with it",
        [
            replace(LOG, _PROSE, ""),
            write(
                "README.md",
                "# Homework\n\n## Done\n\n- The difference of image and container is in docker-1.log\n\n"
                "## Commands\n\n- docker ps: the running containers\n- docker network ls: networks\n",
            ),
        ],
        verdict="not attempted",
    ),
    Sample(
        "docker-1/image-vs-container",
        "fails",
        "a definition without a field",
        [replace(LOG, _PROSE, "\nAn image is like a class and a container is like an object.\n")],
        expect_file=LOG,
        expect_line_contains="like a class",
        expect_text="State and NetworkSettings",
    ),
    Sample(
        "docker-1/image-vs-container",
        "fails",
        "the output of inspect for an image alone",
        [replace(LOG, _PROSE, '\n[\n  {\n    "Id": "sha256:2",\n    "RepoTags": ["a:b"]\n  }\n]\n')],
        expect_file=LOG,
        expect_line_contains="RepoTags",
        expect_text="only for an image",
    ),
]

SAMPLES = [*_LOG_FILE, *_TABLE, *_COMMITTED, *_COMPARED]
