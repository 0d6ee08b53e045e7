"""The item docker-1/image-vs-container: how the two differ by ``docker inspect``, in whatever form it is answered.

Three forms, seen in 47 of 50 accepted homeworks: prose in the log (43), a section of the README, the output of inspect
for both (pasted, often cut and commented, so read as text and never as JSON). Prose is weak evidence: it is only asked
whether it claims something of both and names something that inspect shows for one of them alone.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pytest_dockerlab.checks.docker_1._log import find_log
from pytest_dockerlab.errors import RefusedPath
from pytest_dockerlab.findings import Location, NotAttempted, expect, note
from pytest_dockerlab.homework import check
from pytest_dockerlab.messages import _
from pytest_dockerlab.submission.text.prose import NEGATIONS, Words, sentences, words_of
from pytest_dockerlab.submission.text.terminal import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pytest_dockerlab.checks.docker_1._log import DockerLog
    from pytest_dockerlab.submission.files.tree import Tree
    from pytest_dockerlab.submission.text.prose import Sentence
    from pytest_dockerlab.submission.text.readme import Readme


@check("docker-1/image-vs-container", "an image and a container are compared with docker inspect", level="optional")
def image_vs_container(tree: Tree, readmes: list[Readme]) -> None:
    try:
        log = find_log(tree)
    except RefusedPath:
        log = None  # the finding is log-file's
    answers = find_answers(tree, log, readmes)
    if not answers:
        searched = [*([log.path] if log is not None else []), *(readme.path for readme in readmes)]
        raise NotAttempted(
            _(
                "an explanation of image and container is not recognised in {files}; write which fields of docker "
                "inspect only one of them has: State, NetworkSettings, RootFS.Layers",
                files=searched,
            )
            if searched
            else _("there is no log and no README that could explain image and container")
        )
    best = answers[0]
    note("answer", str(best.at))
    note("what it names", best.fields)
    if best.missing:
        expect(
            False,
            _("the output of docker inspect is there for an image and for a container"),
            found=_("only for an image") if "container" in best.missing else _("only for a container"),
            at=best.at,
            hint=_("add the other one, or write down which fields only one of them has"),
        )
        return
    expect(
        best.fields,
        _("the explanation names what docker inspect shows for only one of them"),
        found=_("no field of docker inspect is recognised in it"),
        at=best.at,
        hint=_("compare docker inspect of both: a container has State and NetworkSettings, an image RootFS.Layers"),
    )


_MAX_FILES = 20

_IMAGE = Words("image images образ образа образу образе образом образы образов образам образами образах "
               "obraz obraza obraze obrazy imidzh* имидж* имедж* имэдж* имадж* имаж* имейдж* имаге*")  # fmt: skip
_CONTAINER = Words("container containers контейнер* контейн* котейн* контенер* конейн* kontejner* konteiner* "
                   "konteyner*")  # fmt: skip
_THUS = Words("таким каким следующим подобным главным любым другим иным аналогичным соответствующим")
"""*Таким образом* speaks of no image."""
_COMPARES = Words("отлич* разниц* различ* сравн* differ* compar* unlike versus vs whereas")
_ONLY = Words("только лишь единственн* only just solely нету отлич* unlike") | NEGATIONS
_HAS = Words("есть имеет имеют нет нету содерж* has have had contains contain shows show lacks lack without")
# What inspect shows for one of the two alone: its fields, and how people put them into words.
_FIELDS = {
    "State": Words("state states status pid startedat finishedat состояни* статус* процесс* process processes"),
    "NetworkSettings": Words("networksettings ipaddress macaddress gateway network networks networking сеть сети сетей "
                             "сетям сетях сетью сетев* порт порта порты портов портах port ports ip адрес* address*"),
    "HostConfig": Words("hostconfig restartcount restart_count restartpolicy хост* logpath resolvconfpath hostspath "
                        "hostnamepath лимит* ресурс* limits resources cpu"),
    "Mounts": Words("mount mounts mounted volume volumes монтир* примаун* примонт* смонтир* том тома томов томы "
                    "вольюм*"),
    "RootFS": Words("rootfs layer layers слой слоя слои слоев слоям слоях слоями слое rw"),
    "RepoTags": Words("repotags repodigests тег* tag tags"),
    "Parent": Words("parent родител*"),
    "Architecture": Words("architecture архитектур* os"),
    "ContainerConfig": Words("containerconfig dockerversion virtualsize author автор*"),
}  # fmt: skip
_RUNNING = Words("running запущен*")
"""State as well, where nothing but the two is spoken of: "the running containers" is said of much."""
_STATES = _HAS | _ONLY | _COMPARES
_CLAIMS = _STATES | Words(
    "содерж* состо* включ* хран* добав* появл* вывод* выда* показ* отображ* отраж* присут* указ* относ* облада* "
    "описан* описыв* получ* созда* запущ* явля* бывает остает* остан* представл* нужн* лежит лежат soderzh* "
    "sosto* est imeet net hold* includ* consist* add adds keep* store* show* list* display* gives get gets got appear* "
    "provides describe* belong* exist* differs made built runs set own carr* bring* comes"
)
"""What one says of a thing with, beside *is*."""
_IS = Words("is are это eto")
_MAX_SUBJECT = 3
"""Words of a subject before a dash or a colon: "a docker image"."""
_EXACT = Words(
    "State Pid NetworkSettings IPAddress MacAddress Gateway HostConfig RestartCount RestartPolicy LogPath Mounts "
    "ResolvConfPath HostsPath HostnamePath RootFS Layers RepoTags RepoDigests Parent Architecture ContainerConfig "
    "DockerVersion VirtualSize StartedAt FinishedAt GraphDriver"
)
"""Fields as inspect writes them: nobody does who speaks of something else."""
_OF_CONTAINER = re.compile(r'"(?:NetworkSettings|HostConfig|ResolvConfPath|RestartCount)"\s*:')
_OF_IMAGE = re.compile(r'"(?:RepoTags|RepoDigests|RootFS|DockerVersion)"\s*:')
_JSON_NAME = Words("inspect container containers image images obraz kontejner контейнер* образ*")


@dataclass(frozen=True, slots=True)
class Answer:
    """One place where the question is answered, or begun to be."""

    at: Location
    form: str
    """``prose`` or ``inspect``."""
    fields: tuple[str, ...] = ()
    """What of inspect it names."""
    missing: tuple[str, ...] = field(default=())
    """Of an output of inspect: ``image`` or ``container``, where only the other is there."""

    @property
    def is_whole(self) -> bool:
        """Whether it answers the question."""
        return bool(self.fields) and not self.missing


def find_answers(tree: Tree, log: DockerLog | None, readmes: Sequence[Readme]) -> list[Answer]:
    """Every answer, the whole ones first."""
    found: list[Answer] = []
    if log is not None:
        found += _of_log(log)
    for readme in readmes:
        found += _of_readme(readme)
    inspected = _inspected(tree, log)
    if inspected is not None:
        found.append(inspected)
    return sorted(found, key=lambda answer: not answer.is_whole)


def _of_log(log: DockerLog) -> Iterator[Answer]:
    """The log is about nothing else, so all of it counts."""
    said = _said(enumerate(log.prose, start=1))
    spoken = [each for each in said if _of_image(each) or _of_container(each)]
    if not spoken or not any(map(_claims, said)):
        return
    of_both = any(map(_of_image, spoken)) and any(map(_of_container, spoken))
    if of_both:
        fields = _fields(said)
        if not fields and any(_RUNNING.among(each.words) for each in spoken):
            fields = ("State",)
        yield Answer(Location(log.path, spoken[0].line), "prose", fields)
    else:
        yield from _one_sided(log.path, spoken)


def _of_readme(readme: Readme) -> Iterator[Answer]:
    """In a README what stands in a section that compares the two, and what nobody says of anything else."""
    for section in _sections(readme):
        said = _said(section)
        spoken = [each for each in said if _of_image(each) or _of_container(each)]
        claims = [each for each in spoken if _fields([each])]
        exact = [each for each in said if _is_exact(each)]
        if any(map(_compares, said)):
            claims += exact  # "Container: / State, NetworkSettings"
        elif any(map(_inspects, said)):
            claims = [each for each in claims if _is_exact(each) or _inspects(each) or _STATES.among(each.words)]
        else:
            claims = [each for each in claims if _is_exact(each)]
        if claims and any(map(_of_image, spoken)) and any(map(_of_container, spoken)):
            first = next((each for each in said if _compares(each) or _inspects(each)), claims[0])
            yield Answer(readme.location(first.line), "prose", _fields(claims))
        else:
            yield from _one_sided(readme.path, claims)


def _one_sided(path: str, spoken: Sequence[Sentence]) -> Iterator[Answer]:
    """What is said of one of the two, and that the other is not so: "an image has no State"."""
    for each in spoken:
        if _fields([each]) and _ONLY.among(each.words):
            yield Answer(Location(path, each.line), "prose", _fields(spoken))
            return


def _sections(readme: Readme) -> Iterator[list[tuple[int, str]]]:
    """The lines under each heading as far as the next one; where the heading says what it is about, all below it."""
    lines = [(line.number, line.text) for line in readme.lines]
    starts = [(1, 0), *((heading.line, heading.level) for heading in readme.headings)]
    ends = [line for line, _level in starts[1:]] + [len(lines) + 1]
    covered = 0
    for at, (start, level) in enumerate(starts):
        end = ends[at]
        if start <= covered:
            continue
        if level and any(_compares(each) or _inspects(each) for each in _said(lines[start - 1 : start])):
            below = (line for line, other in starts[at + 1 :] if other <= level)
            end = next(below, len(lines) + 1)
            covered = end - 1
        yield lines[start - 1 : end - 1]


def _said(lines: Iterable[tuple[int, str]]) -> list[Sentence]:
    """The sentences, without those that explain another command: "docker ps - the running containers"."""
    return [each for each in sentences(lines) if not each.commands or "inspect" in each.commands]


def _compares(sentence: Sentence) -> bool:
    """Whether it sets the one against the other."""
    words = sentence.words
    of_both = _of_image(sentence) and _of_container(sentence)
    return of_both and (_COMPARES.among(words) or (_HAS.among(words) and NEGATIONS.among(words)))


def _claims(sentence: Sentence) -> bool:
    """Whether it says something of the one or the other: "the image of my state on ports" only holds the words."""
    if _CLAIMS.among(sentence.words) or _is_exact(sentence) or _inspects(sentence):
        return True
    # "An image is layers", "Container - image and a layer", "Container:"
    subjects = [clause[-1] for clause in sentence.clauses if len(clause) <= _MAX_SUBJECT]
    subjects += [one for one, other in itertools.pairwise(sentence.words) if other in _IS]
    return _IMAGE.among(subjects) or _CONTAINER.among(subjects)


def _inspects(sentence: Sentence) -> bool:
    """Whether it is about what inspect shows."""
    return "inspect" in sentence.commands or "inspect" in sentence.words


def _is_exact(sentence: Sentence) -> bool:
    return _EXACT.among(sentence.names)


def _of_image(sentence: Sentence) -> bool:
    words = sentence.words
    return any(
        word in _IMAGE and not (word == "образом" and at and words[at - 1] in _THUS) for at, word in enumerate(words)
    )


def _of_container(sentence: Sentence) -> bool:
    return _CONTAINER.among(sentence.words)


def _fields(said: Iterable[Sentence]) -> tuple[str, ...]:
    words = {word for each in said for word in each.words}
    return tuple(name for name, vocabulary in _FIELDS.items() if vocabulary.among(words))


def _inspected(tree: Tree, log: DockerLog | None) -> Answer | None:
    texts = [(log.path, log.content)] if log is not None else []
    names = [path for path in tree.files if path.endswith((".json", ".log", ".txt"))]
    named = [path for path in names if _JSON_NAME.among(words_of(path.rpartition("/")[2].replace("_", " ")))]
    for path in named[:_MAX_FILES]:
        try:
            texts.append((path, visible(tree.text(path).content)))
        except RefusedPath:
            continue
    of_image = [path for path, text in texts if _OF_IMAGE.search(text)]
    of_container = [path for path, text in texts if _OF_CONTAINER.search(text)]
    if not of_image and not of_container:
        return None
    missing = [kind for kind, paths in (("image", of_image), ("container", of_container)) if not paths]
    text = next(text for path, text in texts if path == (of_container or of_image)[0])
    first = (_OF_CONTAINER if of_container else _OF_IMAGE).search(text)
    assert first is not None
    line = text.count("\n", 0, first.start()) + 1
    shown = tuple(sorted({match[0].strip('": \t') for path, text in texts for match in _shown(text)}))
    return Answer(Location((of_container or of_image)[0], line), "inspect", shown, tuple(missing))


def _shown(text: str) -> Iterator[re.Match[str]]:
    for pattern in (_OF_IMAGE, _OF_CONTAINER):
        match = pattern.search(text)
        if match:
            yield match
