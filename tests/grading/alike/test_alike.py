"""``dockerlab alike`` as it is typed, and its page."""

from __future__ import annotations

import pytest

from pytest_dockerlab import cli
from tests.browser import Pages, violations
from tests.cohort.planted import cohort
from tests.cohort.repositories import files_of, write_repository, write_roster

TOKEN = "glpat-" + "Zq8xY2rT5uW1vB4nK7mJ"
BARE = "k7Qw2Zr9" + "Xb4Mn6Ty1V"
"""One that nothing before it calls a secret."""
RARE = f"""FROM ruby:2.2
# dont tuch it <script>alert(1)</script>, it wroks only so because of the sockte
ENV GITLAB_TOKEN {TOKEN}
RUN mysql -u root -p{BARE} -e "a strange statement that nobody else would put into it"
RUN echo "and this is what nobody else has writen in just this way, ever" >/dev/null
"""


@pytest.fixture(scope="module")
def roster(tmp_path_factory):
    """Eight of the cohort; two have the same strange Dockerfile."""
    folder = tmp_path_factory.mktemp("cohort")
    planted = cohort(8)
    for number, each in enumerate(planted):
        more = [("100644", "old/Dockerfile", RARE.encode())] if number in (2, 6) else []
        write_repository(folder / each.id, [*files_of(each), *more], branch="main", is_bare=bool(number % 2))
    return write_roster(folder / "roster.csv", [(each.id, "") for each in planted])


def alike(roster, *words):
    return cli.main(["alike", str(roster), "--hw", "docker-4", *words])


def test_the_two_come_first_and_what_the_course_hands_out_is_not_there(roster, capsys):
    assert alike(roster) == 0
    said = capsys.readouterr().out
    assert "This is no verdict and no proof: ask both" in said
    first, what = said.split("\n\n")[1].splitlines()[:2]
    assert first.startswith("s0003 and s0007: weight ")
    assert what.startswith("  passages: ")
    assert "old/Dockerfile:" in what
    assert "dont tuch it" not in said, "the lines are on the page"
    assert "-o alike.html" in said


def test_no_secret_is_shown_and_no_text_is_markup(roster, tmp_path, capsys, pages: Pages):
    assert alike(roster, "-o", str(tmp_path / "alike.html")) == 0
    written = (tmp_path / "alike.html").read_text("utf-8")
    said = capsys.readouterr().out
    assert f"of both beside each other: {tmp_path / 'alike.html'}\n" in said
    assert "a strange statement" in written
    assert "ruby-full" not in written
    assert [secret for secret in (TOKEN, BARE) if secret in written or secret in said] == []
    assert "<script>" not in written
    for dark in (False, True):
        page = pages.open(tmp_path / "alike.html", dark=dark, scripts=False)
        assert "dont tuch it <script>alert(1)</script>" in page.inner_text("section >> nth=0")
    assert violations(pages.open(tmp_path / "alike.html", dark=True)) == ""
    assert violations(pages.open(tmp_path / "alike.html", width=400)) == ""


def test_what_is_named_as_given_to_all_is_left_out(roster, tmp_path, capsys):
    (tmp_path / "template").mkdir()
    (tmp_path / "template" / "Dockerfile").write_text(RARE)
    assert alike(roster, "--given", str(tmp_path / "template")) == 0
    assert "old/Dockerfile" not in capsys.readouterr().out


def test_a_grading_is_looked_at_with_its_findings(roster, tmp_path, capsys):
    out = tmp_path / "out"
    words = ["--hw", "docker-4", "--hw-tier", "files", "-n", "2", "-o", str(out)]
    assert cli.main(["grade", str(roster), *words]) == 0
    capsys.readouterr()
    assert cli.main(["alike", str(out), "--earlier", str(roster), "--hw", "docker-4"]) == 0
    said = capsys.readouterr().out
    assert "submissions compared: 16;" in said


@pytest.mark.parametrize(
    ("words", "why"),
    [(["--given", "nowhere"], "nowhere is not there"), (["--hw", "docker-44"], "docker-44")],
)
def test_what_is_not_there_is_refused(roster, words, why, capsys):
    assert alike(roster, *words) == 4
    assert why in capsys.readouterr().err


def test_a_roster_needs_a_homework(roster, capsys):
    assert cli.main(["alike", str(roster)]) == 4
    assert "--hw" in capsys.readouterr().err
