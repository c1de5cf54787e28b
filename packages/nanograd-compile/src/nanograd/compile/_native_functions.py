"""What the tape's machine code calls beyond ``math``: the functions of a number system, written for Numba.

The source of this module becomes a part of the kernel (``_native_kernel.py``), so it is plain arithmetic on
floats. Compiled, nothing in it raises: divisions by zero and logarithms of it give what IEEE 754 says, as in
the number system ``FLOATS``, which the tests hold each function against.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
from nanograd.engine import FLOATS

# These are arithmetic as they are.
sign = FLOATS.sign
maximum = FLOATS.maximum
minimum = FLOATS.minimum


def floor(x: float) -> float:
    """Return the largest whole number not above x."""
    return float(np.floor(x))


def ceil(x: float) -> float:
    """Return the smallest whole number not below x."""
    return float(np.ceil(x))


def trunc(x: float) -> float:
    """Return x without its fractional part."""
    return float(np.trunc(x))


def cbrt(x: float) -> float:
    """Return the cube root of x, with the sign of x."""
    return float(np.cbrt(x))


def sigmoid(x: float) -> float:
    """Return 1 / (1 + e ** -x)."""
    return 1.0 / (1.0 + math.exp(-x))


def softplus(x: float) -> float:
    """Return log(1 + e ** x) without overflow."""
    if x != x:
        return x
    return max(x, 0.0) + math.log1p(math.exp(-math.fabs(x)))


def gaussian(x: float) -> float:
    """Return e ** (-x * x), with x split so that the exponent is not rounded."""
    x = math.fabs(x)
    if not x < 40.0:
        return 0.0 if x >= 40.0 else x
    h = np.floor(x * 1024.0) / 1024.0
    return math.exp(-(h * h)) * math.exp((h - x) * (x + h))


def rounded(x: float, digits: float) -> float:
    """Return x rounded to so many decimal digits, at most 22 on either side of the point; ties go to even.

    x times a power of ten is rounded itself, and 0.15 * 10 becomes 1.5, a tie that 0.15 is not. So the error
    of the product is computed too (T. J. Dekker, 1971), and decides.
    """
    scale = 1.0
    for _ in range(int(math.fabs(digits))):  # 10 ** 22 is the largest power of ten that is a float
        scale *= 10.0
    if digits < 0.0:
        if not math.fabs(x) < scale * 9007199254740992.0:  # 2 ** 53: nothing to round, or infinite or nan
            return x
        rest = math.fabs(x) % scale
        whole = np.rint((math.fabs(x) - rest) / scale)
        if rest > scale / 2.0 or (rest == scale / 2.0 and whole % 2.0 == 1.0):
            whole += 1.0
        return math.copysign(whole * scale, x)
    scaled = x * scale
    if not math.fabs(scaled) < 9007199254740992.0:  # likewise: no digits are left behind the point
        return x
    whole = np.rint(scaled)
    if math.fabs(scaled - whole) == 0.5:
        high = x * 134217729.0  # 2 ** 27 + 1 splits a float into two halves whose products are exact
        high -= high - x
        upper = scale * 134217729.0
        upper -= upper - scale
        low, lower = x - high, scale - upper
        error = ((high * upper - scaled) + high * lower + low * upper) + low * lower
        if error > 0.0:
            whole = np.ceil(scaled)
        elif error < 0.0:
            whole = np.floor(scaled)
    return math.copysign(whole / scale, x)


def logsumexp(values: npt.NDArray[np.float64], indices: npt.NDArray[np.int32]) -> float:
    """Return log(e ** x1 + e ** x2 + ...) of some of the values, shifted by the largest."""
    largest, at = values[indices[0]], 0
    for k in range(len(indices)):
        x = values[indices[k]]
        if x != x:
            return float(x)
        if x > largest:
            largest, at = x, k
    if math.isinf(largest):
        return float(largest)  # shifting would compute inf - inf
    total = 0.0
    for k in range(len(indices)):
        if k != at:
            total += math.exp(values[indices[k]] - largest)
    return float(largest + math.log1p(total))
