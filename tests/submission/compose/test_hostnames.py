"""Host names in variables, and what can be one."""

from __future__ import annotations

from pytest_dockerlab.findings import Location
from pytest_dockerlab.submission.compose.environment import Variable
from pytest_dockerlab.submission.compose.hostnames import is_host_name, lost_references, references


def test_underscores_are_names() -> None:
    assert is_host_name("post_db")
    assert is_host_name("a" * 63)
    assert not is_host_name("a" * 64)


def test_hosts_of_variables_and_of_urls() -> None:
    values = {
        "POST_SERVICE_HOST": "post",
        "MONGO_URL": "mongodb://me:secret@one:27017,two/x",
        "COMMENT_DATABASE_HOST": "10.0.1.3",
        "UI_HOST": "localhost",
        "PROXY": "http://proxy.example.org:3128",
        "POST": "post",
    }
    found = references({name: Variable(value, Location("x", at)) for at, (name, value) in enumerate(values.items())})
    assert [(each.variable, each.host, each.location.line) for each in found] == [
        ("POST_SERVICE_HOST", "post", 0),
        ("MONGO_URL", "one", 1),
        ("MONGO_URL", "two", 1),
        ("COMMENT_DATABASE_HOST", "10.0.1.3", 2),
    ]


def test_no_host_or_the_own_container() -> None:
    values = {
        "POST_SERVICE_HOST": "localhost",
        "COMMENT_SERVICE_HOST": " ",
        "MONGO_URL": "mongodb://127.0.0.1:27017,[::1]/x",
        "COMMENT_DATABASE_URL": "mongodb://:27017/x",
        "BIND_HOST": "0.0.0.0",
        "DOCKER_URL": "unix:///var/run/docker.sock",
        "GATE_HOST": "host.docker.internal",
        "DB_HOST": "post_db",
        "POST": "",
    }
    found = lost_references({name: Variable(value, Location("x")) for name, value in values.items()})
    assert [(each.variable, each.host) for each in found] == [
        ("POST_SERVICE_HOST", "localhost"),
        ("COMMENT_SERVICE_HOST", ""),
        ("MONGO_URL", "127.0.0.1"),
        ("MONGO_URL", "::1"),
        ("COMMENT_DATABASE_URL", ""),
        ("BIND_HOST", "0.0.0.0"),
    ]
