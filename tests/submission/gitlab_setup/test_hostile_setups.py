"""Whatever is handed in, the definitions are read within the time of one reader, and only inside of the submission."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pytest_dockerlab.submission.budget import LIMITS
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.gitlab_setup.setup import find_setup
from pytest_dockerlab.submission.scan.committed_secrets import committed_secrets

SERVICE = "web:\n  image: gitlab/gitlab-ce:latest\n"
HEAD = "# gitlab registry minio\n"
RUN = "docker run -d -e A=B -v a:b -p 80:80 gitlab/gitlab-ce\n"


@pytest.mark.parametrize(
    ("path", "unit"),
    [
        ("README.md", "\\\n"),
        ("README.md", f"```\n{SERVICE}```\n"),
        ("README.md", "<<EOF\n"),
        ("README.md", "`docker run registry:2` "),
        ("run.sh", RUN),
        ("run.sh", f"cat <<EOF\n{SERVICE}EOF\n"),
        ("run.sh", RUN.strip() + " ; "),
        ("docker-compose.yml", "{{ a }}"),
        ("docker-compose.yml", "a: "),
        ("docker-compose.yml", "- image: gitlab/gitlab-ce\n"),
        ("group_vars/all", '- vars: {a: "{{ a }}{{ a }}"}\n  image: "{{ a }}"\n'),
        ("main.tf", 'a "b" {\n'),
        ("main.tf", '"${'),
        ("main.tf", "/*"),
        ("config.toml", 'registry-mirrors = ["http://a", '),
        ("a.env", "token: abcdEFGH1234abcd5678\n"),
    ],
)
def test_a_large_file_is_read_in_time(path: str, unit: str, tmp_path: Path) -> None:
    file = tmp_path / path
    file.parent.mkdir(exist_ok=True)
    file.write_text(HEAD + unit * (100_000 // len(unit)))
    begun = time.process_time()
    found = find_setup(WorkTree(tmp_path))
    committed_secrets(WorkTree(tmp_path))
    assert time.process_time() - begun < LIMITS.reader_seconds
    assert len(found.containers) <= 300
    assert len(found.registrations) <= 300


def test_variables_that_grow(tmp_path: Path) -> None:
    levels = "".join(f"v{n}: '" + f"{{{{ v{n + 1} }}}}" * 300 + "'\n" for n in range(6))
    (tmp_path / "group_vars").mkdir()
    (tmp_path / "group_vars" / "all").write_text(f"{levels}v6: x\n")
    (tmp_path / "site.yml").write_text('- docker_container:\n    image: "gitlab/gitlab-ce:{{ v0 }}"\n    name: a\n')
    begun = time.process_time()
    (server,) = find_setup(WorkTree(tmp_path)).servers
    assert time.process_time() - begun < LIMITS.reader_seconds
    assert server.tag is None or len(server.tag) < 10_000


def test_a_bomb_of_aliases_is_named_and_the_rest_is_read(tmp_path: Path) -> None:
    levels = "".join(f"l{n}: &l{n} [{', '.join([f'*l{n - 1}'] * 9)}]\n" for n in range(1, 9))
    (tmp_path / "docker-compose.yml").write_text(f"{HEAD}l0: &l0 [x]\n{levels}{SERVICE}")
    (tmp_path / "other.yml").write_text(SERVICE)
    found = find_setup(WorkTree(tmp_path))
    assert [each.location.file for each in found.servers] == ["other.yml"]
    assert [(each.at.file, each.is_limit) for each in found.problems] == [("docker-compose.yml", True)]


def test_a_file_that_is_too_large_is_named(tmp_path: Path) -> None:
    (tmp_path / "docker-compose.yml").write_text(SERVICE + "#\n" * LIMITS.yaml_bytes)
    (tmp_path / "README.md").write_text(f"```\n{SERVICE}```\n" + "a\n" * LIMITS.readme_bytes)
    found = find_setup(WorkTree(tmp_path))
    assert found.servers == ()
    assert sorted((each.at.file, each.is_limit) for each in found.problems) == [
        ("README.md", True),
        ("docker-compose.yml", True),
    ]


def test_links_lead_nowhere(tmp_path: Path) -> None:
    outside = tmp_path / "outside.yml"
    outside.write_text(SERVICE)
    (tmp_path / "key.pem").write_text(
        "-----BEGIN PRIVATE " + "KEY-----\n" + "MIIEowIBAAKCAQEA7f3Jk2Lm9Qw8Zx1Cv4Bn6Ty5Ui0Op9\n"
    )
    inside = tmp_path / "inside"
    (inside / "group_vars").mkdir(parents=True)
    (inside / "docker-compose.yml").symlink_to(outside)
    (inside / "run.sh").symlink_to("../outside.yml")
    (inside / "group_vars" / "all").symlink_to("/etc/passwd")
    (inside / "loop.yml").symlink_to("loop.yml")
    (inside / "key.pem").symlink_to("../key.pem")
    assert find_setup(WorkTree(inside)).containers == ()
    assert committed_secrets(WorkTree(inside)).found == ()


def test_more_files_than_are_searched_for_secrets(tmp_path: Path) -> None:
    for number in range(40):
        (tmp_path / f"{number:02}.txt").write_text("a word\n" * 36_000)
    found = committed_secrets(WorkTree(tmp_path))
    assert found.found == ()
    assert found.unread == "33.txt"
