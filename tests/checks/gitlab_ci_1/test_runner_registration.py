"""gitlab-ci-1/runner-registration."""

from __future__ import annotations

import pytest

from pytest_dockerlab.submission.gitlab_setup.definitions import TokenForm
from pytest_dockerlab.submission.gitlab_setup.registrations import token_form
from pytest_dockerlab.testing import Edit, Sample, remove, replace, sample_tests, write

from ._homework import BASE, CONFIGURATION, REGISTER

TOKEN = "Xy7pQ2mZ9" + "kLw4RbT1vNc"
"""In two parts, so that nobody who looks for tokens takes it for one of ours."""
COMMAND = "gitlab-runner register --non-interactive --url http://gitlab.somebody.ru --executor docker"
BY_HAND = (remove(REGISTER), remove(CONFIGURATION))
MODULE = """\
- hosts: runners
  vars:
    runner_token: "{token}"
  tasks:
    - name: register
      community.general.gitlab_runner:
        api_url: http://gitlab.somebody.ru
        registration_token: "{{{{ runner_token }}}}"
"""
VARIABLES = """\
services:
  runner:
    image: gitlab/gitlab-runner:latest
    restart: always
    environment:
      - REGISTER_NON_INTERACTIVE=true
      - REGISTRATION_TOKEN={token}
      - CI_SERVER_URL=http://gitlab.somebody.ru
    volumes: ['config:/etc/gitlab-runner']
"""
TERRAFORM = f"""\
variable "token" {{}}

resource "google_compute_instance" "runner" {{
  provisioner "remote-exec" {{
    inline = ["sudo {COMMAND} --registration-token ${{var.token}}"]
  }}
}}
"""
API = 'resource "gitlab_user_runner" "this" {\n  runner_type = "project_type"\n  project_id  = 1\n}\n'
ROLE = "gitlab_runner_registration_token: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  6162636465\n"
REQUEST = """\
#!/bin/sh
curl --request POST "$URL/api/v4/user/runners" \\
  --header "PRIVATE-TOKEN: {token}" --data runner_type=instance_type
"""
URI = """\
- name: make a runner
  ansible.builtin.uri:
    url: "{{ url }}/api/v4/user/runners"
    method: POST
    headers: {PRIVATE-TOKEN: "{{ token }}"}
"""
TEMPLATE = """\
concurrent = 1
[[runners]]
  url = "http://gitlab.somebody.ru"
  token = "{{ runner_token }}"
  executor = "docker"
  [runners.docker]
    image = "alpine:latest"
"""
EXEC = """\
- community.docker.docker_container_exec:
    container: runner
    command: |
      gitlab-runner register
      --non-interactive
      --registration-token '{{ runner_token }}'
"""
ARGV = """\
- docker_container_exec:
    container: runner
    argv: [gitlab-runner, register, --non-interactive, --token, "{{ runner_token }}"]
"""
ONCE = """\
- docker_container:
    name: runner
    image: gitlab/gitlab-runner:latest
    command: register --non-interactive --registration-token "{{ runner_token }}"
"""
PRESENT = "- gitlab_runner:\n    api_url: http://gitlab.somebody.ru\n    api_token: '{{ token }}'\n"
EXPORTED = """\
#!/bin/sh
export REGISTER_NON_INTERACTIVE=true
export REGISTRATION_TOKEN={token}
gitlab-runner register
"""
ROLE_RUNNERS = (
    "gitlab_runner_registration_token: '{token}'\ngitlab_runner_runners:\n  - name: one\n    token: '{token}'\n"
)
TASK = f"- shell: |\n    docker exec runner \\\n      {COMMAND} \\\n      --registration-token {{{{ token }}}}\n"


def instead(path: str, text: str) -> list[Edit]:
    """This file registers the runner, and nothing else does."""
    return [*BY_HAND, write(path, text)]


