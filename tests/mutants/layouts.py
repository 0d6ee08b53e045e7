"""Right changes of the whole tree: where things lie, what lies beside them, and the README in other forms.

They are made after those of the homeworks, whose texts they move and rename.
"""

from __future__ import annotations

from .homeworks import encode, everywhere, move, remove, replace, windows, write
from .kinds import Change

README = "README.md"
DOCKERFILE = "docker-monolith/Dockerfile"
UI, POST, COMMENT = "src/ui/Dockerfile", "src/post-py/Dockerfile", "src/comment/Dockerfile"
COMPOSE, OVERRIDE, ENV = "docker/docker-compose.yml", "docker/docker-compose.override.yml", "docker/.env.example"

NO_MONITORING = (
    remove("Makefile"),
    remove("docker/docker-compose-monitoring.yml"),
    remove("monitoring/blackbox/Dockerfile"),
    remove("monitoring/blackbox/blackbox.yml"),
    remove("monitoring/mongodb/Dockerfile"),
    remove("monitoring/prometheus/Dockerfile"),
    remove("monitoring/prometheus/prometheus.yml"),
)
"""Before homework 21: with it there is another compose file, and other Dockerfiles, that a check finds instead."""

_FOLDERS = ("ui", "post-py", "comment")
_PROJECT_IN_RUSSIAN = """\
С имени проекта начинаются имена всех его контейнеров, сетей и томов. По умолчанию это имя каталога, в котором лежит
compose-файл (здесь `docker`). Задать его можно ключом `-p` или переменной `COMPOSE_PROJECT_NAME` в `.env`.
"""
_PROJECT = """\
It is the first part of the name of every container, network and volume of the project. By default it is the name of
the directory that holds the compose file, here `docker`. One can set it, strongest first:

1. `docker-compose -p name` (`--project-name`)
2. `COMPOSE_PROJECT_NAME` in the environment or in `.env`, as here
3. `name:` at the top of the compose file
"""


def _moved(to: str, build: str) -> Change:
    """The compose file, its override and its env file in another folder than the code."""
    return Change(
        f"the compose file in {to or 'the root'}",
        *(move(path, f"{to}{path.removeprefix('docker/')}") for path in (COMPOSE, OVERRIDE, ENV)),
        *(everywhere(path, f" ../src/{name}", f" {build}{name}") for path in (COMPOSE, OVERRIDE) for name in _FOLDERS),
        everywhere(README, "docker/docker-compose.yml", f"{to}docker-compose.yml"),
        everywhere(README, "cd docker\n", f"cd {to or '.'}\n"),
    )


