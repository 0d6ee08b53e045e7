"""The item docker-3/build-cache-lab."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

from pytest_dockerlab.engine.probe_answers import ProbeError
from pytest_dockerlab.findings import expect, note
from pytest_dockerlab.homework import Need, check
from pytest_dockerlab.messages import _

if TYPE_CHECKING:
    from pytest_dockerlab.engine.images.lab_builds import Built
    from pytest_dockerlab.engine.probes.starting import Probes


@check(
    "docker-3/build-cache-lab",
    "a rebuild runs only the changed step and those after it",
    kind="lab",
    tier="engine",
    needs=[Need.ENGINE],
)
def build_cache_lab(probes: Probes) -> None:
    """By the classic builder: what it says of each step, and the layers that came of it."""
    from pytest_dockerlab.engine.images.image_size import shared_layers

    mark = secrets.token_hex(8)  # in the first step: nobody's cache has it
    early, late = f"RUN echo {mark} > /early", "RUN echo late > /late"

    def build(base: str, content: str) -> Built:
        return probes.build(f"FROM {base}\n{early}\nCOPY copied /copied\n{late}\n", {"copied": content.encode()})

    def ran(built: Built) -> list[str]:
        return [step.instruction.split()[0] for step in built.steps if not step.is_cached]

    first = build(probes.image, "one")
    other = probes.build(f"FROM {probes.image}\nCOPY copied /other-{mark}\n", {"copied": mark.encode()})
    base, images = probes.inspect_image(probes.image), [probes.inspect_image(each.id) for each in (first, other)]
    shared, below = shared_layers(*images), shared_layers(base, base)
    note("layers shared by two images of one FROM", len(shared))
    expect(shared == below, _("two images of one FROM share its layers"), found=list(shared))
    again = build(probes.image, "one")
    late_change = build(probes.image, "two")
    base_change = build(other.id, "one")
    note("steps of the first build", ran(first))
    note("steps of a rebuild without changes", ran(again))
    note("steps after a changed COPY", ran(late_change))
    note("steps after a changed FROM", ran(base_change))
    if ran(first) != ["RUN", "COPY", "RUN"]:
        raise ProbeError("a first build found a cache", stdout=str(first.steps))
    expect(not ran(again) and again.id == first.id, _("an unchanged rebuild runs nothing"), found=ran(again))
    expect(
        ran(late_change) == ["COPY", "RUN"],
        _("a changed COPY runs again, and what comes after it"),
        found=ran(late_change),
    )
    expect(
        ran(base_change) == ["RUN", "COPY", "RUN"], _("a changed FROM runs every step again"), found=ran(base_change)
    )
