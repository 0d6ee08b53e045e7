"""READMEs and logs: words that a careless expression tries at every place anew."""

from __future__ import annotations

from ..attack import LOG, README, Attack, text

MOVES = ("docker-*",)
CONTENTS: dict[str, str] = {
    "HTML headings, open": "<h1>" * 100_000,
    "HTML headings, in a block": "<div>\n" + "<h1>a\n" * 200_000,
    "HTML headings, odd": "<h1" * 300_000,
    "HTML tags, open": "<a " * 300_000,
    "comments of HTML, open": "<!--" * 200_000,
    "blanks before a word": " " * 300_000 + "step",
    "words before a word": "docker " * 100_000 + "step",
    "words of answers": "container image process machine host " * 20_000,
    "Step, 50,000 times": "Step 1/2 : RUN a\n" * 50_000,
    "brackets": "[" * 100_000,
    "links": "[a](" * 50_000,
    "links in links": "[" * 20_000 + "a" + "](b)" * 20_000,
    "images": "![" * 50_000,
    "references": "".join(f"[a{n}]: b\n" for n in range(20_000)) + "[a1]" * 20_000,
    "stars": "*a " * 100_000,
    "stars and lines": "*_" * 100_000,
    "backticks": "".join("`" * n + " " for n in range(1, 800)),
    "fences, open": "```a\n" * 100_000,
    "fences of all lengths": "".join("`" * (3 + n % 500) + "\n" for n in range(3000)),
    "quotations": ">" * 50_000 + "a\n",
    "quotations, many": (">" * 100 + "a\n") * 3000,
    "lists": "".join(" " * (2 * n) + "- a\n" for n in range(800)),
    "lists of nothing": "- " * 20_000 + "\n",
    "tables": "|a" * 50_000 + "\n" + "|-" * 50_000 + "\n",
    "entities": "&a;" * 100_000,
    "entities, long": "&#" + "9" * 500_000 + ";",
    "setext": "a\n=\n" * 50_000,
    "titles of AsciiDoc": "= " * 100_000,
    "commands": "docker run -d " * 50_000 + "a\n",
    "commands, continued": "docker run \\\n" * 50_000 + "a\n",
    "commands with options": "```\ndocker run " + "-e A=b " * 50_000 + "c\n```\n",
    "commands, nested": "```sh\n" + "$(docker run " * 5000 + "\n```\n",
    "heredocs": "```sh\n" + "cat <<E\n" * 10_000 + "```\n",
    "abbreviations": "т.к. " * 100_000,
    "commas": "образ, " * 100_000,
    "combining marks": "a" + "\u0301" * 300_000,
    "one word": "а" * 900_000,
    "case folding": "ﬀİẞ" * 100_000,
    "escapes": "\x1b[31m" * 100_000,
    "open escapes": "\x1b]0;" * 100_000,
    "escapes without an end": "\x1b[" + "1;" * 300_000,
    "backspaces": "a\b" * 200_000,
    "carriage returns": "a\r" * 300_000,
}
TABLE = "REPOSITORY TAG IMAGE ID CREATED SIZE\n"
LOGS: dict[str, str] = {
    "columns": TABLE + "a " * 300_000 + "\n",
    "rows": TABLE + "a b c d e\n" * 100_000,
    "blanks": TABLE + "a" + " " * 500_000 + "b\n",
    "JSON": "[" * 100_000,
    "JSON of inspect": '[{"Id": ' * 50_000,
    "numbers": '[{"Size": ' + "9" * 500_000 + "}]",
    "a size": TABLE + "a b c d " + "9" * 100_000 + ".9GB\n",
}
ATTACKS = (
    *(Attack(f"README: {title}", text(README, content), moves=MOVES) for title, content in CONTENTS.items()),
    *(Attack(f"docker-1.log: {title}", text(LOG, content), moves=MOVES) for title, content in LOGS.items()),
    *(
        Attack(f"docker-1.log: {title}", text(LOG, TABLE + CONTENTS[title]), moves=MOVES)
        for title in ("blanks before a word", "words of answers", "escapes without an end", "backspaces", "one word")
    ),
)
