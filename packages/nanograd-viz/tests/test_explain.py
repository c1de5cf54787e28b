"""explain(): the numbers of the paths, that they add up, and every form it is shown in."""

import io
import math
import re
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ArgumentError, ScalarValue, custom_op, dot, no_grad, scope
from nanograd.viz import NotAGraphError, explain
from rich.console import Console


@pytest.fixture
def seed():
    """The example of the seed."""
    a, b, c = (ScalarValue(n, label=label) for n, label in ((5.0, "a"), (2, "b"), (3, "c")))
    k = ScalarValue(2.0, label="k")
    d = a * b
    e = d + c
    f = b + k
    out = e * f
    for node, label in ((d, "d"), (e, "e"), (f, "f"), (out, "out")):
        node.label = label
    out.backward()
    return {"a": a, "b": b, "c": c, "d": d, "e": e, "f": f, "k": k, "out": out}


def test_the_example_of_the_seed(seed):
    assert (
        str(explain(seed["b"], of=seed["out"]))
        == """\
∂out/∂b = 33: 2 paths lead from out to b.

path 1 contributes 20
  step          local derivative   value   product
  out = e * f   ∂out/∂e = f            4         4
  e = d + c     ∂e/∂d = 1              1         4
  d = a * b     ∂d/∂b = a              5        20

path 2 contributes 13
  step          local derivative   value   product
  out = e * f   ∂out/∂f = e           13        13
  f = b + k     ∂f/∂b = 1              1        13

20 + 13 = 33
This is b.grad."""
    )


@pytest.mark.parametrize("name", ["a", "b", "c", "d", "e", "f", "k", "out"])
def test_the_paths_add_up_to_the_gradient(name, seed):
    explanation = explain(seed[name], of=seed["out"])
    assert explanation.gradient == seed[name].grad
    assert sum(path.contribution for path in explanation.paths) == seed[name].grad
    assert explanation.rest == 0
    assert explanation.adds_up
    assert str(explanation).endswith(f"This is {name}.grad.")


def test_what_is_not_shown_is_summed():
    weights = [ScalarValue(float(n)) for n in range(1, 11)]
    x = ScalarValue(2.0, label="x")
    y = sum(weight * x for weight in weights)
    y.label = "y"
    explanation = explain(x, of=y, max_paths=2)
    assert [path.contribution for path in explanation.paths] == [10.0, 9.0]
    assert (explanation.number_of_paths, explanation.rest, explanation.adds_up) == (10, 36.0, True)
    text = str(explanation)
    assert "10 paths lead from y to x" in text
    assert "the other 8 contribute 36" in text
    assert "10 + 9 + 36 = 55" in text


def test_sixty_doublings():
    x = y = ScalarValue(1.0, label="x")
    for _ in range(60):
        y = y + y
    explanation = explain(x, of=y, max_paths=1)
    assert explanation.gradient == 2.0**60
    assert explanation.adds_up
    text = str(explanation)
    assert "1,000,000,000,000,000 paths or more lead from v60 to x" in text
    assert "the other paths contribute 1.15" in text
    assert "… 48 steps …" in text
    assert text.count("\n") < 25


def test_the_remark_says_what_the_gradient_holds(seed):
    x = ScalarValue(3.0, label="x")
    y = x * x
    assert "x.grad is still 0: backward() has not been called" in str(explain(x, of=y))
    y.backward()
    assert str(explain(x, of=y)).endswith("This is x.grad.")
    y.backward()
    assert "x.grad is 12: other results or earlier calls" in str(explain(x, of=y))


def test_a_hook_is_noticed():
    x = ScalarValue(3.0, label="x")
    y = x * 2
    y.register_hook(lambda gradient: gradient * 10)
    z = y * 1
    explanation = explain(x, of=z)
    assert explanation.gradient == 20.0
    assert not explanation.adds_up
    assert "a hook changed a gradient on its way" in str(explanation)
    both = explain(x, of=z + x)
    assert "2 + 1 ≠ 21" in str(both)
    assert "2 + 1 ≠ **21**" in both.markdown()
    assert r"&\neq 21" in both.latex()


def test_values_without_a_label_have_names_that_no_label_has():
    x, v1 = ScalarValue(3.0), ScalarValue(2.0, label="v1")
    text = str(explain(x, of=x * v1 + 10))
    assert "v4 = v3 + 10" in text
    assert "v3 = v2 * v1" in text


