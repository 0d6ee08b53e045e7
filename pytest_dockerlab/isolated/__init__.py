"""The pytest of ``dockerlab check``: its configuration, which is also its root folder, and its beginning."""
