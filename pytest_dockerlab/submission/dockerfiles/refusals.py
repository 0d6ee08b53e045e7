"""What no builder takes, though it can be read: the instructions' flags, their arguments and their forms, as a table.

Source: BuildKit v0.32 (Dockerfile frontend 1.26), ``frontend/dockerfile/instructions/parse.go`` and what
``dockerfile2llb/convert.go`` beside it says of ports, signals and stages. What a new builder takes is taken, also where
the older ones refuse it (``COPY --link``, ``--retries=0``): that is the one of everybody's Docker since version 23.
"""

from __future__ import annotations

import difflib
import ipaddress
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from ...messages import Message, _

if TYPE_CHECKING:
    from .instructions import Instruction

__all__ = ["Refusal", "is_image", "refusals"]


@dataclass(frozen=True, slots=True)
class Refusal:
    """An instruction that no builder takes, and why. ``word`` is the one at fault, where it is one."""

    instruction: Instruction | None
    why: Message
    word: str = ""


_TEXT, _MANY, _SWITCH = "text", "many", "switch"
_Why = Iterator[tuple[Message, str]]


@dataclass(frozen=True, slots=True)
class _Form:
    """What an instruction wants: how many arguments at least, which flags, and whatever else.

    ``flags`` is ``None`` where the builders look at none.
    """

    least: int = 0
    flags: dict[str, str] | None = field(default_factory=dict)
    rule: Callable[[Instruction], _Why] = lambda _instruction: iter(())


def refusals(instructions: Sequence[Instruction], escape: str = "\\") -> Iterator[Refusal]:
    """Why the builders would refuse a file that their parser can read, the first reason of each instruction."""
    # A misspelt FROM begins a stage too: what follows from that is told once.
    begins = [
        each.name == "FROM" or (each.name not in _FORMS and _near(each.name) == ["FROM"]) for each in instructions
    ]
    if not any(begins):
        yield Refusal(None, _("there is no FROM"))
        return
    stages: list[str] = []
    for each, is_first in zip(instructions, begins, strict=True):
        if is_first:
            stages.append(each.values[2].lower() if len(each.values) > 2 else "")
        found = next(_of(each, stages, escape), None)
        if found is not None:
            yield Refusal(each, *found)


def _of(each: Instruction, stages: list[str], escape: str) -> _Why:
    form = _FORMS.get(each.name)
    if form is None:
        yield _no_instruction(each.name or escape, _near(each.name)), ""
        return
    if not stages and each.name != "ARG":
        yield _("{name} is above the first FROM", name=each.name), ""
    if len(each.values) < form.least:
        yield _("{name} is missing an argument", name=each.name), ""
    if form.flags is not None and not (each.name == "HEALTHCHECK" and each.values[0].upper() == "NONE"):
        yield from _flags(each, form.flags)
    yield from form.rule(each)
    if each.name == "FROM":
        image = each.values[0].strip("\"'")
        if "$" not in image and image.lower() not in stages[:-1] and not is_image(image):
            yield _("{image} is not a name of an image", image=image), image
    if each.name in ("COPY", "ADD"):
        yield from _other_stage(each, stages)
    if each.name in _WITH_VARIABLES:
        yield from ((why, value) for value in each.values if (why := _left_open(value, escape)))


def _near(name: str) -> list[str]:
    return difflib.get_close_matches(name, _FORMS, 1, 0.7)


def _no_instruction(name: str, near: list[str]) -> Message:
    if near:
        return _("{name} is not an instruction of Dockerfiles: did you mean {near}?", name=name, near=near[0])
    return _("{name} is not an instruction of Dockerfiles", name=name)


def _flags(each: Instruction, known: dict[str, str]) -> _Why:
    used = set()
    for flag in each.flags:
        name, equals, value = flag.removeprefix("--").partition("=")
        kind = known.get(name)
        if kind is None:
            yield _no_flag(each.name, f"--{name}", known), flag
        elif name in used and kind != _MANY:
            yield _("{flag} is given twice", flag=f"--{name}"), flag
        elif kind == _SWITCH and (equals and value.lower() not in ("true", "false")):
            yield _("{flag} can only be true or false", flag=flag), flag
        elif kind != _SWITCH and not equals:
            yield _("{flag} needs a value: write {flag}=…", flag=flag), flag
        used.add(name)


