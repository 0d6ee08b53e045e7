"""What a name is that is not quite one: a homework or an item in somebody's own spelling, or a near one."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .errors import ConfigurationError
from .messages import Message, _

if TYPE_CHECKING:
    from .catalogue import Catalogue
    from .homework import Homework

__all__ = ["meant_by", "meant_by_branch", "near_names", "near_options", "unknown_name"]


def meant_by(known: Catalogue, name: str) -> list[str]:
    """The slugs and ids that ``name`` spells in its own way: ``docker4``, ``hw17``, ``docker-4::networks``."""
    slug, _slash, item = name.strip().lower().replace("::", "/").replace(":", "/").partition("[")[0].partition("/")
    called = known.homework(slug)
    homeworks = _named_in(known, slug) if called is None else [called]
    if item:
        return [f"{each.slug}/{item}" for each in homeworks if item in each.names]
    return [each.slug for each in homeworks] or [id for id in known.items if id.partition("/")[2] == slug]


def near_names(known: Catalogue, name: str) -> list[str]:
    """What a name that is none may have been meant for, the nearest first."""
    if meant := meant_by(known, name):
        return meant
    slug, slash, item = name.strip().lower().replace("::", "/").replace(":", "/").partition("/")
    slugs = [each.slug for each in known.homeworks]
    if not slash:
        aliases = [alias for each in known.homeworks for alias in each.aliases]
        return difflib.get_close_matches(slug, [*slugs, *aliases, *known.items, "all", "auto"], cutoff=0.5)
    nearest = meant_by(known, slug) or difflib.get_close_matches(slug, slugs)
    names = {id.partition("/")[2]: id for slug in reversed(nearest) for id in known.items if id.startswith(f"{slug}/")}
    return [names[name] for name in difflib.get_close_matches(item, names)]


def meant_by_branch(known: Catalogue, branch: str) -> list[Homework]:
    """The homeworks that a branch may be for: of its name, else those that are named in it (``docker-4-fix``).

    A number alone is none: in a pull request it is that of the pull request.
    """
    for name in (branch, branch.rpartition("/")[2]):
        homework = None if name.isdigit() else known.homework(name.replace("_", "-"))
        if homework is not None:
            return [homework]
    return _named_in(known, branch.lower())


def _named_in(known: Catalogue, text: str) -> list[Homework]:
    """The homeworks that are named in ``text`` by slug, alias or number, however loosely."""
    return [
        each
        for each in known.homeworks
        if any(re.search(_loosely(name), text) for name in (each.slug, *each.aliases))
        or re.search(rf"(?<![^\W_])(?:hw|homework|dz|дз)[-_. ]?0?{each.number}(?![\d.])", text)
    ]


def unknown_name(known: Catalogue, name: str, left_out: Sequence[Message]) -> ConfigurationError:
    """What to say of a name that selects nothing: what may have been meant, and which homeworks were ``left_out``."""
    slug, _slash, rest = name.partition("/")
    homework = known.homework(slug)
    near = near_names(known, name)
    if name.strip().lower() in ("all", "auto"):
        said = _("{name} stands for homeworks: name one item, such as {item}", name=name, item=next(iter(known.items)))
    elif homework is not None and not rest:
        said = _(
            "{homework} is a homework, not one of its items: name one, such as {item}",
            homework=homework.slug,
            item=next(iter(homework.ids), ""),
        )
    elif homework is not None and near:
        said = _(
            "{homework} has no item {item}; did you mean {near}?",
            homework=homework.slug,
            item=repr(rest),
            near=near,
        )
    elif homework is not None:
        said = _(
            "{homework} has no item {item}: see dockerlab list --hw {homework}",
            homework=homework.slug,
            item=repr(rest),
        )
    elif not near and len(names := name.replace(",", " ").split()) > 1:
        said = _("one name at a time: {options}", options=" ".join(f"--hw {each}" for each in names))
    elif near:
        said = _("unknown homework or item {name}; did you mean {near}?", name=repr(name), near=near)
    else:
        listed = [f"{each.number} {each.slug}" for each in known.homeworks]
        said = _(
            "unknown homework or item {name}. Known: {known}, all, auto, or one item's id",
            name=repr(name),
            known=listed,
        )
    return ConfigurationError(_("{said}; {left_out}", said=said, left_out=left_out) if left_out else said)


def _loosely(name: str) -> str:
    """A pattern for a slug in somebody's own spelling, which is not part of a longer word or number."""
    return r"(?<![^\W_])" + re.escape(name).replace(r"\-", "[-_. ]?") + r"(?![\d.]|(?<!\d)[^\W_])"


def near_options(word: str, known: Sequence[str]) -> list[str]:
    """The options that a long one may be meant for: ``--hw-teir``, ``--tier``, ``--hw-junitxml``."""
    if not word.startswith("--"):
        return []
    options = {_bare(option): option for option in known if option.startswith("--")}
    if _bare(word) in options:
        return [options[_bare(word)]]
    return [options[name] for name in difflib.get_close_matches(_bare(word), options, n=2, cutoff=0.65)]


def _bare(option: str) -> str:
    return option.partition("=")[0].lstrip("-").replace("_", "-").lower().removeprefix("hw-")
