"""What a ScalarValue does where Python expects a number: comparing, converting, rounding, formatting.

Comparisons and conversions look at the number alone. Rounding is recorded, with a slope of 0.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nanograd.engine._math_guard import refuse_math_functions
from nanograd.engine._ops import CEIL, FLOOR, FLOOR_DIVIDE, MOD, ROUND, TRUNC

if TYPE_CHECKING:
    from nanograd.engine._floats import Number
    from nanograd.engine._ops import Operation
    from nanograd.engine._value import ScalarValue


class NumberProtocol:
    """What :class:`ScalarValue` inherits to be used like a float."""

    __slots__ = ()

    if TYPE_CHECKING:  # ScalarValue has a number, and knows how to record an operation
        _data: Number
        _requires_grad: bool

        def _unary(self, operation: Operation) -> ScalarValue: ...

        def _binary(self, operation: Operation, other: Any) -> ScalarValue: ...

        def _reversed(self, operation: Operation, other: Any) -> ScalarValue: ...

    def __eq__(self, other: object) -> Any:
        return self._data == (other._data if isinstance(other, NumberProtocol) else other)

    def __lt__(self, other: Any) -> Any:
        return self._data < (other._data if isinstance(other, NumberProtocol) else other)

    def __le__(self, other: Any) -> Any:
        return self._data <= (other._data if isinstance(other, NumberProtocol) else other)

    def __gt__(self, other: Any) -> Any:
        return self._data > (other._data if isinstance(other, NumberProtocol) else other)

    def __ge__(self, other: Any) -> Any:
        return self._data >= (other._data if isinstance(other, NumberProtocol) else other)

    # By identity, as in PyTorch: two values with equal numbers are two keys of a dictionary.
    __hash__ = object.__hash__

    def __bool__(self) -> bool:
        return bool(self._data)

    def __float__(self) -> float:
        if self._requires_grad:
            refuse_math_functions()
        return float(self._data)

    def __int__(self) -> int:
        return int(self._data)

    def __format__(self, specification: str) -> str:
        return format(self._data, specification) if specification else str(self)

    def __round__(self, ndigits: int | None = None) -> ScalarValue:
        return self._binary(ROUND, 0 if ndigits is None else ndigits)

    def __floor__(self) -> ScalarValue:
        return self._unary(FLOOR)

    def __ceil__(self) -> ScalarValue:
        return self._unary(CEIL)

    def __trunc__(self) -> ScalarValue:
        return self._unary(TRUNC)

    def __divmod__(self, other: ScalarValue | Number) -> tuple[ScalarValue, ScalarValue]:
        return self._binary(FLOOR_DIVIDE, other), self._binary(MOD, other)

    def __rdivmod__(self, other: Number) -> tuple[ScalarValue, ScalarValue]:
        return self._reversed(FLOOR_DIVIDE, other), self._reversed(MOD, other)
