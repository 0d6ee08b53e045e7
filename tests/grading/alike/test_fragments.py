"""Fingerprints: what two texts share is found, however it is laid out, and what is short is not."""

from __future__ import annotations

import random

from hypothesis import given
from hypothesis import strategies as st

from pytest_dockerlab.grading.alike.fragments import LENGTH, WINDOW, all_hashes, fragments

WORDS = st.lists(st.sampled_from([f"w{number}" for number in range(200)]), min_size=20, max_size=80)


@given(WORDS, WORDS, st.integers(0, 20), st.randoms(use_true_random=False))
def test_a_passage_that_both_have_is_found_in_both(first, second, at, chance: random.Random):
    passage = [f"shared{chance.randrange(10**9)}" for _each in range(LENGTH + WINDOW - 1)]
    one = " ".join([*first[:at], *passage, *first[at:]])
    other = "\n".join([*second[: at // 2], *passage, *second[at // 2 :]])
    assert {each.hash for each in fragments(one)} & {each.hash for each in fragments(other)}


def test_layout_does_not_count_and_lines_are_those_of_the_text():
    one = "RUN apt-get update && apt-get install -y build-essential && rm -rf /var/lib/apt/lists/*\n"
    other = "\n\n" + one.replace(" && ", " \\\n    && ").replace("\\\n    ", "\n")
    found = {each.hash: each for each in fragments(other)}
    assert {each.hash for each in fragments(one)} == set(found)
    assert min(each.first for each in found.values()) == 3
    assert max(each.last for each in found.values()) == 5


def test_what_is_short_has_none_and_a_little_more_has_one():
    assert list(fragments("FROM ruby")) == []
    assert len(list(fragments(" ".join(f"w{number}" for number in range(LENGTH))))) == 1


def test_every_fingerprint_is_among_all_hashes():
    text = " ".join(f"w{number % 17}" for number in range(300))
    assert {each.hash for each in fragments(text)} <= set(all_hashes(text))
