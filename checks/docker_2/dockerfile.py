"""The item docker-2/dockerfile: whether the image starts the script that it copies."""

from __future__ import annotations

import difflib
import posixpath
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_2._image_files import ImageFiles
from pytest_dockerlab.checks.docker_2._monolith import FILES, monolith_to_build
from pytest_dockerlab.checks.docker_2._start import find_start
from pytest_dockerlab.findings import Finding, Location, note, report
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.checks.docker_2._monolith import Monolith
    from pytest_dockerlab.submission.dockerfiles.dockerfile import Dockerfile
    from pytest_dockerlab.submission.dockerfiles.instructions import Instruction
    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.submission import Submission


@check("docker-2/dockerfile", "the Dockerfile copies its files and runs start.sh", told_by=["docker-2/files"])
def dockerfile(submission: Submission) -> None:
    monolith = monolith_to_build(submission.tree)
    path = monolith.path("Dockerfile")
    note("Dockerfile", path)
    read = submission.dockerfile(path)
    report(read.problems() or submission.unnamed_bases(path) or _problems(submission.tree, monolith, read))


def _problems(tree: Tree, monolith: Monolith, dockerfile: Dockerfile) -> Iterator[Finding]:
    """What is wrong in the monolith's Dockerfile: a file that is not copied, a script that is not started."""
    files = ImageFiles(tree, monolith)
    starts: dict[str, Instruction] = {}
    for step in dockerfile.steps():
        files.take(dockerfile, step)
        if step.instruction.name in ("ENTRYPOINT", "CMD"):
            starts[step.instruction.name] = step.instruction
    if dockerfile.image().command is None:  # forgotten at an ENTRYPOINT
        starts.pop("CMD", None)
    last = Location(dockerfile.path, dockerfile.instructions[-1].line)
    copied = {each.name for each in files.placed if each.instruction.name in ("COPY", "ADD")}
    for name in FILES[1:]:
        if name not in copied:
            yield (
                files.left_out.get(name)
                or _copied_from_nowhere(dockerfile, name)
                or Finding(
                    _("{name} is copied into the image", name=name),
                    _("no COPY copies it"),
                    last,
                    _("add COPY {name} and its destination", name=name),
                )
            )
    yield from _problems_of_the_start(tree, monolith, dockerfile, files, starts)


def _copied_from_nowhere(dockerfile: Dockerfile, name: str) -> Finding | None:
    """What is wrong with the COPY that was meant to bring a file: it is misspelt, or looked for in another folder."""
    for step in dockerfile.steps():
        each = step.instruction
        if each.name not in ("COPY", "ADD") or len(each.values) < 2 or any(f.startswith("--from=") for f in each.flags):
            continue
        for source in each.values[:-1]:
            own = posixpath.basename(source)
            is_its_place = len(each.values) == 2 and posixpath.basename(each.values[-1]) == name
            if own == name or is_its_place or (own not in FILES and difflib.get_close_matches(name, [own], 1, 0.8)):
                return Finding(
                    _("{name} is copied into the image", name=name),
                    _("{source} is not in the folder of the Dockerfile", source=source),
                    Location(dockerfile.path, each.line),
                    _("write COPY {name}: a path starts in the folder that is built, and nothing outside is seen",
                      name=name),
                )  # fmt: skip
    return None


def _problems_of_the_start(
    tree: Tree, monolith: Monolith, dockerfile: Dockerfile, files: ImageFiles, starts: dict[str, Instruction]
) -> Iterator[Finding]:
    scripts = files.named("start.sh")
    start = find_start(tree, monolith, dockerfile.image(), scripts)
    command = starts.get("CMD") or starts.get("ENTRYPOINT")
    at = Location(dockerfile.path, command.line if command else dockerfile.instructions[-1].line)
    shown = [" ".join((each.name, *each.values)) for each in sorted(starts.values(), key=lambda each: -len(each.name))]
    found = ", ".join(shown) or _("there is no CMD")
    if start is None:
        is_swallowed = len(starts) == 2 and "start.sh" in " ".join(starts["CMD"].values)
        yield Finding(
            _("the container starts start.sh"),
            found,
            at,
            _("remove the ENTRYPOINT: it gets the CMD as its arguments and does not run it")
            if is_swallowed
            else _('end with CMD ["/start.sh"]: a RUN starts it only during the build'),
        )
        return
    if not scripts:
        return  # it is said above
    script = next((each for each in reversed(scripts) if each.target in start.paths), None)
    if script is None and start.paths:
        script = scripts[-1]
        is_looked_for = "/" not in start.word
        yield Finding(
            _("the command is the path that start.sh was copied to: {target}", target=script.target),
            _("{command}: {script} is in no directory of PATH", command=found, script=start.word)
            if is_looked_for
            else found,
            at,
            _("write the same path in both instructions"),
        )
    script = script or scripts[-1]
    files.run(start.before, command or script.instruction)
    if not start.by_shell and not script.is_executable:
        yield Finding(
            _("start.sh is executable in the image"),
            " ".join((script.instruction.name, *script.instruction.flags, *script.instruction.values)),
            Location(dockerfile.path, script.instruction.line),
            _(
                "add RUN chmod +x {target} after this instruction, or commit the file with its mode bit",
                target=script.target,
            ),
        )
