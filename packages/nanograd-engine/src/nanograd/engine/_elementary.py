"""The named functions as methods of ScalarValue: ``x.tanh()`` beside the module function ``tanh(x)``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from nanograd.engine._ops import (
    ACOS,
    ACOSH,
    ASIN,
    ASINH,
    ATAN,
    ATAN2,
    ATANH,
    CBRT,
    CEIL,
    COS,
    COSH,
    ELU,
    ERF,
    EXP,
    EXPM1,
    FLOOR,
    HYPOT,
    LEAKY_RELU,
    LOG,
    LOG1P,
    LOG2,
    LOG10,
    MAXIMUM,
    MINIMUM,
    POW,
    RELU,
    SIGMOID,
    SIGN,
    SILU,
    SIN,
    SINH,
    SOFTPLUS,
    SQRT,
    TAN,
    TANH,
    TRUNC,
    Operation,
)

if TYPE_CHECKING:
    from nanograd.engine._value import ScalarValue


class Elementary:
    """What :class:`ScalarValue` inherits: one method for each named function of the table."""

    __slots__ = ()

    if TYPE_CHECKING:  # ScalarValue knows how to record an operation

        def _unary(self, operation: Operation) -> ScalarValue: ...

        def _binary(self, operation: Operation, other: Any) -> ScalarValue: ...

    def exp(self) -> ScalarValue:
        """Return e ** x, like :func:`exp`."""
        return self._unary(EXP)

    def expm1(self) -> ScalarValue:
        """Return e ** x - 1, exactly also where x is small, like :func:`expm1`."""
        return self._unary(EXPM1)

    def log(self) -> ScalarValue:
        """Return the natural logarithm of x, like :func:`log`."""
        return self._unary(LOG)

    def log1p(self) -> ScalarValue:
        """Return log(1 + x), exactly also where x is small, like :func:`log1p`."""
        return self._unary(LOG1P)

    def log2(self) -> ScalarValue:
        """Return the logarithm of x to base 2, like :func:`log2`."""
        return self._unary(LOG2)

    def log10(self) -> ScalarValue:
        """Return the logarithm of x to base 10, like :func:`log10`."""
        return self._unary(LOG10)

    def sqrt(self) -> ScalarValue:
        """Return the square root of x, like :func:`sqrt`."""
        return self._unary(SQRT)

    def cbrt(self) -> ScalarValue:
        """Return the cube root of x, with the sign of x, like :func:`cbrt`."""
        return self._unary(CBRT)

    def sin(self) -> ScalarValue:
        """Return the sine of x, like :func:`sin`."""
        return self._unary(SIN)

    def cos(self) -> ScalarValue:
        """Return the cosine of x, like :func:`cos`."""
        return self._unary(COS)

    def tan(self) -> ScalarValue:
        """Return the tangent of x, like :func:`tan`."""
        return self._unary(TAN)

    def asin(self) -> ScalarValue:
        """Return the angle in radians whose sine is x, like :func:`asin`."""
        return self._unary(ASIN)

    def acos(self) -> ScalarValue:
        """Return the angle in radians whose cosine is x, like :func:`acos`."""
        return self._unary(ACOS)

    def atan(self) -> ScalarValue:
        """Return the angle in radians whose tangent is x, like :func:`atan`."""
        return self._unary(ATAN)

    def sinh(self) -> ScalarValue:
        """Return the hyperbolic sine of x, like :func:`sinh`."""
        return self._unary(SINH)

    def cosh(self) -> ScalarValue:
        """Return the hyperbolic cosine of x, like :func:`cosh`."""
        return self._unary(COSH)

    def tanh(self) -> ScalarValue:
        """Return the hyperbolic tangent of x, like :func:`tanh`."""
        return self._unary(TANH)

    def asinh(self) -> ScalarValue:
        """Return the number whose hyperbolic sine is x, like :func:`asinh`."""
        return self._unary(ASINH)

    def acosh(self) -> ScalarValue:
        """Return the number not below 0 whose hyperbolic cosine is x, like :func:`acosh`."""
        return self._unary(ACOSH)

    def atanh(self) -> ScalarValue:
        """Return the number whose hyperbolic tangent is x, like :func:`atanh`."""
        return self._unary(ATANH)

    def erf(self) -> ScalarValue:
        """Return the result of :func:`erf`."""
        return self._unary(ERF)

    def sigmoid(self) -> ScalarValue:
        """Return the logistic function 1 / (1 + e**-x), like :func:`sigmoid`."""
        return self._unary(SIGMOID)

    def silu(self) -> ScalarValue:
        """Return x sigmoid(x), also called swish, like :func:`silu`."""
        return self._unary(SILU)

    def softplus(self) -> ScalarValue:
        """Return log(1 + e**x), like :func:`softplus`."""
        return self._unary(SOFTPLUS)

    def relu(self) -> ScalarValue:
        """Return x where it is positive and 0 elsewhere, like :func:`relu`."""
        return self._unary(RELU)

    def sign(self) -> ScalarValue:
        """Return -1, 0 or 1 with the sign of x, like :func:`sign`."""
        return self._unary(SIGN)

    def floor(self) -> ScalarValue:
        """Return the largest whole number not above x, like :func:`floor`."""
        return self._unary(FLOOR)

    def ceil(self) -> ScalarValue:
        """Return the smallest whole number not below x, like :func:`ceil`."""
        return self._unary(CEIL)

    def trunc(self) -> ScalarValue:
        """Return x, like :func:`trunc`."""
        return self._unary(TRUNC)

    def leaky_relu(self, negative_slope: Any = 0.01) -> ScalarValue:
        """Return x where it is positive and ``negative_slope`` x elsewhere, like :func:`leaky_relu`."""
        return self._binary(LEAKY_RELU, negative_slope)

    def elu(self, alpha: Any = 1.0) -> ScalarValue:
        """Return x where it is positive and ``alpha`` (e**x - 1) elsewhere, like :func:`elu`."""
        return self._binary(ELU, alpha)

    def gelu(self, approximate: str = "none") -> ScalarValue:
        """Return x times the probability that a standard normal variable is below x, like :func:`gelu`."""
        from nanograd.engine._activations import gelu  # it is built on ScalarValue, which is built on this

        result: ScalarValue = gelu(self, approximate)
        return result

    def clamp(self, min: Any = None, max: Any = None) -> ScalarValue:
        """Return x, or the bound that it lies beyond, like :func:`clamp`."""
        from nanograd.engine._steps import clamp

        result: ScalarValue = clamp(self, min, max)
        return result

    def maximum(self, other: Any) -> ScalarValue:
        """Return the larger one of two numbers, like :func:`maximum`."""
        return self._binary(MAXIMUM, other)

    def minimum(self, other: Any) -> ScalarValue:
        """Return the smaller one of two numbers, like :func:`minimum`."""
        return self._binary(MINIMUM, other)

    def hypot(self, other: Any) -> ScalarValue:
        """Return sqrt(x**2 + y**2), like :func:`hypot`."""
        return self._binary(HYPOT, other)

    def atan2(self, other: Any) -> ScalarValue:
        """Return the angle of the point whose second coordinate this is, like :func:`atan2`."""
        return self._binary(ATAN2, other)

    def pow(self, exponent: Any) -> ScalarValue:
        """Return x ** exponent."""
        return self._binary(POW, exponent)
