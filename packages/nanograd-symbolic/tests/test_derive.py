"""Every step of a derivation is true, and the last one is the gradient."""

import random

import mpmath
import pytest
import sympy
from nanograd.engine import (
    OPS,
    ArgumentError,
    NumberTypeError,
    ScalarValue,
    atan2,
    clamp,
    dot,
    hypot,
    logsumexp,
    maximum,
    prod,
    sum_,
    where,
)
from nanograd.symbolic import derive, symbolic_grad
from rich.console import Console


def leaf(number, label):
    return ScalarValue(number, label=label)


def neuron():
    x1, x2, w1, w2, b = map(leaf, (2.0, -4.0, -3.0, 1.0, 6.875), ("x1", "x2", "w1", "w2", "b"))
    n = x1 * w1 + x2 * w2 + b
    n.label = "n"
    out = n.tanh()
    out.label = "out"
    return out, w1


GRAPHS = {
    "sums and differences": lambda x, y: x - (y - x) + 3 - sum_([x, y, x]),
    "product": lambda x, y: (x * x + y) * (x.sin() * 2),
    "quotient": lambda x, y: (x + y) / (x * x + 1) + 2 / (x + 5) + x / 3,
    "powers": lambda x, y: x**3 + (x + 2) ** y + 2 ** (x * y) + (x + 3) ** (x / 2),
    "chain": lambda x, y: (x.sin() * y).exp().sigmoid().log(),
    "many": lambda x, y: prod([x, y, x + 1]) * dot([x, y], [y, x * x]) + logsumexp([x, y, x * y]),
    "two arguments": lambda x, y: atan2(x, y) + hypot(x * y, x) + maximum(x * 2, y),
    "branches": lambda x, y: (x * y - 1).relu() + abs(x - 3) + clamp(x * 3, -1.0, 1.0) + where(y, x, -x),
    "shared": lambda x, y: (s := (x * y + x).tanh()) * s + s.exp() * (s + 1),
    "negative": lambda x, y: -(x * y) - (-x).silu() + x.softplus() + x.gelu() + x.cbrt() + (x / 9).atanh(),
    "leaf": lambda x, y: x,
    "constant factor": lambda x, y: y * (y * x) * 5,
}


def written_out(derivation, expression):
    """Return an expression over leaves: definitions are put in."""
    for symbol, meaning in reversed(derivation.definitions):
        expression = expression.xreplace({symbol: meaning})
    return expression


def slope_at(derivation, slope, point):
    """Return a derivative by differences of many digits, without any rule."""
    formula = written_out(derivation, slope.of)
    others = {symbol: value for symbol, value in point.items() if symbol != derivation.variable}
    function = sympy.lambdify([derivation.variable], formula.xreplace(others), modules="mpmath")
    return mpmath.diff(function, point[derivation.variable])


@pytest.mark.parametrize("build", GRAPHS.values(), ids=GRAPHS)
def test_every_step_is_true_and_the_last_one_is_the_gradient(build):
    x, y = leaf(0.8, "x"), leaf(1.3, "y")
    root = build(x, y)
    root.backward()
    derivation = derive(root, x)
    draw = random.Random(1)
    symbols = {derivation.symbols[node]: node for node in (x, y) if node in derivation.symbols}
    with mpmath.workdps(30):
        for _ in range(3):
            point = {s: sympy.Float(str(draw.uniform(0.4, 1.6)), 30) for s in symbols}
            values = dict(point)
            for symbol, meaning in derivation.definitions:
                values[symbol] = sympy.N(meaning.xreplace(values), 30)
            for step in derivation.steps:
                slopes = {
                    each: sympy.Float(slope_at(derivation, each, point), 30)
                    for each in step.after.free_symbols
                    if hasattr(each, "of")
                }
                after = sympy.N(step.after.xreplace({**values, **slopes}), 25)
                before = slope_at(derivation, step.before, point)
                assert float(after) == pytest.approx(float(before), rel=1e-9, abs=1e-9), step
    assert derivation.value == pytest.approx(x.grad, rel=1e-12)
    at = {derivation.symbols[node]: node.data for node in symbols.values()}
    result = derivation.result.expand().subs(at)
    assert float(result) == pytest.approx(x.grad, rel=1e-12)
    assert all(step.value == pytest.approx(step.before.value) for step in derivation.steps)


def test_rules_are_named_as_in_a_textbook():
    x, y = leaf(0.8, "x"), leaf(1.3, "y")
    found = {step.rule for build in GRAPHS.values() for step in derive(build(x, y), x).steps}
    assert found >= {
        "sum rule",
        "product rule",
        "quotient rule",
        "reciprocal rule",
        "constant factor rule",
        "constant rule",
        "variable",
        "power rule",
        "exponential rule",
        "power with a variable exponent",
        "chain rule, exp",
        "derivative of sin",
        "put together",
    }


