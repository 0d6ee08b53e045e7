"""The files of a submission: a working tree or a commit, read through one guarded reader."""
