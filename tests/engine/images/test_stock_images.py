"""Names of stock images, as they are asked for."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from pytest_dockerlab.engine.images.stock_images import PullFailed, _parts, ensure_image


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("mongo", ("mongo", "latest")),
        ("mongo:3.2", ("mongo", "3.2")),
        ("me/ui:1", ("me/ui", "1")),
        ("localhost:5000/ui", ("localhost:5000/ui", "latest")),
        ("localhost:5000/ui:1", ("localhost:5000/ui", "1")),
        ("mongo@sha256:0", ("mongo", "sha256:0")),
        ("mongo:3.2@sha256:0", ("mongo", "sha256:0")),
        ("localhost:5000/ui@sha256:0", ("localhost:5000/ui", "sha256:0")),
    ],
)
def test_repository_and_tag(name: str, parts: tuple[str, str]) -> None:
    assert _parts(name) == parts


@pytest.mark.parametrize(
    "name", ["", "-x", "../../containers/json", "a/../b", "a b", "a?b=1", "a\nb", "ü", "a" * 1_000]
)
def test_what_is_no_name_never_reaches_the_engine(name: str) -> None:
    host = SimpleNamespace(address="192.0.2.1")  # has nothing that could be asked
    with pytest.raises(PullFailed) as caught:
        ensure_image(host, name)  # type: ignore[arg-type]
    assert (caught.value.stdout, caught.value.host) == ("invalid reference format", "192.0.2.1")
