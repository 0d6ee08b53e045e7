"""``docker run`` lines as they stand in READMEs and scripts: names, networks, aliases, variables, volumes, images."""

from __future__ import annotations

import dataclasses
import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ...errors import RefusedPath
from ...findings import Location
from ..files.tree import Tree
from ..text.envfile import literal_variables
from ..text.shell import Command, commands, program, with_inner
from .discovery import folder_of
from .roles import Role, role_of_service
from .scripts import Snippet

__all__ = ["DATA_FOLDERS", "DockerRun", "Volume", "docker_runs", "volume"]

# The options of docker run that take no value, from its reference; every other one takes the next word.
_BOOLEAN = frozenset({"-d", "--detach", "-i", "--interactive", "-t", "--tty", "--rm", "--init", "--privileged",
                      "--read-only", "-P", "--publish-all", "--oom-kill-disable", "--no-healthcheck", "--sig-proxy",
                      "--disable-content-trust", "-q", "--quiet", "--help"})  # fmt: skip
_SHORT_BOOLEAN = "ditPq"
_GLOBAL = frozenset({"-H", "--host", "-c", "--context", "--config", "-l", "--log-level", "--tlscacert", "--tlscert",
                     "--tlskey"})  # fmt: skip
_LONG = {"-e": "--env", "-v": "--volume", "-p": "--publish", "--net": "--network", "--net-alias": "--network-alias",
         "-h": "--hostname"}  # fmt: skip
# Where MongoDB keeps its data: the official image and Percona's, Bitnami's, Debian's package.
DATA_FOLDERS = ("/data/db", "/bitnami/mongodb", "/bitnami/mongodb/data/db", "/var/lib/mongodb")


@dataclass(frozen=True, slots=True)
class Volume:
    """What is mounted where. ``source`` is empty for an anonymous volume."""

    type: str
    source: str
    target: str

    @property
    def is_named(self) -> bool:
        """Whether it is a volume with a name."""
        return self.type == "volume" and bool(self.source)


@dataclass(frozen=True, slots=True)
class DockerRun:
    """One ``docker run`` or ``docker create``. Without a network it is on the default bridge.

    ``image`` is empty where the line breaks off before it, as after a forgotten backslash.
    """

    image: str
    names: frozenset[str]
    """The name and the aliases."""
    aliases: tuple[str, ...]
    networks: tuple[str, ...]
    environment: dict[str, str]
    volumes: tuple[Volume, ...]
    at: Location
    section: str
    text: str
    unseen: tuple[str, ...] = ()
    """The files of ``--env-file`` that are not in the repository: nobody sees what they set."""
    options: tuple[tuple[str, str], ...] = ()
    """Every option that has a value, by its long name."""
    command: tuple[str, ...] = ()
    """What stands behind the image."""

    @property
    def role(self) -> Role | None:
        """Whose container it is, by its image's name, then its own."""
        name = next(iter(sorted(self.names - set(self.aliases))), "")
        return role_of_service(self.image.rpartition("/")[2].partition(":")[0], self.image) or role_of_service(name)


def docker_runs(found: Iterable[Snippet], tree: Tree | None = None) -> list[DockerRun]:
    """The containers that are started, in order; ``docker network connect`` gives a named one more networks.

    ``tree`` is where the files of ``--env-file`` are looked for.
    """
    runs: list[DockerRun] = []
    for snippet in found:
        for command in with_inner(commands(snippet.text, snippet.values, snippet.line), snippet.values):
            if program(command) not in ("docker", "docker.exe"):
                continue
            verbs, rest = _verbs(command)
            if verbs in (("run",), ("create",), ("container", "run"), ("container", "create")):
                run = _run(snippet, rest, tree)
                if run is not None:
                    runs.append(run)
            elif verbs == ("network", "connect"):
                _connect(runs, rest)
    return runs


def _verbs(command: Command) -> tuple[tuple[str, ...], list[str]]:
    """What docker is to do, and the words after that."""
    words = list(command.words[1:])
    while words and words[0].startswith("-"):
        words = words[2:] if words[0] in _GLOBAL else words[1:]
    size = 2 if words[:1] in (["container"], ["network"], ["image"], ["volume"]) else 1
    return tuple(words[:size]), words[size:]


def _options(words: list[str]) -> tuple[list[tuple[str, str]], list[str]]:
    """The options with their long names and values, and what stands behind them."""
    options: list[tuple[str, str]] = []
    at = 0
    while at < len(words):
        word = words[at].replace("\u2013", "--", 1).replace("\u2014", "--", 1)  # as some editors make of two hyphens
        at += 1
        if word == "--" or not word.startswith("-") or word == "-":
            return options, words[at - (word != "--") :]
        name, equals, value = word.partition("=")
        if not word.startswith("--"):
            letters = word[1:]
            while letters and letters[0] in _SHORT_BOOLEAN and not letters.startswith("="):
                letters = letters[1:]
            if not letters or word in _BOOLEAN:
                continue
            name, value, equals = f"-{letters[0]}", letters[1:].removeprefix("="), letters[1:]
        elif name in _BOOLEAN:
            continue
        if not equals and at < len(words):
            value = words[at]
            at += 1
        options.append((_LONG.get(name, name), value))
    return options, []


