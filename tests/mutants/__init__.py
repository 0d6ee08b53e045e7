"""A study of planted faults: whether each is told by the item that it belongs to, at its line, and by no other item.

``homeworks`` has the example homework and how it is edited, ``kinds`` what a fault and a neutral change are, ``study``
asks every check of every mutated homework, and there is one module of faults and neutral changes per homework; what is
right in any of them and changes the whole tree is in ``layouts``. ``make mutants`` runs everything and prints a table,
``test_mutants.py`` a small part of it.

A fault is written from the homework's text and from what people do, not from what a check matches. It is a short
declaration: the item, a name, the edits of the example. The line where it must be told ends with ``☜`` in the new text
of an edit (``☚`` where it may be told as well); without a mark it is the first line that differs. ``at`` names the file
where no line can be told, or ``NOWHERE``. A neutral change is right too: no verdict may move, whatever it is combined
with. Docker's homeworks are asked together, and monitoring-1 by itself: it says where files lie.
"""
