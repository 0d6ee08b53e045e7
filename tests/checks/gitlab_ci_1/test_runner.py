"""gitlab-ci-1/runner."""

from __future__ import annotations

import json

from pytest_dockerlab.testing import Edit, Sample, replace, sample_tests, write

from ._homework import BASE, COMPOSE

SERVICE = """\
  runner:
    image: gitlab/gitlab-runner:v18.5.0
    container_name: gitlab-runner
    restart: always
    environment:
      - GOOGLE_APPLICATION_CREDENTIALS=/etc/gitlab-runner/gce-credentials.json
    volumes:
      - /srv/gitlab-runner/config:/etc/gitlab-runner
"""
RUN = (
    "docker run -d --name gitlab-runner --restart always -v /srv/config:/etc/gitlab-runner gitlab/gitlab-runner:latest"
)
PLAYBOOK = """\
- hosts: runners
  roles:
    - role: riemers.gitlab-runner
      vars:
        gitlab_runner_registration_token: "{{ token }}"
"""
TASK = """\
- docker_container:
    name: runner
    image: gitlab/gitlab-runner
    restart: yes
    restart_policy: unless-stopped
    volumes: ['config:/etc/gitlab-runner']
"""
PACKAGE = "- hosts: all\n  tasks:\n    - apt: name=gitlab-runner\n"
SOCKET = "/var/run/docker.sock:/var/run/docker.sock"
TERRAFORM = """\
resource "docker_container" "runner" {
  image   = docker_image.runner.image_id
  name    = "runner"
  restart = "unless-stopped"
  volumes {
    container_path = "/etc/gitlab-runner"
    volume_name    = "config"
  }
}

resource "docker_image" "runner" {
  name = "gitlab/gitlab-runner:alpine"
}
"""


def elsewhere(path: str, text: str) -> list[Edit]:
    """The runner is defined in this file, and not in the compose file."""
    return [replace(COMPOSE, SERVICE, ""), write(path, text)]


