"""A hostile repository as GitHub sees its run: commands, outputs and a summary of ours, and in them its text as text.

What is obeyed is read by the strict parser, and once more as laxly as GitHub's runner reads. The summary is rendered by
GitHub's own Markdown, cmark-gfm.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import cmarkgfm
import pytest
from cmarkgfm.cmark import Options

from ..hostile.attack import COMPOSE, ENV, README, UI, Make, Place, more, prepare, swap, text, together
from ..hostile.files_tier.names import as_service, below
from .check_step import SECRETS, CheckStep, run_step, words_of
from .workflow_commands import Command, read_log, read_values

HOMEWORKS = ("docker-2", "docker-3", "docker-4", "gitlab-ci-1", "monitoring-1")

PAYLOADS = [
    "::error file=README.md,line=1::pwned",
    "##[error]pwned",
    "##[add-mask]a",
    "a%0A::error::pwned%0D%0A::add-mask::a",
    "a\n::error::pwned",
    "a\r::set-output name=score::100",
    "a\u2028::warning::pwned",
    "\u200b::notice::pwned",
    "::stop-commands::x",
    "::endgroup::",
    "::add-matcher::matcher.json",
    "a\nscore=100\nscore<<E\n100\nE",
    "a\nghadelimiter_00000000-0000-4000-8000-000000000000",
    "\x1b]0;owned\x07\x1b[2J\x1b[31m",
    "\u202egpj.exe\u2066",
    "`</code></td></table></details><img src=//evil.example/x onerror=alert(1)>",
    "<!-- a",
    "```\n</pre><script>alert(1)</script>\n```",
    "[click](javascript:alert(1)) ![x](https://evil.example/x.png)",
    "https://evil.example/a www.evil.example me@evil.example",
    "@octocat @octo/team #1 GH-1 octo/repo#1",
    "| a | b |\n|---|---|\n# big\n- [x] done",
    "$x$ $$y$$ <kbd> &lt;b&gt; &#64;octocat",
    "${{ secrets.GITHUB_TOKEN }} $(id) `id` ${GITHUB_OUTPUT}",
    "a,title=pwned,line=9",
    "a\n  File \"README.md\", line 1, in x\n    raise Wrong('pwned')",
]


def quoted(value: str) -> str:
    """As a scalar of YAML."""
    return '"' + "".join(f"\\u{ord(c):04x}" if not c.isprintable() or c in '"\\' else c for c in value) + '"'


def listed(template: str) -> str:
    """The text once for each of them, with its number."""
    return "".join(
        template.replace("PAYLOAD", quoted(each)).replace("NUMBER", str(n)) for n, each in enumerate(PAYLOADS)
    )


def in_values() -> Make:
    """In what is read, judged and quoted, one of them at a time."""
    return together(
        more(".gitlab-ci.yml", listed("\nPAYLOAD:\n  stage: PAYLOAD\n  needs: [PAYLOAD]\n  script: echo\n")),
        swap(COMPOSE, "      - front_net\n", "      - front_net\n    environment:\n" + listed(
            "      HOSTNUMBER_HOST: PAYLOAD\n")),
        swap(COMPOSE, "${USERNAME}/comment:${COMMENT_VERSION}", quoted("a/b:::error::pwned")[1:-1]),
        swap(COMPOSE, "          - comment_db\n", "          - comment_db\n" + listed("          - PAYLOAD\n")),
        swap("monitoring/prometheus/prometheus.yml", "scrape_configs:\n", "scrape_configs:\n" + listed(
            "  - job_name: PAYLOAD\n    static_configs: [{targets: [PAYLOAD]}]\n")),
        more(UI, "".join(f"ADD {each.splitlines()[0]} /x\n" for each in PAYLOADS if each.isprintable())),
        more(ENV, "\n".join(each for each in PAYLOADS if "\x1b" not in each) + "\n"),
        more(README, "\n".join(f"docker run -d --network {each} --network-alias x a" for each in PAYLOADS)),
    )  # fmt: skip


def in_names() -> Make:
    """In what files and folders are called, and in files that cannot be read."""

    def make(place: Place) -> None:
        for number, each in enumerate(PAYLOADS):
            name = each.replace("/", "\\")[:200].encode()
            below(place.root / "docker", name).write_bytes(b"x\n")
            below(place.root, name).mkdir()
            below(place.root, name).joinpath("README.md").write_text(f"docker run -d --network n{number} x\n")
            if each.isprintable():
                as_service(name)(place)
        # a service's folder is then what annotations name
        (place.root / "src" / "ui").rename(place.root / "src" / "ui,line=9::a%0A::error::pwned @octocat")

    return together(
        more(UI, "ADD x /x\n"),
        make,
        swap(COMPOSE, "build: ../src/ui", 'build: "../src/ui,line=9::a%0A::error::pwned @octocat"'),
        text(".gitlab-ci.yml", 'a: "\n::error::pwned\n##[error]pwned\n'),
        text("monitoring/prometheus/prometheus.yml", "scrape_configs: '\n::error::pwned @octocat <img src=x>\n"),
    )


def in_what_compose_says() -> Make:
    """In what compose refuses, and quotes."""
    return together(
        swap(COMPOSE, "restart: unless-stopped", f"restart: {quoted(PAYLOADS[4])}"),
        swap(COMPOSE, "volumes:\n  post_db:\n", "volumes:\n  post_db:\n" + listed("  PAYLOAD: {driver: PAYLOAD}\n")),
    )


def in_what_python_reads() -> Make:
    """In what pytest and Python load, where they are let."""
    code = (
        "import os, sys\n"
        "sys.stderr.write('::error::pwned\\n'); print('##[error]pwned', flush=True)\n"
        "for name in ('GITHUB_OUTPUT', 'GITHUB_STEP_SUMMARY', 'GITHUB_ENV'):\n"
        "    open(os.environ[name], 'a').write('score=100\\n<img src=x>\\n')\n"
    )
    names = (
        "conftest.py",
        "sitecustomize.py",
        "usercustomize.py",
        "pytest_dockerlab.py",
        "docker/conftest.py",
        "yaml.py",
    )
    return together(
        *(text(name, code) for name in names),
        text("pytest.ini", "[pytest]\naddopts = -p conftest -s\nhw_github = off\n"),
        text("dockerlab.toml", "::error::pwned\n"),
        swap(COMPOSE, "${UI_PORT}:9292/tcp", "9292"),
    )


class Rendered(HTMLParser):
    """The tags of a page, and its text outside of code."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: Counter[str] = Counter()
        self.attributes: set[tuple[str, str]] = set()
        self.comments: list[str] = []
        self.prose: list[str] = []
        self.headings: list[str] = []
        self._open: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags[tag] += 1
        self.attributes |= {(tag, name) for name, _value in attrs}
        if tag not in ("br", "hr", "img", "input"):
            self._open.append(tag)
        if re.fullmatch("h[1-6]", tag):
            self.headings.append("")

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.handle_starttag(tag, attrs)  # "<hr />" is not the end of anything

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_comment(self, data: str) -> None:
        self.comments.append(data)

    def handle_data(self, data: str) -> None:
        if not {"code", "pre"} & {*self._open}:
            self.prose.append(data)
        if any(re.fullmatch("h[1-6]", tag) for tag in self._open):
            self.headings[-1] += data


