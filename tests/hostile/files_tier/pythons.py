"""Python and settings of pytest that would be run if the submission were trusted."""

from __future__ import annotations

from ..attack import Attack, files

CODE = """\
import pathlib
pathlib.Path(__file__).resolve().parent.joinpath("../outside/executed").touch()
for up in pathlib.Path(__file__).resolve().parents:
    if (up / "outside").is_dir():
        (up / "outside" / "executed").touch()
"""
OPTIONS = "-p evil --hw-results=/dev/null -o junit_family=x --collect-only"

PLACES: dict[str, dict[str, str | bytes]] = {
    "conftest.py": {"conftest.py": CODE},
    "tests": {"test_it.py": CODE, "tests/conftest.py": CODE, "tests/test_more.py": CODE},
    "sitecustomize": {"sitecustomize.py": CODE, "usercustomize.py": CODE},
    "modules of ours": {"pytest_dockerlab/__init__.py": CODE, "checks/__init__.py": CODE},
    "modules of others": dict.fromkeys(("yaml.py", "docker.py", "pytest.py", "_pytest.py", "rich.py", "json.py"), CODE),
    "standard modules": dict.fromkeys(("csv.py", "tempfile.py", "secrets.py", "typing.py", "re.py", "random.py"), CODE),
    "extensions": {"yaml.so": b"\x7fELF", "_yaml.abi3.so": b"\x7fELF"},
    "a plugin by its name": {"evil.py": CODE, "pytest.ini": f"[pytest]\naddopts = {OPTIONS}\n"},
    "pyproject.toml": {"evil.py": CODE, "pyproject.toml": f'[tool.pytest.ini_options]\naddopts = "{OPTIONS}"\n'},
    "pyproject.toml of pytest 9": {"pyproject.toml": '[tool.pytest]\naddopts = ["-p", "evil"]\n', "evil.py": CODE},
    "setup.cfg": {"evil.py": CODE, "setup.cfg": f"[tool:pytest]\naddopts = {OPTIONS}\n"},
    "tox.ini": {"evil.py": CODE, "tox.ini": f"[pytest]\naddopts = {OPTIONS}\n"},
    "broken settings": {"pytest.ini": "[pytest\n", "pyproject.toml": "[[[", "setup.cfg": "\0", "tox.ini": "\xff"},
    "an entry point": {
        "evil.py": CODE,
        "evil-1.dist-info/entry_points.txt": "[pytest11]\nevil = evil\n[dockerlab.homeworks]\nevil = evil\n",
        "evil-1.dist-info/METADATA": "Metadata-Version: 2.1\nName: evil\nVersion: 1\n",
    },
    "byte code": {"yaml.pyc": b"\0" * 16, "__pycache__/yaml.cpython-311.pyc": b"\0" * 16},
    "a course file": {"course.toml": "[levels]\n'docker-4/networks' = 'optional'\n", "dockerlab.toml": "x"},
    "programs": dict.fromkeys(
        ("git", "docker-compose", "hadolint", "promtool"), "#!/bin/sh\ntouch ../outside/executed\n"
    ),
    "settings of hadolint": {
        ".hadolint.yaml": "ignored: [DL3008, DL3059]\ntrustedRegistries: []\n",
        ".shellcheckrc": "x",
    },
}
ATTACKS = tuple(Attack(f"Python: {title}", files(contents)) for title, contents in PLACES.items())
