"""A course of its own, in which every part that a pack can have is there once."""

from pytest_dockerlab import tools
from pytest_dockerlab.homework import Pack, PackNeed
from pytest_dockerlab.messages import _


def terraform_version() -> str | None:
    """What ``terraform version`` says first."""
    program = tools.find("terraform")
    if program is None:
        return None
    return tools.run([program, "version"], timeout=10).stdout.splitlines()[0]


TERRAFORM = PackNeed("Terraform", terraform_version, _("install Terraform: it is one file, put it on the PATH"))
PACK = Pack(__name__, fixtures=("terraform_course.fixtures",), needs=(TERRAFORM,))
