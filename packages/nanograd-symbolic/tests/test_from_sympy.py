"""A formula and its graph say the same: values, derivatives, and the formula that comes back."""

import itertools
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, leaves, topological_order, where
from nanograd.symbolic import NoOperationError, SharedFormula, from_sympy, symbolic_grad, to_sympy

x, y, z = sympy.symbols("x y z", real=True)
k, n = sympy.symbols("k n", integer=True)

UNARY = (
    sympy.sin,
    sympy.cos,
    sympy.tanh,
    sympy.exp,
    sympy.atan,
    sympy.erf,
    sympy.Abs,
    sympy.sinh,
    sympy.asinh,
)


@st.composite
def expressions(draw, depth=3):
    """Draw an expression over what the table has."""
    if depth == 0:
        return draw(st.sampled_from([x, y, z, sympy.Integer(2), sympy.Rational(1, 3), sympy.Float(0.7)]))
    first, second = draw(expressions(depth=depth - 1)), draw(expressions(depth=depth - 1))
    return draw(st.sampled_from(JOINED))(first, second)


# Functions: SymPy thinks longer about all of these expressions than about the one that is drawn.
JOINED = [
    lambda first, second: first + second,
    lambda first, second: first - 2 * second,
    lambda first, second: first * second,
    lambda first, second: first / (second**2 + 1),
    lambda first, _: first**2,
    sympy.Max,
    lambda first, second: sympy.Min(first, second + 1),
    lambda first, second: sympy.Piecewise((first, second > 0), (second, True)),
    lambda first, second: sympy.Piecewise(
        (first, sympy.And(x > 0, y <= 1)), (second, sympy.Ne(z, 1)), (x, True)
    ),
    *[lambda first, _, function=function: function(first) for function in UNARY[:7]],
]

POINT = {"x": 0.75, "y": -1.5, "z": 0.3}
EXACTLY = {symbol: sympy.Rational(*POINT[symbol.name].as_integer_ratio()) for symbol in (x, y, z)}


@given(expressions())
def test_values_and_formulas_come_back(expression):
    names = {symbol.name: POINT[symbol.name] for symbol in expression.free_symbols}
    root = from_sympy(expression, names)
    expected = complex(sympy.N(expression.subs(EXACTLY), 20))
    assert abs(expected.imag) < 1e-15
    assert root.data == pytest.approx(expected.real, rel=1e-9, abs=1e-9)
    back = to_sympy(root)
    assert float(back.subs(EXACTLY)) == pytest.approx(expected.real, rel=1e-9, abs=1e-9)
    assert {symbol.name for symbol in back.free_symbols} <= set(names)


SAME = {
    "sum": (x + y + z, 2.0 - 1.5 + 0.5),
    "difference and quotient": (x - y / z, 5.0),
    "powers": (x**3 * y**-2 / sympy.sqrt(x + 2), 8 / 2.25 / 2),
    "number": (sympy.pi * x - sympy.E * y, 2 * 3.141592653589793 + 1.5 * 2.718281828459045),
    "rational": (x * sympy.Rational(1, 4), 0.5),
    "variable exponent": (x**z, 2**0.5),
    "max of many": (sympy.Max(x, y, z, 1), 2.0),
    "steps": (sympy.floor(x * y) + sympy.ceiling(z) + sympy.sign(y) + sympy.Mod(y, x), -2.5),
    "atan2": (sympy.atan2(y, x), -0.6435011087932844),
    "sum over whole numbers": (sympy.Sum(x**k / (k + 1), (k, 0, 2)), 1 + 1 + 4 / 3),
    "nested sum": (sympy.Sum(k * n * x, (k, 1, n), (n, 1, 3)), 50.0),
    "empty sum": (sympy.Sum(k * x, (k, 3, 2)) + x, 2.0),
    "product over whole numbers": (sympy.Product(x + k, (k, 0, 2)), 24.0),
    "derivative": (sympy.Derivative(x**3, x) + y, 10.5),
    "reciprocal functions": (sympy.sec(x) * sympy.cos(x) + sympy.coth(x) * sympy.tanh(x), 2.0),
    "heaviside": (sympy.Heaviside(x) + sympy.Heaviside(y) + sympy.Heaviside(z - z / 2), 2.0),
    "logarithm of exponentials": (sympy.log(sympy.exp(400 * x) + sympy.exp(y)), 800.0),
    "softplus": (sympy.log(1 + sympy.exp(400 * x)), 800.0),
}


