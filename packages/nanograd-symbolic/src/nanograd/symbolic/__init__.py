"""The same graph as formulas: SymPy's algebra over nanograd's table of operations.

>>> from nanograd.engine import ScalarValue
>>> from nanograd.symbolic import symbolic_grad, to_sympy
>>> x = ScalarValue(3.0, label="x")
>>> y = 4 * x**3 - 4 * x + 5
>>> to_sympy(y)
4*x**3 - 4*x + 5
>>> symbolic_grad(y, x)
12*x**2 - 4
"""

from nanograd.symbolic import _sympy_numbers as SYMPY
from nanograd.symbolic._errors import FormulaSizeError, NoFormulaError
from nanograd.symbolic._formula import symbolic_grad, symbols, to_sympy
from nanograd.symbolic._verify import GradientCheck, Verification, verify

__all__ = [
    "SYMPY",
    "FormulaSizeError",
    "GradientCheck",
    "NoFormulaError",
    "Verification",
    "symbolic_grad",
    "symbols",
    "to_sympy",
    "verify",
]
