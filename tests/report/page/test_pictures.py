"""Pictures of what was measured: what stands in them, in which place, and the same for whoever cannot see them."""

from __future__ import annotations

import itertools
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import jsonschema_rs
import pytest

from pytest_dockerlab.figures import Reached, layers, networks
from pytest_dockerlab.messages import text
from pytest_dockerlab.report.page.curves import curves_picture
from pytest_dockerlab.report.page.layers import layers_picture
from pytest_dockerlab.report.page.networks import NetworksPicture, networks_picture
from pytest_dockerlab.results import schema
from tests.browser import Pages, violations

from ._results import curves_of, finding, item, layer_figure, network_figure, page, submission

FIGURE = jsonschema_rs.Draft202012Validator({**schema()["$defs"]["figure"], "$defs": schema()["$defs"]})


def picture(figure: dict[str, Any], *, with_judgement: bool = True) -> NetworksPicture:
    FIGURE.validate(figure)
    return networks_picture(figure, text, with_judgement=with_judgement)


def svg_of(html: str, kind: str = "networks") -> ElementTree.Element:
    begin = html.index(f'<svg class="{kind}"')
    found = html[begin : html.index("</svg>", begin) + 6]
    return ElementTree.fromstring(found)


def test_who_reaches_whom_is_drawn_and_said() -> None:
    found = picture(network_figure(is_right=False))
    assert found.drawing is not None
    assert [(arc.style, arc.label) for arc in found.drawing.arcs] == [
        ("reached right", "✓ reaches"),
        ("reached right", "✓ reaches"),
        ("reached wrong", "✗ reaches, and must not"),
    ]
    assert "UI reaches DB, and must not." in found.text
    assert [row.cells[2] for row in found.rows] == [
        ("reached wrong", "✗ reaches, and must not"),
        ("reached right", "✓ reaches"),
        ("", ""),
    ]
    assert found.rows[2].cells[0] == ("reached", "reaches"), "of which nobody says anything"


def test_without_judgement_it_says_what_is() -> None:
    found = picture(network_figure(is_right=False), with_judgement=False)
    assert found.drawing is not None
    assert {arc.style for arc in found.drawing.arcs} == {"reached"}
    said = f"{found.text} {found.rows} {found.drawing}"
    assert "must" not in said
    assert "✗" not in said


@pytest.mark.parametrize(
    ("reached", "intended", "right", "style", "label"),
    [
        ("yes", True, True, "reached right", "✓ reaches"),
        ("no", False, True, "apart right", "✓ cannot reach"),
        ("no", True, False, "apart wrong", "✗ cannot reach, and must"),
        ("not by every name", True, False, "reached wrong", "✗ not by every name"),
        ("unknown", False, True, "unknown", "? not known"),
    ],
)
def test_every_kind_of_arc(reached: str, intended: bool, right: bool, style: str, label: str) -> None:
    found = picture(networks(["n"], {"a": ["n"], "b": ["n"]}, [Reached("a", "b", reached, intended, right)]))
    assert found.drawing is not None
    assert [(arc.style, arc.label) for arc in found.drawing.arcs] == [(style, label)]
    assert bool(found.drawing.arcs[0].head) == (reached != "no"), "an arrow arrives, or it does not"


def whole(size: int) -> dict[str, Any]:
    """So many services, of which each is to reach each, on so many networks."""
    names = [f"service-with-a-long-name-{at}" for at in range(size)]
    on = {name: [f"net-{at}", f"net-{at + 1}"] for at, name in enumerate(names)}
    pairs = [Reached(a, b, "yes", True, True) for a, b in itertools.permutations(names, 2)]
    return networks([f"net-{at}" for at in range(size + 1)], on, pairs)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5])
