"""The item gitlab-ci-1/slack."""

from __future__ import annotations

import posixpath
import re
from typing import TYPE_CHECKING

from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Location, NotAttempted, note, require
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.files.vendored import is_foreign
from pytest_dockerlab.submission.text.prose import NEGATIONS, Words, sentences

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.submission import Submission
    from pytest_dockerlab.submission.text.prose import Sentence
    from pytest_dockerlab.submission.text.readme import Readme

_STEPS = re.compile(r"\.(?:sh|tf|py|rb)$|(?:^|/)\.gitlab-ci[\w.-]{0,60}\.ya?ml$|gitlab[^/]{0,60}/[^/]{1,80}\.ya?ml$")
_WAYS = (
    "hooks.slack.com",
    "chat.postmessage",
    "gitlab_integration_slack",
    "gitlab_service_slack",
    "services/slack",
    "integrations/slack",
)
"""The webhook, Slack's API, the resources of Terraform's provider, and what GitLab's API calls the integration."""
_VARIABLE = re.compile(r"\$\{?\w{0,40}slack", re.IGNORECASE)
_LINK = re.compile(r"https?://(?!(?:api|get|www|hooks|join|status)\.)[\w-]{1,60}\.slack\.com/"
                   r"(?:archives|messages|services|client|team|app/|files)[\w/?=.-]{0,200}"
                   r"|slack://channel|hooks\.slack\.com/services/T", re.IGNORECASE)  # fmt: skip
_PICTURE = re.compile(r"!\[([^\]]{0,200})\]\(\s{0,5}<?([^)\s>]{1,300})|<img\s[^>]{0,200}src=[\"']?([^\"'\s>]{1,300})")
_SLACK = Words("slack* слак* слэк*")
_OTHERS = Words("travis* travix* github* трэвис* тревис*")
"""Whose messages another homework sent to Slack."""
_SENDERS = ("travis", "alertmanager", "slack_configs")
_GITLAB = Words("gitlab* гитлаб* pipeline* пайплайн* runner* раннер*")
_DONE = Words(
    "настроил* настроен* настраива* добавил* добавлен* подключил* подключен* интегрировал* интегрирован* сделал* "
    "сделан* реализовал* реализован* выполнен* выполнил* прикрутил* вписал* создал* создан* включил* отправля* "
    "приход* configured added integrated connected enabled implemented created made done sends posts works notifies"
)
_MOST_BYTES = 100_000


@check("gitlab-ci-1/slack", "a Slack integration is shown", level="optional")
def slack(submission: Submission) -> None:
    step = next(_steps(submission.tree), None)
    if step is not None:
        note("shown by", str(step))
        return
    mentioned: Location | None = None
    for readme in (each for each in submission.readmes if not is_foreign(each.path)):
        for place, how in _told(readme, submission.tree):
            if how is not None:
                note("shown by", _("{place}: {how}", place=str(place), how=how))
                return
            mentioned = mentioned or place
    if mentioned is None:
        raise NotAttempted(_("neither a README nor the pipeline speaks of Slack"))
    require(
        False,
        _("the README shows the integration"),
        found=_("Slack is only mentioned"),
        at=mentioned,
        hint=_(
            "write what you set up, and add a link to the channel or a screenshot; keep the webhook's address out of it"
        ),
    )


def _steps(tree: Tree) -> Iterator[Location]:
    """Where a pipeline or a script posts to Slack, or sets the integration up."""
    for path, entry in tree.files.items():
        if not _STEPS.search(path) or is_foreign(path) or (entry.size or 0) > _MOST_BYTES:
            continue
        try:
            content = tree.text(path).content
        except RefusedPath:
            continue
        lowered = content.lower()
        sends = "curl" in lowered or "wget" in lowered or "requests" in lowered
        for number, line in enumerate(lowered.split("\n") if "slack" in lowered else (), start=1):
            is_way = any(way in line for way in _WAYS) or (sends and _VARIABLE.search(line[:2_000]) is not None)
            if is_way and not line.lstrip().startswith(("#", "//")):
                yield Location(path, number)


def _told(readme: Readme, tree: Tree) -> Iterator[tuple[Location, Message | None]]:
    """The places of a README that speak of Slack and GitLab, and how they show the integration, if they do."""
    for first, text in _sections(readme):
        words = text.lower()
        if not any(word in words for word in ("slack", "слак", "слэк")):
            continue
        is_about_others = "gitlab" not in words and any(other in words for other in _SENDERS)
        lines = list(enumerate(text.split("\n"), start=first))
        for number, line in lines:
            if _SLACK.among(line.lower().replace("#", " ").split()) or "slack" in line.lower():
                yield from _shown(readme, number, line[:2_000], tree, is_about_others=is_about_others)
        for sentence in sentences(lines):
            if _SLACK.among(sentence.words) and _says_it_is_done(sentence) and not is_about_others:
                yield readme.location(sentence.line), _("it says so")


def _shown(
    readme: Readme, number: int, line: str, tree: Tree, *, is_about_others: bool
) -> Iterator[tuple[Location, Message | None]]:
    """A link to a channel, or a picture that is there; else only a mention."""
    words = re.findall(r"\w+", line.lower())
    if is_about_others or (_OTHERS.among(words) and not _GITLAB.among(words)):
        return
    place = readme.location(number)
    if _LINK.search(line):
        yield place, _("a link to the channel")
    for picture in _PICTURE.finditer(line):
        name = picture[2] or picture[3]
        if "slack" in (picture[1] or "").lower() or "slack" in name.lower():
            beside = posixpath.normpath(posixpath.join(readme.path.rpartition("/")[0], name))
            if name.startswith(("http://", "https://")) or beside in tree.files or name.lstrip("/") in tree.files:
                yield place, _("a screenshot")
    yield place, None


def _says_it_is_done(sentence: Sentence) -> bool:
    words = sentence.words
    is_of_others = _OTHERS.among(words) and not _GITLAB.among(words)
    return _DONE.among(words) and not NEGATIONS.among(words) and not is_of_others


def _sections(readme: Readme) -> Iterator[tuple[int, str]]:
    """The text from heading to heading, with the line it begins on."""
    starts = sorted({1, *(heading.line for heading in readme.headings)})
    lines = readme.content.split("\n")
    for start, end in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
        yield start, "\n".join(lines[start - 1 : end - 1])
