"""Minima, maxima and inflections are found and named rightly; that they are all is said only if sure."""

import math

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue
from nanograd.symbolic import critical_points


def found(function, interval, **options):
    x = ScalarValue(0.75, label="x")
    return critical_points(function(x), x, interval, **options)


def summary(points):
    return [(point.kind, pytest.approx(point.x, abs=1e-9)) for point in points]


@given(st.lists(st.integers(-8, 8), min_size=1, max_size=4))
def test_polynomials_are_solved(roots):
    slope = sympy.Integer(1)
    t = sympy.Symbol("t")
    for root in roots:
        slope *= t - sympy.Rational(root, 2)
    coefficients = sympy.Poly(sympy.integrate(slope, t), t).all_coeffs()

    def horner(x):
        value = 0 * x
        for coefficient in coefficients:
            value = value * x + float(coefficient)
        return value

    points = found(horner, (-5, 5))
    assert points.is_complete
    # Coefficients such as 1/3 are rounded, and a double root may then be two or none.
    simple = [root / 2 for root in set(roots) if roots.count(root) == 1]
    for root in simple:
        assert any(abs(point.x - root) < 1e-6 and point.kind != "inflection" for point in points)


def test_exact_roots_are_shown():
    points = found(lambda x: x**3 / 3 - 2 * x, (-3, 3))
    assert summary(points) == [("maximum", -math.sqrt(2)), ("minimum", math.sqrt(2))]
    quartic = found(lambda x: x**4 - 4 * x**2, (-3, 3))
    assert [point.exact for point in quartic] == [-sympy.sqrt(2), 0, sympy.sqrt(2)]


def test_a_point_where_the_slope_only_touches_0_is_an_inflection():
    assert summary(found(lambda x: x**3, (-1, 2))) == [("inflection", 0.0)]
    (point,) = found(lambda x: x - x.sin(), (-3.3, 4))
    # The slope is x**2 / 2 there, which is 0 to a float's precision for half of its digits.
    assert (point.kind, point.x) == ("inflection", pytest.approx(0.0, abs=1e-6))


def test_poles_are_no_critical_points():
    points = found(lambda x: 1 / x + x, (-3, 3))
    assert summary(points) == [("maximum", -1.0), ("minimum", 1.0)]
    assert len(found(lambda x: 1 / (x * x), (-1.1, 2))) == 0
    assert len(found(lambda x: 1 / x.sin() ** 2, (0.1, 1.5))) == 0
    assert len(found(lambda x: (x * x).log() * -1, (-1, 1.1))) == 0


def test_other_functions_are_searched():
    points = found(lambda x: x.sin(), (0.1, 10))
    expected = [("maximum", math.pi / 2), ("minimum", 3 * math.pi / 2), ("maximum", 5 * math.pi / 2)]
    assert summary(points) == expected
    assert [point.x for point in points] == [math.pi / 2, 3 * math.pi / 2, 5 * math.pi / 2]
    assert not points.is_complete
    assert points.samples == 1000
    assert "maybe not all" in str(points)


def test_kinks_are_found_and_said_to_be_kinks():
    points = found(lambda x: abs(x - 0.3) + 0.25 * x, (-1, 1))
    assert summary(points) == [("minimum", 0.3)]
    assert not points[0].is_smooth
    assert str(points).endswith("a kink")
    on_a_sample = found(lambda x: abs(x), (-1, 1), samples=1001)
    assert (summary(on_a_sample), on_a_sample[0].is_smooth) == ([("minimum", 0.0)], False)


def test_flat_stretches_are_intervals():
    points = found(lambda x: x.relu(), (-2, 1))
    assert [(point.kind, point.x) for point in points] == [("flat", -2.0)]
    assert points[0].until == pytest.approx(0.0, abs=1e-9)
    assert "flat at x from -2 to" in str(points)


def test_a_jump_of_the_slope_without_a_change_of_sign_is_none():
    assert len(found(lambda x: x + x.relu(), (-1, 1))) == 0


def test_only_points_inside_are_given():
    assert len(found(lambda x: x * x, (1, 2))) == 0
    assert len(found(lambda x: x.cos() * 1.0, (0.5, 2))) == 0


def test_other_leaves_are_constants():
    x, w = ScalarValue(0.5, label="x"), ScalarValue(3.0, label="w")
    assert summary(critical_points(x * x - 2 * w * x, x, (0, 5))) == [("minimum", 3.0)]


@pytest.mark.parametrize("interval", [(1, 1), (2, 1), (0, math.inf), (math.nan, 1), 3, (1, 2, 3)])
def test_intervals_that_make_no_sense_are_refused(interval):
    with pytest.raises(ArgumentError, match=r"critical_points\(interval\) takes two"):
        found(lambda x: x * x, interval)


def test_other_wrong_arguments_are_refused():
    with pytest.raises(NumberTypeError, match=r"critical_points\(interval\) takes a real number"):
        found(lambda x: x * x, ("0", 1))
    with pytest.raises(ArgumentError, match=r"critical_points\(samples\)"):
        found(lambda x: x.sin(), (0, 1), samples=2)
    x = ScalarValue(1.0)
    with pytest.raises(ArgumentError, match="is no part of the graph"):
        critical_points(x * x, ScalarValue(1.0), (0, 1))
