"""gitlab-ci-1/server."""

from __future__ import annotations

from textwrap import indent

from pytest_dockerlab.testing import Sample, remove, replace, sample_tests, write

from ._homework import BASE, COMPOSE, SETUP

OLD = """\
web:
  image: 'gitlab/gitlab-ee:latest'
  hostname: 'gitlab.example.com'
  environment:
    GITLAB_OMNIBUS_CONFIG: |
      external_url 'http://{{ address }}'
  ports: ['80:80', '443:443', '2222:22']
  volumes:
    - '/srv/gitlab/config:/etc/gitlab'
    - '/srv/gitlab/logs:/var/log/gitlab'
    - '/srv/gitlab/data:/var/opt/gitlab'
"""
SWALLOWED = OLD.partition("  ports")[0] + indent("  ports" + OLD.partition("  ports")[2], "    ")
RUN = """\
docker run -d --name gitlab --restart always -p 80-443:80-443 -p 2222:22 \\
  -e GITLAB_OMNIBUS_CONFIG="external_url 'https://10.0.0.1'; gitlab_rails['lfs_enabled'] = true" \\
  -v config:/etc/gitlab -v logs:/var/log/gitlab -v data:/var/opt/gitlab gitlab/gitlab-ce:latest
"""
ANSIBLE = """\
- name: GitLab
  community.docker.docker_container:
    name: gitlab
    image: gitlab/gitlab-ce:latest
    network_mode: host
    env:
      GITLAB_OMNIBUS_CONFIG: "external_url 'http://{{ ansible_host }}'"
    volumes: "{{ gitlab_volumes }}"
"""
FOLDERS = """\
gitlab_volumes:
  - /srv/gitlab/config:/etc/gitlab
  - /srv/gitlab/logs:/var/log/gitlab
  - /srv/gitlab/data:/var/opt
"""
COPY = f"- copy:\n    dest: /srv/gitlab/docker-compose.yml\n    content: |\n{indent(OLD, ' ' * 6)}"
UNIT = RUN.replace("docker run -d", "[Service]\nRestart=always\nExecStart=/usr/bin/docker run --rm").replace(
    " --restart always", ""
)
REMARKS = RUN.replace("-p 2222:22 \\\n", "-p 2222:22 `# ssh` \\\n")
TERRAFORM = """\
locals {
  image = "gitlab/gitlab-ce:latest"
}

resource "docker_container" "gitlab" {
  image = local.image
  name  = "gitlab"
  env = [
    <<-EOT
    GITLAB_OMNIBUS_CONFIG=external_url 'http://10.0.0.1'
    EOT
  ]
  dynamic "ports" {
    for_each = var.ports
    content {
      internal = ports.key
    }
  }
  dynamic "volumes" {
    for_each = var.volumes
    content {
      container_path = volumes.value
    }
  }
}
"""
TASKS = "gitlab-ci/ansible/roles/gitlab/tasks/main.yml"
NOWHERE = remove(COMPOSE)
URL = "external_url 'http://gitlab.somebody.ru'"

