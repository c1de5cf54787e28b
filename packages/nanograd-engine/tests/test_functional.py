"""Derivatives of functions: against closed forms, SymPy and each other, nested, in any structure."""

import math
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction
from itertools import product
from typing import NamedTuple

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import (
    ArgumentError,
    NumberTypeError,
    ScalarValue,
    StructureError,
    atan2,
    cos,
    detect_anomaly,
    dot,
    exp,
    gradient,
    hessian,
    hvp,
    hypot,
    jacobian,
    jvp,
    log,
    logsumexp,
    maximum,
    no_grad,
    sigmoid,
    sin,
    softmax,
    sqrt,
    tanh,
    value_and_grad,
    vjp,
    where,
)


class Point(NamedTuple):
    x: object
    y: object


def slope_forward(function):
    return lambda x: jvp(function, x, 1.0)[1]


def slope_pulled_back(function):
    return lambda x: vjp(function, x)[1](1.0)[0]


SLOPES = {
    "gradient": gradient,
    "jvp": slope_forward,
    "vjp": slope_pulled_back,
    "jacobian forward": lambda function: jacobian(function, mode="forward"),
}
TWICE = list(product(SLOPES.values(), repeat=2))
TWICE_NAMES = [" of ".join(names) for names in product(SLOPES, repeat=2)]
THRICE = list(product(list(SLOPES.values())[:2], repeat=3))
THRICE_NAMES = [" of ".join(names) for names in product(list(SLOPES)[:2], repeat=3)]


# ---- nesting


@pytest.mark.parametrize(("outer", "inner"), TWICE, ids=TWICE_NAMES)
def test_perturbations_are_not_confused(outer, inner):
    # Siskind and Pearlmutter's example: d/dx (x d/dy (x + y)) is 1, and confusion gives 2.
    assert outer(lambda x: x * inner(lambda y: x + y)(1.0))(1.0) == 1.0
    # The same where the inner function is differentiated at the outer variable itself.
    assert outer(lambda x: x * inner(lambda y: x + y)(x))(1.0) == 1.0
    assert outer(lambda x: x * inner(lambda y: x * y)(x))(3.0) == 6.0
    assert outer(lambda x: inner(lambda y: x * y * y)(x))(3.0) == 4 * 3.0


@pytest.mark.parametrize("slopes", THRICE, ids=THRICE_NAMES)
@pytest.mark.parametrize(
    ("function", "formula"),
    [
        (tanh, sympy.tanh),
        (lambda x: exp(x) * sin(x), lambda x: sympy.exp(x) * sympy.sin(x)),
        (lambda x: x.sigmoid() / x, lambda x: 1 / (1 + sympy.exp(-x)) / x),
        (lambda x: (x * x + 1).log() ** x, lambda x: sympy.log(x**2 + 1) ** x),
        (lambda x: hypot(x, 2.0) * atan2(x, 3.0), lambda x: sympy.sqrt(x**2 + 4) * sympy.atan(x / 3)),
    ],
    ids=["tanh", "exp sin", "sigmoid", "power", "hypot atan2"],
)
def test_third_derivatives_equal_sympy(slopes, function, formula):
    first, second, third = slopes
    x = sympy.Symbol("x", positive=True)
    truth = sympy.lambdify(x, formula(x).diff(x, 3), modules="mpmath")
    for point in (0.3, 1.7):
        assert first(second(third(function)))(point) == pytest.approx(float(truth(point)), rel=1e-10)


def test_five_derivatives():
    function = sin
    for _ in range(5):
        function = gradient(function)
    assert function(0.7) == pytest.approx(math.cos(0.7), rel=1e-13)


def test_a_derivative_that_does_not_depend_on_the_outer_variable():
    assert gradient(lambda x: x * gradient(lambda y: y * y)(3.0))(2.0) == 6.0
    assert jvp(lambda x: x * jvp(lambda y: 5.0, 1.0, 1.0)[1], 2.0, 1.0) == (0.0, 0.0)
    # A constant derivative is still a ScalarValue inside, with its methods.
    assert gradient(lambda x: gradient(lambda y: 7.0)(x).exp() * x)(2.0) == 1.0


def test_a_direction_can_be_differentiated_for():
    assert gradient(lambda d: jvp(lambda x: x**3, 2.0, d)[1])(1.0) == 12.0
    assert jvp(lambda c: vjp(lambda x: x**3, 2.0)[1](c)[0], 1.0, 1.0) == (12.0, 12.0)


