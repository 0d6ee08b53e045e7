"""The files of homework 19 are something else, or too much of something."""

from __future__ import annotations

from .bulk import CONTENTS, filled, grown, many
from .gitlab_ci import CONFIGURATION, PIPELINE, REGISTER, RUNNER, SETUP, TESTS, attack
from .links import KINDS, instead

DECIDED_BY = {
    PIPELINE: {"pipeline-file": "failed|unverified"},
    TESTS: {"tests-in-repo": "failed|unverified"},
    # of these the example has another one beside it
    SETUP: {},
    REGISTER: {},
    CONFIGURATION: {},
}
"""The item that cannot pass where the file cannot be read."""
_TASKS = b"- docker_container: {image: gitlab/gitlab-ce}\n" * 300
_RESOURCES = b'resource "docker_container" "gitlab" {\n}\n' * 2000

ATTACKS = (
    *(attack(f"{path} is {kind}", instead(path, kind), hit) for path, hit in DECIDED_BY.items() for kind in KINDS),
    *(
        attack(f"{path}: {title}", filled(path, content), slow="random" not in title)
        for path in DECIDED_BY
        for title, content in CONTENTS.items()
    ),
    *(attack(f"{path}: a hole of 2 TB", grown(path, 2 * 10**12)) for path in DECIDED_BY),
    attack("300 runners' configurations", many("config.toml", 300, f"concurrent = 1\n{RUNNER}".encode()), slow=True),
    attack(
        "300 definitions of GitLab",
        many("docker-compose.yml", 300, b"web:\n  image: gitlab/gitlab-ce\n" * 50),
        slow=True,
    ),
    attack("300 playbooks", many("main.yml", 300, _TASKS), slow=True),
    attack("300 files of Terraform's", many("main.tf", 300, _RESOURCES), slow=True),
)
