"""check_backward passes right rules however they are written, and names the mistake in wrong ones."""

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import (
    OPS,
    ArgumentError,
    NanogradError,
    NumberTypeError,
    ScalarValue,
    exp,
    log,
    relu,
    sigmoid,
    sin,
    sqrt,
    tanh,
)
from nanograd.engine.testing import CheckFailedError, check_backward


def product(x, y):
    return x * y


def inside(x):
    return (x**2 + 1) ** 3


def neuron(x, w, b):
    return tanh(x * w + b)


NEURON_POINTS = [[0.5, 1.2, 0.25], [-1.0, 0.5, 0.9], [1.5, -0.5, 0.4]]


def failure(forward, backward, inputs=None):
    with pytest.raises(CheckFailedError) as caught:
        check_backward(forward, backward, inputs)
    return caught.value


# ---- right rules


@pytest.mark.parametrize(
    ("forward", "backward"),
    [
        pytest.param(product, lambda g, x, y: (g * y, g * x), id="a tuple"),
        pytest.param(product, lambda g, x, y: [g * y, g * x], id="a list"),
        pytest.param(product, lambda g, x, y: (g * other for other in (y, x)), id="a generator"),
        pytest.param(product, lambda g, x, y: np.array([g * y, g * x]), id="an array"),
        pytest.param(product, lambda g, x, y: (ScalarValue(g) * y, x * ScalarValue(g)), id="ScalarValues"),
        pytest.param(lambda x: x * x, lambda g, x: 2 * x * g, id="a number"),
        pytest.param(lambda x: x * x, lambda g, x: (g * x + g * x,), id="a tuple of one"),
        pytest.param(lambda x: x * x, lambda g, x: Fraction(g) * 2 * Fraction(x), id="a fraction"),
        pytest.param(lambda x: math.tanh(x), lambda g, x: g / math.cosh(x) ** 2, id="math"),
        pytest.param(lambda x: x.tanh(), lambda g, x: g * (1 - tanh(x)) * (1 + tanh(x)), id="a method"),
        pytest.param(inside, lambda g, x: g * (6 * x**5 + 12 * x**3 + 6 * x), id="multiplied out"),
        pytest.param(lambda x, y: x / y, lambda g, x, y: (g / y, -g * x / y / y), id="a quotient"),
        pytest.param(lambda x, y: x**y, lambda g, x, y: (g * y * x**y / x, g * x**y * log(x)), id="a power"),
        pytest.param(log, lambda g, x: g / x, id="log, half of the points outside"),
        pytest.param(relu, lambda g, x: g if x > 0 else 0, id="relu"),
        pytest.param(lambda x, y: x + 0 * y, lambda g, x, y: (g, 0), id="a derivative that is 0"),
    ],
)
def test_right_rules_pass(forward, backward):
    assert "right at" in repr(check_backward(forward, backward))


@pytest.mark.parametrize(
    "op", [op for op in OPS.values() if op.arity in {1, 2, 3} and op.symbol != "round"], ids=str
)
def test_every_row_of_the_table_passes(op):
    arguments = ["x", "y", "z"][: op.arity]
    forward = eval(
        f"lambda {', '.join(arguments)}: run({', '.join(arguments)})", {"run": lambda *a: run(op, *a)}
    )

    def backward(gradient, *numbers):
        return [gradient * slope for slope in op.partials_at(op.evaluate(*numbers), *numbers)]

    inside = [1.25 if op.symbol == "acosh" else 0.3, 0.7, 2.5][: op.arity]
    assert check_backward(forward, backward, [inside]).check == "check_backward"


def run(op, *values):
    return op.evaluate(*[value.data for value in values])


def test_a_result_says_what_was_checked():
    result = check_backward(product, lambda g, x, y: (g * y, g * x), [[2.0, 3.0]])
    assert (result.check, result.found) == ("check_backward", "2 derivatives are right at 1 input")
    assert repr(result) == "check_backward: 2 derivatives are right at 1 input"


def test_at_a_single_input_too_the_gradient_may_not_be_forgotten():
    assert "`gradient` is forgotten" in failure(product, lambda g, x, y: (y, x), [[2.0, 3.0]]).hint
    assert "`gradient` is forgotten" in failure(log, lambda g, x: 1 / x, [[2.0], [-3.0]]).hint


def test_points_outside_of_the_domain_are_left_out():
    assert check_backward(sqrt, lambda g, x: g / 2 / sqrt(x)).found == "1 derivative is right at 3 inputs"


def test_a_kink_is_left_out():
    assert check_backward(abs, lambda g, x: g, [0.0, 1.0]).found == "1 derivative is right at 1 input"