def test_arguments_that_need_a_gradient_give_results_that_can_be_differentiated():
    x = ScalarValue(2.0, label="x")
    for slope in SLOPES.values():
        x.zero_grad()
        derivative = slope(lambda x: x**3)(x)
        assert isinstance(derivative, ScalarValue)
        derivative.backward()
        assert (derivative.data, x.grad) == (12.0, 12.0)


def test_values_that_the_function_uses_can_be_differentiated_for():
    weight = ScalarValue(5.0)
    value, slope = value_and_grad(lambda x: weight * x**2)(3.0)
    assert (value.data, slope.data) == (45.0, 30.0)
    slope.backward()
    assert weight.grad == 6.0
    # The value is recorded too, and no call of these functions touches .grad.
    weight.zero_grad()
    value.backward()
    assert weight.grad == 9.0


def test_no_grad_around_gives_plain_numbers():
    weight, x = ScalarValue(5.0), ScalarValue(3.0)
    with no_grad():
        assert value_and_grad(lambda x: weight * x**2)(x) == (45.0, 30.0)
        assert type(value_and_grad(lambda x: weight * x**2)(x)[1]) is float
        assert type(jvp(lambda x: weight * x, x, 1.0)[0]) is float
        assert gradient(gradient(lambda x: x**3))(2.0) == 12.0
    assert not weight.has_grad
    assert not x.has_grad


def test_no_grad_inside_makes_constants_in_both_directions():
    def function(x):
        with no_grad():
            constant = x * x
        return constant * x + constant.detach()

    assert gradient(function)(3.0) == 9.0
    assert jvp(function, 3.0, 1.0) == (36.0, 9.0)
    assert gradient(lambda x: x.detach())(3.0) == 0.0


# ---- forward, reverse and finite differences on random functions

STEPS = [
    lambda x, y: x + y,
    lambda x, y: x - 2 * y,
    lambda x, y: x * y,
    lambda x, y: x / (y * y + 1),
    lambda x, y: (x * x + 1) ** (y / 4),
    lambda x, y: sigmoid(x) - y,
    lambda x, y: log(x * x + 1) + exp(y / 4),
    lambda x, y: sqrt(x * x + y * y + 1),
    lambda x, y: sin(x) * cos(y),
    lambda x, y: logsumexp([x, y, x * y]),
    lambda x, y: softmax([x, y, 1.0])[1],
    lambda x, y: dot([x, y, 2.0], [y, x, x]) / 5,
    lambda x, y: where(x > y, x * y, y),
    lambda x, y: maximum(x, y + 0.25),
]


@st.composite
def functions(draw):
    """Draw a function of three numbers that returns two."""
    program = [
        (draw(st.sampled_from(STEPS)), draw(st.integers(0, 2 + size)), draw(st.integers(0, 2 + size)))
        for size in range(draw(st.integers(2, 10)))
    ]

    def function(v):
        values = list(v)
        for step, i, j in program:
            values.append(tanh(step(values[i], values[j])) * 2)
        return values[-2:]

    return function


VECTORS = st.lists(st.floats(-2, 2), min_size=3, max_size=3)


@given(functions(), VECTORS, VECTORS)
def test_forward_is_reverse(function, point, direction):
    forward = jacobian(function, mode="forward")(point)
    reverse = jacobian(function, mode="reverse")(point)
    value, along = jvp(function, point, direction)
    assert value == function(point)
    for i in range(2):
        assert forward[i] == pytest.approx(reverse[i], rel=1e-9, abs=1e-12)
        assert along[i] == pytest.approx(dot(forward[i], direction), rel=1e-9, abs=1e-11)
    pulled_back = vjp(function, point)[1]([2.0, -3.0])[0]
    assert pulled_back == pytest.approx(
        [2 * first - 3 * second for first, second in zip(*reverse, strict=True)], rel=1e-9, abs=1e-11
    )


@given(functions(), VECTORS, VECTORS)
def test_hessians_are_symmetric_and_hvp_is_their_product(function, point, direction):
    def total(v):
        first, second = function(v)
        return first + 2 * second

    second = hessian(total)(point)
    over = {"rel": 1e-8, "abs": 1e-9}
    for i, j in product(range(3), repeat=2):
        assert second[i][j] == pytest.approx(second[j][i], **over)
    products = [dot(row, direction) for row in second]
    assert hvp(total, point, direction) == pytest.approx(products, **over)
    assert jacobian(gradient(total), mode="reverse")(point)[0] == pytest.approx(second[0], **over)
    assert jvp(lambda p: jvp(total, p, direction)[1], point, direction)[1] == pytest.approx(
        dot(products, direction), rel=1e-8, abs=1e-8
    )


