"""What a configuration of a runner may hold to do harm: each is bounded, and no secret of it is ever shown."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.course import Course
from pytest_dockerlab.messages import LANGUAGES, text
from pytest_dockerlab.results import ItemResult, Verdict
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask, said

ITEMS = ("runner-config", "autoscaling", "cache")
MANY = 60_000
SECRET = "canary77f0"
HEAD = 'concurrent = 1\n[[runners]]\nexecutor = "docker+machine"\n[runners.machine]\nMachineName = "a-%s"\n'


def submission(folder: Path, content: str | bytes, path: str = "config.toml") -> Submission:
    root = folder / "submission"
    root.mkdir()
    (root / path).write_bytes(content if isinstance(content, bytes) else content.encode())
    return Submission("hostile", WorkTree(root))


def results(of: Submission) -> list[ItemResult]:
    items = catalogue.load().items
    return [ask(items[f"gitlab-ci-1/{name}"], of, hw_course=Course()) for name in ITEMS]


def shown(result: ItemResult) -> str:
    parts = [result.reason, result.remedy]
    texts = [*map(said, result.findings), *(text(each) for each in parts if each is not None)]
    return "\n".join([*texts, json.dumps(result.to_json())])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (HEAD + "x = " + "[" * MANY, "nested deeper"),
        (HEAD + "x = " + "{a=" * MANY, "nested deeper"),
        (HEAD + "a." * MANY + "a = 1\n", "points in one line"),
        (HEAD + "[" + "a." * MANY + "a]\n", "points in one line"),
        (HEAD + "x = " + "9" * MANY + "\n", "cannot be read"),
        (HEAD + "# " + "x" * 300_000, "larger than"),
    ],
    ids=["arrays", "tables", "a dotted key", "a dotted header", "a number", "a comment"],
)
def test_what_is_too_much_is_unverified_with_its_place(tmp_path: Path, content: str, reason: str) -> None:
    for result in results(submission(tmp_path, content)):
        assert result.verdict is Verdict.UNVERIFIED, result.details
        assert reason in shown(result)
        assert "config.toml" in shown(result)


def test_a_large_readme_is_nothing_to_say_of_unless_there_is_one_in_it(tmp_path: Path) -> None:
    large = "# HW19\n" + "text\n" * 60_000
    for result in results(submission(tmp_path, large, "README.md")):
        assert result.verdict is Verdict.NOT_ATTEMPTED
    (tmp_path / "other").mkdir()
    for result in results(submission(tmp_path / "other", f"{large}```\n{HEAD}```\n", "README.md")):
        assert result.verdict is Verdict.UNVERIFIED


@pytest.mark.parametrize(
    "content",
    [
        HEAD + "".join(f"k{number} = 1\n" for number in range(15_000)),
        "[[runners]]\n" * 15_000,
        HEAD + "MachineOptions = [" + '"--x",' * 30_000 + "]\n",
        HEAD + "k" * 200_000 + " = 1\n",
        "[[runners]]\n" + "{{ a }}\n" * 25_000,
        "[[runners]]\n" + "{%" * 100_000,
        "[[runners]]\n" + '"' * 200_000,
        "[[runners]]\n" + "'''" * 60_000,
        "[[runners]]\nname = '" + "${" * 100_000,
        b"[[runners]]\nname = '\xff\xfe\x80'\n",
        "[[runners]]\nname = '\0'\n",
        "[[runners]]\n[runners]\n",
        HEAD.replace("a-%s", "%" * 10_000),
        HEAD.replace("a-%s", "\\u001b[31m%s"),
    ],
    ids=["keys", "runners", "options", "a long key", "lines to fill in", "conditions", "quotes", "more quotes",
         "a string to fill in", "no UTF-8", "a zero", "a table twice", "verbs", "an escape"],
)  # fmt: skip
def test_what_is_much_or_odd_is_judged(tmp_path: Path, content: str | bytes) -> None:
    for result in results(submission(tmp_path, content)):
        assert result.verdict is not Verdict.ERROR, result.details
        assert len(result.findings) <= 51


SECRETS = f"""\
concurrent = "x"
sentry_dsn = 7
[[runners]]
  url = "gitlab.somebody.ru"
  token = "GR1348941{SECRET}"
  executor = "docker+machine"
  environment = "PASSWORD={SECRET}"
  tokn = "{SECRET}"
  [runners.cache]
    Type = "s3"
    AccessKey = "{SECRET}"
    SecretKey = ["{SECRET}"]
    [runners.cache.s3]
      ServerAddress = "http://{SECRET}:{SECRET}@10.0.0.2:9005"
      SecretKey = "{SECRET}"
  [runners.machine]
    MachineName = "x"
    MachineDriver = "digitalocean"
    MachineOptions = ["--digitalocean-access-token={SECRET}", "amazonec2-secret-key={SECRET}", "a-token {SECRET}"]
"""


@pytest.mark.parametrize("path", ["config.toml", "config.toml.j2", "README.md"])
def test_no_secret_is_shown(tmp_path: Path, path: str) -> None:
    content = f"# HW19\n```\n{SECRETS}```\n" if path == "README.md" else SECRETS
    found = results(submission(tmp_path, content, path))
    assert [str(each.verdict) for each in found] == ["failed", "failed", "advised"]
    for result in found:
        assert result.findings
        for language in LANGUAGES:
            parts = [part for each in result.findings for part in (each.expected, each.found, each.hint)]
            texts = [text(part, language) for part in (*parts, *result.evidence.values()) if part is not None]
            assert SECRET not in "\n".join(texts)
        assert SECRET not in shown(result)
