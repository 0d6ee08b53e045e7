"""How images are called: as docker itself reads a name, and what it refuses."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pytest_dockerlab.registry.references import ImageReference, ReferenceInvalid, parse_reference

DIGEST = f"sha256:{'0123456789abcdef' * 4}"


@pytest.mark.parametrize(
    ("text", "registry", "repository", "wanted"),
    [
        ("reddit", "docker.io", "library/reddit", "latest"),
        ("somebody/reddit:1.0", "docker.io", "somebody/reddit", "1.0"),
        ("docker.io/somebody/reddit", "docker.io", "somebody/reddit", "latest"),
        ("docker.io/reddit", "docker.io", "library/reddit", "latest"),
        ("index.docker.io/somebody/reddit", "docker.io", "somebody/reddit", "latest"),
        ("registry-1.docker.io/somebody/reddit", "docker.io", "somebody/reddit", "latest"),
        ("registry-1.docker.io:443/somebody/reddit", "docker.io", "somebody/reddit", "latest"),
        ("localhost/reddit", "localhost", "reddit", "latest"),
        ("localhost:5000/reddit:1", "localhost:5000", "reddit", "1"),
        ("ghcr.io/a/b/c-d__e.f", "ghcr.io", "a/b/c-d__e.f", "latest"),
        ("Registry.Example.COM:5050/group/reddit", "registry.example.com:5050", "group/reddit", "latest"),
        ("10.0.0.1:5000/reddit", "10.0.0.1:5000", "reddit", "latest"),
        ("[::1]:5000/reddit:x", "[::1]:5000", "reddit", "x"),
        ("[2606:4700::1]/reddit:x", "[2606:4700::1]", "reddit", "x"),
        (f"somebody/reddit@{DIGEST}", "docker.io", "somebody/reddit", DIGEST),
        (f"somebody/reddit:1.0@{DIGEST}", "docker.io", "somebody/reddit", DIGEST),
        ("somebody/a--b:A_b.C-1", "docker.io", "somebody/a--b", "A_b.C-1"),
    ],
)
def test_names(text: str, registry: str, repository: str, wanted: str) -> None:
    reference = parse_reference(text)
    assert (reference.registry, reference.repository, reference.wanted) == (registry, repository, wanted)


@pytest.mark.parametrize(
    "text",
    [
        "", ":1.0", "somebody/", "/reddit", "a//b", "Somebody/reddit", "somebody/Reddit", "some body/reddit",
        "somebody/reddit:", "somebody/reddit:-1", "somebody/reddit:1:2", f"somebody/reddit:{'x' * 129}",
        "somebody/reddit@sha256:12", "somebody/reddit@", "somebody/reddit@md5:00", "-a/b", "a-/b", "a..b/c", "a___b/c",
        "https://ghcr.io/a/b", "localhost:99999/a", "localhost:/a", "a.b:x/c", "[::1/x", "a" * 256, "x/" * 300,
        "sömebody/reddit", "somebody/reddit\n", "somebody/../reddit", "$USER/reddit", "<you>/reddit", "-.io/a",
    ],
)  # fmt: skip
def test_what_is_no_name(text: str) -> None:
    with pytest.raises(ReferenceInvalid):
        parse_reference(text)


@given(st.text(max_size=700))
def test_any_text_is_a_name_or_is_refused(text: str) -> None:
    try:
        reference = parse_reference(text)
    except ReferenceInvalid:
        return
    assert parse_reference(str(reference)) == reference


def test_it_is_written_as_it_was_given() -> None:
    assert str(ImageReference(None, "somebody/reddit", "1.0")) == "somebody/reddit:1.0"
    assert str(parse_reference(f"ghcr.io/a/b:1@{DIGEST}")) == f"ghcr.io/a/b:1@{DIGEST}"


@pytest.mark.parametrize("text", ["a-" * 250, "a." * 250 + "/", "a" * 500 + "!", "[" + ":" * 400, "a/" * 250 + "-"])
def test_names_made_to_be_slow(text: str) -> None:
    used = time.process_time()
    with pytest.raises(ReferenceInvalid):
        parse_reference(text)
    assert time.process_time() - used < 20
