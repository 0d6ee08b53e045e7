"""The pytest session of a run under ``--hw``: what is asked, collection, execution, scheduling, reporting, clean-up."""
