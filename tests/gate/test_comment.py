"""``dockerlab comment``: the installed command against a GitHub of ours, with results of a real check."""

import copy
import io
import json
import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from pytest_dockerlab.gate.artifact import MAX_ARCHIVE_BYTES, MAX_RESULTS_BYTES, NoArtifact, results_in
from pytest_dockerlab.gate.comment_text import LONGEST, MARK, of_results
from pytest_dockerlab.gate.github import client
from pytest_dockerlab.gate.workflow_run import read_event

from .fake_github import BOT, Fault, fake_github
from .test_hostile import ATTRIBUTES, PAYLOADS, TAGS, render

EXAMPLE = Path(__file__).parents[2] / "examples" / "reddit"
DOCKERLAB = Path(sys.executable).with_name("dockerlab")
GITS = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_SYSTEM": os.devnull}


@pytest.fixture(scope="module")
def checked(tmp_path_factory):
    """The commit of a homework with a fault, and the results.json of its check."""
    folder = tmp_path_factory.mktemp("work") / "ivanov_microservices"
    shutil.copytree(EXAMPLE, folder)
    compose = next(folder.rglob("docker-compose.yml"))
    compose.write_text(compose.read_text().replace("${UI_PORT}:", "9292:"))
    for words in (["init", "-q", "-b", "docker-4"], ["add", "-A"], ["commit", "-q", "-m", "homework"]):
        who = ["-c", "user.name=ivanov", "-c", "user.email=i@example.org"]
        subprocess.run(["git", "-C", folder, *who, *words], check=True, env={**os.environ, **GITS})
    sha = subprocess.run(["git", "-C", folder, "rev-parse", "HEAD"], capture_output=True, text=True, check=True).stdout
    results = folder.parent / "results.json"
    words = [DOCKERLAB, "check", folder, "--hw", "17", "--hw-tier", "files"]
    done = subprocess.run([*words, "--hw-results", results], capture_output=True, text=True)
    assert done.returncode == 1, done.stdout + done.stderr
    return sha.strip(), json.loads(results.read_text())


class Course:
    """A course's repository, and a pull request to it from a student's fork, whose gate has run."""

    def __init__(self, github, tmp_path, sha, results):
        self.github = github
        self.tmp_path = tmp_path
        self.sha = sha
        self.results = copy.deepcopy(results)
        self.base = github.repository("course/homework")
        self.fork = github.fork(self.base, "ivanov")
        self.pull = github.pull(self.base, self.fork, "docker-4", sha)

    def run(self, archive=None, **words):
        """A run of the gate that left these results, or this archive; no bytes: none."""
        run = self.github.run(self.base, self.sha, **{"head": self.fork, "conclusion": "failure", **words})
        archive = zipped(json.dumps(self.results)) if archive is None else archive
        if archive:
            self.github.artifact(run, archive)
        return run

    def comment(self, run, *words, **environ):
        """What the command does in the workflow that the run's end starts."""
        event = self.tmp_path / "event.json"
        event.write_text(json.dumps(self.github.event(run)))
        known = {
            "PATH": os.environ["PATH"],
            "GITHUB_ACTIONS": "true",
            "GITHUB_EVENT_NAME": "workflow_run",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_REPOSITORY": "course/homework",
            "GITHUB_API_URL": self.github.url,
            "GITHUB_TOKEN": self.github.token,
        }
        known = {name: value for name, value in (known | environ).items() if value is not None}
        return subprocess.run([DOCKERLAB, "comment", *words], capture_output=True, text=True, env=known)

    def commented(self, *words, number=1):
        """The one comment of ours, after a run of the command that succeeds."""
        done = self.comment(*words)
        assert (done.returncode, done.stderr) == (0, ""), done.stderr
        (ours,) = [each for each in self.github.comments[number] if each["user"]["login"] == BOT]
        return ours["body"]

    @property
    def written(self):
        return [each for each in self.github.requests if not each.startswith("GET")]


