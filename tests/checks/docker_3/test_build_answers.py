"""docker-3/build-answers."""

from __future__ import annotations

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
