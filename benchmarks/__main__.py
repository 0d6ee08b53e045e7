"""Print every benchmark, or those named: ``python -m benchmarks unused files``."""

from __future__ import annotations

import sys

from benchmarks import builds, bulk, files_tier, labs, skeleton, startup, unused

BENCHMARKS = {
    "unused": unused.main,
    "startup": startup.main,
    "files": files_tier.main,
    "bulk": bulk.main,
    "labs": labs.main,
    "skeleton": skeleton.main,
    "builds": builds.main,
}


def main() -> int:
    """Run the benchmarks named on the command line, else all."""
    names = sys.argv[1:] or list(BENCHMARKS)
    for name in names:
        if name not in BENCHMARKS:
            print(f"no benchmark {name!r}: {', '.join(BENCHMARKS)}", file=sys.stderr)
            return 4
        BENCHMARKS[name]()
    return 0


if __name__ == "__main__":
    sys.exit(main())
