"""The gradebook: what came of a roster, made from results alone, and the files it is written to."""
