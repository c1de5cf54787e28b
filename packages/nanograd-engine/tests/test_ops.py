"""The table of operations holds the truth: against SymPy's derivatives, against 50 digits, at the edges."""

import math
from functools import cache

import mpmath
import pytest
import sympy
from hypothesis import assume, given
from hypothesis import strategies as st
from nanograd.engine import FLOATS, OPS, VALUES, ArgumentError, ScalarValue
from nanograd.engine._ops import row

inf, nan = math.inf, math.nan


# The formulas that the table is held against, written down once more and independently of its rows.
X, Y = sympy.symbols("x y", real=True)
FORMULAS = {
    "+": X + Y,
    "-": X - Y,
    "*": X * Y,
    "/": X / Y,
    "**": X**Y,
    "%": X - Y * sympy.floor(X / Y),
    "neg": -X,
    "abs": sympy.Abs(X),
    "floor": sympy.floor(X),
    "exp": sympy.exp(X),
    "log": sympy.log(X),
    "sqrt": sympy.sqrt(X),
    "sin": sympy.sin(X),
    "cos": sympy.cos(X),
    "tanh": sympy.tanh(X),
    "sigmoid": 1 / (1 + sympy.exp(-X)),
    "relu": sympy.Max(X, 0),
    "logsumexp": sympy.log(sympy.exp(X) + sympy.exp(Y)),
}


WITHOUT_FORMULA = {"round"}

ROWS_WITH_FORMULA = [op for op in OPS.values() if op.symbol not in WITHOUT_FORMULA]


def test_every_row_is_tested_here():
    assert set(OPS) == set(FORMULAS) | WITHOUT_FORMULA


def points(op, largest=1e150):
    """Draw arguments from the operation's domain, from the smallest numbers to large ones."""

    def axis(interval):
        low, high = max(interval.low, -largest), min(interval.high, largest)
        moderate = st.floats(max(low, -30.0), min(high, 30.0))
        return st.one_of(moderate, st.floats(low, high)).filter(lambda number: number in interval)

    arity = op.arity or 2
    return st.tuples(*[axis(op.domain[min(index, len(op.domain) - 1)]) for index in range(arity)])


def exact(formula, point):
    """Return the formula's value at a point to 50 digits."""
    with mpmath.workdps(400):  # enough for 1 + exp(-300) to keep 50 digits
        return mpmath.mpf(_function(formula, len(point))(*map(mpmath.mpf, point)))


@cache
def _function(formula, arity):
    return sympy.lambdify([X, Y][:arity], formula, modules="mpmath")


def assert_close(op, computed, truth, point):
    if mpmath.isinf(truth) or abs(truth) > 1.7e308:
        assert abs(computed) >= 1.7e308
        return
    error = abs(mpmath.mpf(computed) - truth)
    assert error <= max(4 * math.ulp(float(truth)), _absolute_error(op, point))


def _absolute_error(op, point):
    """Return the error of the rows that are more than 4 units in the last place from 50 digits, and why."""
    if op.symbol == "tanh":  # 1 - tanh(x)**2 cancels as tanh(x) comes near 1, in PyTorch too
        return 2.3e-16
    if op.symbol == "logsumexp":  # shift + log(...) cancels where the result is near 0
        return math.ulp(max(map(abs, point)))
    return 0.0


@pytest.mark.parametrize("op", ROWS_WITH_FORMULA, ids=str)
@given(data=st.data())
def test_values_equal_50_digits(op, data):
    point = data.draw(points(op))
    if op.symbol in {"sin", "cos"}:
        assume(abs(point[0]) < 1e6)
    if op.symbol == "**":
        assume(abs(point[1] * math.log(point[0])) < 600)
    if op.symbol in {"/", "%"}:
        assume(point[1] != 0)
    if op.symbol == "%":  # math.fmod is exact, and so is the sum unless it is rounded
        remainder = math.fmod(*point)
        assert op.evaluate(*point) == (remainder if remainder >= 0 else remainder + point[1])
    else:
        assert_close(op, op.evaluate(*point), exact(FORMULAS[op.symbol], point), point)


@pytest.mark.parametrize("op", [op for op in ROWS_WITH_FORMULA if op.symbol not in {"%", "floor"}], ids=str)
@given(data=st.data())
def test_partials_equal_those_of_sympy(op, data):
    point = data.draw(points(op, largest=300.0))
    assume(all(abs(number) > 1e-100 for number in point))
    if op.symbol == "**":
        assume(abs(point[1] * math.log(point[0])) < 600)
        assume(abs(math.log(point[0])) > 1e-3)
    result = op.evaluate(*point)
    assume(math.isfinite(result))
    for name, partial in zip([X, Y], op.partials_at(result, *point), strict=False):
        truth = exact(sympy.diff(FORMULAS[op.symbol], name), point)
        if abs(truth) < 1e-290:  # where floats have lost digits
            assert abs(partial) < 1e-289
        elif op.symbol == "**":  # y * log(x) is rounded before it is an exponent
            assert partial == pytest.approx(float(truth), rel=1e-12)
        elif op.symbol == "logsumexp":  # x - o cancels: its error is that of the largest argument
            assert partial == pytest.approx(float(truth), rel=1e-13 + 1e-15 * max(map(abs, point)))
        else:
            assert_close(op, partial, truth, point)


@given(st.floats(0.01, 1e6), st.floats(0.01, 1e3))
def test_the_slopes_of_a_remainder_are_1_and_minus_the_whole_quotient(x, y):
    assume(abs(x / y - round(x / y)) > 1e-6)
    assert OPS["%"].partials_at(x % y, x, y) == (1, -math.floor(x / y))


