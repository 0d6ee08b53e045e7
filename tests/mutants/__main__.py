"""``python -m tests.mutants``: the whole study, as a table. Ends with 1 where anything in it is not as it must be."""

from __future__ import annotations

import argparse
import sys
from collections import Counter, defaultdict

from .study import CHANGES, FAULTS, Case, Judged, Outcome, cases, study

_COLUMNS = {Outcome.RIGHT: "found", **{each: str(each) for each in (Outcome.MISSED, Outcome.ANOTHER, Outcome.PLACE)}}


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="python -m tests.mutants", description=__doc__)
    parser.add_argument("-n", type=int, default=2, help="how many processes")
    parser.add_argument("-k", default="", help="only the cases whose name contains this text")
    parser.add_argument("--alone", action="store_true", help="no combinations: each fault and change on the example")
    parser.add_argument("--seed", type=int, default=1, help="of what is combined with what")
    parser.add_argument("-v", action="store_true", help="what was told of each fault too")
    options = parser.parse_args()
    wanted = [
        case
        for case in cases(options.seed)
        if options.k in case.name and not (options.alone and len(case.changes) + bool(case.fault) > 1)
    ]
    rights = [Case(None, None, (), homeworks) for homeworks in CHANGES]
    for example in study(rights, 2):  # in processes of their own: a fork of what has threads may hang
        if example.outcome is not Outcome.RIGHT:
            print(f"The example itself is not right here:\n{example.told}")
            return 1
    judged = []
    for number, each in enumerate(study(wanted, options.n), start=1):
        judged.append(each)
        if each.outcome is not Outcome.RIGHT or options.v:
            print(f"{each.outcome}: {each.case.name}\n{each.told}\n", flush=True)
        if number % 50 == 0:
            print(f"{number} of {len(wanted)}", file=sys.stderr, flush=True)
    print(_table(judged))
    return int(any(each.outcome is not Outcome.RIGHT for each in judged))


def _table(judged: list[Judged]) -> str:
    counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
    neutral: Counter[str] = Counter()
    for each in judged:
        if each.case.item is not None:
            counts[each.case.item][each.outcome] += 1
            counts[each.case.item]["kinds"] += not each.case.changes
        else:
            neutral[each.outcome] += 1
            neutral["kinds"] += len(each.case.changes) == 1
    lines = []
    total: Counter[str] = Counter()
    for slug in FAULTS:
        of_homework = {id: count for id, count in counts.items() if id.startswith(f"{slug}/")}
        for id, count in of_homework.items():
            lines.append(_row(id, count))
        together = sum(of_homework.values(), Counter())
        lines += [_row(f"{slug}, all", together), ""]
        total += together
    head = " ".join([f"{'item':32} {'kinds':>6}", *(f"{each:>{len(each) + 2}}" for each in _COLUMNS.values())])
    moved, right = neutral[Outcome.MOVED], neutral[Outcome.RIGHT]
    return "\n".join([
        head, *lines, _row("all", total), "",
        f"neutral changes: {neutral['kinds']} kinds, {moved + right} homeworks, moved: {moved}",
    ])  # fmt: skip


def _row(name: str, count: Counter[str]) -> str:
    cells = [f"{count[each]:>{len(title) + 2}}" for each, title in _COLUMNS.items()]
    return " ".join([f"{name:32} {count['kinds']:>6}", *cells])


if __name__ == "__main__":
    sys.exit(main())
