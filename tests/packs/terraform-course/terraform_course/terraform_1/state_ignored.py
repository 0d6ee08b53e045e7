"""The item terraform-1/state-ignored."""

from pytest_dockerlab.findings import Location, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _

STATE = {"*.tfstate", "**/*.tfstate", "*.tfstate*", "terraform.tfstate"}


@check("terraform-1/state-ignored", "git ignores Terraform's state")
def state_ignored(ignored: list[str], readmes: str) -> None:
    note("who says so", readmes)
    expect(
        STATE & set(ignored), found=ignored, at=Location(".gitignore"), hint=_("add the line {line}", line="*.tfstate")
    )