def test_the_neuron_is_derived_as_a_teacher_would():
    out, w1 = neuron()
    assert derive(out, w1).text(numbers=True).split("\n") == [
        "dout/dw1",
        "",
        "   n = b + w1*x1 + w2*x2",
        "   out = tanh(n)",
        "",
        "1. chain rule, tanh",
        "   dout/dw1 = dn/dw1*(1 - tanh(n)**2)",
        "   = 2*(1 - tanh(-3.125)**2) ≈ 0.0153842",
        "2. sum rule",
        "   dn/dw1 = d(w1*x1)/dw1 + d(w2*x2)/dw1 + db/dw1",
        "   = 2 + 0 + 0 = 2",
        "3. constant rule",
        "   d(w2*x2)/dw1 = 0",
        "4. constant rule",
        "   db/dw1 = 0",
        "5. constant factor rule",
        "   d(w1*x1)/dw1 = dw1/dw1*x1",
        "   = 1*2 = 2",
        "6. variable",
        "   dw1/dw1 = 1",
        "7. put together",
        "   dout/dw1 = x1*(1 - tanh(n)**2)",
        "   = 2*(1 - tanh(-3.125)**2) ≈ 0.0153842",
    ]


def test_markdown_and_latex_have_every_step():
    derivation = derive(*neuron())
    page = derivation.markdown(numbers=True, title="The neuron")
    assert page.startswith("# The neuron\n\nWith\n\n$$n = b + ")
    assert page.count("**") == 2 * len(derivation.steps)
    assert r"\approx 0.0153842$$" in page
    assert r"$$\frac{\partial n}{\partial w_{1}} = " in page
    assert r"\tanh^{2}{\left(-3.125\right)}" in page
    text = derivation.latex(numbers=True)
    assert text.startswith("\\begin{aligned}\n")
    assert text.endswith("\n\\end{aligned}")
    assert text.count(r"&& \text{") == len(derivation.steps)
    assert derivation._repr_latex_() == f"$\\displaystyle {derivation.latex()}$"
    assert r"\frac{d}{d x}" in derive((x := leaf(2.0, "x")).sin() * 2, x).latex()


def test_rich_shows_the_steps_as_a_table():
    console = Console(width=120, record=True, file=None, quiet=False, force_terminal=False)
    with console.capture() as captured:
        console.print(derive(*neuron()))
    shown = captured.get()
    assert "n = b + w1*x1 + w2*x2" in shown
    assert "7. put together" in shown
    assert "0.0153842" in shown


def test_a_long_derivation_is_linear_and_shown_in_part():
    x, w = leaf(0.5, "x"), leaf(0.9, "w")
    value = x
    for _ in range(100):
        value = (value * w).sin() * value
    derivation = derive(value, x)
    assert len(derivation.steps) < 4 * 100
    text = derivation.text(max_steps=10)
    assert f"... {len(derivation.steps) - 10} steps that are not shown" in text
    assert "more definitions" in text
    assert f"\n{len(derivation.steps)}. put together\n" in text
    assert "steps that are not shown" in derivation.markdown(max_steps=5)
    assert r"steps that are not shown" in derivation.latex(max_steps=5)
    value.backward()
    assert derivation.value == pytest.approx(x.grad)


def test_an_inner_value_can_be_the_variable():
    x = leaf(3.0, "x")
    u = x * x
    u.label = "u"
    derivation = derive(u * u + x, u)
    assert str(derivation.result) == "2*u"
    assert derivation.value == 18.0


def test_what_cannot_be_derived_is_refused():
    x, y = leaf(1.0, "x"), leaf(2.0, "y")
    with pytest.raises(ArgumentError, match=r"does not depend on ScalarValue\(data=2.0\) \('y'\)"):
        derive(x * 2, y)
    with pytest.raises(NumberTypeError, match=r"derive\(root\) takes a ScalarValue and got float: 2.0"):
        derive(2.0, y)
    constant = ScalarValue(2.0, requires_grad=False)
    with pytest.raises(ArgumentError, match="is a constant without a name"):
        derive(x * constant, constant)


def test_the_result_is_that_of_symbolic_grad():
    out, w1 = neuron()
    assert sympy.simplify(derive(out, w1).result.expand() - symbolic_grad(out, w1)) == 0


def test_a_derivation_says_what_it_is():
    assert repr(derive(*neuron())) == "<Derivation of dout/dw1 in 7 steps>"
    assert "tanh" in OPS
