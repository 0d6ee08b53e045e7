"""Print every benchmark, or those named: ``python -m benchmarks unused files``; ``--runs 3`` for a quick look."""

from __future__ import annotations

import argparse
import os
import sys

from benchmarks import autoscaling, builds, bulk, files_tier, labs, scrape, skeleton, startup, unused

BENCHMARKS = {
    "unused": unused.main,
    "startup": startup.main,
    "files": files_tier.main,
    "bulk": bulk.main,
    "labs": labs.main,
    "skeleton": skeleton.main,
    "scrape": scrape.main,
    "builds": builds.main,
    "autoscaling": autoscaling.main,
}


def main() -> int:
    """Run the benchmarks named on the command line, else all."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHMARKS))
    parser.add_argument("--runs", type=int, help="runs of each (default: as many as its figures want)")
    arguments = parser.parse_args()
    for name in arguments.names:
        if name not in BENCHMARKS:
            parser.error(f"no benchmark {name!r}: {', '.join(BENCHMARKS)}")
    # What is measured keeps its byte code, as it does for whoever installs it.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    for name in arguments.names or BENCHMARKS:
        BENCHMARKS[name](**({} if arguments.runs is None else {"runs": arguments.runs}))
    return 0


if __name__ == "__main__":
    sys.exit(main())
