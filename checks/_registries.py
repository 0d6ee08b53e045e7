"""Asks registries whether images are there: what docker-2/pushed and monitoring-1/pushed share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Protocol

from pytest_dockerlab.findings import Unverified, require
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dockerlab.errors import DockerlabError
    from pytest_dockerlab.findings import Location
    from pytest_dockerlab.registry.client import Absent, Found
    from pytest_dockerlab.registry.endpoint import RegistryEndpoint
    from pytest_dockerlab.registry.references import ImageReference

__all__ = ["Answers", "NamedImage", "ask"]


class NamedImage(Protocol):
    """An image's name as the student writes it, and where."""

    @property
    def name(self) -> str:
        """The name."""
        ...

    @property
    def at(self) -> Location:
        """The place."""
        ...


@dataclass(slots=True)
class Answers:
    """What the registries said. Images of other registries than the user's were not asked for."""

    found: list[Found] = field(default_factory=list)
    absent: list[tuple[NamedImage, Absent]] = field(default_factory=list)
    troubles: list[DockerlabError | Unverified] = field(default_factory=list)
    others: list[str] = field(default_factory=list)
    """The registries that were not asked."""
    are_names: bool = False
    """Whether any name is one that docker accepts."""

    def raise_trouble(self) -> None:
        """Raise what kept a registry from answering, an error of its own first."""
        for trouble in sorted(self.troubles, key=lambda each: isinstance(each, Unverified)):
            raise trouble

    def require_asked(self, named: RegistryEndpoint | None, images: Sequence[NamedImage]) -> None:
        """Raise where no registry could be asked: no name is one, or all belong to another registry."""
        require(
            self.are_names,
            _("an image has a name that docker accepts"),
            found=images[0].name,
            at=images[0].at,
            hint=_("use lower-case letters and digits, with single . _ - between them: LOGIN/otus-reddit:1.0"),
        )
        if not self.found and not self.absent:
            raise Unverified(
                _(
                    "the images that are named belong to a registry other than {registry}: {others}",
                    registry=str(named),
                    others=sorted(set(self.others)),
                ),
                _("ask the registry that each name belongs to: --hw-registry public"),
            )


def ask(named: RegistryEndpoint | None, images: Sequence[NamedImage], *, until_found: bool = False) -> Answers:
    """Look for each image in the registry that the user named, or with ``None`` in its own.

    ``until_found``: one that is there is enough.
    """
    from pytest_dockerlab.registry.client import Found, RegistryClient
    from pytest_dockerlab.registry.errors import RateLimited, RegistryError

    client = RegistryClient(named)
    answers = Answers()
    for image in images:
        reference = _reference(image)
        if reference is None:
            continue
        answers.are_names = True
        endpoint = client.endpoint_of(reference)
        if endpoint is None:
            answers.others.append(reference.registry)
            continue
        try:
            answer = client.look_up(reference)
        except RegistryError as error:
            # A registry that only the submission speaks of need not be anybody's: what goes wrong there is no error.
            is_known = named is not None or endpoint.is_hub or isinstance(error, RateLimited)
            answers.troubles.append(error if error.is_error and is_known else error.unverified())
            continue
        if isinstance(answer, Found):
            answers.found.append(answer)
            if until_found:
                break
        else:
            answers.absent.append((image, answer))
    return answers


def _reference(image: NamedImage) -> ImageReference | None:
    from pytest_dockerlab.registry.references import ReferenceInvalid, parse_reference

    try:
        return parse_reference(image.name)
    except ReferenceInvalid:
        return None
