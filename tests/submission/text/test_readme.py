"""READMEs, and answers in them."""

from __future__ import annotations

import re
from pathlib import Path

from pytest_dockerlab.submission.files.worktree import WorkTree
from pytest_dockerlab.submission.text.readme import Readme, find_readmes

TEXT = """\
# Title

<h2 align="center">Second <b>one</b></h2>

Third
-----

```yaml hl
a: 1
```

    indented

~~~
plain
~~~
# not in `code`
"""


def test_headings_and_blocks_have_their_lines() -> None:
    readme = Readme("README.md", TEXT.replace("\n", "\r\n"))
    assert [(each.level, each.text, each.line) for each in readme.headings] == [
        (1, "Title", 1),
        (2, "Second one", 3),
        (2, "Third", 5),
        (1, "not in `code`", 17),
    ]
    assert [(each.language, each.text, each.line) for each in readme.fences] == [
        ("yaml", "a: 1\n", 9),
        ("", "indented\n", 12),
        ("", "plain\n", 15),
    ]


def test_lines() -> None:
    readme = Readme("README.md", "one\ntwo\nthree")
    assert [each.number for each in readme.search(re.compile("^t"))] == [2, 3]
    assert readme.around(2, 1) == "one\ntwo\nthree"
    assert str(readme.location(2)) == "README.md:2"


def test_which_files_are_readmes(tmp_path: Path) -> None:
    readmes = (
        "README",
        "README.adoc",
        "README.ru.md",
        "README_en.txt",
        "a/ReadMe.markdown",
        "b/README.rst",
        "docs/readme.MD",
    )
    others = ("roles/x/README.md", "README.md.bak", "readme.py", "README.png", "my-readme.md", "readme.md/x")
    for path in (*readmes, *others):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text("x")
    found = [each.path for each in find_readmes(WorkTree(tmp_path))]
    assert found == list(readmes)


def test_headings_of_other_forms() -> None:
    """Each form's own: what is a heading in Markdown is a comment there, or a line of code."""
    asciidoc = "= Title\n\n== Second\ntext\n# none\n"
    org = "* Title\n** Second\n- none\n"
    rst = "Title\n=====\n\nSecond\n------\n\n=====\n# none\n\nThird\n=====\n"
    for name, text, lines in (("a.adoc", asciidoc, [1, 3]), ("a.org", org, [1, 2])):
        assert [(each.level, each.text, each.line) for each in Readme(name, text).headings] == [
            (1, "Title", lines[0]),
            (2, "Second", lines[1]),
        ]
    assert [(each.level, each.text, each.line) for each in Readme("a.rst", rst).headings] == [
        (1, "Title", 1),
        (2, "Second", 4),
        (1, "Third", 10),
    ]


def test_colours_that_were_pasted() -> None:
    assert Readme("README.md", "\x1b[1m# Title\x1b[0m\r\n").headings[0].text == "Title"
