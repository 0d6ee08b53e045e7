"""A gradebook with one of everything, and hostile text wherever it can stand."""

from __future__ import annotations

from pytest_dockerlab.findings import Finding, Location
from pytest_dockerlab.grading.gradebook.assembly import make_gradebook
from pytest_dockerlab.grading.gradebook.model import Gradebook
from pytest_dockerlab.grading.gradebook.overrides import Override, Overrides
from pytest_dockerlab.grading.workflows import Compared, State
from pytest_dockerlab.messages import _
from pytest_dockerlab.results import Verdict

from .._results import failed, graded, item

__all__ = ["HOSTILE", "of_everything"]

HOSTILE = "</script><script>document.title='taken'</script><img src=x onerror=\"document.title='taken'\">\u202e\x1b[2J"


def of_everything(language: str = "en") -> Gradebook:
    """Graded, late, overridden, without a result, waiting, exempt; a group; a lab; hostile cells and findings."""
    lab = item("none-lab", kind="lab")
    by_hand = Override(None, 0.5, f"half of it {HOSTILE}", "eve", "2026-11-29")
    overrides = Overrides(
        {
            ("bob", "docker-4/app"): by_hand,
            ("bob", "manual/defence"): Override(None, 2.0, "well said", "eve", "2026-11-29"),
            ("ann", "docker-4/networks"): Override(Verdict.PASSED, None, "an alias does it too", "eve", "2026-11-29"),
            ("ann", "manual/late"): Override(None, -0.5, "a week", "eve", "2026-11-29"),
        },
        {},
        {"manual/defence": 3.0},
    )
    unverified = {"reason": _("there is no engine"), "remedy": _("start one")}
    group = {"name": "Ann Lee; Bob", "email": "a@x.org; b@x.org", "note": HOSTILE}
    hostile_finding = Finding(_("a network for {what}", what=HOSTILE), HOSTILE, Location(HOSTILE, 3), None)
    rows = [
        graded("ann", item("compose-file"), failed("networks", "ui and mongo share back"),
               item("app", "unverified", **unverified), item("extra", level="optional"), lab, columns=group,
               late=_("two days late"), is_late=True,
               workflows=(Compared("docker-4", ".github/workflows/hw.yml", State.DIFFERS),)),
        graded("bob", item("compose-file", "failed", findings=[hostile_finding]),
               item("networks", "unverified", because_of="docker-4/compose-file"), item("app", "passed"),
               item("extra", "not attempted", level="optional"), lab, columns={"name": "=1+1", "note": "-5"},
               workflows=(Compared("docker-4", ".github/workflows/hw.yml", State.SAME),)),
        graded("cid", item("compose-file", "error", reason=_("our error")), item("networks"), item("app"),
               item("extra", "failed", level="optional"), lab),
        graded("dan", status="error", reason=_("it was killed: {what}", what=HOSTILE)),
        graded("eva", status="waiting"),
        graded("fay", status="exempt"),
    ]  # fmt: skip
    return make_gradebook(rows, overrides, language)
