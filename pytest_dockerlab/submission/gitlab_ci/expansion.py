"""``extends`` and ``!reference``: what the jobs of a pipeline are with all that they take from one another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from ...findings import Finding, Location
from ...messages import Message, _
from .files import Include
from .near_names import near_name
from .values import Value, list_of, mapping_of, merged

__all__ = ["expanded", "not_here"]

_MOST_PARENTS = 10
"""How many jobs GitLab follows from one to the next that it extends."""
_MOST_REFERENCES = 10
_MOST_PROBLEMS = 50


def expanded(root: Value, not_followed: Include | None, problems: list[Finding]) -> Value:
    """The pipeline with ``extends`` and then ``!reference`` put into it, as GitLab does; ``problems`` grows.

    ``not_followed`` is an include that may bring what is missing.
    """
    extends = _Extends(root.mapping, not_followed, problems)
    whole = mapping_of({name: extends.job(name, ()) for name in root.mapping}, root.at)
    references = _References(whole, not_followed, problems)
    return mapping_of({name: references.resolved(value, ()) for name, value in whole.mapping.items()}, root.at)


def not_here(include: Include) -> Message:
    """Why something may be there though it is in no file of the repository."""
    return _("it may come from {include}, which is not in the repository", include=include.target)


class _Missing:
    """What to say of a name that is not there."""

    def __init__(self, not_followed: Include | None, problems: list[Finding]) -> None:
        self._not_followed = not_followed
        self._problems = problems

    def unknown(self) -> Message | None:
        """Why it may be there all the same."""
        return None if self._not_followed is None else not_here(self._not_followed)

    def say(self, expected: Message, found: Message | str, at: Location, hint: Message) -> None:
        """Leave a finding, once for each place."""
        finding = Finding(expected, found, at, hint)
        if len(self._problems) < _MOST_PROBLEMS and finding not in self._problems:
            self._problems.append(finding)


class _Extends(_Missing):
    def __init__(self, jobs: Mapping[str, Value], not_followed: Include | None, problems: list[Finding]) -> None:
        super().__init__(not_followed, problems)
        self._jobs = jobs
        self._known: dict[str, Value] = {}
        self._chains: dict[str, tuple[str, ...]] = {}
        """The longest way up from a job that is known, itself first."""

    def job(self, name: str, below: Sequence[str]) -> Value:
        """A job with all that it extends. ``below`` are those that extend it, the outermost first."""
        if name in self._known:
            return self._known[name]
        own = self._jobs[name]
        asked = own.get("extends")
        if asked is None:
            self._known[name], self._chains[name] = own, (name,)
            return own
        if name in below:
            self._refuse(_("{jobs} extend one another", jobs=[*below[:12], name]), asked)
            return own
        if len(below) > _MOST_PARENTS:
            self._refuse_levels([*below, name], asked)
            return own
        base, chain = mapping_of({}, own.at), tuple[str, ...]()
        for parent in asked.texts():
            base = merged(base, self._parent(parent, (*below, name)))
            chain = max(chain, self._chains.get(parent.text, ()), key=len)
        if len(chain) == _MOST_PARENTS + 1:  # of what extends this one in its turn it is not said again
            self._refuse_levels([name, *chain], asked)
        self._known[name], self._chains[name] = merged(base, own), (name, *chain[: _MOST_PARENTS + 1])
        return self._known[name]

    def _refuse_levels(self, jobs: Sequence[str], asked: Value) -> None:
        self._refuse(_("{jobs}: more than {limit} levels", jobs=jobs, limit=_MOST_PARENTS + 1), asked)

    def _refuse(self, why: Message, asked: Value) -> None:
        self.say(_("what a job extends can be put into it"), why, asked.at, _("shorten the chain of extends"))

    def _parent(self, parent: Value, below: Sequence[str]) -> Value:
        found = self._jobs.get(parent.text)
        if found is not None and isinstance(found.data, dict):
            return self.job(parent.text, below)
        unknown = self.unknown()
        if found is not None or (unknown is None and "$[[" not in parent.text):
            near = near_name(parent.text, self._jobs)
            unknown = _("{job} extends {parent}, which is no job of this pipeline", job=below[-1], parent=parent.text)
            self.say(
                _("what a job extends is there"),
                unknown,
                parent.at,
                _("write {name}", name=near) if near else _("add it, or delete this extends"),
            )
        return mapping_of({}, parent.at, unknown)


class _References(_Missing):
    def __init__(self, root: Value, not_followed: Include | None, problems: list[Finding]) -> None:
        super().__init__(not_followed, problems)
        self._root = root
        self._known: dict[int, Value] = {}
        self._kept: list[Value] = []
        """What ``_known`` has the ids of."""

    def resolved(self, value: Value, chain: Sequence[tuple[str, ...]]) -> Value:
        """A value with every reference in it replaced by what it refers to."""
        if value.is_scalar or value.data is None:
            return value
        known = self._known.get(id(value))
        if known is not None:
            return known
        if value.is_reference:
            made = self._followed(value, chain)
        elif isinstance(value.data, dict):
            entries = {key: self.resolved(each, chain) for key, each in value.data.items()}
            made = mapping_of(entries, value.at, value.unknown)
        else:
            made = list_of(tuple(self.resolved(each, chain) for each in value.items), value.at)
        self._known[id(value)] = made
        self._kept.append(value)
        return made

    def _followed(self, reference: Value, chain: Sequence[tuple[str, ...]]) -> Value:
        keys = tuple(each.text for each in reference.items)
        written = f"!reference [{', '.join(keys)}]"
        expected, nothing = _("what !reference names is there"), Value(None, reference.at)
        if keys in chain or len(chain) >= _MOST_REFERENCES:
            why = _("{reference} leads back to itself", reference=written)
            if keys not in chain:
                why = _("{reference}: more than {limit} references in a row", reference=written, limit=_MOST_REFERENCES)
            self.say(expected, why, reference.at, _("write out what is meant"))
            return nothing
        found = self._root.get(*keys) if keys else None
        if found is not None:
            return self.resolved(found, (*chain, keys))
        unknown = self.unknown()
        if unknown is None:
            near = near_name(keys[0], self._root.mapping) if keys else None
            hint = _("write {name}", name=near) if near and near != keys[0] else _("add it, or delete this line")
            self.say(expected, _("{reference}: no such key", reference=written), reference.at, hint)
        return Value(None, reference.at, unknown=unknown)