def test_derivatives_equal_finite_differences():
    def function(v):
        return [exp(v[0]) * sin(v[1]), hypot(v[0], v[1]) ** v[1]]

    point, h = [0.7, 1.3], 1e-6
    exact = jacobian(function)(point)
    for j in range(2):
        high, low = list(point), list(point)
        high[j] += h
        low[j] -= h
        for i, (above, below) in enumerate(zip(function(high), function(low), strict=True)):
            assert exact[i][j] == pytest.approx((above - below) / (2 * h), rel=1e-8)


def test_the_hessian_of_rosenbrock():
    def rosenbrock(x, y):
        return (1 - x) ** 2 + 100 * (y - x**2) ** 2

    x, y = -1.2, 1.0
    assert hessian(rosenbrock, argnums=(0, 1))(x, y) == (
        (pytest.approx(2 - 400 * y + 1200 * x * x), pytest.approx(-400 * x)),
        (pytest.approx(-400 * x), pytest.approx(200.0)),
    )
    assert hvp(rosenbrock, (x, y), (0.0, 1.0)) == (pytest.approx(-400 * x), pytest.approx(200.0))


# ---- structures


def test_results_have_the_structure_of_arguments_and_results():
    def function(p, q):
        return {"sum": p["w"][0] + q.x, "parts": (p["b"] * q.y, [p["w"][1]]), "constant": 4.0}

    p, q = {"w": [1.0, 2.0], "b": 3.0}, Point(5.0, 7.0)
    value = {"sum": 6.0, "parts": (21.0, [2.0]), "constant": 4.0}
    direction = ({"b": 10.0, "w": [1.0, 2.0]}, Point(3.0, 4.0))
    tangent = {"sum": 4.0, "parts": (82.0, [2.0]), "constant": 0.0}
    assert jvp(function, (p, q), direction) == (value, tangent)
    result, pullback = vjp(function, p, q)
    assert list(result) == ["sum", "parts", "constant"]
    cotangent = {"constant": 9.0, "sum": 1.0, "parts": (2.0, [3.0])}
    expected = ({"w": [1.0, 3.0], "b": 14.0}, Point(1.0, 6.0))
    assert pullback(cotangent) == expected
    assert repr(pullback(cotangent)) == repr(expected)
    assert jacobian(function, argnums=1)(p, q)["parts"] == (Point(0.0, 3.0), [Point(0.0, 0.0)])
    assert jacobian(function, argnums=(1, 0))(p, q)["sum"] == (Point(1.0, 0.0), {"w": [1.0, 0.0], "b": 0.0})


def test_hessians_of_trees_are_trees_of_trees():
    second = hessian(lambda p: p["a"] ** 2 * p["b"][0])({"a": 3.0, "b": [5.0]})
    assert second == {"a": {"a": 10.0, "b": [6.0]}, "b": [{"a": 6.0, "b": [0.0]}]}


@pytest.mark.parametrize(
    ("argnums", "expected"), [(0, 3.0), (1, 2.0), (-1, 2.0), ((0, 1), (3.0, 2.0)), ([1, 0], (2.0, 3.0))]
)
def test_argnums_choose_arguments(argnums, expected):
    assert gradient(lambda x, y: x * y, argnums)(2.0, 3.0) == expected


def test_other_arguments_are_handed_on_untouched():
    def function(x, name, *, scale):
        assert (name, type(scale)) == ("adam", int)
        return x * scale

    assert value_and_grad(function)(2.0, "adam", scale=3) == (6.0, 3.0)


def test_aux_is_handed_on_without_being_differentiated():
    def function(x):
        return x * x, {"twice": 2 * x, "note": "text"}

    aux = {"twice": 6.0, "note": "text"}
    assert value_and_grad(function, has_aux=True)(3.0) == ((9.0, aux), 6.0)
    assert gradient(function, has_aux=True)(3.0) == (6.0, aux)


def test_results_may_be_constants_arguments_or_repeated():
    assert value_and_grad(lambda x: 5)(2.0) == (5, 0.0)
    assert jvp(lambda x: (x, x, 1.0), 2.0, 3.0) == ((2.0, 2.0, 1.0), (3.0, 3.0, 0.0))
    assert vjp(lambda x: [x, x], 2.0)[1]([1.0, 10.0]) == (11.0,)
    assert jacobian(lambda x: [x, 1.0])(2.0) == [1.0, 0.0]
    assert jacobian(lambda v: [])([1.0]) == []
    assert gradient(lambda v: 1.0)([]) == []


