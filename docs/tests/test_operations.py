"""The formulas on the page of operations."""

import sys
from pathlib import Path

import pytest
import sympy
from docutils.utils.math.latex2mathml import tex2mathml

sys.path.append(str(Path(__file__).parents[1]))

from _extensions.operations import LONGEST_FORMULA, _math

X, Y = sympy.symbols("x y", real=True)


@pytest.mark.parametrize(
    ("expression", "latex"),
    [
        (X * Y, "x y"),
        (sympy.atan2(X, Y), r"\operatorname{atan2}\left(x, y\right)"),
        (
            sympy.Piecewise((0, sympy.Eq(X, 0)), (X * Y, True)),
            r"x y \text{, but } 0 \text{ where } x = 0",
        ),
    ],
    ids=["a product", "atan2", "a case"],
)
def test_a_formula_is_short_and_has_the_names_of_python(expression, latex):
    assert _math(expression) == rf":math:`\displaystyle {latex}`"
    assert "<merror" not in tex2mathml(latex)


def test_a_formula_that_nobody_would_read_is_not_shown():
    expression = sum(sympy.sin(index * X) for index in range(LONGEST_FORMULA))
    assert _math(expression) == "a long formula"
