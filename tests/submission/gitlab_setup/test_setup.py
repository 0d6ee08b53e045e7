"""What is found of GitLab, its runner, a mirror and a cache, in whatever form it is written."""

from __future__ import annotations

from pathlib import Path

import pytest

from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.gitlab_setup.definitions import ContainerDefinition, GitlabSetup, Kind
from pytest_dockerlab.submission.gitlab_setup.setup import find_setup
from pytest_dockerlab.testing import write, write_homework

SERVICE = """\
web:
  image: 'gitlab/gitlab-ce:11.4.0-ce.0'
  restart: always
  environment:
    GITLAB_OMNIBUS_CONFIG: |
      external_url 'http://10.0.0.1'
  ports:
    - '80:80'
    - "2222:22"
  volumes:
    - '/srv/gitlab/config:/etc/gitlab'
"""
TASK = """\
- hosts: all
  tasks:
    - name: start GitLab
      community.docker.docker_container:
        name: gitlab
        image: "{{ gitlab_image }}"
        restart_policy: always
        env:
          GITLAB_OMNIBUS_CONFIG: "external_url 'http://{{ address }}'"
        published_ports: "{{ gitlab_ports }}"
        volumes: ["{{ folder }}/config:/etc/gitlab"]
  vars:
    gitlab_image: gitlab/gitlab-ce:11.4.0-ce.0
    folder: /srv/gitlab
    gitlab_ports:
      - 80:80
      - 2222:22
"""
TERRAFORM = """\
resource "docker_image" "gitlab" {
  name = "gitlab/gitlab-ce:11.4.0-ce.0"
}

resource "docker_container" "gitlab" { # the server
  image   = "${docker_image.gitlab.latest}"
  name    = "${format("gitlab-%02d", count.index)}"
  restart = "always"
  env     = ["GITLAB_OMNIBUS_CONFIG=external_url 'http://10.0.0.1'"]
  ports {
    internal = 80
    external = 80
  }
  ports {
    internal = 22
    external = 2222
  }
  volumes {
    host_path      = "/srv/gitlab/config"
    container_path = "/etc/gitlab"
  }
}
"""
RUN = """\
docker run -d --name gitlab --restart=always -p 80:80 -p 2222:22 \\
  -e GITLAB_OMNIBUS_CONFIG="external_url 'http://10.0.0.1'" \\
  -v /srv/gitlab/config:/etc/gitlab gitlab/gitlab-ce:11.4.0-ce.0
"""


def setup(folder: Path, path: str, text: str, *more: tuple[str, str]) -> GitlabSetup:
    """What is found in these files."""
    write_homework(folder, {}, [write(path, text), *(write(*each) for each in more)])
    return find_setup(WorkTree(folder))


def indented(text: str, by: str = "  ") -> str:
    return "".join(f"{by}{line}\n" for line in text.splitlines())


