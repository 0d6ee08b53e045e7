"""An item of tier app that can be asked of what is up already."""

from __future__ import annotations

import pytest

from pytest_dockerlab.homework import Item, Need, Tier, check, item_of


def item(endpoint: Need | None) -> Item:
    @check("demo/app", "it runs", tier="app", level="advisory", needs=["demo/build", "compose"], endpoint=endpoint)
    def app() -> None:
        pass

    found = item_of(app)
    assert found is not None
    return found


def test_with_its_endpoint_it_is_remote_and_on_its_own() -> None:
    before = item(Need.APP_URL)
    asked = before.asked_with({"app-url": "http://192.0.2.1"})
    assert (asked.tier, asked.needs_items, asked.needs) == (Tier.REMOTE, (), (Need.APP_URL,))
    assert (asked.id, asked.title, asked.level, asked.function) == (
        before.id, before.title, before.level, before.function,
    )  # fmt: skip
    assert asked.tier.within(Tier.FILES)
    assert (before.tier, before.needs_items) == (Tier.APP, ("demo/build",))


@pytest.mark.parametrize("endpoints", [{}, {"prometheus-url": "http://192.0.2.1"}])
def test_without_its_endpoint_it_stays_what_it_is(endpoints: dict[str, str]) -> None:
    before = item(Need.APP_URL)
    assert before.asked_with(endpoints) is before


def test_an_item_that_has_none_stays_what_it_is() -> None:
    before = item(None)
    assert before.asked_with({"app-url": "http://192.0.2.1"}) is before
