"""A cohort whose verdicts are known before anybody grades it: the example with faults of ``tests/mutants`` planted.

``truth`` says what must come of a fault, by what is declared of it and of the items; ``planted`` draws who has which
faults and which right changes; ``repositories`` writes them, with a roster. ``poison`` are submissions that take the
process with them that looks at them. Nothing here asks a check: what grading says is compared with it.
"""
