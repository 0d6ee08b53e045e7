"""Services that name no image, for the items about the parts of an image's name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.text.interpolation import uses

if TYPE_CHECKING:
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.compose.services import Service


def no_image(service: Service) -> Finding:
    """What is wrong with a service that has no ``image:``."""
    return Finding(
        _("{service} names its image", service=service.name),
        _("no image:"),
        service.location,
        _("add image: ${{USERNAME}}/{service}:${{{variable}}} beside build:", service=service.name,
          variable=variable_of(service)),
    )  # fmt: skip


def shown(template: str) -> Message | str:
    """An image's name as it stands in the file, and how compose reads ``${UI-VERSION}`` in it."""
    for use in uses(template):
        if use.hyphenated is not None:
            return _("{image}: compose reads {text} as the variable {name}, or else the text {argument}",
                     image=template, text=f"${{{use.hyphenated}}}", name=use.name, argument=use.argument)  # fmt: skip
    return template


def variable_of(service: Service) -> str:
    """The variable that the course gives the version of a service: ``POST_VERSION``."""
    return service.name.upper().replace("-", "_").replace(".", "_") + "_VERSION"
