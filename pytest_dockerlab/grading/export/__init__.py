"""Results brought to where grades live: each module writes one format, and every number in it is the gradebook's."""
