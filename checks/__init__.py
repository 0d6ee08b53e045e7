"""The checks: one module per homework, named by its slug (``docker-4`` is ``docker_4.py``).

A module holds ``HOMEWORK`` and its items, in the order of the homework; the order in the file is the order of a run.
An item that is not built yet stands here as ``planned``. ``docs/`` explains every item to its reader. Adding a homework
is adding a module. This folder is installed as ``pytest_dockerlab.checks``.
"""
