"""Simplifying formulas within a limit of time.

SymPy may think for hours. Nothing inside a Python process can be stopped for certain: signals reach the main
thread only and do not exist on Windows, and an exception thrown into another thread may be swallowed there or
leave SymPy's caches half written. So another process simplifies, and is ended when its time is over. That
works in every thread and on every system, and costs the second that the process takes to start. A browser has
no processes. There this one simplifies, without a limit: what runs in a browser can be ended from outside.
"""

from __future__ import annotations

import math
import os
import pickle
import subprocess
import sys
from typing import Any

import sympy
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue
from nanograd.symbolic._errors import FormulaSizeError, SimplifyTimeoutError
from nanograd.symbolic._shared import SharedFormula
from nanograd.symbolic._simplifier import shortest_of

_HAS_PROCESSES = sys.platform != "emscripten"


def simplify(formula: Any, *, seconds: float = 20.0) -> Any:
    """Return a shorter form of a formula, with the same values.

    SymPy's ways to rewrite are tried one after the other, and the form with the fewest operations is taken;
    each is compared with the formula at random points. Of a :class:`SharedFormula`, every definition and the
    expression are simplified, each by itself. Another process does it, so that the limit holds in any thread
    and on any system; starting it takes about a second of the limit.

    >>> import sympy
    >>> x = sympy.Symbol("x", real=True)
    >>> simplify(sympy.sin(x) ** 2 + sympy.cos(x) ** 2)
    1

    Args:
        formula: a SymPy expression, a matrix of them, or a :class:`SharedFormula`.
        seconds: how long it may take; in a browser there is no limit.

    Raises:
        SimplifyTimeoutError: if the time is over; its ``formula`` is the one that was given.
        NumberTypeError: if ``formula`` is no formula.
        ArgumentError: if ``seconds`` is not positive, or another process cannot read the formula.
        FormulaSizeError: if too many functions are inside each other.
    """
    if isinstance(formula, ScalarValue) or not isinstance(
        formula, (sympy.Expr, sympy.Tuple, sympy.MatrixBase, SharedFormula)
    ):
        raise NumberTypeError(
            f"simplify(formula) takes a SymPy expression or a SharedFormula and got "
            f"{type(formula).__name__}: {formula!r}. to_sympy(value) is the formula of a value."
        )
    if not isinstance(seconds, (int, float)) or not 0 < seconds < math.inf:
        raise ArgumentError(f"simplify(seconds) takes a positive number and got {seconds!r}")
    if isinstance(formula, SharedFormula):
        meanings = [meaning for _, meaning in formula.definitions]
        *shorter, expression = _shortened([*meanings, formula.expression], formula, seconds)
        pairs = zip(formula.definitions, shorter, strict=True)
        definitions = tuple((symbol, meaning) for (symbol, _), meaning in pairs)
        return SharedFormula(definitions, expression, formula.symbols)
    (result,) = _shortened([formula], formula, seconds)
    return result


def _shortened(expressions: list[object], formula: object, seconds: float) -> list[object]:
    try:
        pickled = pickle.dumps(expressions)
    except RecursionError as error:
        raise FormulaSizeError(
            "simplify(formula) got a formula with too many functions inside each other: simplify its parts, "
            "or the SharedFormula that to_sympy(sharing=True) returns"
        ) from error
    if not _HAS_PROCESSES:
        return [shortest_of(expression) for expression in expressions]
    path = os.pathsep.join([*sys.path, os.environ.get("PYTHONPATH", "")])
    try:
        done = subprocess.run(
            [sys.executable, "-m", "nanograd.symbolic._simplifier"],
            input=pickled,
            capture_output=True,
            timeout=seconds,
            check=True,
            env={**os.environ, "PYTHONPATH": path},
        )
    except subprocess.TimeoutExpired as error:
        operations = sum(int(sympy.count_ops(expression)) for expression in expressions)
        raise SimplifyTimeoutError(
            f"simplify() did not finish within {seconds:g} seconds; the formula has {operations} operations. "
            "Allow more with seconds=, simplify a part, or use the formula as it is: this error has it as "
            ".formula.",
            formula,
            seconds,
        ) from error
    except subprocess.CalledProcessError as error:
        reason = error.stderr.decode(errors="replace").strip().split("\n")[-1]
        raise ArgumentError(
            f"simplify(formula) failed in the process that simplifies, with {reason or error}: are all of "
            "its symbols and functions SymPy's own?"
        ) from error
    shorter: list[object] = pickle.loads(done.stdout)  # noqa: S301  # our own process wrote it
    return shorter