@pytest.mark.parametrize(
    ("path", "text", "kind", "line"),
    [
        ("gitlab-ci/docker-compose.yml", SERVICE, Kind.COMPOSE, 1),
        ("docker-compose.yml", f"version: '3'\nservices:\n{indented(SERVICE)}", Kind.COMPOSE, 3),
        ("ansible/templates/docker-compose.yml.j2", f"{{% if ready %}}\n{SERVICE}{{% endif %}}\n", Kind.TEMPLATE, 2),
        ("README.md", f"# GitLab\n\n```\n{SERVICE}```\n", Kind.README, 4),
        ("README.md", f"# GitLab\n\n```yaml\n{SERVICE}```\n", Kind.README, 4),
        ("README.md", f"- start it:\n\n  ```\n{indented(SERVICE)}  ```\n", Kind.README, 4),
        ("README.md", f"# GitLab\n\n```bash\n$ {RUN}```\n", Kind.RUN, 4),
        ("README.md", f"Start it: `{RUN.rstrip()}`\n", Kind.RUN, 1),
        ("README.md", f"# sudo {RUN}", Kind.RUN, 1),
        ("docs/hw19.md", f"```\n{SERVICE}```\n", Kind.README, 2),
        ("start.sh", f"#!/bin/sh\n{RUN}", Kind.RUN, 2),
        ("start.sh", f"cat <<EOF > docker-compose.yml\n{SERVICE}EOF\ndocker-compose up -d\n", Kind.COMPOSE, 2),
        ("start.sh", f'docker-machine ssh vm "cat << EOF > d.yml\n{indented(SERVICE)}EOF"\n', Kind.COMPOSE, 2),
        ("Makefile", "gitlab:\n\t@" + RUN.replace("\n ", "\n\t "), Kind.RUN, 2),
        ("ansible/site.yml", TASK, Kind.ANSIBLE, 4),
        ("ansible/roles/gitlab/tasks/main.yml", f"- shell: |\n{indented(RUN, '    ')}", Kind.RUN, 2),
        ("ansible/roles/gitlab/defaults/main.yml", f"compose:\n  services:\n{indented(SERVICE, '    ')}",
         Kind.ANSIBLE, 3),
        ("main.tf", TERRAFORM, Kind.TERRAFORM, 5),
        ("main.tf", f'resource "google_compute_instance" "vm" {{\n  metadata_startup_script = <<-EOF\n{RUN}EOF\n}}\n',
         Kind.RUN, 3),
        ("main.tf", f'resource "null_resource" "x" {{\n  provisioner "remote-exec" {{\n    inline = [<<EOF\n'
                    f"cat > c.yml <<YML\n{SERVICE}YML\nEOF\n    ]\n  }}\n}}\n", Kind.COMPOSE, 5),
    ],
)  # fmt: skip
def test_forms(path: str, text: str, kind: Kind, line: int, tmp_path: Path) -> None:
    """One and the same container."""
    (found,) = setup(tmp_path, path, text).servers
    assert (found.kind, found.location.file, found.location.line) == (kind, path, line)
    assert (found.repository, found.tag, found.restart) == ("gitlab/gitlab-ce", "11.4.0-ce.0", "always")
    assert "external_url 'http://" in found.environment["GITLAB_OMNIBUS_CONFIG"].value
    assert [(each.host, each.container) for each in found.ports] == [("80", "80"), ("2222", "22")]
    assert [(each.source, each.target) for each in found.volumes] == [("/srv/gitlab/config", "/etc/gitlab")]
    assert found.mounts("/etc/gitlab")
    assert not found.mounts("/etc/gitlab-runner")


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("README.md", "GitLab runs in a container of `gitlab/gitlab-ce:latest`, the runner in gitlab/gitlab-runner.\n"),
        ("README.md", "```\nCONTAINER ID   IMAGE                     COMMAND   NAMES\n"
                      "2710b85663fa   gitlab/gitlab-ce:latest   /assets   gitlab\n```\n"),
        ("README.md", "```\ndocker pull gitlab/gitlab-ce:latest\ndocker images | grep gitlab/gitlab-runner\n```\n"),
        ("start.sh", f"# {RUN.replace(chr(10), ' ')}\n"),
        (".gitlab-ci.yml", "lint:\n  image: gitlab/gitlab-runner:latest\n  script: [gitlab-runner --version]\n"),
        ("roles/someone.gitlab/templates/docker-compose.yml", SERVICE),
        ("roles/gitlab/molecule/default/molecule.yml", f"platforms:\n{indented(SERVICE)}"),
        ("charts/gitlab/deployment.yml", "spec:\n  containers:\n    - name: gitlab\n      image: gitlab/gitlab-ce:9\n"),
        ("docker-compose.yml", "services:\n  exporter:\n    image: mvisonneau/gitlab-ci-pipelines-exporter:0.5\n"),
        ("docker-compose.yml", "services:\n  ui:\n    image: registry:5000/somebody/ui\n"),
    ],
)  # fmt: skip
def test_decoys(path: str, text: str, tmp_path: Path) -> None:
    """Mention is not use."""
    found = setup(tmp_path, path, text)
    assert found == GitlabSetup()


