"""docker-1/image-vs-container."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from pytest_dockerlab.checks.docker_1._log import DockerLog, find_log
from pytest_dockerlab.checks.docker_1.image_vs_container import find_answers
from pytest_dockerlab.submission.files.tree import Text, decode
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.text.readme import Readme
from pytest_dockerlab.testing import Sample, replace, sample_tests, write

from ._homework import BASE, HEADER, LOG, OWN, PROSE

test_samples = sample_tests(
    "docker-1/image-vs-container",
    BASE,
    [
        Sample("passes", "fields named in the log"),
        Sample(
            "unusual",
            "in the words of the README, in Russian",
            [
                replace(LOG, PROSE, ""),
                write(
                    "README.md",
                    "# ДЗ 14\n\n## Задание *\n\nСравнил `docker inspect` контейнера и образа.\n"
                    "У контейнера есть состояние и сетевые настройки, а образ состоит из слоёв.\n",
                ),
            ],
        ),
        Sample(
            "unusual",
            "the output of inspect for both, in files",
            [
                replace(LOG, PROSE, ""),
                write("inspect_container.json", '[{"Id": "1", "State": {"Pid": 7}, "HostConfig": {}}]\n'),
                write("inspect_image.json", '[{"Id": "2", "RepoTags": ["a:b"], "RootFS": {}}]\n'),
            ],
        ),
        Sample(
            "unusual",
            "nothing at all",
            [replace(LOG, PROSE, "\n$ docker inspect container_id\n$ docker inspect image_id\n")],
            verdict="not attempted",
        ),
        Sample(
            "unusual",
            "English sentences, each with the name of Docker",
            [
                replace(
                    LOG,
                    PROSE,
                    "\nA Docker image has layers that nobody can write to.\n"
                    "The Docker container adds one of its own, and a network.\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "a README only says where it is, and it is not there; the next section has nothing to do with it",
            [
                replace(LOG, PROSE, ""),
                write(
                    "README.md",
                    "# Homework\n\n## Done\n\n- The difference of image and container is in docker-1.log\n\n"
                    "## Commands\n\n- docker ps: the running containers\n- docker network ls: networks\n",
                ),
            ],
            verdict="not attempted",
        ),
        Sample(
            "unusual",
            "comments of a shell",
            [replace(LOG, PROSE, "\n# у контейнера есть State и сети\n# image - только слои\n")],
        ),
        Sample("unusual", "one side", [replace(LOG, PROSE, "\nAn image has no State and no NetworkSettings.\n")]),
        Sample(
            "unusual",
            "far below the command, in words of one's own spelling",
            [
                replace(LOG, PROSE, ""),
                write(
                    "README.md",
                    "# ДЗ\n\n`docker inspect`\n\n" + "Строка лога.\n\n" * 30 + "Имидж хранит слои, а у контейнера есть "
                    "процесс.\n",
                ),
            ],
        ),
        Sample(
            "unusual",
            "above the command, one side of it, the field by its name",
            [
                replace(LOG, PROSE, ""),
                write(
                    "README.md", "# ДЗ\n\nNetworkSettings есть только у контейнера\n\n## Команды\n\n`docker inspect`\n"
                ),
            ],
        ),
        Sample(
            "unusual",
            "under headings of its own, in AsciiDoc",
            [
                replace(LOG, PROSE, ""),
                write(
                    "README.ru.adoc",
                    "= ДЗ\n\n== Разница имаджа и контейнера\n\n=== Имадж\n\nСостоит из слоёв: RootFS\n\n"
                    "=== Контейнер\n\nState, NetworkSettings\n",
                ),
            ],
        ),
        Sample(
            "unusual",
            "recorded by script, with colours",
            [replace(LOG, PROSE, PROSE.replace("container", "\x1b[1mcont\x1b[0mainr\b\x1b[Ker"))],
        ),
        Sample(
            "unusual",
            "that it was compared, with nothing of what came of it",
            [
                replace(LOG, PROSE, ""),
                write(
                    "README.md",
                    "# Done\n\n- made an image of a running container\n- compared the container and the image\n"
                    "- stopped all running containers\n",
                ),
            ],
            verdict="not attempted",
        ),
        Sample(
            "unusual",
            "the command for another purpose",
            [
                replace(LOG, PROSE, ""),
                write(
                    "README.md",
                    "# Runner\n\nssh host docker inspect -f {{.State.Health.Status}} gitlab\n\nThe image is built, "
                    "the container publishes the ports 80 and 443, its network is gitlab.\n",
                ),
            ],
            verdict="not attempted",
        ),
        Sample(
            "unusual",
            "commands and what they are for are no answer",
            [
                replace(LOG, PROSE, ""),
                write(
                    "README.md",
                    "# Commands\n\n- docker inspect - details of an object\n- docker ps: the running containers\n"
                    "- docker network ls - networks of containers\n- `docker images` - images and their tags\n",
                ),
            ],
            verdict="not attempted",
        ),
        Sample(
            "unusual",
            "nothing that is recognised, and it is said where it was looked for",
            [replace(LOG, PROSE, "\nТаким образом, всё работает.\n")],
            verdict="not attempted",
            says="not recognised in docker-1.log, README.md; write which fields",
        ),
        Sample(
            "fails",
            "a definition without a field",
            [replace(LOG, PROSE, "\nAn image is like a class and a container is like an object.\n")],
            file=LOG,
            line="like a class",
            says="no field of docker inspect is recognised in it",
        ),
        Sample(
            "fails",
            "the output of inspect for an image alone",
            [replace(LOG, PROSE, '\n[\n  {\n    "Id": "sha256:2",\n    "RepoTags": ["a:b"]\n  }\n]\n')],
            file=LOG,
            line="RepoTags",
            says="only for an image",
        ),
    ],
)


TABLE = HEADER + OWN


def log(text: str) -> DockerLog:
    return DockerLog(LOG, Text(text, "utf-8"))


class _NoFiles:
    files: tuple[str, ...] = ()


NO_FILES: WorkTree = _NoFiles()  # type: ignore[assignment]


@pytest.mark.parametrize(
    ("text", "is_whole"),
    [
        ("An image has RepoTags; a container has State.", True),
        ("Образ - набор слоёв, контейнер - образ и слой для записи", True),
        ("IPAddress бывает только у контейнера: образ к сети не подключают", True),
        ("An image is like a class, a container is like an object.", False),
        ("Образ – заготовка, а контейнер – вещь, что по ней сделана", False),
    ],
)
def test_prose(text: str, is_whole: bool) -> None:
    (answer,) = find_answers(NO_FILES, log(f"{TABLE}\n{text}\n"), [])
    assert answer.is_whole is is_whole
    assert answer.at.line == 4


@pytest.mark.parametrize(
    "text",
    ["", "$ docker inspect my_container\n$ docker inspect my_image", "# docker inspect <u_container_id> <u_image_id>"],
)
def test_commands_alone_are_no_answer(text: str) -> None:
    assert find_answers(NO_FILES, log(f"{TABLE}\n{text}\n"), []) == []


@pytest.mark.parametrize(
    "text",
    [
        "The image of my state on ports is a container of volumes.",
        "Image on the network for a container with the ports of the host.",
        "Образ сети на томах контейнера, как статус порта.",
        "Container under image beside layers near processes.",
        "С портами образ под контейнером, на сетях и томах.",
        "Along the layers from image to container, through processes.",
    ],
)
def test_words_that_claim_nothing(text: str) -> None:
    assert find_answers(NO_FILES, log(f"{TABLE}\n{text}\n"), []) == []


@pytest.mark.parametrize(
    "text",
    [
        "Образ – это слои, контейнер – это ещё и процесс.",
        "Obraz: RootFS. U kontejnera est State.",
        "Имидж хранит только слои; котейнер обладает адресом и статусом.",
        "Inspecting a container gives its IPAddress; for the image you get RootFS.",
        "A container is an image plus a writable layer.",
    ],
)
def test_claims_in_words_that_few_use(text: str) -> None:
    assert find_answers(NO_FILES, log(f"{TABLE}\n{text}\n"), [])[0].is_whole


def test_a_readme_speaks_of_many_things() -> None:
    text = "# App\n\nBuild the image, run the container, look at its status and its ports.\n"
    assert find_answers(NO_FILES, None, [Readme("README.md", text)]) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1251", "utf-16"])
def test_encodings(encoding: str, tmp_path: Path) -> None:
    text = f"{TABLE}\nОбраз состоит из слоёв, у контейнера есть состояние.\n"
    (tmp_path / LOG).write_bytes(text.encode(encoding))
    tree = WorkTree(tmp_path)
    assert find_answers(tree, find_log(tree), [])[0].is_whole


# Hostile


@pytest.mark.parametrize(
    "line",
    ["#" * 999, "| " * 499, "a " * 499, "docker run " * 90 + "я", "image container inspect " * 40],
)
def test_lines_that_would_keep_a_pattern_busy(line: str) -> None:
    text = f"{HEADER}{line}\n" * 400 + line * 400
    started = time.process_time()
    find_answers(NO_FILES, log(text), [Readme("README.md", text)])
    assert time.process_time() - started < 5


@settings(max_examples=200)
@given(st.binary(max_size=600))
def test_any_bytes(data: bytes) -> None:
    for content in (data, HEADER.encode() + data, TABLE.encode() + data):
        find_answers(NO_FILES, DockerLog(LOG, decode(content)), [])
