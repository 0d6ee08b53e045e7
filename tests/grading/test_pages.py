"""The pages of a grading: one for each submission that has a result, with the numbers of the gradebook."""

from __future__ import annotations

import dataclasses
from pathlib import Path

from pytest_dockerlab.feedback import Feedback, ShownLevel
from pytest_dockerlab.grading.gradebook.assembly import make_gradebook
from pytest_dockerlab.grading.gradebook.overrides import Override, Overrides
from pytest_dockerlab.grading.graded import Graded, Status, read_graded
from pytest_dockerlab.grading.out import Out
from pytest_dockerlab.grading.pages import write_pages
from pytest_dockerlab.messages import Message, _
from pytest_dockerlab.results import Verdict

from ._out import write_out
from ._results import failed, graded, item, submission

FULL = Feedback()
BY_HAND = Overrides(
    {
        ("ivanov", "docker-4/networks"): Override(Verdict.PASSED, None, "shown to me", "the teacher", "2026-12-01"),
        ("ivanov", "manual/talk"): Override(Verdict.FAILED, 0.5, "mumbled <b>", "the teacher", "2026-12-01"),
    },
    maxima={"manual/talk": 2.0},
)


def write(
    out: Out,
    rows: list[Graded],
    feedback: Feedback = FULL,
    past: tuple[str, ...] = (),
    overrides: Overrides = BY_HAND,
) -> list[Message]:
    gradebook = make_gradebook(rows, overrides, "en")
    return write_pages(out, rows, gradebook, feedback, lambda _graded: past)


IVANOV = {"name": "Ivanov <i>", "Language": "RU"}


def cohort() -> list[Graded]:
    return [
        graded("ivanov", failed("networks", "back_net"), item("aliases"), columns=IVANOV),
        graded("petrova", failed("networks", "net-of-hers"), late=_("2 days late")),
        graded("nobody", status="error"),
    ]  # fmt: skip


def test_a_page_for_each_with_the_numbers_of_the_gradebook(tmp_path: Path) -> None:
    out = Out(tmp_path)
    assert write(out, cohort()) == []
    assert sorted(each.name for each in out.pages.iterdir()) == [
        "ivanov.html", "ivanov.md", "petrova.html", "petrova.md",
    ]  # fmt: skip
    his, hers = out.page_of("ivanov").read_text(), out.page_of("petrova").read_text()
    assert '<html lang="ru">' in his
    assert "Ivanov &lt;i&gt;" in his
    assert '<p class="total">2.5 из 4</p>' in his
    assert "shown to me · the teacher · 2026-12-01" in his
    assert "mumbled &lt;b&gt;" in his, "an item that only people mark"
    assert '<p class="total">0 of 1 verified, 3 in all</p>' in hers
    assert "2 days late" in hers
    assert "net-of-hers" not in his, "nobody else's data"
    assert "Ivanov" not in hers


def test_why_this_revision_is_in_the_language_of_the_page(tmp_path: Path) -> None:
    """Whatever language the run had that wrote the results; a name of git's is the same in each."""
    nowhere = submission("petrova", item("networks"))
    nowhere.revisions["docker-4"]["why"] = _("HEAD: no merge of the branch {branch} was found", branch="docker-4")
    out = write_out(tmp_path, [submission("ivanov", item("networks")), nowhere])
    rows = [dataclasses.replace(each, columns={**each.columns, "language": "ru"}) for each in read_graded(out)]
    write(out, rows, overrides=Overrides())
    assert "cccccccccc (main)" in out.page_of("ivanov", "md").read_text()
    hers = out.page_of("petrova", "md").read_text()
    assert "HEAD: слияния ветки docker-4 не нашлось" in hers


def test_a_required_item_with_a_part_of_its_points_is_no_advice_that_costs_nothing(tmp_path: Path) -> None:
    out = Out(tmp_path)
    half = Overrides({("ann", "docker-4/app"): Override(None, 0.5, "half of it", "eve", "2026-12-01")})
    write(out, [graded("ann", item("app", "unverified"))], overrides=half)
    said = out.page_of("ann", "md").read_text()
    assert "Marked by hand: not all of the points" in said
    assert "costs nothing" not in said


def test_nothing_is_to_be_done_about_what_the_instructor_did_not_ask_for(tmp_path: Path) -> None:
    out = Out(tmp_path)
    reasons = {
        "app": (_("tier {tier} was not requested", tier="app"), _("--hw-tier {tier}", tier="app")),
        "gitlab": (
            _("no address was given for it"),
            _("give its address with {option} {value}", option="--hw-x", value="URL"),
        ),
        "aliases": (_("the submission could not be read: {why}", why="a pipe"), _("commit regular files")),
    }
    items = [item(id, "unverified", reason=why, remedy=remedy) for id, (why, remedy) in reasons.items()]
    write(out, [graded("ann", item("networks"), *items)], overrides=Overrides())
    for suffix in ("html", "md"):
        said = out.page_of("ann", suffix).read_text()
        assert "it was not looked at in this grading" in said
        assert "--hw" not in said.replace("pytest-dockerlab", "")
        assert "requested" not in said
    assert "commit regular files" in out.page_of("ann").read_text()


def test_a_page_without_a_result_goes(tmp_path: Path) -> None:
    out = Out(tmp_path)
    write(out, cohort())
    write(out, [*cohort()[:1], graded("petrova", status="error")])
    assert not out.page_of("petrova").exists()
    assert not out.page_of("petrova", "md").exists()
    assert out.page_of("ivanov").exists()


def test_what_a_course_does_not_show_is_in_no_page(tmp_path: Path) -> None:
    out, feedback = Out(tmp_path), Feedback(ShownLevel.VERDICT_ONLY, ShownLevel.FULL)
    write(out, cohort()[1:2], feedback, overrides=Overrides())
    assert not any("net-of-hers" in each.read_text() for each in out.pages.iterdir())
    write(out, cohort()[1:2], feedback, ("docker-4",), Overrides())
    assert all("net-of-hers" in each.read_text() for each in out.pages.iterdir())


def test_a_result_that_cannot_be_shown_costs_its_own_page_alone(tmp_path: Path) -> None:
    deep: object = "x"
    for _level in range(5000):
        deep = [deep]
    out = Out(tmp_path)
    rows = [graded("bad", item("aliases", evidence={"deep": deep})), *cohort()]
    problems = write(out, rows)
    assert [str(each).partition(":")[0] for each in problems] == ["no page for bad"]
    assert not out.page_of("bad").exists()
    assert out.page_of("petrova").exists()
    assert rows[0].status is Status.GRADED
