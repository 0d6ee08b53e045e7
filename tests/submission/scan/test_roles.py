"""Roles by names and images."""

from __future__ import annotations

import pytest

from pytest_dockerlab.submission.scan.roles import Role, role_of_name, role_of_service


@pytest.mark.parametrize(
    ("name", "role"),
    [
        ("ui", Role.UI),
        ("reddit-ui", Role.UI),
        ("post", Role.POST),
        ("post-py", Role.POST),
        ("post_service", Role.POST),
        ("comment", Role.COMMENT),
        ("comments.web", Role.COMMENT),
        ("post_db", Role.DATABASE),
        ("comment_db2", Role.DATABASE),
        ("mongo_db", Role.DATABASE),
        ("mongodb", Role.DATABASE),
        ("db", Role.DATABASE),
        ("POST_DATABASE_HOST", Role.DATABASE),
        ("COMMENT_SERVICE_HOST", Role.COMMENT),
        ("app_post_db", Role.DATABASE),
        ("mongodb-exporter", None),
        ("influxdb", None),
        ("mongo-express", None),
        ("build", None),
        ("composter", None),
        ("source", None),
        ("", None),
    ],
)
def test_names(name: str, role: Role | None) -> None:
    assert role_of_name(name) is role


@pytest.mark.parametrize(
    ("arguments", "role"),
    [
        (("post_db", "mongo:3.2"), Role.DATABASE),
        (("storage", "docker.io/library/mongo:4"), Role.DATABASE),
        (("storage", "percona/percona-server-mongodb:4.2"), Role.DATABASE),
        (("storage", "bitnami/mongodb@sha256:0"), Role.DATABASE),
        (("metrics", "percona/mongodb_exporter:0.20"), None),
        (("mongodb-exporter", "mongo:3"), None),
        (("ui", "me/post:1"), Role.UI),
        (("backend", "me/x:1", "src/post-py"), Role.POST),
        (("backend", "me/comment:1"), Role.COMMENT),
        (("backend", None, None, "reddit-ui"), Role.UI),
        (("backend", "${USERNAME}/post:${V}"), Role.POST),
        (("backend", None), None),
    ],
)
def test_services(arguments: tuple[str | None, ...], role: Role | None) -> None:
    assert role_of_service(*arguments) is role  # type: ignore[arg-type]
