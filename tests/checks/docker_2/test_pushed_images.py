"""Which image a homework says was pushed: found where people write it, and nobody else's taken for the student's."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.checks.docker_2._pushed_images import Source, pushed_images
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import write_homework


def names(folder: Path, **files: str) -> list[tuple[str, str, str]]:
    """The names found, each with its place and source."""
    write_homework(folder, {name.replace("__", "/").replace("_", "."): text for name, text in files.items()})
    found = pushed_images(Submission("sample", WorkTree(folder)))
    return [(image.name, str(image.at), Source(image.source).name) for image in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("docker push somebody/otus-reddit:1.0", "somebody/otus-reddit:1.0"),
        ("Then `docker push somebody/otus-reddit:1.0`.", "somebody/otus-reddit:1.0"),
        ("$ sudo docker image push -q somebody/otus-reddit:1.0", "somebody/otus-reddit:1.0"),
        ("docker push -a somebody/otus-reddit", "somebody/otus-reddit"),
        ("docker push somebody/otus-reddit:1.0 — that is all", "somebody/otus-reddit:1.0"),
        ("docker push docker.io/somebody/otus-reddit:1.0", "docker.io/somebody/otus-reddit:1.0"),
        ("docker push ghcr.io/somebody/monolith:1.0", "ghcr.io/somebody/monolith:1.0"),
        ("docker push localhost:5000/reddit:1.0", "localhost:5000/reddit:1.0"),
        ("docker push \\\n  somebody/otus-reddit:1.0", "somebody/otus-reddit:1.0"),
        ("USER=somebody\ndocker push $USER/otus-reddit:1.0", "somebody/otus-reddit:1.0"),
        ("docker push somebody/otus-reddit:$VERSION", "somebody/otus-reddit"),
        ("docker push somebody/otus-reddit:<tag>", "somebody/otus-reddit"),
        ("docker push somebody/my-app:1.0", "somebody/my-app:1.0"),
        ("The push refers to repository [docker.io/somebody/otus-reddit]", "docker.io/somebody/otus-reddit"),
        ("The push refers to a repository [docker.io/somebody/otus-reddit]", "docker.io/somebody/otus-reddit"),
    ],
)
def test_a_push(tmp_path: Path, text: str, expected: str) -> None:
    [(name, place, source)] = names(tmp_path, README_md=f"# Homework\n\n{text}\n")
    assert (name, source) == (expected, "PUSH")
    assert place in ("README.md:3", "README.md:4")


@pytest.mark.parametrize(
    ("text", "expected", "source"),
    [
        ("docker tag reddit:latest somebody/otus-reddit:1.0", "somebody/otus-reddit:1.0", "TAG"),
        ("docker build -t somebody/otus-reddit:1.0 .", "somebody/otus-reddit:1.0", "BUILD"),
        ("docker build . --tag=somebody/otus-reddit:1.0", "somebody/otus-reddit:1.0", "BUILD"),
        ("docker buildx build --push -t somebody/otus-reddit:1.0 .", "somebody/otus-reddit:1.0", "PUSH"),
        ("[image](https://hub.docker.com/r/somebody/otus-reddit)", "docker.io/somebody/otus-reddit", "LINK"),
        ("https://hub.docker.com/r/somebody/otus-reddit/tags?page=1", "docker.io/somebody/otus-reddit", "LINK"),
        ("<https://hub.docker.com/repository/docker/somebody/otus-reddit/general>", "docker.io/somebody/otus-reddit",
         "LINK"),
        ("https://cloud.docker.com/u/somebody/repository/docker/somebody/otus-reddit.",
         "docker.io/somebody/otus-reddit", "LINK"),
        ("docker run --name reddit -d -p 9292:9292 somebody/otus-reddit:1.0", "somebody/otus-reddit:1.0", "USED"),
        ("docker inspect somebody/otus-reddit:1.0 -f '{{.ContainerConfig.Cmd}}'", "somebody/otus-reddit:1.0", "USED"),
    ],
)  # fmt: skip
def test_other_ways_to_say_it(tmp_path: Path, text: str, expected: str, source: str) -> None:
    assert names(tmp_path, README_md=f"{text}\n") == [(expected, "README.md:1", source)]


@pytest.mark.parametrize(
    "text",
    [
        "docker build -t reddit:latest .",
        "docker tag reddit:latest <your-login>/otus-reddit:1.0",
        "docker push <your-login>/otus-reddit:1.0",
        "docker push <your login>/otus-reddit",
        "docker push $LOGIN/reddit:1",
        "docker push your-login/otus-reddit:1.0",
        "docker push USERNAME/otus-reddit",
        "docker push username/otus-reddit",
        "docker push dockerhub_login/otus-reddit",
        "docker push ${USER_NAME}/otus-reddit:1.0",
        "docker push {{ login }}/reddit",
        "docker push",
        "docker push image",
        "docker push somebody/ui:1.0",
        "docker push somebody/post",
        "docker push somebody/comment:latest",
        "docker push somebody/prometheus",
        "docker push somebody/mongodb-exporter",
        "docker push somebody/reddit-ui:1.0",
        "docker tag somebody/otus-reddit",
        "docker pull bitnami/redis",
        "docker images",
        "docker run --rm -ti tehbilly/htop",
        "docker run -v /reddit/config:/etc/reddit ruby:2.4",
        "https://hub.docker.com/",
        "https://hub.docker.com/u/somebody",
        "https://hub.docker.com/r/prom/prometheus/",
        "https://hub.docker.com/r/other/thing",
        "https://hub.docker.com/_/ruby",
    ],
)
def test_what_names_none(tmp_path: Path, text: str) -> None:
    assert names(tmp_path, README_md=f"{text}\n") == []


def test_a_name_without_a_user_only_where_there_is_no_other(tmp_path: Path) -> None:
    assert names(tmp_path / "a", README_md="docker push reddit:latest\n") == [("reddit:latest", "README.md:1", "PUSH")]
    found = names(tmp_path / "b", README_md="docker push reddit:latest\ndocker tag reddit somebody/reddit:2\n")
    assert found == [("somebody/reddit:2", "README.md:2", "TAG")]


def test_the_plainest_first_and_each_once(tmp_path: Path) -> None:
    text = """\
