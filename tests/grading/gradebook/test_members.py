from pytest_dockerlab.grading.gradebook.members import cell_of, members_of


def test_who_is_alone_is_one() -> None:
    assert members_of({"id": "a", "name": "Ann", "note": "late; ill"}) == (
        {"id": "a", "name": "Ann", "note": "late; ill"},
    )


def test_group_has_a_row_for_each() -> None:
    row = {
        "id": "g1",
        "group": "1",
        "name": "Ann Lee; Bob",
        "email": "a@x.org;b@x.org",
        "sis": "7; 8",
        "note": "very late; ill",
    }
    common = {"id": "g1", "group": "1", "note": "very late; ill"}
    assert members_of(row) == (
        {**common, "name": "Ann Lee", "email": "a@x.org", "sis": "7"},
        {**common, "name": "Bob", "email": "b@x.org", "sis": "8"},
    )


def test_names_are_enough() -> None:
    assert [one["name"] for one in members_of({"name": "Ann;Bob;", "email": ""})] == ["Ann", "Bob"]


def test_names_that_do_not_pair_with_addresses_stay_together() -> None:
    assert [one["name"] for one in members_of({"name": "Ann;Bob;Cid", "email": "a@x;b@x"})] == ["Ann;Bob;Cid"] * 2


def test_headers_may_be_in_capitals() -> None:
    assert [one["E-mail"] for one in members_of({"Name": "Ann;Bob", "E-mail": "a@x;b@x"})] == ["a@x", "b@x"]
    assert cell_of({"Name ": "Ann"}, "name") == "Ann"
