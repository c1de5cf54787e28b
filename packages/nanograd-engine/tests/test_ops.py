"""The table of operations holds the truth: against SymPy's derivatives, against 50 digits, at the edges."""

import math
from fractions import Fraction
from functools import cache

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from nanograd import engine
from nanograd.engine import FLOATS, OPS, VALUES, ArgumentError, ScalarValue
from nanograd.engine._apply import apply
from nanograd.engine._ops import row

inf, nan = math.inf, math.nan


# The formulas that the table is held against, written down once more and independently of its rows.
X, Y, Z, W = sympy.symbols("x y z w", real=True)
CUBIC = sympy.Rational("0.044715")
NORMAL = (1 + sympy.erf(X / sympy.sqrt(2))) / 2
FORMULAS = {
    "+": X + Y,
    "-": X - Y,
    "*": X * Y,
    "/": X / Y,
    "**": X**Y,
    "neg": -X,
    "abs": sympy.Abs(X),
    "sign": sympy.sign(X),
    "floor": sympy.floor(X),
    "ceil": sympy.ceiling(X),
    "trunc": sympy.sign(X) * sympy.floor(sympy.Abs(X)),
    "maximum": sympy.Piecewise((X, X > Y), (Y, True)),
    "minimum": sympy.Piecewise((X, X < Y), (Y, True)),
    "clamp": sympy.Piecewise((Z, sympy.Or(X > Z, Y > Z)), (Y, X < Y), (X, True)),
    "where": sympy.Piecewise((Z, sympy.Eq(X, 0)), (Y, True)),
    "exp": sympy.exp(X),
    "expm1": sympy.exp(X) - 1,
    "log": sympy.log(X),
    "log1p": sympy.log(1 + X),
    "log2": sympy.log(X) / sympy.log(2),
    "log10": sympy.log(X) / sympy.log(10),
    "sqrt": sympy.sqrt(X),
    "cbrt": sympy.Piecewise((sympy.cbrt(X), X > 0), (-sympy.cbrt(-X), True)),
    "sin": sympy.sin(X),
    "cos": sympy.cos(X),
    "tan": sympy.tan(X),
    "asin": sympy.asin(X),
    "acos": sympy.acos(X),
    "atan": sympy.atan(X),
    "atan2": sympy.atan2(X, Y),
    "hypot": sympy.sqrt(X**2 + Y**2),
    "sinh": sympy.sinh(X),
    "cosh": sympy.cosh(X),
    "tanh": sympy.tanh(X),
    "asinh": sympy.asinh(X),
    "acosh": sympy.acosh(X),
    "atanh": sympy.atanh(X),
    "erf": sympy.erf(X),
    "erfc": sympy.erfc(X),
    "gaussian": sympy.exp(-(X**2)),
    "sigmoid": 1 / (1 + sympy.exp(-X)),
    "silu": X / (1 + sympy.exp(-X)),
    "softplus": sympy.log(1 + sympy.exp(X)),
    "relu": sympy.Piecewise((X, X > 0), (0, True)),
    "leaky_relu": sympy.Piecewise((X, X > 0), (Y * X, True)),
    "elu": sympy.Piecewise((X, X > 0), (Y * (sympy.exp(X) - 1), True)),
    "gelu": X * NORMAL,
    "gelu_tanh": X / 2 * (1 + sympy.tanh(sympy.sqrt(2 / sympy.pi) * (X + CUBIC * X**3))),
    "sum": X + Y + Z,
    "prod": X * Y * Z,
    "dot": X * Z + Y * W,
    "logsumexp": sympy.log(sympy.exp(X) + sympy.exp(Y) + sympy.exp(Z)),
    "softmax": sympy.exp(X - Y),
}
# Tested below, one by one: rounding to digits is no formula, and % jumps where x / y is whole.
WITHOUT_FORMULA = {"round", "%", "floor_divide"}
# Reached by an operator, a builtin or an argument of another, or there for the derivatives of others.
WITHOUT_NAME = {"neg", "abs", "round", "floor_divide", "gelu_tanh", "erfc", "gaussian"}
FLAT = {"sign", "floor", "ceil", "trunc", "round", "floor_divide"}

