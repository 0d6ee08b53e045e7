"""x"""

FAULTS = []
CHANGES = []
