"""check_gradient passes right gradients, analytic and numeric, and names the mistake in wrong ones."""

import math

import numpy as np
import pytest
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, gradient, log, softmax
from nanograd.engine.testing import CheckFailedError, check_gradient


def squares(xs):
    return sum(x * x for x in xs)


def mean_square(xs):
    return sum(x * x for x in xs) / len(xs)


def weighted(xs):
    return sum((k + 1) * x**3 for k, x in enumerate(xs))


def cross_entropy(scores):
    return -log(softmax(scores)[1])


def numeric(f, xs, h=1e-5, span=2.0, sides=(1, -1)):
    slopes = []
    for i in range(len(xs)):
        above, below = list(xs), list(xs)
        above[i] += h * sides[0]
        below[i] += h * sides[1]
        slopes.append((f(above) - f(below)) / (span * h))
    return slopes


def failure(function, its_gradient, **options):
    with pytest.raises(CheckFailedError) as caught:
        check_gradient(function, its_gradient, **options)
    return caught.value


@pytest.mark.parametrize(
    ("function", "its_gradient"),
    [
        pytest.param(squares, lambda xs: [2 * x for x in xs], id="a formula"),
        pytest.param(squares, lambda xs: tuple(x + x for x in xs), id="a tuple"),
        pytest.param(squares, lambda xs: 2 * np.array(xs), id="an array"),
        pytest.param(squares, lambda xs: (2 * x for x in xs), id="a generator"),
        pytest.param(weighted, gradient(weighted), id="the engine's"),
        pytest.param(weighted, lambda xs: numeric(weighted, xs), id="differences to both sides"),
        pytest.param(weighted, lambda xs: numeric(weighted, xs, 1e-7, 1.0, (1, 0)), id="to one side"),
        pytest.param(cross_entropy, lambda s: [p - (k == 1) for k, p in enumerate(softmax(s))], id="softmax"),
        pytest.param(lambda xs: 3.0 + 0 * xs[0], lambda xs: [0] * len(xs), id="zeros"),
    ],
)
def test_right_gradients_pass(function, its_gradient):
    assert (
        repr(check_gradient(function, its_gradient)) == "check_gradient: 14 derivatives are right at 4 inputs"
    )


def test_inputs_can_be_given():
    result = check_gradient(lambda xs: xs[0] * xs[1], lambda xs: xs[::-1], [[1.0, 2.0]])
    assert result.found == "2 derivatives are right at 1 input"
    assert (
        check_gradient(lambda xs: 3 * xs[0], lambda xs: [3], [[1]]).found
        == "1 derivative is right at 1 input"
    )


MISTAKES = {
    "sign": (squares, lambda xs: [-2 * x for x in xs], "wrong sign"),
    "zeros": (squares, lambda xs: [0.0] * len(xs), "It is 0 at every input"),
    "double": (squares, lambda xs: numeric(squares, xs, span=1.0), "spans 2 * h, not h"),
    "half": (squares, lambda xs: list(xs), "spans h, not 2 * h"),
    "no mean": (mean_square, lambda xs: [2 * x for x in xs], "1 / n of a mean is missing"),
    "a mean": (squares, lambda xs: [2 * x / len(xs) for x in xs], "this function is no mean"),
    "reversed": (squares, lambda xs: [2 * x for x in reversed(xs)], "reverse order"),
    "right": (squares, lambda xs: [2 * x for x in [xs[-1], *xs[:-1]]], "too far to the right"),
    "left": (squares, lambda xs: [2 * x for x in [*xs[1:], xs[0]]], "too far to the left"),
    "itself": (weighted, lambda xs: list(xs), "the list itself"),
    "sums": (
        squares,
        lambda xs: [2 * sum(xs[: k + 1]) for k in range(len(xs))],
        "begin each derivative afresh",
    ),
    "one place": (cross_entropy, softmax, "number 1, where it is 1 too large at every input"),
    "one place, differently": (
        squares,
        lambda xs: [xs[0] ** 4, *(2 * x for x in xs[1:])],
        "one place, number 0:",
    ),
    "factor": (squares, lambda xs: [6 * x for x in xs], "3 times what it should be"),
    "term": (squares, lambda xs: [2 * x + 0.75 for x in xs], "Every derivative is 0.75 more"),
    "a third": (weighted, lambda xs: [(k + 1) * x**2 for k, x in enumerate(xs)], "a factor 3 is missing"),
    "no brackets": (
        squares,
        lambda xs: [slope * 1e-10 for slope in numeric(squares, xs)],
        "1e-10 times what it should be at every input. A difference is divided by (2 * h), with parentheses",
    ),
    "not divided": (
        squares,
        lambda xs: numeric(squares, xs, span=1e5),
        "divided by (2 * h), with parentheses",
    ),
    "too small a step": (weighted, lambda xs: numeric(weighted, xs, 1e-13), "h is too large or too small"),
    "no step": (weighted, lambda xs: numeric(weighted, xs, 1e-20), "or h is so small that x + h is x"),
    "all moved": (squares, lambda xs: [2 * sum(xs)] * len(xs), "moved at once: move one alone"),
    "nan": (squares, lambda xs: [math.nan] * len(xs), "not a finite number everywhere"),
    "inf": (squares, lambda xs: [math.inf] * len(xs), "not a finite number everywhere"),
    "constant": (squares, lambda xs: [4.0] * len(xs), "the same number for all"),
    "one side": (weighted, lambda xs: numeric(weighted, xs, 1e-3, 1.0, (1, 0)), "nearly right, off by up to"),
    "large step": (weighted, lambda xs: numeric(weighted, xs, 0.2), "nearly right, off by up to 0.2"),
    "no usual one": (squares, lambda xs: [math.exp(3 * x) + x**5 for x in xs], "none of the usual mistakes"),
}


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_gets_its_own_hint(mistake):
    function, its_gradient, hint = MISTAKES[mistake]
    assert hint in failure(function, its_gradient).hint