def test_nothing_lies_on_anything_else(size: int) -> None:
    drawing = picture(whole(size)).drawing
    assert drawing is not None
    pills = [(arc.x - arc.width / 2, arc.y - 12, arc.x + arc.width / 2, arc.y + 12) for arc in drawing.arcs]
    boxes = [(box.x, box.y, box.x + box.width, box.y + 44) for box in drawing.boxes]
    bands = [(band.x, band.y, band.x + band.width, band.y + 34) for band in drawing.bands]
    for one, other in itertools.combinations([*pills, *boxes, *bands], 2):
        assert one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1], (one, other)
    for left, top, right, bottom in [*pills, *boxes, *bands]:
        assert left >= 0
        assert top >= 0
        assert right <= drawing.width
        assert bottom <= drawing.height


def test_a_network_of_the_last_service_alone_with_a_long_name_stays_in_the_drawing() -> None:
    drawing = picture(networks(["n", "W" * 18], {"a": ["n"], "b": ["W" * 18]})).drawing
    assert drawing is not None
    assert all(band.x >= 0 and band.x + band.width <= drawing.width for band in drawing.bands)
    assert all(band.x <= wire.x <= band.x + band.width for band in drawing.bands for wire in drawing.wires
               if wire.colour == band.colour)  # fmt: skip


def test_too_many_to_follow_are_a_table() -> None:
    found = picture(whole(30))
    assert found.drawing is None
    assert len(found.rows) == 30


def test_a_service_without_a_network_says_what_it_has_instead() -> None:
    found = picture(networks(["n"], {"a": ["n"], "b": [], "c": []}, instead={"b": "host"}))
    assert found.drawing is not None
    assert [box.instead for box in found.drawing.boxes] == ["", "host", "no network"]
    assert [row.networks for row in found.rows] == ["n", "host", "no network"]
    assert found.title == "who is on which network"


@pytest.mark.parametrize(
    "figure",
    [
        networks([f"n{at}" for at in range(500)], {f"s{at}": [f"n{at}"] * 300 for at in range(500)},
                 [Reached("s1" * 999, "s2", "yes", None, True)] * 9999),
        layers({f"i{at}": (None, [(1, "RUN " + "x" * 99_999)] * 999) for at in range(99)}),
        layers({}),
        networks([], {}),
    ],
    ids=["networks", "layers", "no layers", "no networks"],
)  # fmt: skip
def test_whatever_a_submission_has_the_results_are_valid(figure: dict[str, Any]) -> None:
    FIGURE.validate(figure)
    assert "</html>" in page(submission(item("x", "failed", figures=[figure])), language="en").html


@pytest.mark.parametrize(
    "reach",
    [
        {"from": "gone", "to": "a", "reached": "yes", "intended": None, "right": True},
        {"from": "a", "to": "a", "reached": "yes", "intended": True, "right": False},
    ],
)
def test_a_figure_that_contradicts_itself_is_drawn_without(reach: dict[str, Any]) -> None:
    """It is valid by the schema, and comes from elsewhere."""
    found = picture({**networks(["n"], {"a": ["n"]}), "reach": [reach]})
    assert found.drawing is not None
    assert found.drawing.arcs == []


def test_layers_by_size_and_their_limit() -> None:
    found = layers_picture(layer_figure(), text, with_limit=True)
    (image,) = found.images
    assert (image.total, image.limit, image.is_within) == ("120.0 MB", "at most 100.0 MB", False)
    assert [(layer.size, layer.share, layer.instruction) for layer in image.layers] == [
        ("80.0 MB", 1.0, "FROM"), ("40.0 MB", 0.5, "RUN"), ("5 B", 5 / (8 * 10**7), "COPY"),
    ]  # fmt: skip
    many = layers_picture(layers({"i": (None, [(1, "x")] * 50)}), text, with_limit=True)
    assert [layer.instruction for layer in many.images[0].layers][-1] == "38 smaller layers"


