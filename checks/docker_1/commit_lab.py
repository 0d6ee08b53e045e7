"""The item docker-1/commit-lab."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.engine.probes.starting import Probes


@check(
    "docker-1/commit-lab",
    "a committed image keeps what the container wrote",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def commit_lab(probes: Probes) -> None:
    """Written by a container, shown by diff, kept by commit as one layer, seen in the new image and not in the base."""
    from pytest_dockerlab.engine.images.lab_builds import layers_of

    path, text = f"/written-{secrets.token_hex(6)}", secrets.token_hex(8)
    writer = probes.start(network="none", command=["sh", "-c", f"echo {text} > {path}"])
    if writer.wait_exit() != 0:
        raise ProbeError("a probe could not write a file", stdout=writer.logs())
    changes = writer.changes()
    note("diff", changes)
    expect(f"A {path}" in changes, _("diff shows the file that the container added"), found=changes)
    image = probes.commit(writer)
    base, made = layers_of(probes.inspect_image(probes.image)), layers_of(probes.inspect_image(image))
    note("layers of the base image", len(base))
    note("layers of the committed image", len(made))
    expect(
        made[:-1] == base and len(made) == len(base) + 1,
        _("the committed image is the base's layers and one more"),
        found=_("{count} layers on {base}", count=len(made), base=len(base)),
    )
    writer.remove()
    expect(
        probes.inspect_image(image)["Id"] == image, _("the image outlives the container it was made from"), found=image
    )
    read = ["sh", "-c", f"cat {path}"]
    of_image, of_base = probes.start_all(
        {"network": "none", "image": image, "command": read}, {"network": "none", "command": read}
    )
    code, other_code = of_image.wait_exit(), of_base.wait_exit()
    expect(
        code == 0 and of_image.logs().strip() == text,
        _("a container of the committed image sees the file"),
        found=of_image.logs().strip(),
    )
    said = of_base.logs().strip()
    if other_code != 0 and "No such file" not in said:
        raise ProbeError("a probe failed to read for another reason than a missing file", stdout=said)
    expect(other_code != 0, _("a container of the base image does not"), found=said)
