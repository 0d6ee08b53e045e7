"""Shell scripts and Makefiles."""

from __future__ import annotations

from ..attack import START, Attack, text, together

MOVES = ("docker-2/*", "docker-3/*", "docker-4/*")
CONTENTS: dict[str, str] = {
    "subshells": "(" * 20_000,
    "substitutions": "$(" * 20_000,
    "substitutions, closed": "$(" * 5000 + "a" + ")" * 5000 + "\n",
    "backticks": "`" * 100_001,
    "quotes": "\"'" * 100_000,
    "a quote, open": "'" + "a\n" * 300_000,
    "heredocs": "".join(f"cat <<E{n}\n" for n in range(5000)),
    "heredocs of one name": "cat <<E\n" * 20_000 + "E\n" * 20_000,
    "ifs": "if a; then\n" * 5000,
    "cases": "case a in\n" * 5000,
    "functions": "f() {\n" * 5000,
    "loops": "while a; do\n" * 5000 + "done\n" * 5000,
    "pipes": "a" + " | a" * 50_000 + "\n",
    "continuations": "a \\\n" * 100_000,
    "commands": "docker run -d --name a b\n" * 20_000,
    "variables": "".join(f"A{n}=$A{n - 1}$A{n - 1}\n" for n in range(1, 5000)) + "docker run -d $A4999\n",
    "expansions": "a ${" * 50_000,
    "arithmetic": "$((" * 10_000,
    "braces": "echo {" + "a," * 100_000 + "b}\n",
    "comments": "#" * 900_000,
    "shebang": "#!" + "/" * 100_000 + "\n",
}
MAKEFILES: dict[str, str] = {
    "shell": "A := $(shell touch ../outside/executed)\nall:\n\tdocker run -d $(A)\n",
    "doubling": "A0 = a\n"
    + "".join(f"A{n} = $(A{n - 1})$(A{n - 1})\n" for n in range(1, 60))
    + "a:\n\tdocker run $(A59)\n",
    "itself": "A = $(A)\nall:\n\tdocker run -d $(A)\n",
    "foreach": "a:\n\tdocker run " + "$(foreach a," * 5000 + "\n",
    "include": "include ../outside/canary\n-include /etc/passwd\na:\n\tdocker run -d b\n",
    "targets": "".join(f"t{n}: t{n - 1}\n\tdocker run -d a\n" for n in range(1, 20_000)),
    "continuations": "a:\n\tdocker run \\\n" + "\t b \\\n" * 50_000,
}
ATTACKS = (
    *(Attack(f"start.sh: {title}", text(START, content), moves=MOVES) for title, content in CONTENTS.items()),
    *(Attack(f"a script: {title}", text("src/run.sh", content), moves=MOVES) for title, content in CONTENTS.items()),
    *(Attack(f"Makefile: {title}", text("Makefile", content), moves=MOVES) for title, content in MAKEFILES.items()),
    Attack(
        "scripts that call one another",
        together(text("a.sh", ". ./b.sh\ndocker run a\n"), text("b.sh", ". ./a.sh\ndocker run b\n")),
        moves=MOVES,
    ),
)