@pytest.fixture
def course(tmp_path, checked):
    with fake_github() as github:
        yield Course(github, tmp_path, *checked)


def zipped(content, name="results.json", method=zipfile.ZIP_DEFLATED):
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as file:
        file.writestr(name, content)
    return made.getvalue()


def test_a_fork_s_pull_request_is_told_what_is_wrong(course):
    run = course.run()
    assert run["pull_requests"] == []
    body = course.commented(run)
    failed = [each["id"] for each in course.results["submissions"][0]["items"] if each["verdict"] == "failed"]
    assert body.startswith(MARK)
    assert failed
    assert all(id in body for id in failed)
    assert "docker-compose.yml:" in body
    assert f"]({run['html_url']})" in body
    assert "can change that workflow" in body


def test_the_token_goes_to_the_api_alone(course):
    course.commented(course.run())
    asked = dict(zip(course.github.requests, course.github.tokens, strict=True))
    (storage,) = [each for each in asked if ".zip?" in each]
    assert asked.pop(storage) == ""
    assert all(token.endswith(course.github.token) for token in asked.values())


def test_a_later_run_writes_the_comment_anew(course):
    first = course.commented(course.run())
    course.results["submissions"][0]["items"] = [
        each for each in course.results["submissions"][0]["items"] if each["verdict"] != "failed"
    ]
    second = course.commented(course.run(conclusion="success"))
    assert second != first
    assert [each.partition(" ")[0] for each in course.written] == ["POST", "PATCH"]


def test_what_is_said_already_is_not_written_again(course):
    run = course.run()
    course.commented(run)
    done = course.comment(run)
    assert "says so already" in done.stdout
    assert len(course.written) == 1


def test_nobody_else_s_comment_is_written_over(course):
    course.github.comment(1, MARK, "somebody who is gone")["user"] = None
    others = course.github.comment(1, f"{MARK}\nall passed", "ivanov")
    for number in range(120):
        course.github.comment(1, f"remark {number}", "teacher")
    course.comment(course.run())
    course.comment(course.run())  # ours is on the second page
    assert others["body"] == f"{MARK}\nall passed"
    assert [each.partition(" ")[0] for each in course.written] == ["POST", "PATCH"]


def test_a_commit_that_was_pushed_over_is_not_told(course):
    run = course.run()
    course.pull["head"]["sha"] = "f" * 40
    done = course.comment(run)
    assert (done.returncode, course.written) == (0, [])
    assert "there is a later push" in done.stdout


def test_a_closed_pull_request_is_not_told(course):
    run = course.run()
    course.pull["state"] = "closed"
    assert course.comment(run).returncode == 0
    assert course.written == []


def test_the_pull_request_is_the_one_of_the_repository_that_was_pushed_to(course):
    other = course.github.fork(course.base, "petrova")
    course.github.pull(course.base, other, "docker-4", course.sha)  # the same commit, on a branch of the same name
    run = course.run(head=other)
    done = course.comment(run)
    assert done.returncode == 0, done.stderr
    assert course.written == ["POST /repos/course/homework/issues/2/comments"]


def test_a_branch_of_the_repository_itself_is_found_too(course):
    course.github.pull(course.base, course.base, "hw17", course.sha)
    assert course.commented(course.run(head=course.base, branch="hw17"), number=2)


@pytest.mark.parametrize("gone", ["head_repository", "the pull request's"])
def test_a_fork_that_is_gone_is_not_told(course, gone):
    run = course.run()
    if gone == "head_repository":
        run["head_repository"] = None
    else:
        course.pull["head"]["repo"] = None
    assert course.comment(run).returncode == 0
    assert course.written == []


def twice():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        file.writestr("results.json", "{}")
        with pytest.warns(UserWarning, match="Duplicate name"):
            file.writestr("results.json", "{}")
    return made.getvalue()


