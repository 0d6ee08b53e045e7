"""Docker hosts: where they are talked to, what they say of themselves, and why they cannot be used."""
