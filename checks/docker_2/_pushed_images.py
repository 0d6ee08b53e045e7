"""Which image of the monolith the student says they pushed to a registry, and where they say it.

Said outright: a ``docker push`` or ``docker tag`` line, what ``docker push`` prints, a link to Docker Hub,
``docker build -t USER/NAME``. Where that is missing, as in a third of the homeworks, the image that is run or deployed
from a registry says it as well. Nothing is looked up here, and a name may still be none.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Location
from pytest_dockerlab.submission.scan.roles import role_of_name
from pytest_dockerlab.submission.scan.scripts import placeholders, snippets
from pytest_dockerlab.submission.text.shell import commands, program, with_inner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.submission.submission import Submission
    from pytest_dockerlab.submission.text.shell import Command

__all__ = ["PushedImage", "Source", "pushed_images"]

_MAX_NAMES = 8
_MAX_FILES = 60
_MAX_BYTES = 100_000
_MAX_LINE = 2_000
_GLOBAL = frozenset({"-H", "--host", "-c", "--context", "--config", "-l", "--log-level"})
_VALUED = frozenset({"-t", "--tag", "-f", "--file", "--build-arg", "--target", "--platform", "--network", "--label",
                     "--cache-from", "--progress", "-m", "--memory", "-o", "--output"})  # fmt: skip
_HUB = re.compile(
    r"\b(?:hub|cloud|store)\.docker\.com/(?:u/[\w-]+/)?(?:r|repository/docker|repository/registry-1\.docker\.io|layers"
    r"|community/images)/([a-z0-9_-]{2,60}/[a-z0-9]+(?:[._-]+[a-z0-9]+)*)(?:(?<=layers)/([\w.-]{1,128}))?",
    re.ASCII,
)
_PUSH_OUTPUT = re.compile(r"The push refers to (?:a )?repository \[([^\]\s]{1,300})\]")
_YAML = re.compile(r"\.ya?ml$", re.IGNORECASE)
_YAML_IMAGE = re.compile(r"\s*(?:-\s+)?\w*image\w*\s*:\s*[\"']?([\w./:@-]{3,300})[\"']?\s*(?:#.*)?", re.IGNORECASE)
_MONOLITH = re.compile(r"reddit|monolith", re.IGNORECASE)
# Images that other homework pushes, beside ui, post and comment.
_OTHERS = re.compile(
    r"prometheus|exporter|grafana|alertmanager|blackbox|cloudprober|cadvisor|telegraf|trickster|fluent|kibana|elastic"
    r"|zipkin|gitlab|runner|mongo|autoheal|awx|stackdriver|htop|ubuntu|debian|alpine|nginx|hello|tmp-file|registry"
)
# What people write where the reader's own login belongs.
_NO_LOGIN = re.compile(
    r"(?:(?:your|my|the|some)[_-]?)*(?:docker)?[_-]?(?:hub)?[_-]?"
    r"(?:login|logins?|user|users?[_-]?name|username|nick(?:name)?|account|id|name|namespace|xxx+|\.\.\.)"
)


class Source(IntEnum):
    """How the name is said, the plainest first."""

    PUSH = 1
    LINK = 2
    TAG = 3
    BUILD = 4
    USED = 5
    """Run or deployed from there."""


@dataclass(frozen=True, slots=True)
class PushedImage:
    """An image's name as the student writes it, without what is no part of it."""

    name: str
    at: Location
    source: Source

    @property
    def has_user(self) -> bool:
        """Whether a user or a registry stands before the name; without one, nobody can push it to Docker Hub."""
        return "/" in self.name


def pushed_images(submission: Submission) -> list[PushedImage]:
    """The names of the monolith's image, the plainest first, at most eight.

    Names without a user are given only where there are no others. Raises ``Unverified`` without the shell's parser.
    """
    found = [*_said(submission), *_linked(submission)]
    users = {_user(image.name) for image in found if image.source in (Source.PUSH, Source.TAG)} - {""}
    ours = [
        image
        for image in found
        if not _is_another(image.name)
        # Somebody else's image has a link, is built upon, or is run as well.
        and (_is_monolith(image.name) or image.source in (Source.PUSH, Source.TAG) or _user(image.name) in users)
    ]
    if not any(_is_monolith(image.name) and image.has_user for image in ours):
        ours += [image for image in _deployed(submission) if _is_monolith(image.name) and not _is_another(image.name)]
    for group in (
        [image for image in ours if image.has_user and _is_monolith(image.name)],
        [image for image in ours if image.has_user],
        [image for image in ours if image.source is Source.PUSH and _is_monolith(image.name)],
    ):
        if group:
            first: dict[str, PushedImage] = {}
            for image in sorted(group, key=lambda each: each.source):
                first.setdefault(image.name, image)
            return list(first.values())[:_MAX_NAMES]
    return []


