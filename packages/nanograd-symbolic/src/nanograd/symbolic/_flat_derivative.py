"""SymPy's derivative of a formula, with the table's convention for steps."""

from __future__ import annotations

import sympy
from nanograd.symbolic._errors import NoFormulaError
from nanograd.symbolic._sympy_numbers import Expression


def flat_derivative(expression: Expression, symbol: Expression) -> Expression:
    """Return SymPy's derivative of an expression, in which steps are flat, as they are in the table.

    SymPy gives ``sign`` a Dirac impulse as derivative and ``floor`` none.

    >>> x = sympy.Symbol("x", real=True)
    >>> flat_derivative(x * sympy.sign(x), x), flat_derivative(sympy.Mod(x**2, 2), x)
    (sign(x), 2*x)

    Raises:
        NoFormulaError: if SymPy can only write the derivative down and not work it out.
    """
    plain = expression.replace(sympy.Mod, lambda x, y: x - y * sympy.floor(x / y))
    steps = {step: sympy.Dummy(real=True) for step in plain.atoms(sympy.sign, sympy.floor, sympy.ceiling)}
    back = {dummy: step for step, dummy in steps.items()}
    slope = sympy.diff(plain.xreplace(steps), symbol).xreplace(back)
    if slope.has(sympy.Derivative, sympy.Subs):
        raise NoFormulaError(f"SymPy knows no derivative of {expression} with respect to {symbol}")
    return slope
