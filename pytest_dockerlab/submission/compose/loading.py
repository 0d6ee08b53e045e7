"""Loads a compose project: the real compose, on a guarded copy, with values that are the same for everybody."""

from __future__ import annotations

import concurrent.futures
import os
import re
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from ...findings import Finding, Location, Mismatch
from ...messages import Message, _
from ..files.tree import Tree, decode
from ..scan.discovery import folder_of
from ..text.envfile import EnvFile
from ..text.interpolation import Use, uses
from ..text.yamldoc import Key, YamlDoc, YamlFiles
from . import cli as composecli
from .guard import Guarded, collect
from .project import ComposeProject, VariableUse
from .resolved import Resolved

__all__ = ["ComposeProject", "load"]

FIRST_NEUTRAL_PORT = 10_000
_AMBIENT = ("HOME", "PWD")
# A student's own variables that are called like compose's; all others of this prefix may be known to some compose.
_NOT_COMPOSES = re.compile(
    r"COMPOSE_(?:(?:[A-Z]+_)?(?:USER|USER_?NAME|LOGIN|PORT|TAG|REV)|(?:UI|POST|COMMENT|MONGO|DB|APP)_\w+)"
)


def load(tree: Tree, files: Sequence[str], env: EnvFile | None, *, templates: bool = True) -> ComposeProject:
    """Resolve the project that ``files`` are merged to, with the values of ``env``.

    ``templates`` says whether the texts before interpolation are wanted too. Raises :class:`Mismatch` where the
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
        values = _Values(docs, env, str(copy / folder), _included_names(guarded))
        arguments = [word for path in files for word in ("-f", str(copy / path))]
        arguments += ["-p", composecli.PROJECT, "--project-directory", str(copy / folder)]
        arguments += ["--env-file", str(_write(guarded, copy, folder, values.given))]
        arguments += [word for profile in values.profiles for word in ("--profile", profile)]
        try:
            resolved, template, variables = _run(arguments, copy / folder, copy, templates)
        except composecli.ComposeError as failure:
            raise _mismatch(failure, [docs[0], *searched], values) from None
    project = Resolved(tree, searched, str(copy), resolved, template, values.given)
    return ComposeProject(
        files=tuple(files),
        services=project.services,
        networks=project.networks,
        variables=values.uses if variables is None else {each: values.use(each) for each in sorted(variables)},
        undefined=tuple(values.undefined),
        placeholders=tuple(values.placeholders),
        env=env,
        docs=searched,
        raw=project.raw,
    )


def _run(
    base: list[str], folder: Path, root: Path, templates: bool
) -> tuple[dict[str, Any], dict[str, Any] | None, dict[str, Any] | None]:
    """The project resolved; as it stands in the files; and its variables: all three at once."""
    plain = ["--no-env-resolution"]
    with concurrent.futures.ThreadPoolExecutor(3) as pool:
        resolved = pool.submit(composecli.config, base, plain, folder, root=root)
        # These two only add to what the YAML itself says: an older compose may lack them.
        others = [
            pool.submit(_or_none, base, [*plain, *options], folder)
            for options in (["--no-interpolate", "--no-consistency"], ["--variables"])
            if templates
        ]
        found = [other.result() for other in others] or [None, None]
        return resolved.result(), found[0], found[1]


def _or_none(base: list[str], options: list[str], folder: Path) -> dict[str, Any] | None:
    try:
        return composecli.config(base, options, folder)
    except composecli.ComposeError:
        return None


def _write(guarded: Guarded, copy: Path, folder: str, values: Mapping[str, str]) -> Path:
    (copy / folder).mkdir(parents=True)
    for path, data in guarded.files.items():
        target = copy / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)
    env_path = copy.parent / "values.env"
    env_path.write_text("".join(f'{name}="{_quote(value)}"\n' for name, value in values.items()), "utf-8")
    return env_path


def _quote(value: str) -> str:
    """A value between double quotes: single ones have no way to end in a backslash."""
    return re.sub(r'([\\"$])', r"\\\1", "".join(char for char in value if char.isprintable()))


def _included_names(guarded: Guarded) -> frozenset[str]:
    """The variables that env files of included projects define, which hold for those projects."""
    read = [EnvFile(path, decode(guarded.files[path]).content) for path in guarded.env_files]
    return frozenset(name for env in read for name in env.variables)


class _Values:
    """What compose interpolates: the example's values, and neutral ones where it has none."""

    def __init__(self, docs: Sequence[YamlDoc], env: EnvFile | None, folder: str, elsewhere: frozenset[str]) -> None:
        # Every shell sets these two; compose takes HOME from its environment, where it leads nowhere.
        self.given: dict[str, str] = {"PWD": folder}
        self._next_port = FIRST_NEUTRAL_PORT
        self.undefined: list[str] = []
        self.placeholders: list[str] = []
        self.profiles: list[str] = []
        self.uses: dict[str, VariableUse] = {}
        known = env.variables if env is not None else {}
        for name, variable in known.items():
            # COMPOSE_FILE and its like would change what is read; the profiles only choose services.
            if name == "COMPOSE_PROFILES":
                self.profiles = [each.strip() for each in (variable.value or "").split(",") if each.strip()]
            elif not _is_composes(name) and variable.value is not None:
                self.given[name] = variable.value
        for use, path, location in _uses(docs):
            self._add(use, location)
            if _is_composes(use.name) or use.name in _AMBIENT or use.name in elsewhere:
                continue  # compose, the shell, or the env file of an include sets those
            if use.name in known and not known[use.name].is_placeholder:
                continue
            if use.has_default and not self.given.get(use.name):
                continue
            missing = self.placeholders if use.name in known else self.undefined
            if use.name not in missing:
                missing.append(use.name)
                if neutral := self._neutral(use, path):
                    self.given[use.name] = neutral
                else:
                    self.given.pop(use.name, None)

    def use(self, name: str) -> VariableUse:
        """A variable's use; one that only compose sees has no place."""
        return self.uses.get(name) or VariableUse(name, False, False, ())

    def _add(self, use: Use, location: Location) -> None:
        known = self.uses.get(use.name)
        self.uses[use.name] = VariableUse(
            use.name,
            use.has_default and (known is None or known.has_default),
            use.is_required or (known is not None and known.is_required),
            (*(known.locations if known else ()), location),
        )

    def _neutral(self, use: Use, path: tuple[Key, ...]) -> str:
        if "ports" in path:
            self._next_port += 1
            return str(self._next_port - 1)
        return "x" if path[-1:] == ("image",) or use.is_required else ""


def _is_composes(name: str) -> bool:
    return name.startswith("COMPOSE_") and not _NOT_COMPOSES.fullmatch(name)


def _uses(docs: Sequence[YamlDoc]) -> list[tuple[Use, tuple[Key, ...], Location]]:
    return [
        (use, scalar.path, Location(doc.path, scalar.line))
        for doc in docs
        for scalar in doc.scalars()
        if "$" in scalar.text
        for use in uses(scalar.text)
    ]


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


def _mismatch(failure: composecli.ComposeError, docs: Sequence[YamlDoc], values: _Values) -> Mismatch:
    hint: Message = _("run docker-compose config beside the file: it shows the same message until it is right")
    if missing := [*values.undefined, *values.placeholders]:
        hint = _("give these variables a value in the example env file: {names}; then {hint}", names=missing, hint=hint)
    return Mismatch(
        Finding(_("compose loads the project"), failure.message, composecli.locate(failure.message, docs), hint)
    )
