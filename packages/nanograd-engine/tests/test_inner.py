"""dot and inner: fast, and the same to the last bit as the row of the table."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import (
    OPS,
    ArgumentError,
    NumberTypeError,
    ScalarValue,
    ShapeError,
    dot,
    inner,
    no_grad,
    scope,
)
from nanograd.engine._value import record

NUMBERS = st.one_of(
    st.floats(allow_nan=False),
    st.integers(-(10**400), 10**400),
    st.fractions(max_denominator=100),
)


@st.composite
def operands(draw):
    """Two vectors of one length, whose elements are leaves, constants and plain numbers."""
    kinds = st.sampled_from([ScalarValue, lambda x: ScalarValue(x, requires_grad=False), lambda x: x])
    pairs = draw(st.lists(st.tuples(NUMBERS, NUMBERS), min_size=1, max_size=5))
    return tuple([draw(kinds)(number) for number in vector] for vector in zip(*pairs, strict=True))


def same(one, other):
    return (one == other or (one != one and other != other)) and type(one) is type(other)


@given(operands())
def test_dot_is_the_row_of_the_table(vectors):
    x, y = vectors
    result = dot(x, y)
    values = [operand for operand in (*x, *y) if isinstance(operand, ScalarValue)]
    if not values:
        numbers = OPS["dot"].evaluate(*x, *y)
        assert same(result, numbers)
        return
    expected = record(OPS["dot"], *x, *y)
    assert same(result.data, expected.data)
    assert result.op is expected.op
    assert [child.data for child in result.children] == [child.data for child in expected.children]
    for ours, theirs in zip(result.local_derivatives, expected.local_derivatives, strict=True):
        assert (ours is None) == (theirs is None)
        assert ours is None or same(ours, theirs)


def test_inner_is_every_dot():
    x = [[ScalarValue(1.0), ScalarValue(2.0)], [ScalarValue(3.0), 4.0], [5.0, 6.0]]
    y = [[ScalarValue(0.5), -1.0], [7.0, 8.0]]
    results = inner(x, y)
    for row, left in zip(results, x, strict=True):
        for result, right in zip(row, y, strict=True):
            expected = dot(left, right)
            assert type(result) is type(expected)
            assert result == expected
            if isinstance(result, ScalarValue):
                assert [c.data for c in result.children] == [c.data for c in expected.children]
                assert result.local_derivatives == expected.local_derivatives


def test_gradients_flow_to_both_sides():
    w, x, other = ScalarValue(2.0), ScalarValue(3.0), ScalarValue(5.0)
    [[first], [second]] = inner([[w, 1.0], [w, other]], [[x, 10.0]])
    (first + second).backward()
    assert (w.grad, x.grad, other.grad) == (6.0, 4.0, 10.0)


def test_one_value_on_both_sides():
    x = ScalarValue(3.0)
    square = dot([x, x], [x, x])
    square.backward()
    assert (square.data, x.grad) == (18.0, 12.0)


def test_constants_alone_need_no_gradient():
    result = dot([ScalarValue(2.0, requires_grad=False)], [3.0])
    assert result.data == 6.0
    assert not result.requires_grad
    assert result.local_derivatives == (None, None)


def test_nothing_is_recorded_under_no_grad():
    with no_grad():
        [[result]] = inner([[ScalarValue(2.0)]], [[ScalarValue(3.0)]])
    assert (result.data, result.children, result.requires_grad) == (6.0, (), False)


def test_the_nodes_carry_the_scope():
    with scope("layer", kind="Linear") as here:
        [[result]] = inner([[ScalarValue(2.0)]], [[3.0]])
    assert result.scope is here


def test_edges():
    assert math.isnan(dot([ScalarValue(math.inf), 1.0], [0.0, 1.0]).data)
    assert math.copysign(1.0, dot([ScalarValue(-0.0)], [1.0]).data) == -1.0
    assert dot([ScalarValue(10**400)], [2]).data == 2 * 10**400
    assert dot([ScalarValue(10**400)], [0.5]).data == math.inf
    exact = dot([ScalarValue(Fraction(1, 3)), 1], [Fraction(1, 2), 1])
    assert exact.data == Fraction(7, 6)
    assert inner(np.array([[1.0, 2.0]]), [[ScalarValue(3.0), 4.0]])[0][0].data == 11.0
    assert inner([], []) == []
    assert inner([[1.0]], []) == [[]]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: dot([1.0], [1.0, 2.0]), ShapeError, r"dot\(x, y\) takes .* got 1 and 2 values"),
        (lambda: dot([], []), ArgumentError, r"dot\(x, y\) needs vectors of at least one value"),
        (lambda: dot([1.0], ["a"]), NumberTypeError, r"dot\(x, y\).*'a'"),
        (
            lambda: inner([[1.0, 2.0]], [[1.0, 2.0], [1.0]]),
            ShapeError,
            r"x\[0\] has 2 values and y\[1\] has 1",
        ),
        (lambda: inner([[1.0, 2.0], [1.0]], []), ShapeError, r"x\[0\] has 2 values and x\[1\] has 1"),
        (lambda: inner([], [[1.0], [1.0, 2.0]]), ShapeError, r"y\[0\] has 1 values and y\[1\] has 2"),
        (lambda: inner([[]], [[]]), ArgumentError, r"inner\(x, y\) needs vectors of at least one value"),
        (
            lambda: inner([1.0], [[2.0]]),
            NumberTypeError,
            r"inner\(x, y\).*such as lists, and x\[0\].*1\.0",
        ),
        (lambda: inner([[None]], [[2.0]]), NumberTypeError, r"inner\(x, y\).*None"),
    ],
    ids=["sizes", "empty", "text", "y", "x", "y alone", "empty rows", "flat", "None"],
)
def test_errors_say_what_is_wrong(call, error, message):
    with pytest.raises(error, match=message):
        call()
