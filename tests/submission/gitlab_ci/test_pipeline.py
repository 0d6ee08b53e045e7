"""The pipeline as GitLab would put it together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from pytest_dockerlab.errors import LimitExceeded
from pytest_dockerlab.findings import Mismatch
from pytest_dockerlab.messages import text
from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.gitlab_ci.pipeline import Pipeline
from pytest_dockerlab.testing import said

Read = Callable[..., Pipeline]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """The pipeline of a text, and of further files beside it."""

    def read(content: str, files: Mapping[str, str] | None = None) -> Pipeline:
        for path, written in {".gitlab-ci.yml": content, **(files or {})}.items():
            (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / path).write_text(written)
        return Pipeline.read(WorkTree(tmp_path))

    return read


def plain(pipeline: Pipeline) -> dict[str, dict[str, Any]]:
    """The jobs as plain data, without what they extended."""
    return {
        name: {key: each for key, each in job.value.plain().items() if key != "extends"}
        for name, job in pipeline.jobs.items()
    }


def test_a_plain_pipeline(read: Read) -> None:
    pipeline = read(
        "image: ruby:2.4.2\n"
        "stages: [check, branch review]\n"
        "variables: {A: 1, B: {value: b, description: of b}}\n"
        "before_script:\n"
        "  - cd reddit\n"
        "unit tests:\n"
        "  stage: check\n"
        "  variables: {A: 2}\n"
        "  services:\n"
        "    - mongo:latest\n"
        "    - name: registry.local:5000/group/mongo:3@sha256:00\n"
        "      alias: db, store\n"
        "  script: ruby simpletest.rb\n"
        ".hidden: anything at all\n"
    )
    assert [stage.name for stage in pipeline.stages] == [".pre", "check", "branch review", ".post"]
    (job,) = pipeline.jobs.values()
    assert (job.name, job.stage, job.image, job.at.line) == ("unit tests", "check", "ruby:2.4.2", 6)
    assert [each.text for each in (*job.before_script, *job.script)] == ["cd reddit", "ruby simpletest.rb"]
    assert {name: value.text for name, value in job.variables.items()} == {"A": "2", "B": "b"}
    first, second = job.services
    assert (first.hosts, first.at.line) == ({"mongo"}, 10)
    assert second.hosts == {"registry.local__group__mongo", "registry.local-group-mongo", "db", "store"}
    assert job.is_expanded


def test_extends_merges_mappings_and_replaces_everything_else(read: Read) -> None:
    pipeline = read("""\
.base:
  variables: {A: a, B: b}
  script: [one, two]
  services: [mongo]
  image: ruby
.more:
  variables: {B: more, C: c}
  only: [main]
child:
  extends: [.base, .more]
  variables: {C: child}
  script: [three]
  services: null
grandchild:
  extends: child
  image: {name: python}
""")
    child = {"variables": {"A": "a", "B": "more", "C": "child"}, "script": ["three"], "image": "ruby", "only": ["main"]}
    assert plain(pipeline) == {"child": child, "grandchild": {**child, "image": {"name": "python"}}}
    assert pipeline.problems == []


def test_references_anchors_and_merges(read: Read) -> None:
    pipeline = read("""\
.anchor: &anchor
  tags: [a]
  script: &script
    - one
    - two
.another: &another {tags: [b], when: manual}
.setup:
  script:
    - !reference [.deep, script]
    - three
  rules:
    - if: $A
.deep:
  script: deep
job:
  <<: [*anchor, *another]
  rules:
    - !reference [.setup, rules]
    - when: never
  script:
    - *script
    - !reference [.setup, script]
    - last
  variables: !reference [.values, variables]
.values:
  variables: {A: 1}
""")
    job = pipeline.jobs["job"]
    assert [each.text for each in job.script] == ["one", "two", "deep", "three", "last"]
    assert [(each.at.line, each.text) for each in job.script][2:] == [(14, "deep"), (10, "three"), (23, "last")]
    assert (job.tags, job.when, job.variables["A"].data) == (("a",), "manual", 1)
    assert [rule.plain() for rule in job.rules] == [{"if": "$A"}, {"when": "never"}]


def test_a_merge_below_a_key_takes_its_place_as_in_ruby(read: Read) -> None:
    job = read(".a: &a {when: manual}\nb:\n  when: always\n  <<: *a\n  script: x\n").jobs["b"]
    assert job.when == "manual"


def test_of_a_key_twice_the_last_one_counts_and_both_are_told(read: Read) -> None:
    pipeline = read("a:\n  script: one\na:\n  script: two\n")
    assert plain(pipeline) == {"a": {"script": "two"}}
    ((path, duplicate),) = pipeline.duplicates
    assert (path, duplicate.key, duplicate.lines) == (".gitlab-ci.yml", "a", (1, 3))


def test_default_and_what_a_job_inherits(read: Read) -> None:
    pipeline = read("""\
default:
  image: ruby
  services: [mongo]
  before_script: [setup]
