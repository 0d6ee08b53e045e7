"""Homework 14, docker-1: what goes wrong with the log of the first steps."""

from __future__ import annotations

import re

from .homeworks import Step, encode, everywhere, move, remove, replace, windows
from .kinds import NOWHERE, Change, Fault

LOG = "docker-monolith/docker-1.log"
README = "README.md"

_HEADER = "REPOSITORY                TAG             IMAGE ID       CREATED          SIZE\n"
_COMMITTED = "example/ubuntu-tmp-file   latest          7c1f6d0be4a2   20 seconds ago   77.9MB\n"
_UBUNTU = "ubuntu                    22.04           a24be041d957   3 weeks ago      77.9MB\n"
_NGINX = "nginx                     1.26            94543a6c1aef   5 weeks ago      188MB\n"
_HELLO = "hello-world               latest          d2c94e258dcb   18 months ago    13.3kB\n"
_TABLE = _HEADER + _COMMITTED + _UBUNTU + _NGINX + _HELLO
_PROSE = """\
An image is a stack of read-only layers and the settings to start a process on them; nothing of it runs. A container is
one writable layer on such a stack, plus a process in its own namespaces. docker inspect shows it:

- The image has Architecture, Os, RootFS.Layers (the digests of its layers), Config (Env, Cmd, Entrypoint: defaults) and
  RepoTags. It has no State and no NetworkSettings.
- The container has State (Status, Pid, StartedAt, FinishedAt), NetworkSettings (IPAddress, Gateway, MacAddress: empty
  once it is stopped), HostConfig (memory and CPU limits, PidMode, NetworkMode), Mounts, LogPath, and Image, the id of the
  image underneath. It has no RootFS.
- GraphDriver.Data of the container names one directory more than that of the image: UpperDir, where its writes go.
  docker diff lists them, docker commit makes them the layer that turned ubuntu into example/ubuntu-tmp-file above.
  Removing the container removes that directory only; the image stays.
"""
_QUESTION = "What is the difference between a container and an image?\n"
_IN_README = """\
The images after the exercise, and what `docker inspect` tells of an image and of a container, are in
[docker-1.log](docker-monolith/docker-1.log). In short: an image has `RootFS.Layers`, `Architecture` and `Os`; a container
has `State` (with `Pid`), `NetworkSettings` and `HostConfig`, and names its image in `Image`.
"""
_PS = """\
CONTAINER ID   IMAGE         COMMAND       CREATED          STATUS                      PORTS     NAMES
f00dcafe0123   ubuntu:22.04  "/bin/bash"   20 seconds ago   Exited (0) 10 seconds ago             elated_wing
"""
_RUSSIAN = """\
Образ - это слои только для чтения и настройки, с которыми запускается процесс. Контейнер - это слой для записи поверх
образа и процесс в своих пространствах имен. По docker inspect:

- у образа есть Architecture, Os, RootFS.Layers и RepoTags;
- у контейнера есть State (Pid, StartedAt), NetworkSettings (IPAddress, MacAddress), HostConfig и Mounts, а в поле Image
  записан идентификатор образа.
"""


def _table(new: str, old: str = _TABLE) -> Step:
    return replace(LOG, old, new)


_question = replace(LOG, _QUESTION, _QUESTION.replace("\n", "☜\n"))

FAULTS = [
    # log-file
    Fault("log-file", "there is none", remove(LOG), at=NOWHERE),
    Fault("log-file", "docker-1.log.txt", move(LOG, "docker-monolith/docker-1.log.txt"), at=LOG),
    Fault("log-file", "docker1.log", move(LOG, "docker-monolith/docker1.log"), at=LOG),
    Fault("log-file", "docker-1.txt", move(LOG, "docker-1.txt"), at=LOG),
    Fault("log-file", "docker_1.log", move(LOG, "docker_1.log"), at=LOG),
    Fault("log-file", ".gitignore keeps logs out", remove(LOG), replace(".gitignore", ".env\n", ".env\n*.log☜\n")),
    Fault("log-file", "no text", replace(LOG, _PROSE, "\0\0\1\2"), at=LOG),
    # images-table
    Fault("images-table", "an empty file", lambda homework: homework.files.update({LOG: ""}), at=LOG),
    Fault("images-table", "no table", _table(""), at=LOG),
    Fault("images-table", "the output of docker ps", _table(_PS.replace("\n", "☜\n", 1), _TABLE)),
    Fault(
        "images-table",
        "the rows without their header",
        _table("", _HEADER),
        _table(_COMMITTED.replace("\n", "☜\n"), _COMMITTED),
    ),
    Fault("images-table", "only the header", _table(_HEADER.replace("\n", "☜\n"))),
    Fault("images-table", "only the command", _table("\n"), at=LOG),
    Fault("images-table", "a link to a picture", _table("![images](images.png)\n"), at=LOG),
    Fault("images-table", "a list of names", _table("- example/ubuntu-tmp-file\n- ubuntu\n- nginx\n"), at=LOG),
    Fault("images-table", "ids only", _table("7c1f6d0be4a2☜\na24be041d957\n94543a6c1aef\nd2c94e258dcb\n")),
    Fault("images-table", "the command is unknown", _table("docker: 'imags' is not a docker command.\n"), at=LOG),
    # committed-image
    Fault(
        "committed-image", "it is not in the table", _table(_HEADER + _UBUNTU.replace("\n", "☜\n") + _NGINX + _HELLO)
    ),
    Fault(
        "committed-image",
        "only another name for ubuntu",
        _table(_COMMITTED.replace("7c1f6d0be4a2", "a24be041d957"), _COMMITTED),
    ),
    Fault("committed-image", "one image, and it is stock", _table(_HEADER + _HELLO.replace("\n", "☜\n"))),
    Fault(
        "committed-image",
        "one that was pulled",
        _table("reddit/pulled             latest          7c1f6d0be4a2   3 months ago     77.9MB☚\n", _COMMITTED),
        _table(_UBUNTU.replace("\n", "☚\n"), _UBUNTU),
    ),
    # image-vs-container
    Fault(
        "image-vs-container",
        "only the question",
        replace(LOG, _PROSE, ""),
        replace(README, _IN_README, "See [docker-1.log](docker-monolith/docker-1.log).\n"),
        _question,
    ),
    Fault(
        "image-vs-container",
        "what inspect is, and no difference",
        replace(LOG, _PROSE, "docker inspect shows JSON of an image and of a container. They are different.\n"),
        replace(README, _IN_README, ""),
        _question,
    ),
    Fault(
        "image-vs-container",
        "no field is named",
        replace(
            LOG,
            _PROSE,
            "An image is a template, and a container is made from it. I compared them by docker inspect.\n",
        ),
        replace(README, _IN_README, ""),
        _question,
    ),
]

