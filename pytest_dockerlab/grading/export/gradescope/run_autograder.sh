#!/usr/bin/env bash
# Gradescope runs this for each submission. Without a results.json it says that the autograder failed: that is so where
# nothing could be told of the submission, which is no score of 0.
set -eu
autograder=${1:-/autograder}
exec "$autograder/dockerlab/bin/python" -P -m pytest_dockerlab.grading.export.gradescope.container "$autograder"
