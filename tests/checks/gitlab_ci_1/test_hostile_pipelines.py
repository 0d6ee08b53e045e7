"""What a pipeline may hold to do harm: each is bounded, nothing outside is read, and no secret is shown."""

from __future__ import annotations

import json
import time
from pathlib import Path

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.messages import LANGUAGES, text
from pytest_dockerlab.results import ItemResult, Verdict
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.submission import Submission
from pytest_dockerlab.testing import ask_all, write, write_homework

from ._homework import BASE, CI

SECRET = "glpat-Zx8Qw3Lm9Tr4Vb7Nk2Jd"
PASSWORD = "correct-horse-battery"
SECONDS = 6.0
"""Of processor time for both items: far more than each takes here, far less than what is quadratic would."""


def asked(folder: Path, pipeline: str, **files: str) -> tuple[ItemResult, ItemResult]:
    """What both items say of a homework with this pipeline."""
    edits = [write(CI, pipeline), *(write(path, content) for path, content in files.items())]
    write_homework(folder / "homework", BASE, edits)
    items = catalogue.load().items
    ids = ["gitlab-ci-1/pipeline-file", "gitlab-ci-1/tests-in-repo"]
    results = ask_all(Submission("hostile", WorkTree(folder / "homework")), [items[id] for id in ids])
    return results[ids[0]], results[ids[1]]


def everything_said(result: ItemResult) -> str:
    """All texts of a result, in every language."""
    said = [part for finding in result.findings for part in (finding.expected, finding.found, finding.hint, finding.at)]
    said += [result.reason, result.remedy, result.details, *result.evidence.values()]
    return "\n".join(text(each, language) for each in said if each is not None for language in LANGUAGES)


LONG = "job" * 9
HOSTILE = {
    "many jobs": "".join(f"j{n}: {{script: x}}\n" for n in range(10_000)),
    "many wrong jobs": "".join(f"j{n}: {{scirpt: x, stage: nope, needs: [q]}}\n" for n in range(600)),
    "long chain": "".join(f"j{n}: {{script: x, needs: [j{n + 1}]}}\n" for n in range(800)) + "j800: {script: x}\n",
    "long circle": "".join(f"j{n}: {{script: x, needs: [j{(n + 1) % 800}]}}\n" for n in range(800)),
    "near names": "".join(f"{LONG}{n}: {{script: x, needs: [{LONG}x{n}]}}\n" for n in range(800)),
    "wrong rules": "j:\n  script: x\n  rules:\n" + "    - {if: [], when: bad, foo: 1}\n" * 800,
    "many extends": f".a: {{variables: {{{','.join(f'A{n}: b' for n in range(500))}}}}}\n"
    + "".join(f"j{n}: {{extends: [.a, .a, .a, .a], script: x}}\n" for n in range(50)),
    "stars": "include: '" + "*a" * 200 + ".yml'\nj: {script: x}\n",
    "long script": "j:\n  script:\n" + "    - cd a; ruby x_test.rb; (cd b && bundle exec rake test)\n" * 3000,
    "brackets": "j:\n  script:\n    - '" + "(" * 20_000 + "'\n    - '" + "$(" * 20_000 + "'\n",
    "options": "j:\n  script: ruby " + "-p " * 30_000 + "\n",
    "containers": "j:\n  script: docker run " + "ruby simpletest.rb " * 10_000 + "\n",
}


@pytest.mark.parametrize("pipeline", HOSTILE.values(), ids=HOSTILE.keys())
def test_what_is_made_to_be_slow_is_not(tmp_path: Path, pipeline: str) -> None:
    begun = time.process_time()
    results = asked(tmp_path, pipeline)
    assert time.process_time() - begun < SECONDS
    for result in results:
        assert result.verdict is not Verdict.ERROR, result.details
        assert len(everything_said(result)) < 100_000


def test_a_test_that_requires_thousands_of_files(tmp_path: Path) -> None:
    requires = "require_relative './x'\n" * 20_000
    begun = time.process_time()
    _file, tests = asked(tmp_path, BASE[CI], **{"reddit/simpletest.rb": f"def test_a\n{requires}"})
    assert time.process_time() - begun < SECONDS
    assert tests.verdict is Verdict.FAILED


@pytest.mark.parametrize(
    "edit",
    [
        f"include: https://user:{PASSWORD}@ci.test/x.yml?private_token={SECRET}\n",
        f"include: {{project: group/{SECRET}, file: x.yml}}\n",
        f"include: {{local: '{SECRET}.yml'}}\n",
        f"a:\n  script: docker login -u me -p {PASSWORD} {SECRET}\n",
        f"a:\n  script: curl --header PRIVATE-TOKEN={SECRET} && PASSWORD={PASSWORD} ruby nothing_test.rb\n",
        f"a:\n  script: ruby nothing_test.rb --password {PASSWORD} --token={SECRET}\n",
        f"variables: {{DATABASE_URL: 'mongodb://me:{PASSWORD}@elsewhere/{SECRET}'}}\n"
        "a: {services: [mongo], script: [cd reddit && bundle && ruby simpletest.rb]}\n",
        f"DATABASE_URL: mongodb://me:{PASSWORD}@elsewhere/{SECRET}\na: {{script: x}}\n",
        f"a: {{script: x, when: '{SECRET}'}}\n",
        f"a: {{script: x, variables: '{PASSWORD} {SECRET}'}}\n",
    ],
)
@pytest.mark.parametrize("rest", ["", "b: {extends: .elsewhere}\n"])
def test_no_secret_is_shown(tmp_path: Path, edit: str, rest: str) -> None:
    for result in asked(tmp_path, edit + rest):
        assert SECRET[6:] not in everything_said(result)
        assert PASSWORD not in everything_said(result)


def test_results_hold_nothing_that_json_cannot(tmp_path: Path) -> None:
    pipeline, _tests = asked(tmp_path, "a: {script: x, when: 2018-01-01, parallel: .inf, retry: 0o7, timeout: 1:30}\n")
    assert pipeline.verdict is Verdict.FAILED
    json.dumps(everything_said(pipeline), allow_nan=False)
