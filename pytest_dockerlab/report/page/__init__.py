"""The page of one submission, for its student: HTML that stands by itself, and the same in Markdown for e-mail.

Both are made of results alone (``results.json`` of a run), and of what is in them everything is hostile text. What a
course does not show yet never reaches a template: :mod:`.view` leaves it out.
"""
