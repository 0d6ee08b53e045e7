"""Attacks on what finds GitLab, its runner and how it is registered: templates, scripts, READMEs."""

from __future__ import annotations

from ..attack import README, Attack, more
from .gitlab_ci import SETUP, Content, attack, written

JINJA = "gitlab-ci/docker-compose.yml.j2"
PLAYBOOK = "gitlab-ci/ansible/playbook.yml"
TERRAFORM = "gitlab-ci/terraform/main.tf"
SCRIPT = "gitlab-ci/more.sh"


def beside(path: str, name: str, content: Content) -> Attack:
    """One more file, which may be read or not; or another one where the example has its own."""
    return attack(f"{path}: {name}", written(path, content))


def _doubled(count: int, first: str, each: str) -> str:
    """Variables of which each is twice the one before: ``v59`` is 2 to the power of 59 as long as ``v0``."""
    return first + "".join(each.replace("NEW", f"v{at}").replace("OLD", f"v{at - 1}") for at in range(1, count))


def _task(name: str) -> str:
    return f"    - docker_container:\n        name: '{name}'\n        image: gitlab/gitlab-ce:1\n"


def _playbook(variables: str, *names: str) -> str:
    return f"- hosts: all\n  vars:\n{variables}  tasks:\n" + "".join(_task(name) for name in names)


TEMPLATES = (
    beside(JINJA, "a loop without end", "{% for i in range(10**9) %}a{{ i }}: 1\n{% endfor %}\n" * 500),
    beside(JINJA, "braces in braces", lambda: "services: " + "{{ " * 40_000),
    beside(JINJA, "a template that includes itself", "{% include 'docker-compose.yml.j2' %}\n" * 1000),
    beside(
        JINJA,
        "filters that run",
        "web:\n  image: gitlab/gitlab-ce\n  x: {{ ''.__class__.__mro__[1].__subclasses__() }}\n"
        "  y: {{ lookup('pipe', 'touch ../outside/executed') }}\n  z: {{ lookup('file', '/etc/passwd') }}\n",
    ),
    beside(
        PLAYBOOK,
        "variables that double",
        lambda: _playbook(_doubled(60, "    v0: gitlab/gitlab-ce\n", "    NEW: '{{ OLD }}{{ OLD }}'\n"), "{{ v59 }}"),
    ),
    beside(PLAYBOOK, "variables in a circle", _playbook("    a: '{{ b }}'\n    b: '{{ a }}'\n", "{{ a }}")),
    beside(PLAYBOOK, "1,500 tasks", lambda: _playbook("    a: b\n", *(f"g{at}" for at in range(1_500)))),
    beside(
        PLAYBOOK,
        "a vault, and files from outside",
        "- hosts: all\n  vars_files: [/etc/passwd, ../../../outside/canary]\n  tasks:\n"
        "    - include_tasks: ../../../outside/canary\n"
        "    - docker_container: !vault |\n        $ANSIBLE_VAULT;1.1;AES256\n",
    ),
    beside(TERRAFORM, "blocks in blocks", lambda: 'resource "a" "gitlab" {\n' * 20_000),
    beside(TERRAFORM, "a text in a text", lambda: 'locals {\n  gitlab = "' + "${" * 50_000 + '"\n}\n'),
    beside(TERRAFORM, "a heredoc without an end", lambda: "locals {\n  gitlab-ce = <<EOT\n" + "a\n" * 100_000),
    beside(TERRAFORM, "10,000 heredocs", lambda: "locals {\n" + "  gitlab = <<EOT\nx\nEOT\n" * 10_000 + "}\n"),
    beside(
        TERRAFORM,
        "locals that double",
        lambda: (
            "locals {\n"
            + _doubled(60, '  v0 = "gitlab/gitlab-ce"\n', '  NEW = "${local.OLD}${local.OLD}"\n')
            + '}\nresource "docker_container" "gitlab" {\n  name = local.v59\n  image = local.v59\n}\n'
        ),
    ),
    beside(
        TERRAFORM,
        "files from outside",
        'resource "docker_container" "gitlab" {\n  image = "gitlab/gitlab-ce"\n'
        '  name = file("../../../outside/canary")\n  env = [templatefile("/etc/passwd", {})]\n'
        '  provisioner "local-exec" {\n    command = "touch ../outside/executed"\n  }\n}\n',
    ),
)

_REGISTER = "gitlab-runner register --non-interactive --url a --token $T --executor docker+machine\n"
SCRIPTS = (
    beside(SCRIPT, "5,000 lines that register", lambda: _REGISTER * 5_000),
    beside(SCRIPT, "a line that goes on", lambda: "gitlab-runner register \\\n" + "  --non-interactive \\\n" * 10_000),
    beside(SCRIPT, "substitutions", lambda: f"gitlab-runner register --token {'$(' * 20_000}x{')' * 20_000}\n"),
    beside(
        SCRIPT,
        "variables that double",
        lambda: (
            _doubled(60, "v0=gitlab/gitlab-runner\n", "NEW=$OLD$OLD\n")
            + "docker run -d --name runner $v59\ngitlab-runner register --token $v59\n"
        ),
    ),
    beside(SCRIPT, "quotes without an end", lambda: "gitlab-runner register --token '" + "\"'" * 50_000),
)

COMPOSES = (
    beside(
        SETUP,
        "400 runners",
        lambda: (
            "services:\n"
            + "".join(
                f"  r{at}:\n    image: gitlab/gitlab-runner:v1{at % 9}.0.0\n    volumes: ['/a:/etc/gitlab-runner']\n"
                for at in range(400)
            )
        ),
    ),
    beside(
        SETUP,
        "GitLab's settings without end",
        lambda: (
            "web:\n  image: gitlab/gitlab-ce\n  environment:\n    GITLAB_OMNIBUS_CONFIG: |\n"
            + "      external_url 'http://a'\n" * 5_000
        ),
    ),
)

BLOCKS = {
    "4,000 blocks of TOML": '```toml\n[[runners]]\nexecutor = "docker+machine"\n```\n\n' * 4_000,
    "4,000 blocks of compose": "```yaml\nweb:\n  image: gitlab/gitlab-ce\n```\n\n" * 4_000,
    "3,500 lines of docker run": "    docker run -d --name gitlab-runner gitlab/gitlab-runner:latest\n" * 3_500,
    "a block of TOML without an end": "```toml\n[[runners]]\n" + "a = 1\n" * 30_000,
    "a block of one long line": "```toml\nconcurrent = [" + "[" * 120_000 + "\n```\n",
    "a prompt": "```\n" + "Please enter the executor: docker+machine\n" * 5_000 + "```\n",
    "links to Slack": "https://hooks.slack.com/services/" * 6_000,
    "fences in fences": "".join("`" * (3 + at % 50) + "toml\n" for at in range(6_000)),
}

ATTACKS = (
    *TEMPLATES,
    *SCRIPTS,
    *COMPOSES,
    *(attack(f"{README}: {name}", more(README, f"\n## Homework 19\n\n{text}")) for name, text in BLOCKS.items()),
)
