"""The item monitoring-1/makefile."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.monitoring_1._coverage import Coverage
from pytest_dockerlab.checks.monitoring_1._own_images import own_images
from pytest_dockerlab.checks.monitoring_1._project import TOLD_BY, monitored_project
from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Location, NotAttempted, Unverified, note, report, require
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.files.vendored import is_vendored
from pytest_dockerlab.submission.makefiles.makefile import NAMES, is_makefile
from pytest_dockerlab.submission.scan.image_steps import ImageSteps
from pytest_dockerlab.submission.scan.recipes import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dockerlab.checks.monitoring_1._own_images import OwnImage
    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.scan.image_steps import Node
    from pytest_dockerlab.submission.submission import Submission

_USUAL = ("", "docker", "src", "monitoring")
_SPEAKS = re.compile(r"\b(?:docker|podman|compose|buildx|image)\b.{0,200}\b(?:build|push)\b|docker_build")
_MAX_MAKEFILES = 20
_LOWER = frozenset(map(str.lower, NAMES))
"""By these names, in other letters, a file is a Makefile only where the file system takes them for the same."""


@check(
    "monitoring-1/makefile",
    "the Makefile builds and pushes every image of ours",
    level="optional",
    needs=[Need.COMPOSE],
    told_by=[TOLD_BY],
)
def makefile(submission: Submission) -> None:
    paths = _makefiles(submission.tree)
    if not paths:
        files = (path for path in submission.tree.files if not is_vendored(path))
        other = next((path for path in files if path.rpartition("/")[2].lower() in _LOWER), None)
        raise NotAttempted(
            _("make looks for Makefile, and takes no notice of {file}", file=other)
            if other is not None
            else _("there is no Makefile")
        )
    if not any(_speaks(submission.tree, path) for path in submission.tree.files if is_makefile(path)):
        raise NotAttempted(_("{files}: nothing in it builds or pushes an image", files=paths))
    project = monitored_project(submission)
    images = own_images(submission, project)
    if not images:
        raise Unverified(_("no image in {file} is built here", file=project.file))
    known = project.env.variables if project.env is not None else {}
    values = {name: variable.value or "" for name, variable in known.items()}
    steps = ImageSteps(submission.tree, paths, values)
    paths = [path for path in paths if path in steps.makefiles]
    speaking = [path for path in paths if any(_speaks(submission.tree, file) for file in steps.makefiles[path].files)]
    for path in speaking:
        for problem in steps.makefiles[path].problems[:1]:
            require(
                False,
                _("make can read {file}", file=path),
                found=problem.text,
                at=problem.at,
                hint=problem.reason,
            )
    coverage = Coverage(steps, images)
    require(coverage.nodes, _("the Makefile has targets"), found=_("none"), at=Location(paths[0]),
            hint=_("write a rule: a name, a colon, and below it the commands behind a tab"))  # fmt: skip
    _note(steps, coverage, images, speaking)
    findings = [*coverage.missing(), *coverage.stopped(), *coverage.apart(Kind.BUILD), *coverage.apart(Kind.PUSH)]
    report(findings)
    if not findings and (open_ := coverage.undecided()):
        step = open_[0]
        raise Unverified(
            _("{place}: which images this is for cannot be told without running it", place=str(step.at)),
            _("name the images in the recipe, or run make yourself and look"),
        )


def _makefiles(tree: Tree) -> list[str]:
    """Every Makefile that make would find in its folder, the usual places first."""
    folders: dict[str, str] = {}
    for path in tree.files:
        folder, _slash, name = path.rpartition("/")
        if name in NAMES and not is_vendored(path):
            best = folders.get(folder)
            if best is None or NAMES.index(name) < NAMES.index(best.rpartition("/")[2]):
                folders[folder] = path

    def place(folder: str) -> tuple[int, int, str]:
        return (_USUAL.index(folder) if folder in _USUAL else len(_USUAL), folder.count("/"), folder)

    return [folders[folder] for folder in sorted(folders, key=place)][:_MAX_MAKEFILES]


def _speaks(tree: Tree, path: str) -> bool:
    """Whether a file speaks of building or pushing images, be it in an echo."""
    try:
        return _SPEAKS.search(tree.text(path).content) is not None
    except RefusedPath:
        return False


def _note(steps: ImageSteps, coverage: Coverage, images: Sequence[OwnImage], paths: Sequence[str]) -> None:
    note("Makefile", list(paths))
    note("images of ours", [str(image) for image in images])
    note("default target", [f"{path}: {steps.makefiles[path].default or '-'}" for path in paths])
    if (node := coverage.whole(Kind.BUILD)) is not None:
        note("builds all images", _shown(node))
    if (node := coverage.whole(Kind.PUSH)) is not None:
        note("pushes all images", _shown(node))
    starting = [node for node in coverage.nodes if any(step.kind is Kind.START for step in steps.reached(node))]
    if starting:
        note("starts or restarts containers", [_shown(node) for node in starting][:10])
    missing = [name for path in paths for name in steps.makefiles[path].missing]
    if missing:
        note("includes that are not handed in", missing)


def _shown(node: Node) -> str:
    return f"{node[0]}: {node[1]}"