def test_any_number_of_arguments_with_inputs():
    result = check_backward(lambda *xs: sum(xs), lambda g, *xs: [g] * len(xs), [[1.0, 2.0, 3.0, 4.0]])
    assert result.found == "4 derivatives are right at 1 input"


def test_more_arguments_than_points_have_numbers():
    def many(a, b, c, d, e, f, g, h):
        return a + b + c + d + e + f + g * h

    assert check_backward(many, lambda u, *x: [u] * 6 + [u * x[7], u * x[6]]).found.startswith(
        "8 derivatives"
    )


# ---- wrong rules, and the mistake that each looks like

MISTAKES = {
    "sign": (lambda x: x * x, lambda g, x: -2 * x * g, "wrong sign"),
    "sign of one": (lambda x, y: x - y, lambda g, x, y: (g, g), "wrong sign"),
    "no gradient": (lambda x: x * x, lambda g, x: 2 * x, "`gradient` is forgotten"),
    "no gradient, two": (product, lambda g, x, y: (y, x), "`gradient` is forgotten"),
    "gradient added": (lambda x: x * x, lambda g, x: 2 * x + g, "`gradient` is added"),
    "gradient twice": (lambda x: x * x, lambda g, x: 2 * x * g * g, "multiplied by `gradient` twice"),
    "gradient divides": (lambda x: x * x, lambda g, x: 2 * x / g, "divided by `gradient`"),
    "passed on": (lambda x: x * x, lambda g, x: g, "passed on as it is"),
    "swapped": (product, lambda g, x, y: (g * x, g * y), "gradients of x and y are swapped"),
    "swapped, no gradient": (
        product,
        lambda g, x, y: (x, y),
        "what belongs to x is returned for y. And `gradient` is forgotten: multiply by it too.",
    ),
    "one twice": (product, lambda g, x, y: (g * x, g * x), "It is the gradient of y, returned for x."),
    "the other twice": (product, lambda g, x, y: (g * y, g * y), "It is the gradient of x, returned for y."),
    "a sum's rule": (
        product,
        lambda g, x, y: (g, g),
        "as a sum does. Multiply it by the derivative by its argument.",
    ),
    "constants": (product, lambda g, x, y: (0, 0), "0 at every input: its argument is treated as a constant"),
    "gradient last": (
        lambda x, y: x / y,
        lambda x, y, g: (g / y, -g * x / y**2),
        "expects its arguments in another order: `gradient` comes first, then x, y.",
    ),
    "gradient in the middle": (product, lambda x, g, y: (g * y, g * x), "`gradient` comes first, then x, y."),
    "gradient last, of one": (
        inside,
        lambda x, g: g * 6 * x * (x**2 + 1) ** 2,
        "`gradient` comes first, then x.",
    ),
    "swapped of three": (
        lambda x, y, z: x * y + z,
        lambda g, x, y, z: (g * x, g * y, g),
        "gradients of x and y are swapped",
    ),
    "reversed": (
        lambda x, y, z, w: x + 2 * y + 3 * z + 4 * w,
        lambda g, *_: (4 * g, 3 * g, 2 * g, g),
        "reverse order",
    ),
    "half": (lambda x: x * x, lambda g, x: x * g, "a factor 2 is missing"),
    "double": (lambda x: x * x / 2, lambda g, x: 2 * x * g, "a factor 2 too many"),
    "factor 3": (lambda x: x**3, lambda g, x: x**2 * g,
                 "It is 1/3 of what it should be at every input: a factor 3 is missing."),
    "factor 3 too many": (lambda x: x**3, lambda g, x: 9 * x**2 * g,
                          "It is 3 times what it should be at every input: a factor 3 too many."),
    "some other factor": (lambda x: x**3, lambda g, x: 2 * x**2 * g, "0.666667 times what it should be"),
    "exponent kept": (inside, lambda g, x: g * 3 * (x**2 + 1) ** 3 * 2 * x,
                      "An exponent is one too high: the derivative of u**3 is 3 * u**2."),
    "exponent lowered twice": (inside, lambda g, x: g * 3 * (x**2 + 1) * 2 * x,
                               "An exponent is one too low: the derivative of u**3 is 3 * u**2."),
    "exponent of a square": (lambda x: (x**2 + 1) ** 2, lambda g, x: g * 2 * 2 * x,
                             "An exponent is one too low: the derivative of u**2 is 2 * u."),
    "outside at x": (inside, lambda g, x: g * 3 * x**2 * 2 * x,
                     "The derivative of u**3 is taken at x: take it at the inside, u."),
    "inside added": (inside, lambda g, x: g * (3 * (x**2 + 1) ** 2 + 2 * x),
                     "2 * x is added; the chain rule multiplies"),
    "inside added, no gradient": (inside, lambda g, x: g * 3 * (x**2 + 1) ** 2 + 2 * x,
                                  "2 * x is added; the chain rule multiplies"),
    "result": (lambda x: x**3, lambda g, x: g * x**3, "the result of the operation"),
    "result alone": (lambda x: x**3, lambda g, x: x**3, "the result of the operation"),
    "zero": (product, lambda g, x, y: (0.0, g * x), "x is treated as a constant"),
    "upside down": (lambda x: x**3, lambda g, x: g / (3 * x**2), "upside down"),
    "inside, 2 x": (inside, lambda g, x: g * 3 * (x**2 + 1) ** 2, "multiplied by 2 * x: a factor is missing"),
    "inside, cos": (lambda x: exp(sin(x)), lambda g, x: g * exp(sin(x)), "the result of the operation"),
    "inside, y": (lambda x, y: sin(x * y), lambda g, x, y: (g * math.cos(x * y), g * x * math.cos(x * y)),
                  "multiplied by y: a factor is missing, such as the derivative of the inside"),
    "at the result": (sin, lambda g, x: g * math.cos(math.sin(x)), "derivative at the result"),
    "formula for the result": (tanh, lambda g, x: g * (1 - x**2), "takes the result of the operation"),
    "formula of sigmoid": (sigmoid, lambda g, x: g * x * (1 - x), "takes the result of the operation"),
    "once too often": (lambda x: x**3, lambda g, x: g * 3 * x**3, "multiplied by x once too often"),
    "no factor, no gradient": (lambda x: x**3, lambda g, x: 3 * x, "And `gradient` is forgotten"),
    "whole": (lambda x: x / 3, lambda g, x: g // 3, "`//` rounds down"),
    "whole, of a quotient": (lambda x, y: x / y, lambda g, x, y: (g // y, -g * x / y**2), "`//` rounds down"),
    "slope whole": (lambda x: 2.5 * x, lambda g, x: g * (5 // 2), "`//` rounds down"),
    "constant": (lambda x: x**2, lambda g, x: 3 * g, "same number at every input"),
    "term": (lambda x: x**2 + 5 * x, lambda g, x: g * 2 * x, "-5 more than it should be"),
    "negative": (relu, lambda g, x: g, "right where x is positive, and wrong where it is not"),
    "positive": (abs, lambda g, x: -g, "right where x is negative, and wrong where it is positive"),
    "independent": (lambda x, y: x + 0 * y, lambda g, x, y: (g, g), "does not depend on y"),
    "not finite": (lambda x: x**2, lambda g, x: math.nan, "not a finite number"),
    "different ones": (product, lambda g, x, y: (-g * y, 0.0), "wrong sign at every input. y: It is 0"),
    "no usual one": (lambda x: x**2, lambda g, x: g * math.atan(x) + 7 * x**5, "none of the usual mistakes"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gets_its_own_hint(mistake):
    forward, backward, hint = MISTAKES[mistake]
    assert hint in failure(forward, backward).hint


@pytest.mark.parametrize(
    ("backward", "hint"),
    [
        (
            lambda g, x, w, b: (g * w, g * x, g),
            "multiplied by (1 - result**2): a factor is missing",
        ),
        (
            lambda g, x, w, b: [g * (1 - (x * w + b) ** 2) * slope for slope in (w, x, 1)],
            "all wrong by the same factor",
        ),
    ],
    ids=["no slope of tanh", "slope of tanh at the sum"],
)
def test_what_all_gradients_lack_is_said_once(backward, hint):
    assert hint in failure(neuron, backward, NEURON_POINTS).hint


def test_large_inputs_get_a_hint_too():
    error = failure(lambda x: 3 * x, lambda g, x: g * x**0.3, [[1e100], [3e120]])
    assert "none of the usual mistakes" in error.hint


def test_what_is_right_at_a_single_input_by_chance_gives_no_hint():
    def backward(g, x, y):  # right where y = 2 * x, which is one of the inputs, and the only y below 0
        return g / y, g * (x - y) / y**2

    assert "right where" not in failure(lambda x, y: x / y, backward).hint


@given(st.floats(0.2, 3.0), st.floats(-3.0, -0.2))
def test_a_hint_holds_at_whatever_inputs(x, y):
    assert "swapped" in failure(product, lambda g, x, y: (g * x, g * y), [[x, y], [1.5, 0.5]]).hint
    assert "wrong sign" in failure(lambda x: x**3, lambda g, x: -3 * x * x * g, [[x], [y]]).hint


def test_a_failure_says_where_and_what():
    error = failure(product, lambda g, x, y: (g * x, g * y))
    assert error.check == "check_backward"
    assert error.problem == "the gradient of x is wrong"
    assert (error.at, error.expected, error.got) == ("x = 2, y = 3, gradient = 1", "3", "2")
    assert isinstance(error, NanogradError)
    assert isinstance(error, AssertionError)
    assert str(error) == (
        "check_backward: the gradient of x is wrong\n"
        "at:       x = 2, y = 3, gradient = 1\n"
        "expected: 3\n"
        "got:      2\n"
        "hint:     The gradients of x and y are swapped: what belongs to x is returned for y."
    )


# ---- what is no rule at all


@pytest.mark.parametrize(
    ("backward", "got", "hint"),
    [
        (lambda g, x, y: None, "None", "A function without a return statement gives None."),
        (lambda g, x, y: g * y, "float: 3.0", "Return the gradient of each argument"),
        (lambda g, x, y: (g, g, g), "tuple: (1.0, 1.0, 1.0)", "Return the gradient of each argument"),
        (lambda g, x, y: "ab", "str: 'ab'", "Return the gradient of each argument"),
        (lambda g, x, y: ("a", g), "tuple: ('a', 1.0)", "Each of them has to be a number."),
        (lambda g, x, y: (g * y, None), "tuple: (3.0, None)", "Each of them has to be a number."),
        (lambda g, x, y: {"x": g * y, "y": g * x}, "dict: {'x': 3.0, 'y': 2.0}", "order of the arguments"),
        (lambda g, x, y: {g}, "set: {1.0}", "order of the arguments"),
    ],
    ids=[
        "None",
        "one number",
        "three",
        "a string",
        "a string in a tuple",
        "None in a tuple",
        "a dict",
        "a set",
    ],
)
def test_what_is_not_a_gradient_for_each_argument_is_named(backward, got, hint):
    error = failure(product, backward)
    assert error.problem == "it does not return a gradient for each argument"
    assert error.expected == "2 numbers: the gradient of x, y"
    assert error.got == got
    assert hint in error.hint


def test_none_for_one_argument_is_named():
    assert failure(sin, lambda g, x: None).hint == "A function without a return statement gives None."


def test_two_numbers_for_one_argument_are_refused():
    assert failure(sin, lambda g, x: (g, x)).hint == "Return one number: the gradient of x."


def test_wrong_inputs_are_refused():
    right = lambda g, x, y: (g * y, g * x)  # noqa: E731
    with pytest.raises(
        ArgumentError, match=r"check_backward\(inputs\[1\]\) has 1 numbers, and forward takes 2"
    ):
        check_backward(product, right, [[1.0, 2.0], [1.0]])
    with pytest.raises(ArgumentError, match=r"inputs=\[\]\) has no inputs"):
        check_backward(product, right, [])
    with pytest.raises(
        NumberTypeError, match=r"check_backward\(inputs\[0\]\) takes a real number and got str"
    ):
        check_backward(product, right, [["1", 2.0]])
    with pytest.raises(ArgumentError, match=r"check_backward\(forward\) takes a function and got int: 3"):
        check_backward(3, right)
    with pytest.raises(ArgumentError, match=r"does not tell how many\. Wrap it in a lambda"):
        check_backward(lambda: 1.0, right)
    message = "check_backward(forward) takes a function that returns one number, and this one returned {}. {}"
    with pytest.raises(NumberTypeError) as caught:
        check_backward(lambda x: None, lambda g, x: g)
    assert str(caught.value) == message.format("None", "A function without a return statement gives None.")
    with pytest.raises(NumberTypeError) as caught:
        check_backward(right, product)
    assert str(caught.value) == message.format(
        "tuple: (ScalarValue(data=1.0), ScalarValue(data=6.0))",
        "If it computes derivatives, it belongs in the second place.",
    )
    with pytest.raises(NumberTypeError) as caught:
        check_backward(lambda x: "1", lambda g, x: g)
    assert str(caught.value) == message.format("str: '1'", "").rstrip()


def test_a_function_without_derivatives_is_refused():
    with pytest.raises(
        ArgumentError, match=r"check_backward\(forward\) has no derivative at any of 1 inputs.*Give points"
    ):
        check_backward(log, lambda g, x: g / x, [-1.0])
    with pytest.raises(ArgumentError, match=r"The last try: ValueError: (math domain error|expected a )"):
        check_backward(math.log, lambda g, x: g / x, [-1.0])
