"""What the classic builder says: its steps, and a program that pretends to be the builder."""

from __future__ import annotations

from pytest_dockerlab.deployment.builds.log import BuildLog

ID = "sha256:" + "a" * 64


def read(*texts: str) -> BuildLog:
    log = BuildLog()
    for text in texts:
        log.take({"stream": text})
    return log


def running(number: int, total: int, text: str) -> list[str]:
    return [f"Step {number}/{total} : {text}", "\n", f" ---> Running in {'b' * 12}\n"]


def test_a_whole_build() -> None:
    log = read("Step 1/3 : FROM x", "\n", f" ---> {'a' * 12}\n", "Step 2/3 : RUN a", "\n", " ---> Using cache\n",
               f" ---> {'b' * 12}\n", *running(3, 3, "RUN b"), "hello\n")  # fmt: skip
    log.take({"aux": {"ID": ID}})
    assert [(each.number, each.text, each.is_cached, each.container) for each in log.steps] == [
        (1, "FROM x", False, None),
        (2, "RUN a", True, None),
        (3, "RUN b", False, "b" * 12),
    ]
    assert (log.image, log.error) == (ID, None)
    assert log.tail() == "hello"
    assert log.size == len(log.text)


def test_the_end_of_a_failed_step() -> None:
    log = read(*running(1, 2, "RUN a"), "of the first\n", f"Removing intermediate container {'b' * 12}\n",
               *running(2, 2, "RUN b"), "\x1b[91mone\n\x1b[0m", "two\n")  # fmt: skip
    log.take({"error": "short", "errorDetail": {"code": 1, "message": "long"}})
    assert log.error == "long"
    assert log.tail() == "one\ntwo"
    assert log.tail(1) == "two"


def test_the_end_of_a_step_without_a_container_is_not_that_of_the_one_before() -> None:
    log = read(*running(1, 2, "RUN a"), "of the first\n", f"Removing intermediate container {'b' * 12}\n",
               f" ---> {'c' * 12}\n", "Step 2/2 : COPY x .", "\n")  # fmt: skip
    log.take({"error": "COPY failed: no such file"})
    assert log.tail() == ""


def test_errors_of_other_forms() -> None:
    for message in ({"error": "short"}, {"error": "short", "errorDetail": None}, {"error": "short", "errorDetail": {}}):
        log = BuildLog()
        log.take(message)
        assert log.error == "short"


def test_a_pull_is_in_the_log_without_its_progress() -> None:
    log = BuildLog()
    log.take({"status": "Pulling from library/x", "id": "1"})
    log.take({"status": "Downloading", "progress": "[=>  ]", "progressDetail": {}})
    assert log.text == "Pulling from library/x\n"


def test_a_program_cannot_say_that_its_step_was_cached() -> None:
    log = read(*running(1, 2, "RUN a"), " ---> Using cache\n")
    assert not log.steps[0].is_cached


def test_a_heading_counts_only_if_it_is_the_next_one() -> None:
    log = read(*running(1, 3, "RUN a"), "Step 3/3 : RUN c", "Step 1/3 : RUN a", "x Step 2/3 : RUN b", "Step 0/3 : RUN")
    assert [each.number for each in log.steps] == [1]


def test_a_heading_does_not_count_while_the_step_is_at_work() -> None:
    there = {"b" * 12}
    log = BuildLog(there.__contains__)
    for text in (*running(1, 2, "RUN a"), "Step 2/2 : RUN b", f" ---> Running in {'c' * 12}\n"):
        log.take({"stream": text})
    assert [(each.number, each.container) for each in log.steps] == [(1, "b" * 12)]
    there.clear()
    for text in running(2, 2, "RUN b"):
        log.take({"stream": text})
    assert [(each.number, each.text) for each in log.steps] == [(1, "RUN a"), (2, "RUN b")]


def test_a_number_that_nobody_can_read() -> None:
    log = read("Step " + "9" * 10_000 + "/1 : FROM x", f"Step 1/{'9' * 10_000} : FROM x", "Step ١/1 : FROM x")
    assert log.steps == []


def test_messages_that_are_no_messages() -> None:
    log = BuildLog()
    for message in ({}, {"stream": None}, {"stream": 5}, {"aux": []}, {"aux": {"ID": 5}}, {"status": None}, {"x": {}}):
        log.take(message)
    assert (log.steps, log.image, log.error, log.text) == ([], None, None, "")
    assert log.step is None
    assert log.tail() == ""


def test_of_a_flood_beginning_and_end_are_kept() -> None:
    log = read("first\n", *running(1, 1, "RUN flood"))
    for number in range(50_000):
        log.take({"stream": f"{number:049}\n"})
    log.take({"stream": "last\n"})
    assert log.size > 2_000_000
    assert len(log.text) < 400_100
    assert log.text.startswith("first\n")
    assert log.text.endswith("49999\nlast\n")
    assert "\n[…]\n" in log.text
    assert log.tail(2).endswith("49999\nlast")


def test_a_log_that_just_fits_is_whole() -> None:
    log = read("a" * 150_000, "b" * 150_000, "c" * 100_000)
    assert log.text == "a" * 150_000 + "b" * 150_000 + "c" * 100_000


def test_a_from_has_a_container_for_each_build_trigger() -> None:
    """The one before is gone when the next one comes."""
    there: set[str] = set()
    log = BuildLog(there.__contains__)
    log.take({"stream": "Step 1/1 : FROM x"})
    for container in ("b" * 12, "c" * 12):
        there.clear()
        log.take({"stream": f" ---> Running in {container}\n"})
        there.add(container)
        log.take({"stream": f" ---> Running in {'d' * 12}\n"})  # a program's
    assert [each.container for each in log.steps] == ["c" * 12]