def _no_flag(instruction: str, flag: str, known: Iterable[str]) -> Message:
    if not known:
        return _("{name} takes no flags: {flag}", name=instruction, flag=flag)
    near = difflib.get_close_matches(flag[2:].lower(), known, 1)
    if near:
        return _("{name} has no flag {flag}: did you mean --{near}?", name=instruction, flag=flag, near=near[0])
    return _(
        "{name} has no flag {flag}, only {known}", name=instruction, flag=flag, known=[f"--{one}" for one in known]
    )


def _value(each: Instruction, flag: str) -> str:
    return next((one.partition("=")[2] for one in each.flags if one.startswith(f"--{flag}=")), "")


# https://github.com/distribution/reference: the parts of a name are lower case, its host may be anything.
_PART = re.compile(r"[a-z0-9]+(?:(?:\.|__?|-+)[a-z0-9]+)*")
_HOST = re.compile(r"(?:[A-Za-z0-9.-]+|\[[0-9A-Fa-f:]+\])(?::\d+)?")
_TAG = re.compile(r"\w[\w.-]{0,127}", re.ASCII)
_DIGEST = re.compile(r"[A-Za-z][A-Za-z0-9+._-]*:[0-9A-Fa-f]{32,}")
_STAGE = re.compile(r"[a-z][a-z0-9_.-]*")


def _from(each: Instruction) -> _Why:
    words = each.values
    if len(words) > 1 and "#" in words:
        yield _("a comment cannot follow {name}: give it a line of its own", name="FROM"), "#"
    elif not (len(words) == 1 or (len(words) == 3 and words[1].lower() == "as")):
        yield _("FROM takes an image, or an image AS a name, not {words}", words=" ".join(words)), words[-1]
    elif len(words) == 3 and not _STAGE.fullmatch(words[2].lower()):
        yield _("{name} is not a name for a stage: it must begin with a letter and have only letters, digits and _.-",
                name=words[2]), words[2]  # fmt: skip


def is_image(text: str) -> bool:
    """Whether a builder takes the text for a name of an image."""
    name, at, digest = text.partition("@")
    first, slash, path = name.partition("/")
    if not slash or not (set(".:") & set(first) or first == "localhost" or first != first.lower()):
        first, path = "", name
    path, colon, tag = path.partition(":")
    return (
        (not first or _HOST.fullmatch(first) is not None)
        and all(_PART.fullmatch(part) for part in path.split("/"))
        and (not colon or _TAG.fullmatch(tag) is not None)
        and (not at or _DIGEST.fullmatch(digest) is not None)
    )


def _other_stage(each: Instruction, stages: list[str]) -> _Why:
    source = _value(each, "from").strip("\"'")
    if re.fullmatch(r"-?\d+", source) and not (len(source) < 6 and 0 <= int(source) < len(stages) - 1):
        yield _("--from={number}: no earlier stage has this number", number=source), "--from"
    elif source and source.lower() == stages[-1]:
        yield _("--from={name} is the very stage that this COPY is in", name=source), "--from"


def _copy(each: Instruction) -> _Why:
    mode = _value(each, "chmod")
    if mode and not (set("$+-=") & set(mode) or re.fullmatch(r"0?[0-7]{1,4}", mode, re.ASCII)):
        yield _("{flag} is not a file mode: write 755 or u+x", flag=f"--chmod={mode}"), "--chmod"
    if each.values[-1].startswith("<<") and not each.is_json:
        yield _("{name} needs a destination: a heredoc cannot be one", name=each.name), each.values[-1]


def _pairs(each: Instruction) -> _Why:
    if "" in each.values[::2]:
        yield _("{name} needs a name before =", name=each.name), "="


def _arg(each: Instruction) -> _Why:
    for value in each.values:
        if value.startswith("="):
            yield _("{name} needs a name before =", name=each.name), value


