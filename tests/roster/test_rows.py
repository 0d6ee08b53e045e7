"""The roster: what can be meant, in each of its forms, and what is refused with its line."""

from __future__ import annotations

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from pytest_dockerlab import catalogue
from pytest_dockerlab.errors import ConfigurationError
from pytest_dockerlab.roster.row import Row
from pytest_dockerlab.roster.rows import Roster, read_roster

SLUGS = [homework.slug for homework in catalogue.load().homeworks]


def written(tmp_path: Path, text: str, name: str = "roster.csv") -> Path:
    path = tmp_path / name
    path.write_text(text, "utf-8")
    return path


def read(tmp_path: Path, text: str, name: str = "roster.csv") -> Roster:
    return read_roster(written(tmp_path, text, name), SLUGS)


def only(tmp_path: Path, text: str) -> Row:
    (row,) = read(tmp_path, text).rows
    return row


# --- A table ---


def test_rows_are_in_the_order_of_the_file_and_relative_to_it(tmp_path: Path) -> None:
    rows = read(
        tmp_path,
        '\ufeffid, path, ref, ref:docker-4\nzoe, ../z, main,\n\n"Аня", /a, , v4\nbob, https://git.example/bob.git,,\n',
    ).rows
    assert [row.id for row in rows] == ["zoe", "Аня", "bob"]
    assert rows[0].path == (tmp_path / "../z").absolute()
    assert rows[0].refs == {"": "main"}
    assert rows[1].refs == {"docker-4": "v4"}
    assert rows[2].url == "https://git.example/bob.git"


def test_every_cell_is_kept_by_its_header(tmp_path: Path) -> None:
    roster = read(
        tmp_path,
        "№,ID,Name,E-mail,email,path,group,Language,note,note,,\n"
        '1,ann,"Ann, B.",x,ann@a.example,a,team-1,RU,=1+1,"two\nlines",,\n',
    )
    (row,) = roster.rows
    assert (row.id, row.name, row.email, row.group, row.language) == ("ann", "Ann, B.", "ann@a.example", "team-1", "ru")
    assert roster.columns == ("№", "ID", "Name", "E-mail", "email", "path", "group", "Language", "note", "note (2)")
    assert list(row.columns) == list(roster.columns)
    assert row.columns["note"] == "=1+1"
    assert row.columns["note (2)"] == "two\nlines"


@pytest.mark.parametrize("delimiter", [";", "\t"])
def test_other_delimiters(tmp_path: Path, delimiter: str) -> None:
    assert only(tmp_path, delimiter.join(("id", "path")) + "\r\n" + delimiter.join(("ann", "a, b")) + "\r\n") == Row(
        "ann", tmp_path / "a, b", columns={"id": "ann", "path": "a, b"}
    )


def test_what_it_was_read_from_has_a_digest(tmp_path: Path) -> None:
    first = read(tmp_path, "id,path\na,b\n").digest
    assert read(tmp_path, "id,path\na,b\n").digest == first
    assert read(tmp_path, "id,path\na,c\n").digest != first


def test_a_column_that_looks_like_ours_is_asked_about(tmp_path: Path) -> None:
    roster = read(tmp_path, "id,path,dedline\na,b,2026-01-01\n")
    assert "did you mean deadline?" in str(roster.notes[0])
    assert not read(tmp_path, "id,path,room,comment\na,b,1,2\n").notes


