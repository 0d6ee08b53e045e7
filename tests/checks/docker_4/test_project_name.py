"""docker-4/project-name."""

from __future__ import annotations

import pytest

from pytest_dockerlab.checks.docker_4.project_name import project_name_answer
from pytest_dockerlab.submission.text.readme import Readme
from pytest_dockerlab.testing import Sample, remove, sample_tests, write

from ._homework import BASE, needs_compose


def readme(kind: str, title: str, text: str, **expected: str) -> Sample:
    """The homework with this README."""
    return Sample(kind, title, [write("README.md", text)], **expected)


test_samples = sample_tests(
    "docker-4/project-name",
    BASE,
    [
        Sample("passes", "the plain homework"),
        readme("unusual", "the option of compose", "Run `docker-compose -p mine up -d`.\n"),
        readme("unusual", "the long option, in Russian", "Имя задаёт ключ `--project-name`.\n"),
        readme(
            "unusual",
            "the key of the file",
            "The name of the project\nis set by a top-level `name:` in the compose file.\n",
        ),
        readme("unusual", "the working directory", "Compose uses the cwd as the prefix of all names in the project.\n"),
        readme("unusual", "in slang", "Нейм проджекта берётся из названия репозитория.\n"),
        Sample(
            "unusual",
            "in a README in reStructuredText",
            [remove("README.md"), write("README.rst", "Project\n=======\n\nThe folder gives the project its name.\n")],
        ),
        readme("unusual", "the folder, in Russian", "Базовое имя проекта - это имя каталога.\n"),
        Sample(
            "unusual",
            "in a README of another folder and spelling",
            [remove("README.md"), write("docs/readme.MD", "COMPOSE_PROJECT_NAME\r\n")],
        ),
        readme(
            "fails",
            "another -p",
            "docker run -d -p 9292:9292 me/ui\ndocker-compose up -d\n",
            file="README.md",
            says="not recognised in README.md",
        ),
        Sample("fails", "no README", [remove("README.md")], says="no README"),
    ],
    skip=needs_compose,
)


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("export COMPOSE_PROJECT_NAME=x", "COMPOSE_PROJECT_NAME"),
        ("the folder gives the project its name, or\n`--project-name`", "--project-name"),
        ("`docker-compose -p x up`", "-p"),
        ("Имя проекта docker-compose\nзадаёт ключ -p", "-p"),
        ("имя проекта - ключ `name:`", "name:"),
        ("a project gets its name from the basename of the directory", "directory name"),
        ("Базовое имя проекта образуется от папки", "directory name"),
    ],
)
def test_answers_about_the_project_name(text: str, kind: str) -> None:
    answer = project_name_answer([Readme("README.md", text)])
    assert answer is not None
    assert answer[1] == kind


@pytest.mark.parametrize(
    "text",
    [
        "",
        "docker run -p 80:80 x",
        "docker-compose up -d\nmkdir -p x",
        "docker-compose up, then docker run -p 1:1 x",
        "name: x\nservices:",
        "project_id: x\ndisks:\n- name: disk",
        "the folder of the service",
    ],
)
def test_what_is_no_answer(text: str) -> None:
    assert project_name_answer([Readme("README.md", text)]) is None
