"""gradebook.html: one page with everything in it, for the instructor.

The document is a template, and the gradebook in it is data: ``book.js`` filters and sorts, ``matrix.js`` draws the rows
that are in view, ``side.js`` what stands beside them.
"""
