from __future__ import annotations

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.viz._numerals import exact_numeral, numeral, short_numeral, value_range


def expected_only(parameter):
    """Name a case by its result: Python refuses to write out its longest numbers."""
    return parameter if isinstance(parameter, str) else type(parameter).__name__


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (5, "5.0000"),
        (5.0, "5.0000"),
        (-0.99614, "-0.9961"),
        (0.0, "0.0000"),
        (-0.0, "-0.0000"),
        (0.0001, "0.0001"),
        (0.00001, "1e-05"),
        (999_999.0, "999999.0000"),
        (1_000_000, "1e+06"),
        (1_234_567.0, "1.235e+06"),
        (1e20, "1e+20"),
        (-1e-300, "-1e-300"),
        (5e-324, "4.941e-324"),
        (math.inf, "inf"),
        (-math.inf, "-inf"),
        (math.nan, "nan"),
        (10**400, "1e+400"),
        (-12345 * 10**400, "-1.234e+404"),
        (10**5000, "1e+5000"),
        (Fraction(1, 3), "0.3333"),
        (Fraction(10**400, 3), "3.333e+399"),
        (Fraction(1, 3 * 10**400), "3.333e-401"),
    ],
    ids=expected_only,
)
def test_numbers_in_boxes(number, expected):
    assert numeral(number) == expected


@given(
    number=st.floats() | st.integers() | st.fractions() | st.integers(300, 6000).map(lambda n: 7**n),
    precision=st.integers(0, 17),
)
def test_any_number_stays_short_and_close(number, precision):
    text = numeral(number, precision)
    assert len(text) <= precision + 10
    if number == number and abs(number) < 1e300:
        assert math.isclose(
            float(text), number, rel_tol=0.5 if precision < 2 else 0.1, abs_tol=0.5 * 0.1**precision
        )


@pytest.mark.parametrize(
    ("number", "expected"),
    [(10, "10"), (0.5, "0.5"), (-3.0, "-3"), (100.0, "100"), (1e20, "1e+20"), (math.inf, "inf")],
)
def test_constants_have_no_zeros_at_the_end(number, expected):
    assert short_numeral(number) == expected


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (2, "2"),
        (0.1, "0.1"),
        (Fraction(1, 3), "1/3"),
        (10**20, "1" + "0" * 20),
        (10**5000 + 1, "1e+5000"),
        (Fraction(1, 10**5000), "1e-5000"),
    ],
    ids=expected_only,
)
def test_titles_hold_every_digit_that_fits(number, expected):
    assert exact_numeral(number) == expected


@pytest.mark.parametrize(
    ("numbers", "expected"),
    [
        ([1.0, -2, math.inf], "-2.0000 … inf"),
        ([0.5], "0.5000"),
        ([math.nan, math.nan], "2 nan"),
        ([math.nan, 1], "1.0000, 1 nan"),
        ([], ""),
    ],
)
def test_a_range_leaves_nan_aside(numbers, expected):
    assert value_range(numbers) == expected
