"""The derivatives of the table as text: a number system whose numbers are formulas.

The rules of :data:`~nanograd.engine.OPS` are written over any number system. Run in this one, they write
themselves down.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any, Final

from nanograd.engine import NanogradError, Number, Operation
from nanograd.viz._numerals import short_numeral

RESULT: Final = -1
"""Stands for the result of an operation in a :data:`Template`; its operands are 0, 1, 2 ..."""

Template = list[str | int]
"""A formula with holes for names: texts, and numbers that say whose name comes there."""

_NONE: Mapping[int, Number] = MappingProxyType({})
_LONGEST = 400
_LONGEST_NUMBER = 10
_MANY_OPERANDS = 64

_CHOICE, _COMPARISON, _SUM, _PRODUCT, _SIGN, _POWER, _ATOM = range(7)


def slope_templates(
    operation: Operation, count: int, constants: Mapping[int, Number] = _NONE
) -> list[Template | None]:
    """Return the formula of the derivative with respect to each operand, None where there is none to show.

    Of operands whose numbers are known, the formula holds the numbers, and no case that cannot come.

    >>> from nanograd.engine import OPS
    >>> slope_templates(OPS["*"], 2)
    [[1], [0]]
    >>> slope_templates(OPS["tanh"], 1)
    [['1 − ', -1, ' · ', -1]]
    >>> slope_templates(OPS["**"], 2, {1: 3})[0]
    ['3 · ', 0, '^2']

    Args:
        operation: a row of the table, or an operation of the user's own.
        count: the number of operands.
        constants: the numbers of those operands that never change, by place.
    """
    if count > _MANY_OPERANDS:
        return [None] * count
    operands = [constants.get(place, Formula([place], _ATOM)) for place in range(count)]
    try:
        slopes = operation.differentiate(FORMULAS, Formula([RESULT], _ATOM), *operands)
    # A user's own rule may use functions that know plain numbers only.
    except (ArithmeticError, AttributeError, LookupError, NanogradError, TypeError, ValueError):
        return slope_templates(operation, count) if constants else [None] * count
    return [_short_template(slope) for slope in slopes]


@cache
def has_cases(operation: Operation, count: int) -> bool:
    """Return whether a formula of an operation depends on cases, as that of ``**`` does.

    Args:
        operation: a row of the table, or an operation of the user's own.
        count: the number of operands.
    """
    parts = (part for template in slope_templates(operation, count) for part in template or ())
    return any(isinstance(part, str) and " if " in part for part in parts)


class Formula:
    """A formula being written: its text with holes, and how strongly its outermost operation binds."""

    __slots__ = ("binding", "template")
    __hash__ = None  # type: ignore[assignment]  # as of anything whose == is no comparison of objects

    def __init__(self, template: Template, binding: int) -> None:
        self.template = template
        self.binding = binding

    def within(self, binding: int) -> Template:
        """Return the text as part of an operation that binds so strongly, in parentheses if need be."""
        return self.template if self.binding >= binding else ["(", *self.template, ")"]

    def __add__(self, other: Any) -> Any:
        return _joined(self, " + ", other, _SUM)

    def __radd__(self, other: Any) -> Any:
        return _joined(other, " + ", self, _SUM)

    def __sub__(self, other: Any) -> Any:
        return _joined(self, " − ", other, _SUM, _PRODUCT)

    def __rsub__(self, other: Any) -> Any:
        return _joined(other, " − ", self, _SUM, _PRODUCT)

    def __mul__(self, other: Any) -> Any:
        return self if _is_one(other) else _joined(self, " · ", other, _PRODUCT)

    def __rmul__(self, other: Any) -> Any:
        return self if _is_one(other) else _joined(other, " · ", self, _PRODUCT)

    def __neg__(self) -> Formula:
        return Formula(["−", *self.within(_PRODUCT)], _SIGN if self.binding > _PRODUCT else _PRODUCT)

    def __lt__(self, other: Any) -> Any:
        return _joined(self, " < ", other, _COMPARISON, _SUM)

    def __le__(self, other: Any) -> Any:
        return _joined(self, " ≤ ", other, _COMPARISON, _SUM)

    def __gt__(self, other: Any) -> Any:
        return _joined(self, " > ", other, _COMPARISON, _SUM)

    def __ge__(self, other: Any) -> Any:
        return _joined(self, " ≥ ", other, _COMPARISON, _SUM)

    def __and__(self, other: Any) -> Any:
        if isinstance(other, bool):
            return self if other else False
        return _joined(self, " and ", other, _COMPARISON)

    def __or__(self, other: Any) -> Any:
        if isinstance(other, bool):
            return True if other else self
        return _joined(self, " or ", other, _COMPARISON)

    __rand__, __ror__ = __and__, __or__

    def __abs__(self) -> Any:
        return _call("abs", self)

    def __bool__(self) -> bool:
        raise TypeError("a formula is neither true nor false: a rule asks with m.where")


class _Formulas:
    """The number system: any function is written as a call of its name."""

    pi = Formula(["π"], _ATOM)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        if name.startswith("_"):
            raise AttributeError(name)
        return lambda *arguments: _call(name, *arguments)

    def divide(self, x: Any, y: Any) -> Any:
        return _joined(x, " / ", y, _PRODUCT, _SIGN)

    def power(self, x: Any, y: Any) -> Any:
        if not isinstance(y, Formula) and y in (0, 1):
            return x if y else 1
        base, exponent = _written(x), _written(y)
        return Formula([*base.within(_ATOM), "^", *exponent.within(_ATOM)], _POWER)

    def equal(self, x: Any, y: Any) -> Any:
        if not isinstance(x, Formula) and not isinstance(y, Formula):
            return x == y
        return _joined(x, " = ", y, _COMPARISON, _SUM)

    def where(self, condition: Any, x: Any, y: Any) -> Any:
        if isinstance(condition, bool):
            return x if condition else y
        return Formula(
            [
                *_written(x).within(_COMPARISON),
                " if ",
                *_written(condition).template,
                " else ",
                *_written(y).template,
            ],
            _CHOICE,
        )


FORMULAS = _Formulas()


def _written(x: Any) -> Formula:
    if isinstance(x, Formula):
        return x
    # The table's own numbers are written out, such as the 0.044715 of gelu.
    text = str(x) if isinstance(x, int | float) and 1e-6 <= abs(x) <= 1e6 else short_numeral(x)
    text = text.removesuffix(".0")
    if len(text) > _LONGEST_NUMBER:
        text = short_numeral(x)
    return Formula([text.replace("-", "−")], _SIGN if x < 0 else _ATOM)


def _joined(x: Any, symbol: str, y: Any, binding: int, right: int | None = None) -> Formula:
    left = _written(x).within(binding)
    return Formula([*left, symbol, *_written(y).within(binding if right is None else right)], binding)


def _call(name: str, *arguments: Any) -> Formula:
    inside: Template = []
    for argument in arguments:
        inside += [*([", "] if inside else []), *_written(argument).template]
    return Formula([name, "(", *inside, ")"], _ATOM)


def _is_one(x: Any) -> bool:
    return not isinstance(x, Formula) and bool(x == 1)


def _short_template(slope: Any) -> Template | None:
    """Return a formula with its texts joined, or None if nobody would read it."""
    merged: Template = []
    for part in _written(slope).template:
        if merged and isinstance(part, str) and isinstance(merged[-1], str):
            merged[-1] += part
        else:
            merged.append(part)
    length = sum(len(part) if isinstance(part, str) else 1 for part in merged)
    return merged if length <= _LONGEST else None
