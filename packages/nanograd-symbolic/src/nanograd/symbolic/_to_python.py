"""A graph and its gradient as a Python function that needs the standard library only."""

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
from nanograd.symbolic._statements import Language, Text, Writer
from nanograd.symbolic._terms import FUNCTIONS, Term


def to_python(
    root: ScalarValue | Callable[..., Any],
    *example: Any,
    name: str | None = None,
    inputs: Sequence[ScalarValue] | None = None,
    wrt: Sequence[ScalarValue] | None = None,
    gradient: bool = True,
    docstring: str | None = None,
) -> str:
    """Return the source of a Python function for a value and its gradient, with your labels as names.

    It needs the standard library only. Common parts are computed once, what no result needs is left out, and
    what needs no argument is computed beforehand. At the edges it gives what the engine gives, such as
    ``-inf`` for ``log(0)``, where Python's ``math`` raises: small functions above it see to that. It is one
    backward pass written out, with the engine's operations in the engine's order, so the numbers are the
    same; only ``x**2`` is written as ``x * x``, which may differ in the last digit, and where the table says
    that a slope is 0 everywhere, as of ``floor``, no gradient flows, not even nan from an infinite one.

    >>> x1, x2 = ScalarValue(2.0, label="x1"), ScalarValue(-4.0, label="x2")
    >>> w1, w2 = ScalarValue(-3.0, label="w1"), ScalarValue(1.0, label="w2")
    >>> n = x1 * w1 + x2 * w2 + ScalarValue(6.875, label="b")
    >>> n.label = "n"
    >>> out = n.tanh()
    >>> out.label = "out"
    >>> source = to_python(out, name="neuron")
    >>> print(source.rstrip())
    import math
    <BLANKLINE>
    <BLANKLINE>
    def neuron(x1, w1, x2, w2, b):
        \"\"\"Return the value, and its derivatives with respect to x1, w1, x2, w2, b.\"\"\"
        n = x1 * w1 + x2 * w2 + b
        out = math.tanh(n)
    <BLANKLINE>
        # backward: d_v is the derivative of the value with respect to v
        d_n = 1 - out * out
        d_x2 = w2 * d_n
        d_w2 = x2 * d_n
        d_x1 = w1 * d_n
        d_w1 = x1 * d_n
        d_b = d_n
        return out, (d_x1, d_w1, d_x2, d_w2, d_b)

    The source is a module: write it to a file, or run it as it is.

    >>> module = {}
    >>> exec(source, module)
    >>> value, slopes = module["neuron"](2.0, -3.0, -4.0, 1.0, 6.875)
    >>> out.backward()
    >>> (value, slopes[0]) == (out.data, x1.grad)
    True

    A function is called with the example, and what it computes for that is written: an ``if`` goes the way
    that it goes for the example.

    >>> print(to_python(lambda x, y: x * y + 1, 2.0, 3.0, name="area", gradient=False).rstrip())
    def area(x, y):
        \"\"\"Return the value.\"\"\"
        return x * y + 1

    Args:
        root: the result of a graph; or a function of ScalarValues, lists, tuples and dicts of them.
        example: an example for each argument of the function; none for a result.
        name: the name of the generated function; that of the function, or ``f``, if left out.
        inputs: the values that are its arguments, inner ones among them if you like; other leaves are
            constants. If left out, the leaves that need a gradient or have a label; the arguments of the
            function, if one is given.
        wrt: the arguments to differentiate with respect to; those that need a gradient if left out.
        gradient: whether to return ``(value, gradient)``, the gradient being a tuple, or the value alone.
        docstring: the docstring of the generated function.

    Raises:
        ArgumentError: if the name is not one, an input is no part of the graph, or ``wrt`` not among the
            inputs.
        NoSourceError: if the rules of a :func:`~nanograd.engine.custom_op` are not written over ``m``.
        NumberTypeError: if ``root`` is neither a ScalarValue nor a function that returns one.
    """
    found = prepared("to_python", PYTHON, root, example, name, inputs, wrt, gradient)
    return python_module(found, PYTHON, docstring=docstring, opening=lambda _: [])


def _divide(term: Term, x: Text, y: Text) -> Text:
    if _is_positive(term.arguments[1]):
        return infix("/", 11)(term, x, y)
    return call("_divide")(term, x, y)


def _is_positive(term: Term) -> bool:
    """Return whether a term can be seen at a glance not to be 0, so that a division cannot raise."""
    if term.number is not None:
        return term.number != 0
    if term.function == "cosh":
        return True
    x, y = (*term.arguments, None, None)[:2]
    return (
        term.function == "add"
        and x is not None
        and y is not None
        and any(
            one.number is not None and one.number > 0 and _is_not_negative(other)
            for one, other in ((x, y), (y, x))
        )
    )


def _is_not_negative(term: Term) -> bool:
    square = term.function == "mul" and term.arguments[0] is term.arguments[1]
    return square or term.function in {"exp", "abs", "sqrt", "hypot", "sigmoid", "gaussian"}


def _ternary(_: Term, condition: Text, x: Text, y: Text) -> Text:
    return Text(f"{x.within(2)} if {condition.within(2)} else {y.within(2)}", 1)


