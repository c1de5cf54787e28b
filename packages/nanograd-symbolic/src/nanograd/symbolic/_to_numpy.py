"""A graph and its gradient as a NumPy function over arrays: many samples in one call."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nanograd.engine import ScalarValue
from nanograd.symbolic._prepared import prepared
from nanograd.symbolic._python_syntax import (
    ARITHMETIC,
    RESERVED,
    call,
    call_with_list,
    infix,
    python_module,
    python_number,
)
from nanograd.symbolic._statements import Language, Writer
from nanograd.symbolic._terms import FUNCTIONS


def to_numpy(
    root: ScalarValue | Callable[..., Any],
    *example: Any,
    name: str | None = None,
    inputs: Sequence[ScalarValue] | None = None,
    wrt: Sequence[ScalarValue] | None = None,
    gradient: bool = True,
    docstring: str | None = None,
) -> str:
    """Return the source of a NumPy function that computes a value and its gradient for arrays of samples.

    Every argument is a number or an array; they broadcast, and the function is computed elementwise. A choice
    computes both sides and takes one with ``np.where``; at the edges there are infinities and nan, and no
    warnings. A derivative has the shape of what it is computed from, which broadcasts to that of the value;
    gradients of the samples are not added up.

    >>> x, w = ScalarValue(2.0, label="x"), ScalarValue(-4.0, label="w")
    >>> out = (x * w).tanh()
    >>> out.label = "out"
    >>> print(to_numpy(out, name="unit").rstrip())
    import numpy as np
    <BLANKLINE>
    <BLANKLINE>
    @np.errstate(all="ignore")
    def unit(x, w):
        \"\"\"Return the value, and its derivatives with respect to x, w.\"\"\"
        x = np.asarray(x, dtype=float)
        w = np.asarray(w, dtype=float)
        out = np.tanh(x * w)
    <BLANKLINE>
        # backward: d_v is the derivative of the value with respect to v
        v1 = 1 - out * out
        d_x = w * v1
        d_w = x * v1
        return out, (d_x, d_w)

    Args:
        root: the result of a graph; or a function of ScalarValues, lists, tuples and dicts of them.
        example: an example for each argument of the function; none for a result.
        name: the name of the generated function; that of the function, or ``f``, if left out.
        inputs: the values that are its arguments, as for :func:`to_python`.
        wrt: the arguments to differentiate with respect to; those that need a gradient if left out.
        gradient: whether to return ``(value, gradient)``, the gradient being a tuple, or the value alone.
        docstring: the docstring of the generated function.

    Raises:
        ArgumentError: if the name is not one, an input is no part of the graph, or ``wrt`` not among the
            inputs.
        NoSourceError: if the rules of a :func:`~nanograd.engine.custom_op` are not written over ``m``.
        NumberTypeError: if ``root`` is neither a ScalarValue nor a function that returns one.
    """
    found = prepared("to_numpy", NUMPY, root, example, name, inputs, wrt, gradient)
    return python_module(
        found, NUMPY, docstring=docstring, opening=_as_arrays, decorator='@np.errstate(all="ignore")\n'
    )


def _as_arrays(names: list[str]) -> list[str]:
    return [f"{name} = np.asarray({name}, dtype=float)" for name in names]


# A helper comes after those that it calls. NumPy has no error function, and rounds decimals differently.
_HELPERS = {
    "_rounded": """
_rounded = np.vectorize(lambda x, digits: round(float(x), int(digits)), otypes=[float])
""",
    "_gaussian": """
def _gaussian(x):
    # exp(-x * x), without the error of x * x: h has few digits, and its square is exact
    x = np.minimum(np.abs(x), 40)
    h = np.floor(x * 1024) / 1024
    return np.where(x == 40, 0.0, np.exp(-h * h) * np.exp((h - x) * (x + h)))
""",
    "_erf": """
_erf = np.vectorize(math.erf, otypes=[float])
""",
    "_erfc": """
_erfc = np.vectorize(math.erfc, otypes=[float])
""",
    "_sigmoid": """
def _sigmoid(x):
    return 1 / (1 + np.exp(-x))
""",
    "_softplus": """
def _softplus(x):
    return np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x)))
""",
    "_logsumexp": """
def _logsumexp(xs):
    # log(sum of exp(x)); the largest x is taken out, so that no exponential overflows
    *others, largest = np.sort(np.stack(np.broadcast_arrays(*xs)), axis=0)  # nan comes last
    total = largest + np.log1p(sum(np.exp(x - largest) for x in others))
    return np.where(np.isinf(largest), largest, total)
""",
}

_NUMPY_NAMES = {
    "abs": "abs",
    "asin": "arcsin",
    "acos": "arccos",
    "atan": "arctan",
    "atan2": "arctan2",
    "asinh": "arcsinh",
    "acosh": "arccosh",
    "atanh": "arctanh",
}
_WRITERS: dict[str, Writer] = {
    **{name: call(f"np.{name}") for name in FUNCTIONS},
    **{name: call(f"np.{theirs}") for name, theirs in _NUMPY_NAMES.items()},
    **{name.removeprefix("_"): call(name) for name in _HELPERS},
    **ARITHMETIC,
    "and": infix("&", 8),
    "or": infix("|", 6),
    "divide": infix("/", 11),
    "logsumexp": call_with_list("_logsumexp"),
}

NUMPY = Language(
    number=lambda number: python_number(number, "np"),
    writers=_WRITERS,
    helpers=_HELPERS,
    imports={"math": "import math", "np": "import numpy as np"},
    reserved=RESERVED | {"math", "np"} | _HELPERS.keys(),
)