def render(markdown: str) -> Rendered:
    """As GitHub does, before it takes away what is dangerous: nothing of that may be there to be taken."""
    return Rendered(cmarkgfm.github_flavored_markdown_to_html(markdown, Options.CMARK_OPT_UNSAFE))


TAGS = {"h2", "h3", "h4", "p", "strong", "table", "thead", "tbody", "tr", "th", "td", "code", "pre", "ul", "li", "em"}
ATTRIBUTES = {("pre", "lang"), ("code", "class"), ("th", "align"), ("td", "align")}


def items_of(step: CheckStep) -> list[dict[str, Any]]:
    assert step.results is not None, step.printed.decode(errors="replace")
    [submission] = step.results["submissions"]
    return submission["items"]


def check_log(step: CheckStep) -> None:
    """Of commands there are the annotations of its results, and nothing is obeyed that is not strictly right."""
    log = step.log
    assert read_log(step.printed, strict=False).commands == log.commands
    unmatched, first, *annotations, last = log.commands
    assert unmatched == Command("remove-matcher", {"owner": "python"})
    assert (first.name, last.name, last.data) == ("group", "endgroup", "")
    items = {item["id"]: item for item in items_of(step)}
    kinds = {"failed": {"error", "warning"}, "advised": {"notice"}, "error": {"warning"}}
    *of_items, rest = annotations
    if "file" in rest.properties or rest.properties["title"].partition(": ")[0] in items:
        of_items.append(rest)
    for each in of_items:
        item = items[each.properties["title"].partition(": ")[0]]
        assert each.name in kinds[item["verdict"]]
        places = {(finding["file"], finding["line"]) for finding in item["findings"]}
        line = each.properties.get("line")
        place = each.properties.get("file"), int(line) if line else None
        assert place in places or place == (None, None)
    assert of_items, "nothing of what was planted was found"
    # and nothing of it all moves a cursor or turns a line round, fenced or not
    assert not re.findall(r"[^\n\xa0\u2026\S ]|[\x00-\x09\x0b-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u206f]",
                          step.printed.decode())  # fmt: skip


