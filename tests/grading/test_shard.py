import pytest

from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.grading.shard import Shard

IDS = [f"student-{number}" for number in range(300)]


def test_each_submission_is_in_one_shard_and_they_are_of_one_size():
    shards = [Shard(number, 10) for number in range(1, 11)]
    parts = [{id for id in IDS if shard.has(id)} for shard in shards]
    assert sum(map(len, parts)) == 300
    assert set().union(*parts) == set(IDS)
    assert 15 < min(map(len, parts)) <= max(map(len, parts)) < 50


def test_where_a_submission_belongs_does_not_change():
    """Another version, machine or roster must not move it: shards are put together again later."""
    assert [next(n for n in range(1, 5) if Shard(n, 4).has(id)) for id in ("anna", "борис", "c", "d")] == [3, 4, 3, 2]


def test_one_shard_is_everything():
    assert all(Shard(1, 1).has(id) for id in IDS)


@pytest.mark.parametrize(
    ("words", "shard"), [("3/10", Shard(3, 10)), (" 1 / 1 ", Shard(1, 1)), ("10/10", Shard(10, 10))]
)
def test_what_is_a_shard(words, shard):
    assert Shard.parse(words) == shard


@pytest.mark.parametrize("words", ["", "3", "0/10", "11/10", "1/0", "-1/2", "1/2/3", "a/b", "1/100000", "¹/2", "٣/٤"])
def test_what_is_none(words):
    with pytest.raises(ConfigurationError, match="3/10"):
        Shard.parse(words)
