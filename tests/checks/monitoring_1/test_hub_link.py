"""monitoring-1/hub-link."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_dockerlab.checks.monitoring_1._registry_links import links
from pytest_dockerlab.submission.text.readme import Readme
from pytest_dockerlab.testing import Edit, Sample, remove, replace, sample_tests, write

from ._homework import BASE, COMPOSE, ENV, needs_compose

LINK = "The images: <https://hub.docker.com/u/somebody>\n"


def linked(kind: str, title: str, text: str, *more: Edit, **expected: Any) -> Sample:
    """A README with this text for the link."""
    return Sample(kind, title, [replace("README.md", LINK, text), *more], **expected)


test_samples = sample_tests(
    "monitoring-1/hub-link",
    BASE,
    [
        Sample("passes", "the plain homework"),
        linked("unusual", "an image of theirs", "[ui](https://hub.docker.com/r/somebody/ui)\n"),
        linked(
            "unusual",
            "images that are called for the course, of another name",
            "https://hub.docker.com/r/another/my-ui\n",
        ),
        linked(
            "fails",
            "only the image of the monolith",
            "https://hub.docker.com/r/another/my-reddit\n",
            says="only links to other images: another/my-reddit",
            file="README.md",
            findings=1,
        ),
        linked("unusual", "the page of a user, as an image's", "https://hub.docker.com/r/somebody/\n"),
        linked("unusual", "as the owner sees it", "https://hub.docker.com/repository/docker/another/ui/general\n"),
        linked("unusual", "the old address", "https://cloud.docker.com/u/somebody/repository/docker/somebody/ui\n"),
        linked("unusual", "another name than in the example env file", "https://hub.docker.com/u/another\n"),
        linked("unusual", "GitHub", "https://github.com/somebody?tab=packages\n"),
        linked("unusual", "GitHub's registry", "docker pull ghcr.io/somebody/ui\n"),
        linked("unusual", "GitLab", "https://gitlab.com/somebody/microservices/container_registry\n"),
        linked(
            "unusual",
            "a registry of their own",
            "https://registry.example.org/somebody/ui\n",
            replace(ENV, "USERNAME=somebody", "USERNAME=registry.example.org/somebody"),
        ),
        linked("unusual", "in another README", "", write("docker/README.md", LINK)),
        linked("unusual", "a README of 400 KB", LINK, write("docs/README.md", "a line\n" * 60_000)),
        linked("unusual", "a compose file that cannot be read", LINK, write(COMPOSE, "services: [\n")),
        linked(
            "fails",
            "words",
            "The images are pushed to Docker Hub.\n",
            says="words, and no link",
            file="README.md",
            line="pushed to Docker Hub",
            findings=1,
        ),
        linked(
            "fails",
            "a registry of something else",
            "Реестр модулей Terraform: registry.terraform.io\n",
            says="no link to a registry",
            file="README.md",
            findings=1,
        ),
        linked("fails", "nothing", "Done.\n", says="no link to a registry", file="README.md", findings=1),
        linked(
            "fails",
            "only other people's images",
            "[exporter](https://hub.docker.com/r/prom/node-exporter/), <https://hub.docker.com/_/mongo>\n",
            says="only links to other images: prom/node-exporter",
            file="README.md",
            line="node-exporter",
            findings=1,
        ),
        linked(
            "fails",
            "the image of an exporter that somebody else made",
            "https://hub.docker.com/r/eses/mongodb_exporter\n",
            says="only links to other images",
        ),
        linked("fails", "Docker Hub's first page", "https://hub.docker.com/\n", says="words, and no link"),
        Sample("fails", "no README", [remove("README.md")], says="no README", findings=1),
    ],
    skip=needs_compose,
)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("https://hub.docker.com/r/a/b, https://hub.docker.com/u/c.", ["c", "a/b"]),
        ("https://hub.docker.com/repositories/a", ["a"]),
        ("https://hub.docker.com/repository/docker/a/", ["a"]),
        ("https://hub.docker.com/orgs/a/repositories", ["a"]),
        ("https://github.com/a/b/pkgs/container/ui", ["ghcr.io/a"]),
        ("registry.gitlab.com/a/b/ui:1.0", ["registry.gitlab.com/a/b/ui"]),
        ("https://quay.io/repository/a/ui", ["quay.io/a/ui"]),
        ("eu.gcr.io/a/ui", ["gcr.io/a/ui"]),
        ("https://github.com/a/b", []),
        ("https://hub.docker.com/_/mongo", []),
        ("https://hub.docker.com/", []),
    ],
)
def test_links(text: str, found: list[str]) -> None:
    assert [str(link) for link in links([Readme("README.md", text)])] == found
