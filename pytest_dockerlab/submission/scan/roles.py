"""Who is who: the four parts of the application, told by names and images, for everybody names things as they like."""

from __future__ import annotations

import re
from enum import StrEnum

__all__ = ["APPLICATION", "DEFAULT_PORTS", "Role", "role_of_name", "role_of_service"]


class Role(StrEnum):
    """A part of the application."""

    UI = "ui"
    POST = "post"
    COMMENT = "comment"
    DATABASE = "database"


APPLICATION = (Role.UI, Role.POST, Role.COMMENT)
"""The parts whose code is the student's; the database is a stock image."""
DEFAULT_PORTS = {Role.UI: 9292, Role.POST: 5000, Role.COMMENT: 9292, Role.DATABASE: 27017}
"""Where the course's application listens (its Dockerfiles and service.rb), and MongoDB."""

# Helpers around a part carry its name too: mongodb-exporter is no database, mongo-express no ui.
_HELPER = re.compile(
    r"exporter|prometheus|grafana|blackbox|cloudprober|cadvisor|alertmanager|telegraf|influx|express|backup|proxy|nginx|gitlab"
)
_DATABASE = re.compile(r"(\w*mongo(db|d)?\d*|percona|db\d*|database|\w+db)")
_DATABASE_IMAGES = re.compile(r"mongo|mongodb(-\w+)*|percona-server-mongodb|\w*mongo(db)?")
_TOKENS = {
    "comment": Role.COMMENT,
    "comments": Role.COMMENT,
    "post": Role.POST,
    "posts": Role.POST,
    "ui": Role.UI,
    "frontend": Role.UI,
    "web": Role.UI,
    "puma": Role.UI,
}


def role_of_name(name: str) -> Role | None:
    """The role that a service's, alias', folder's or variable's name speaks of: ``comment_db`` is a database."""
    lower = name.lower()
    if _HELPER.search(lower):
        return None
    tokens = [token for token in re.split(r"[^a-z0-9]+", lower) if token]
    if any(_DATABASE.fullmatch(token) for token in tokens):
        return Role.DATABASE
    found = [_TOKENS[stripped] for token in tokens if (stripped := token.rstrip("0123456789")) in _TOKENS]
    # "web" alone is a ui, "post-web" is not: the names of the services themselves come first.
    named = [role for role in found if role is not Role.UI]
    return (named or found or [None])[0]


def role_of_service(
    name: str, image: str | None = None, build_context: str | None = None, container_name: str | None = None
) -> Role | None:
    """The role of a compose service, by the first of these that says one: a database's image, then the names."""
    repository = _repository(image)
    if _HELPER.search(name.lower()) or _HELPER.search(repository):
        return None
    if _DATABASE_IMAGES.fullmatch(repository):
        return Role.DATABASE
    folder = (build_context or "").rstrip("/").rpartition("/")[2]
    candidates = (name, folder, repository, container_name or "")
    return next((role for candidate in candidates if (role := role_of_name(candidate))), None)


def _repository(image: str | None) -> str:
    """The last part of an image's name, without registry, user, tag and digest."""
    last = _without_variables(image or "").partition("@")[0].rpartition("/")[2]
    return last.partition(":")[0].lower()


def _without_variables(text: str) -> str:
    end = text.rfind("}") + 1
    first, *others = text[:end].split("${")
    return re.sub(r"\$\w+", "", first + "".join(each.partition("}")[2] for each in others) + text[end:])
