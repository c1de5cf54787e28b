"""Refusing what is no real number: a formula that SymPy has turned into I, zoo or nan is never passed on."""

from __future__ import annotations

import sympy
from nanograd.engine import Operation, ScalarValue
from nanograd.symbolic import _sympy_numbers as SYMPY
from nanograd.symbolic._chain import Chain
from nanograd.symbolic._errors import NoFormulaError
from nanograd.symbolic._sympy_numbers import Expression

_UNREAL = (sympy.nan, sympy.zoo, sympy.I, sympy.oo, -sympy.oo)


def formula_of_operation(node: ScalarValue, arguments: list[Expression]) -> Expression:
    """Return the formula of one operation over the formulas of its arguments.

    Raises:
        NoFormulaError: if it has none, or if it is not a real number.
    """
    operation: Operation = node.op  # type: ignore[assignment]  # callers ask for computed nodes
    result = rule_of_operation(operation, arguments)
    if result.has(*_UNREAL):
        refuse_unreal(result, f"{_shown(operation, arguments)}{_of_node(node)}", arguments)
    return result


def rule_of_operation(operation: Operation, arguments: list[Expression]) -> Expression:
    """Return what an operation's rule gives for formulas, whatever it is.

    Raises:
        NoFormulaError: if its rule needs numbers and not formulas.
    """
    try:
        if operation.arity is None and arguments:
            return sympy.sympify(operation.run(SYMPY, Chain(arguments[0]), *arguments[1:]))
        return sympy.sympify(operation.run(SYMPY, *arguments))
    except (TypeError, AttributeError, ArithmeticError) as error:
        raise NoFormulaError(_no_formula(operation, error)) from error


def partials_of_operation(
    operation: Operation, result: Expression, arguments: list[Expression]
) -> tuple[Expression, ...]:
    """Return the formulas of the partial derivatives of one operation, as the table writes them.

    Raises:
        NoFormulaError: if they have none.
    """
    try:
        return tuple(map(sympy.sympify, operation.differentiate(SYMPY, result, *arguments)))
    except (TypeError, AttributeError, ArithmeticError) as error:
        raise NoFormulaError(_no_formula(operation, error)) from error


def refuse_unreal(expression: Expression, what: str, arguments: list[Expression] | None = None) -> None:
    """Refuse a formula that holds an infinity, nan or the imaginary unit that its arguments do not hold.

    Raises:
        NoFormulaError: it names them.
    """
    if expression.has(*_UNREAL):
        found = [
            str(part)
            for part in _UNREAL
            if expression.has(part) and not any(argument.has(part) for argument in arguments or ())
        ]
        if found:
            raise NoFormulaError(
                f"{what} is {expression} in SymPy, which is no real number: it has {' and '.join(found)}. "
                "Its float is infinite or nan, or a rounding away from it."
            )


def _no_formula(operation: Operation, error: Exception) -> str:
    return (
        f"{operation.usage} has no formula in SymPy: its rule failed on symbols with {type(error).__name__}: "
        f"{error}. Write the rules of custom_op over the number system m: m.exp(x) instead of math.exp(x), "
        "m.where(x > 0, ...) instead of `if`."
    )


def _shown(operation: Operation, arguments: list[Expression]) -> str:
    return f"{operation.symbol!r} of ({', '.join(map(str, arguments))})"


def _of_node(node: ScalarValue) -> str:
    label = f" {node.label!r}" if node.label else ""
    place = f" in {str(node.scope)!r}" if node.scope is not None else ""
    return f", the value{label}{place} with data {node.data!r},"
