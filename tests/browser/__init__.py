"""Pages of ours as a browser shows them: Debian's chromium, which has no network."""

from .pages import Pages, chromium, violations

__all__ = ["Pages", "chromium", "violations"]
