"""Loads a compose project: the real compose, on a guarded copy, with values that are the same for everybody."""

from __future__ import annotations

import concurrent.futures
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...errors import LimitExceeded
from ...findings import Finding, Location, Mismatch
from ...messages import _
from ..budget import Budget, reading
from ..files.tree import Tree
from ..scan.discovery import folder_of
from ..text.envfile import EnvFile
from ..text.interpolation import uses
from ..text.yamldoc import YamlDoc, YamlFiles
from . import cli as composecli
from .as_written import is_as_written
from .guard import Guarded, collect
from .project import ComposeProject
from .refusals import locate, remedy, steady
from .resolved import Resolved
from .values import Values, is_composes

__all__ = ["ComposeProject", "load"]


def load(
    tree: Tree, files: Sequence[str], env: EnvFile | None, *, templates: bool = True, profiles: Sequence[str] = ()
) -> ComposeProject:
    """Resolve the project that ``files`` are merged to, with the values of ``env``.

    ``templates`` says whether the texts before interpolation are wanted too, ``profiles`` what is to be on beside those
    that ``env`` names. Raises :class:`Mismatch` where the
    student's files are at fault, ``Unverified`` where there is no compose.
    """
    guarded = collect(tree, list(files))
    docs = list(guarded.docs.values())
    # Files given later win over earlier ones; what they include comes last.
    searched = YamlFiles([*reversed(docs[: len(files)]), *docs[len(files) :]])
    _refuse_version_1(docs[0])
    folder = folder_of(files[0])
    with tempfile.TemporaryDirectory(prefix="dockerlab-") as name:
        # Deep enough that a path which leads out of the copy stays recognisable as one.
        copy = Path(os.path.realpath(name), "0", "1", "2", "3", "submission")
        values = Values(docs, env, str(copy / folder), _included_names(guarded))
        as_written = templates and is_as_written(guarded)  # compose would only say it again
        arguments = [word for path in files for word in ("-f", str(copy / path))]
        arguments += ["-p", composecli.PROJECT, "--project-directory", str(copy / folder)]
        _write(guarded, copy, folder)
        beside = copy.parent / "env"
        arguments += ["--env-file", str(_write_env(tree, beside, env, values.neutral))]
        arguments += [word for profile in (*values.profiles, *profiles) for word in ("--profile", profile)]
        try:
            wanted = templates and not as_written
            resolved, template = _run(arguments, copy / folder, copy, tree.budget, files[0], wanted)
        except composecli.ComposeError as failure:
            message = failure.message.replace(f"{beside}{os.sep}", "")
            raise _mismatch(message, docs[0], searched, env, values) from None
    with reading(Location(files[0])):
        project = Resolved(tree, searched, str(copy), resolved, template, values.given)
        names = sorted(values.uses) if as_written else None if template is None else _names(template)
    return ComposeProject(
        files=tuple(files),
        services=project.services,
        networks=project.networks,
        variables=values.uses if names is None else {each: values.use(each) for each in names},
        undefined=tuple(values.undefined),
        placeholders=tuple(values.placeholders),
        env=env,
        docs=searched,
        raw=project.raw,
    )


def _run(
    base: list[str], folder: Path, root: Path, budget: Budget, on: str, templates: bool
) -> tuple[dict[str, Any], dict[str, Any] | None]:
    """The project resolved, and as it stands in the files: both at once."""
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        template = pool.submit(_template, base, folder, budget, on) if templates else None
        resolved = composecli.config(base, ["--no-env-resolution"], folder, budget, on, root=root)
        return resolved, template.result() if template is not None else None


def _template(base: list[str], folder: Path, budget: Budget, on: str) -> dict[str, Any] | None:
    """It only adds to what the YAML itself says: an older compose may lack the options."""
    try:
        options = ["--no-env-resolution", "--no-interpolate", "--no-consistency"]
        return composecli.config(base, options, folder, budget, on)
    except (composecli.ComposeError, LimitExceeded):  # compose 2.39 panics over "external: ${V}"
        return None


def _names(template: object) -> list[str]:
    """The variables of a project as it stands in its files; what ``compose config --variables`` prints."""
    if isinstance(template, Mapping):
        template = list(template.values())
    if isinstance(template, list):
        return sorted({name for each in template for name in _names(each)})
    return [use.name for use in uses(template)] if isinstance(template, str) else []


def _write(guarded: Guarded, copy: Path, folder: str) -> None:
    (copy / folder).mkdir(parents=True)
    for path, data in guarded.files.items():
        target = copy / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def _write_env(tree: Tree, folder: Path, env: EnvFile | None, neutral: Mapping[str, str]) -> Path:
    """What compose reads as its env file: the student's own, byte for byte, and after it what shall win.

    That is nothing for compose's own variables, which would change what is read. A file that is refused stays alone: an
    open quote would swallow our lines.
    """
    target = folder / (env.path if env is not None else ".env")
    target.parent.mkdir(parents=True, exist_ok=True)
    data = tree.read(env.path) + b"\n" if env is not None else b""
    if env is None or env.refused_at is None:
        theirs = sorted({each.decode() for each in re.findall(rb"COMPOSE_[A-Z_]+", data)})
        ours = {**dict.fromkeys(filter(is_composes, theirs), ""), **neutral}
        data += "".join(f"{name}={value}\n" for name, value in ours.items()).encode()
    target.write_bytes(data)
    return target


def _included_names(guarded: Guarded) -> frozenset[str]:
    """The variables that env files of included projects define, which hold for those projects."""
    read = [EnvFile(path, guarded.files[path].decode("utf-8", "replace")) for path in guarded.env_files]
    return frozenset(name for env in read for name in env.variables)


def _refuse_version_1(doc: YamlDoc) -> None:
    root = doc.root
    assert root is not None
    if doc.node("services") is not None or doc.node("include") is not None:
        return
    services = [key.text for key, value in root.entries() if value.kind == "mapping" and
                (value.get("image") or value.get("build"))]  # fmt: skip
    raise Mismatch(
        Finding(
            _("the compose file has a section services:"),
            _("version 1 of the format: {services} at the top level", services=services) if services else root.names(),
            Location(doc.path, root.line),
            _("put the services under services: and the networks under networks:; compose reads nothing else any more"),
        )
    )


def _mismatch(message: str, main: YamlDoc, files: YamlFiles, env: EnvFile | None, values: Values) -> Mismatch:
    message = steady(message, files)
    expected, hint = _("compose loads the project"), remedy(message)
    at = locate(message, main, files, values.given)
    if env is not None and f"failed to read {env.path}" in message:
        expected = _("compose reads the example env file")
        hint = _("correct the line: NAME=value, every quote closed, in UTF-8")
        at = Location(env.path, env.refused_at or env.line_of(message.rpartition('"')[0].rpartition('"')[2]))
    elif missing := [*values.undefined, *values.placeholders]:
        hint = _("give these variables a value in the example env file: {names}; then {hint}", names=missing, hint=hint)
    return Mismatch(Finding(expected, message, at, hint))