CHANGES = [
    Change("the monolith's Dockerfile with Windows' line ends", windows(DOCKERFILE)),
    Change(
        "the monolith in docker/",
        move("docker-monolith", "docker/docker-monolith"),
        everywhere(README, "docker-monolith", "docker/docker-monolith"),
    ),
    Change(
        "the monolith called monolith",
        move("docker-monolith", "monolith"),
        everywhere(README, "docker-monolith", "monolith"),
    ),
    Change("post's Dockerfile with Windows' line ends", windows(POST)),
    Change("ui's Dockerfile with Windows' line ends", windows(UI)),
    Change(
        "post-py is called post",
        move("src/post-py", "src/post"),
        everywhere(COMPOSE, "/post-py", "/post"),
        everywhere(OVERRIDE, "/post-py", "/post"),
        everywhere(README, "src/post-py", "src/post"),
    ),
    Change(
        "the services in another folder",
        move("src", "reddit-microservices"),
        everywhere(README, "src/", "reddit-microservices/"),
        everywhere(COMPOSE, "../src/", "../reddit-microservices/"),
        everywhere(OVERRIDE, "../src/", "../reddit-microservices/"),
    ),
    Change("networks of other names", everywhere(COMPOSE, "front_net", "web"), everywhere(COMPOSE, "back_net", "data")),
    _moved("", "./src/"),
    _moved("src/", "./"),
    _moved("src/compose/", "../"),
    Change(
        "everything in a folder", *(move(path, f"homework/{path}") for path in ("src", "docker", "docker-monolith"))
    ),
    Change("compose.yml", move(COMPOSE, "docker/compose.yml"), move(OVERRIDE, "docker/compose.override.yml")),
    Change("the compose file with Windows' line ends", windows(COMPOSE)),
    Change("the override with Windows' line ends", windows(OVERRIDE)),
    Change("the env file with Windows' line ends", windows(ENV)),
    Change("the README with Windows' line ends", windows(README)),
    Change("the compose file with a byte order mark", encode(COMPOSE, "utf-8-sig")),
    Change("the README with a byte order mark", encode(README, "utf-8-sig")),
    Change("README.MD", move(README, "README.MD")),
    Change("README in docs/", move(README, "docs/README.md")),
    Change("two READMEs", write("src/README.md", "# The application\n\nSee the [README](../README.md) above.\n")),
    Change("the project's name in Russian", replace(README, _PROJECT, _PROJECT_IN_RUSSIAN)),
    Change(
        "a badge and a table of contents",
        replace(
            README,
            "# reddit: a finished homework\n",
            "# reddit: a finished homework\n\n[![build](https://example.com/badge.svg)](https://example.com)\n\n- [Homework 14](#homework-14-docker-1-first-steps)\n",
        ),
    ),
    Change(
        "headings underlined",
        replace(README, "### The name of the project\n", "The name of the project\n-----------------------\n"),
    ),
    Change(
        "commands indented, not fenced",
        replace(
            README,
            "```sh\ncd docker\ncp .env.example .env\ndocker-compose build\ndocker-compose -f docker-compose.yml up --detach\n```\n",
            "    cd docker\n    cp .env.example .env\n    docker-compose build\n    docker-compose -f docker-compose.yml up --detach\n",
        ),
    ),
    Change("docker compose, without the hyphen", everywhere(README, "docker-compose ", "docker compose ")),
    Change("a licence", write("LICENSE", "MIT\n")),
    Change(
        "a workflow",
        write(
            ".github/workflows/run-tests.yml",
            "name: Run tests\non: [push]\njobs:\n  test:\n    runs-on: ubuntu-latest\n    steps:\n      - uses: actions/checkout@v4\n      - run: docker build src/ui\n",
        ),
    ),
    Change(
        "infrastructure beside it",
        write(
            "docker-monolith/infra/terraform/main.tf",
            'resource "yandex_compute_instance" "docker" {\n  count = var.count\n}\n',
        ),
        write(
            "docker-monolith/infra/ansible/playbook.yml",
            "- hosts: all\n  tasks:\n    - name: run\n      docker_container:\n        name: reddit\n        image: example/reddit:1.0\n",
        ),
    ),
    Change("no monitoring yet", *NO_MONITORING),
    Change(
        "another course's compose file",
        write(
            "kubernetes/gitlab/docker-compose.yml", "web:\n  image: gitlab/gitlab-ce:latest\n  ports:\n    - 80:80\n"
        ),
    ),
    Change("a .gitattributes", write(".gitattributes", "*.sh text eol=lf\n")),
    Change("an editor's settings", write(".vscode/settings.json", '{"files.eol": "\\n"}\n')),
    Change("a script that builds", write("build.sh", "#!/bin/sh\nset -e\ndocker build -t example/ui:1.0 src/ui\n")),
    Change("a Makefile in docker/", write("docker/Makefile", "build:\n\tdocker-compose build\n")),
    Change(
        "pre-commit",
        write(
            ".pre-commit-config.yaml",
            "repos:\n  - repo: https://github.com/pre-commit/pre-commit-hooks\n    rev: v4.6.0\n    hooks:\n      - id: trailing-whitespace\n",
        ),
    ),
    Change("a larger .gitignore", replace(".gitignore", ".env\n", ".env\n*.pem\n.idea/\n*.swp\n")),
    Change("a course's notes", write("docs/docker-4.md", "Networks: none, host, bridge.\n")),
]