@pytest.mark.parametrize(("expression", "value"), SAME.values(), ids=SAME)
def test_functions_have_their_values(expression, value):
    point = {"x": 2.0, "y": -1.5, "z": 0.5}
    names = {symbol.name for symbol in expression.free_symbols}
    assert from_sympy(expression, {name: point[name] for name in names}).data == pytest.approx(
        value, rel=1e-14
    )


CONDITIONS = [x > y, x < y, x >= y, x <= y, sympy.Eq(x, y), sympy.Ne(x, y)]
CONDITIONS += [sympy.ITE(x > y, x > 1, y > 1), sympy.Xor(x > 1, y > 1), sympy.Implies(x > 1, y > 1)]
CONDITIONS += [sympy.Or(x > 1, y > 1), sympy.And(x > 1, y > 1), sympy.Not(sympy.And(x > 1, y > 1))]


@pytest.mark.parametrize("condition", CONDITIONS, ids=str)
@pytest.mark.parametrize("point", [(1, 2), (2, 2), (3, 2), (0, 0)], ids=str)
def test_conditions_choose_as_sympy_does_and_come_back(condition, point):
    expression = sympy.Piecewise((x + 10, condition), (2 * y, True))
    at = dict(zip((x, y), point, strict=True))
    root = from_sympy(expression, {"x": point[0], "y": point[1]})
    assert root.data == expression.subs(at)
    for other in ((1, 2), (2, 2), (3, 2)):  # the graph has both branches
        elsewhere = dict(zip((x, y), other, strict=True))
        assert to_sympy(root).subs(elsewhere) == expression.subs(elsewhere)


WRITTEN = [
    *[x > 0, x < y, x >= y, sympy.Ne(x, y), sympy.Eq(x, y)],
    sympy.And(x > 1, y < 1),
    sympy.Or(x > 1, sympy.Eq(y, 1)),
    sympy.Or(sympy.And(x > 1, y <= 1), sympy.And(x <= 2, z >= y)),
]


@pytest.mark.parametrize("condition", WRITTEN, ids=str)
def test_a_condition_comes_back_as_it_was_written(condition):
    point = {x: 2.0, y: 0.5, z: 9.0}
    values = {symbol: point[symbol] for symbol in {x, *condition.free_symbols}}
    back = to_sympy(from_sympy(sympy.Piecewise((10 * x, condition), (x, True)), values))
    assert back.is_Piecewise
    assert not back.has(sympy.sign, sympy.Max, sympy.Min)
    for at in itertools.product((0, 1, sympy.Rational(3, 2), 3), repeat=3):
        place = dict(zip((x, y, z), at, strict=True))
        assert back.subs(place) == (10 * at[0] if condition.subs(place) else at[0])


def test_a_simple_condition_comes_back_to_the_letter():
    root = from_sympy(sympy.Piecewise((x, x > 0), (0, True)), {"x": 2.0})
    assert str(to_sympy(root)) == "Piecewise((0, x <= 0), (x, True))"


def test_a_number_that_is_no_condition_stays_a_number():
    value = ScalarValue(2.0, label="x")
    sign = from_sympy(sympy.sign(x), {x: value})
    assert to_sympy(where(sign, value, -value)).has(sympy.sign)
    assert str(to_sympy(where(1 - value, value, -value))) == "Piecewise((-x, Eq(x, 1)), (x, True))"


def test_many_choices_one_after_the_other_are_looked_at_once(monkeypatch):
    definitions, value, expected = [], x, 0.25
    for index in range(200):
        symbol = sympy.Symbol(f"v{index}", real=True)
        definitions.append((symbol, sympy.Piecewise((value / 2, value > 1), (value + 1, True))))
        value = symbol
        expected = expected / 2 if expected > 1 else expected + 1
    looked_at = []
    derivatives = ScalarValue.local_derivatives.fget
    monkeypatch.setattr(
        ScalarValue,
        "local_derivatives",
        property(lambda node: (looked_at.append(node), derivatives(node))[1]),
    )
    root = from_sympy(SharedFormula(tuple(definitions), value, {}), {"x": 0.25})
    assert root.data == expected
    assert len(looked_at) <= len(topological_order(root))