def test_operations_of_many_and_of_ones_own():
    double = custom_op("double", lambda m, x: 2 * x, (lambda m, o, x: 2,))
    x, y = ScalarValue(1.0, label="x"), ScalarValue(2.0, label="y")
    product = dot([double(x), y], [y, 3.0])
    product.label = "p"
    text = str(explain(x, of=product))
    assert "p = dot(v1, y, y, 3)" in text
    assert "v1 = double(x)" in text
    assert re.search(r"∂p/∂v1 = y +2 +2", text)


@pytest.mark.parametrize("number", [math.inf, math.nan, 1e-300, 10**400, Fraction(1, 3), -0.0], ids=range(6))
def test_any_number(number):
    x, y = ScalarValue(1, label="x"), ScalarValue(number, label="y")
    explanation = explain(x, of=x * y)
    assert explanation.adds_up
    assert "∂v1/∂x = y" in str(explanation)
    assert explanation.latex()


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=8))
def test_float_sums_add_up(numbers):
    x = ScalarValue(0.3, label="x")
    terms = [(x * number).tanh() for number in numbers]
    explanation = explain(x, of=sum(terms), max_paths=3)
    assert explanation.adds_up


def test_rich_colors_the_numbers(seed):
    console = Console(file=io.StringIO(), force_terminal=True, width=100, color_system="truecolor")
    console.print(explain(seed["b"], of=seed["out"]))
    printed = console.file.getvalue()
    assert "\x1b[" in printed
    assert "∂out/∂b" in printed


@pytest.mark.parametrize("width", [60, 80, 100])
def test_names_and_formulas_give_way_to_numbers(width):
    x = ScalarValue(0.123456, label="a name of many characters")
    y = x
    for _ in range(5):
        y = (y * 1.234567 - 0.5) ** 3
    explanation = explain(x, of=y)
    text = explanation.text(width=width)
    assert all(len(line) <= width for line in text.splitlines())
    numbers = [row[2:] for row in explanation._wording.rows(explanation.paths[0]) if row[2]]
    assert len(numbers) == 12
    for value, product in numbers:
        assert re.search(rf" {re.escape(value)} +{re.escape(product)}$", text, re.MULTILINE)


@pytest.mark.parametrize(
    ("compute", "formula", "latex"),
    [
        (lambda x: x**2, "2 · x", r"2 \cdot x"),
        (lambda x: x**-1.5, "−1.5 · x^(−2.5)", r"-1.5 \cdot x^{-2.5}"),
        (lambda x: x**10, "10 · x^9", r"10 \cdot x^{9}"),
        (lambda x: x**1, "1", "1"),
        (lambda x: x**0, "0", "0"),
        (lambda x: 2**x, "v1 · log(2)", r"v_{1} \cdot \log(2)"),
        (lambda x: x * Fraction(1, 3), "0.3333", "0.3333"),
        (lambda x: x / 4, "1 / 4", "1 / 4"),
        (lambda x: x.clamp(0, 5), "1 if x ≥ 0 and x ≤ 5 else 0", r"1 \text{ if } x \ge 0"),
        (
            lambda x: x ** ScalarValue(2.5, label="n)"),
            "0 if n) = 0 else n) · x^(n) − 1)",
            r"\text{n)} \cdot x^{\text{n)} - 1}",
        ),
    ],
)
def test_formulas_hold_the_numbers_of_constants(compute, formula, latex):
    x = ScalarValue(2.0, label="x")
    explanation = explain(x, of=compute(x))
    assert f"∂v1/∂x = {formula} " in str(explanation)
    assert latex in explanation.latex()


def test_a_value_explained_by_itself_is_one_sentence():
    x = ScalarValue(2.0, label="x")
    x.backward()
    assert str(explain(x, of=x)) == "∂x/∂x = 1: a value changes as much as itself.\n\nThis is x.grad."
    assert (
        explain(x, of=x).markdown()
        == "`∂x/∂x` = **1**: a value changes as much as itself.\n\nThis is x.grad."
    )


def test_negative_constants_stand_in_parentheses():
    x = ScalarValue(2.0, label="x")
    assert "v1 = x - (-3) " in str(explain(x, of=x - (-3)))


