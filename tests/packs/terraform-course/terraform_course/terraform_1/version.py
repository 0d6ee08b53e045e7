"""The item terraform-1/version."""

import re

from pytest_dockerlab.findings import Location, expect, require
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.files.tree import Tree

from .. import TERRAFORM


@check("terraform-1/version", "the required version is the one that is installed", needs=[TERRAFORM])
def version(tree: Tree, terraform: str) -> None:
    text = tree.text("versions.tf").content if tree.exists("versions.tf") else ""
    found = re.search(r'required_version\s*=\s*"(?:=\s*)?([\d.]+)"', text)
    require(found, found=_("no required_version"), hint=_("write required_version into versions.tf"))
    expect(
        found[1] == terraform,
        found=found[1],
        at=Location("versions.tf"),
        hint=_("here it is {version}", version=terraform),
    )
