"""What each part of a SymPy expression is in a graph: its operands, and the operation that joins them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from typing import Any

import sympy
from nanograd.engine import (
    VALUES,
    Number,
    prod,
    sum_,
)
from nanograd.symbolic._choices import Choices, Operand, condition_of, folded
from nanograd.symbolic._errors import NoOperationError
from nanograd.symbolic._sympy_numbers import Expression

_MOST_TERMS = 100_000

_FUNCTIONS: dict[Any, Callable[..., Operand]] = {
    sympy.Abs: abs,
    sympy.sign: VALUES.sign,
    sympy.floor: VALUES.floor,
    sympy.ceiling: VALUES.ceil,
    sympy.Mod: VALUES.remainder,
    sympy.exp: VALUES.exp,
    sympy.sin: VALUES.sin,
    sympy.cos: VALUES.cos,
    sympy.tan: VALUES.tan,
    sympy.cot: lambda x: VALUES.divide(1, VALUES.tan(x)),
    sympy.sec: lambda x: VALUES.divide(1, VALUES.cos(x)),
    sympy.csc: lambda x: VALUES.divide(1, VALUES.sin(x)),
    sympy.asin: VALUES.asin,
    sympy.acos: VALUES.acos,
    sympy.atan: VALUES.atan,
    sympy.atan2: VALUES.atan2,
    sympy.sinh: VALUES.sinh,
    sympy.cosh: VALUES.cosh,
    sympy.tanh: VALUES.tanh,
    sympy.coth: lambda x: VALUES.divide(1, VALUES.tanh(x)),
    sympy.sech: lambda x: VALUES.divide(1, VALUES.cosh(x)),
    sympy.csch: lambda x: VALUES.divide(1, VALUES.sinh(x)),
    sympy.asinh: VALUES.asinh,
    sympy.acosh: VALUES.acosh,
    sympy.atanh: VALUES.atanh,
    sympy.erf: VALUES.erf,
    sympy.erfc: VALUES.erfc,
}


def operands_of(part: Expression) -> list[Expression]:
    """Return the expressions that a part is computed from."""
    if isinstance(part, (sympy.Sum, sympy.Product)):
        return _terms(part)
    if isinstance(part, sympy.Piecewise):
        return [each for pair in part.args for each in (pair.args[0], pair.args[1])]
    if isinstance(part, sympy.Derivative):
        done = part.doit()
        if isinstance(done, sympy.Derivative):
            raise _unsupported(part)
        return [done]
    if part.is_Mul:
        return _factors(part)
    if part.is_Pow and part.base is not sympy.E:
        return _power_operands(part)
    if _is_composed(part):
        return [part.to_nnf()]
    if part.args and not _is_supported(part):
        raise _unsupported(part)
    if part.func is sympy.log and (inner := _exponents(part.args[0])) is not None:
        return inner
    return list(part.args)


def value_of(
    part: Expression, needed: Sequence[Expression], known: Mapping[Expression, Operand], choices: Choices
) -> Operand:
    """Return the value of a part, given those of its operands."""
    operands = [known[operand] for operand in needed]
    if part.is_number and not part.args:
        return _number(part)
    if part in (sympy.true, sympy.false):
        return int(part == sympy.true)
    if part.is_Add or isinstance(part, sympy.Sum):
        return _added(operands)
    if part.is_Mul:
        return _multiplied(part, operands)
    if isinstance(part, sympy.Product):
        return prod(operands) if operands else 1
    if part.is_Pow:
        return _raised(part, operands)
    if isinstance(part, sympy.Derivative) or _is_composed(part):
        return operands[0]
    if isinstance(part, sympy.Piecewise):
        return choices.of_piecewise(part, operands)
    if isinstance(part, sympy.Heaviside):
        return choices.step(*operands)
    if isinstance(part, (sympy.Max, sympy.Min)):
        extreme = VALUES.maximum if isinstance(part, sympy.Max) else VALUES.minimum
        return folded(extreme, operands)
    if isinstance(part, sympy.log):
        return _logarithm(part, operands)
    if isinstance(part, sympy.logic.boolalg.Boolean):
        return condition_of(part, operands)
    return _FUNCTIONS[part.func](*operands)


def _is_composed(part: Expression) -> bool:
    """Return whether a condition, such as ITE or Xor, is to be written with And, Or and Not first."""
    simple = (sympy.And, sympy.Or, sympy.Not)
    return isinstance(part, sympy.logic.boolalg.BooleanFunction) and not isinstance(part, simple)


def _is_supported(part: Expression) -> bool:
    kinds = (sympy.Add, sympy.Pow, sympy.Max, sympy.Min, sympy.log, sympy.Heaviside, sympy.Rel)
    return part.func in _FUNCTIONS or isinstance(part, (*kinds, sympy.And, sympy.Or, sympy.Not))


def _number(part: Expression) -> Number:
    if part.is_Integer:
        return int(part)
    if part.is_Rational:
        return Fraction(int(part.p), int(part.q))
    if part.is_real or part in (sympy.oo, -sympy.oo):
        return float(part)
    raise NoOperationError(f"the formula has the number {part}, and a graph computes with real numbers only")


def _added(operands: Sequence[Operand]) -> Operand:
    if len(operands) == 2:
        return operands[0] + operands[1]
    return sum_(operands) if operands else 0


def _factors(part: Expression) -> list[Expression]:
    """Return the factors of a product, and under each -1 of an exponent its divisor."""
    return [_divisor(factor) or factor for factor in part.args]


def _divisor(factor: Expression) -> Expression | None:
    """Return d for a factor 1 / d."""
    if factor.is_Pow and factor.base is not sympy.E and factor.exp.is_number and factor.exp.is_negative:
        return factor.base ** (-factor.exp)
    return None


def _multiplied(part: Expression, operands: Sequence[Operand]) -> Operand:
    above = [operand for factor, operand in zip(part.args, operands, strict=True) if not _divisor(factor)]
    below = [operand for factor, operand in zip(part.args, operands, strict=True) if _divisor(factor)]
    negative = part.args[0] is sympy.S.NegativeOne
    if negative:
        above = above[1:]
    result = _product(above) if above else 1
    if below:
        result = VALUES.divide(result, _product(below))
    return -result if negative else result


def _product(operands: Sequence[Operand]) -> Operand:
    return folded(lambda x, y: x * y, operands) if len(operands) < 3 else prod(operands)


def _power_operands(part: Expression) -> list[Expression]:
    divisor = _divisor(part)
    if divisor is not None:
        return [divisor]
    return [part.base] if part.exp is sympy.S.Half else [part.base, part.exp]


def _raised(part: Expression, operands: Sequence[Operand]) -> Operand:
    if part.base is sympy.E:
        return VALUES.exp(operands[-1])
    if _divisor(part) is not None:
        return VALUES.divide(1, operands[0])
    return VALUES.sqrt(operands[0]) if len(operands) == 1 else VALUES.power(*operands)


def _exponents(argument: Expression) -> list[Expression] | None:
    """Return x, y, ... of exp(x) + exp(y) + ..., in which 1 is exp(0): logsumexp does not overflow."""
    terms = argument.args if argument.is_Add else ()
    if not terms or not all(isinstance(term, sympy.exp) or term is sympy.S.One for term in terms):
        return None
    return [term.args[0] if term.args else sympy.S.Zero for term in terms]


def _logarithm(part: Expression, operands: Sequence[Operand]) -> Operand:
    if (exponents := _exponents(part.args[0])) is None:
        return VALUES.log(operands[0])
    if len(exponents) == 2 and sympy.S.Zero in exponents:
        return VALUES.softplus(operands[1 - exponents.index(sympy.S.Zero)])
    return VALUES.logsumexp(operands)


def _terms(part: Expression) -> list[Expression]:
    """Return the terms of a sum, or the factors of a product, over whole numbers.

    Raises:
        NoOperationError: if its bounds are not whole numbers, or too far apart.
    """
    *inner, (index, low, high) = part.limits
    if not (low.is_Integer and high.is_Integer):
        raise NoOperationError(
            f"{part} has bounds that are not whole numbers; a graph has a fixed number of nodes: put numbers "
            "in for them"
        )
    if high - low >= _MOST_TERMS:
        raise NoOperationError(f"{part} has {high - low + 1} terms; {_MOST_TERMS} are allowed")
    body = type(part)(part.function, *inner) if inner else part.function
    return [body.xreplace({index: sympy.Integer(i)}) for i in range(int(low), int(high) + 1)]


def _unsupported(part: Expression) -> NoOperationError:
    special = {"Heaviside", "Max", "Min", "Piecewise", "Product", "Sum", "log", "sqrt"}
    names = sorted(special.union(function.__name__ for function in _FUNCTIONS))
    return NoOperationError(
        f"{part.func.__name__}, in {part}, is no operation of the table; from_sympy knows + * ** and "
        f"{' '.join(names)}. Rewrite it with them, or evaluate it first with .doit()."
    )
