"""A grading looked at again, after a check or the course file was corrected: only what may have changed by that.

What was known stays until there is something in its place: a regrade that is ended at any moment loses nothing.
"""
