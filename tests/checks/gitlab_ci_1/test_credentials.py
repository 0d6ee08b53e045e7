"""gitlab-ci-1/credentials."""

from __future__ import annotations

import json

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.messages import text
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import Sample, ask_all, replace, said, sample_tests, write, write_homework

from ._homework import BASE, COMPOSE, CONFIGURATION, REGISTER

# In two parts, so that nobody who looks for secrets takes them for one of ours.
RANDOM = "Xy7pQ2mZ9" + "kLw4RbT1vNc"
SECRETS = {
    "glrt": f"glrt-{RANDOM}",
    "webhook": f"https://hooks.slack.com/services/T0B1C2D3E/B9F8G7H6J/{RANDOM}aB3d",
    "key": "-----BEGIN RSA PRIVATE " + "KEY-----\nMIIEowIBAAKCAQEA7f3Jk2Lm9Qw8Zx1Cv4Bn6Ty5Ui0Op" + RANDOM + "\n",
    "aws": "AKIA" + "QW7RTY3PLK9MNB2V",
    "github": "ghp_" + RANDOM + "9aB8cD7eF6gH5iJ4",
}
NAME = "GOOGLE_APPLICATION_CREDENTIALS"
MOUNT = "/config:/etc/gitlab-runner\n"
VAULT = "token: !vault |\n  $ANSIBLE_VAULT;1.1;AES256\n  61626364\n"
PATH = "/etc/gitlab-runner/gce-credentials.json"
FIRST = f"        gitlab_rails['initial_root_password'] = '{RANDOM}'\n"
SERVICE_ACCOUNT = json.dumps({"type": "service_account", "private_key": SECRETS["key"]}, indent=2)


def committed(title: str, path: str, content: str, line: str, says: str) -> Sample:
    """A file with a secret."""
    edit = write(path, content)
    return Sample("fails", title, [edit], says=f"{says} (not shown here)", file=path, line=line, findings=1)


test_samples = sample_tests(
    "gitlab-ci-1/credentials",
    BASE,
    [
        Sample("passes", "the plain homework"),
        Sample("unusual", "no cloud", [replace(COMPOSE, f"    environment:\n      - {NAME}={PATH}\n", "")]),
        Sample(
            "unusual",
            "the file itself is mounted",
            [
                replace(COMPOSE, f"{NAME}={PATH}", f"{NAME}=/key.json"),
                replace(COMPOSE, MOUNT, f"{MOUNT}      - ~/key.json:/key.json:ro\n"),
            ],
        ),
        Sample("unusual", "a folder that nobody knows", [replace(COMPOSE, PATH, "${KEY_FOLDER}/key.json")]),
        Sample("unusual", "places for one's own", [write("README.md", "token = \"glrt-XXXXXXXXXXXXXXXXXXXX\"\n"
               "SLACK_WEBHOOK=https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX\n")]),
        Sample("unusual", "words, digests and ids", [write("a.env", "TOKEN_NAME=my-registration-token-2\n"
               "SECRET_PATH=/run/secrets/gitlab_runner_token\nPASSWORD=$POSTGRES_PASSWORD_OF_GITLAB\n"
               "KEY_ID=arn:aws:kms:eu-west-1:key/mine\nIMAGE=a@sha256:5f4dcc3b5aa765d61d8327deb882cf99\n")]),
        Sample("unusual", "a vault", [write("group_vars/all", VAULT)]),
        Sample("unusual", "somebody else's role", [write("roles/a.b/defaults/main.yml", f"token: {RANDOM}\n")]),
        Sample(
            "fails",
            "credentials that nobody mounts",
            [replace(COMPOSE, PATH, "/root/gce-credentials.json")],
            says="in a mounted volume | /root/gce-credentials.json; mounted are: /etc/gitlab-runner",
            file=COMPOSE,
            line=NAME,
            findings=1,
        ),
        committed("a service account", "gce.json", SERVICE_ACCOUNT, "private_key", "a private key"),
        committed("a key", ".ssh/id_rsa", SECRETS["key"], "BEGIN", "a private key"),
        committed("a webhook", "README.md", f"<{SECRETS['webhook']}>\n", "<", "whoever has it can post"),
        committed("a token of GitLab", "notes.txt", f"one\n\nit is {SECRETS['glrt']}\n", "it is", "a token of GitLab"),
        committed("a key of AWS", "s3.env", f"ID={SECRETS['aws']}\n", "ID", "an access key of AWS"),
        committed("a token of GitHub", "ci.env", f"PAT={SECRETS['github']}\n", "PAT", "a token of GitHub"),
        Sample("fails", "from where the runner stands", [replace(COMPOSE, PATH, "./gce-credentials.json")],
               says="in a mounted volume | ./gce-credentials.json; mounted are", file=COMPOSE, line=NAME, findings=1),
        Sample("fails", "somebody's own folder", [replace(COMPOSE, PATH, "~/key.json")],
               says="in a mounted volume | ~/key.json", file=COMPOSE, line=NAME, findings=1),
        Sample("unusual", "the key itself, of a variable", [replace(COMPOSE, f"{NAME}={PATH}",
                                                                    "GOOGLE_CREDENTIALS=${GOOGLE_CREDENTIALS}")]),
        Sample("fails", "GitLab's first password",
               [replace(COMPOSE, "        external_url", f"{FIRST}        external_url")],
               says="key or password (not shown here)", file=COMPOSE, line="initial_root", findings=1),
        committed("where nothing else is set", "r.sh", f"TOKEN=${{1:-{RANDOM}}}\n", "TOKEN", "key or password"),
        committed("in a Makefile", "Makefile", f"RUNNER_TOKEN ?= {RANDOM}\n", "RUNNER", "key or password"),
        committed("in an address", "push.sh", f"git push http://me:{RANDOM}@gitlab.me/x.git\n", "git", "an address"),
        committed("by its name", "gitlab.yml", f"minio:\n  secretKey: '{RANDOM}'\n", "secretKey", "key or password"),
        Sample(
            "fails",
            "the runner's token",
            [replace(CONFIGURATION, '"$RUNNER_TOKEN"', f'"{RANDOM}"')],
            says="the value of a token, key or password (not shown here)",
            file=CONFIGURATION,
            line="token =",
            findings=1,
        ),
        Sample(
            "fails",
            "several of a kind",
            [write("a.env", f"A_TOKEN={RANDOM}\nB_TOKEN={RANDOM}\nHOOK={SECRETS['webhook']}\n")],
            says="the value of a token",
            findings=2,
        ),
    ],
)  # fmt: skip