test_samples = sample_tests(
    "gitlab-ci-1/runner-registration",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample("unusual", "a command of Ansible", instead("ansible/roles/runner/tasks/main.yml", TASK)),
        Sample("unusual", "Ansible's module", instead("ansible/register.yml", MODULE.format(token="{{ vault }}"))),
        Sample("unusual", "a role and a vault", instead("ansible/group_vars/runners", ROLE)),
        Sample(
            "unusual", "compose variables", instead("runner/docker-compose.yml", VARIABLES.format(token="${TOKEN}"))
        ),
        Sample("unusual", "Terraform", instead("terraform/main.tf", TERRAFORM)),
        Sample("unusual", "GitLab's provider of Terraform", instead("terraform/runner.tf", API)),
        Sample(
            "unusual", "a README with a place for the token", instead("README.md", f"```\n{COMMAND} -r <TOKEN>\n```\n")
        ),
        Sample("unusual", "an argument", instead("r.sh", f'#!/bin/sh\ndocker exec runner {COMMAND} -r "$1"\n')),
        Sample("unusual", "GitLab's API", instead("runner.sh", REQUEST.format(token="$TOKEN"))),
        Sample("unusual", "GitLab's API, by Ansible", instead("ansible/runner.yml", URI)),
        Sample("unusual", "a token in a template", instead("ansible/templates/config.toml.j2", TEMPLATE)),
        Sample("unusual", "a command that no shell reads", instead("ansible/roles/runner/handlers/main.yml", EXEC)),
        Sample("unusual", "a command as a list", instead("ansible/runner.yml", ARGV)),
        Sample("unusual", "Ansible's module of today", instead("ansible/runner.yml", PRESENT)),
        Sample("unusual", "variables of the shell", instead("r.sh", EXPORTED.format(token="$1"))),
        Sample(
            "unusual",
            "variables of a command",
            instead(
                "r.sh",
                "docker exec -e REGISTER_NON_INTERACTIVE=true -e REGISTRATION_TOKEN=$T "
                "gitlab-runner gitlab-runner register\n",
            ),
        ),
        Sample(
            "fails",
            "variables of the shell, and a token",
            instead("r.sh", EXPORTED.format(token=TOKEN)),
            says="written out",
            file="r.sh",
            line="REGISTRATION_TOKEN=",
            findings=1,
        ),
        Sample(
            "fails",
            "a role's variable",
            [
                *instead("ansible/roles/runner/handlers/main.yml", EXEC),
                write("ansible/roles/runner/defaults/main.yml", f"runner_token: {TOKEN}\n"),
            ],
            says="written out",
            file="ansible/roles/runner/defaults/main.yml",
            line="runner_token:",
            findings=1,
        ),
        Sample(
            "fails",
            "an example of the variables of a container's command",
            [*instead("ansible/runner.yml", ONCE), write("ansible/group_vars/all.example", f"runner_token: {TOKEN}\n")],
            says="written out",
            file="ansible/group_vars/all.example",
            line="runner_token:",
            findings=1,
        ),
        Sample(
            "fails",
            "both variables of a role",
            instead("ansible/vars/main.yml", ROLE_RUNNERS.format(token=TOKEN)),
            says="written out",
            findings=2,
        ),
        Sample(
            "fails",
            "GitLab's API, and a token",
            instead("runner.sh", REQUEST.format(token=f"glpat-{TOKEN}")),
            says="written out",
            file="runner.sh",
            line="PRIVATE-TOKEN",
            findings=1,
        ),
        Sample(
            "unusual",
            "by hand",
            instead("README.md", "`docker exec -it gitlab-runner gitlab-runner register`\n"),
            verdict="not attempted",
            says="README.md:1: registered by hand",
        ),
        Sample(
            "unusual",
            "the dialogue",
            instead(
                "README.md",
                "```\nPlease enter the gitlab-ci token for this runner:\nRegistering runner... succeeded\n```\n",
            ),
            verdict="not attempted",
            says="nothing in the repository registers a runner",
        ),
        Sample(
            "fails",
            "a token in the script",
            [replace(REGISTER, '"$RUNNER_TOKEN"', TOKEN)],
            says="a token, written out (not shown here) | take it from a variable",
            file=REGISTER,
            line="--token",
            findings=1,
        ),
        Sample(
            "fails",
            "a variable with it above",
            [replace(REGISTER, "#!/bin/sh\n", f"#!/bin/sh\nRUNNER_TOKEN={TOKEN}\n")],
            says="written out",
            file=REGISTER,
            line="RUNNER_TOKEN=",
            findings=1,
        ),
        Sample(
            "fails",
            "a variable of the Makefile",
            instead("Makefile", f"T := {TOKEN}\n\nregister:\n\tdocker exec runner {COMMAND} --token $(T)\n"),
            says="written out",
            file="Makefile",
            line="T :=",
            findings=1,
        ),
        Sample(
            "fails",
            "a variable of the README",
            instead("README.md", f"```\nexport TOKEN={TOKEN}\n```\n\n`{COMMAND} -r $TOKEN`\n"),
            says="written out",
            file="README.md",
            line="export TOKEN",
            findings=1,
        ),
        Sample(
            "fails",
            "a variable of the play",
            instead("ansible/register.yml", MODULE.format(token=f"glrt-{TOKEN}")),
            says="written out",
            file="ansible/register.yml",
            line="runner_token:",
            findings=1,
        ),
        Sample(
            "fails",
            "a variable of compose",
            instead("runner/docker-compose.yml", VARIABLES.format(token=TOKEN)),
            says="written out",
            file="runner/docker-compose.yml",
            line="REGISTRATION_TOKEN",
            findings=1,
        ),
        Sample(
            "fails",
            "an example of Terraform's variables",
            [
                *instead("terraform/main.tf", TERRAFORM),
                write("terraform/terraform.tfvars.example", f'token = "{TOKEN}"\n'),
            ],
            says="written out",
            file="terraform/terraform.tfvars.example",
            line="token =",
        ),
        Sample(
            "fails",
            "in the README, twice",
            instead("README.md", f"```\n{COMMAND} -r {TOKEN}\n```\n\n`{COMMAND} -r {TOKEN}`\n"),
            says="written out",
            file="README.md",
            findings=2,
        ),
    ],
)


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("", TokenForm.NONE),
        ("$TOKEN", TokenForm.VARIABLE),
        ("${CI_TOKEN:-none}", TokenForm.VARIABLE),
        ("$(cat token)", TokenForm.VARIABLE),
        ("$1", TokenForm.VARIABLE),
        ("{{ vault_token }}", TokenForm.VARIABLE),
        ("<token>", TokenForm.PLACEHOLDER),
        ("PROJECT_REGISTRATION_TOKEN", TokenForm.PLACEHOLDER),
        ("your-token-from-gitlab", TokenForm.PLACEHOLDER),
        ("ТОКЕН", TokenForm.PLACEHOLDER),
        ("XXXXXXXXXXXXXXXXXXXX", TokenForm.PLACEHOLDER),
        ("glrt-XXXXXXXXXXXXXXXXXXXX", TokenForm.PLACEHOLDER),
        ("********************", TokenForm.PLACEHOLDER),
        ("my-autoscale-runner-2018", TokenForm.PLACEHOLDER),
        (TOKEN, TokenForm.LITERAL),
        (f"'{TOKEN}'", TokenForm.LITERAL),
        (f"glrt-{TOKEN}", TokenForm.LITERAL),
        (f"GR1348941{TOKEN}", TokenForm.LITERAL),
    ],
)  # fmt: skip
def test_forms_of_a_token(text: str, form: TokenForm) -> None:
    assert token_form(text) is form
