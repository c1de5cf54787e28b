"""Taylor polynomials are SymPy's, at kinks there are none, and no order makes them explode."""

import math
import time

import pytest
import sympy
from nanograd.engine import OPS, ArgumentError, NumberTypeError, ScalarValue, logsumexp, where
from nanograd.engine._apply import apply
from nanograd.symbolic import SYMPY, NoFormulaError, NoTaylorSeriesError, taylor

X = sympy.Symbol("x", real=True)


def variable(number=0.5):
    return ScalarValue(number, label="x")


AT_ZERO = [
    "exp",
    "expm1",
    "log1p",
    "sin",
    "cos",
    "tan",
    "asin",
    "acos",
    "atan",
    "sinh",
    "cosh",
    "tanh",
    "asinh",
    "atanh",
    "erf",
    "erfc",
    "gaussian",
    "sigmoid",
    "softplus",
    "silu",
    "gelu",
]


@pytest.mark.parametrize("symbol", AT_ZERO)
def test_series_at_0_are_sympys(symbol):
    x = variable()
    polynomial = taylor(apply(OPS[symbol], x), x, 5, at=0)
    series = sympy.series(OPS[symbol].run(SYMPY, X), X, 0, 6).removeO()
    assert sympy.simplify(sympy.expand(polynomial - series)) == 0


@pytest.mark.parametrize(
    "symbol", ["log", "log2", "log10", "sqrt", "cbrt", "acosh", "gelu_tanh", "abs", "relu"]
)
def test_series_elsewhere_are_sympys(symbol):
    x = variable(2.0)
    polynomial = taylor(apply(OPS[symbol], x), x, 4)
    formula = OPS[symbol].run(SYMPY, X)
    for degree in range(5):
        expected = float(sympy.diff(formula, X, degree).subs(X, 2).evalf(30)) / math.factorial(degree)
        found = float(sympy.diff(polynomial, X, degree).subs(X, 2)) / math.factorial(degree)
        assert found == pytest.approx(expected, rel=1e-12, abs=1e-14)


MANY = {
    "hypot": (lambda x: x.hypot(ScalarValue(3.0)), sympy.sqrt(X**2 + 9)),
    "atan2": (lambda x: apply(OPS["atan2"], x, ScalarValue(3.0)), sympy.atan2(X, 3)),
    "logsumexp": (lambda x: logsumexp([x, 2 * x, 1.0]), sympy.log(sympy.exp(X) + sympy.exp(2 * X) + sympy.E)),
    "x**2.5": (lambda x: x**2.5, X ** sympy.Rational(5, 2)),
    "x**x": (lambda x: x**x, X**X),
    "2**x": (lambda x: 2**x, 2**X),
    "x**-3": (lambda x: x**-3, X**-3),
    "quotient": (lambda x: (1 + x) / (2 - x * x), (1 + X) / (2 - X**2)),
    "clamp": (lambda x: x.clamp(0.0, 1.0).sin(), sympy.sin(X)),
    "where": (lambda x: where(x > 0, x.exp(), x), sympy.exp(X)),
    "maximum": (lambda x: apply(OPS["maximum"], x * x, x - 1), X**2),
    "remainder": (lambda x: x % 0.3, X - sympy.Rational(3, 10)),
    "floor": (lambda x: (x * 10.5).floor() + x, 5 + X),
    "network": (lambda x: (0.5 * (0.3 * x + 0.1).tanh() + x.sigmoid()).tanh(), None),
}


@pytest.mark.parametrize("name", MANY)
def test_series_of_more_than_one_argument_are_sympys(name):
    function, formula = MANY[name]
    x = variable(0.5)
    polynomial = taylor(function(x), x, 5)
    if formula is None:
        inner = sympy.tanh(sympy.Rational(3, 10) * X + sympy.Rational(1, 10)) / 2 + 1 / (1 + sympy.exp(-X))
        formula = sympy.tanh(inner)
    half = sympy.Rational(1, 2)
    for degree in range(6):
        expected = float(sympy.diff(formula, X, degree).subs(X, half).evalf(30))
        assert float(sympy.diff(polynomial, X, degree).subs(X, half)) == pytest.approx(
            expected, rel=1e-10, abs=1e-9
        )


