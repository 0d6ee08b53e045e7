"""What attacks on homework 19 have in common: its files, and the items that each of them decides."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from ..attack import Attack, Make, Place, text

SLUG = "gitlab-ci-1"
PIPELINE = ".gitlab-ci.yml"
TESTS = "reddit/simpletest.rb"
SETUP = "gitlab-ci/docker-compose.yml"
REGISTER = "gitlab-ci/register.sh"
CONFIGURATION = "gitlab-ci/config.toml"
RUNNER = '[[runners]]\n  executor = "docker+machine"\n  token = "x"\n  url = "http://a"\n'
"""The least that a configuration of a runner has."""

Content = str | Callable[[], str]
"""The text of a file, or what makes it when it is wanted."""


def attack(name: str, make: Make, hit: Mapping[str, str] | None = None, *, slow: bool = False) -> Attack:
    """One on homework 19, of which any item may move."""
    found = {f"{SLUG}/{item}": verdicts for item, verdicts in (hit or {}).items()}
    return Attack(name, make, found, moves=(f"{SLUG}/*",), slow=slow, homeworks=(SLUG,))


def written(path: str, content: Content) -> Make:
    """A file of this content."""

    def make(place: Place) -> None:
        text(path, content if isinstance(content, str) else content())(place)

    return make