def test_what_comes_back_is_plain_numbers():
    for number in (
        gradient(sin)(1),
        *jvp(sin, 1.0, 1.0),
        vjp(sin, 1.0)[0],
        hessian(sin)(1.0),
        hvp(sin, 1.0, 1.0),
    ):
        assert type(number) is float


def test_fractions_stay_exact():
    third = Fraction(1, 3)

    def function(x):
        return x**3 / 7

    assert value_and_grad(function)(third) == (Fraction(1, 189), Fraction(1, 21))
    assert jvp(function, third, third) == (Fraction(1, 189), Fraction(1, 63))
    assert hessian(function)(third) == Fraction(2, 7)
    for exact in (
        gradient(function)(third),
        hessian(function)(third),
        jacobian(function, mode="forward")(third),
    ):
        assert type(exact) is Fraction


def test_a_pullback_can_be_called_again():
    pullback = vjp(lambda x: x * x, 3.0)[1]
    assert (pullback(1.0), pullback(2.0), pullback(1.0)) == ((6.0,), (12.0,), (6.0,))


def test_functions_are_called_once():
    calls = []

    def function(v):
        calls.append(v)
        return [v[0] * v[1], v[0], v[1]]

    for derivative in (
        lambda: jacobian(function, mode="forward")([1.0, 2.0]),
        lambda: jacobian(function, mode="reverse")([1.0, 2.0]),
        lambda: jvp(function, [1.0, 2.0], [1.0, 0.0]),
    ):
        calls.clear()
        derivative()
        assert len(calls) == 1


# ---- what is refused


