"""Simplification keeps every number, and leaves out what is not needed."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.compile import capture
from nanograd.compile._analysis import analyze
from nanograd.compile._simplify import simplify
from nanograd.engine import FLOATS, ScalarValue, prod, softmax

NUMBERS = st.one_of(
    st.floats(-3, 3), st.sampled_from([0.0, -0.0, math.inf, -math.inf, math.nan, 1e308, 5e-324])
)


def rows(root, *leaves):
    return str(simplify(capture(root, inputs=leaves))).splitlines()


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda x: x * 1, 1),
        (lambda x: 1.0 * x, 1),
        (lambda x: x - 0, 1),
        (lambda x: x / 1, 1),
        (lambda x: x**1, 1),
        (lambda x: -(0.0 * x), 4),
        (lambda x: (-x).__neg__(), 1),
        (lambda x: x * (ScalarValue(2.0) + 3), 3),
        (lambda x: x**2, 2),
        (lambda x: x.exp() * x.exp(), 3),
        (lambda x: (x * 2) * (2 * x), 4),
        (lambda x: x * 2 + 2.0 * x, 4),
        (lambda x: 0 * x, 3),
        (lambda x: x + 0, 3),
        (lambda x: x * -1, 3),
    ],
    ids=range(15),
)
def test_what_is_left_of_an_expression(build, expected):
    x = ScalarValue(3.0)
    assert len(rows(build(x), x)) == expected


def test_a_product_of_many_becomes_a_chain():
    x = [ScalarValue(number) for number in (2.0, 3.0, 4.0)]
    assert rows(prod(x), *x)[-2:] == ["3  *        0 1", "4  *        3 2"]


def test_dead_values_and_unused_constants_are_left_out():
    x = ScalarValue(3.0)
    program = simplify(capture((x * 2) * 1 + (ScalarValue(4.0) * 5.0) * 0.0 * 1, inputs=[x]))
    assert program.constants == (2, 0.0)
    assert [operation.symbol for operation in program.operations] == ["*", "+"]


def test_labels_and_scopes_stay_with_their_values():
    from nanograd.engine import scope

    x = ScalarValue(3.0, label="x")
    with scope("layer"):
        y = x.exp()
    y.label = "y"
    program = simplify(capture(y * 1, inputs=[x]))
    assert program.labels == ("x", "y")
    assert [str(each) for each in program.scopes] == ["None", "layer"]


@given(NUMBERS, NUMBERS)
def test_every_number_stays_as_it_is(a, b):
    x, y = ScalarValue(a), ScalarValue(b)
    root = ((-x).__neg__() * 1 - 0) * y / 1 + 0 * x + (x - y) ** 1 * (ScalarValue(2.0) + 1) + x
    captured = capture(root, inputs=[x, y])
    expected = captured.run(FLOATS, [], [a, b])[-1]
    found = simplify(captured).run(FLOATS, [], [a, b])[-1]
    assert repr(found) == repr(expected)


def test_sums_of_one_term_are_dropped_unless_others_of_their_class_have_more():
    x = [ScalarValue(float(number)) for number in range(4)]
    alone = analyze(capture(sum([sum([value]) * 2 for value in x]), inputs=x))
    assert [len(members) for members in alone.classes.members[3:]] == [1]
    some = analyze(capture(sum([sum([v.exp() for v in x[: i + 1]]) ** 3 for i in range(4)]), inputs=x))
    assert [len(members) for members in some.classes.members[3:]] == [4, 4, 4, 1]


def test_equal_sums_are_computed_once():
    x = [ScalarValue(float(number)) for number in range(1, 4)]
    powers = [value.exp() for value in x]
    shares = [power / sum(powers) for power in powers]
    analysis = analyze(capture(sum(share * share for share in shares), inputs=x))
    assert [len(members) for members in analysis.classes.members[3:]] == [3, 1, 3, 1]


def test_the_shift_of_a_softmax_is_left_out():
    x = [ScalarValue(5.0), ScalarValue(7.0)]  # large enough for the engine to subtract the largest
    program = simplify(capture(softmax(x)[0], inputs=x))
    assert [operation.symbol for operation in program.operations] == ["logsumexp", "softmax"]
    assert program.run(FLOATS, [], [5.0, 7.0])[-1] == pytest.approx(softmax([5.0, 7.0])[0], rel=1e-14)