CHANGES = [
    Change(
        "the log in the root",
        move(LOG, "docker-1.log"),
        everywhere(README, "docker-monolith/docker-1.log", "docker-1.log"),
    ),
    Change("the log in a folder of its own", move(LOG, "docker-1/docker-1.log")),
    Change("the log with Windows' line ends", windows(LOG)),
    Change("the log with a byte order mark", encode(LOG, "utf-8-sig")),
    Change("the log in UTF-16", encode(LOG, "utf-16")),
    Change("the log in Russian, in CP1251", replace(LOG, _PROSE, _RUSSIAN), encode(LOG, "cp1251")),
    Change(
        "the log in Russian",
        replace(LOG, _QUESTION, "Чем контейнер отличается от образа?\n"),
        replace(LOG, _PROSE, _RUSSIAN),
    ),
    Change(
        "the log with Docker 29's table",
        _table(
            "IMAGE                            ID             DISK USAGE   CONTENT SIZE   EXTRA\nexample/ubuntu-tmp-file:latest   7c1f6d0be4a2        117MB         29.5MB        \nubuntu:22.04                     a24be041d957        117MB         29.5MB    U   \nnginx:1.26                       94543a6c1aef        277MB         72.5MB        \n"
        ),
    ),
    Change(
        "the log with digests",
        _table(
            "REPOSITORY                TAG       DIGEST    IMAGE ID       CREATED          SIZE\nexample/ubuntu-tmp-file   latest    <none>    7c1f6d0be4a2   20 seconds ago   77.9MB\nubuntu                    22.04     sha256:"
            + "ab" * 32
            + "   a24be041d957   3 weeks ago   77.9MB\n"
        ),
    ),
    Change(
        "the log of an old client",
        _table(
            "REPOSITORY                TAG             IMAGE ID       CREATED          VIRTUAL SIZE\nexample/ubuntu-tmp-file   latest          7c1f6d0be4a2   20 seconds ago   77.9 MB\nubuntu                    22.04           a24be041d957   3 weeks ago      77.9 MB\n"
        ),
    ),
    Change(
        "the log with a prompt",
        replace(LOG, "$ docker images\n", "user@docker-host:~/reddit (docker-1)$ sudo docker images\n"),
    ),
    Change("the log without the command", replace(LOG, "$ docker images\n", "")),
    Change(
        "the log of a terminal's recording",
        replace(
            LOG,
            "$ docker images\n",
            "Script started on 2024-05-01 10:00:00+03:00\n\x1b[?2004h\x1b[01;32muser@host\x1b[00m:\x1b[01;34m~\x1b[00m$ docker images\n\x1b[?2004l\n",
        ),
    ),
    Change(
        "the log with tabs",
        _table("\n".join("\t".join(re.split(r" {2,}", line)) for line in _TABLE.splitlines()) + "\n"),
    ),
    Change("the log indented", _table("".join(f"    {line}\n" for line in _TABLE.splitlines()))),
    Change(
        "the log with image ids in full",
        _table(_COMMITTED.replace("7c1f6d0be4a2", "sha256:" + "7c1f6d0be4a2" + "0" * 52), _COMMITTED),
    ),
    Change(
        "the log with an image without a name",
        _table(_HELLO + "<none>                    <none>          0123456789ab   2 minutes ago    77.9MB\n", _HELLO),
    ),
    Change(
        "the log with an image of a registry",
        _table(_HELLO + "localhost:5000/web        1.0             0123456789ac   2 months ago     12MB\n", _HELLO),
    ),
    Change(
        "the log with containers too",
        replace(LOG, f"{_HELLO}\n{_QUESTION}", f"{_HELLO}\n$ docker ps -a\n{_PS}\n{_QUESTION}"),
    ),
    Change("the committed image called otherwise", everywhere(LOG, "example/ubuntu-tmp-file", "someone/my-image")),
    Change("the difference in the README only", replace(LOG, _PROSE, "See README.md\n")),
    Change(
        "the difference in the log only",
        replace(README, _IN_README, "See [docker-1.log](docker-monolith/docker-1.log).\n"),
    ),
    Change(
        "an appendix to the log",
        replace(
            LOG,
            _PROSE,
            _PROSE
            + "\n$ docker system df\nTYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE\nImages          4         1         266MB     188MB (70%)\n",
        ),
    ),
]