@pytest.mark.parametrize(
    ("ask", "error", "message"),
    [
        (
            lambda: jvp(lambda p, q: p, (1.0, {"w": [1.0, 2.0]}), (1.0, {"w": [1.0]})),
            StructureError,
            (
                "jvp(): point[1]['w'] is a list of 2 and direction[1]['w'] is a list of 1. Give direction "
                "the "
                "structure of point."
            ),
        ),
        (
            lambda: jvp(lambda p, q: p, (1.0, 2.0), 1.0),
            StructureError,
            "jvp(): point is a tuple of 2 and direction is a number. Give direction the structure of point.",
        ),
        (
            lambda: hvp(lambda p: p["a"], {"a": 1.0}, {"b": 1.0}),
            StructureError,
            (
                "hvp(): point is a dict with the keys ['a'] and direction is a dict with the keys ['b']. "
                "Give "
                "direction the structure of point."
            ),
        ),
        (
            lambda: vjp(lambda x: [x, [x]], 1.0)[1]([1.0, 1.0]),
            StructureError,
            (
                "pullback(): result[1] is a list of 1 and cotangent[1] is a number. Give cotangent the "
                "structure of "
                "result."
            ),
        ),
        (
            lambda: jvp(lambda p: p, {"w": [1.0, "2"]}, {"w": [1.0, 1.0]}),
            NumberTypeError,
            "jvp(): point['w'][1] takes a real number and got str: '2'. Convert it first: float('2').",
        ),
        (
            lambda: jvp(lambda x, y: x, (1.0, 2.0), (1.0, None)),
            NumberTypeError,
            (
                "jvp(): direction[1] takes a real number and got NoneType: None. A function without a return "
                "statement gives None."
            ),
        ),
        (
            lambda: gradient(lambda x, p: x, argnums=1)(1.0, {"w": [True]}),
            NumberTypeError,
            (
                "gradient(): arguments[1]['w'][0] takes a real number and got bool: True. Write 1, or "
                "choose with "
                "where(condition, a, b)."
            ),
        ),
        (
            lambda: vjp(lambda x: x, 1j),
            NumberTypeError,
            (
                "vjp(): primals[0] takes a real number and got complex: 1j. Complex numbers are not "
                "supported: use "
                "its .real and .imag."
            ),
        ),
        (
            lambda: vjp(lambda x: [x], 1.0)[1](["1"]),
            NumberTypeError,
            "pullback(): cotangent[0] takes a real number and got str: '1'. Convert it first: float('1').",
        ),
        (
            lambda: jvp(lambda x: None, 1.0, 1.0),
            NumberTypeError,
            (
                "jvp() needs a function that returns numbers, alone or in lists, tuples and dictionaries: "
                "result is "
                "NoneType: None. Does it lack a return statement?"
            ),
        ),
        (
            lambda: jacobian(lambda x: {"a": [x, "b"]})(1.0),
            NumberTypeError,
            (
                "jacobian() needs a function that returns numbers, alone or in lists, tuples and "
                "dictionaries: "
                "result['a'][1] is str: 'b'. Return ScalarValues or plain numbers."
            ),
        ),
        (
            lambda: value_and_grad(lambda x: None)(1.0),
            NumberTypeError,
            (
                "value_and_grad() needs a function that returns numbers, alone or in lists, tuples and "
                "dictionaries: result is NoneType: None. Does it lack a return statement?"
            ),
        ),
        (
            lambda: hessian(lambda x: [x, x])(1.0),
            NumberTypeError,
            (
                "hessian() needs a function that returns one number and got list: [ScalarValue(data=1.0), "
                "ScalarValue(data=1.0)]. Add up what belongs together, or use jacobian() for the "
                "derivatives of "
                "several numbers."
            ),
        ),
        (
            lambda: gradient(lambda x: x, has_aux=True)(1.0),
            NumberTypeError,
            (
                "gradient(has_aux=True) needs a function that returns a tuple (value, aux) and got "
                "ScalarValue: "
                "ScalarValue(data=1.0)"
            ),
        ),
        (
            lambda: gradient(lambda x: x, argnums=1)(1.0),
            ArgumentError,
            "gradient(argnums=1) needs a positional argument 1, and the function was called with 1",
        ),
        (
            lambda: jacobian(lambda x: x, argnums=(0, -1))(1.0),
            ArgumentError,
            "jacobian(argnums=(0, -1)) names argument 0 twice",
        ),
        (
            lambda: value_and_grad(lambda x: x, argnums="x"),
            ArgumentError,
            (
                "value_and_grad(argnums='x') takes the number of an argument, counted from 0, or several "
                "as a "
                "tuple"
            ),
        ),
        (
            lambda: hessian(lambda x: x, argnums=()),
            ArgumentError,
            "hessian(argnums=()) takes the number of an argument, counted from 0, or several as a tuple",
        ),
        (
            lambda: gradient(ScalarValue(1.0)),
            ArgumentError,
            (
                "gradient(function) takes a function and got ScalarValue: ScalarValue(data=1.0). Give the "
                "function itself, not what it returns."
            ),
        ),
        (
            lambda: jacobian(lambda x: x, mode="backward"),
            ArgumentError,
            "jacobian(mode='backward') takes 'auto', 'forward' or 'reverse'",
        ),
        (
            lambda: hvp(lambda: 1.0, (), ()),
            ArgumentError,
            "hvp(function, point, direction) got an empty point: give at least one argument",
        ),
    ],
    ids=lambda part: part[:60] if isinstance(part, str) else "",
)
def test_mistakes_are_explained(ask, error, message):
    with pytest.raises(error) as caught:
        ask()
    assert str(caught.value) == message


# ---- depth, modes, threads


def test_jvp_goes_a_million_operations_deep():
    def function(x):
        for _ in range(1_000_000):
            x = x.tanh()
        return x

    value, slope = jvp(function, 1.0, 1.0)
    assert 0 < value < 1
    assert 0 < slope < 1


def test_sixty_doublings_differentiate_at_once():
    def function(x):
        for _ in range(60):
            x = x + x
        return x

    assert jvp(function, 1.0, 1.0) == (2.0**60, 2.0**60)
    assert hvp(lambda x: function(x) * x, 1.0, 1.0) == 2.0**61


def test_higher_orders_go_ten_thousand_operations_deep():
    def function(x):
        for _ in range(5_000):
            x = (x * 1.0001).sin()
        return x

    assert math.isfinite(hvp(function, 0.5, 1.0))


def test_derivatives_work_under_anomaly_detection():
    with detect_anomaly():
        assert gradient(gradient(lambda x: x**3))(2.0) == 12.0
        assert jvp(lambda x: x**3, 2.0, 1.0) == (8.0, 12.0)


def test_eight_threads_differentiate_on_their_own():
    def work(number):
        x = float(number)
        for _ in range(30):
            if number % 2:
                with no_grad():
                    assert gradient(lambda y: y**3)(x) == 3 * x**2
            assert gradient(lambda y: y * jvp(lambda z: z * z * y, y, 1.0)[1])(x) == 6 * x**2
        return hvp(lambda v: v[0] ** 2 * v[1], [x, 2.0], [1.0, 0.0])

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [[4.0, 2.0 * number] for number in range(8)]
