"""Which target of a Makefile builds or pushes which image, and what is missing."""

from __future__ import annotations

import difflib
import posixpath
import re
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.makefiles.expansion import printable
from pytest_dockerlab.submission.scan.recipes import Kind, name_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_dockerlab.checks.monitoring_1._own_images import OwnImage
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.scan.image_steps import ImageSteps, Node
    from pytest_dockerlab.submission.scan.recipes import Step

__all__ = ["Coverage"]

_CAPITALS = re.compile(r"[A-Z]")
_VARIABLES = re.compile(r"\$\w+|\$?[{(\ue000][^})\ue001]{0,200}[})\ue001]?")


class Coverage:
    """Which target builds or pushes which image."""

    def __init__(self, steps: ImageSteps, images: Sequence[OwnImage]) -> None:
        self._steps = steps
        self._images = images
        stems = [
            *(image.name for image in images),
            *(image.folder.rpartition("/")[2] for image in images if image.folder),
        ]
        self.nodes = steps.nodes(dict.fromkeys(stems))
        self._own = {node: steps.own(node) for node in self.nodes}
        self._tagged = {name_in(step.images[0])[1] for step in self._all(Kind.TAG)} - {None}
        self._whole: dict[Kind, tuple[Node, set[str]]] = {}
        self._covered = {
            kind: {image.name for image in images if any(self._works(step, image) for step in self._all(kind))}
            for kind in (Kind.BUILD, Kind.PUSH)
        }
        for kind in (Kind.BUILD, Kind.PUSH):
            self._whole[kind] = self._best(kind)
        self._stops = {kind: list(self._stopping(kind)) for kind in self._whole}

    def whole(self, kind: Kind) -> Node | None:
        """The target that does it to every image."""
        node, done = self._whole[kind]
        return node if len(done) == len(self._images) else None

    def missing(self) -> Iterator[Finding]:
        """The images that nothing builds, or pushes: one finding for those that lack it for the same reason."""
        groups: dict[tuple[Location, str, tuple[Kind, ...]], tuple[Message, list[OwnImage]]] = {}
        for image in self._images:
            lacking = tuple(
                kind
                for kind in (Kind.BUILD, Kind.PUSH)
                if image.name not in self._covered[kind] and not self._is_open(kind, image)
            )
            if lacking:
                at, hint = self._why_not(lacking[0], image)
                groups.setdefault((at, str(hint), lacking), (hint, []))[1].append(image)
        for (at, _text, lacking), (hint, images) in groups.items():
            names = [str(image) for image in images]
            match lacking:
                case (Kind.BUILD,):
                    found = _("nothing builds {images}", images=names)
                case (Kind.PUSH,):
                    found = _("nothing pushes {images}", images=names)
                case _:
                    found = _("nothing builds and pushes {images}", images=names)
            yield Finding(_("targets build and push each image of ours"), found, at, hint)

    def stopped(self) -> Iterator[Finding]:
        """What no rule makes, where a target that needs it would do it to more images than any other."""
        for step in dict.fromkeys(step for steps in self._stops.values() for step in steps):
            near = difflib.get_close_matches(step.missing or "", [name for _key, name in self.nodes], 1, 0.6)
            yield Finding(
                _("there is a rule for all that a target needs"),
                _("no rule makes {name}, and there is no such file", name=step.missing),
                step.at,
                _("write {name}, or add a rule", name=near[0]) if near else _("correct the name, or add a rule"),
            )

    def apart(self, kind: Kind) -> Iterator[Finding]:
        """That no target does it to all of them together, unless :meth:`stopped` says why."""
        node, done = self._whole[kind]
        lacking = [image for image in self._images if image.name in self._covered[kind] - done]
        if not lacking or self._stops[kind]:
            return
        names = [image.name for image in lacking]
        doing = dict.fromkeys(next(self._doing(kind, image)) for image in lacking)
        others = [each for each in doing if each[0] != node[0]]
        yield Finding(
            _("one target builds all images") if kind is Kind.BUILD else _("one target pushes all images"),
            _("{target} lacks {images}", target=node[1], images=names),
            self._steps.makefiles[node[0]].targets[node[1]].at
            if node[1] in self._steps.makefiles[node[0]].targets
            else None,
            _("call these in its recipe: {commands}", commands=[self._call(node, each) for each in others])
            if others
            else _(
                "name their targets behind it: {target}: {targets}",
                target=node[1],
                targets=" ".join(target for _key, target in doing),
            ),
        )

    def _call(self, node: Node, other: Node) -> str:
        """How the recipe of one Makefile's target calls that of another."""
        here, there = (self._steps.makefiles[key].folder for key, _target in (node, other))
        return f"$(MAKE) -C {posixpath.relpath(there or '.', here or '.')} {other[1]}"

    def undecided(self) -> list[Step]:
        """Steps of images that nobody can tell, where they may be those that are missing."""
        return [
            step
            for kind in (Kind.BUILD, Kind.PUSH)
            for image in self._images
            if image.name not in self._covered[kind]
            for step in self._all(kind)
            if self._fits(step, image) is None
        ]

    def _all(self, kind: Kind) -> Iterator[Step]:
        return (step for own in self._own.values() for step in own if step.kind is kind)

    def _is_open(self, kind: Kind, image: OwnImage) -> bool:
        return any(self._fits(step, image) is None for step in self._all(kind))

    def _doing(self, kind: Kind, image: OwnImage) -> Iterator[Node]:
        for node, own in self._own.items():
            if any(step.kind is kind and self._works(step, image) for step in own):
                yield node

    def _works(self, step: Step, image: OwnImage) -> bool:
        return self._fits(step, image) is True and self._trouble(step) is None

    def _fits(self, step: Step, image: OwnImage) -> bool | None:
        """Whether a step is one of this image; ``None`` where nobody can tell."""
        if step.missing is not None:
            return False
        if not step.images:
            return None
        answers = []
        for text in step.images:
            has_user, name = name_in(text)
            if name is None:
                is_here = bool(step.folder) and step.folder == image.folder
                answers.append((is_here or None) if text and (is_here or not step.folder) else False)
            else:
                is_complete = has_user or not image.user or step.kind is not Kind.BUILD or name in self._tagged
                answers.append(name == image.name and is_complete)
        return True if True in answers else None if None in answers else False

    def _trouble(self, step: Step) -> Message | None:
        """Why a step cannot work."""
        for text in step.images:
            if _CAPITALS.search(_VARIABLES.sub("", text).partition("@")[0].rpartition("/")[0]):
                return _letters(step) or _(
                    "no image can be called {name}: docker wants small letters", name=printable(text)
                )
        if step.kind is not Kind.BUILD or step.folder is None or step.is_fetched or self._steps.is_foreign(step.folder):
            return None
        if not self._steps.is_folder(step.folder):
            return _letters(step) or _(
                "there is no folder {folder}: paths lead from the Makefile's folder, and behind cd from where that led",
                folder=step.folder,
            )
        if step.dockerfile is not None and not self._steps.is_file(step.dockerfile):
            return _("there is no {file}", file=step.dockerfile)
        return None

    def _why_not(self, kind: Kind, image: OwnImage) -> tuple[Location, Message]:
        for step in self._all(kind):
            if self._fits(step, image) and (trouble := self._trouble(step)) is not None:
                return step.at, trouble
        broken = next((step for step in self._all(kind) if step.missing is not None and _is_for(step, image)), None)
        if broken is not None:
            why = _("there is no {file}", file=broken.missing)
            if self._steps.is_folder(broken.missing or "."):
                why = _("{folder} is a folder, and no program: write cd {folder}", folder=broken.missing)
            elif self._steps.is_file(broken.missing or ""):
                why = _("{file} is not executable: write bash {name}, or git update-index --chmod=+x {file}",
                        file=broken.missing, name=posixpath.basename(broken.missing or ""))  # fmt: skip
            return broken.at, _letters(broken) or why
        return self._near(kind, image) or self._nothing(kind, image)

    def _near(self, kind: Kind, image: OwnImage) -> tuple[Location, Message] | None:
        """A step of an image with nearly that name, or in that folder, where it is no other image of ours."""
        others = {each.name for each in self._images} - {image.name}
        named: dict[str, Step] = {}
        for step in self._all(kind):
            for text in step.images:
                _user, name = name_in(text)
                if name is not None and name not in others:
                    named.setdefault(name, step)
                    if step.folder is not None and step.folder == image.folder:
                        return step.at, _called(name, image)
                elif not text and step.folder is not None and step.folder == image.folder:
                    return step.at, _("give the image its name: docker build -t {image}", image=str(image))
        close = difflib.get_close_matches(image.name, named, 1, 0.6) or [
            name for name in named if name in image.name or image.name in name
        ]
        return (named[close[0]].at, _called(close[0], image)) if close else None

    def _nothing(self, kind: Kind, image: OwnImage) -> tuple[Location, Message]:
        for key, name in self.nodes:
            target = self._steps.makefiles[key].target(name)
            words = f"-{_plain(name)}-"
            if target is not None and str(kind) in name and f"-{_plain(image.name)}-" in words:
                return target.at, _(
                    "docker {verb} of this image is not what {target} runs", verb=str(kind), target=name
                )
        at = Location(next(iter(self._steps.makefiles)))
        if kind is Kind.PUSH:
            return at, _("add a target with docker push for each, and one that needs them all")
        if image.folder is None:
            return at, _("put the Dockerfile of each into the repository, with a target that builds it")
        return at, _("add a target with docker build -t for each, and one that needs them all")

    def _best(self, kind: Kind) -> tuple[Node, set[str]]:
        """The target that does it to most images. What the build of all pushes by itself needs no further push.

        Of several that build the same, the one that pushes least is the build.
        """
        best: tuple[Node, set[str]] = (next(iter(self.nodes), ("", "")), set())
        given = set[str]()
        if kind is Kind.PUSH:
            node, built = self._whole[Kind.BUILD]
            given = self._done(self._steps.reached(node), kind) if built else given
        fewest = 0
        for node in self.nodes:
            steps = self._steps.reached(node)
            done = self._done(steps, kind)
            pushes = sum(step.kind is Kind.PUSH for step in steps) if kind is Kind.BUILD else 0
            if any(step.kind is Kind.STOPS_MAKE for step in steps) or not done:
                continue
            if (len(done | given), -pushes) > (len(best[1]), -fewest):
                best, fewest = (node, done | given), pushes
        return best

    def _stopping(self, kind: Kind) -> Iterator[Step]:
        """Where make stops, of the targets that would do it to more images than the best one."""
        for node in self.nodes:
            steps = self._steps.reached(node)
            stops = [step for step in steps if step.kind is Kind.STOPS_MAKE]
            if stops and len(self._done(steps, kind)) > len(self._whole[kind][1]):
                yield from stops

    def _done(self, steps: list[Step], kind: Kind) -> set[str]:
        fitting = [step for step in steps if step.kind is kind]
        return {image.name for image in self._images if any(self._works(step, image) for step in fitting)}


def _is_for(step: Step, image: OwnImage) -> bool:
    """Whether a script that is missing may have been this image's: it would lie in its folder, or in one above."""
    if step.images:
        return image.name in (name_in(text)[1] for text in step.images)
    folder = (step.missing or "").rpartition("/")[0]
    return image.folder is not None and f"{image.folder}/".startswith(f"{folder}/" if folder else "")


def _plain(name: str) -> str:
    return name.lower().replace("_", "-")


def _called(name: str, image: OwnImage) -> Message:
    return _(
        "this one is called {name}, and the compose file says {image}: use one name in both",
        name=name,
        image=str(image),
    )


def _letters(step: Step) -> Message | None:
    if not step.letters:
        return None
    letter = min(step.letters)
    return _(
        "make reads ${letter} as a variable of one letter, which is empty: write $(NAME) for a variable of make's,"
        " $$NAME for one of the shell's",
        letter=letter,
    )
