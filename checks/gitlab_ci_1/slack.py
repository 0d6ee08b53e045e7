"""The item gitlab-ci-1/slack."""

from __future__ import annotations

import itertools
import posixpath
import re
from typing import TYPE_CHECKING

from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Location, NotAttempted, note, require
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.files.vendored import is_foreign
from pytest_dockerlab.submission.text.prose import NEGATIONS, Words, sentences, words_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
                   r"|slack://channel", re.IGNORECASE)  # fmt: skip
_MENU = re.compile(
    r"(?:settings|настройк\w{1,3})[`\"'*\s]{0,5}[-–—=>→›»/|]{1,4}[`\"'*\s]{0,5}(?:integration|интеграци)", re.IGNORECASE
)
"""Where GitLab has the integration."""
_TO_DO = re.compile(r"\s{0,20}(?:[-*+]\s)?\[ ?\]\s")
_PICTURE = re.compile(r"!\[([^\]]{0,200})\]\(\s{0,5}<?([^)\s>]{1,300})|<img\s[^>]{0,200}src=[\"']?([^\"'\s>]{1,300})")
_SLACK = Words("slack* слак* слэк*")
_OTHERS = Words("travis* travix* github* трэвис* тревис*")
"""Whose messages another homework sent to Slack."""
_SENDERS = ("travis", "alertmanager", "slack_configs")
_GITLAB = Words("gitlab* гитлаб* pipeline* пайплайн* runner* раннер*")
_TASK = Words("настройте перейдите нужно необходимо todo fixme")
_DONE = Words(
    "настроил* настроен* настраива* добавил* добавлен* подключил* подключен* интегрировал* интегрирован* сделал* "
    "сделан* реализовал* реализован* выполнен* выполнил* прикрутил* прикручен* вписал* создал* создан* включил* "
    "включен* наладил* налажен* привязал* привязан* отправля* приход* прилета* идут шлет шлют пишет пишут "
    "configured added integrated connected enabled implemented created made done sends posts works notifies"
)
_WISHES = Words(
    "кроме нужно надо необходимо должн* будет будут хоч* хотел* планир* можно следует если except will would should "
    "must can could may might plan* want* if"
)
_DENIALS = NEGATIONS | _WISHES
_NOTICES = Words("оповещен* уведомлен* нотификац* интеграц* вебхук* notification* webhook* integration*")
_ABOUT = _SLACK | _NOTICES
_NEAR = 6
"""Lines: what is said so soon after Slack is still of it."""
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
    box = next(_boxes(submission.readmes), None)
    if box is not None:
        raise NotAttempted(_("{place}: not ticked", place=str(box)))
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
        if "gitlab" not in words and any(other in words for other in _SENDERS):
            continue
        lines = dict(enumerate(text.split("\n"), start=first))
        is_task = _TASK.among(words_of(text))
        is_report = text.startswith("#") and _DONE.among(words_of(lines[first]))
        spoken = {number for number, line in lines.items() if "slack" in line.lower() or _SLACK.among(words_of(line))}
        near = {number + more for number in spoken for more in range(_NEAR + 1)}
        for number, line in lines.items():
            if number in spoken and not _TO_DO.match(line):
                yield from _shown(readme, number, line[:2_000], tree)
            if number in near and not is_task and _MENU.search(line[:2_000]):
                yield readme.location(number), _("it shows how")
        for sentence in sentences(lines.items()):
            line = lines[sentence.line]
            is_said = sentence.line in near and not _TO_DO.match(line) and not line.rstrip().endswith("?")
            is_done = _ABOUT.among(sentence.words) and _says_it_is_done(sentence)
            if is_said and (is_done or (is_report and _is_done_item(sentence))):
                yield readme.location(sentence.line), _("it says so")


def _boxes(readmes: Iterable[Readme]) -> Iterator[Location]:
    """The boxes of Slack that are not ticked."""
    for readme in readmes:
        for line in readme.lines:
            if _TO_DO.match(line.text) and _SLACK.among(words_of(line.text)):
                yield readme.location(line.number)


def _shown(readme: Readme, number: int, line: str, tree: Tree) -> Iterator[tuple[Location, Message | None]]:
    """A link to a channel, a picture that is there, or the webhook's use; else only a mention."""
    words = words_of(line)
    if _OTHERS.among(words) and not _GITLAB.among(words):
        return
    place = readme.location(number)
    if _LINK.search(line):
        yield place, _("a link to the channel")
    lowered = line.lower()
    if any(way in lowered for way in _WAYS) and "docs." not in lowered and "/help/" not in lowered:
        yield place, _("it shows how")
    for picture in _PICTURE.finditer(line):
        name = picture[2] or picture[3]
        if "slack" in (picture[1] or "").lower() or "slack" in name.lower():
            beside = posixpath.normpath(posixpath.join(readme.path.rpartition("/")[0], name))
            if name.startswith(("http://", "https://")) or beside in tree.files or name.lstrip("/") in tree.files:
                yield place, _("a screenshot")
    yield place, None


def _says_it_is_done(sentence: Sentence) -> bool:
    """Whether what was done, and Slack, stand in clauses that deny and wish nothing."""
    words = sentence.words
    if (_OTHERS.among(words) and not _GITLAB.among(words)) or "todo" in words:
        return False
    if any(pair == ("set", "up") for pair in itertools.pairwise(words)):
        return not _DENIALS.among(words)
    said = [clause for clause in sentence.clauses if _DONE.among(clause)]
    about = [clause for clause in sentence.clauses if _SLACK.among(clause)]
    return any(not _DENIALS.among(clause) for clause in said) and not any(_DENIALS.among(clause) for clause in about)


def _is_done_item(sentence: Sentence) -> bool:
    """Whether what stands under a heading such as *Done* names Slack, and not as a task."""
    words = sentence.words
    is_of_others = _OTHERS.among(words) and not _GITLAB.among(words)
    return _SLACK.among(words) and not is_of_others and not (_DENIALS | _TASK).among(words)


def _sections(readme: Readme) -> Iterator[tuple[int, str]]:
    """The text from heading to heading, with the line it begins on."""
    starts = sorted({1, *(heading.line for heading in readme.headings)})
    lines = readme.content.split("\n")
    for start, end in zip(starts, [*starts[1:], len(lines) + 1], strict=True):
        yield start, "\n".join(lines[start - 1 : end - 1])
