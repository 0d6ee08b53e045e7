"""docker-3/build-answers."""

from __future__ import annotations

import pytest

from pytest_dockerlab.checks.docker_3.build_answers import build_answer
from pytest_dockerlab.submission.text.readme import Readme
from pytest_dockerlab.testing import Sample, sample_tests, write

from ._homework import BASE, README

test_samples = sample_tests(
    "docker-3/build-answers",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample(
            "unusual",
            "in Russian, the question as a heading",
            [
                write(
                    README,
                    "### С какого шага собирается ui во второй раз?\n\n"
                    "Сначала: в FROM теперь другой образ, и кэш прежних слоёв к нему не подходит\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "in Russian, of layers, the reason on the next line",
            [write(README, "Сборка ui пошла не с первых слоёв:\nони взяты из кэша, comment собирался раньше.\n")],
        ),
        Sample(
            "unusual",
            "the instruction instead of its number",
            [write(README, "The rebuild of ui started at `COPY . $APP_HOME`: all above it came out of the cache.\n")],
        ),
        Sample(
            "unusual",
            "a line of the Dockerfile, in Russian, with the verb of its own language",
            [write(README, "Пересборка пошла с 3-й строки, предыдущие слои переиспользованы.\n")],
        ),
        Sample(
            "unusual",
            "from scratch",
            [
                write(
                    README,
                    "ui was built from scratch. FROM names another image now, so no layer of the old one fits.\n",
                )
            ],
        ),
        Sample(
            "unusual",
            "without a verb, in a list",
            [write(README, "### Сборка ui\n\n- не с первого этапа\n- comment уже собран, и слои у них общие\n")],
        ),
        Sample("unusual", "in Ukrainian", [write(README, "Збірка почалася з другого кроку: перший узято з кешу.\n")]),
        Sample(
            "unusual",
            "in a README of its own language",
            [
                write("README.md", "x"),
                write("README.ru.md", "Сборка ui началась не с первого шага: слои взяты из кэша.\n"),
            ],
        ),
        Sample(
            "fails",
            "steps of something else",
            [
                write(
                    README,
                    "Docker took these steps: the client contacted the daemon, which started the container.\n"
                    "Images are cached. Use COPY from your context for each step.\n",
                )
            ],
            says="not recognised in README.md",
            file=README,
        ),
        Sample(
            "fails",
            "a number without a reason",
            [write(README, "The build started at step 5.\n")],
            says="not recognised in README.md",
            file=README,
        ),
        Sample(
            "fails",
            "only what the build printed",
            [
                write(
                    README,
                    "```\nStep 1/13 : FROM ruby:2.2\n ---> Using cache\nStep 2/13 : RUN x\n ---> Using cache\n```\n",
                )
            ],
            says="not recognised in README.md",
            file=README,
        ),
    ],
)


@pytest.mark.parametrize(
    "text",
    [
        "To build run the command from the folder src and start the app. Use the same image.",
        "Build the image with the command below and start again. The base image is new.",
        "Собрать образ командой make и начать заново. Используй тот же образ.",
        "Build it line by line, then start the container. Another image is used.",
        "Сборка: команда ниже. Стартуем приложение. Образ уже есть.",
        "Start the app after each step of the homework. The build is in another image.",
    ],
)
def test_an_app_that_starts_is_no_answer(text: str) -> None:
    assert build_answer([Readme(README, text)]) is None


@pytest.mark.parametrize(
    "text",
    [
        "Билд пошёл с шестого слоя, раньше всё закешировано.",
        "Sborka ui nachalas so vtorogo shaga: pervyj vzyat iz kesha.",
        "It resumed the build at instruction 5, as what precedes is cached.",
        "Ребилд стартанул с нуля, поскольку базовый имидж в FROM поменялся на другой.",
        "The first four layers of the build were reused from comment, and the rest was rebuilt.",
        "The rebuild of ui started with the command that copies the code. RUN above it came from the cache.",
        "Первые слои при сборке взяты из кэша, остальное выполнялось заново.",
        "The build started on line 5: above it was the cache.",
    ],
)
def test_answers_in_words_that_few_use(text: str) -> None:
    assert build_answer([Readme(README, text)]) is not None