def test_the_same_name_in_other_bytes_is_one_id(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is there twice"):
        read(tmp_path, "id,path\nЙ,a\nИ\u0306,b\n")


def test_there_is_no_limit_on_rows(tmp_path: Path) -> None:
    rows = read(tmp_path, "id,path\n" + "".join(f"s{number},x\n" for number in range(20_000))).rows
    assert len(rows) == 20_000


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "columns are"),
        ("id,path\n", "is empty"),
        ("name,path\na,b\n", "columns are missing"),
        ("id,path,ref:docker4\na,b,c\n", "unknown column 'ref:docker4'"),
        ("id,path,PATH\na,b,c\n", "the column 'path' is there twice"),
        ("id\na\n", "columns are"),
        ("id,path\na,b\na,c\n", r"roster\.csv:3: id 'a' is there twice, in line 2 too"),
        ("id,path\nAnn,b\n\nann,c\n", r"roster\.csv:4: id 'ann' differs from 'Ann' in line 2 in case alone"),
        ("id,path\n,b\n", "csv:2: an id has"),
        ("id,path\na[b],c\n", "an id has"),
        ("id,path\n..,c\n", "an id has"),
        ("id,path\n-n2,c\n", "an id has"),
        ("id,path\n\x1b[2J,c\n", "control character"),
        ("id,path,name\na,c,\x1b[2J\n", "name has a control character"),
        ("id,path,url\na,,\n", "needs a path or a URL"),
        ("id,path,url\na,b,https://x/y\n", "needs a path or a URL"),
        ("id,path\na,b,c\n", "more cells"),
        ("id,path,\na,b,c\n", "more cells"),
        ('id,path\na,"b\n', "unexpected end"),
        ("id,path\na,~nobody-of-this-name/x\n", "home folder"),
        ("id,path,exempt\na,b,perhaps\n", "exempt is 'perhaps'"),
        ("id,path,language\na,b,xx\n", "language is 'xx'"),
        ("id,path,deadline\na,b,tomorrow\n", "'tomorrow' is not a moment"),
        ("id,path,deadline\na,b,2026-03-01\n", "does not say its time zone"),
        ("id,path,extension\na,b,3\n", "'3' is not a moment"),
        ("id,path,deadline\na,b,9999-12-31T23:59:59-23:00\n", "too far away"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_its_line(tmp_path: Path, text: str, said: str) -> None:
    with pytest.raises(ConfigurationError, match=said):
        read(tmp_path, text)


@pytest.mark.parametrize(
    "url",
    [
        "https://git.example/a.git",
        "http://user@git.example:8080/a",
        "ssh://git@git.example:22/~a/b.git",
        "git@git.example:a/b.git",
        "git://[::1]/a",
    ],
)
def test_urls(tmp_path: Path, url: str) -> None:
    assert only(tmp_path, f"id,url\na,{url}\n").url == url


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c id",
        "--upload-pack=id",
        "file:///etc",
        "/etc",
        "ssh://-oProxyCommand=id/x",
        "ssh://-oProxyCommand=id@host/x",
        "git@-oProxyCommand=id:x",
        "-oProxyCommand=id@host:x",
        "https://host\\@other/x",
        "https://[::1/x",
        "https://host:99999999/x",
        "https:///x",
    ],
)
def test_urls_that_git_could_take_for_something_else(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match="URL"):
        read(tmp_path, f"id,url\na,{url}\n")


@pytest.mark.parametrize("url", ["https://me:s3cret@host/x", "https://host/x?token=s3cret", "ssh://me:s3cret@host/x"])
def test_a_secret_in_a_url_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError, match="credential helper") as refused:
        read(tmp_path, f"id,url\na,{url}\n")
    assert "s3cret" not in str(refused.value)


def test_rosters_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="cannot be read"):
        read_roster(tmp_path / "none.csv", SLUGS)
    (tmp_path / "latin").write_bytes(b"id,path\n\xe4,b\n")
    with pytest.raises(ConfigurationError, match="not in UTF-8"):
        read_roster(tmp_path / "latin", SLUGS)
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ConfigurationError, match="neither a file nor a folder"):
        read_roster(tmp_path / "pipe", SLUGS)


# --- Deadlines ---


def due(tmp_path: Path, deadline: str, extension: str = "", zone: str | None = None) -> datetime | None:
    path = written(tmp_path, f"id,path,deadline,extension\na,b,{deadline},{extension}\n")
    return read_roster(path, SLUGS, ZoneInfo(zone) if zone else None).rows[0].due()


