"""Many submissions in one run: the roster. What comes of them (gradebook, exporters) is made from results.json."""