def _volume(each: Instruction) -> _Why:
    if any(not value.strip() for value in each.values):
        yield _("VOLUME has an empty path"), ""


def _shell(each: Instruction) -> _Why:
    if not each.is_json:
        yield _('SHELL must be a JSON list: SHELL ["/bin/bash", "-c"]'), ""


def _expose(each: Instruction) -> _Why:
    for value in each.values:
        word = value.strip("\"'")
        if word == "#":
            yield _("a comment cannot follow {name}: give it a line of its own", name="EXPOSE"), "#"
        elif "$" not in word and not _is_port(word):
            yield _("{value} is not a port: write a number, such as 9292 or 9292/tcp", value=word), value


def _is_port(word: str) -> bool:
    """Whether it is ``[[IP:]PORT:]PORT[-PORT][/PROTOCOL]``, as go-connections' ``nat.ParsePortSpec`` has it."""
    ports, _slash, protocol = word.rpartition("/") if "/" in word else (word, "", "")
    *front, inside = ports.split(":")
    host, address = front[-1] if front else "", ":".join(front[:-1]).strip("[]")
    if protocol.lower() not in ("", "tcp", "udp", "sctp") or (address and not _is_address(address)):
        return False
    many, of_host = _count(inside), _count(host) if host else None
    return many > 0 and (of_host is None or (of_host > 0 and (many in (1, of_host))))


def _is_address(text: str) -> bool:
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


def _count(ports: str) -> int:
    """How many ports a range has; none where it is no range."""
    match = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", ports, re.ASCII)
    if match is None or int(match[2] or match[1]) > 65535:
        return 0
    return int(match[2] or match[1]) - int(match[1]) + 1


_SIGNALS = frozenset(
    {"ABRT", "ALRM", "BUS", "CHLD", "CLD", "CONT", "FPE", "HUP", "ILL", "INT", "IO", "IOT", "KILL", "PIPE", "POLL",
     "PROF", "PWR", "QUIT", "SEGV", "STKFLT", "STOP", "SYS", "TERM", "TRAP", "TSTP", "TTIN", "TTOU", "URG", "USR1",
     "USR2", "VTALRM", "WINCH", "XCPU", "XFSZ", "RTMIN", "RTMAX"}
)  # fmt: skip


def _stopsignal(each: Instruction) -> _Why:
    value = each.values[0].strip("\"'")
    name = value.upper().removeprefix("SIG")
    if re.fullmatch(r"[+-]?\d+", value):
        is_one = bool(value.strip("+-0"))
    elif match := re.fullmatch(r"RT(MIN\+|MAX-)(\d{1,2})", name):
        is_one = 1 <= int(match[2]) <= (15 if match[1] == "MIN+" else 14)
    else:
        is_one = name in _SIGNALS or "$" in value
    if not is_one:
        yield _("{value} is not a signal", value=value), value


_NUMBER = r"(?:\d+(?:\.\d*)?|\.\d+)"
_TIME = re.compile(rf"[+-]?(?:0|(?:{_NUMBER}(?:ns|us|µs|μs|ms|s|m|h))+)")
_TIMES = ("interval", "timeout", "start-period", "start-interval")
_UNITS = {"ns": 1e-6, "us": 1e-3, "µs": 1e-3, "μs": 1e-3, "ms": 1, "s": 1e3, "m": 6e4, "h": 3.6e6}


def _healthcheck(each: Instruction) -> _Why:
    kind, arguments = each.values[0], each.values[1:]
    if kind.upper() == "NONE":
        if arguments:
            yield _("HEALTHCHECK NONE takes no arguments"), arguments[0]
        return
    if kind.upper() != "CMD":
        yield _("HEALTHCHECK {kind} does not exist: write HEALTHCHECK CMD and the command", kind=kind), kind
    if not arguments:
        yield _("HEALTHCHECK CMD lacks its command"), ""
    for name in _TIMES:
        value = _value(each, name)
        if value and not _TIME.fullmatch(value):
            yield (
                _(
                    "{flag} is not a duration: write a number with its unit, such as 30s or 1m30s",
                    flag=f"--{name}={value}",
                ),
                value,
            )
        elif value and (value.startswith("-") or 0 < _milliseconds(value) < 1):
            yield _("{flag} is shorter than a millisecond", flag=f"--{name}={value}"), value
    retries = _value(each, "retries")
    if retries and not re.fullmatch(r"\+?\d{1,9}", retries, re.ASCII):
        yield _("{flag} is not a number of retries", flag=f"--retries={retries}"), retries


