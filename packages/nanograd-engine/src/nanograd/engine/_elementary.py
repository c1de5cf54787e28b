"""The named functions as methods of ScalarValue: ``x.tanh()`` beside the module function ``tanh(x)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from nanograd.engine._ops import COS, EXP, FLOOR, LOG, RELU, SIGMOID, SIN, SQRT, TANH, Operation

if TYPE_CHECKING:
    from nanograd.engine._value import ScalarValue


class Elementary:
    """What :class:`ScalarValue` inherits: one method for each named function of the table."""

    __slots__ = ()

    if TYPE_CHECKING:  # ScalarValue knows how to record an operation

        def _unary(self, operation: Operation) -> ScalarValue: ...

    def floor(self) -> ScalarValue:
        """Return the largest whole number not above x, like :func:`floor`."""
        return self._unary(FLOOR)

    def exp(self) -> ScalarValue:
        """Return e ** x, like :func:`exp`."""
        return self._unary(EXP)

    def log(self) -> ScalarValue:
        """Return the natural logarithm of x, like :func:`log`."""
        return self._unary(LOG)

    def sqrt(self) -> ScalarValue:
        """Return the square root of x, like :func:`sqrt`."""
        return self._unary(SQRT)

    def sin(self) -> ScalarValue:
        """Return the sine of x radians, like :func:`sin`."""
        return self._unary(SIN)

    def cos(self) -> ScalarValue:
        """Return the cosine of x radians, like :func:`cos`."""
        return self._unary(COS)

    def tanh(self) -> ScalarValue:
        """Return the hyperbolic tangent of x, like :func:`tanh`."""
        return self._unary(TANH)

    def sigmoid(self) -> ScalarValue:
        """Return the logistic function of x, like :func:`sigmoid`."""
        return self._unary(SIGMOID)

    def relu(self) -> ScalarValue:
        """Return x where it is positive, else 0, like :func:`relu`."""
        return self._unary(RELU)
