from pathlib import Path

import pytest

from pytest_dockerlab.whole_files import replacing


def test_the_new_file_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.write_text("old")
    with replacing(file) as part:
        part.write_text("new")
        assert file.read_text() == "old"
    assert file.read_text() == "new"
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("error", [KeyboardInterrupt, OSError])
def test_an_end_in_between_leaves_what_there_was(tmp_path: Path, error: type[BaseException]) -> None:
    file = tmp_path / "file"
    file.write_text("old")

    def begin() -> None:
        with replacing(file) as part:
            part.write_text("half")
            raise error

    with pytest.raises(error):
        begin()
    assert file.read_text() == "old"
    assert list(tmp_path.iterdir()) == [file]
