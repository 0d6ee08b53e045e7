"""Many submissions graded: the runs, what they leave in one folder, and the gradebook that is made of it.

Nothing here looks at a submission: that is done by many small ``dockerlab check`` runs, each in processes of its own.
What they bring back is data, validated and distrusted.
"""
