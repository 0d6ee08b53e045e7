"""The item docker-2/pid-answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Location, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.submission.text.readme import Readme


@check("docker-2/pid-answer", "the README compares processes with and without pid=host", level="advisory")
def pid_answer(readmes: list[Readme]) -> None:
    answer = _comparison(readmes)
    if answer is not None:
        note("answer", str(answer))
    named = _mention(readmes)
    found = _("no such comparison in {files}", files=[each.path for each in readmes]) if readmes else _("no README")
    expect(
        answer is not None,
        found=found
        if named is None
        else _("--pid host is mentioned, but not which processes are visible with it and without it"),
        at=named or (Location(readmes[0].path) if readmes else None),
        hint=_("write down which processes a container sees without --pid host, and which with it"),
    )


# What is said of the process list: that of the container alone, and that of the docker host.
_PID_HOST = re.compile(r"--pid[ =]['\"]?host|--pid\b")
_COMMANDS = re.compile(
    r"`[^`\n]*`|\bdocker\s+(container\s+)?run\b[^`\n|—–]*?(?=$|\s{2,}| [-—–#] )"
    r"|\bdocker-machine\b[^\n]*|^\s*docker-host\s*$|--(pid|net|network)[ =]?['\"]?\w*",
    re.MULTILINE,
)
_OWN_VIEW = re.compile(
    r"контейнер|изол|только\W+(\w+\W+){0,2}?(сво|процесс|htop|один|одн)|один\W+процесс|одного?\W+процесс|pid\W{0,3}1\b"
    r"|\bcontainers?\b|\bisolat|\bonly\b|\bits own\b|\bitself\b|one process|single process",
    re.IGNORECASE,
)
_HOST_VIEW = re.compile(
    r"хост|машин|\bвсе\W+(\w+\W+){0,2}?процесс|\bвсех\W+процесс|виртуалк|\bhost|\bmachine\b"
    r"|\ball\W+(\w+\W+){0,3}?process",
    re.IGNORECASE,
)


def _comparison(readmes: list[Readme]) -> Location | None:
    """Where a README compares the process list of a container with and without ``--pid host``.

    It names the option, and near it says what is seen in the container alone and what on the docker host. The words of
    the commands themselves are no answer.
    """
    for readme in readmes:
        for line in readme.search(_PID_HOST):
            prose = _COMMANDS.sub(" ", readme.around(line.number, 5))
            if _OWN_VIEW.search(prose) and _HOST_VIEW.search(prose):
                return readme.location(line.number)
    return None


def _mention(readmes: list[Readme]) -> Location | None:
    """Where a README names the option ``--pid host`` for the first time, whatever it says of it."""
    return next((readme.location(line.number) for readme in readmes for line in readme.search(_PID_HOST)), None)
