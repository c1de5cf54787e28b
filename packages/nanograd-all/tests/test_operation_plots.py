"""The plots of the page of operations show what the table computes, and nothing that is not there."""

import importlib
import math
import sys
from itertools import pairwise
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from nanograd.engine import OPS, Interval, Operation

DOCS = Path(__file__).parents[3] / "docs"
if not DOCS.is_dir():
    pytest.skip("not in a checkout", allow_module_level=True)
sys.path.append(str(DOCS))

plots = importlib.import_module("_extensions.operation_plots")
slices = importlib.import_module("_extensions.operation_slices").slices
anchor = importlib.import_module("_extensions.notation").anchor

SLICES = [part for operation in OPS.values() for part in slices(operation)]


def the_slice(symbol, along=0):
    return next(part for part in SLICES if part.operation.symbol == symbol and part.along == along)


def lines(part, kind="value"):
    return plots.pieces(part.value if kind == "value" else part.derivative, part)


def test_every_row_has_a_plot_for_each_argument_but_digits():
    counts = {symbol: sum(part.operation.symbol == symbol for part in SLICES) for symbol in OPS}
    assert counts == {symbol: row.arity or 1 for symbol, row in OPS.items()} | {"round": 1}


def test_a_new_row_is_plotted():
    cube = Operation(
        "cube", 2, lambda m, x, y: x**3 * y, (lambda m, o, x, y: 3 * x * x * y,) * 2, (Interval(),) * 2, ()
    )
    first, second = slices(cube)
    assert (first.written, second.written) == ("cube(x, 2)", "cube(2, y)")
    assert first.value(1.5) == 6.75
    assert first.derivative(1.5) == 13.5
    assert anchor(cube) == "operation-cube"


@pytest.mark.parametrize(
    ("domain", "low", "high"),
    [
        (Interval(), -4.0, 4.0),
        (Interval(10.0), 9.4, 14.0),
        (Interval(high=-10.0), -14.0, -9.4),
        (Interval(10.0, 11.0), 9.4, 11.6),
    ],
)
def test_a_plot_shows_the_ends_of_the_domain(domain, low, high):
    doubled = Operation("doubled", 1, lambda m, x: 2 * x, (lambda m, o, x: 2,), (domain,), ())
    (part,) = slices(doubled)
    assert (part.low, part.high) == (low, high)
    picture = plots.plot(part)
    assert picture.count('class="outside"') == len(part.ends)
    assert picture.count("<polyline") == 2
    assert 3 <= picture.count('text-anchor="middle"') <= 6


@pytest.mark.parametrize("part", SLICES, ids=lambda part: part.written)
def test_curves_are_the_value_and_its_slope(part):
    """The mean value theorem: from sample to sample the value rises as steeply as its slopes say."""
    drawn = [point for piece in lines(part) for point in piece]
    assert len(drawn) > 40
    for x, y in drawn:
        assert y == part.value(x)
    for (x0, y0), (x1, y1) in (pair for piece in lines(part) for pair in pairwise(piece)):
        slopes = [part.derivative(x) for x in (x0, (x0 + x1) / 2, x1)]
        rise = (y1 - y0) / (x1 - x0)
        if x1 - x0 > 1e-3 and abs(y0) < 20 and not any(map(math.isnan, slopes)):
            assert min(slopes) - 0.02 <= rise <= max(slopes) + 0.02


@pytest.mark.parametrize(
    ("symbol", "along", "kind", "at"),
    [
        ("/", 1, "value", 0.0),
        ("tan", 0, "value", math.pi / 2),
        ("sign", 0, "value", 0.0),
        ("floor", 0, "value", 1.0),
        ("%", 0, "value", 1.5),
        ("abs", 0, "slope", 0.0),
        ("relu", 0, "slope", 0.0),
        ("maximum", 0, "slope", 1.0),
        ("clamp", 0, "slope", -1.0),
    ],
)
def test_no_line_is_drawn_across_a_jump_or_a_pole(symbol, along, kind, at):
    part = the_slice(symbol, along)
    for piece in lines(part, kind):
        assert not piece[0][0] < at - 1e-6 < at + 1e-6 < piece[-1][0]


@pytest.mark.parametrize(("symbol", "slope"), [("abs", 0.0), ("relu", 0.0), ("sign", 0.0), ("elu", 1.0)])
def test_the_slope_at_a_kink_is_drawn(symbol, slope):
    assert (0.0, slope) in [point for piece in lines(the_slice(symbol), "slope") for point in piece]


def test_a_slope_apart_from_both_sides_is_a_dot():
    picture = plots.plot(the_slice("abs"))
    assert picture.count('<circle class="slope"') == 1
    assert '<circle class="value"' not in picture


def test_continuous_curves_are_one_piece():
    for symbol in ("exp", "tanh", "cbrt", "relu", "abs", "sqrt", "asin", "atanh", "gelu"):
        assert len(lines(the_slice(symbol))) == 1, symbol


def test_nothing_is_drawn_where_the_value_is_nan():
    part = the_slice("log")
    assert part.low < 0
    assert all(x > 0 for kind in ("value", "slope") for piece in lines(part, kind) for x, _ in piece)
    assert 'class="outside"' in plots.plot(part)
    assert 'class="outside"' not in plots.plot(the_slice("exp"))


@pytest.mark.parametrize("part", SLICES, ids=lambda part: part.written)
def test_pictures_are_small_described_and_without_colors_of_their_own(part):
    text = plots.plot(part)
    figure = ET.fromstring(text)
    svg, caption = figure
    assert "\n" not in text
    assert len(text) < 8_000
    assert svg.get("role") == "img"
    assert svg.get("aria-label") == plots.described(part)
    assert "nan" not in "".join(text.split("aria-label")[0])
    assert [span.get("class") for span in caption] == ["value", "slope"]
    assert caption[0].text == part.written
    assert "style" not in text
    assert "#" not in text
    for line in svg.iter("polyline"):
        places = [tuple(map(float, place.split(","))) for place in line.get("points").split()]
        assert all(plots.LEFT <= x <= plots.RIGHT for x, _ in places)
        assert all(x0 <= x1 for (x0, _), (x1, _) in pairwise(places))


def test_a_description_says_the_numbers():
    assert plots.described(the_slice("asin")) == (
        "Plot of asin(x) for x from -1.6 to 1.6. At -1, 0 and 1 the value is -1.57, 0 and 1.57, "
        "and the derivative is inf, 1 and inf."
    )


def test_anchors_are_different_and_can_stand_in_an_address():
    anchors = [anchor(operation) for operation in OPS.values()]
    assert len(set(anchors)) == len(OPS)
    assert "operation-plus-sign" in anchors
    assert "operation-leaky-relu" in anchors
    assert all(set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789-") for name in anchors)