test_samples = sample_tests(
    "gitlab-ci-1/runner",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample("unusual", "a line of the README", elsewhere("README.md", f"The runner: `{RUN}`\n")),
        Sample("unusual", "over ssh", elsewhere("run.sh", f'#!/bin/sh\ndocker-machine ssh gitlab-ci "sudo {RUN}"\n')),
        Sample("unusual", "a command of Ansible", elsewhere("ansible/runner.yml", f"- command: {RUN}\n")),
        Sample("unusual", "Terraform", elsewhere("terraform/main.tf", TERRAFORM)),
        Sample("unusual", "a role of others", elsewhere("ansible/runner.yml", PLAYBOOK)),
        Sample("unusual", "a package", elsewhere("ansible/runner.yml", PACKAGE)),
        Sample(
            "unusual",
            "a unit of systemd",
            elsewhere("runner.service", f"[Service]\nRestart=on-failure\nExecStart=/usr/bin/{RUN}\n".replace(
                " -d --name gitlab-runner --restart always", " --rm")),
        ),
        Sample(
            "unusual",
            "a session with the shell's prompts",
            elsewhere("README.md", f"```\n$ {RUN}\n```\n".replace("--restart", "\\\n> --restart")),
        ),
        Sample("unusual", "words of cloud-init", elsewhere("init.yml", f"runcmd:\n  - {json.dumps(RUN.split())}\n")),
        Sample(
            "unusual",
            "the rest in an override",
            [
                replace(COMPOSE, "gitlab-runner\n    restart: always\n", "gitlab-runner\n"),
                write("gitlab-ci/docker-compose.override.yml", "services:\n  runner:\n    restart: always\n"),
            ],
        ),
        Sample(
            "fails",
            "a policy of the override that never restarts",
            [
                replace(COMPOSE, "gitlab-runner\n    restart: always\n", "gitlab-runner\n"),
                write("gitlab-ci/docker-compose.override.yml", "services:\n  runner:\n    restart: 'no'\n"),
            ],
            says="restart policy | no |",
            file="gitlab-ci/docker-compose.override.yml",
            line="restart",
        ),
        Sample(
            "unusual",
            "what another service may say",
            [replace(COMPOSE, "gitlab-runner\n    restart: always\n", "gitlab-runner\n    extends: {service: base}\n")],
            verdict="unverified",
            says="nothing in the repository says what these are: restart policy",
        ),
        Sample(
            "fails",
            "Ansible's word in a compose file",
            [replace(COMPOSE, "gitlab-runner\n    restart: always\n", "gitlab-runner\n    restart_policy: always\n")],
            says="restart policy | none |",
            file=COMPOSE,
            line="restart_policy",
        ),
        Sample(
            "fails",
            "a unit of systemd that ends",
            elsewhere("runner.service", f"[Service]\nRestart=no\nExecStart=/usr/bin/{RUN}\n".replace(
                " -d --name gitlab-runner --restart always", " --rm")),
            says="restart policy | no |",
            file="runner.service",
            line="Restart=no",
        ),
        Sample(
            "unusual",
            "a module's arguments in one line",
            elsewhere("ansible/runner.yml", "- docker_container: name=runner image=gitlab/gitlab-runner:latest "
                                            "restart_policy=always volumes=/srv/config:/etc/gitlab-runner\n"),
        ),
        Sample("unusual", "a policy, and a restart now", elsewhere("ansible/runner.yml", TASK)),
        Sample("unusual", "the folder above", [replace(COMPOSE, ":/etc/gitlab-runner\n", ":/etc\n")]),
        Sample("fails", "nothing", [replace(COMPOSE, SERVICE, "")], says="add a service of the image", findings=1),
        Sample(
            "fails",
            "a forgotten backslash",
            elsewhere("README.md", f"# GitLab\n\n```\n{RUN}\n```\n".replace(" -v", "\n-v")),
            says="docker run ends before its image: behind a comment, or for want of a backslash | correct it",
            file="README.md",
            line="docker run",
            findings=1,
        ),
        Sample(
            "fails",
            "a comment in the middle",
            elsewhere("run.sh", f"{RUN}\n".replace("--restart always", "\\\n  # --restart always\n ")),
            says="docker run ends before its image",
            file="run.sh",
            line="docker run",
        ),
        Sample(
            "fails",
            "the register prompt",
            elsewhere("README.md", "```\ndocker exec -it gitlab-runner gitlab-runner register\n"
                                   "Please enter the executor: docker+machine, shell, docker:\n```\n"),
            says="the runner is defined",
            findings=1,
        ),
        Sample(
            "fails",
            "one that only registers",
            elsewhere("run.sh", "#!/bin/sh\ndocker run --rm -v c:/etc/gitlab-runner gitlab/gitlab-runner register\n"),
            says="the runner is defined",
        ),
        Sample(
            "fails",
            "the image of GitLab",
            [replace(COMPOSE, "gitlab/gitlab-runner:v18.5.0", "gitlab/gitlab-ce:18.5.0-ce.0")],
            says="is a runner | gitlab/gitlab-ce:18.5.0-ce.0 | that is GitLab itself",
            file=COMPOSE,
            line="image:",
            findings=1,
        ),
        Sample(
            "fails",
            "no restart policy",
            [replace(COMPOSE, "gitlab-runner\n    restart: always\n", "gitlab-runner\n")],
            says="the runner starts again by itself: restart policy | none",
            file=COMPOSE,
            line="  runner:",
            findings=1,
        ),
        Sample(
            "fails",
            "a restart now is no policy",
            elsewhere("ansible/runner.yml", TASK.replace("    restart_policy: unless-stopped\n", "")),
            says="restart policy | none |",
            file="ansible/runner.yml",
            line="restart: yes",
        ),
        Sample(
            "fails",
            "Ansible's restart is no policy, whatever it says",
            elsewhere("ansible/runner.yml", TASK.replace("yes\n    restart_policy: unless-stopped", "always")),
            says="restart policy | none | write restart: always (Ansible: restart_policy",
            file="ansible/runner.yml",
            line="restart: always",
        ),
        Sample(
            "fails",
            "the values of a chart",
            elsewhere("kubernetes/Charts/gitlab-runner/values.yaml", "image: gitlab/gitlab-runner\nreplicas: 1\n"),
            says="the runner is defined",
        ),
        Sample(
            "fails",
            "a restart policy that never restarts",
            [replace(COMPOSE, "gitlab-runner\n    restart: always\n", "gitlab-runner\n    restart: 'no'\n")],
            says="restart policy | no |",
            line="restart: 'no'",
            file=COMPOSE,
        ),
        Sample(
            "fails",
            "no volume",
            [replace(COMPOSE, "/srv/gitlab-runner/config:/etc/gitlab-runner", SOCKET)],
            says="in a volume at /etc/gitlab-runner | /var/run/docker.sock",
            file=COMPOSE,
            line="volumes:",
            findings=1,
        ),
    ],
)  # fmt: skip
