"""docker-2/pid-answer."""

from __future__ import annotations

import pytest

from pytest_dockerlab.checks.docker_2.pid_answer import HOST, OWN, views
from pytest_dockerlab.submission.text.readme import Readme
from pytest_dockerlab.testing import Sample, remove, sample_tests, write

from ._homework import BASE, README

test_samples = sample_tests(
    "docker-2/pid-answer",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
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
            "unusual",
            "the machine, and what is seen without the option left to the second half of the sentence",
            [
                write(
                    README,
                    "### PID namespace\n\n- with `--pid=host` htop displays all processes of the machine, without it "
                    "only its own\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "the task under one heading, what was seen under the next",
            [
                write(
                    README,
                    "#### Задание\nСравнить вывод с `--pid host` и без него\n\n#### Ответ\n"
                    "Без ключа видны только процессы контейнера. С ключом видны процессы хоста.\n",
                )
            ],
        ),
        Sample(
            "fails",
            "the task under one heading, something else under the next",
            [
                write(
                    README,
                    "#### Задание\nСравнить вывод с `--pid host` и без него\n\n#### Образы\n"
                    "Без ключа видны только процессы контейнера. С ключом видны процессы хоста.\n",
                )
            ],
            says="--pid host is mentioned, but",
            findings=1,
        ),
        Sample(
            "unusual",
            "comments beside the commands, spelt as it comes",
            [
                write(
                    README,
                    "```\n# htop (PID из container namespaces)\ndocker run -ti htop\n\n# htop (PID из host namspaces)\n"
                    "docker run --pid host -ti htop\n```\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "far from the option, in one section; what is not seen is said as well",
            [
                write(
                    README,
                    "## Namespaces\n\n1. `docker run --pid host -ti htop`\n2. `docker run -ti htop`\n\nSo:\n\n"
                    "* (2) an isolated process tree, the processes of the VM are not visible\n\n"
                    "* (1) every process of the VM\n",
                )
            ],
        ),
        Sample("unusual", "in AsciiDoc", [remove(README), write("README.adoc", "== PID\n\n" + BASE[README])]),
        Sample(
            "unusual",
            "in brackets behind the commands",
            [
                write(
                    README,
                    "- docker run --rm -ti tehbilly/htop (htop контейнера)\n"
                    "- docker run --rm --pid host -ti tehbilly/htop (htop хостовой машины)\n",
                )
            ],
        ),
        Sample(
            "fails",
            "container and machine near each other, and nothing of what is seen",
            [
                write(
                    README,
                    "Create a docker machine, run the container there.\n\n    docker run --pid host -ti htop\n\n"
                    "The container on the machine is stopped; all is well on the host.\n",
                )
            ],
            file=README,
            says="which processes are visible with it and without it",
        ),
        Sample(
            "fails",
            "one half of it",
            [write(README, "`docker run --pid host htop` shows all processes of the docker host.\n")],
            file=README,
            says="which processes are visible without it is not recognised",
        ),
        Sample(
            "fails",
            "the container twice",
            [write(README, "`--pid host`: a container sees only its own processes, and not those of the host.\n")],
            file=README,
            says="which processes are visible with it is not recognised",
        ),
        Sample(
            "fails",
            "the answer to another question, under another heading",
            [
                write(
                    README,
                    "## PID\n\n`docker run --pid host htop`\n\n## Top\n\nThe container has one process.\n"
                    "All processes of the host are listed by ps.\n",
                )
            ],
            file=README,
            says="which processes are visible with it and without it",
        ),
        Sample(
            "fails",
            "only that it works",
            [write(README, "I ran htop with `--pid host` and it works.\n")],
            file=README,
            says="which processes a container sees",
        ),
        Sample(
            "fails",
            "commands alone, their own words are no answer",
            [
                write(
                    README,
                    "```\ndocker run -ti htop\ndocker run --pid host -ti htop\ndocker-machine ssh docker-host\n```\n",
                )
            ],
            file=README,
            line="docker run --pid host",
            says="which processes are visible with it and without it",
            findings=1,
        ),
        Sample(
            "fails",
            "that it was compared, but not what came of it",
            [write(README, "# Homework\n\nDone: htop looked at twice, `htop` and `--pid host htop`.\n")],
            file=README,
            line="looked at twice",
            says="which processes are visible with it and without it",
        ),
        Sample(
            "fails",
            "not a word of it",
            [write(README, "# Homework\n\nThe monolith runs in a container.\n")],
            file=README,
            says="--pid host is not recognised in README.md",
        ),
        Sample("fails", "no README", [remove(README)], says="no README"),
    ],
)


def views_of(text: str) -> set[str]:
    return {side for side, _line in views(Readme(README, f"`docker run --pid host -ti htop`\n\n{text}\n"), 1)}


@pytest.mark.parametrize(
    "text",
    [
        "Install htop on the server. Then start the app process in the container.",
        "Put the process on the machine. Restart the container with htop in it.",
        "Запустил процесс на сервере. Потом остановил процесс в контейнере.",
        "Deploy htop to the host, and a task into a container.",
        "Kill the process on the host. Build it in a container for the task.",
        "Установил htop на хост. Положил процесс в контейнер.",
    ],
)
def test_what_was_put_where_is_no_view(text: str) -> None:
    assert views_of(text) == set()


@pytest.mark.parametrize(
    "text",
    [
        "Без опции в хтопе виден один лишь htop, а с ней - процессы всей виртуалки.",
        "Bez opcii htop pokazyvaet tolko processy kontejnera. S --pid host vidno vse processy hosta.",
        "By default it is alone in its PID namespace; the other command lists whatever processes the VM is running.",
        "Первый вариант: процесс с pid 1 - сам htop. Второй: видны процессы докер-хоста.",
        "The first run reports a single task, the second one every task on the laptop.",
        "htop of the container against htop of the host.",
    ],
)
def test_views_in_words_that_few_use(text: str) -> None:
    assert views_of(text) == {OWN, HOST}