def encrypted():
    content = bytearray(zipped("{}"))
    content[content.index(b"PK\x01\x02") + 8] |= 1
    content[6] |= 1
    return bytes(content)


def many():
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as file:
        for number in range(101):
            file.writestr(f"../../{number}", "")
        file.writestr("results.json", "{}")
    return made.getvalue()


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (lambda: zipped("{}")[:-10], "no zip file"),
        (lambda: zipped("{}", "../results.json"), "has no results.json"),
        (twice, "or two of them"),
        (many, "has 102 files"),
        (encrypted, "no zip file that can be read"),
        (lambda: zipped("{}", method=zipfile.ZIP_LZMA), "packed in an unusual way"),
        (lambda: zipped(b"0" * (MAX_RESULTS_BYTES + 1)), f"more than {MAX_RESULTS_BYTES} bytes"),
        (lambda: zipped("[" * 100_000), "is no JSON"),
        (lambda: zipped(b"\xff\xfe"), "is no JSON"),
        (lambda: zipped('{"schema": 1}'), "is no results.json"),
    ],
)
def test_what_is_no_gate_s_artifact_is_refused(archive, said):
    with pytest.raises(NoArtifact, match=said):
        results_in(archive())


@pytest.mark.parametrize(
    ("archive", "said"),
    [
        (b"PK\x03\x04 no zip", "no zip file"),
        (b"0" * (MAX_ARCHIVE_BYTES + 1), f"more than {MAX_ARCHIVE_BYTES} bytes"),
        (zipped("{}"), "is no results.json"),
    ],
)
def test_a_comment_says_that_there_are_no_results(course, archive, said):
    body = course.commented(course.run(archive))
    assert body.startswith(MARK)
    assert said in body.replace("\\", "")
    assert "passed" not in body


def test_results_of_another_commit_are_not_shown(course):
    for revision in course.results["submissions"][0]["revisions"].values():
        revision["commit"] = "e" * 40
    body = course.commented(course.run())
    assert "another commit" in body
    assert "docker-4/" not in body


def test_an_artifact_of_another_name_is_not_looked_at(course):
    run = course.run(b"")
    course.github.artifact(run, zipped(json.dumps(course.results)), name="results")
    assert "left none" in course.commented(run)
    assert "docker-4/" in course.commented(run, "--artifact", "results")


def test_the_newest_artifact_of_a_run_counts(course):
    run = course.run(zipped("{}"))
    course.github.artifact(run, zipped(json.dumps(course.results)))
    assert "docker-4/" in course.commented(run)


def test_an_artifact_that_has_expired_is_called_so(course):
    run = course.run()
    course.github.artifacts[run["id"]][0]["expired"] = True
    assert "expired" in course.commented(run)


HOSTILE = (
    "\n".join(PAYLOADS)
    + "\nGH-12 course/homework#3 evil@example.org </details>\n# Passed\n<!-- --> -->\n\u202e\x1b[31m \x07"
)
HOSTILE_LINES = (*HOSTILE.split("\n```\n"), "``` <!-- @octocat #1 -->", "````", "~~~")
"""A results.json has seven lines at most, of 200 letters each."""


def test_text_of_a_submission_does_nothing(course):
    submission = course.results["submissions"][0]
    submission["id"] = submission["path"] = HOSTILE
    course.results["course"] = HOSTILE
    for item in submission["items"]:
        item["title"] = HOSTILE
        item["reason"] = item["remedy"] = {"id": HOSTILE, "args": {}}
        item["evidence"] = {HOSTILE: HOSTILE}
        for finding in item["findings"]:
            finding.update(found=HOSTILE, expected={"id": HOSTILE, "args": {}}, file=HOSTILE.replace("\n", " "), line=3)
            finding["lines"] = {"first": 1, "text": [each.replace("\n", " ")[:200] for each in HOSTILE_LINES]}
    run = course.run()
    body = course.commented(run)
    assert not re.search(r"@(?=\w)|#(?=\d)|(?i:gh-)(?=\d)", body.removeprefix(MARK))
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", body)
    assert "onerror=alert" in body, "it is the comment on results, and has their text"
    assert "````" in body
    page = render(body.removeprefix(MARK))
    assert page.tags.keys() <= TAGS | {"a", "hr"}
    assert page.tags["a"] == body.count(f"]({run['html_url']})") == 1
    assert page.attributes <= ATTRIBUTES | {("a", "href")}
    assert not page.comments
    assert "Passed" not in page.headings