test_samples = sample_tests(
    "gitlab-ci-1/server",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample("unusual", "the old format, of a template", [NOWHERE, write("ansible/docker-compose.yml.j2", OLD)]),
        Sample("unusual", "a block of the README", [NOWHERE, write("README.md", f"# GitLab\n\n```\n{OLD}```\n")]),
        Sample("unusual", "docker run in a script", [NOWHERE, write("gitlab-ci/start.sh", f"#!/bin/sh\n{RUN}")]),
        Sample("unusual", "remarks between its lines", [NOWHERE, write("README.md", f"```bash\n{REMARKS}```\n")]),
        Sample("unusual", "a unit of systemd", [NOWHERE, write("gitlab-ci/gitlab.service", UNIT)]),
        Sample(
            "unusual",
            "what Terraform repeats over a variable",
            [NOWHERE, write("terraform/main.tf", TERRAFORM)],
            verdict="unverified",
            says="terraform/main.tf:5: nothing in the repository says what these are: ports, volumes",
        ),
        Sample(
            "fails",
            "the ports the wrong way round",
            [replace(COMPOSE, "2222:22", "22:2222")],
            says="git over ssh | 80:80, 443:443, 22:2222 | write 2222:22 instead of 22:2222",
            file=COMPOSE,
            line="22:2222",
            findings=1,
        ),
        Sample(
            "fails",
            "a folder that GitLab does not use",
            [replace(COMPOSE, ":/var/opt/gitlab", ":/var/opt/data")],
            says="add under its volumes: /srv/gitlab/data:/var/opt/gitlab",
            file=COMPOSE,
            findings=1,
        ),
        Sample(
            "unusual",
            "a role of their own with variables",
            [NOWHERE, write(TASKS, ANSIBLE), write("gitlab-ci/ansible/roles/gitlab/defaults/main.yml", FOLDERS)],
        ),
        Sample(
            "unusual",
            "a port of its own",
            [
                replace(COMPOSE, URL, "external_url 'http://gitlab.somebody.ru:8929'"),
                replace(COMPOSE, "80:80", "8929:8929"),
            ],
        ),
        Sample(
            "unusual",
            "folders that have to be set",
            [
                replace(COMPOSE, "/srv/gitlab/config", "${HOME_OF_GITLAB:?not set}/config"),
                replace(COMPOSE, "/srv/gitlab/logs", "${LOGS:+/var/other}/logs"),
            ],
        ),
        Sample("unusual", "no address but the container's name", [replace(COMPOSE, URL, "# the name will do")]),
        Sample("unusual", "gitlab.rb", [replace(COMPOSE, URL, "#"), write("gitlab-ci/gitlab.rb", f"{URL}\n")]),
        Sample(
            "unusual",
            "behind Traefik",
            [
                replace(COMPOSE, "      - 80:80\n      - 443:443\n", ""),
                replace(COMPOSE, "    hostname: g", "    labels:\n      - traefik.enable=true\n    hostname: g"),
            ],
        ),
        Sample(
            "unusual",
            "an env file",
            [
                replace(
                    COMPOSE,
                    f"    environment:\n      GITLAB_OMNIBUS_CONFIG: |\n        {URL}\n",
                    "    env_file: a.env\n",
                ),
                write("gitlab-ci/a.env", f"GITLAB_OMNIBUS_CONFIG={URL}\n"),
            ],
        ),
        Sample(
            "unusual",
            "an env file that is not handed in",
            [
                replace(
                    COMPOSE,
                    f"    environment:\n      GITLAB_OMNIBUS_CONFIG: |\n        {URL}\n",
                    "    env_file: a.env\n",
                ),
                replace(COMPOSE, "    hostname: gitlab.somebody.ru\n", ""),
            ],
            verdict="unverified",
            says="nothing in the repository says what these are: variables",
        ),
        Sample(
            "unusual",
            "an image of their own, made of GitLab's",
            [
                replace(COMPOSE, "image: gitlab/gitlab-ce:18.5.0-ce.0", "build: web"),
                write("gitlab-ci/web/Dockerfile", "FROM gitlab/gitlab-ce:18.5.0-ce.0\n"),
            ],
        ),
        Sample("unusual", "a file that Ansible writes", [NOWHERE, write("site.yml", COPY)]),
        Sample(
            "unusual",
            "written down once more, and worse",
            [write("README.md", "```\nweb:\n  image: gitlab/gitlab-ce\n```\n")],
        ),
        Sample(
            "unusual",
            "a package",
            [NOWHERE, write("install.sh", "#!/bin/sh\nEXTERNAL_URL=http://a apt install gitlab-ce\n")],
        ),
        Sample(
            "unusual",
            "volumes that are not handed in",
            [NOWHERE, write(TASKS, ANSIBLE)],
            verdict="unverified",
            says="nothing in the repository says what these are: volumes",
        ),
        Sample("fails", "nothing", [NOWHERE], says="add gitlab-ci/docker-compose.yml", findings=1),
        Sample(
            "fails",
            "only words",
            [NOWHERE, write("README.md", "GitLab (gitlab/gitlab-ce:latest) is up, see screenshot.png\n")],
            says="none",
            findings=1,
        ),
        Sample(
            "fails",
            "somebody else's role",
            [NOWHERE, write("ansible/roles/somebody.gitlab/tasks/main.yml", ANSIBLE)],
            says="none",
        ),
        Sample(
            "fails",
            "YAML that is none",
            [write("README.md", f"```\n{OLD.replace('    - ', '- ', 1)}```\n"), NOWHERE],
            says="invalid YAML",
            file="README.md",
            findings=1,
        ),
        Sample(
            "fails",
            "no address",
            [replace(COMPOSE, URL, f"# {URL}"), replace(COMPOSE, "    hostname: gitlab.somebody.ru\n", "")],
            says="no external_url",
            file=COMPOSE,
            line="GITLAB_OMNIBUS_CONFIG",
            findings=1,
        ),
        Sample(
            "fails",
            "the example's name",
            [replace(COMPOSE, URL, "#"), replace(COMPOSE, "gitlab.somebody.ru\n", "gitlab.example.com\n")],
            says="no external_url",
        ),
        Sample(
            "fails",
            "indented too far",
            [NOWHERE, write("docker-compose.yml", SWALLOWED)],
            says="ports: belongs to the container | it is a line of GITLAB_OMNIBUS_CONFIG, by its indentation",
            file="docker-compose.yml",
            line="ports:",
            findings=1,
        ),
        Sample(
            "fails",
            "no ssh",
            [replace(COMPOSE, "      - 2222:22\n", "")],
            says="port 22 of GitLab is published: git over ssh | 80:80, 443:443 | add under its ports: 2222:22",
            file=COMPOSE,
            line="ports:",
            findings=1,
        ),
        Sample(
            "fails",
            "no ports",
            [replace(COMPOSE, "    ports:\n      - 80:80\n      - 443:443\n      - 2222:22\n", "")],
            says="GitLab's ports are published: 80, 443, 22 | none",
            findings=1,
        ),
        Sample(
            "fails",
            "the port of the address",
            [replace(COMPOSE, URL, "external_url 'https://gitlab.somebody.ru:8443'")],
            says="port 8443 of GitLab is published: web pages over TLS",
            findings=1,
        ),
        Sample(
            "fails",
            "two volumes",
            [replace(COMPOSE, "      - /srv/gitlab/data:/var/opt/gitlab\n", "")],
            says="a volume is mounted at /var/opt/gitlab: the repositories and the database",
            file=COMPOSE,
            line="volumes:",
            findings=1,
        ),
        Sample(
            "fails",
            "docker run without volumes",
            [NOWHERE, write("start.sh", f"#!/bin/sh\n{RUN.partition('  -v')[0]}  gitlab/gitlab-ce:latest\n")],
            says="what GitLab keeps is in volumes: /etc/gitlab, /var/log/gitlab, /var/opt/gitlab",
            file="start.sh",
            line="docker run",
            findings=1,
        ),
    ],
)


def test_the_base_has_it_once() -> None:
    """The samples without the compose file have no server."""
    assert [path for path, text in SETUP.items() if "gitlab-ce" in text] == [COMPOSE]