# The error that a row may have beyond 4 units in the last place, as (values, derivatives), and why.
ABSOLUTE_ERROR = {
    # 1 - tanh(x)**2 cancels as tanh(x) comes near 1, in PyTorch too. What is left are the errors of tanh(x),
    # up to two ulps of 1.1e-16 in common C libraries, doubled by the square.
    "tanh": (0.0, 5e-16),
    # The derivative crosses 0 near x = -1, where its two terms cancel.
    # Their values are 0 already where they should be subnormal, as an exponential overflows before.
    "silu": (1e-300, 2.3e-16),
    "gelu": (1e-300, 2.3e-16),
    "gelu_tanh": (1e-300, 2.3e-16),
    "sigmoid": (1e-300, 1e-300),
    # The product of the first two may be subnormal, and its few digits are multiplied.
    "prod": (1e-321, 0.0),
    # Sums cancel: what is exact is a sum of absolute values.
    "sum": (1e-13, 0.0),
    "dot": (1e-11, 0.0),
    "logsumexp": (1e-13, 1e-13),
}
ULPS = {
    # x**(y - 1) and e**(x - y) are powers of rounded differences: their error is the difference's, times x.
    "**": (4, 3000),
    "softmax": (600, 600),
    # Far below 0 they are exponentials of -x**2 / 2 and 0.07 x**3, and those exponents are rounded.
    "gelu": (2000, 2000),
    "gelu_tanh": (6000, 6000),
    "silu": (4, 8),
    "sigmoid": (4, 8),
    "cbrt": (4, 8),
    "acos": (4, 8),
    "asin": (4, 8),
}


def arity_of(op):
    return op.arity or {"dot": 4}.get(op.symbol, 3)


def test_every_row_is_tested_here():
    assert set(OPS) == set(FORMULAS) | WITHOUT_FORMULA, "write the formula of a new row into FORMULAS"


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.symbol.isidentifier()], ids=str)
def test_what_has_a_name_can_be_called_by_it(op):
    if op.symbol not in WITHOUT_NAME:
        function = f"{op.symbol}_" if op.symbol == "sum" else op.symbol  # sum is Python's
        assert function in engine.__all__, f"{op.symbol} is not exported by nanograd.engine"
        assert op.arity != 1 or hasattr(ScalarValue, op.symbol), f"ScalarValue has no method {op.symbol}()"


def points(op, largest=1e150):
    """Draw arguments from the operation's domain, from the smallest numbers to large ones."""

    def axis(interval):
        low, high = max(interval.low, -largest), min(interval.high, largest)
        moderate = st.floats(max(low, -30.0), min(high, 30.0))
        return st.one_of(moderate, st.floats(low, high)).filter(interval.includes)

    return st.tuples(*[axis(op.domain[min(index, len(op.domain) - 1)]) for index in range(arity_of(op))])


def exact(formula, point):
    """Return the formula's value at a point to 50 digits."""
    digits = 700 if formula.has(sympy.log, sympy.erf, sympy.exp, sympy.tanh) else 60  # 1 + exp(-300)
    with mpmath.workdps(digits):
        return mpmath.mpf(_function(formula, len(point))(*map(mpmath.mpf, point)))


@cache
def _function(formula, arity):
    return sympy.lambdify([X, Y, Z, W][:arity], formula, modules="mpmath")


def assert_close(op, computed, truth, point, what):
    if mpmath.isinf(truth) or abs(truth) > 1.7e308:
        assert abs(computed) >= 1.7e308
        return
    error = abs(mpmath.mpf(computed) - truth)
    ulps = ULPS.get(op.symbol, (4, 4))[what]
    absolute = ABSOLUTE_ERROR.get(op.symbol, (0.0, 0.0))[what]
    assert error <= max(ulps * math.ulp(float(truth)), absolute)


def moderate(op, point):
    """Return whether floats can be expected to have digits of the result: it neither over- nor underflows."""
    if op.symbol == "**":
        return abs(point[1] * math.log(point[0])) < 600
    if op.symbol == "/":
        return point[1] != 0
    if op.symbol == "softmax":
        return point[0] <= point[1] < point[0] + 600
    if op.symbol == "atan2":
        return all(point)  # the sign of a zero decides, which 50 digits do not have
    if op.symbol in {"sin", "cos", "tan", "erf", "erfc"}:
        return abs(point[0]) < 1e6
    return True


