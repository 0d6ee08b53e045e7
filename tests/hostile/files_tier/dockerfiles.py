"""Dockerfiles: what their parsers, hadolint's shell and we make too much of."""

from __future__ import annotations

from ..attack import UI, Attack, more, text, together

MOVES = ("docker-3/*", "docker-4/*")


def stages(count: int) -> str:
    """Each of the one before."""
    return "FROM a AS s0\n" + "".join(f"FROM s{n - 1} AS s{n}\n" for n in range(1, count))


def doubled(instruction: str, times: int) -> str:
    """Each variable is twice the one before."""
    return f"FROM a\n{instruction} A0=aaaaaaaaaa\n" + "".join(
        f"{instruction} A{n}=${{A{n - 1}}}${{A{n - 1}}}\n" for n in range(1, times)
    )


CONTENTS: dict[str, str | bytes] = {
    "20,000 continuations": "FROM a\nRUN a \\\n" + " b \\\n" * 20_000 + " c\n",
    "600,000 continuations": "FROM a\nRUN a \\\n" + "b\\\n" * 600_000 + "c\n",
    "continuations of blank lines": "FROM a\nRUN a \\\n" + "\n" * 300_000 + " c\n",
    "continuations of comments": "FROM a\nRUN a \\\n" + "#\n" * 300_000 + " c\n",
    "800 stages": stages(800),
    "8,000 stages": stages(8000),
    "a stage of itself": "FROM a AS a\nCOPY --from=a b c\nFROM a AS a\nFROM a\n",
    "20,000 instructions": "FROM a\n" + "RUN b\n" * 20_000,
    "200,000 instructions": "FROM a\n" + "RUN b\n" * 200_000,
    "20,000 pairs of ENV": "FROM a\nENV " + " ".join(f"A{n}=b" for n in range(20_000)) + "\n",
    "2,000 of ENV, used 2,000 times": "FROM a\n"
    + "".join(f"ENV A{n}={'v' * 100}\n" for n in range(2000))
    + "".join(f"RUN echo $A{n}\n" for n in range(2000)),
    "a long value, used 20,000 times": f"FROM a\nENV A={'v' * 100_000}\nCOPY " + "$A " * 20_000 + "b\n",
    "doubling ENV": doubled("ENV", 60),
    "doubling ARG": doubled("ARG", 60),
    "nested defaults": "ARG A\nFROM " + "${A:-" * 20_000 + "a" + "}" * 20_000 + "\n",
    "${ 100,000 times": "FROM a\nCOPY " + "${" * 100_000 + " b\n",
    "FROM of ${ and $": "FROM ${${" * 20_000 + "\n",
    "$$, 100,000 times": "FROM a\nENV A=" + "$" * 100_000 + "\n",
    "1,000 open heredocs": "FROM a\nRUN " + " ".join(f"<<E{n}" for n in range(1000)) + "\nb\n",
    "20,000 heredocs": "FROM a\n" + "RUN <<E\nb\nE\n" * 20_000,
    "an open heredoc of 1 MB": "FROM a\nRUN <<E\n" + "b\n" * 500_000,
    "2,000 subshells": "FROM a\nRUN " + "(" * 2000 + "a" + ")" * 2000 + "\n",
    "2,000 open subshells": "FROM a\nRUN " + "$(" * 2000 + "\n",
    "2,000 open backticks": "FROM a\nRUN " + "`" * 2001 + "\n",
    "2,000 ifs": "FROM a\nRUN " + "if a; then " * 2000 + "b" + "; fi" * 2000 + "\n",
    "2,000 braces": "FROM a\nRUN echo " + "{a,b}" * 2000 + "\n",
    "20,000 pipes": "FROM a\nRUN a" + " | a" * 20_000 + "\n",
    "20,000 ands": "FROM a\nRUN a" + " && a" * 20_000 + "\n",
    "100,000 words": "FROM a\nRUN a " + "b " * 100_000 + "\n",
    "100,000 quotes": "FROM a\nRUN a " + "'b'\"c\"" * 50_000 + "\n",
    "an array of 100,000": "FROM a\nCMD [" + '"a", ' * 100_000 + '"b"]\n',
    "an array of arrays": "FROM a\nCMD " + "[" * 50_000 + "\n",
    "ONBUILD, 5,000 times": "FROM a\n" + "ONBUILD " * 5000 + "RUN b\n",
    "an escape of its own": "# escape=`\nFROM a\nRUN b `\n" * 5000,
    "syntax": "# syntax=127.0.0.1:9/evil\nFROM a\n",
    "syntax, 1 MB": "# syntax=" + "a" * 1_000_000 + "\nFROM a\n",
    "hadolint ignore": "# hadolint ignore=" + "DL3008," * 50_000 + "\nFROM a\n",
    "hadolint shell": "# hadolint shell=/bin/evil\nFROM a\nSHELL [" + '"a",' * 20_000 + '"b"]\nRUN b\n',
    "flags, 20,000": "FROM a\nCOPY " + "--from=b " * 20_000 + "c d\n",
    "globs": "FROM a\nCOPY " + "*a" * 500 + " /b\n",
    "LABEL, 1 MB": "FROM a\nLABEL a='" + "b" * 1_000_000 + "'\n",
    "EXPOSE, all": "FROM a\nEXPOSE " + " ".join(str(n) for n in range(1, 65_536)) + "\n",
    "NULs": b"FROM a\0b\nRUN c\0d\n",
    "an escape sequence": "FROM \x1b[31mred\nRUN \x1b]0;owned\x07\n",
    "a workflow command": "FROM a\n::error::wrong\nRUN b\n",
    "no end of line": "FROM a\nRUN b \\",
}
ATTACKS = (
    *(
        Attack(
            f"Dockerfile: {title}",
            text(UI, content),
            # Without the application it cannot be right.
            {"docker-3/services": "failed|unverified"} if "a workflow" in title else {},
            MOVES,
            slow=title.startswith(("600,000", "200,000", "8,000")),
        )
        for title, content in CONTENTS.items()
    ),
    Attack("Dockerfile: 3,000 patterns to ignore", text("src/ui/.dockerignore", "**/a*b*/**\n" * 3000), moves=MOVES),
    Attack("Dockerfile: 3,000 stars to ignore", text("src/ui/.dockerignore", "*a" * 3000 + "\n"), moves=MOVES),
    Attack(
        "Dockerfile: COPY of a pattern, 2,000 files",
        together(
            *(text(f"src/ui/aaaaaaaaaaaaaaaaaaaa{n}", "") for n in range(2000)),
            more(UI, "COPY " + "a*" * 30 + "b /c\n"),
        ),
        moves=MOVES,
    ),
)
