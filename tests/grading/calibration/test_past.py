import pytest

from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.grading.calibration.past import ALL, read_past
from pytest_dockerlab.grading.gradebook.table import gradebook_csv
from tests.grading.gradebook._books import of_everything

SLUGS = ["docker-3", "docker-4"]
ITEMS = ["docker-4/compose-file", "docker-4/networks", "docker-4/app", "docker-4/extra"]


@pytest.fixture
def past(tmp_path):
    def read(text):
        file = tmp_path / "grades.csv"
        file.write_bytes(text if isinstance(text, bytes) else text.encode())
        return read_past(file, SLUGS, ITEMS)

    return read


def shares(past, about=ALL):
    return {id: grade.share for id, grade in past.grades[about].items()}


def test_words_of_acceptance(past):
    said = past("id,grade\na,accepted\nb,Зачёт\nc,+\nd,rejected\ne,не зачтено\nf,-\ng,\nh,n/a\n")
    assert shares(said) == {"a": 1, "b": 1, "c": 1, "d": 0, "e": 0, "f": 0}
    assert [said.grades[ALL][id].said for id in "bf"] == ["Зачёт", "-"]
    assert not any(grade.is_number for grade in said.grades[ALL].values())


def test_numbers_are_shares_of_their_maximum(past):
    said = past("id;grade\n;10\na;5\nb;7,5\nc;-\nd;\ne;12\n")
    assert shares(said) == {"a": 0.5, "b": 0.75, "e": 1}  # a bonus is not more than everything
    assert said.maxima == {ALL: 10}
    assert shares(past("id,grade\na,1\nb,4\n")) == {"a": 0.25, "b": 1}  # without a stated maximum, the best


def test_a_column_for_a_homework_and_one_for_an_item(past):
    said = past("ID\tname\tDocker-4\tdocker-4/networks\nanna\tAnna\taccepted\t-\n")
    assert shares(said, "docker-4") == {"anna": 1}
    assert shares(said, "docker-4/networks") == {"anna": 0}
    assert said.ignored == ["name"]


def test_the_gradebook_of_an_earlier_grading_is_such_a_file(past):
    said = past(gradebook_csv(of_everything()))
    assert shares(said, "docker-4/networks") == {"ann": 1, "cid": 1}  # what was not verified is no grade
    assert shares(said, "docker-4/app") == {"bob": 1, "cid": 1}
    assert shares(said, "docker-4/compose-file") == {"ann": 1, "bob": 0}
    assert said.grades["docker-4/networks"]["ann"].said == "passed"
    assert said.maxima[ALL] == 6


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "no column id"),
        ("name,grade\na,1\n", "no column id"),
        ("id,docker-5\na,1\n", "no column is a grade.*docker-4"),
        ("id,grade\na,perhaps\n", r"grades\.csv:2: perhaps is no grade"),
        ("id,grade\na,1\nb,perhaps\n", r":3: perhaps is no grade"),
        ("id,grade\na,accepted\nb,1\n", r":3: 1 is a number, and other grades of this column are words"),
        ("id,grade,accepted\na,1,+\n", "two columns are the grade of all"),
        ("id,grade\na,1\na,2\n", r":3: 'a' is there twice"),
        ('id,grade\na,"1\n', "unexpected end"),
        (b"id,grade\n\xff,1\n", "not in UTF-8"),
    ],
)
def test_what_cannot_be_meant_is_refused(past, text, why):
    with pytest.raises(ConfigurationError, match=why):
        past(text)


def test_a_group_has_a_row_for_each_member(past):
    assert shares(past("id,email,grade\na,x@x,1\na,y@x,1\n")) == {"a": 1}


def test_a_file_that_is_not_there(tmp_path):
    with pytest.raises(ConfigurationError, match="no such file"):
        read_past(tmp_path / "none.csv", SLUGS, ITEMS)