@pytest.mark.parametrize("symbol", FORMULAS)
@given(data=st.data())
def test_values_equal_50_digits(symbol, data):
    op = OPS[symbol]
    largest = 300.0 if op.arity is None or symbol in SMALL else 1e150
    point = data.draw(points(op, largest).filter(lambda point: moderate(op, point)))
    assert_close(op, op.evaluate(*point), exact(FORMULAS[symbol], point), point, 0)


# Rows whose formulas take 50-digit arithmetic long for arguments beyond a few hundred, where they are 0 or x.
SMALL = {"gelu", "gelu_tanh", "silu", "softplus", "sigmoid", "elu", "erf", "erfc", "gaussian", "softmax"}
SMALL |= {"exp", "expm1", "sinh", "cosh", "tanh"}


@pytest.mark.parametrize("symbol", [symbol for symbol in FORMULAS if symbol not in FLAT])
@given(data=st.data())
def test_partials_equal_those_of_sympy(symbol, data):
    op = OPS[symbol]
    apart = points(op, largest=20.0 if op.arity is None else 300.0).filter(
        lambda point: (
            moderate(op, point)
            and all(abs(number) > 1e-100 for number in point)
            and len(set(point)) == len(point)
            and abs(abs(point[0]) - 1) > 1e-9
        )
    )
    point = data.draw(apart)
    result = op.evaluate(*point)
    for name, partial in zip([X, Y, Z, W], op.partials_at(result, *point), strict=False):
        truth = exact(sympy.diff(FORMULAS[symbol], name), point)
        if abs(truth) < 1e-290:  # where floats have lost digits
            assert abs(partial) < 1e-289
        else:
            assert_close(op, partial, truth, point, 1)


# Subnormal, huge, next to poles and kinks, and where exponentials over- and underflow.
EXTREMES = [5e-324, -5e-324, 1e-310, 1e-300, -1e-300, 1e-160, 1e160, 1e300, -1e300, 1 + 1e-9]
EXTREMES += [
    math.nextafter(1, 0),
    math.nextafter(1, 2),
    math.nextafter(-1, 0),
    709.7,
    710.4,
    36.8,
    -36.8,
    -745.0,
]


@pytest.mark.parametrize(
    "symbol", [symbol for symbol in FORMULAS if OPS[symbol].arity == 1 and symbol != "erfc"]
)
def test_values_and_partials_are_right_at_extremes(symbol):
    op = OPS[symbol]
    for x in filter(op.domain[0].includes, EXTREMES):
        value = op.evaluate(x)
        pairs = [(value, exact(FORMULAS[symbol], (x,)), 0)]
        if symbol not in FLAT:
            slope = exact(sympy.diff(FORMULAS[symbol], X), (x,))
            pairs.append((op.partials_at(value, x)[0], slope, 1))
        for computed, truth, what in pairs:
            if abs(truth) > 1e-305 or computed > 1e-300:  # below, an intermediate result may have become 0
                assert_close(op, computed, truth, (x,), what)


@pytest.mark.parametrize("symbol", sorted(FLAT))
def test_steps_are_flat(symbol):
    op = OPS[symbol]
    assert set(op.partials_at(1.0, *[1.2, 0][: op.arity])) == {0}


@given(st.floats(-1e6, 1e6), st.floats(0.01, 1e3))
def test_a_remainder_has_the_sign_of_its_divisor(x, y):
    remainder = math.fmod(x, y)  # exact, and so is the sum unless it is rounded
    assert OPS["%"].evaluate(x, y) == (remainder if remainder >= 0 else remainder + y)
    whole, rest = divmod(Fraction(x), Fraction(y))
    assert rest == pytest.approx(x % y, rel=1e-9, abs=1e-9) or whole != x // y
    assert OPS["%"].partials_at(x % y, x, y) == (1, -whole)
    assert OPS["floor_divide"].evaluate(x, y) == whole


@given(st.floats(-1e6, 1e6), st.integers(0, 6))
def test_rounding_is_that_of_python(x, digits):
    assert OPS["round"].evaluate(x, digits) == round(x, digits)


