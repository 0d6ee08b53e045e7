"""The file that was downloaded, filled: the right cells, and no other byte."""

from __future__ import annotations

import codecs
import csv
import io

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.grading.export.fill import Filled, fill
from pytest_dockerlab.grading.export.people import Total
from pytest_dockerlab.messages import Message

CANVAS = (
    "Student,ID,SIS User ID,SIS Login ID,Section,Docker 4 (482),Essay (17),Current Score,Final Score\r\n"
    ",,,,,Manual Posting,,,\r\n"
    "    Points Possible,,,,,6.00,10.00,(read only),(read only)\r\n"
    '"Ivanov, Ivan",101,S-1,ivanov@example.org,"DevOps ""spring""",,9.50,91.0,91.0\r\n'
    "Petrova Anna,102,S-2,PETROVA@example.org,DevOps,3.00,EX,80.5,80.5\r\n"
    "Sidorov Oleg,103,S-3,sidorov@example.org,DevOps,EX,7,,\r\n"
    '"Student, Test",999,,5f3b0c,DevOps,,,,\r\n'
)
WORKSHEET = (
    "\ufeffИдентификатор,Полное имя,Адрес электронной почты,Состояние,Оценка,Максимальная оценка,"
    '"Оценка может быть изменена","Последнее изменение (оценка)"\n'
    'Участник1044,"Иванов Иван",ivanov@example.org,"Ответы не представлены",,"6,00",Да,-\n'
    'Участник1045,"Петрова Анна",petrova@example.org,"Представлено","3,00","6,00",Да,'
    '"воскресенье, 29 ноября 2026, 07:16"\n'
)
MOODLE_EXPORT = (
    '"First name","Last name","ID number","Email address","Assignment: Docker 4 (Real)","Last downloaded"\n'
    'Ivan,Ivanov,1,ivanov@example.org,-,1796000000\nAnna,Petrova,2,petrova@example.org,"3.00",1796000000\n'
)

PEOPLE = [
    Total("ivanov", "ivanov@example.org", 4.5),
    Total("petrova", "petrova@example.org", 3.0),
    Total("sidorov", "sidorov@example.org", 2.0),
    Total("orlova", "orlova@example.org", 6.0),
]


def filled(
    content: str | bytes, into: str, totals: list[Total] = PEOPLE, match: str = "email", **more: object
) -> Filled:
    content = content if isinstance(content, bytes) else content.encode()
    return fill(content, totals, **{"match": match, "into": into, "maximum": 6.0, **more})  # type: ignore[arg-type]


def replaced(text: str, old: str, new: str) -> bytes:
    assert text.count(old) == 1, old
    return text.replace(old, new).encode()


def refused(content: str | bytes, into: str, totals: list[Total] = PEOPLE, **more: object) -> str:
    with pytest.raises(ConfigurationError) as caught:
        filled(content, into, totals, **more)
    return caught.value.render("en")


# --- What learning platforms export ---


def test_canvas() -> None:
    found = filled(CANVAS, "Docker 4 (482)")
    assert found.content == replaced(CANVAS, '"DevOps ""spring""",,', '"DevOps ""spring""",4.5,')
    assert [(each.line, each.id, each.before, each.after) for each in found.changed] == [(4, "ivanov", "", "4.5")]
    assert found.same == 1, "3.00 is 3"
    assert found.matched_by == "SIS Login ID"
    assert [(each.line, each.id, str(each.why)) for each in found.kept] == [(6, "sidorov", "it is excused in the file")]
    assert found.strangers == [(7, "5f3b0c")]
    assert [each.id for each in found.missing] == ["orlova"]
    assert not found.notes


def test_canvas_number_of_an_assignment_need_not_be_given_and_stays() -> None:
    assert filled(CANVAS, "docker 4").content == filled(CANVAS, "Docker 4 (482)").content


def test_canvas_other_maximum_is_said_and_nothing_is_scaled() -> None:
    found = filled(CANVAS, "Essay")
    assert [str(note) for note in found.notes] == ["Essay has a maximum of 10.00 in the file, and of 6 here"]
    assert [each.after for each in found.changed] == ["4.5", "2"]
    assert [each.id for each in found.kept] == ["petrova"]


def test_canvas_takes_no_number_where_nothing_was_asked() -> None:
    text = CANVAS.replace("DevOps,3.00,EX", "DevOps,N/A,EX")
    kept = filled(text, "Docker 4").kept
    assert [str(each.why) for each in kept] == ["it is not assigned to them in the file", "it is excused in the file"]


