"""Which Python objects are numbers here: real ones, and nothing that only looks like one."""

from __future__ import annotations

import math
import reprlib
from fractions import Fraction
from numbers import Integral, Real
from typing import Any

from nanograd.engine._errors import NumberTypeError
from nanograd.engine._floats import Number


def as_number(given: Any, what: str) -> Number:
    """Return ``given`` as an int, float or Fraction.

    NumPy's scalars and other real numbers become Python's own, which are faster and keep IEEE results silent.

    Args:
        given: what the user gave.
        what: the argument's name, which an error begins with.

    Raises:
        NumberTypeError: if it is not a real number; the message says what to do instead.
    """
    kind = given.__class__
    if kind is float or kind is int or kind is Fraction:
        number: Number = given
        return number
    if isinstance(given, Integral) and kind is not bool:
        return int(given)
    if isinstance(given, Fraction):
        return Fraction(given)
    if isinstance(given, Real) and kind is not bool:
        return float(given)
    if getattr(given, "ndim", None) == 0 and hasattr(given, "item"):  # an array without axes
        return as_number(given.item(), what)
    raise NumberTypeError(f"{what} takes a real number and got {described(given)}. {_advice(given)}")


def described(given: object) -> str:
    """Return the type and a shortened repr of any object, for messages."""
    return f"{type(given).__name__}: {reprlib.repr(given)}"


def is_finite(number: Any) -> bool:
    """Return whether a number, or that of a ScalarValue, is neither infinite nor nan."""
    number = getattr(number, "_data", number)
    return not isinstance(number, float) or math.isfinite(number)


def is_array(given: object) -> bool:
    """Return whether it is an array with axes, of NumPy or of a library like it."""
    return bool(getattr(given, "ndim", False))


def _advice(given: Any) -> str:
    if type(given).__name__ in {"bool", "bool_"}:  # Python's, or NumPy's of any version
        return f"Write {int(given)}, or choose with where(condition, a, b)."
    if isinstance(given, str):
        return f"Convert it first: float({reprlib.repr(given)})."
    if given is None:
        return "A function without a return statement gives None."
    if isinstance(given, complex):
        return "Complex numbers are not supported: use its .real and .imag."
    if hasattr(given, "_requires_grad"):
        return "It is a ScalarValue already: use it as it is, or its .data."
    if isinstance(given, list | tuple | set | dict) or is_array(given):
        return "Make one ScalarValue for each number: [ScalarValue(number) for number in numbers]."
    return "Use int, float, Fraction or a NumPy scalar."