def _run(snippet: Snippet, words: list[str], tree: Tree | None) -> DockerRun | None:
    options, rest = _options(words)
    if not (options or rest):
        return None
    networks, aliases = [], []
    names, environment, volumes = [], {}, []
    from_files: dict[str, str] = {}
    unseen = []
    for name, value in options:
        match name:
            case "--network":
                network, more = _network(value)
                networks.append(network)
                aliases += more
            case "--network-alias":
                aliases.append(value)
            case "--name":
                names.append(value)
            case "--env":
                variable, equals, content = value.partition("=")
                if equals:
                    environment[variable] = content
            case "--env-file":
                told = _env_file(tree, snippet.path, value)
                from_files |= told or {}
                if told is None:
                    unseen.append(value)
            case "--volume" | "--mount":
                volumes.append(volume(value) if name == "--volume" else _mount(value))
    return DockerRun(
        rest[0] if rest else "",
        frozenset((*names, *aliases)),
        tuple(aliases),
        tuple(networks),
        {**from_files, **environment},
        tuple(volumes),
        Location(snippet.path, snippet.line),
        snippet.section,
        " ".join(snippet.text.split()),
        tuple(unseen),
        tuple(options),
        tuple(rest[1:]),
    )


def _env_file(tree: Tree | None, beside: str, name: str) -> dict[str, str] | None:
    """What an env file sets: beside the line's own file, or the only one of that name; ``None`` where there is none."""
    if tree is None:
        return None
    asked = posixpath.normpath(name)
    places = [posixpath.normpath(posixpath.join(folder_of(beside), asked)), asked]
    ends = [path for path in tree.files if path.endswith(f"/{asked}")]
    path = next((each for each in places if each in tree.files), ends[0] if len(ends) == 1 else None)
    try:
        return literal_variables(tree.read(path).decode("utf-8", "replace")) if path is not None else None
    except RefusedPath:
        return None


def _network(value: str) -> tuple[str, list[str]]:
    """A network, and the aliases of its long form: ``name=reddit,alias=post_db``."""
    if "=" not in value:
        return value, []
    pairs = [part.partition("=")[::2] for part in value.split(",")]
    return next((each for key, each in pairs if key == "name"), ""), [each for key, each in pairs if key == "alias"]


def volume(value: str) -> Volume:
    """What ``-v`` mounts where; compose's short form is the same."""
    # A drive letter is no volume's name: C:\data:/data/db.
    drive = re.match(r"[A-Za-z]:(?=\\|/[^:]*:/)", value)
    source, _colon, rest = value[drive.end() if drive else 0 :].partition(":")
    if drive:
        return Volume("bind", drive[0] + source, rest.partition(":")[0].rstrip("/"))
    if not rest:
        return Volume("volume", "", source.rstrip("/"))
    is_path = source.startswith(("/", ".", "~", "$(", "`", "$PWD", "${PWD", "$HOME", "${HOME")) or "/" in source
    return Volume("bind" if is_path else "volume", source, rest.partition(":")[0].rstrip("/"))


def _mount(value: str) -> Volume:
    pairs = {key.strip(): each for key, _equals, each in (part.partition("=") for part in value.split(","))}
    source = pairs.get("source") or pairs.get("src") or ""
    target = pairs.get("target") or pairs.get("destination") or pairs.get("dst") or ""
    return Volume(pairs.get("type") or "volume", source, target.rstrip("/"))


def _connect(runs: list[DockerRun], words: list[str]) -> None:
    options, rest = _options(words)
    if len(rest) < 2:
        return
    added = [value for name, value in options if name == "--alias"]
    for at, run in enumerate(runs):
        if rest[1] in run.names:
            runs[at] = dataclasses.replace(
                run,
                names=run.names | set(added),
                aliases=(*run.aliases, *added),
                networks=(*run.networks, rest[0]),
            )


def scenes(runs: Iterable[DockerRun]) -> Iterator[list[DockerRun]]:
    """The runs that belong together: of one section or script, until a role comes a second time."""
    scene: list[DockerRun] = []
    for run in runs:
        if scene and (run.section != scene[-1].section or (run.role and run.role in {each.role for each in scene})):
            yield scene
            scene = []
        scene.append(run)
    if scene:
        yield scene