@pytest.mark.parametrize("column", ["Current Score", "Final Score"])
def test_canvas_computes_some_columns(column: str) -> None:
    assert refused(CANVAS, column) == f"{column} is no assignment: Canvas computes what stands there"


def test_moodle_worksheet_with_russian_headers_and_decimal_commas() -> None:
    found = filled(WORKSHEET, "Оценка")
    assert found.content == replaced(WORKSHEET, '"Ответы не представлены",,', '"Ответы не представлены","4,5",')
    assert found.matched_by == "Адрес электронной почты"
    assert found.same == 1


def test_moodle_gradebook() -> None:
    found = filled(MOODLE_EXPORT, "Assignment: Docker 4 (Real)")
    assert found.content == replaced(MOODLE_EXPORT, ",-,", ",4.5,")


def test_percentages_are_no_points() -> None:
    text = "email,Docker (Percentage)\nivanov@example.org,45.00 %\n"
    assert refused(text, "Docker (Percentage)") == ("Docker (Percentage) holds percentages; fill the column of points")


def test_totals_above_the_maximum_are_said_and_not_cut() -> None:
    found = filled("email,points\na@b,\n", "points", [Total("a", "a@b", 7.0)])
    assert found.content == b"email,points\na@b,7\n"
    assert [str(note) for note in found.notes] == ["above the maximum 6, by a bonus: 1"]


def test_totals_below_nothing_are_said_and_not_cut() -> None:
    found = filled("email,points\na@b,\n", "points", [Total("a", "a@b", -1.5)])
    assert found.content == b"email,points\na@b,-1.5\n"
    assert [str(note) for note in found.notes] == ["below 0, by a deduction: 1"]


# --- What a spreadsheet writes ---


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1251"])
def test_dialects(encoding: str, delimiter: str, last: bool, end: str) -> None:
    text = end.join([
        delimiter.join(["Кто", "email", "Балл", "Заметка"]),
        delimiter.join(["Иванов", "ivanov@example.org", "", '"=1+1 ""да"""']),
        "",
        delimiter.join(['" Петрова"', "petrova@example.org", '""', "две\N{NO-BREAK SPACE}строки"]),
    ])  # fmt: skip
    text += end if last else ""
    totals = [Total("ivanov", "ivanov@example.org", 4.0), Total("petrova", "petrova@example.org", 3.0)]
    found = filled(text.encode(encoding), "Балл", totals)
    wanted = text.replace(f"org{delimiter}{delimiter}", f"org{delimiter}4{delimiter}").replace(
        '""' + delimiter + "д", '"3"' + delimiter + "д"
    )
    assert found.content == wanted.encode(encoding)
    assert [each.line for each in found.changed] == [2, 4]


def test_a_mark_at_the_beginning_stays() -> None:
    content = codecs.BOM_UTF16_BE + "email;points\r\nivanov@example.org;\r\n".encode("utf-16-be")
    assert filled(content, "points").content == content[:-4] + "4,5\r\n".encode("utf-16-be")


def test_a_hint_for_excel_is_no_header() -> None:
    text = "sep=;\r\nemail;points\r\nivanov@example.org;\r\n"
    found = filled(text, "points")
    assert found.content == text.replace("org;", "org;4,5").encode()
    assert [each.line for each in found.changed] == [3]


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("email;points\na@b;\nc@d;1,5\n", "4,5"),
        ("email;points\na@b;\nc@d;1.5\n", "4.5"),
        ("email;points\na@b;\n", "4,5"),
        ("email,points\na@b,\n", "4.5"),
        ('email,points,other\na@b,,"2,25"\n', '"4,5"'),
        ('email,points,other\na@b,,"2,25"\nc@d,7.5,"2,25"\n', "4.5"),
    ],
)
def test_the_decimal_mark_is_the_file_s(text: str, written: str) -> None:
    assert (
        filled(text, "points", [Total("a", "a@b", 4.5)]).content
        == text.replace("a@b;", f"a@b;{written}").replace("a@b,", f"a@b,{written}").encode()
    )


def test_what_is_quoted_stays_quoted() -> None:
    text = '"email","points"\n"a@b",""\n'
    assert filled(text, "points", [Total("a", "a@b", 1 / 3 + 2 / 3)]).content == b'"email","points"\n"a@b","1"\n'


def test_formulas_of_others_are_none_of_ours() -> None:
    text = "email,points,note\na@b,=SUM(C1),\"=cmd|' /C calc'!A0\"\n"
    found = filled(text, "points", [Total("a", "a@b", 2.0)])
    assert found.content == text.replace("=SUM(C1)", "2").encode()
    assert found.changed[0].before == "=SUM(C1)"


