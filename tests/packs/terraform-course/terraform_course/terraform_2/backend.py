"""The item terraform-2/backend."""

from pytest_dockerlab.findings import Location, expect
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.files.tree import Tree


@check("terraform-2/backend", "the state is kept in a backend", needs=["terraform-1/state-ignored"])
def backend(tree: Tree) -> None:
    text = tree.text("main.tf").content if tree.exists("main.tf") else ""
    expect("backend " in text, found=_("no backend"), at=Location("main.tf"), hint=_("name a backend in main.tf"))
