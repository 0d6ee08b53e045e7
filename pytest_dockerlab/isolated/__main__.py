"""As ``python -m pytest``, but for Ctrl-C while it is still being imported: that leaves one line, and no traceback."""

import runpy
import sys

try:
    runpy.run_module("pytest", run_name="__main__", alter_sys=True)
except KeyboardInterrupt:
    sys.stderr.write("dockerlab: interrupted\n")
    sys.exit(2)