def check_files(step: CheckStep) -> None:
    """The outputs are those of its results; the other files of a step are as empty as they were."""
    items = items_of(step)
    counts = Counter(item["verdict"] for item in items)
    score = step.results["submissions"][0]["score"]  # type: ignore[index]
    values = step.values
    assert read_values(step.output, strict=False) == values
    assert {float(values["score"]), float(values["max"])} == {score["points"], score["maximum"]}
    assert int(values["passed"]) == counts["passed"]
    assert int(values["unverified"]) == counts["unverified"]
    assert int(values["failed"]) + int(values["optional-failed"]) == counts["failed"]
    assert values["exit-code"] == str(step.code)
    assert len(values) == 14
    assert set(step.others.values()) == {b""}


def check_summary(step: CheckStep) -> None:
    """A page of ours: no tag, link, picture or mention that somebody else wrote."""
    page = render(step.markdown)
    assert page.tags.keys() <= TAGS
    assert page.attributes <= ATTRIBUTES
    assert not page.comments
    prose = "\n".join(page.prose)
    assert not re.findall(r"(?<![\w`])@[\w-]+", prose)
    assert not re.findall(r"(?<!\w)(?:GH-|[\w./-]*#)\d+", prose)
    assert not [heading for heading in page.headings if re.search("pwned|big|evil", heading)]
    wrong = [item["text"]["title"] for item in items_of(step) if item["verdict"] in ("failed", "advised")]
    assert [title for title in wrong if not any(title in heading for heading in page.headings)] == []


def check_secrets(step: CheckStep) -> None:
    """What only the runner knows is nowhere."""
    everything = b"".join([step.printed, step.output, step.summary, repr(step.results).encode()])
    assert [name for name, value in SECRETS.items() if value.encode() in everything] == []


@pytest.fixture
def place(tmp_path: Path) -> Place:
    place = Place(tmp_path / "repository", tmp_path / "outside")
    prepare(place)
    return place


@pytest.mark.parametrize(
    ("make", "language", "told"),
    [
        (in_values, "ru", "onerror=alert"),
        (in_names, "en", "`src/ui,line=9::a%0A::error::pwned @octocat/Dockerfile:"),
        (in_what_compose_says, "ru", "pwned"),
        (in_what_python_reads, "en", "docker-4/port-parameter"),
    ],
)
def test_nothing_but_its_own_text(
    tmp_path: Path, place: Place, make: Callable[[], Make], language: str, told: str
) -> None:
    make()(place)
    step = run_step(place.root, tmp_path / "step", *words_of(HOMEWORKS), f"--hw-lang={language}")
    assert step.code == 1, step.printed.decode(errors="replace")
    assert told in step.markdown, "what it says is told"
    files = "".join(each.properties.get("file", "") for each in step.log.named("error", "warning", "notice"))
    assert ("pwned" in files) == (make is in_names)
    check_log(step)
    check_files(step)
    check_summary(step)
    check_secrets(step)
