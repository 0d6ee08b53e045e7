"""What is taken for a secret, and that nothing of one is left where it is taken out."""

from __future__ import annotations

import secrets

import pytest

from pytest_dockerlab.submission.text.secrets import find_secrets, is_random, masked, redacted

# In two parts, so that nobody who looks for secrets takes them for one of ours.
RANDOM = "Xy7pQ2mZ9" + "kLw4RbT1vNc"
HEX = "9f86d081884c7d65" + "9a2feaa0c55ad015"
SECRETS = [
    f"glpat-{RANDOM}",
    f"GR1348941{RANDOM}",
    f"https://hooks.slack.com/services/T0B1C2D3E/B9F8G7H6J/{RANDOM}aB3d",
    "AKIA" + "QW7RTY3PLK9MNB2V",
    "xoxb-" + "123456789012-" + RANDOM,
    f"dckr_pat_{RANDOM}",
    f"ghp_{RANDOM}aB3dE5fG7h",
    "ghs_1234567_" + f"eyJhbGciOiJSUzI1NiJ9.{RANDOM * 8}.{RANDOM * 16}",
    f'access_key = "{HEX}"',
    f"REG_TOKEN={RANDOM}",
    f"  password: '{RANDOM}'",
    f'"secretKey":"{RANDOM}"',
    "AIza" + "SyD4f7Gh2Jk9Lm3Np6Qr8St1Vw5Xy0Zb2Cd",
]


@pytest.mark.parametrize("line", SECRETS)
def test_secrets(line: str) -> None:
    text = f"a word\n{line}\nanother\n"
    assert [each.line for each in find_secrets(text)] == [2]
    assert list(find_secrets(redacted(text))) == []


@pytest.mark.parametrize(
    "line",
    [
        "glrt-XXXXXXXXXXXXXXXXXXXX",
        "glpat-your-own-token-goes-here",
        "https://hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX",
        "AKIAIOSFODNN7EXAMPLE",
        "token: $CI_REGISTRY_TOKEN_OF_MINE",
        "token = {{ vault_gitlab_runner_token }}",
        "RUNNER_TOKEN=PROJECT_REGISTRATION_TOKEN",
        "secret_path: /srv/gitlab-runner/config",
        "tokens: my-autoscale-runner-2018-02-22",
        "api_key: aaaaaaaaaaaaaaaaaaaaaaaa",
        "password: correct_horse_battery_staple",
        "the token expires in 2018-02-22T06:36:57",
        "image: registry@sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
        "-----BEGIN PUBLIC KEY-----",
        "ssh-rsa AAAAB3NzaC1yc2EAAAADAQABAAABAQ",
    ],
)
def test_what_is_none(line: str) -> None:
    assert list(find_secrets(line)) == []


def test_a_private_key_is_found_where_it_begins() -> None:
    body = "MIIEowIBAAKCAQEA7f3Jk2Lm9Qw8Zx1Cv4Bn6Ty5Ui0Op9"
    for key in (f"-----BEGIN OPENSSH PRIVATE KEY-----\n{body}\n", f'"-----BEGIN PRIVATE KEY-----\\n{body}\\n"'):
        assert [each.line for each in find_secrets(f"\n\n{key}")] == [3]
    encrypted = "-----BEGIN RSA PRIVATE KEY-----\nProc-Type: 4,ENCRYPTED\n"
    assert list(find_secrets(encrypted)) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [(RANDOM, True), (HEX, True), ("short1A", False), ("gitlab-runner-autoscale", False), ("a b" + RANDOM, False)],
)
def test_what_a_generator_makes(text: str, expected: bool) -> None:
    assert is_random(text) is expected


@pytest.mark.parametrize("prefix", ["glrt-", "GR1348941", "glpat-", "dckr_pat_", "token = "])
def test_a_quoted_token_goes(prefix: str) -> None:
    token = f"{prefix}{secrets.token_hex(16)}aB3dE6gH9"
    assert masked(f"{token!r} is no number").endswith("is no number")
    assert token[-10:] not in masked(f"{token!r} is no number")


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("http://me:hunter2@10.0.0.1:9005", "http://me:[…]@10.0.0.1:9005"),
        ("write me:hunter2@10.0.0.1:9005", "write me:[…]@10.0.0.1:9005"),
    ],
)
def test_a_login_keeps_its_name(text: str, left: str) -> None:
    assert masked(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "token = REGISTRATION_TOKEN_OF_RUNNER",
        "http://me:${PASSWORD}@10.0.0.1",
        "debian:12@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "--hw-registry public|[USER:PASSWORD@]HOST[:PORT]",
        "ssh://git@gitlab.com:22/a/b.git",
        "a key, a secret and a password are no places: write to me@example.com",
    ],
)
def test_what_is_none_stays(text: str) -> None:
    assert masked(text) == text
