"""The item docker-1/image-vs-container: how the two differ by ``docker inspect``, in whatever form it is answered.

Three forms, seen in 47 of 50 accepted homeworks: prose in the log (43), a section of the README, the output of inspect
for both (pasted, often cut and commented, so read as text and never as JSON). Prose is weak evidence: it is only asked
whether it speaks of both and names something that inspect shows for one of them alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_1._log import find_log
from pytest_dockerlab.errors import LimitExceeded, RefusedPath
from pytest_dockerlab.findings import Location, NotAttempted, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_dockerlab.checks.docker_1._log import DockerLog
    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.text.readme import Readme


@check("docker-1/image-vs-container", "image and container are compared by docker inspect", level="optional")
def image_vs_container(tree: Tree, readmes: list[Readme]) -> None:
    try:
        log = find_log(tree)
    except (RefusedPath, LimitExceeded):
        log = None  # the finding is log-file's
    answers = find_answers(tree, log, readmes)
    if not answers:
        raise NotAttempted(_("there is no explanation of image and container, in the log or in a README"))
    best = answers[0]
    note("answer", f"{best.at}: {best.form}")
    note("what it names", best.fields)
    if best.missing:
        expect(
            False,
            _("the output of docker inspect is there for an image and for a container"),
            found=_("only for an image") if "container" in best.missing else _("only for a container"),
            at=best.at,
            hint=_("add the other one, or write down which fields only one of them has"),
        )
        return
    expect(
        best.fields,
        _("the explanation names what docker inspect shows for only one of them"),
        found=_("none of their fields"),
        at=best.at,
        hint=_("compare docker inspect of both: a container has State and NetworkSettings, an image RootFS.Layers"),
    )


_WINDOW = 15
"""Lines after the one that says what is compared."""
_MAX_FILES = 20
_MAX_LINE = 2000

_IMAGE = re.compile(r"\bimages?\b|\bобраз", re.IGNORECASE)
_CONTAINER = re.compile(r"\bcontainers?\b|контейнер", re.IGNORECASE)
_COMPARES = re.compile(
    r"docker\s+(?:image\s+|container\s+)?inspect|отлич|разни[цч]|различ|сравн|\bdiffer|\bcompar|\bunlike\b|\bvs\.?\s",
    re.IGNORECASE,
)
# What inspect shows for one of the two alone: its fields, and how people put them into words.
_FIELDS = {
    "State": r"\bState\b|\bPid\b|StartedAt|FinishedAt|состояни|\bстатус|\bstatus\b|\bstate\b|процесс|\bprocess|запущен",
    "NetworkSettings": r"Network ?Settings|IPAddress|MacAddress|Gateway|\bсет(?:ь|и|ев|ям)|\bnetwork|\bпорт|\bports?\b",
    "HostConfig": r"Host ?Config|RestartCount|restart_count|RestartPolicy|\bхост|LogPath|ResolvConfPath|HostsPath",
    "Mounts": r"\bMounts?\b|\bvolumes?\b|монтир|примаун|\bтом(?:а|ов|ы)?\b",
    "RootFS": r"RootFS|\bLayers?\b|\bсло(?:й|и|ёв|ев|я|ям)|\bRW\b|read[- /]?write",
    "RepoTags": r"RepoTags|RepoDigests|\bтег|\btags?\b",
    "Parent": r"\bParent\b|родител",
    "Architecture": r"Architecture|архитектур|\bOs\b",
    "ContainerConfig": r"ContainerConfig|DockerVersion|VirtualSize|\bAuthor\b",
}
_NAMED = {name: re.compile(pattern, re.IGNORECASE) for name, pattern in _FIELDS.items()}
_OF_CONTAINER = re.compile(r'"(?:NetworkSettings|HostConfig|ResolvConfPath|RestartCount)"\s*:')
_OF_IMAGE = re.compile(r'"(?:RepoTags|RepoDigests|RootFS|DockerVersion)"\s*:')
_COMMAND = re.compile(r"[^А-Яа-яЁё]*\b[Dd]ocker(?:-compose)? [a-z][^А-Яа-яЁё]*")
_SENTENCE = re.compile(
    r"\b(?:is|are|was|has|have|can|shows?|contains?|adds?|while|whereas|unlike|the)\b", re.IGNORECASE
)
"""What tells an English sentence about Docker from a command."""
_NO_PROSE = re.compile(r"\W*CONTAINER ID\b.*|[A-Z_ ]+|\W*#.*")
_JSON_NAME = re.compile(r"inspect|container|image|obraz|kontejner|контейнер|образ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Answer:
    """One place where the question is answered, or begun to be."""

    at: Location
    form: str
    """``prose`` or ``inspect``."""
    fields: tuple[str, ...] = ()
    """What of inspect it names."""
    missing: tuple[str, ...] = field(default=())
    """Of an output of inspect: ``image`` or ``container``, where only the other is there."""

    @property
    def is_whole(self) -> bool:
        """Whether it answers the question."""
        return bool(self.fields) and not self.missing


def find_answers(tree: Tree, log: DockerLog | None, readmes: Sequence[Readme]) -> list[Answer]:
    """Every answer, the whole ones first."""
    found: list[Answer] = []
    if log is not None:
        found += _of_log(log)
    for readme in readmes:
        found += _of_readme(readme)
    inspected = _inspected(tree, log)
    if inspected is not None:
        found.append(inspected)
    return sorted(found, key=lambda answer: not answer.is_whole)


def _of_log(log: DockerLog) -> Iterator[Answer]:
    """The log is about nothing else, so all of it counts."""
    lines = [line[:_MAX_LINE] for line in log.prose.split("\n")]
    text = "\n".join(lines)
    first = next((number for number, line in enumerate(lines, start=1) if _speaks(line)), None)
    if first is not None and _IMAGE.search(text) and _CONTAINER.search(text):
        yield Answer(Location(log.path, first), "prose", _fields(text))


def _of_readme(readme: Readme) -> Iterator[Answer]:
    """In a README what follows a line that compares, as far as its section goes."""
    lines = [line.text[:_MAX_LINE] for line in readme.lines]
    levels = {heading.line: heading.level for heading in readme.headings}
    level, last = 6, -_WINDOW
    for number, line in enumerate(lines, start=1):
        level = levels.get(number, level)
        if number - last < _WINDOW or not _COMPARES.search(line):
            continue
        end = number
        while end < len(lines) and end - number < _WINDOW - 1 and levels.get(end + 1, 7) > level:
            end += 1
        text = "\n".join(lines[number - 1 : end])
        is_about = re.search(r"\binspect\b", text) or (_IMAGE.search(line) and _CONTAINER.search(line))
        if is_about and _IMAGE.search(text) and _CONTAINER.search(text) and _fields(text):
            last = number
            yield Answer(Location(readme.path, number), "prose", _fields(text))


def _inspected(tree: Tree, log: DockerLog | None) -> Answer | None:
    texts = [(log.path, log.text.content)] if log is not None else []
    names = [path for path in tree.files if path.endswith((".json", ".log", ".txt"))]
    for path in [path for path in names if _JSON_NAME.search(path.rpartition("/")[2])][:_MAX_FILES]:
        try:
            texts.append((path, tree.text(path).content))
        except (RefusedPath, LimitExceeded):
            continue
    of_image = [path for path, text in texts if _OF_IMAGE.search(text)]
    of_container = [path for path, text in texts if _OF_CONTAINER.search(text)]
    if not of_image and not of_container:
        return None
    missing = [kind for kind, paths in (("image", of_image), ("container", of_container)) if not paths]
    text = next(text for path, text in texts if path == (of_container or of_image)[0])
    first = (_OF_CONTAINER if of_container else _OF_IMAGE).search(text)
    assert first is not None
    line = text.count("\n", 0, first.start()) + 1
    shown = tuple(sorted({match[0].strip('": \t') for path, text in texts for match in _shown(text)}))
    return Answer(Location((of_container or of_image)[0], line), "inspect", shown, tuple(missing))


def _shown(text: str) -> Iterator[re.Match[str]]:
    for pattern in (_OF_IMAGE, _OF_CONTAINER):
        match = pattern.search(text)
        if match:
            yield match


def _fields(text: str) -> tuple[str, ...]:
    return tuple(name for name, pattern in _NAMED.items() if pattern.search(text))


def _speaks(line: str) -> bool:
    """Whether the line says something of either: a command and what it prints do not."""
    if not (_IMAGE.search(line) or _CONTAINER.search(line)) or _NO_PROSE.fullmatch(line):
        return False
    return not _COMMAND.fullmatch(line) or bool(_SENTENCE.search(line))