def _guarded(name: str, error: str, otherwise: str, remark: str) -> str:
    return f"""
def _{name}(x):
    try:
        return math.{name}(x)
    except {error}:
        return {otherwise}  # {remark}
"""


def _logarithm(name: str, pole: int) -> str:
    return f"""
def _{name}(x):
    if x > {pole}:
        return math.{name}(x)
    return -math.inf if x == {pole} else math.nan
"""


def _whole(name: str) -> str:
    return f"""
def _{name}(x):
    return math.copysign(math.{name}(x), x) if math.isfinite(x) else x
"""


# A helper comes after those that it calls.
_HELPERS = {
    "_divide": """
def _divide(x, y):
    if y:
        return x / y
    if x == 0 or x != x:
        return math.nan
    return math.copysign(math.inf, x) * math.copysign(1, y)
""",
    "_power": """
def _power(x, y):
    try:
        return math.pow(x, y)
    except ValueError:  # a pole, or the root of a negative number
        if x:
            return math.nan
        return math.copysign(math.inf, x) if y % 2 == 1 else math.inf
    except OverflowError:
        return -math.inf if x < 0 and y % 2 == 1 else math.inf
""",
    "_remainder": """
def _remainder(x, y):
    return x % y if y else math.nan
""",
    "_floor_divide": """
def _floor_divide(x, y):
    return x // y if y else _divide(x, y)
""",
    "_floor": _whole("floor"),
    "_ceil": _whole("ceil"),
    "_trunc": _whole("trunc"),
    "_rounded": """
def _rounded(x, digits):
    return round(x, int(digits))
""",
    "_sign": """
def _sign(x):
    return x if x != x else (x > 0) - (x < 0)
""",
    "_maximum": """
def _maximum(x, y):
    return x if x >= y or x != x else y
""",
    "_minimum": """
def _minimum(x, y):
    return x if x <= y or x != x else y
""",
    "_exp": _guarded("exp", "OverflowError", "math.inf", "above 709.78"),
    "_expm1": _guarded("expm1", "OverflowError", "math.inf", "above 709.78"),
    "_sinh": _guarded("sinh", "OverflowError", "math.copysign(math.inf, x)", "beyond 710.47"),
    "_cosh": _guarded("cosh", "OverflowError", "math.inf", "beyond 710.47"),
    "_log": _logarithm("log", 0),
    "_log1p": _logarithm("log1p", -1),
    "_log2": _logarithm("log2", 0),
    "_log10": _logarithm("log10", 0),
    "_sqrt": _guarded("sqrt", "ValueError", "math.nan", "below 0"),
    "_sin": _guarded("sin", "ValueError", "math.nan", "at an infinity"),
    "_cos": _guarded("cos", "ValueError", "math.nan", "at an infinity"),
    "_tan": _guarded("tan", "ValueError", "math.nan", "at an infinity"),
    "_asin": _guarded("asin", "ValueError", "math.nan", "outside of [-1, 1]"),
    "_acos": _guarded("acos", "ValueError", "math.nan", "outside of [-1, 1]"),
    "_acosh": _guarded("acosh", "ValueError", "math.nan", "below 1"),
    "_atanh": """
def _atanh(x):
    if abs(x) < 1:
        return math.atanh(x)
    return math.copysign(math.inf, x) if abs(x) == 1 else math.nan
""",
    "_sigmoid": """
def _sigmoid(x):
    return 1 / (1 + _exp(-x))
""",
    "_softplus": """
def _softplus(x):
    return max(x, 0.0) + math.log1p(math.exp(-abs(x)))
""",
    "_gaussian": """
def _gaussian(x):
    # exp(-x * x), without the error of x * x: h has few digits, and its square is exact
    x = abs(x)
    if not x < 40:
        return x if x != x else 0.0
    h = math.floor(x * 1024) / 1024
    return math.exp(-h * h) * math.exp((h - x) * (x + h))
""",
    "_logsumexp": """
def _logsumexp(xs):
    # log(sum of exp(x)); the largest x is taken out, so that no exponential overflows
    if any(x != x for x in xs):
        return math.nan
    largest, *others = sorted(xs, reverse=True)
    if math.isinf(largest):
        return largest
    return largest + math.log1p(math.fsum(math.exp(x - largest) for x in others))
""",
}

# What has no helper never raises: math.atan, math.tanh, ...
_WRITERS: dict[str, Writer] = {
    **{name: call(f"math.{name}") for name in FUNCTIONS},
    **{name.removeprefix("_"): call(name) for name in _HELPERS},
    **ARITHMETIC,
    "and": infix("and", 3),
    "or": infix("or", 2),
    "abs": call("abs"),
    "divide": _divide,
    "where": _ternary,
    "logsumexp": call_with_list("_logsumexp"),
}

PYTHON = Language(
    number=lambda number: python_number(number, "math"),
    writers=_WRITERS,
    helpers=_HELPERS,
    imports={"math": "import math"},
    reserved=RESERVED | {"math"} | _HELPERS.keys(),
)