def _said(submission: Submission) -> Iterator[PushedImage]:
    unnamed = {readme.path: placeholders(readme) for readme in submission.readmes}
    for snippet in snippets(submission.readmes, submission.scripts):
        for command in with_inner(commands(snippet.text, snippet.values, snippet.line), snippet.values):
            for text, source in _names(command):
                name = _cleaned(text, unnamed.get(snippet.path, frozenset()))
                if name is not None:
                    yield PushedImage(name, Location(snippet.path, snippet.line), source)


def _names(command: Command) -> Iterator[tuple[str, Source]]:
    """The names in one command of docker."""
    if program(command) not in ("docker", "docker.exe"):
        return
    words = list(command.words[1:])
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in _GLOBAL else words[1:]
    if words[:1] in (["image"], ["container"], ["buildx"]):
        words = words[1:]
    verb, rest = (words[0], words[1:]) if words else ("", [])
    plain = [
        word for at, word in enumerate(rest) if not word.startswith("-") and (not at or rest[at - 1] not in _VALUED)
    ]
    match verb:
        case "push" if plain:
            yield plain[0], Source.PUSH
        case "tag" if len(plain) > 1:
            yield plain[1], Source.TAG
        case "build":
            source = Source.PUSH if "--push" in rest else Source.BUILD
            for name, value in itertools.pairwise(["", *rest, ""]):
                if name in ("-t", "--tag"):
                    yield value, source
                elif name.startswith("--tag="):
                    yield name.partition("=")[2], source
        case "run" | "create" | "pull" | "inspect":
            # Which of the words is the image is told by its name: see who asks.
            yield from ((word, Source.USED) for word in plain if "/" in word and _is_monolith(word))


def _linked(submission: Submission) -> Iterator[PushedImage]:
    for readme in submission.readmes:
        for line in readme.lines:
            text = line.text[:_MAX_LINE]
            for match in _HUB.finditer(text):
                name = _cleaned(f"docker.io/{match[1]}", frozenset())
                if name is not None:
                    yield PushedImage(name, readme.location(line.number), Source.LINK)
            printed = _PUSH_OUTPUT.search(text)
            name = _cleaned(printed[1], frozenset()) if printed is not None else None
            if name is not None:
                yield PushedImage(name, readme.location(line.number), Source.PUSH)


def _deployed(submission: Submission) -> Iterator[PushedImage]:
    """The images that playbooks, roles and compose files name."""
    paths = [
        path for path, entry in submission.tree.files.items() if _YAML.search(path) and (entry.size or 0) < _MAX_BYTES
    ]
    for path in paths[:_MAX_FILES]:
        try:
            lines = submission.tree.text(path).content.splitlines()
        except RefusedPath:
            continue
        for number, line in enumerate(lines, start=1):
            if (match := _YAML_IMAGE.fullmatch(line[:_MAX_LINE])) and "/" in match[1]:
                name = _cleaned(match[1], frozenset())
                if name is not None:
                    yield PushedImage(name, Location(path, number), Source.USED)


def _cleaned(text: str, unnamed: frozenset[str]) -> str | None:
    """The name alone; ``None`` where a part of it is left to the reader. A tag that is left to them is left out."""
    name = text.lstrip("`'\"*«(").rstrip("`'\"*»)].,;:!?")
    path, colon, tag = name.rpartition(":")
    if colon and "/" not in tag and (tag in unnamed or re.search(r"[^\w.-]", tag)):
        name = path
    parts = name.partition("@")[0].split("/")
    if len(parts) > 1 and (_NO_LOGIN.fullmatch(parts[0].lower()) or unnamed & set(parts)):
        return None
    return name if re.fullmatch(r"[a-z0-9\[][\w.:/@\[\]-]{1,300}", name, re.ASCII) else None


def _is_monolith(name: str) -> bool:
    return _MONOLITH.search(_last_part(name)) is not None


def _is_another(name: str) -> bool:
    last = _last_part(name).lower()
    return role_of_name(last) is not None or _OTHERS.search(last) is not None


def _user(name: str) -> str:
    return name.removeprefix("docker.io/").rpartition("/")[0]


def _last_part(name: str) -> str:
    return name.partition("@")[0].rpartition("/")[2].partition(":")[0]