# --- Who is who ---


def test_scores_that_are_not_there_change_nothing() -> None:
    why = Message("not final")
    found = filled(CANVAS, "Docker 4", [Total("petrova", "petrova@example.org", None, why)])
    assert found.content == CANVAS.encode()
    assert [(each.id, each.why) for each in found.kept] == [("petrova", why)]


def test_members_of_a_group_have_one_total() -> None:
    text = "email,points\na@b,\nc@d,\n"
    totals = [Total("team", "a@b", 5.0), Total("team", "c@d", 5.0)]
    assert filled(text, "points", totals).content == b"email,points\na@b,5\nc@d,5\n"


def test_case_blanks_and_forms_of_letters_do_not_matter() -> None:
    text = "name,points\n  i\u0306VANOV ,\n"
    found = filled(text, "points", [Total("i", "\u012dvanov", 5.0)], match="name")
    assert found.content == text.replace(" ,", " ,5").encode()


def test_somebody_twice_in_the_roster_is_refused() -> None:
    totals = [Total("one", "A@b", 1.0), Total("two", "a@B ", 2.0)]
    assert refused("email,points\na@b,\n", "points", totals) == "email 'a@B ' is there twice in the roster: one, two"


def test_somebody_twice_in_the_file_is_refused() -> None:
    text = "email,points\na@b,\nc@d,\nA@B,\n"
    said = refused(text, "points", [Total("a", "a@b", 1.0)])
    assert said == "'a@b' is in the file to fill twice, in the lines 2, 4"


def test_two_columns_that_name_different_people_are_refused() -> None:
    text = "own,partner,points\na@b,c@d,\nc@d,a@b,\n"
    totals = [Total("a", "a@b", 1.0), Total("c", "c@d", 2.0)]
    assert refused(text, "points", totals) == "by email of the roster several columns may be meant: own, partner"
    assert filled(text, "points", totals, column="own").content == b"own,partner,points\na@b,c@d,1\nc@d,a@b,2\n"


def test_two_columns_that_name_the_same_people_are_not() -> None:
    text = "login,contact,points\na@b,a@b,\nsomebody,c@d,\n"
    totals = [Total("a", "a@b", 1.0), Total("c", "c@d", 2.0)]
    assert filled(text, "points", totals).matched_by == "contact"


def test_numbers_that_are_the_same_by_chance_name_nobody() -> None:
    text = "id,other,points\n1,x,\n17,y,\n18,z,\n19,v,\n"
    totals = [Total(str(each), str(each), 1.0) for each in range(1, 5)]
    assert refused(text, "points", totals, match="id") == (
        "by id only 1 of the roster are found in the file; if that is meant: --match id=id"
    )
    assert filled(text, "points", totals, match="id", column="ID").content == text.replace("1,x,", "1,x,1").encode()


def test_another_column_of_that_name_is_not_taken() -> None:
    """Canvas calls its own numbers ID."""
    text = CANVAS.replace("ivanov@example.org", "ivanov").replace("PETROVA@example.org", "petrova")
    totals = [Total("ivanov", "ivanov", 4.5), Total("petrova", "petrova", 3.5)]
    assert filled(text, "Docker 4", totals, match="id").matched_by == "SIS Login ID"
    swapped = "ID,Login,points\n2,1,\n1,2,\n"
    totals = [Total("1", "1", 4.5), Total("2", "2", 3.5)]
    assert "several columns may be meant: ID, Login" in refused(swapped, "points", totals, match="id")


def test_of_two_columns_with_the_same_people_the_named_one_is_told() -> None:
    text = "login,email,points\na@b,a@b,\n"
    assert filled(text, "points", [Total("a", "a@b", 1.0)]).matched_by == "email"


@pytest.mark.parametrize(
    ("text", "into", "said"),
    [
        ("email,points\nx@y,\n", "points", "nobody of the roster is found in the file to fill by email"),
        ("points\n1\n", "points", "nobody of the roster is found in the file to fill by email"),
        ("email,points\n", "points", "nobody of the roster is found in the file to fill by email"),
        ("email,Points,points,POINTS\n", "pOINTS", "the file to fill has 3 columns pOINTS"),
        ("email,points\n", "pionts", "the file to fill has no column 'pionts'; it has points"),
        ("", "points", "the file to fill is no table in text: save it as CSV, in UTF-8"),
        ('email,points\n"ivanov@example.org,\n', "points", "a quote of line 2 is never closed"),
        ('email,x,points\na@b,"1,\nc@d,"2,\n', "points", "a quote of line 2 ends in the middle of a cell"),
        ("email,x,points\nivanov@example.org,1\n", "points", "line 2 has 2 cells, and the header has 3"),
    ],
)
def test_what_is_not_certain_is_refused(text: str, into: str, said: str) -> None:
    assert refused(text, into) == said