def test_who_is_what(tmp_path: Path) -> None:
    text = """\
services:
  runner:
    build: runner
    image: registry.gitlab.com/gitlab-org/gitlab-runner:alpine-v18.5.0
  register:
    image: gitlab/gitlab-runner@sha256:0123
    command: register --non-interactive
  mirror:
    image: docker.io/library/registry:2
    environment: [REGISTRY_PROXY_REMOTEURL=https://registry-1.docker.io]
  store:
    image: registry:3
  cache:
    image: quay.io/minio/minio
    command: server /export
"""
    found = setup(tmp_path, "docker-compose.yml", text)
    assert [each.name for each in found.runners] == ["runner"]
    assert [each.tag for each in found.runners] == ["alpine-v18.5.0"]
    assert [each.name for each in found.mirrors] == ["mirror"]
    assert [each.name for each in found.registries] == ["mirror", "store"]
    assert [(each.name, each.command) for each in found.caches] == [("cache", ("server", "/export"))]
    assert [each.is_interactive for each in found.registrations] == [False]


def test_variables_of_compose(tmp_path: Path) -> None:
    text = "services:\n  web:\n    image: ${IMAGE}:${TAG:-17.0}\n    ports: ['${PORT}:80', '${SSH}:22']\n"
    found = setup(tmp_path, "docker-compose.yml", text, (".env.example", "IMAGE=gitlab/gitlab-ee\nPORT=8080\n"))
    (server,) = found.servers
    assert server.image == "gitlab/gitlab-ee:17.0"
    assert [(each.host, each.container) for each in server.ports] == [("8080", "80"), ("${SSH}", "22")]


def test_lists_as_one_text(tmp_path: Path) -> None:
    lists = "    ports: '80:80,22:22'\n    volumes: a:/etc/gitlab, b:/var/log\n"
    text = f"- docker_container:\n    image: gitlab/gitlab-ce\n{lists}"
    (server,) = setup(tmp_path, "site.yml", text).servers
    assert [each.container for each in server.ports] == ["80", "22"]
    assert [each.target for each in server.volumes] == ["/etc/gitlab", "/var/log"]


def test_a_volume_without_a_target_mounts_nothing(tmp_path: Path) -> None:
    (server,) = setup(tmp_path, "a.yml", "web:\n  image: gitlab/gitlab-ce\n  volumes: ['/srv/gitlab:']\n").servers
    assert not server.mounts("/etc/gitlab")


def test_what_nobody_sets_is_unknown(tmp_path: Path) -> None:
    (server,) = setup(tmp_path, "site.yml", TASK.replace("gitlab_ports:", "other_ports:")).servers
    assert server.unknown == {"ports"}
    assert server.ports == ()


def test_yaml_that_is_none(tmp_path: Path) -> None:
    """It is told where it looks like a definition, and not where it is some block of a README."""
    broken = SERVICE.replace("    - '/srv", "- '/srv")
    found = setup(tmp_path, "README.md", f"```\n{broken}```\n\n```\nregistry: [\n```\n")
    assert found.servers == ()
    assert [(each.at.file, each.at.line) for each in found.problems] == [("README.md", 12)]


def test_an_old_definition(tmp_path: Path) -> None:
    """A container knows where its parts stand."""
    (server,) = setup(tmp_path, "docker-compose.yml", SERVICE).servers
    assert isinstance(server, ContainerDefinition)
    assert {part: at.line for part, at in server.places.items()} == {
        "image": 2, "restart": 3, "environment": 4, "ports": 7, "volumes": 10,
    }  # fmt: skip
    assert server.environment["GITLAB_OMNIBUS_CONFIG"].at.line == 5
    assert [each.at.line for each in server.ports] == [8, 9]
    assert server.place("command") == server.location