def test_markdown(seed):
    explanation = explain(seed["k"], of=seed["out"])
    assert (
        explanation.markdown()
        == """\
`∂out/∂k` = **13**: one path leads from out to k.

| step | local derivative | value | product |
|---|---|---:|---:|
| `out = e * f` | `∂out/∂f = e` | 13 | 13 |
| `f = b + k` | `∂f/∂k = 1` | 1 | 13 |

This is k.grad."""
    )
    assert explanation._repr_markdown_() == explanation.markdown()


def test_latex(seed):
    lines = explain(seed["b"], of=seed["out"]).latex().splitlines()
    by_e = r"\frac{\partial \text{out}}{\partial e} \cdot \frac{\partial e}{\partial d}"
    by_e += r" \cdot \frac{\partial d}{\partial b}"
    by_f = r"\frac{\partial \text{out}}{\partial f} \cdot \frac{\partial f}{\partial b}"
    assert lines == [
        r"\begin{aligned}",
        rf"\frac{{\partial \text{{out}}}}{{\partial b}} &= {by_e} + {by_f} \\",
        r"&= f \cdot 1 \cdot a + e \cdot 1 \\",
        r"&= 4 \cdot 1 \cdot 5 + 13 \cdot 1 \\",
        r"&= 33",
        r"\end{aligned}",
    ]


def test_latex_of_a_sum_and_a_negative_number():
    x = ScalarValue(2.0, label="x")
    y = (x - 5) * x
    y.label = "y"
    latex = explain(x, of=y).latex()
    assert r"\left(-3\right)" in latex
    assert latex.endswith("&= -1\n\\end{aligned}")


HOSTILE = [
    "a|b",
    "`code`",
    "<script>alert(1)</script>",
    r"\input{x}",
    "$x$",
    "a\nb",
    "\x00",
    "[red]x",
    "x" * 10_000,
]


@pytest.mark.parametrize("label", HOSTILE, ids=range(len(HOSTILE)))
def test_labels_are_data(label):
    x = ScalarValue(2.0, label=label)
    explanation = explain(x, of=x * 3)
    text = explanation.text(width=400)
    assert "\x00" not in text
    assert all(len(line) < 200 for line in text.splitlines())
    [row] = [line for line in explanation.markdown().splitlines() if line.startswith("| `")]
    assert len(re.findall(r"(?<!\\)\|", row)) == 5
    latex = explanation.latex()
    assert "$" not in latex.replace(r"\$", "")
    assert r"\input" not in latex
    if label == "[red]x":
        assert "[red]x" in text


def test_the_text_is_as_wide_as_asked(seed):
    lines = explain(seed["b"], of=seed["out"]).text(width=40).splitlines()
    assert max(map(len, lines)) <= 40


def test_a_model_with_scopes():
    with scope("layer", kind="Layer"):
        x = ScalarValue(2.0, label="x")
        y = (x * 3).tanh()
    assert explain(x, of=y).adds_up


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda x, y: explain(2.0, of=y),
            NotAGraphError,
            r"explain\(x\) takes a ScalarValue and got float: 2\.0",
        ),
        (lambda x, y: explain(x, of=[y]), NotAGraphError, r"explain\(of\) takes a ScalarValue and got list"),
        (lambda x, y: explain(x, of=y, max_paths=0), ArgumentError, r"max_paths=0\) takes a number of paths"),
        (
            lambda x, y: explain(x, of=y, precision=99),
            ArgumentError,
            r"precision=99\) takes a number of decimals",
        ),
        (
            lambda x, y: explain(ScalarValue(1.0, label="z"), of=y),
            ArgumentError,
            r"no gradient flows from .* to .*'z'",
        ),
        (lambda x, y: explain(y, of=x), ArgumentError, r"no gradient flows from .*'x'.* to "),
        (lambda x, y: explain(x, of=y.detach() * 2), ArgumentError, r"detach\(\)"),
    ],
    ids=["number", "list", "paths", "precision", "other", "swapped", "detached"],
)
def test_errors_say_what_is_wrong(call, error, message):
    x = ScalarValue(3.0, label="x")
    with pytest.raises(error, match=message):
        call(x, x * 2)


def test_a_constant_cannot_be_explained_by_itself():
    two = ScalarValue(2.0, requires_grad=False)
    with pytest.raises(ArgumentError, match="no gradient flows"):
        explain(two, of=two)


def test_what_no_grad_made_cannot_be_explained():
    x = ScalarValue(3.0)
    with no_grad():
        y = x * 2
    with pytest.raises(ArgumentError, match="no gradient flows"):
        explain(x, of=y)
