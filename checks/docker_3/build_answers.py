"""The item docker-3/build-answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pytest_dockerlab.findings import Location, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.text.prose import Words, sentences

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pytest_dockerlab.submission.text.prose import Sentence
    from pytest_dockerlab.submission.text.readme import Readme


@check("docker-3/build-answers", "the README says where a rebuild starts, and why", level="advisory")
def build_answers(readmes: list[Readme]) -> None:
    answer = build_answer(readmes)
    if answer is not None:
        note("answer", str(answer))
    expect(
        answer is not None,
        found=_("not recognised in {files}", files=[each.path for each in readmes]) if readmes else _("no README"),
        at=Location(readmes[0].path) if readmes else None,
        hint=_("write down at which step a rebuild started, and why: because of the cache or the FROM"),
    )


_AFTER = 3
"""Sentences behind the one that says where it starts, which may say why."""
_BUILD = Words("сборк* пересбор* собира* собра* пересобра* пересобир* билд* ребилд* build* rebuild* built rebuilt "
               "sborka sborki sborku збирання збірк*")  # fmt: skip
_STEP = Words("шаг* степ* этап* стади* слой слоя слое слоем слои слоев слоям слоях крок* shag* sloi sloya sloev "
              "step* stage* layer* scratch beginning начала нуля")  # fmt: skip
_LINE = Words("инструкц* команд* строк* директив* instruction* command* line lines directive*")
"""Steps as well, where it is one of these that something starts at: of commands people say much."""
_NAMES = "FROM RUN COPY ADD ENV ARG WORKDIR CMD ENTRYPOINT EXPOSE USER LABEL"
_INSTRUCTIONS, _INSTRUCTION = Words(_NAMES), Words(_NAMES.casefold())
_START = Words("nachal* start* restart* begin* began begun начал* начин* начат* старт* пошел пошл* пойд* идет шла "
               "почал* почин*")  # fmt: skip
_ANEW = Words("resum* continu* rerun reran again anew onward* rest remaining продолж* возобнов* заново остальн* дальше "
              "далее")  # fmt: skip
_FROM = Words("с со from at з")
_BETWEEN = Words("the a very first second third самого самой какого which what последнего last перв* втор* трет* "
                 "й ей ой го th")  # fmt: skip
_CACHE = Words("кэш* кеш* закэш* закеш* kesh* kash* cache* reus* переиспольз*")
_SAME_OR_NEW = Words("уже already same одинаков* общ* тот той тем того же base базов* нов* new друг* different another "
                     "измен* chang* смен* поменя* замен* replac*")  # fmt: skip
_LAYERS = Words("слой слоя слои слоев слоям слоях layer* image* образ* шаг* step* этап* from")
_ORDERS = Words("use take используй* возьми*")
# What docker build itself prints says where it started, and is not an answer.
_PRINTED = ("--->", "-->", "Step ", "Sending build", "Removing intermediate", "Successfully", "#", "=>", "[", "=> ")


def build_answer(readmes: Iterable[Readme]) -> Location | None:
    """Where a README says from which step a rebuild starts, and why: the cache, or the image that FROM names."""
    for readme in readmes:
        lines = [(line.number, line.text) for line in readme.lines if not _is_printed(line.text)]
        said = list(sentences(lines))
        for at, sentence in enumerate(said):
            near = said[at : at + 1 + _AFTER]
            if _says_where(sentence, said[max(0, at - 2) : at + 1]) and any(map(_says_why, near)):
                return readme.location(sentence.line)
    return None


def _is_printed(line: str) -> bool:
    text = line.strip()
    if text.startswith("#"):  # "#12 [3/9] RUN …", and no heading
        return text[1:2].isdecimal()
    if text.startswith("Step "):
        return "/" in text.partition(":")[0]
    return text.startswith(_PRINTED)


def _says_where(sentence: Sentence, near: Sequence[Sentence]) -> bool:
    """Whether it says that a build started, and where: at a step, an instruction, or the very beginning."""
    words = sentence.words
    if not any(_BUILD.among(each.words) or "build" in each.commands for each in near):
        return False
    is_step = _STEP.among(words) or _INSTRUCTIONS.among(sentence.names)
    return _from_a_step(words) or any(_starts(clause, is_step) for clause in sentence.clauses)


def _starts(clause: Sequence[str], is_step: bool) -> bool:
    """Whether it is a build or a step that starts: "build it and start the app" says nothing of that."""
    if not (_START.among(clause) or _ANEW.among(clause)):
        return False
    is_of_build = _STEP.among(clause) or _BUILD.among(clause) or _ANEW.among(clause) or _INSTRUCTION.among(clause)
    return _LINE.among(clause) or (is_step and is_of_build)


def _from_a_step(words: Sequence[str]) -> bool:
    """Whether it says "from the second step", without a verb that says what does."""
    is_behind = False
    for word in words:
        if is_behind and (word in _STEP or word in _LINE):
            return True
        is_behind = word in _FROM or (is_behind and (word in _BETWEEN or word[:1].isdecimal()))
    return False


def _says_why(sentence: Sentence) -> bool:
    words = sentence.words
    if words and words[0] in _ORDERS:  # "Use the same image"
        return False
    return _CACHE.among(words) or (_SAME_OR_NEW.among(words) and _LAYERS.among(words))
