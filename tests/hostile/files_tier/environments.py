"""Env files: what grows when it is read, and what is no env file."""

from __future__ import annotations

from ..attack import ENV, Attack, more, text

MOVES = ("docker-4/*", "docker-3/*")


def doubled(times: int) -> str:
    """Each variable is twice the one before."""
    return "A0=aaaaaaaaaa\n" + "".join(f"A{n}=${{A{n - 1}}}${{A{n - 1}}}\n" for n in range(1, times))


CONTENTS: dict[str, str | bytes] = {
    "doubling, 25 times": doubled(25),
    "doubling, 60 times": doubled(60),
    "doubling in defaults": "A0=a\n" + "".join(f"A{n}=${{X:-${{A{n - 1}}}${{A{n - 1}}}}}\n" for n in range(1, 50)),
    "8,000 variables": "".join(f"V{n}=value\n" for n in range(8000)),
    "100,000 variables": "".join(f"V{n}=v\n" for n in range(100_000)),
    "8,000 of variables": "V0=a\n" + "".join(f"V{n}=$V{n - 1}\n" for n in range(1, 8000)),
    "a variable of itself": "A=$A$A$A\n" * 200,
    "an open quote": "A='" + "a\n" * 100_000,
    "an open double quote": 'A="' + "a\\n\n" * 100_000,
    "${ 100,000 times": "A=" + "${" * 100_000 + "\n",
    "nested defaults": "A=" + "${A:-" * 20_000 + "}" * 20_000 + "\n",
    "a name of 1 MB": "A" * 1_000_000 + "=b\n",
    "export, 100,000 times": "export " * 100_000 + "A=b\n",
    "command substitution": "A=$(touch /tmp/executed)`id`\n",
    "NULs": b"A=b\0c\nD\0=e\n",
    "an escape": "A=\x1b[31mred\x1b]0;owned\x07\n",
    "a workflow command": "A=b\n::error::wrong\n::stop-commands::x\n",
    "LD_PRELOAD": "LD_PRELOAD=/tmp/evil.so\nPATH=/tmp\nDOCKER_HOST=tcp://127.0.0.1:9\nHOME=/tmp\nGODEBUG=x\n",
    "COMPOSE_FILE, outside": "COMPOSE_FILE=../../outside/canary\n",
    "COMPOSE_FILE, 3,000 times": "COMPOSE_FILE=" + ":".join(["docker-compose.yml"] * 3000) + "\n",
    "COMPOSE_ENV_FILES, outside": "COMPOSE_ENV_FILES=../../outside/canary\n",
    "COMPOSE_PROJECT_NAME": "COMPOSE_PROJECT_NAME=" + "../" * 1000 + "\n",
    "COMPOSE_PATH_SEPARATOR": "COMPOSE_PATH_SEPARATOR=a\nCOMPOSE_FILE=dockeracompose.yml\n",
}
ATTACKS = (
    *(Attack(f"env file, more of it: {title}", more(ENV, content), moves=MOVES) for title, content in CONTENTS.items()),
    *(Attack(f"env file: {title}", text(ENV, content), moves=MOVES) for title, content in CONTENTS.items()),
)