def test_a_comment_is_never_longer_than_github_takes(course):
    items = course.results["submissions"][0]["items"]
    failed = next(each for each in items if each["verdict"] == "failed")
    failed["findings"] = [{**failed["findings"][0], "found": "@teacher " * 400} for _number in range(50)]
    for number in range(30):
        items.append({**failed, "id": f"docker-4/more-{number}"})
    body = course.commented(course.run())
    assert LONGEST // 2 < len(body) <= LONGEST
    assert "](https://github.com/course/homework/actions/runs/" in body[-200:]


@pytest.mark.parametrize("gap", range(0, 3_000, 250))
def test_what_mentions_in_code_make_too_long_is_cut_off_too(course, tmp_path, gap):
    """It has room as Markdown and none when it is made inert; of the next finding there is no room for a part."""
    items = course.results["submissions"][0]["items"]
    failed = next(each for each in items if each["verdict"] == "failed")
    (finding, *_others) = failed["findings"]
    calls = {**finding, "lines": {"first": finding["line"], "text": ["@" * 200] * 7}}
    words = {"id": "word " * 799, "args": {}}
    long = {**finding, "found": words["id"], "expected": words, "hint": words}
    failed["findings"] = [*[calls] * 3, {**finding, "found": "x" * gap}, *[long] * 6]
    event = tmp_path / "event.json"
    event.write_text(json.dumps(course.github.event(course.run())))
    run = read_event({"GITHUB_EVENT_PATH": str(event)})
    body = of_results(run, *results_in(zipped(json.dumps(course.results))), "en")
    assert LONGEST // 2 < len(body) <= LONGEST


def test_the_language_is_the_course_s(course):
    assert "Так говорит workflow" in course.commented(course.run(), "--lang", "ru")


@pytest.mark.parametrize(("conclusion", "is_told"), [("failure", True), ("timed_out", True), ("cancelled", False)])
def test_a_run_without_results(course, conclusion, is_told):
    done = course.comment(course.run(b"", conclusion=conclusion))
    assert done.returncode == 0, done.stderr
    assert len(course.written) == is_told
    assert is_told is False or "left none" in course.github.comments[1][0]["body"]


def test_how_the_run_ended_is_told_beside_results_that_are_good(course):
    assert "ended as “failure”" in course.commented(course.run(conclusion="failure"))
    assert "ended as “success”" in course.commented(course.run(conclusion="success"))


def test_a_run_that_was_no_pull_request_s_is_none_of_its_business(course):
    done = course.comment(course.run(event="push"))
    assert (done.returncode, course.github.requests) == (0, [])
    assert "not by pull_request" in done.stdout


def test_a_token_that_may_only_read_is_told_which_right_it_lacks(course):
    course.github.may_write = False
    done = course.comment(course.run())
    assert done.returncode == 3
    assert "Resource not accessible by integration" in done.stderr
    assert "permissions" in done.stderr


def test_a_comment_whose_answer_is_lost_is_not_written_twice(course):
    course.github.faults.append(Fault("POST", 502, {"message": "Server Error"}, times=1, after=True))
    done = course.comment(course.run())
    assert done.returncode == 3
    assert "HTTP 502" in done.stderr
    assert len(course.github.comments[1]) == 1


def test_a_question_that_fails_once_is_asked_again(course):
    course.github.faults.append(Fault("GET .*/pulls", 502, {"message": "Server Error"}, times=1))
    assert course.commented(course.run())


