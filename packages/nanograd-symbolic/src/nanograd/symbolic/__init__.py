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
from nanograd.symbolic._critical_point import CriticalPoint, CriticalPoints
from nanograd.symbolic._critical_points import critical_points
from nanograd.symbolic._derivation import Derivation, Step
from nanograd.symbolic._derivative import symbolic_grad, symbolic_jacobian
from nanograd.symbolic._derive import derive
from nanograd.symbolic._errors import (
    FormulaSizeError,
    NoFormulaError,
    NoOperationError,
    SimplifyTimeoutError,
)
from nanograd.symbolic._exact import evaluate_exact
from nanograd.symbolic._formula import to_sympy
from nanograd.symbolic._from_sympy import from_sympy
from nanograd.symbolic._hessian import symbolic_hessian
from nanograd.symbolic._latex import Equations, equations, latex
from nanograd.symbolic._names import symbols
from nanograd.symbolic._plot import NoMatplotlibError, plot_derivatives
from nanograd.symbolic._prove import PartialProof, RowProof, prove_row
from nanograd.symbolic._refusals import NoExactValueError, NoSourceError, NoTaylorSeriesError
from nanograd.symbolic._rounding_report import NodeError, RoundingReport
from nanograd.symbolic._shared import SharedFormula
from nanograd.symbolic._simplify import simplify
from nanograd.symbolic._taylor import taylor
from nanograd.symbolic._to_c import to_c
from nanograd.symbolic._to_numpy import to_numpy
from nanograd.symbolic._to_python import to_python
from nanograd.symbolic._verification import GradientCheck, NodeCheck, Verification
from nanograd.symbolic._verify import verify

__all__ = [
    "SYMPY",
    "CriticalPoint",
    "CriticalPoints",
    "Derivation",
    "Equations",
    "FormulaSizeError",
    "GradientCheck",
    "NoExactValueError",
    "NoFormulaError",
    "NoMatplotlibError",
    "NoOperationError",
    "NoSourceError",
    "NoTaylorSeriesError",
    "NodeCheck",
    "NodeError",
    "PartialProof",
    "RoundingReport",
    "RowProof",
    "SharedFormula",
    "SimplifyTimeoutError",
    "Step",
    "Verification",
    "critical_points",
    "derive",
    "equations",
    "evaluate_exact",
    "from_sympy",
    "latex",
    "plot_derivatives",
    "prove_row",
    "simplify",
    "symbolic_grad",
    "symbolic_hessian",
    "symbolic_jacobian",
    "symbols",
    "taylor",
    "to_c",
    "to_numpy",
    "to_python",
    "to_sympy",
    "verify",
]