def test_whole_powers_have_series_at_0():
    x = variable(0)
    assert taylor(x**3 + x**0, x, 4) == X**3 + 1
    with pytest.raises(NoTaylorSeriesError, match=r"x\*\*1/2 has no Taylor series where x is 0|no Taylor"):
        taylor(x**0.5, x, 2)


def test_fractions_stay_exact_and_floats_stay_floats():
    x = variable()
    assert taylor(x.exp(), x, 2, at=0) == 1 + X + X**2 / 2
    assert taylor(x.exp(), x, 1, at=0.0) == 1.0 + 1.0 * X
    assert taylor(x.sin(), x, 1, at=1).has(sympy.sin)


def test_a_remainder_is_sympys_order():
    x = variable()
    assert taylor(x.cos(), x, 3, at=0, remainder=True) == sympy.series(sympy.cos(X), X, 0, 4)


def test_inner_values_may_be_expanded_in():
    x = variable()
    u = x * 3
    u.label = "u"
    assert taylor(u.exp(), u, 1, at=0) == 1 + sympy.Symbol("u", real=True)


KINKS = {
    "relu": lambda x: x.relu(),
    "abs": lambda x: abs(x),
    "sign": lambda x: x.sign(),
    "floor": lambda x: x.floor(),
    "maximum": lambda x: apply(OPS["maximum"], x, -x),
    "sqrt": lambda x: x.sqrt(),
    "log": lambda x: x.log(),
    "pole": lambda x: 1 / x,
    "remainder": lambda x: x % 2.0,
}


@pytest.mark.parametrize("name", KINKS)
@pytest.mark.parametrize("at", [0, 0.0], ids=["exact", "float"])
def test_kinks_jumps_and_poles_are_refused(name, at):
    x = variable(1.5)
    with pytest.raises(NoTaylorSeriesError, match="no Taylor series at"):
        taylor(KINKS[name](x), x, 2, at=at)


def test_rounding_is_flat_between_its_jumps_and_has_no_formula():
    x = variable(0.3)
    polynomial = taylor(round(x, 1) + x, x, 3)
    assert sympy.diff(polynomial, X) == 1.0
    assert float(polynomial.subs(X, 0.3)) == pytest.approx(0.6)
    with pytest.raises(NoTaylorSeriesError, match=r"rounded jumps at 0\.25"):
        taylor(round(x, 1), x, 1, at=0.25)
    with pytest.raises(NoFormulaError, match="round"):
        taylor(round(x, 1), x, 1, at=1)


def test_high_orders_do_not_explode():
    x = variable(0.1)
    value = x
    for _ in range(30):
        value = (value * 1.5 + x).tanh().sigmoid()
    start = time.process_time()
    polynomial = taylor(value, x, 12)
    assert time.process_time() - start < 2.0
    assert float(polynomial.subs(sympy.Symbol("x", real=True), 0.1)) == pytest.approx(value.data)


@pytest.mark.parametrize("order", [-1, 2.5, 101, True, None])
def test_orders_that_make_no_sense_are_refused(order):
    x = variable()
    with pytest.raises(ArgumentError, match=r"taylor\(order\) takes a whole number from 0 to 100"):
        taylor(x * x, x, order)


def test_what_is_no_variable_is_refused():
    x = variable()
    with pytest.raises(ArgumentError, match=r"taylor\(x\) got .* which is no part of the graph"):
        taylor(x * x, variable(), 2)
    with pytest.raises(NumberTypeError, match=r"taylor\(at\) takes a real number"):
        taylor(x * x, x, 2, at="0")
