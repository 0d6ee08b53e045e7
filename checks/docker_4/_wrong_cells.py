"""The cells of a matrix that are not as intended, by what has to be changed, and at which line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_4.networks import network_problems
from pytest_dockerlab.findings import Finding
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.compose.hostnames import is_host_name
from pytest_dockerlab.submission.scan.roles import role_of_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pytest_dockerlab.engine.probes.matrix import ByName, Cell
    from pytest_dockerlab.findings import Location
    from pytest_dockerlab.messages import Message
    from pytest_dockerlab.plans.skeletons.plan import SkeletonPlan
    from pytest_dockerlab.submission.compose.project import ComposeProject
    from pytest_dockerlab.submission.compose.services import Service


@dataclass(slots=True)
class Judged:
    """What is wrong in a matrix."""

    cells: dict[tuple[str, str], Cell]
    findings: list[Finding] = field(default_factory=list)
    by_networks: list[Finding] = field(default_factory=list)
    """The wrong cells that docker-4/networks explains."""
    uncontrolled: list[str] = field(default_factory=list)
    """The services that nobody reached, so that not to reach them shows nothing."""
    leaks: list[Message] = field(default_factory=list)
    """What is reached although no network has both: that is the engine's fault, and nobody else's."""
    wrong: set[tuple[str, str]] = field(default_factory=set)


class WrongCells:
    """Collects wrong cells by what has to be changed: a line that spoils two cells is one finding."""

    def __init__(self, project: ComposeProject, plan: SkeletonPlan, judged: Judged) -> None:
        self._project = project
        self._plan = plan
        self._judged = judged
        self._networks_tell = any(True for _each in network_problems(project))
        self._found: dict[tuple[Location, str], tuple[list[str], str, object, Message]] = {}

    def findings(self) -> list[Finding]:
        """One for every place."""
        return [
            Finding(
                _("{name} leads {sources} to {target}, and nowhere else", name=name, sources=sources, target=target),
                found,
                at,
                hint,
            )
            for (at, name), (sources, target, found, hint) in self._found.items()
        ]

    def positives(self, cells: Sequence[Cell]) -> None:
        """``cells`` lead from one service to all of a role: those it shares a network with are meant, all of them."""
        near = [cell for cell in cells if cell.by_address and self._shared(cell)]
        for cell in near or cells:
            if not near:
                self._add_by_networks(cell, _("{source} shares no network with {target}",
                                              source=cell.source, target=cell.target))  # fmt: skip
            elif not cell.is_reached or cell.wrong_names or not cell.names:
                self._judged.wrong.add((cell.source, cell.target))
                self._add(cell)

    def negatives(self, cells: Sequence[Cell]) -> None:
        """``cells`` lead to what must not be reached."""
        for cell in cells:
            if cell.is_reached and not self._shared(cell):
                self._judged.leaks.append(_("{source} to {target}", source=cell.source, target=cell.target))
            elif cell.is_reached:
                networks = [
                    key_of(self._project, each.network) for each in cell.by_address if each.answered == cell.root
                ]
                self._add_by_networks(
                    cell,
                    _("{source} reaches {target} by its address on {networks}",
                      source=cell.source, target=cell.target, networks=networks),
                )  # fmt: skip
            elif not cell.is_controlled:
                self._judged.uncontrolled.append(cell.target)

    def _add_by_networks(self, cell: Cell, what: Message) -> None:
        self._judged.wrong.add((cell.source, cell.target))
        place = self._project.location("services", cell.source, "networks")
        hint = _("correct the networks of the two services")
        if self._networks_tell:
            self._judged.by_networks.append(Finding(None, what, place, hint))
        else:
            self._put(place, cell.target, cell, what, hint)

    def _shared(self, cell: Cell) -> set[str]:
        source, target = (self._project.services[name] for name in (cell.source, cell.target))
        networks = self._project.networks
        return {networks[key].name for key in source.networks} & {networks[key].name for key in target.networks}

    def _add(self, cell: Cell) -> None:
        target = self._project.services[cell.target]
        if not is_host_name(target.name):
            return  # a fault of the plan already: nobody can even ask for it
        if cell.root != cell.target:
            self._put(
                self._project.location("services", target.name, "network_mode"),
                target.name,
                cell,
                _("it has no name of its own: it shares the network namespace of {root}", root=cell.root),
                _("remove network_mode, and name the service's networks under networks:"),
            )
            return
        for wrong in cell.wrong_names:
            if not self._is_pinned(cell.source, wrong.name):
                self._add_name(cell, target, wrong)
        if not cell.wrong_names:
            self._add_unreached(cell, target)

    def _is_pinned(self, source: str, name: str) -> bool:
        """Whether ``extra_hosts`` says what the name leads to: then that is the finding."""
        stand_in = self._plan.stand_in(source)
        return stand_in is not None and any(name == host for host, _address in stand_in.extra_hosts)

    def _add_name(self, cell: Cell, target: Service, wrong: ByName) -> None:
        from pytest_dockerlab.engine.probes.matrix import LOOKUPS

        others = sorted(wrong.owners - {cell.root, ""})
        if not others and wrong.owners == {cell.root}:
            self._add_unreached(cell, target)
        elif not others and "" in wrong.owners:
            found = _("it leads to {addresses}, an address of none of the services", addresses=sorted(wrong.addresses))
            self._put(self._declared(target, wrong.name), wrong.name, cell, found,
                      _("use another name: this one means something else in the container itself"))  # fmt: skip
        elif not others:
            found = _("it does not resolve: {target} has no such name on any network of {source}",
                      target=target.name, source=cell.source)  # fmt: skip
            self._put(self._declared(target, wrong.name), wrong.name, cell, found,
                      _("declare the alias on a network that the two share"))  # fmt: skip
        else:
            shared = sorted({cell.root, *others}) if cell.root in wrong.owners else others
            found = _("{count} lookups were answered by several services: {services}", count=LOOKUPS, services=shared)
            if cell.root not in wrong.owners:
                found = _("it leads to {services}", services=others)
            other = self._project.services[others[0]]
            if self._is_rightful(target, other, wrong.name):
                target, other = other, target
            hint = _("remove the alias {name} from {service}: {target} already has this name",
                     name=wrong.name, service=target.name, target=other.name)  # fmt: skip
            self._put(self._declared(target, wrong.name), wrong.name, cell, found, hint, other.name)

    def _add_unreached(self, cell: Cell, target: Service) -> None:
        from pytest_dockerlab.plans.skeletons.plan import ENABLE_ICC

        for key in target.networks:
            network = self._project.networks[key]
            if str((network.raw.get("driver_opts") or {}).get(ENABLE_ICC, "")).lower() in ("false", "0"):
                self._put(
                    self._project.location("networks", key, "driver_opts", ENABLE_ICC),
                    target.name,
                    cell,
                    _("the name resolves, but no connection is made: the network forbids it (enable_icc)"),
                    _("remove the option {option}", option=ENABLE_ICC),
                )
                return
        outcomes = sorted({str(each.reach.outcome) for each in cell.by_address})
        self._put(target.location, target.name, cell, _("nothing answers: {why}", why=outcomes),
                  _("look at the networks of the two services"))  # fmt: skip

    @staticmethod
    def _is_rightful(target: Service, other: Service, name: str) -> bool:
        """Whose name it is where two services have it: the one's that is called so, else whom it speaks of."""
        return name == target.name or (name != other.name and role_of_name(name) is target.role is not other.role)

    def _declared(self, service: Service, name: str) -> Location:
        """Where a service is given a name."""
        for key, value in (("container_name", service.container_name), ("hostname", service.hostname)):
            if name == value != service.name:  # the engine makes an alias of a hostname too
                return self._project.location("services", service.name, key)
        place = self._project.docs.locate_scalar(name, "services", service.name, "networks")
        is_alias = any(name in aliases for aliases in service.networks.values())
        return place if is_alias else service.location

    def _put(
        self, at: Location, name: str, cell: Cell, found: object, hint: Message, target: str | None = None
    ) -> None:
        known = self._found.setdefault((at, name), ([], target or cell.target, found, hint))
        if cell.source not in known[0]:
            known[0].append(cell.source)


def key_of(project: ComposeProject, name: str) -> str:
    """The student's own word for a network."""
    return next((network.key for network in project.networks.values() if network.name == name), name)
