"""NUMPY, the number system of arrays: a row of the table that is run in it computes all elements at once.

It gives what ``FLOATS`` gives, element for element, to a few units in the last place. Where IEEE arithmetic
has an infinite result or none, NumPy warns; whoever runs a row here silences it with ``np.errstate``.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from nanograd.compile._program import Indices

pi = math.pi

equal = np.equal
divide = np.divide
power = np.power
remainder = np.remainder
floor_divide = np.floor_divide
floor = np.floor
ceil = np.ceil
trunc = np.trunc
sign = np.sign
maximum = np.maximum
minimum = np.minimum
where = np.where
exp = np.exp
expm1 = np.expm1
log = np.log
log1p = np.log1p
log2 = np.log2
log10 = np.log10
sqrt = np.sqrt
cbrt = np.cbrt
sin = np.sin
cos = np.cos
tan = np.tan
asin = np.arcsin
acos = np.arccos
atan = np.arctan
atan2 = np.arctan2
hypot = np.hypot
sinh = np.sinh
cosh = np.cosh
tanh = np.tanh
asinh = np.arcsinh
acosh = np.arccosh
atanh = np.arctanh


def _elementwise(function: Callable[..., float], arity: int) -> Callable[..., Any]:
    """Return a function of Python's ``math``, which NumPy does not have, for arrays."""
    of_objects = np.frompyfunc(function, arity, 1)

    def call(*arguments: Any) -> Any:
        return np.asarray(of_objects(*arguments), dtype=np.float64)[()]

    return call


erf = _elementwise(math.erf, 1)
erfc = _elementwise(math.erfc, 1)
_rounded_decimally = _elementwise(lambda x, digits: round(x, int(digits)), 2)


def rounded(x: Any, digits: Any) -> Any:
    """Return x rounded to so many decimal digits, ties to even."""
    return np.rint(x) if np.all(np.equal(digits, 0)) else _rounded_decimally(x, digits)


def gaussian(x: Any) -> Any:
    """Return e ** (-x * x), with the square split as in ``FLOATS.gaussian``."""
    x = np.abs(x)
    near = np.minimum(x, 40.0)  # nothing is left of it beyond; nan stays
    high = np.floor(near * 1024.0) / 1024.0
    return np.where(x >= 40.0, 0.0, np.exp(-(high * high)) * np.exp((high - near) * (near + high)))[()]


def sigmoid(x: Any) -> Any:
    """Return 1 / (1 + e ** -x)."""
    return 1.0 / (1.0 + np.exp(-x))


def softplus(x: Any) -> Any:
    """Return log(1 + e ** x) without overflow."""
    return np.maximum(x, 0.0) + np.log1p(np.exp(-np.abs(x)))


def logsumexp(x: Any) -> Any:
    """Return log(e ** x[..., 0] + e ** x[..., 1] + ...), shifted by the largest of each row.

    The largest itself is left out of the sum, which then keeps its digits where it is small.
    """
    place = np.expand_dims(np.argmax(x, axis=-1), -1)
    largest = np.take_along_axis(x, place, axis=-1)
    powers = np.exp(x - largest)
    np.put_along_axis(powers, place, 0.0, axis=-1)
    total = largest[..., 0] + np.log1p(powers.sum(axis=-1))
    return np.where(np.isinf(largest[..., 0]), largest[..., 0], total)[()]


def logsumexp_of_runs(x: Any, starts: Indices) -> Any:
    """Return the logsumexp of each run of the last axis, given where the runs begin."""
    counts = np.diff(starts, append=x.shape[-1])
    largest = np.maximum.reduceat(x, starts, axis=-1)
    shifted = x - np.repeat(largest, counts, axis=-1)
    # One of the largest of each run is left out of the sum: the first.
    place = np.where(shifted == 0.0, np.arange(x.shape[-1]), x.shape[-1])
    first = np.minimum.reduceat(place, starts, axis=-1)
    powers = np.where(place == np.repeat(first, counts, axis=-1), 0.0, np.exp(shifted))
    total = largest + np.log1p(np.add.reduceat(powers, starts, axis=-1))
    return np.where(np.isinf(largest), largest, total)


def sum_of_runs(x: Any, starts: Indices) -> Any:
    """Return the sum of each run of the last axis, given where the runs begin."""
    return np.add.reduceat(x, starts, axis=-1)


def scatter(x: Any, index: Indices, size: int) -> Any:
    """Return an array of ``size`` elements, each the sum of the elements of ``x`` whose ``index`` it is."""
    return np.bincount(index, np.broadcast_to(x, index.shape), size)


def scatter_rows(x: Any, index: Indices, size: int) -> Any:
    """Return what :func:`scatter` does of each row."""
    result = np.zeros((len(x), size))
    for row, values in enumerate(x):
        result[row] = np.bincount(index, values, size)
    return result
