"""A graph and its formula say the same, whatever its labels and numbers are."""

from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import OPS, ArgumentError, NanogradError, ScalarValue, logsumexp
from nanograd.symbolic import SYMPY, FormulaSizeError, NoFormulaError, symbolic_grad, symbols, to_sympy

a, b, c, k = sympy.symbols("a b c k", real=True)


def seed_graph():
    leaves = [
        ScalarValue(number, label=label) for label, number in {"a": 5.0, "b": 2, "c": 3, "k": 2.0}.items()
    ]
    x, y, z, w = leaves
    return (x * y + z) * (w + y), leaves


def test_a_graph_becomes_the_formula_that_was_computed():
    out, _ = seed_graph()
    assert to_sympy(out) == (a * b + c) * (k + b)


def test_derivatives_of_a_graph_are_formulas():
    out, leaves = seed_graph()
    expected = [b * (k + b), (a * b + c) + a * (k + b), k + b, a * b + c]
    assert [sympy.expand(symbolic_grad(out, leaf) - e) for leaf, e in zip(leaves, expected, strict=True)] == [
        0
    ] * 4


def test_derivatives_agree_with_backward():
    out, leaves = seed_graph()
    out.backward()
    at = {name: leaf.data for leaf, name in symbols(out).items()}
    assert [float(symbolic_grad(out, leaf).subs(at)) for leaf in leaves] == [leaf.grad for leaf in leaves]


def test_an_inner_value_can_be_differentiated_with_respect_to():
    x = ScalarValue(3.0, label="x")
    inner = x * x
    inner.label = "u"
    assert str(symbolic_grad(inner * inner + x, inner)) == "2*u"


def test_leaves_without_a_label_get_stable_names_and_equal_labels_are_kept_apart():
    leaves = [ScalarValue(1.0, label=label) for label in ("w", None, "w", "x2", None, "w_2", None)]
    names = [str(name) for name in symbols(sum(leaves)).values()]
    assert names == ["w", "x1", "w_3", "x2", "x3", "w_2", "x4"]


ODD_LABELS = ["lambda", "E", "I", "x y", "w[0]", "pi", "S", "import os", "", "é", "a" * 300, '"; 1/0; "']


@pytest.mark.parametrize("label", ODD_LABELS)
def test_every_label_is_a_symbol_and_nothing_else(label):
    x = ScalarValue(3.0, label=label)
    y = x * x + 1
    assert str(symbols(y)[x]) == (label or "x1")
    assert float(symbolic_grad(y, x).subs(symbols(y)[x], 3)) == 6.0


def test_numbers_stay_what_they_are():
    x = ScalarValue(2.0, label="x")
    formula = to_sympy(x * 2 + x * Fraction(1, 3) + 0.5)
    assert sympy.simplify(formula - (sympy.Rational(7, 3) * symbols(x)[x] + 0.5)) == 0
    assert to_sympy(ScalarValue(7).detach()) == sympy.Integer(7)
    assert to_sympy(ScalarValue(float("inf")).detach()) == sympy.oo


NOT_SMOOTH = {
    "round",
    "%",
    "floor_divide",
    "sign",
    "floor",
    "ceil",
    "trunc",
    "maximum",
    "minimum",
    "clamp",
    "where",
}
ARITY_OF_MANY = {"dot": 4}


def names_of(op, **assumption):
    return sympy.symbols("x y z w", **assumption)[: op.arity or ARITY_OF_MANY.get(op.symbol, 3)]


def inside(interval, number):
    """Return a number from 1 to 40 as an exact fraction inside an interval."""
    if interval.high == 1:
        return Fraction(number, 64)
    return Fraction(number, 8) + (1 if interval.low == 1 else 0)


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.symbol != "round"], ids=str)
@given(numbers=st.tuples(*[st.integers(1, 40)] * 4))
def test_every_row_has_a_formula_that_gives_its_value(op, numbers):
    names = names_of(op, real=True)
    domains = [*op.domain, *[op.domain[-1]] * 4]
    point = [
        inside(interval, number) for interval, number in zip(domains, numbers[: len(names)], strict=False)
    ]
    formula = op.run(SYMPY, *names)
    value = sympy.sympify(formula).subs(dict(zip(names, map(SYMPY.number, point), strict=True))).evalf()
    assert float(value) == pytest.approx(op.evaluate(*point), rel=1e-12, abs=1e-12)


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.symbol not in NOT_SMOOTH], ids=str)
def test_every_row_differentiates_as_sympy_does(op):
    names = names_of(op, positive=True)
    result = op.run(SYMPY, *names)
    for name, slope in zip(names, op.differentiate(SYMPY, result, *names), strict=True):
        difference = sympy.simplify((sympy.diff(result, name) - slope).rewrite(sympy.exp))
        assert difference == 0


def test_sharing_that_a_formula_would_repeat_is_refused_with_its_size():
    x = value = ScalarValue(1.0, label="x")
    for _ in range(60):
        value = value * value + x
    message = (
        r"would write out about 10\*\*18 operations, because it repeats what the 121 nodes of the graph share"
    )
    with pytest.raises(FormulaSizeError, match=message):
        to_sympy(value)


def test_a_deep_graph_is_refused_without_recursion():
    value = ScalarValue(1.0, label="x")
    for _ in range(100_000):
        value = -value
    with pytest.raises(FormulaSizeError, match="would write out 100000 operations"):
        to_sympy(value)


def test_rounding_to_digits_has_no_formula():
    with pytest.raises(NoFormulaError, match=r"round\(x, 2\) has no formula in SymPy"):
        to_sympy(round(ScalarValue(1.234, label="x"), 2))


def test_a_derivative_that_sympy_does_not_know_is_refused():
    x = ScalarValue(1.5, label="x")
    with pytest.raises(NoFormulaError, match=r"SymPy knows no derivative of floor\(x\)"):
        symbolic_grad(x.floor(), x)


def test_a_value_of_another_graph_is_refused():
    x, other = ScalarValue(1.0, label="x"), ScalarValue(1.0, label="other")
    with pytest.raises(ArgumentError, match=r"does not depend on ScalarValue\(data=1.0\) \('other'\)"):
        symbolic_grad(x * 1.0, other)


def test_errors_are_nanograds():
    assert issubclass(FormulaSizeError, NanogradError)
    assert issubclass(NoFormulaError, ValueError)


def test_a_logsumexp_becomes_its_formula():
    x, y = ScalarValue(1.0, label="x"), ScalarValue(2.0, label="y")
    assert str(to_sympy(logsumexp([x, y]))) == "log(exp(x) + exp(y))"
