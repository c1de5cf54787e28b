"""A user's own operation is a row like any other."""

import pickle

import pytest
from nanograd.engine import (
    FLOATS,
    OPS,
    ArgumentError,
    Interval,
    NumberTypeError,
    ScalarValue,
    custom_op,
    grad,
)


@pytest.fixture
def cube():
    yield custom_op("cube", lambda m, x: x * x * x, [lambda m, o, x: 3 * x * x])
    del OPS["cube"]


def test_it_computes_and_differentiates_to_any_order(cube):
    x = ScalarValue(2.0)
    y = cube(x)
    assert (y.data, str(y.op), cube(3.0)) == (8.0, "cube", 27.0)
    (first,) = grad(y, x, create_graph=True)
    (second,) = grad(first, x, create_graph=True)
    assert (first.data, second.data, grad(second, x)) == (12.0, 12.0, (6.0,))
    assert OPS["cube"].evaluate(2.0) == 8.0


def test_it_survives_a_pickle(cube):
    copied = pickle.loads(pickle.dumps(cube(ScalarValue(2.0))))
    assert copied.op is OPS["cube"]


def test_it_takes_several_arguments():
    blend = custom_op(
        "blend",
        lambda m, x, y, t: x + t * (y - x),
        [lambda m, o, x, y, t: 1 - t, lambda m, o, x, y, t: t, lambda m, o, x, y, t: y - x],
        domain=[Interval(), Interval(), Interval(0.0, 1.0)],
    )
    x, t = ScalarValue(2.0), ScalarValue(0.25)
    result = blend(x, 6.0, t)
    assert (result.data, grad(result, [x, t])) == (3.0, (0.75, 4.0))
    assert str(OPS["blend"].domain[2]) == "0 ≤ x ≤ 1"
    with pytest.raises(ArgumentError, match=r"blend\(x, y, z\) takes 3 arguments and got 1"):
        blend(x)
    del OPS["blend"]


def test_it_may_be_defined_anew(cube):
    again = custom_op("cube", lambda m, x: m.power(x, 3), [lambda m, o, x: 3 * x * x])
    assert again(ScalarValue(2.0)).data == 8.0
    assert OPS["cube"].run(FLOATS, 2) == 8


def test_mistakes_are_refused():
    with pytest.raises(ArgumentError, match="the table has an operation 'tanh' already"):
        custom_op("tanh", lambda m, x: x, [lambda m, o, x: 1])
    with pytest.raises(ArgumentError, match="needs a partial derivative for each argument"):
        custom_op("nothing", lambda m: 1, [])
    with pytest.raises(ArgumentError, match=r"takes a name and got 3"):
        custom_op(3, lambda m, x: x, [lambda m, o, x: 1])
    with pytest.raises(ArgumentError, match="got 1 partial derivatives and 2 intervals"):
        custom_op("nothing", lambda m, x: x, [lambda m, o, x: 1], domain=[Interval(), Interval()])
    assert "nothing" not in OPS


def test_what_is_no_number_is_refused_with_the_name(cube):
    with pytest.raises(NumberTypeError, match=r"cube\(x\) takes a real number and got str"):
        cube("2")
