"""What a check must have beside the submission: how to tell that it is here, and how to supply it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable

from .. import tools
from ..findings import Unverified
from ..homework import Need, PackNeed
from ..messages import _
from ..option_table import OPTIONS
from ..options import Settings

__all__ = ["missing"]


def missing(needs: Iterable[Need | PackNeed], settings: Settings) -> Unverified | None:
    """The first of ``needs`` that is not met, as the exception that says so; ``None`` when all are.

    An engine is not looked for here: the fixture ``docker_host`` does, and knows the reason when none answers.
    """
    for need in needs:
        found = _missing(need, settings)
        if found is not None:
            return found
    return None


def _missing(need: Need | PackNeed, settings: Settings) -> Unverified | None:
    match need:
        case PackNeed():
            if _answer(need.probe) is None:
                return Unverified(_("{need} is not available here", need=need.name), need.remedy)
        case Need.COMPOSE:
            if tools.compose_command() is None:
                return Unverified(
                    _("Docker Compose 2 or newer is not installed"),
                    _("install Docker Compose, or: pip install 'pytest-dockerlab[tools]'"),
                )
        case Need.HADOLINT | Need.PROMTOOL:
            if tools.find(need.value) is None:
                return Unverified(
                    _("the program {program} is not installed", program=need.value),
                    _("install {program}; 'dockerlab doctor' says how", program=need.value),
                )
        case Need.ENGINE:
            pass
        case _:
            if need.value not in settings.endpoints:
                option = next(option for option in OPTIONS if need.value in option.needs)
                return Unverified(
                    _("no address was given for it"),
                    _("give its address with {option} {value}", option=option.flag, value=option.metavar),
                )
    return None


@functools.cache
def _answer(probe: Callable[[], str | None]) -> str | None:
    """Once in each process, whatever the number of submissions: it may start a program."""
    return probe()
