"""A graph and its formula say the same, whatever its labels and numbers are."""

import math
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import (
    OPS,
    ArgumentError,
    NanogradError,
    NumberTypeError,
    ScalarValue,
    custom_op,
    dot,
    logsumexp,
    sum_,
)
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
    for _ in range(25_000):
        value = -value
    with pytest.raises(FormulaSizeError, match="would write out 25000 operations"):
        to_sympy(value)


def test_rounding_to_digits_has_no_formula():
    with pytest.raises(NoFormulaError, match=r"round\(x, 2\) has no formula in SymPy"):
        to_sympy(round(ScalarValue(1.234, label="x"), 2))


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


def test_names_replace_labels_and_can_be_given_either_way_round():
    x, w = ScalarValue(1.0, label="x"), ScalarValue(2.0)
    assert str(to_sympy(x * w, names={"layers.0.w": w})) == "layers.0.w*x"
    assert str(to_sympy(x * w, names={w: "x"})) == "x*x_2"


def test_one_name_for_two_values_is_refused():
    x, w = ScalarValue(1.0), ScalarValue(2.0)
    with pytest.raises(ArgumentError, match=r"names gives 'a' to two values, .* give each its own"):
        to_sympy(x * w, names={x: "a", w: "a"})
    with pytest.raises(NumberTypeError, match=r"names pairs names with ScalarValues and got 'a': 3.0"):
        to_sympy(x * w, names={"a": 3.0})
    with pytest.raises(NumberTypeError, match="names takes a dictionary"):
        to_sympy(x * w, names="a")


def test_a_named_constant_is_a_symbol():
    x, half = ScalarValue(1.0, label="x"), ScalarValue(0.5, requires_grad=False)
    assert str(to_sympy(x * half, names={"h": half})) == "h*x"


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_floats_keep_all_of_their_bits(number):
    x = ScalarValue(1.0, label="x")
    (constant,) = to_sympy(x.sin() + ScalarValue(number, requires_grad=False)).atoms(sympy.Float) or {0}
    assert float(constant) == number


NOT_REAL = {
    "log of a negative constant": lambda x: x + ScalarValue(-1.0, requires_grad=False).log(),
    "a pole": lambda x: x / ScalarValue(0, requires_grad=False),
    "infinity minus infinity": lambda x: x + (ScalarValue(float("inf"), requires_grad=False) - float("inf")),
    "a root of a negative constant": lambda x: x * ScalarValue(-2.0, requires_grad=False).sqrt(),
}


@pytest.mark.parametrize("build", NOT_REAL.values(), ids=NOT_REAL)
@pytest.mark.parametrize("sharing", [False, True])
def test_a_formula_that_is_no_real_number_is_refused(build, sharing):
    with pytest.raises(NoFormulaError, match=r"is no real number: it has (I|zoo|nan)"):
        to_sympy(build(ScalarValue(2.0, label="x")), sharing=sharing)


def test_what_cancels_only_when_written_out_is_refused_then():
    x = ScalarValue(2.0, label="x")
    s = x + 1
    s.label = "s"
    formula = to_sympy(x / (s - x - 1), sharing=True)
    with pytest.raises(NoFormulaError, match="the formula, written out, is zoo"):
        formula.expand()


def test_a_rule_that_needs_numbers_is_refused_by_name():
    tower = custom_op("tower", lambda m, x: math.exp(x), [lambda m, o, x: o])
    with pytest.raises(
        NoFormulaError, match=r"tower\(x\) has no formula in SymPy: .* Write the rules of custom_op"
    ):
        to_sympy(tower(ScalarValue(1.0, label="x")))


def test_a_formula_of_something_else_is_refused():
    with pytest.raises(NumberTypeError, match=r"this is float: 3.0"):
        to_sympy(3.0)


def test_a_deep_formula_is_refused_and_its_definitions_are_not():
    value = ScalarValue(0.5, label="x")
    for _ in range(150):
        value = value.sin()
    with pytest.raises(FormulaSizeError, match="would write 150 functions inside each other"):
        to_sympy(value)
    formula = to_sympy(value, sharing=True)
    with pytest.raises(FormulaSizeError, match="Ask for sharing=True"):
        formula.expand()
    assert len(formula.definitions) == 150 // 24


def test_sixty_doublings_are_as_many_definitions_and_have_a_size():
    value = ScalarValue(1.0, label="x")
    for _ in range(60):
        value = value + value.sin()
    formula = to_sympy(value, sharing=True)
    assert len(formula.definitions) == 59
    assert formula.expanded_size == 2 * (2**60 - 1)
    with pytest.raises(FormulaSizeError, match=r"about 10\*\*18 operations"):
        formula.expand()


def test_labelled_inner_values_are_definitions_and_remarks_are_not():
    x, w = ScalarValue(2.0, label="x"), ScalarValue(3.0, label="w")
    product = x * w
    product.label = "x times w"
    total = product + 1
    total.label = "n"
    formula = to_sympy(total.tanh() + 2, sharing=True)
    assert str(formula) == "n = w*x + 1\ntanh(n) + 2"
    assert formula.nodes[sympy.Symbol("n", real=True)] is total
    assert {str(symbol) for symbol in formula.free_symbols} == {"x", "w"}


def test_definitions_and_leaves_with_one_label_are_kept_apart():
    x = ScalarValue(2.0, label="t1")
    inner = x.sin()
    inner.label = "t1"
    shared = inner.exp()
    formula = to_sympy(inner * shared + shared, sharing=True)
    assert str(formula) == "t1_2 = sin(t1)\nt2 = exp(t1_2)\nt1_2*t2 + t2"
    assert formula.expand() == sympy.sin(b1 := symbols(x)[x]) * sympy.exp(sympy.sin(b1)) + sympy.exp(
        sympy.sin(b1)
    )


@pytest.mark.parametrize("length", [200, 800])
def test_definitions_are_as_many_as_the_graph_is_long(length):
    x, w = ScalarValue(0.5, label="x"), ScalarValue(0.9, label="w")
    value = x
    for _ in range(length // 2):
        value = (value * w).tanh()
    formula = to_sympy(value, sharing=True)
    assert len(formula.definitions) == pytest.approx(length / 24, rel=0.1)
    assert max(meaning.count_ops() for _, meaning in formula.definitions) < 100


def test_a_long_sum_is_one_expression():
    leaves = [ScalarValue(float(i)) for i in range(2_000)]
    assert len(to_sympy(sum_(leaves)).args) == 2_000
    assert len(to_sympy(dot(leaves, leaves)).args) == 2_000