LIMITS = [
    (
        403,
        "API rate limit exceeded for installation",
        {"X-RateLimit-Remaining": "0", "X-RateLimit-Reset": "9999999999"},
    ),
    (403, "You have exceeded a secondary rate limit", {"Retry-After": "1"}),
    (429, "Too many requests", {}),
]


@pytest.mark.parametrize(("status", "message", "headers"), LIMITS)
def test_a_limit_is_called_so(course, status, message, headers):
    course.github.faults.append(Fault("GET .*/pulls", status, {"message": message}, headers))
    done = course.comment(course.run())
    assert (done.returncode, course.written) == (3, [])
    assert f"answers no more questions for now: HTTP {status}: {message}" in done.stderr
    assert "permissions" not in done.stderr


@pytest.mark.parametrize(
    ("status", "body", "headers"),
    [
        (301, {}, {"Location": "https://elsewhere.example/repos/course/homework/pulls"}),
        (301, {}, {"Location": "/repos/course/homework/pulls"}),
        (307, {"message": "Moved"}, {"Location": "https://elsewhere.example/"}),
        (200, {"message": "Welcome to our proxy"}, {}),
    ],
    ids=["another host", "in circles", "for now", "no list"],
)
def test_what_no_github_answers_is_said_in_one_line(course, status, body, headers):
    course.github.faults.append(Fault("GET .*/pulls", status, body, headers))
    done = course.comment(course.run())
    assert (done.returncode, course.written) == (3, [])
    assert re.fullmatch(r"dockerlab: GitHub \(127\.0\.0\.1:\d+\) cannot be asked: [^\n]*\n", done.stderr)
    assert all(token.endswith(course.github.token) for token in course.github.tokens)


def test_nobody_waits_for_hours():
    waits = client({"GITHUB_TOKEN": "x"}).requester.kwargs["retry"]
    assert waits.retry_after_max == waits.new().retry_after_max == waits.max_rate_limit_wait == 60


def test_what_is_no_token_is_not_shown(course):
    done = course.comment(course.run(), GITHUB_TOKEN="ghs_one\nghs_two")
    assert (done.returncode, course.github.requests) == (4, [])
    assert "GITHUB_TOKEN is no token" in done.stderr
    assert "ghs_" not in done.stderr


def test_a_storage_that_fails_leaves_no_comment(course):
    run = course.run()
    course.github.contents.clear()
    done = course.comment(run)
    assert (done.returncode, course.written) == (3, [])
    assert "HTTP 404" in done.stderr


@pytest.mark.parametrize(
    ("environ", "said"),
    [
        ({"GITHUB_TOKEN": None}, "GITHUB_TOKEN"),
        ({"GITHUB_EVENT_PATH": None}, "GITHUB_EVENT_PATH"),
        ({"GITHUB_EVENT_PATH": "/nowhere"}, "no such file"),
        ({"GITHUB_REPOSITORY": "petrova/homework"}, "petrova/homework"),
    ],
)
def test_where_it_cannot_be_used_it_says_so(course, environ, said):
    done = course.comment(course.run(), **environ)
    assert done.returncode == 4
    assert said in done.stderr
    assert course.github.requests == []


def test_without_pygithub_it_says_what_to_install(course, tmp_path):
    (tmp_path / "github.py").write_text("raise ImportError")
    done = course.comment(course.run(), PYTHONPATH=str(tmp_path))
    assert done.returncode == 4
    assert "pip install 'pytest-dockerlab[github]'" in done.stderr


def test_another_event_is_refused(course, tmp_path):
    other = tmp_path / "other.json"
    other.write_text('{"action": "opened", "pull_request": {}}')
    done = course.comment(course.run(), GITHUB_EVENT_PATH=str(other))
    assert done.returncode == 4
    assert "workflow_run" in done.stderr
