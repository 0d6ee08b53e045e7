"""What of a Dockerfile is given to nobody's code: what it asks of the machine that builds it.

It holds for the instructions of the submission, and for the build triggers (ONBUILD) that a base image brings along,
which the builder runs as if they stood below the FROM.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from ...findings import Location, Unverified
from ...messages import Message, _
from ...submission.dockerfiles.dockerfile import Dockerfile
from ...submission.dockerfiles.instructions import DockerfileError, Instruction
from ...submission.dockerfiles.taken_images import what_it_runs

__all__ = ["require_allowed", "require_allowed_triggers"]

_REFUSED = (
    (re.compile(r"--security=(?:insecure|.*\$)"), _("a privileged RUN")),
    (re.compile(r"--network=(?:host|.*\$)"), _("a RUN on the docker host's network")),
    # a mount is a line of CSV, and a variable in it may become anything
    (
        re.compile(r"--mount=(?:.*,)?\s*\"?type=(?:ssh\b|.*\$)", re.IGNORECASE),
        _("a RUN that uses the builder's ssh keys"),
    ),
    (re.compile(r"--mount=(?:.*,)?\s*\"?type=secret\b", re.IGNORECASE), _("a RUN that mounts a build secret")),
    (re.compile(r"--device\b"), _("a RUN that uses a device of the docker host")),
)
# Labels say whose an image is: one that says something else would stay for ever. A variable may become any name.
_OUR_LABEL = re.compile(r"[^=]*\$|org\.pytest-dockerlab\.")
# The builder fetches these itself, as the docker host: from what listens on its loopback too, and behind a redirect of
# any server. GitHub redirects to its own servers only. A variable in the first part of a path may become anything.
_FETCHED = re.compile(r"[^/]*\$|.*://|git@", re.DOTALL)
_FETCHED_ALL_THE_SAME = re.compile(r"https://(?:github|raw\.githubusercontent|codeload\.github)\.com/.*", re.DOTALL)
_QUOTES = str.maketrans("", "", "\"'\\`")
_WITHOUT = _("build without it")
_MAX_TRIGGERS = 200


def require_allowed(instruction: Instruction, at: Location) -> None:
    """Raise ``Unverified`` for an instruction that asks for what is not given, behind an ONBUILD too."""
    asked = _asked(instruction)
    if asked is not None:
        what, hint = asked
        raise Unverified(_("{place} asks for {what}, which this run does not allow", place=str(at), what=what), hint)


def require_allowed_triggers(triggers: Iterable[str], image: str, at: Location) -> tuple[Instruction, ...]:
    """The instructions of the build triggers of a base image, which a FROM at ``at`` begins with.

    Raises ``Unverified`` for one that asks for what is not given, for images of elsewhere (nobody has looked at their
    names), and for what cannot be read: the builder may read it all the same.
    """
    found: list[Instruction] = []
    for text in triggers:
        try:
            read = Dockerfile("", text).instructions
        except DockerfileError:
            read = ()
        if len(read) != 1 or len(found) >= _MAX_TRIGGERS:
            raise _refused_trigger(_("what cannot be read"), image, at, _WITHOUT)
        found += read
        asked = _asked(read[0])
        if asked is not None:
            raise _refused_trigger(asked[0], image, at, asked[1])
        if any("from=" in flag for flag in read[0].flags):
            raise _refused_trigger(_("files of another image"), image, at, _WITHOUT)
    return tuple(found)


def _refused_trigger(what: Message, image: str, at: Location, hint: Message) -> Unverified:
    return Unverified(
        _(
            "{place} starts from {image}, whose build triggers (ONBUILD) ask for {what}, which this run does not allow",
            place=str(at), image=image, what=what,
        ),
        hint,
    )  # fmt: skip


def _asked(instruction: Instruction) -> tuple[Message, Message] | None:
    """What is asked for and not given, and what to do instead."""
    for each in what_it_runs(instruction):
        for pattern, what in _REFUSED:
            if any(map(pattern.match, each.flags)):
                return what, _WITHOUT
        words = [word.translate(_QUOTES) for word in each.values]
        if each.name == "LABEL" and any(map(_OUR_LABEL.match, words[::2])):
            return _("a label that dockerlab reserves for its own images"), _WITHOUT
        if each.name == "ADD" and any(_FETCHED.match(word) and not _FETCHED_ALL_THE_SAME.fullmatch(word)
                                      for word in words[:-1]):  # fmt: skip
            what = _("a file that the docker host itself downloads, on its own network")
            return what, _("COPY what is in the repository, and fetch the rest in a RUN, with curl or wget")
    return None