def _milliseconds(value: str) -> float:
    parts = re.findall(rf"(?<!\d)({_NUMBER})(ns|us|µs|μs|ms|s|m|h)", value)
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def _onbuild(each: Instruction) -> _Why:
    if each.triggers is None:
        yield _("{name} is missing an argument", name="ONBUILD"), ""
    elif each.triggers in ("FROM", "MAINTAINER", "ONBUILD"):
        yield _("{name} cannot follow ONBUILD", name=each.triggers), each.triggers


_MOUNTS = ("bind", "cache", "tmpfs", "secret", "ssh")


def _run(each: Instruction) -> _Why:
    for flag, values in (("network", ("default", "none", "host")), ("security", ("sandbox", "insecure"))):
        value = _value(each, flag)
        if value and "$" not in value and value not in values:
            yield _("{flag} is not one of {values}", flag=f"--{flag}={value}", values=values), f"--{flag}"
    for flag in each.flags:
        for part in flag.removeprefix("--mount=").split(",") if flag.startswith("--mount=") else ():
            name, _equals, value = part.strip('"').partition("=")
            if name.lower() == "type" and "$" not in value and value.lower() not in _MOUNTS:
                yield _("{flag} is not one of {values}", flag=f"type={value}", values=_MOUNTS), "--mount"
    if each.is_json and not each.values:
        yield _("{name} is missing an argument", name="RUN"), ""


_WITH_VARIABLES = frozenset({"ADD", "ARG", "COPY", "ENV", "EXPOSE", "LABEL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"})
_FORMS = {
    "ADD": _Form(2, {"chown": _TEXT, "chmod": _TEXT, "link": _SWITCH, "keep-git-dir": _SWITCH, "checksum": _TEXT,
                     "unpack": _SWITCH, "exclude": _MANY}, _copy),
    "ARG": _Form(1, None, _arg),
    "CMD": _Form(),
    "COPY": _Form(2, {"chown": _TEXT, "from": _TEXT, "chmod": _TEXT, "link": _SWITCH, "exclude": _MANY,
                      "parents": _SWITCH}, _copy),
    "ENTRYPOINT": _Form(),
    "ENV": _Form(1, {}, _pairs),
    "EXPOSE": _Form(1, {}, _expose),
    "FROM": _Form(1, {"platform": _TEXT}, _from),
    "HEALTHCHECK": _Form(1, {"interval": _TEXT, "timeout": _TEXT, "start-period": _TEXT, "start-interval": _TEXT,
                             "retries": _TEXT}, _healthcheck),
    "LABEL": _Form(1, {}, _pairs),
    "MAINTAINER": _Form(1),
    "ONBUILD": _Form(0, {}, _onbuild),
    "RUN": _Form(0, {"mount": _MANY, "network": _TEXT, "security": _TEXT, "device": _MANY}, _run),
    "SHELL": _Form(1, {}, _shell),
    "STOPSIGNAL": _Form(1, None, _stopsignal),
    "USER": _Form(1),
    "VOLUME": _Form(1, {}, _volume),
    "WORKDIR": _Form(1),
}  # fmt: skip


def _left_open(word: str, escape: str) -> Message | None:
    """A quote or a brace of a variable that a word does not close."""
    quote, braces, at = "", 0, 0
    while at < len(word):
        here = word[at]
        if here == escape and quote != "'":
            at += 1
        elif quote:
            quote = "" if here == quote else quote
        elif here in "\"'":
            quote = here
        if quote != "'" and word.startswith("${", at):
            braces += 1
        elif quote != "'" and here == "}" and braces:
            braces -= 1
        at += 1
    if quote:
        return _("a quote is not closed: {word}", word=word)
    return _("a brace is not closed: {word}", word=word) if braces else None
