"""What would have to be the same for a verdict to be the same: digests of checks, course and packs, and versions."""
