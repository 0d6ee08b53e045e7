"""Secrets that a submission holds are in nothing that we write: not on the terminal, and in no file."""

from __future__ import annotations

import secrets
import string
from collections.abc import Mapping
from pathlib import Path

import pytest

from . import judging
from .attack import Make, Place, more, prepare, swap, text, together, words
from .files_tier.gitlab_ci import CONFIGURATION, PIPELINE, REGISTER, SETUP, SLUG
from .measured import check

HOMEWORKS = ("docker-1", "docker-2", "docker-3", "docker-4", "gitlab-ci-1", "monitoring-1")
README = "README.md"
AUTOSCALER = "gitlab-ci/autoscaler/config.toml"


def drawn(prefix: str, length: int, letters: str = string.ascii_letters + string.digits) -> str:
    """A secret in the form of such ones. No file of ours has one, and no scanner takes this one for one."""
    return prefix + "".join(secrets.choice(letters) for _ in range(length))


class Vault:
    """The secrets of one submission, by what they are."""

    def __init__(self) -> None:
        upper = string.ascii_uppercase + string.digits
        self.values = {
            "runner": drawn("glrt-t1_", 24),
            "registration": drawn("GR1348941", 20),
            "old": drawn("", 20),
            "personal": drawn("glpat-", 20),
            "webhook": "/".join((drawn("T", 8, upper), drawn("B", 8, upper), drawn("", 24))),
            "amazon": drawn("AKIA", 16, upper),
            "amazon-key": drawn("", 40),
            "password": drawn("pw", 18),
            "hub": drawn("dckr_pat_", 27),
            "google": drawn("", 64),
        }

    def __call__(self, name: str) -> str:
        return self.values[name]

    def seen_in(self, text: str) -> list[str]:
        """Those of which the text has the whole or the secret half."""
        return [name for name, value in self.values.items() if value in text or value[-len(value) // 2 :] in text]


def key_file(vault: Vault) -> str:
    """As Google writes a service account's."""
    return (
        '{"type": "service_account", "project_id": "reddit",\n'
        f'"private_key": "-----BEGIN PRIVATE KEY-----\\n{vault("google")}\\n-----END PRIVATE KEY-----\\n"}}\n'
    )


def in_right_work(vault: Vault) -> tuple[Make, ...]:
    """Secrets where students leave them, and nothing else is wrong."""
    webhook = f"https://hooks.slack.com/services/{vault('webhook')}"
    return (
        more(
            PIPELINE,
            f"\nnotify:\n  stage: deploy\n  variables:\n    TOKEN: {vault('personal')}\n  script:\n"
            f"    - docker login -u me -p {vault('hub')}\n    - curl -X POST -d text {webhook}\n"
            f"    - git clone https://oauth2:{vault('password')}@gitlab.com/a/b.git\n",
        ),
        together(
            swap(SETUP, "gitlab_rails['gitlab_shell_ssh_port'] = 2222",
                 f"gitlab_rails['initial_root_password'] = '{vault('password')}'"),
            swap(SETUP, "${CACHE_SECRET_KEY}", vault("amazon-key")),
            swap(SETUP, "https://registry-1.docker.io",
                 f"https://registry-1.docker.io\n      REGISTRY_PROXY_PASSWORD: {vault('hub')}"),
        ),
        swap(REGISTER, '"$RUNNER_TOKEN" \\', f'{vault("runner")} \\'),
        together(
            swap(CONFIGURATION, "${RUNNER_TOKEN}", vault("runner")),
            swap(CONFIGURATION, "${CACHE_ACCESS_KEY}", vault("amazon")),
            swap(CONFIGURATION, "${CACHE_SECRET_KEY}", vault("amazon-key")),
            swap(CONFIGURATION, "google-project=${GOOGLE_PROJECT}", f"amazonec2-secret-key={vault('amazon-key')}"),
        ),
        more(
            README,
            f"\n## GitLab CI\n\nSlack: {webhook}\n\n```\ngitlab-runner register --non-interactive --registration-token "
            f"{vault('registration')} --url http://a/ --executor docker\n```\n\n```toml\n[[runners]]\n  token = "
            f"\"{vault('old')}\"\n  executor = \"docker\"\n```\n",
        ),
        together(
            text("gitlab-ci/gce-credentials.json", key_file(vault)),
            text("gitlab-ci/.env", f"RUNNER_TOKEN={vault('runner')}\nCACHE_SECRET_KEY={vault('amazon-key')}\n"),
            text("gitlab-ci/ansible/vars.yml", f"a_token: {vault('personal')}\nroot_password: {vault('password')}\n"),
            text("gitlab-ci/terraform/terraform.tfvars", f'secret_key = "{vault("amazon-key")}"\n'),
        ),
    )  # fmt: skip


def in_wrong_work(vault: Vault) -> Mapping[str, Make]:
    """Secrets in what a finding would show: an address, an option, a value of a wrong kind."""
    login = f"me:{vault('password')}@"
    return {
        "addresses": together(
            swap(CONFIGURATION, "http://10.132.0.2/", f"http://{login}10.132.0.2"),
            swap(CONFIGURATION, '"10.132.0.2:9005"', f'"http://{login}10.132.0.2:9005"'),
            swap(CONFIGURATION, "http://10.132.0.2:6000", f"http://{login}127.0.0.1:6000"),
            swap(SETUP, "http://${GITLAB_HOST}'", f"http://{login}localhost'"),
            swap(SETUP, "https://registry-1.docker.io", f"https://{login}mirror.example.com/path"),
        ),
        "pipeline": together(
            swap(PIPELINE, "mongodb://mongo/", f"mongodb://{login}database/"),
            more(
                PIPELINE,
                f"\ninclude: https://{login}gitlab.com/a/-/raw/b.yml\n\nx:\n  stage: {vault('personal')}\n"
                f"  script: curl -H 'PRIVATE-TOKEN: {vault('personal')}' http://a\n  extends: {vault('old')}\n"
                f"  needs: [{vault('runner')}]\n  tocken: {vault('registration')}\n",
            ),
        ),
        "kinds": together(
            swap(CONFIGURATION, "limit = 6", f'limit = "{vault("runner")}"'),
            swap(CONFIGURATION, 'executor = "docker+machine"', f'executor = "{vault("registration")}"'),
            swap(CONFIGURATION, 'Type = "s3"', f'Type = "{vault("amazon")}"'),
            swap(CONFIGURATION, '"reddit-%s"', f'"{vault("personal")}"'),
            swap(AUTOSCALER, 'idle_time = "10m0s"', f'idle_time = "{vault("hub")}"'),
        ),
        "syntax": swap(CONFIGURATION, 'token = "${RUNNER_TOKEN}"', f"token = {vault('runner')}"),
        "unclosed": swap(CONFIGURATION, '"${CACHE_SECRET_KEY}"', f'"{vault("amazon-key")}'),
        "yaml": swap(SETUP, "${CACHE_SECRET_KEY}", f'"{vault("amazon-key")}" {vault("password")}'),
        "images": together(
            swap(SETUP, "gitlab/gitlab-runner:v17.4.0", f"{vault('hub')}@registry.example.com/runner"),
            swap(REGISTER, '--token "$RUNNER_TOKEN"', f"--registration-token={vault('registration')}"),
        ),
        "templates": together(
            text("gitlab-ci/config.toml.j2", f"[[runners]]\ntoken = {vault('old')}\nexecutor = {vault('runner')}\n"),
            text("gitlab-ci/play.yml", f"- docker_container: {{image: gitlab/gitlab-ce, env: {vault('personal')}}}\n"),
            text("gitlab-ci/main.tf", f'resource "docker_container" "gitlab" {{\n  image = "{vault("hub")}"\n'
                                      f'  env = ["A={vault("password")}"\n}}\n'),
        ),
    }  # fmt: skip


WRONG = ("addresses", "pipeline", "kinds", "syntax", "unclosed", "yaml", "images", "templates")


@pytest.mark.parametrize("case", ["right", *WRONG])
def test_no_secret_is_in_any_output(case: str, tmp_path: Path) -> None:
    vault = Vault()
    place = Place(tmp_path / "repository", tmp_path / "outside")
    prepare(place)
    (together(*in_right_work(vault)) if case == "right" else in_wrong_work(vault)[case])(place)
    judging.arm(place)
    junit, quality, page = tmp_path / "junit.xml", tmp_path / "codequality.json", tmp_path / "page.html"
    asked = [
        *words(HOMEWORKS if case == "right" else (SLUG,)),
        "-vv",
        f"--junitxml={junit}",
        f"--hw-codequality={quality}",
        f"--hw-report={page}",
    ]
    run = check(place.root, tmp_path / "scratch", [".", *asked])
    assert run.code in (0, 1, 5), run.out
    written = {
        "terminal": run.out,
        "results.json": (tmp_path / "scratch" / "results.json").read_text(),
        "JUnit": junit.read_text(),
        "Code Quality": quality.read_text(),
        "page": page.read_text(),
        "page in Markdown": page.with_suffix(".md").read_text(),
    }
    found = {name: vault.seen_in(text) for name, text in written.items() if vault.seen_in(text)}
    assert not found, "\n".join(line for text in written.values() for line in text.splitlines() if vault.seen_in(line))
    assert not [*judging.broken_promises(run, {case: place})]