def test_a_branch_that_would_spoil_the_gradient_is_left_out():
    root = from_sympy(sympy.Piecewise((sympy.sqrt(x), x > 0), (2 * x, True)), {"x": 0.0})
    root.backward()
    assert [leaf.grad for leaf in leaves(root) if leaf.label == "x"] == [2.0]
    nothing = from_sympy(sympy.Piecewise((x, x > 0)), {"x": 1.0})
    assert nothing.data == 1.0


def test_repeated_parts_are_one_node():
    shared = sympy.sin(x + y)
    root = from_sympy(shared + shared**2 + sympy.exp(shared), {"x": 1.0, "y": 2.0})
    symbols = [str(node.op) for node in topological_order(root) if node.op]
    assert symbols.count("sin") == 1


def test_values_may_be_nodes_and_labels_are_symbols():
    leaf = ScalarValue(2.0, label="anything")
    root = from_sympy(x**2 + y, {x: leaf, "y": 1.0})
    root.backward()
    assert leaf.grad == 4.0
    assert {node.label for node in leaves(root) if node.label} == {"anything", "y"}


def test_symbols_of_other_assumptions_are_found_by_name():
    assert from_sympy(sympy.Symbol("x") * 2, {x: 3.0}).data == 6.0


def test_exact_numbers_stay_exact():
    root = from_sympy(x / 3 + 1, {"x": Fraction(1, 2)})
    assert root.data == Fraction(7, 6)
    assert from_sympy(sympy.Integer(3)).data == 3
    assert not from_sympy(2.5).requires_grad


def test_a_shared_formula_comes_back_whole():
    value = ScalarValue(0.5, label="x")
    for _ in range(60):
        value = value * value.sin() + 0.5
    formula = to_sympy(value, sharing=True)
    back = from_sympy(formula, {"x": 0.5})
    assert back.data == pytest.approx(value.data, rel=1e-12)
    slope = symbolic_grad(value, leaves(value)[0], sharing=True)
    assert isinstance(from_sympy(slope, {"x": 0.5}), ScalarValue)


UNSUPPORTED = {
    "gamma, in gamma": sympy.gamma(x),
    "f, in f": sympy.Function("f")(x),
    "Integral, in": sympy.Integral(sympy.sin(x), x),
    "the number I": x + sympy.I,
    "the number zoo": sympy.zoo * x,
    "the number nan": sympy.nan + x,
    "bounds that are not whole numbers": sympy.Sum(x**k, (k, 0, sympy.oo)),
    "has 1000001 terms; 100000 are allowed": sympy.Sum(x**k, (k, 0, 10**6)),
}


@pytest.mark.parametrize(("message", "expression"), UNSUPPORTED.items(), ids=UNSUPPORTED)
def test_what_the_table_does_not_have_is_named(message, expression):
    with pytest.raises(NoOperationError, match=message):
        from_sympy(expression, {"x": 1.0} if x in expression.free_symbols else {})


def test_missing_and_superfluous_values_are_named():
    with pytest.raises(
        ArgumentError, match="has no value for y, z and got a value for q, which it does not have"
    ):
        from_sympy(x + y + z, {"x": 1.0, "q": 2.0})
    with pytest.raises(ArgumentError, match="the symbols of the formula are: x"):
        from_sympy(x, {})


def test_two_symbols_of_one_name_need_the_symbols_themselves():
    other = sympy.Symbol("x")
    with pytest.raises(
        ArgumentError, match="a value for 'x', and 2 symbols of the formula have that name: they"
    ):
        from_sympy(x - other, {"x": 1.0})
    assert from_sympy(x - other, {x: 3.0, other: 1.0}).data == 2.0


def test_what_is_no_formula_or_number_is_refused():
    with pytest.raises(NumberTypeError, match="takes a SymPy expression or a SharedFormula and got str: 'x'"):
        from_sympy("x", {})
    with pytest.raises(NumberTypeError, match=r"from_sympy\(values\['x'\]\)"):
        from_sympy(x, {"x": "1"})
    with pytest.raises(NumberTypeError, match="takes a dictionary"):
        from_sympy(x, 1.0)
