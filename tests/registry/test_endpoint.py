"""What ``--hw-registry`` may say, which registry an image is looked for in, and that no password is ever shown."""

from __future__ import annotations

import pytest

from pytest_dockerlab.options import Settings
from pytest_dockerlab.registry.endpoint import RegistryEndpoint, endpoint_of, parse_endpoint
from pytest_dockerlab.registry.errors import EndpointInvalid
from pytest_dockerlab.registry.references import parse_reference


@pytest.mark.parametrize(
    ("text", "shown", "login"),
    [
        ("registry.example", "https://registry.example", None),
        ("https://registry.example:5000/", "https://registry.example:5000", None),
        ("HTTP://Localhost:5000", "http://localhost:5000", None),
        ("http://127.0.0.1:5000", "http://127.0.0.1:5000", None),
        ("[::1]:5000", "https://[::1]:5000", None),
        ("me:secret@registry.example", "https://registry.example", ("me", "secret")),
        ("http://me:a:b@c/d@registry.example", "http://registry.example", ("me", "a:b@c/d")),
        ("me:a%40b%25@registry.example", "https://registry.example", ("me", "a@b%")),
        ("me:secret@docker.io", "https://docker.io", ("me", "secret")),
        ("https://index.docker.io", "https://docker.io", None),
    ],
)
def test_endpoints(text: str, shown: str, login: tuple[str, str] | None) -> None:
    endpoint = parse_endpoint(text)
    assert endpoint is not None
    assert str(endpoint) == shown
    found = (endpoint.credentials.user, endpoint.credentials.password) if endpoint.credentials else None
    assert found == login


def test_public() -> None:
    assert parse_endpoint("public") is None
    assert parse_endpoint(" Public ") is None


@pytest.mark.parametrize(
    "text",
    [
        "", "ftp://registry.example", "me@registry.example", ":s3cret@registry.example", "registry.example/path",
        "registry.example:0", "registry.example:99999", "registry.example:x", "me:s3cret@", "me:s3cret@two words",
        "http://me:s3cret@registry.example/v2", "https://", "-.example",
    ],
)  # fmt: skip
def test_what_names_none_is_refused_without_being_repeated(text: str) -> None:
    with pytest.raises(EndpointInvalid) as caught:
        parse_endpoint(text)
    assert "s3cret" not in f"{caught.value} {caught.value.reason} {caught.value.remedy} {caught.value!r}"


def test_no_text_made_of_it_has_the_password() -> None:
    endpoint = parse_endpoint("me:s3cret@registry.example")
    assert endpoint is not None
    settings = Settings(endpoints={"registry": "me:s3cret@registry.example"})
    for value in (endpoint, endpoint.credentials, settings):
        assert "s3cret" not in f"{value} {value!r}"


@pytest.mark.parametrize(
    ("name", "named", "expected"),
    [
        ("somebody/reddit", "public", "https://docker.io"),
        ("ghcr.io/somebody/reddit", "public", "https://ghcr.io"),
        ("localhost:5000/reddit", "public", "https://localhost:5000"),  # which the address rule then refuses
        ("somebody/reddit", "http://localhost:5000", "http://localhost:5000"),
        ("localhost:5000/reddit", "http://localhost:5000", "http://localhost:5000"),
        ("registry.example/reddit", "registry.example", "https://registry.example"),
        ("registry.example:443/reddit", "registry.example", "https://registry.example"),
        ("registry.example:5000/reddit", "registry.example", None),
        ("ghcr.io/somebody/reddit", "registry.example", None),
        ("docker.io/somebody/reddit", "registry.example", None),
        ("docker.io/somebody/reddit", "me:x@docker.io", "https://docker.io"),
        ("[::1]:5000/reddit", "http://[::1]:5000", "http://[::1]:5000"),
    ],
)
def test_where_an_image_is_looked_for(name: str, named: str, expected: str | None) -> None:
    found = endpoint_of(parse_reference(name), parse_endpoint(named))
    assert (str(found) if found is not None else None) == expected


@pytest.mark.parametrize(
    ("endpoint", "scheme", "host", "may"),
    [
        ("https://registry.example", "https", "registry.example", True),
        ("https://registry.example", "http", "registry.example", False),
        ("https://registry.example", "https", "tokens.example", False),
        ("http://registry.example", "http", "registry.example", True),
        ("docker.io", "https", "auth.docker.io", True),
        ("docker.io", "https", "auth.docker.io.example", False),
        ("registry.example", "https", "auth.docker.io", False),
    ],
)
def test_who_may_see_the_login(endpoint: str, scheme: str, host: str, may: bool) -> None:
    parsed = parse_endpoint(endpoint)
    assert isinstance(parsed, RegistryEndpoint)
    assert parsed.may_have_credentials(scheme, host) is may
