#!/usr/bin/env bash
# Gradescope runs this once, as root, when it builds the image: /autograder/source holds what was in the archive.
set -euo pipefail
autograder=${1:-/autograder}

find_python() {
  for name in python3.14 python3.13 python3.12 python3.11 python3; do
    if "$name" -c 'import ensurepip, sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return
    fi
  done
}

python=$(find_python)
if [ -z "$python" ]; then
  apt-get update
  apt-get install -y --no-install-recommends python3.11 python3.11-venv ||
    apt-get install -y --no-install-recommends python3 python3-venv
  python=$(find_python)
fi
if [ -z "$python" ]; then
  echo "Python 3.11 or newer is needed: choose a newer base image in Gradescope's settings" >&2
  exit 1
fi
command -v git >/dev/null || apt-get install -y --no-install-recommends git
"$python" -m venv "$autograder/dockerlab"
cd "$autograder/source"
"$autograder/dockerlab/bin/python" -m pip install --quiet --requirement requirements.txt