@pytest.mark.parametrize("content", [b"PK\x03\x04\x14\0\x06\0", "email,points\n".encode("utf-16-le"), b"\x98\x81\x8d"])
def test_what_is_no_text_is_refused(content: bytes) -> None:
    assert refused(content, "points") == "the file to fill is no table in text: save it as CSV, in UTF-8"


# --- Nothing else changes ---

_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\0"), max_size=12)
_NOT_OURS = _TEXT.filter(lambda cell: "@" not in cell)


Written = tuple[bytes, str, list[int], list[Total]]


@st.composite
def tables(draw: st.DrawFn) -> Written:
    """A file as some program wrote it, its delimiter, and the rows that are somebody's."""
    delimiter = draw(st.sampled_from([",", ";", "\t", "|"]))
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    width = draw(st.integers(0, 4))
    at_key, at_points = draw(st.permutations(range(width + 2)))[:2]
    header = [f"column {at}" for at in range(width + 2)]
    header[at_key], header[at_points] = "email", "points"
    rows, mine, totals = [], [], []
    for number in range(draw(st.integers(1, 8))):
        row = [draw(_NOT_OURS) for _ in header]
        if number == 0 or draw(st.booleans()):
            row[at_key], row[at_points] = f"{number}@b", draw(st.sampled_from(["", "-", "=1+1", "x", "so-so"]))
            mine.append(number)
            totals.append(Total(str(number), f"{number}@b", draw(st.integers(0, 20)) / 4))
        elif not any(cell.strip() for cell in row):
            row[at_key] = "nobody"
        row[at_points] = row[at_points].replace("%", "")
        rows.append(row)

    def written(cell: str) -> str:
        must = any(letter in cell for letter in f'{delimiter}"\r\n') or cell.startswith('"')
        if must or draw(st.booleans()):
            return '"' + cell.replace('"', '""') + '"'
        return cell

    text = end.join(delimiter.join(written(cell) for cell in row) for row in [header, *rows])
    text += draw(st.sampled_from(["", end]))
    encoding = draw(st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]))
    return text.encode(encoding), delimiter, mine, totals


def cells_of(content: bytes, delimiter: str) -> list[list[str]]:
    """By the reader of the standard library."""
    encoding = "utf-16" if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) else "utf-8-sig"
    reader = csv.reader(io.StringIO(content.decode(encoding), newline=""), delimiter=delimiter)
    return [row for row in reader if row]


@given(tables())
def test_only_cells_of_the_column_change(table: Written) -> None:
    content, delimiter, mine, totals = table
    before = cells_of(content, delimiter)
    found = fill(content, totals, match="email", into="points", maximum=5.0)
    after = cells_of(found.content, delimiter)
    target = before[0].index("points")
    assert len(after) == len(before)
    changed = set()
    for number, (old, new) in enumerate(zip(before, after, strict=True)):
        assert len(old) == len(new)
        changed |= {(number, at) for at, pair in enumerate(zip(old, new, strict=True)) if pair[0] != pair[1]}
    assert changed == {(number + 1, target) for number in mine}
    said = {total.key: total.points for total in totals}
    for number in mine:
        key, value = after[number + 1][before[0].index("email")], after[number + 1][target]
        assert float(value.replace(",", ".")) == said[key]


@given(tables())
def test_with_the_old_cells_it_is_the_old_file(
    table: Written,
) -> None:
    """Whatever was written is taken out again: what is left are the bytes of before."""
    content, _delimiter, _mine, totals = table
    found = fill(content, totals, match="email", into="points", maximum=5.0)
    assert fill(found.content, totals, match="email", into="points", maximum=5.0).content == found.content
    kept = [Total(total.id, total.key, None) for total in totals]
    assert fill(content, kept, match="email", into="points", maximum=5.0).content == content


@given(st.binary(max_size=200))
@example(b"email,points\r\na@b,\r")
@example(b'email,points\n"a@b"x,"\n')
def test_any_bytes_are_filled_or_refused(content: bytes) -> None:
    with_head = b"email,points\n" + content
    try:
        found = fill(with_head, [Total("a", "a@b", 1.0)], match="email", into="points", maximum=5.0)
    except ConfigurationError:
        return
    assert len(found.changed) + found.same + len(found.kept) == 1
