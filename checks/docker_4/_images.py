"""What is wrong with the names of images: none, or one that no engine takes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Finding
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.text.interpolation import uses

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.submission.compose.project import ComposeProject
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


def image_in_capitals(project: ComposeProject, service: Service) -> Iterator[Finding]:
    """What is wrong with a name in which capital letters are written: only a registry's address and a tag have some.

    Source: https://pkg.go.dev/github.com/distribution/reference (``path-component``). What a variable brings is not
    looked at.
    """
    name = service.image_name
    if name is None:
        return
    text = name.expanded.text
    first, slash, _rest = text.partition("/")
    start = len(first) + 1 if slash and (set(".:") & set(first) or first != first.lower()) else 0
    end = next((at for at in range(text.rfind("/") + 1, len(text)) if text[at] in ":@"), len(text))
    if any(text[at].isupper() and not name.expanded.comes_from_variable(at, at + 1) for at in range(start, end)):
        yield Finding(
            _("the image of {service} has a name that an engine takes", service=service.name),
            name.template,
            project.location("services", service.name, "image"),
            _("write the name in lower case: only its tag may have capital letters"),
        )


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
