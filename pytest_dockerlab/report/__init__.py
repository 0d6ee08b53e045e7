"""What a person reads: the report of a run, the explanations of items, the examination of the machine."""
