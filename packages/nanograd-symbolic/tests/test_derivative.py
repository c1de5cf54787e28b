"""The formulas of derivatives are those that SymPy finds and ``backward`` computes, as small as the graph."""

import mpmath
import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, maximum, prod
from nanograd.symbolic import (
    FormulaSizeError,
    NoFormulaError,
    symbolic_grad,
    symbolic_hessian,
    symbolic_jacobian,
    symbols,
    to_sympy,
)

UNARY = ("sin", "tanh", "exp", "sigmoid", "silu", "softplus", "atan", "gelu")


def leaves():
    return [ScalarValue(v, label=n) for n, v in {"x": 0.5, "y": -1.25, "z": 2.0}.items()]


def combined(shape, x, y):
    binary = {"+": x + y, "*": x * y, "-": x - 2 * y, "/": x / (y * y + 1)}
    return binary[shape] if shape in binary else getattr(x, shape)()


@st.composite
def graphs(draw):
    """Draw a graph of smooth operations with much sharing."""
    nodes = list(leaves())
    for _ in range(draw(st.integers(1, 6))):
        x, y = draw(st.sampled_from(nodes)), draw(st.sampled_from(nodes))
        nodes.append(combined(draw(st.sampled_from(["+", "*", "-", "/", *UNARY])), x, y))
    return nodes[-1], nodes[:3]


def at(formula, root):
    return float(sympy.N(formula.subs({s: sympy.Float(n.data, 30) for n, s in symbols(root).items()}), 30))


@given(graphs())
def test_gradients_are_those_of_sympy_and_of_backward(graph):
    root, _ = graph
    root.backward()
    formula = to_sympy(root)
    for leaf, symbol in symbols(root).items():
        slope = symbolic_grad(root, leaf)
        assert at(slope, root) == pytest.approx(at(sympy.diff(formula, symbol), root), rel=1e-12, abs=1e-12)
        assert at(slope, root) == pytest.approx(leaf.grad, rel=1e-9, abs=1e-9)


@given(graphs())
def test_hessians_are_those_of_sympy(graph):
    root, _ = graph
    names = symbols(root)
    formula, matrix = to_sympy(root), symbolic_hessian(root, list(names))
    expected = sympy.hessian(formula, list(names.values()))
    for ours, theirs in zip(matrix, expected, strict=True):
        assert at(ours, root) == pytest.approx(at(theirs, root), rel=1e-9, abs=1e-9)


def test_several_gradients_share_their_definitions():
    x, y, _ = leaves()
    shared = (x * y).exp()
    formula = symbolic_grad(shared * shared.sin(), [x, y], sharing=True)
    assert isinstance(formula.expression, sympy.Tuple)
    assert list(formula.expand()) == symbolic_grad(shared * shared.sin(), [x, y])


def test_the_definitions_of_gradients_are_linear_in_the_graph():
    x = ScalarValue(1.0, label="x")
    counts = []
    for length in (100, 200):
        value = x
        for _ in range(length):
            value = value * value.sin() + x
        counts.append(len(symbolic_grad(value, x, sharing=True).definitions))
    assert counts[1] == pytest.approx(2 * counts[0], rel=0.05)
    with pytest.raises(FormulaSizeError, match="Ask for sharing=True"):
        symbolic_grad(value, x)


def test_a_network_derives_for_all_parameters():
    weights = [[ScalarValue(0.1 * i - 0.07 * j) for i in range(4)] for j in range(4)]
    hidden = [
        sum((w * x for w, x in zip(row, (0.5, -1.0, 2.0, 0.3), strict=True)), 0.0).tanh() for row in weights
    ]
    loss = (sum(h * h for h in hidden) - 1.0) ** 2
    parameters = [w for row in weights for w in row]
    loss.backward()
    formula = symbolic_grad(loss, parameters, sharing=True)
    values = {symbol: mpmath.mpf(node.data) for node, symbol in symbols(loss).items()}
    for symbol, meaning in formula.definitions:
        values[symbol] = meaning.subs(values).evalf(30)
    found = [float(entry.subs(values).evalf(30)) for entry in formula.expression]
    assert found == pytest.approx([p.grad for p in parameters], rel=1e-12)


def test_a_gradient_of_many_terms_is_a_sum_of_sums():
    x = ScalarValue(0.5, label="x")
    value = x
    for _ in range(250):
        value = value.sin() + x * x.cos()
    formula = symbolic_grad(value, x, sharing=True)
    assert max(len(meaning.args) for _, meaning in formula.definitions) <= 100
    value.backward()
    at = {formula.symbols[x]: sympy.Float(0.5)}
    for symbol, meaning in formula.definitions:
        at[symbol] = meaning.xreplace(at)
    assert float(formula.expression.xreplace(at)) == pytest.approx(x.grad, rel=1e-9)


def test_an_inner_value_and_what_it_was_computed_from_get_their_total_derivatives():
    x = ScalarValue(3.0, label="x")
    u = x * x
    u.label = "u"
    root = u * u + x
    root.backward()
    by_u, by_x = symbolic_grad(root, [u, x])
    assert (str(by_u), str(by_x)) == ("2*u", "4*u*x + 1")
    assert by_x.subs({"x": 3}).subs({s: 9 for s in by_x.free_symbols if s.name == "u"}) is not None
    assert x.grad == 4 * 9 * 3 + 1


