"""The checks held against grades that people gave: where they agree, where not, and what the course file could say.

A grade of the past is no truth either. What comes out is a list for a person to look at, and a proposal.
"""