@pytest.mark.parametrize("symbol", ["floor", "round"])
def test_rounding_is_flat(symbol):
    op = OPS[symbol]
    assert set(op.partials_at(1.0, *[1.2, 0][: op.arity])) == {0}


# Measured with PyTorch 2: the gradients at the points where calculus gives none, or an infinite one.
EDGES = [
    # operation, arguments, result, partial derivatives
    ("relu", (0.0,), 0.0, (0,)),
    ("relu", (nan,), nan, (1,)),
    ("abs", (0.0,), 0.0, (0,)),
    ("**", (0.0, 0.0), 1.0, (0, 0)),
    ("**", (0.0, 0.5), 0.0, (inf, 0)),
    ("**", (0.0, 2.0), 0.0, (0.0, 0)),
    ("**", (0.0, -1.0), inf, (-inf, -inf)),
    ("**", (-2.0, 2.0), 4.0, (-4.0, nan)),
    ("**", (-8.0, 1 / 3), nan, (nan, nan)),
    ("sqrt", (0.0,), 0.0, (inf,)),
    ("sqrt", (-1.0,), nan, (nan,)),
    ("log", (0.0,), -inf, (inf,)),
    ("log", (-1.0,), nan, (-1.0,)),
    ("/", (1.0, 0.0), inf, (inf, -inf)),
    ("/", (0.0, 0.0), nan, (inf, nan)),
    ("exp", (1000.0,), inf, (inf,)),
    ("exp", (-1000.0,), 0.0, (0.0,)),
    ("sigmoid", (-800.0,), 0.0, (0.0,)),
    ("sigmoid", (800.0,), 1.0, (0.0,)),
    ("tanh", (inf,), 1.0, (0.0,)),
    ("sin", (inf,), nan, (nan,)),
    ("%", (1.0, 0.0), nan, (1, -inf)),
    ("logsumexp", (1000.0, 1000.0), 1000.0 + math.log(2), (0.5, 0.5)),
    ("logsumexp", (-inf, -inf), -inf, (nan, nan)),
    ("logsumexp", (inf, 0.0), inf, (nan, 0.0)),
    ("logsumexp", (nan, 0.0), nan, (nan, nan)),
]


@pytest.mark.parametrize(("symbol", "point", "result", "partials"), EDGES, ids=str)
def test_edges_follow_pytorch(symbol, point, result, partials):
    op = OPS[symbol]
    assert op.evaluate(*point) == pytest.approx(result, nan_ok=True)
    assert op.partials_at(result, *point) == pytest.approx(partials, nan_ok=True)


@pytest.mark.parametrize("op", OPS.values(), ids=str)
@given(data=st.data())
def test_recording_gives_the_numbers_of_the_table(op, data):
    """The operators are written out by hand for speed; here they are held equal to the rows."""
    point = data.draw(points(op)) if op.symbol != "round" else (data.draw(st.floats(-1e6, 1e6)), 1)
    values = [ScalarValue(number) for number in point]
    node = _recorded(op, values)
    assert node.op is op
    assert node.data == pytest.approx(op.evaluate(*point), rel=0, abs=0, nan_ok=True)
    expected = op.partials_at(node.data, *point)
    if op.symbol == "round":  # the number of digits is a constant
        expected = (0, None)
    assert node.local_derivatives == pytest.approx(expected, nan_ok=True)
    assert node.children[: len(values)] == tuple(values) or op.symbol == "round"


def _recorded(op, values):
    x, y = [*values, None][:2]
    return {
        "+": lambda: x + y,
        "-": lambda: x - y,
        "*": lambda: x * y,
        "/": lambda: x / y,
        "**": lambda: x**y,
        "%": lambda: x % y,
        "neg": lambda: -x,
        "abs": lambda: abs(x),
        "round": lambda: round(x, int(y)),
        "logsumexp": lambda: VALUES.logsumexp(values),
    }.get(op.symbol, lambda: getattr(x, op.symbol)())()


@pytest.mark.parametrize("op", OPS.values(), ids=str)
def test_every_row_runs_in_the_number_system_of_values(op):
    values = [ScalarValue(number) for number in (1.3, 2)][: op.arity or 2]
    result = op.run(VALUES, *values)
    assert result.data == pytest.approx(op.evaluate(*[value.data for value in values]), rel=1e-15)
    partials = op.differentiate(VALUES, result, *values)
    plain = op.partials_at(result.data, *[value.data for value in values])
    assert [float(partial) for partial in partials] == pytest.approx(plain, rel=1e-15)


def test_huge_integers_become_infinities_where_they_meet_floats():
    assert OPS["*"].evaluate(10**400, 1.5) == inf
    assert OPS["+"].evaluate(-(10**400), 1.5) == -inf
    assert OPS["*"].evaluate(10**400, 10**400) == 10**800
    assert OPS["tanh"].evaluate(10**400) == 1.0
    assert FLOATS.divide(1.0, -0.0) == -inf
    assert FLOATS.power(-10.0, 1001) == -inf
    assert FLOATS.power(10**400, -inf) == 0.0


def test_a_symbol_is_taken_once():
    with pytest.raises(ArgumentError, match=r"the table has an operation '\*' already"):
        row("*", lambda m, x, y: x * y)


def test_an_operation_is_shown_by_its_symbol():
    assert str(OPS["*"]) == "*"
    assert repr(OPS["*"]) == "<Operation *>"


def test_domains_are_told_in_words():
    assert [str(OPS[symbol].domain[0]) for symbol in ("exp", "log", "sqrt")] == [
        "all real x",
        "x > 0",
        "x ≥ 0",
    ]