docker run somebody/otus-reddit:1.1
docker tag reddit somebody/otus-reddit:1.0
docker push somebody/otus-reddit:1.0
docker push somebody/otus-reddit:1.0
docker push somebody/prometheus
"""
    found = names(tmp_path, README_md=text)
    assert [(name, source) for name, _at, source in found] == [
        ("somebody/otus-reddit:1.0", "PUSH"),
        ("somebody/otus-reddit:1.1", "USED"),
    ]


def test_scripts_and_makefiles(tmp_path: Path) -> None:
    script = "#!/bin/sh\nset -e\nIMAGE=somebody/otus-reddit\n# docker push other/reddit\ndocker push $IMAGE:1.0\n"
    assert names(tmp_path / "a", push_sh=script) == [("somebody/otus-reddit:1.0", "push.sh:5", "PUSH")]
    makefile = "VERSION ?= 1.0\n\npush:\n\t@docker push somebody/otus-reddit:$(VERSION)\n"
    assert names(tmp_path / "b", Makefile=makefile) == [("somebody/otus-reddit:1.0", "Makefile:4", "PUSH")]


def test_a_playbook_that_deploys_it(tmp_path: Path) -> None:
    playbook = "- hosts: all\n  tasks:\n    - docker_container:\n        image: 'somebody/otus-reddit:1.0'\n"
    role = "app_image_url: somebody/otus-reddit\n"
    found = names(tmp_path, infra__deploy_yml=playbook, infra__vars_yaml=role, other_yml="image: prom/prometheus\n")
    assert found == [
        ("somebody/otus-reddit:1.0", "infra/deploy.yml:4", "USED"),
        ("somebody/otus-reddit", "infra/vars.yaml:1", "USED"),
    ]


def test_at_most_eight(tmp_path: Path) -> None:
    text = "".join(f"docker push somebody/reddit:{number}\n" for number in range(100))
    assert len(names(tmp_path, README_md=text)) == 8


def test_a_readme_made_to_be_slow(tmp_path: Path) -> None:
    pieces = ("docker push ", "https://hub.docker.com/r/" + "a" * 50, "<a" * 20, "image: " * 10, "a/" * 40)
    text = "".join(piece * 300 + "\n" for piece in pieces) * 2
    assert names(tmp_path, README_md=text, a_yml=text) == []
