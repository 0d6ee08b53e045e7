"""The xdist scheduler: what belongs together stays on one worker, and a dead worker loses nothing but its own item.

xdist's own schedulers do not serve: with pytest 9.2 ``loadgroup`` groups nothing, a worker's crash hangs the
controller, and ``loadscope`` runs the crashing test again until it gives up and drops the rest (tried with xdist 3.8).
"""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

from ..homework import Kind, Tier
from .run import Run

__all__ = ["SchedulingPlugin", "UnitScheduling"]


class UnitScheduling(LoadScopeScheduling):  # type: ignore[misc]
    """Schedules units of work, in catalogue order."""

    def __init__(self, config: pytest.Config, log: Any, units: dict[str, str]) -> None:
        super().__init__(config, log)
        self._units = units

    def _split_scope(self, nodeid: str) -> str:
        return self._units.get(nodeid, nodeid)

    def _reschedule(self, node: Any) -> None:
        """Keep two items ahead: a worker starts an item only when it knows the next one, or that there is none.

        xdist's own gives one unit at a time, and a unit of one item would wait for ever on a worker that was replaced.
        """
        if node.shutting_down or node not in self.registered_collections:
            return  # a worker that was just started asks again when it has collected
        while self.workqueue and self._pending_of(self.assigned_work[node]) < 2:
            self._assign_work_unit(node)
        if not self.workqueue:
            node.shutdown()

    def remove_node(self, node: Any) -> str | None:
        """Take a worker out. The item it died in counts as done; the rest of its units goes back to the queue."""
        crashed = next(
            (
                (unit, nodeid)
                for unit, items in self.assigned_work[node].items()
                for nodeid, is_done in items.items()
                if not is_done
            ),
            None,
        )
        if crashed is None:
            super().remove_node(node)
            return None
        work = self.assigned_work.pop(node)
        unit, nodeid = crashed
        work[unit][nodeid] = True
        left = {unit: items for unit, items in work.items() if not all(items.values())}
        self.workqueue.update(left)
        for other in self.assigned_work:
            self._reschedule(other)
        return str(nodeid)


class SchedulingPlugin:
    """Puts the scheduler in place, on the controller."""

    def __init__(self, config: pytest.Config, run: Run) -> None:
        self.run = run
        # each item can kill one worker at most; xdist reads the limit when its own pytest_configure runs
        config.option.maxworkerrestart = str(len(run.items) * len(run.sources) + 1)

    @pytest.hookimpl(tryfirst=True)
    def pytest_xdist_make_scheduler(self, config: pytest.Config, log: Any) -> UnitScheduling:
        """Ours, whatever ``--dist`` says; no item is lost to a limit on restarts."""
        config.option.loadscopereorder = False
        return UnitScheduling(config, log, units(self.run))


def units(run: Run) -> dict[str, str]:
    """The unit of every node id: labs together, then by submission; of a single submission, by item.

    Items that need another beyond the files tier, or may be told by it, go with it: what was started for the one serves
    the other.
    """
    by_id = {item.id: item for item in run.items}
    found: dict[str, str] = {}
    for item in run.items:
        if item.kind is Kind.LAB:
            found[item.node_id(None)] = "labs"
            continue
        first = item
        while len(run.sources) == 1:
            others = [by_id[id] for id in (*first.needs_items, *first.told_by) if id in by_id]
            dear = [other for other in others if other.tier is not Tier.FILES]
            if not dear:
                break
            first = dear[0]
        for source in run.sources:
            nodeid = item.node_id(source.id)
            found[nodeid] = first.id if len(run.sources) == 1 else f"submission {source.id}"
    return found
