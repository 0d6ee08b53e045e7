"""The item docker-1/inspect-lab."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from typing import Any

    from pytest_dockerlab.engine.probes.starting import Probes


@check(
    "docker-1/inspect-lab",
    "inspect shows a process and addresses only while it runs",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def inspect_lab(probes: Probes) -> None:
    """A container has a state and a place in a network; an image has neither."""
    from pytest_dockerlab.engine.images.lab_builds import layers_of

    network = probes.network()
    probe = probes.start(network=network)
    running = _shown(probe.inspect(), network.name)
    probe.kill()
    inspected = probe.inspect()
    stopped = _shown(inspected, network.name)
    note("running", running)
    note("stopped", stopped)
    for field, value in running.items():
        expect(value, _("{field} of a running container is set", field=field), found=_("nothing"))
        expect(not stopped[field], _("{field} of a stopped container is empty", field=field), found=stopped[field])
    finished = str(inspected["State"]["FinishedAt"])
    # The zero of Go's time stands for never.
    expect(
        finished and not finished.startswith("0001-"),
        _("State.FinishedAt of a stopped container is set"),
        found=finished,
    )
    image = probes.inspect_image(probes.image)
    note(
        "image",
        {"Architecture": image.get("Architecture"), "Os": image.get("Os"), "RootFS.Layers": len(layers_of(image))},
    )
    for field in ("Architecture", "Os"):
        expect(image.get(field), _("{field} of an image is set", field=field), found=_("nothing"))
    expect(layers_of(image), _("{field} of an image is set", field="RootFS.Layers"), found=_("nothing"))
    expect("NetworkSettings" not in image, _("an image has no NetworkSettings"), found=image.get("NetworkSettings"))


def _shown(container: dict[str, Any], network: str) -> dict[str, object]:
    """What must be there while it runs; an engine that forgets the network altogether has emptied it, too."""
    endpoint = container["NetworkSettings"]["Networks"].get(network) or {}
    fields = {field: endpoint.get(field) for field in ("IPAddress", "Gateway", "MacAddress")}
    return {"State.Pid": container["State"]["Pid"], **fields}
