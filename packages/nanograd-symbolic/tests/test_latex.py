"""Formulas in LaTeX: every label is data, and equations are linear in the graph."""

import io
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import NumberTypeError, ScalarValue, scope
from nanograd.symbolic import FormulaSizeError, critical_points, equations, latex, to_sympy
from nanograd.symbolic._labels import label_latex, verbatim_latex
from rich.console import Console

LABELS = {
    "x": "x",
    "w1": "w_{1}",
    "w_1": "w_{1}",
    "w[0]": "w_{0}",
    "w[0][12]": "w_{0,12}",
    "beta": r"\beta",
    "Omega_3": r"\Omega_{3}",
    "lambda": r"\lambda",
    "E": "E",
    "loss": r"\mathrm{loss}",
    "x_max": r"x_{\mathrm{max}}",
    "layers.0.w": r"w_{\mathrm{layers.0}}",
    "layers.0.w.1": r"w_{\mathrm{layers.0},1}",
    "x y": r"\mathrm{x\ y}",
    "100%": r"\mathrm{100\%}",
    "$x$": r"\mathrm{\$x\$}",
    r"\input{secret}": r"\mathrm{\backslash{}input\{secret\}}",
    "a__b": r"\mathrm{a\_\_b}",
    "_": r"\mathrm{\_}",
    "a\nb": r"\mathrm{a\ b}",
    "é": r"\mathrm{\text{é}}",
    "x^2~#&": r"\mathrm{x\wedge{}2\sim{}\#\&}",
}


@pytest.mark.parametrize(("label", "expected"), LABELS.items(), ids=map(repr, LABELS))
def test_labels_are_letters_with_subscripts_or_escaped(label, expected):
    assert label_latex(label) == expected


@given(st.text(min_size=1, max_size=12))
def test_no_character_of_a_label_is_a_command(label):
    shown = verbatim_latex(label)
    rest = re.sub(r"\\(backslash|wedge|sim|prime|grave|mathrm|text)(?![A-Za-z])", "", shown)
    rest = re.sub(r"\\[{}$%#&_ ]", "", rest)
    assert "\\" not in rest
    assert not set("$%#&_^~\n") & set(rest)
    assert rest.count("{") == rest.count("}")


def test_labels_that_would_look_alike_are_kept_apart():
    first, second = ScalarValue(1.0, label="w1"), ScalarValue(2.0, label="w[1]")
    assert latex(first.sin() * second) == r"\mathrm{w[1]} \, \sin{\left(w_{1} \right)}"


def test_a_formula_is_latex_with_the_labels():
    x, w = ScalarValue(2.0, label="x"), ScalarValue(3.0, label="w[0]")
    assert latex((x * w).tanh() / 2) == r"\frac{\tanh{\left(w_{0} x \right)}}{2}"
    assert latex(x * w, names={"loss": w}) == r"\mathrm{loss} \, x"


def test_equations_name_shared_values_labels_and_parts_of_a_model():
    x, w = ScalarValue(2.0, label="x"), ScalarValue(3.0, label="w")
    with scope("layers.0", kind="Layer"):
        hidden = (x * w).tanh()
    shared = hidden.exp()
    out = shared * shared.sin() + hidden
    out.label = "loss"
    found = equations(out)
    assert str(found) == "layers.0 = tanh(w*x)\nt1 = exp(layers.0)\nloss = layers.0 + t1*sin(t1)"
    assert len(found) == 3
    assert found.latex().count("&=") == 3
    assert found._repr_latex_().startswith("$\\displaystyle \\begin{aligned}")


def test_uses_of_one_part_are_numbered():
    w = ScalarValue(3.0, label="w")
    results = []
    for number in (1.0, 2.0):
        with scope("layer", kind="Layer"):
            results.append((w * number).tanh())
    names = [str(symbol) for symbol, _ in equations(results[0] * results[1]).rows]
    assert names == ["layer[1]", "layer[2]", "y"]


def test_a_result_without_a_label_gets_a_free_name():
    y = ScalarValue(3.0, label="y")
    assert [str(symbol) for symbol, _ in equations(y * 2).rows] == ["y_out"]


def test_equations_of_a_graph_that_doubles_are_linear():
    value = ScalarValue(0.5, label="x")
    for _ in range(60):
        value = value * value.sin()
    assert len(equations(value)) == 60
    with pytest.raises(FormulaSizeError):
        latex(value)


def test_a_shared_formula_is_typeset():
    x = ScalarValue(0.5, label="x")
    s = x * x + 1
    rows = [r"t_{1} &= x^{2} + 1 \\", r"&\phantom{=}\; t_{1} e^{t_{1}}"]
    shown = to_sympy(s * s.exp(), sharing=True)._repr_latex_()
    assert shown.split("\n") == [r"$\displaystyle \begin{aligned}", *rows, r"\end{aligned}$"]


def test_what_is_no_value_is_refused():
    with pytest.raises(NumberTypeError, match=r"latex\(root\) takes a ScalarValue and got float: 2.0"):
        latex(2.0)
    with pytest.raises(NumberTypeError, match=r"equations\(root\) takes"):
        equations(2.0)


def test_equations_and_critical_points_are_shown_in_a_terminal_as_they_print():
    leaf = ScalarValue(2.0, label="w[red]")
    value = (leaf * leaf).tanh() * leaf * leaf
    for shown in (equations(value), critical_points(value, leaf, (-1, 1))):
        console = Console(file=io.StringIO(), width=100)
        console.print(shown)
        assert console.file.getvalue() == f"{shown}\n"