# As PyTorch 2 computes them, but for nan that stays nan (sign, abs): the gradients at points where calculus
# gives none, or an infinite one.
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
    ("sign", (0.0,), 0.0, (0,)),
    ("sign", (nan,), nan, (0,)),
    ("floor", (inf,), inf, (0,)),
    ("ceil", (-0.5,), -0.0, (0,)),
    ("maximum", (2.0, 2.0), 2.0, (0.5, 0.5)),
    ("minimum", (2.0, 2.0), 2.0, (0.5, 0.5)),
    ("maximum", (nan, 2.0), nan, (1, 1)),
    ("minimum", (2.0, nan), nan, (1, 1)),
    ("leaky_relu", (0.0, 0.01), 0.0, (0.01, 0.0)),
    ("elu", (0.0, 1.0), 0.0, (1.0, 0.0)),
    ("hypot", (0.0, 0.0), 0.0, (nan, nan)),
    ("atan2", (0.0, 0.0), 0.0, (0, 0)),
    ("%", (1.0, 0.1), 1.0 % 0.1, (1, -9.0)),
    ("clamp", (nan, 0.0, 5.0), nan, (0, 0, 0)),
    ("log1p", (-1.0,), -inf, (inf,)),
    ("asin", (1.0,), math.pi / 2, (inf,)),
    ("acosh", (1.0,), 0.0, (inf,)),
    ("atanh", (1.0,), inf, (inf,)),
    ("sinh", (-1000.0,), -inf, (inf,)),
    ("cosh", (-1000.0,), inf, (-inf,)),
    ("expm1", (-1000.0,), -1.0, (0.0,)),
    ("softplus", (800.0,), 800.0, (1.0,)),
    ("softplus", (-800.0,), 0.0, (0.0,)),
    ("clamp", (5.0, 0.0, 5.0), 5.0, (1, 0, 0)),
    ("clamp", (0.0, 0.0, 5.0), 0.0, (1, 0, 0)),
    ("clamp", (7.0, 0.0, 5.0), 5.0, (0, 0, 1)),
    ("where", (0.0, 2.0, 3.0), 3.0, (0, 0, 1)),
    ("prod", (0.0, 2.0, 0.0), 0.0, (0.0, 0.0, 0.0)),
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
    point = (
        data.draw(points(op, largest=300.0)) if op.symbol != "round" else (data.draw(st.floats(-1e6, 1e6)), 1)
    )
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
    written = {
        "+": lambda: x + y,
        "-": lambda: x - y,
        "*": lambda: x * y,
        "/": lambda: x / y,
        "**": lambda: x**y,
        "%": lambda: x % y,
        "neg": lambda: -x,
        "abs": lambda: abs(x),
        "round": lambda: round(x, int(y)),
    }
    return written[op.symbol]() if op.symbol in written else apply(op, *values)


@pytest.mark.parametrize("op", OPS.values(), ids=str)
def test_every_row_runs_in_the_number_system_of_values(op):
    values = [ScalarValue(number) for number in START.get(op.symbol, (1.3, 2, 2.5, 0.5))][: arity_of(op)]
    result = op.run(VALUES, *values)
    assert float(result) == pytest.approx(op.evaluate(*[value.data for value in values]), rel=1e-15)
    partials = op.differentiate(VALUES, result, *values)
    plain = op.partials_at(float(result), *[value.data for value in values])
    assert [float(partial) for partial in partials] == pytest.approx(plain, rel=1e-14)


START = {"asin": (0.3,), "acos": (0.3,), "atanh": (0.3,)}


def test_huge_integers_become_infinities_where_they_meet_floats():
    assert OPS["*"].evaluate(10**400, 1.5) == inf
    assert OPS["+"].evaluate(-(10**400), 1.5) == -inf
    assert OPS["*"].evaluate(10**400, 10**400) == 10**800
    assert OPS["tanh"].evaluate(10**400) == 1.0
    assert FLOATS.divide(1.0, -0.0) == -inf
    assert FLOATS.power(-10.0, 1001) == -inf
    assert FLOATS.power(-1e308, 2.0) == inf
    assert math.isnan(FLOATS.power(-1e308, 2.5))
    assert math.isnan(FLOATS.power(-1e-308, -2.5))
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