def test_curves_with_a_hole_and_what_was_done() -> None:
    found = curves_picture("drill", curves_of(), text)
    assert found is not None
    assert [(curve.name, len(curve.paths), curve.changes) for curve in found.curves] == [
        ("SERIES", 1, "1 → 0 → 1"), ("other", 2, "3.5 → 2"),
    ]  # fmt: skip
    assert found.span == "over 9 s · stopped after 4 s · started after 8 s"


@pytest.mark.parametrize(
    "evidence",
    [
        None, "series", {"series": 3}, {"series": {}}, {"series": {"a": "b"}}, {"series": {"a": [1, 2]}},
        {"series": {"a": [[1, 2, 3], ["x", 1], [True, 1], [float("nan"), 1], [float("inf"), 1]]}},
    ],
)  # fmt: skip
def test_other_evidence_is_no_curve(evidence: object) -> None:
    assert curves_picture("x", evidence, text) is None


def test_odd_values_are_holes_and_do_no_harm() -> None:
    evidence = {
        "series": {"a": [[5, "x"], [1, 1e308], [1e300, 1], [1, 10**400], [1, 2], [2, float("nan")]] * 5000},
        "stopped": "now",
    }
    found = curves_picture("x", evidence, text)
    assert found is not None
    assert "nan" not in "".join(path for curve in found.curves for path in curve.paths)
    assert found.marks == []


def test_what_was_measured_stands_at_the_item_it_is_folded_under() -> None:
    wrong = item("networks", "failed", findings=[finding()], figures=[{**network_figure(is_right=False), "reach": []}])
    folded = item("reach", "unverified", because_of="docker-4/networks", figures=[network_figure(is_right=False)])
    made = page(submission(wrong, folded), language="en").html
    assert made.count('<svg class="networks"') == 1
    assert made.index("✗ reaches, and must not") < made.index('id="docker-4/reach"')


def test_the_svg_is_well_formed_and_says_what_it_shows(tmp_path: Path, pages: Pages) -> None:
    made = page(submission(item("reach", "failed", findings=[finding()], figures=[network_figure()])), language="en")
    svg = svg_of(made.html)
    ids = svg.attrib["aria-labelledby"].split()
    named = {each.attrib["id"]: each.text for each in svg if "id" in each.attrib}
    assert [bool(named[id]) for id in ids] == [True, True]
    path = tmp_path / "page.html"
    path.write_text(made.html)
    shown = pages.open(path, width=400)
    shown.locator("figure details").evaluate("each => each.open = true")
    assert shown.evaluate("document.documentElement.scrollWidth") <= 400, "it scrolls by itself"
    assert violations(shown) == ""


_OUT_OF_ITS_BOX = """
groups => groups.flatMap(group => {
  const box = group.querySelector("rect"), text = group.querySelector("text:not(.instead)")
  const is_inside = !box || !text || text.getBBox().width <= box.getBBox().width - 6
  return is_inside ? [] : [text.textContent]
})
"""


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_name_and_label_is_inside_its_box(tmp_path: Path, pages: Pages, language: str) -> None:
    names = ["WWWWWWWWWWWW", "ШЩЖЮШЩЖЮШЩЖЮ", "a-service-with-a-very-long-name", "i"]
    pairs = itertools.permutations(names, 2)
    kinds = [
        ("yes", True),
        ("yes", False),
        ("no", True),
        ("no", False),
        ("not by every name", False),
        ("unknown", True),
    ]
    reached = [
        Reached(source, target, kind, right, right)
        for (source, target), (kind, right) in zip(pairs, itertools.cycle(kinds), strict=False)
    ]
    figure = networks(["W" * 17, "n"], {name: ["n"] for name in names[:3]} | {"i": ["W" * 17]}, reached)
    path = tmp_path / "page.html"
    made = page(submission(item("x", "failed", findings=[finding()], figures=[figure])), language=language)
    path.write_text(made.html)
    shown = pages.open(path)
    assert shown.locator("svg.networks g.arc .pill").count() == 12
    assert shown.locator("svg.networks g").evaluate_all(_OUT_OF_ITS_BOX) == []
