"""Compiles the message catalogues before the package is built; all else about it is in pyproject.toml."""

from setuptools import setup
from setuptools.command.build_py import build_py


class BuildWithCatalogues(build_py):
    """In an editable install too, whose package is the checkout: the catalogues are compiled beside their sources."""

    def run(self) -> None:
        """Compile, by Babel's command, then build."""
        self.run_command("compile_catalog")
        super().run()


setup(
    cmdclass={"build_py": BuildWithCatalogues},
    options={"compile_catalog": {"domain": "pytest_dockerlab", "directory": "pytest_dockerlab/locale"}},
)