def test_kinks_follow_the_table():
    x, y, _ = leaves()
    assert str(symbolic_grad(x.relu(), x)) == "Piecewise((0, x <= 0), (1, True))"
    slope = symbolic_grad(maximum(x, y), x)
    a, b = symbols(maximum(x, y)).values()
    assert [slope.subs({a: p, b: q}) for p, q in ((1, 2), (2, 2), (3, 2))] == [0, sympy.Rational(1, 2), 1]
    assert symbolic_grad(x.floor() * x, x) == sympy.floor(a)
    assert symbolic_hessian(abs(x) * x, [x])[0].subs({a: -3}) == -2


def test_a_jacobian_has_a_row_for_each_root():
    x, y, z = leaves()
    matrix = symbolic_jacobian([x * y, y.sin(), prod([x, y, z])], [x, z])
    assert matrix.shape == (3, 2)
    assert [str(entry) for entry in matrix] == ["y", "0", "0", "0", "y*z", "x*y"]
    assert symbolic_jacobian([x * y, y.sin()], [x], sharing=True).expression.shape == (2, 1)


def test_values_that_a_root_does_not_depend_on_are_refused():
    x, y, _ = leaves()
    with pytest.raises(
        ArgumentError, match=r"does not depend on .* \('y'\): give a value that it was computed from"
    ):
        symbolic_grad(x * 2, y)
    with pytest.raises(ArgumentError, match=r"none of 2 roots depends on"):
        symbolic_jacobian([x * 2, x * 3], [y])
    with pytest.raises(ArgumentError, match="got no values: give at least one"):
        symbolic_grad(x * 2, [])
    with pytest.raises(ArgumentError, match=r"symbolic_jacobian\(roots\) got no values"):
        symbolic_jacobian([], [x])
    with pytest.raises(
        NumberTypeError, match=r"symbolic_grad\(wrt\[0\]\) takes a ScalarValue and got float: 2.0"
    ):
        symbolic_grad(x * 2, [2.0])
    with pytest.raises(NumberTypeError, match=r"symbolic_grad\(root\) takes a ScalarValue and got int: 2"):
        symbolic_grad(2, x)
    with pytest.raises(NumberTypeError, match=r"symbolic_grad\(wrt\) takes .* got NoneType: None"):
        symbolic_grad(x * 2, None)
    assert symbolic_jacobian(x * 2, x) == sympy.Matrix([[2]])


def test_a_constant_without_a_name_has_no_symbol():
    x, _, _ = leaves()
    constant = ScalarValue(2.0, requires_grad=False)
    with pytest.raises(ArgumentError, match="is a constant without a name: give it a label"):
        symbolic_grad(x * constant, constant)
    assert str(symbolic_grad(x * constant, constant, names={"c": constant})) == "x"


def test_a_hessian_of_values_that_depend_on_each_other_is_refused():
    x, _, _ = leaves()
    u = x * x
    with pytest.raises(
        ArgumentError, match=r"which depends on .* give values that do not depend on each other"
    ):
        symbolic_hessian(u * u, [x, u])


def test_a_derivative_with_a_pole_is_refused():
    x, _, _ = leaves()
    zero = ScalarValue(0, requires_grad=False)
    root = (x * zero).sqrt()  # its formula is sqrt(0), and 1 / (2 sqrt(0)) is its slope
    with pytest.raises(NoFormulaError, match=r"a derivative of sqrt.* is no real number: it has zoo"):
        symbolic_grad(root, x)


def test_the_derivatives_of_a_long_product_are_written_in_linear_size():
    sizes = []
    for count in (50, 100):
        factors = [ScalarValue(0.9 + index / 500, label=f"f{index}") for index in range(count)]
        product = prod(factors)
        formula = symbolic_grad(product, factors, sharing=True)
        sizes.append(sum(meaning.count_ops() for _, meaning in formula.definitions))
        assert formula.expression.count_ops() <= 30 * count
        product.backward()
        values = {formula.symbols[factor]: sympy.Float(factor.data, 30) for factor in factors}
        for symbol, meaning in formula.definitions:
            values[symbol] = meaning.xreplace(values)
        for factor, slope in zip(factors, formula.expression, strict=True):
            assert float(slope.xreplace(values)) == pytest.approx(factor.grad, rel=1e-13)
    assert sizes[1] < 2.2 * sizes[0]


def test_a_long_product_with_equal_factors_and_numbers_derives_as_sympy_has_it():
    leaf, other = ScalarValue(1.5, label="x"), ScalarValue(-0.5, label="y")
    product = prod([leaf, other, 2, leaf, leaf.sin(), other, 0.5, leaf, other, leaf * other])
    x, y = sympy.symbols("x y", real=True)
    for value, symbol in ((leaf, x), (other, y)):
        expected = sympy.diff(to_sympy(product), symbol)
        assert sympy.expand(symbolic_grad(product, value) - expected) == 0
