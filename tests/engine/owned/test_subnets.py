"""Subnets for networks of ours: which are free, and what is a range for them."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from pytest_dockerlab.engine.owned.networks import DEFAULT_RANGE, free_subnets, subnet_range
from pytest_dockerlab.errors import ConfigurationError

POOL = IPv4Network("10.1.2.0/26")


def free(taken=(), start=0):
    return [str(subnet) for subnet in free_subnets(POOL, [IPv4Network(each) for each in taken], start)]


def test_all_of_an_empty_pool_beginning_anywhere():
    assert free() == ["10.1.2.0/28", "10.1.2.16/28", "10.1.2.32/28", "10.1.2.48/28"]
    assert free(start=3) == ["10.1.2.48/28", "10.1.2.0/28", "10.1.2.16/28", "10.1.2.32/28"]


@pytest.mark.parametrize(
    ("taken", "left"),
    [
        (["10.1.2.16/28"], 3),
        (["10.1.2.8/30"], 3),  # smaller than ours
        (["10.1.2.0/27", "10.1.2.0/28"], 2),  # larger
        (["10.0.0.0/8"], 0),
        (["172.17.0.0/16", "192.168.0.0/16"], 4),
        (["10.1.2.15/32", "10.1.2.16/32"], 2),
    ],
)
def test_what_overlaps_is_left_out(taken, left):
    assert len(free(taken)) == left


def test_the_default_range_and_another():
    assert str(subnet_range({})) == DEFAULT_RANGE
    assert str(subnet_range({"DOCKERLAB_SUBNETS": "172.30.8.0/24"})) == "172.30.8.0/24"


@pytest.mark.parametrize("text", ["10.0.0.1/16", "everything", "10.0.0.0/30", "8.8.0.0/16", "fd00::/64"])
def test_no_range_for_us(text):
    with pytest.raises(ConfigurationError, match="DOCKERLAB_SUBNETS"):
        subnet_range({"DOCKERLAB_SUBNETS": text})
