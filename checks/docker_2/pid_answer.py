"""The item docker-2/pid-answer."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Location, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.text.prose import Words, sentences, words_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pytest_dockerlab.submission.text.prose import Sentence
    from pytest_dockerlab.submission.text.readme import Readme

OWN, HOST = "own", "host"


@check("docker-2/pid-answer", "the README compares processes with and without pid=host", level="advisory")
def pid_answer(readmes: list[Readme]) -> None:
    said: dict[str, Location] = {}
    named = None
    for readme in readmes:
        for number in _named(readme):
            named = named or readme.location(number)
            for side, line in views(readme, number):
                said.setdefault(side, readme.location(line))
    for side, title in ((OWN, "what is seen without it"), (HOST, "what is seen with it")):
        if side in said:
            note(title, str(said[side]))
    files = [each.path for each in readmes]
    if not readmes:
        found = _("no README")
    elif named is None:
        found = _("--pid host is not recognised in {files}", files=files)
    elif said:
        found = (
            _("which processes are visible without it is not recognised")
            if OWN not in said
            else _("which processes are visible with it is not recognised")
        )
    else:
        found = _("--pid host is mentioned, but which processes are visible with it and without it is not recognised")
    expect(
        len(said) == 2,
        found=found,
        at=named or (readmes[0].location() if readmes else None),
        hint=_("write down which processes a container sees without --pid host, and which with it"),
    )


_NEAR = 15
"""Lines before and after the option that may be about it, within its section."""
_MAX_NAMED = 50
_ANSWER = Words("ответ* решен* результат* вывод* answer* solution* result*")
"""What a heading begins with, below which stands the answer to the task above it."""
_VIEW = Words("процес* process processes pid pids htop top ps namespac* namspac* неймспейс* пространств* актив* "
              "хтоп* processy protsess* activit* isolat* изолир* изоляц* task tasks")  # fmt: skip
_COMPARED = Words("сравн* compar*")
_IS_OWN = Words("контейнер* container* only just single one itself own its alone isolat* separate сво* только лишь "
                "один одного одному одним одна одну изолир* изоляц* отдельн* собствен* kontejner* konteiner* "
                "konteyner* tolko")  # fmt: skip
_IS_HOST = Words("хост* host hosts hosting машин* machine machines vm вм виртуалк* виртуальн* инстанс* instance* "
                 "систем* system сервер* server нод* node компьютер* computer laptop ноутбук* hosta "
                 "khosta")  # fmt: skip
_ALL = Words("vse vseh vsekh все всей всех всем всеми весь всю всего all every whole entire everything")
_PROCESSES = Words("процес* process processes processy protsess*")
_NOT = Words("не нет no not nor neither never cannot isn don doesn")
_CLAIMS = _ALL | _NOT | Words(
    "вид* увид* смотр* просм* посм* показ* отображ* вывод* выда* возвращ* перечис* доступ* огранич* vid* pokaz* "
    "see* saw show* display* list* visible view* watch* print* return* report* limited look* "
    "only just single one own its itself alone separate tolko только лишь один одного одному одним одна одну сво* "
    "отдельн* собствен* namespac* namspac* неймспейс* пространств* isolat* изолир* изоляц* "
    "of s from inside из от у изнутри внутри 1"
)  # fmt: skip
"""What makes a claim of the words: somebody sees it, all or only some of it, or it belongs to one of the two."""
_PLACED = Words("on in into to at under на в во под")
_CONTRAST = Words("с со без with without втор* перв* second first other другом случае case otherwise иначе только лишь "
                  "only just") | _ALL  # fmt: skip


def _named(readme: Readme) -> Iterator[int]:
    """The lines that name the option."""
    count = 0
    for line in readme.lines:
        words = line.text.replace("=", " ").replace('"', " ").replace("'", " ").replace("`", " ").split()
        if any(word.startswith("--pid") for word in words) or ("pid", "host") in itertools.pairwise(words):
            yield line.number
            count += 1
        if count >= _MAX_NAMED:
            return


def views(readme: Readme, number: int) -> Iterator[tuple[str, int]]:
    """Which process lists the lines around one tell of, with the line: the container's own, or the docker host's."""
    headings = [each.line for each in readme.headings if not _ANSWER.among(words_of(each.text)[:1])]
    first = max([1, number - _NEAR, *(line for line in headings if line <= number)])
    last = min([len(readme.lines), number + _NEAR, *(line - 1 for line in headings if line > number)])
    for sentence in sentences((line.number, line.text) for line in readme.lines[first - 1 : last]):
        for side in _sides(sentence):
            yield side, sentence.line


def _sides(sentence: Sentence) -> set[str]:
    """What one sentence tells of. The clauses that say that two things were compared say nothing of what came of it."""
    clauses = [clause for clause in sentence.clauses if not _COMPARED.among(clause)]
    whole = {side for clause in clauses if _is_claim(clause) and (side := _side(clause))}
    # "... shows the processes of the host, without it only the container": the other clause leaves the verb out.
    if whole:
        whole |= {side for clause in clauses if _CONTRAST.among(clause) and (side := _side(clause))}
    return whole


def _is_claim(clause: Sequence[str]) -> bool:
    """Whether something is said of processes: "start the process in the container" only says where one is put."""
    is_beside = any(
        (one in _VIEW and (other in _IS_HOST or other in _IS_OWN))
        or (other in _VIEW and (one in _IS_HOST or one in _IS_OWN))
        for one, other in itertools.pairwise(clause)  # "htop контейнера", "host processes"
    )
    return _VIEW.among(clause) and (is_beside or _CLAIMS.among(clause) or not _PLACED.among(clause))


def _side(clause: Sequence[str]) -> str | None:
    of_host = any(
        word in _IS_HOST and not (at and word == "machine" and clause[at - 1] == "docker")
        for at, word in enumerate(clause)
    )
    if of_host:
        return OWN if _NOT.among(clause) else HOST  # "not those of the docker host"
    if _IS_OWN.among(clause) or ("pid", "1") in itertools.pairwise(clause):
        return OWN
    return HOST if _ALL.among(clause) and _PROCESSES.among(clause) else None