def test_a_failure_says_where_and_what():
    error = failure(mean_square, lambda xs: [2 * x for x in xs])
    assert str(error).splitlines()[:4] == [
        "check_gradient: derivative 0 is wrong",
        "at:       [2, 3, 0.5]",
        "expected: [1.33333, 2, 0.333333]",
        "got:      [4, 6, 1]",
    ]


def test_a_list_that_was_changed_is_named():
    def careless(xs):
        for i in range(len(xs)):
            xs[i] += 0.5
        return [2 * x - 1 for x in xs]

    error = failure(squares, careless)
    assert error.problem == "your function changed the list that it was given"
    assert (error.expected, error.got) == ("xs[0] = 2.0 afterwards too", "xs[0] = 2.5")
    assert error.hint == "Put each number back before the next one is moved, or move it in a copy: list(xs)."


def test_a_list_that_was_put_back_with_a_rounding_error_is_named():
    def nearly_careful(xs, h=1e-5):
        slopes = []
        for i in range(len(xs)):
            xs[i] += h
            above = squares(xs)
            xs[i] -= 2 * h
            slopes.append((above - squares(xs)) / (2 * h))
            xs[i] += h
        return slopes

    error = failure(squares, nearly_careful)
    assert error.got == "xs[2] = 0.49999999999999994"
    assert error.hint == (
        "Moving a number back rounds it. Keep it and assign it again: old = xs[i], and at the end "
        "xs[i] = old. Or move it in a copy: list(xs)."
    )


@pytest.mark.parametrize(
    ("its_gradient", "got", "hint"),
    [
        (lambda xs: None, "None", "without a return statement"),
        (lambda xs: 1.0, "float: 1.0", "as long as the list"),
        (
            lambda xs: [1.0],
            "1 number: [1]",
            "at. Is `return` in the loop?",
        ),
        (lambda xs: [1.0, 2.0], "2 numbers: [1, 2]", "as long as the list"),
        (
            lambda xs: {2 * x for x in xs},
            "set: {1.0, 4.0, 6.0}",
            "Return a list: in a dict or set no number has a place",
        ),
        (lambda xs: {k: 2 * x for k, x in enumerate(xs)}, "dict: {0: 4.0, 1: 6.0, 2: 1.0}", "Return a list:"),
        (lambda xs: "abc", "str: 'abc'", "as long as the list"),
    ],
    ids=["None", "a number", "one for all", "two", "a set", "a dict", "a string"],
)
def test_what_is_not_a_derivative_for_each_number_is_named(its_gradient, got, hint):
    error = failure(squares, its_gradient)
    assert error.problem == "it does not return a derivative for each number"
    assert error.expected == "3 numbers: [4, 6, 1]"
    assert error.got == got
    assert hint in error.hint


def test_what_is_not_a_number_is_named():
    error = failure(squares, lambda xs: ["a"] * len(xs))
    assert error.problem == "it returns something that is not a number"
    assert error.got == "list: ['a', 'a', 'a']"


@pytest.mark.parametrize("inputs", [[], [[]], [[1.0], []]], ids=["none", "empty", "one empty"])
def test_empty_inputs_are_refused(inputs):
    with pytest.raises(ArgumentError, match=r"check_gradient\(inputs\) takes lists of numbers, at least one"):
        check_gradient(squares, lambda xs: xs, inputs)


def test_other_wrong_arguments_are_refused():
    with pytest.raises(NumberTypeError, match=r"check_gradient\(inputs\) takes a real number and got str"):
        check_gradient(squares, lambda xs: xs, [["1"]])
    with pytest.raises(ArgumentError, match=r"rtol=-1, atol=0: they are not negative"):
        check_gradient(squares, lambda xs: xs, rtol=-1, atol=0)
    with pytest.raises(ArgumentError, match=r"The last try: ValueError: not enough values to unpack"):
        check_gradient(lambda xs: pair(*xs), lambda xs: xs, [[1.0]])


def pair(*xs):
    x, y = xs
    return ScalarValue(1.0) * x * y


@pytest.mark.parametrize(
    ("function", "returned"),
    [
        (lambda xs: None, "None. A function without a return statement gives None."),
        (lambda xs: [1.0], "list: [1.0]. If it computes derivatives, it belongs in the second place."),
    ],
    ids=["None", "a list"],
)
def test_a_function_that_returns_no_number_is_refused(function, returned):
    with pytest.raises(NumberTypeError) as caught:
        check_gradient(function, lambda xs: xs)
    assert str(caught.value) == (
        f"check_gradient(function) takes a function that returns one number, and this one returned {returned}"
    )