variables: {A: a, B: b}
all: {script: x}
none: {script: x, inherit: {default: false, variables: false}}
some: {script: x, inherit: {default: [image], variables: [B]}}
own: {script: x, services: [], before_script: []}
""")
    jobs = pipeline.jobs
    assert {name: (job.image, len(job.services), len(job.before_script)) for name, job in jobs.items()} == {
        "all": ("ruby", 1, 1), "none": (None, 0, 0), "some": ("ruby", 0, 0), "own": ("ruby", 0, 0),
    }  # fmt: skip
    assert {name: list(job.variables) for name, job in jobs.items()} == {
        "all": ["A", "B"], "none": [], "some": ["B"], "own": ["A", "B"],
    }  # fmt: skip


def test_a_header_and_types_of_old(read: Read) -> None:
    pipeline = read("spec:\n  inputs: {a: {default: b}}\n---\ntypes: [one]\njob:\n  type: one\n  script: x\n")
    assert [each.name for each in pipeline.stages] == [".pre", "one", ".post"]
    assert pipeline.jobs["job"].stage == "one"
    assert pipeline.problems == []


def test_a_second_document_is_read_by_nobody(read: Read) -> None:
    pipeline = read("a: {script: x}\n---\nb: {script: x}\n")
    assert list(pipeline.jobs) == ["a"]
    (problem,) = pipeline.problems
    assert (str(problem.at), said(problem)) == (
        ".gitlab-ci.yml:3",
        "one document is the pipeline | a further document, which GitLab does not read | "
        "put the jobs into one document: delete the line ---",
    )


def test_local_includes_are_read_and_the_file_itself_is_above_them(read: Read) -> None:
    pipeline = read(
        "include:\n  - /ci/first.yml\n  - local: ci/**.yml\njob:\n  extends: .base\n  variables: {A: own}\n",
        {
            "ci/first.yml": ".base: {variables: {A: first, B: first}, script: [first]}\njob: {when: manual}\n",
            "ci/deep/second.yml": "include: {local: ci/deep/third.yaml}\n.base: {script: [second]}\n",
            "ci/deep/third.yaml": ".base: {script: [third], variables: {C: third}}\n",
        },
    )
    job = pipeline.jobs["job"]
    assert {name: value.text for name, value in job.variables.items()} == {"A": "own", "B": "first", "C": "third"}
    assert (job.when, [str(each.at) for each in job.script]) == ("manual", ["ci/first.yml:1"])
    assert pipeline.not_followed is None


def test_stars_are_within_a_folder_or_through_folders(read: Read) -> None:
    files = {path: f"{path[:-4]}: {{script: x}}\n" for path in ("ci/a.yml", "ci/in/b.yml", "ci/in/in/c.yml")}
    found = {
        pattern: list(read(f"include: {pattern}\n", files).jobs)
        for pattern in ("ci/*.yml", "/ci/*/*.yml", "ci/**.yml", "ci/**/*.yml", "'*.yml'", "ci/nothing*.yml")
    }
    assert found == {
        "ci/*.yml": ["ci/a"],
        "/ci/*/*.yml": ["ci/in/b"],
        "ci/**.yml": ["ci/a", "ci/in/b", "ci/in/in/c"],
        "ci/**/*.yml": ["ci/in/b", "ci/in/in/c"],
        "'*.yml'": [],
        "ci/nothing*.yml": [],
    }


@pytest.mark.parametrize(
    "include",
    [
        "https://somewhere.test/ci.yml",
        "{remote: 'https://somewhere.test/ci.yml'}",
        "{project: group/ci, file: [a.yml, b.yml]}",
        "{template: Ruby.gitlab-ci.yml}",
        "{component: $CI_SERVER_FQDN/group/x@1}",
        "{local: 'ci/$WHICH.yml'}",
    ],
)
def test_what_is_not_in_the_repository_is_said_and_not_guessed(read: Read, include: str) -> None:
    pipeline = read(
        f"include:\n  - {include}\n"
        "whole: {script: x}\n"
        "half:\n  extends: .elsewhere\n"
        "other:\n  script:\n    - one\n    - !reference [.elsewhere, script]\n"
    )
    assert pipeline.problems == []
    assert pipeline.not_followed is not None
    assert {name: job.is_expanded for name, job in pipeline.jobs.items()} == {
        "whole": True, "half": False, "other": False,
    }  # fmt: skip
    (unexpanded,) = pipeline.jobs["other"].unexpanded
    assert "which is not in the repository" in text(unexpanded.reason)
    assert unexpanded.at.line == 9


def test_an_input_is_not_guessed(read: Read) -> None:
    job = read("spec:\n  inputs: {x: }\n---\njob:\n  script: make $[[ inputs.x ]]\n").jobs["job"]
    assert [(text(each.reason), each.at.line) for each in job.unexpanded] == [
        ("what is given to an input is put there by GitLab", 5)
    ]


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("a: {extends: .base, script: x}\n", 1, "a extends .base, which is no job of this pipeline"),
        (".bases: {}\na:\n  script: x\n  extends:\n    - .bass\n", 5, "write .bases"),
        (".a: text\nb: {extends: .a}\n", 2, "no job"),
        ("a:\n  extends: b\nb:\n  extends: a\n", 2, "a, b, a extend one another"),
        ("".join(f"j{n}: {{extends: j{n + 1}}}\n" for n in range(20)) + "j20: {script: x}\n", 12, "more than 11"),
        ("a:\n  script:\n    - !reference [.b, script]\n", 3, "!reference [.b, script]: no such key"),
        (".sets: {script: x}\na:\n  script:\n    - !reference [.set, script]\n", 4, "write .sets"),
        ("a:\n  script:\n    - !reference [a, script]\n", 3, "leads back to itself"),
        ("include: ci/none.yml\n", 1, "ci/none.yml: no such file"),
        ("include:\n  local: ../outside.yml\n", 2, "leads out of its folder"),
        ("include: {local: /etc/passwd}\n", 1, "does not end in .yml"),
        ("include: {local: /etc/passwd.yml}\n", 1, "etc/passwd.yml: no such file"),
        ("include: .gitlab-ci.yml\n", 1, "include one another: .gitlab-ci.yml, .gitlab-ci.yml"),
    ],
)  # fmt: skip
def test_what_gitlab_refuses_has_its_place(read: Read, content: str, line: int, says: str) -> None:
    (problem,) = read(content).problems
    assert says in said(problem)
    assert str(problem.at) == f".gitlab-ci.yml:{line}"


@pytest.mark.parametrize("is_downwards", [True, False], ids=["downwards", "upwards"])
@pytest.mark.parametrize("count", [11, 12, 30])
def test_eleven_levels_are_not_too_many(read: Read, count: int, is_downwards: bool) -> None:
    chain = [*(f"j{n}: {{extends: j{n + 1}}}\n" for n in range(count - 1)), f"j{count - 1}: {{script: x}}\n"]
    problems = read("".join(chain[:: 1 if is_downwards else -1])).problems
    assert bool(problems) == (count > 11)
    assert all("more than 11 levels" in said(problem) for problem in problems)


def test_a_file_that_may_not_be_asked_for_need_not_be_there(read: Read) -> None:
    pipeline = read("include:\n  - local: none.yml\n    rules: [{exists: [none.yml]}]\na: {script: x}\n")
    assert pipeline.problems == []


@pytest.mark.parametrize(
    ("content", "line", "says"),
    [
        ("a: [\n", 2, "invalid YAML"),
        ("a:\n  script:\n    - 'open\n", 3, "a quote that is not closed"),
        ("- a\n", 1, "no key at the outermost level"),
        ("", None, "nothing"),
        ("a: &a [*a]\n", 1, "inside the value it refers to"),
        ("a: *b\n", 1, "not defined"),
    ],
)
def test_what_is_no_pipeline_at_all(read: Read, content: str, line: int | None, says: str) -> None:
    with pytest.raises(Mismatch) as raised:
        read(content)
    finding = raised.value.finding
    assert says in said(finding)
    assert finding.at is not None
    assert (finding.at.file, finding.at.line) == (".gitlab-ci.yml", line)


def test_a_pipeline_under_another_name(tmp_path: Path) -> None:
    (tmp_path / "gitlab-ci.yml").write_text("a: {script: x}\n")
    with pytest.raises(Mismatch) as raised:
        Pipeline.read(WorkTree(tmp_path))
    assert "near names: gitlab-ci.yml" in said(raised.value.finding)


BOMB = "".join(f".b{n}:\n  script:\n" + f"    - !reference [.b{n + 1}, script]\n" * 10 for n in range(8))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("".join(f"job {n}: {{script: x}}\n" for n in range(10_000)), "more than 20000 values"),
        (f"a: {{script: '{'x' * 300_000}'}}\n", "larger than 256 KiB"),
        ("a: &a [x, x, x, x, x, x, x, x, x, x]\n" + "".join(
            f"{name}: &{name} [*{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}, *{of}]\n"
            for of, name in zip("abcdefg", "bcdefgh", strict=True)), "more than 20000 values"),
        (BOMB + ".b8: {script: [x]}\njob: {script: [!reference [.b0, script]]}\n", "more than 100000 values"),
        (".base: {script: [" + "x, " * 2000 + "x]}\n" + "".join(f"j{n}: {{extends: .base}}\n" for n in range(2000)),
         "more than 100000 values"),
        ("a: " + "[" * 60 + "]" * 60 + "\n", "deeper than 40"),
    ],
    ids=["jobs", "bytes", "aliases", "references", "extends", "depth"],
)  # fmt: skip
def test_what_is_too_much_is_not_read(read: Read, content: str, says: str) -> None:
    with pytest.raises(LimitExceeded, match=says):
        read(content)


def test_too_many_files_are_not_read(read: Read) -> None:
    files = {f"ci/{n}.yml": "x: {script: x}\n" for n in range(151)}
    with pytest.raises(LimitExceeded, match="more than 150 files"):
        read("include: ci/*.yml\n", files)


def test_an_include_of_a_link_that_leads_out_is_refused(read: Read, tmp_path: Path) -> None:
    (tmp_path / "out.yml").symlink_to("/etc/hostname")
    (problem,) = read("include: out.yml\na: {script: x}\n").problems
    assert "a symbolic link leads out of the submission" in said(problem)