def at(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_moments(tmp_path: Path) -> None:
    assert due(tmp_path, "") is None
    assert due(tmp_path, "2026-03-01T23:59+03:00") == at(2026, 3, 1, 20, 59)
    assert due(tmp_path, "2026-03-01 23:59", zone="Europe/Moscow") == at(2026, 3, 1, 20, 59)
    assert due(tmp_path, "2026-03-01", zone="Europe/Moscow") == at(2026, 3, 1, 20, 59, 59)
    assert due(tmp_path, "2026-03-29", zone="Europe/Berlin") == at(2026, 3, 29, 21, 59, 59), "summer time began"


def test_extensions(tmp_path: Path) -> None:
    assert due(tmp_path, "2026-03-01T00:00Z", "2d") == at(2026, 3, 3)
    assert due(tmp_path, "2026-03-01T00:00Z", "+36h") == at(2026, 3, 2, 12)
    assert due(tmp_path, "2026-03-01T00:00Z", "2026-04-01T00:00Z") == at(2026, 4, 1)
    assert due(tmp_path, "", "2026-04-01T00:00Z") == at(2026, 4, 1)
    assert due(tmp_path, "", "2d") is None


def test_an_extension_of_everybodys_deadline() -> None:
    assert Row("a", extension=timedelta(days=1)).due(at(2026, 3, 1)) == at(2026, 3, 2)
    assert Row("a", deadline=at(2026, 2, 1)).due(at(2026, 3, 1)) == at(2026, 2, 1)


def test_who_is_exempt(tmp_path: Path) -> None:
    rows = read(tmp_path, "id,path,exempt\na,x,yes\nb,x,ДА\nc,x,\nd,x,no\n").rows
    assert [row.exempt for row in rows] == [True, True, False, False]


# --- A folder ---


def test_each_folder_is_a_submission(tmp_path: Path) -> None:
    for name in ("b", "Ann Smith_1_assignsubmission_file_", ".hidden", "a.git"):
        (tmp_path / name).mkdir()
    (tmp_path / "c.zip").touch()
    roster = read_roster(tmp_path, SLUGS)
    assert [row.id for row in roster.rows] == ["Ann-Smith_1_assignsubmission_file_", "a", "b"]
    assert [row.path for row in roster.rows] == [
        tmp_path / name for name in ("Ann Smith_1_assignsubmission_file_", "a.git", "b")
    ]
    assert "c.zip" in str(roster.notes[0])


def test_folders_of_one_name_have_an_id_each(tmp_path: Path) -> None:
    for name in ("a b", "a:b", "a[b"):
        (tmp_path / name).mkdir()
    ids = {row.id for row in read_roster(tmp_path, SLUGS).rows}
    assert len(ids) == 3
    (tmp_path / "c").mkdir()
    assert ids < {row.id for row in read_roster(tmp_path, SLUGS).rows}, "another folder changes no id"


def test_a_folder_with_an_odd_name_is_one_row(tmp_path: Path) -> None:
    for name in (b"\xff\xfe", b"two\nlines", b"good"):
        Path(os.fsdecode(os.fsencode(tmp_path) + b"/" + name)).mkdir()
    rows = read_roster(tmp_path, SLUGS).rows
    assert len({row.id for row in rows}) == 3
    assert "good" in {row.id for row in rows}
    for row in rows:
        row.columns["path"].encode()


def test_a_repository_is_no_folder_of_them(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    with pytest.raises(ConfigurationError, match=r"is one repository.*dockerlab check"):
        read_roster(tmp_path, SLUGS)


# --- URLs ---

# In two parts, so that nobody who looks for secrets takes it for one of ours.
TOKEN = "ghp_" + "Xy7pQ2mZ9kLw4RbT1vNcaB3dE5fG7h"


@pytest.mark.parametrize(
    "url",
    [
        f"https://{TOKEN}@github.com/a/b.git",
        "https://" + "9f86d081884c7d65" * 2 + "9a2feaa0@git.example/a/b.git",
        f"https://x-access-token:{TOKEN}@github.com/a/b.git",
        f"https://github.com/a/b.git?access_token={TOKEN}",
        f"htps://ann:{TOKEN}@github.com/a/b.git",
    ],
)
def test_a_url_with_a_secret_is_refused_and_not_repeated(tmp_path: Path, url: str) -> None:
    with pytest.raises(ConfigurationError) as refused:
        read(tmp_path, f"id,url\nann,{url}\n")
    assert TOKEN[4:] not in str(refused.value)
    assert "9f86d081884c7d65" not in str(refused.value)


@pytest.mark.parametrize("user", ["git", "ann.smith", "oauth2", "DevOps-Course-Spring-2026", "x-token-auth"])
def test_a_user_in_a_url_is_no_secret(tmp_path: Path, user: str) -> None:
    (row,) = read(tmp_path, f"id,url\nann,https://{user}@bitbucket.org/team/b.git\n").rows
    assert row.url == f"https://{user}@bitbucket.org/team/b.git"


# --- A list ---


def test_a_list_of_paths_and_urls(tmp_path: Path) -> None:
    rows = read(tmp_path, "# the cohort\n\nann\n../b/\nhttps://git.example/c/d.git\n", "paths.txt").rows
    assert [row.id for row in rows] == ["ann", "b", "d"]
    assert rows[0].path == tmp_path / "ann"
    assert rows[2].url == "https://git.example/c/d.git"


def test_repositories_of_one_name_are_told_by_whose_they_are(tmp_path: Path) -> None:
    text = "https://git.example/ann/microservices.git\ngit@git.example:bob/microservices\n/x/cem/microservices/.git\n"
    assert [row.id for row in read(tmp_path, text, "paths").rows] == [
        "ann+microservices", "bob+microservices", "cem+microservices"
    ]  # fmt: skip


def test_lines_that_cannot_be_meant(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"paths.txt:3: id .* is there twice"):
        read(tmp_path, "a\n# b\na\n", "paths.txt")
    with pytest.raises(ConfigurationError, match=r"paths.txt:2: a URL has no password"):
        read(tmp_path, "a\nhttps://a:b@c/d\n", "paths.txt")