def test_one_fault_one_message(tmp_path) -> None:
    """The token of a registration is told by the item about registrations, where that is asked too."""
    write_homework(tmp_path, BASE, [replace(REGISTER, '"$RUNNER_TOKEN"', RANDOM)])
    items = catalogue.load().items
    ids = ("gitlab-ci-1/runner-registration", "gitlab-ci-1/credentials")
    both = ask_all(Submission("both", WorkTree(tmp_path)), [items[id] for id in ids])
    assert [str(both[id].verdict) for id in ids] == ["failed", "unverified"]
    assert both[ids[1]].because_of == ids[0]
    alone = ask_all(Submission("alone", WorkTree(tmp_path)), [items[ids[1]]])
    assert [str(each.at) for each in alone[ids[1]].findings] == [f"{REGISTER}:5"]


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_never_shown(name: str, tmp_path) -> None:
    secret = SECRETS[name]
    script = f"docker run -e A='{secret}' -p {secret} gitlab/gitlab-runner register -n --token '{secret}'\n"
    files = {
        "README.md": f"`docker run -d -e REGISTRY_PROXY_REMOTEURL={secret} registry:2`\n{secret}\n",
        "run.sh": f"#!/bin/sh\nTOKEN={secret}\n{script}docker run -p 80 -e A='{secret}' gitlab/gitlab-ce\n",
        "config.toml": f'token = "{secret}"\nMachineOptions = ["engine-registry-mirror={secret}"]\n',
    }
    write_homework(tmp_path, files)
    items = catalogue.load().items
    ids = [
        f"gitlab-ci-1/{name}" for name in ("server", "runner", "runner-registration", "registry-mirror", "credentials")
    ]
    results = ask_all(Submission("it", WorkTree(tmp_path)), [items[id] for id in ids])
    parts = [part for part in secret.split("/") if len(part) > 8 and not part.startswith(("-----", "hooks"))]
    for result in results.values():
        shown = [said(finding) for finding in result.findings]
        shown += [text(each) for each in (result.reason, result.remedy) if each is not None]
        shown += [str(result.evidence), result.details or ""]
        assert not [line for line in shown if any(part in line for part in (secret, *parts))], shown
    assert any(result.findings for result in results.values())
