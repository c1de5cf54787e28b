"""A graph once more, exactly or with many digits, and how far the floats of the first run are off."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any, Literal

from nanograd.engine import (
    FLOATS,
    ArgumentError,
    GraphError,
    Number,
    Operation,
    ScalarValue,
    grad,
    topological_order,
)
from nanograd.symbolic._fraction_numbers import FractionNumbers
from nanograd.symbolic._mpmath_numbers import MpmathNumbers
from nanograd.symbolic._refusals import NoExactValueError
from nanograd.symbolic._rounding_report import NodeError, RoundingReport

GUARD_DIGITS = 15
MOST_DIGITS = 10_000
LARGEST_FRACTION_BITS = 1_000_000


def evaluate_exact(
    root: ScalarValue, *, numbers: Literal["fraction", "mpmath"] = "mpmath", digits: int = 50
) -> RoundingReport:
    """Evaluate a graph and its gradients exactly, and report the rounding error of every float in it.

    The leaves are taken as the binary fractions that their floats are, and the same table of operations is
    run in another number system: fractions, which are exact and need every operation to be rational; or
    mpmath's numbers, with working digits added until as many as asked are certain to stand, by two runs that
    agree. The time is linear in the number of nodes. The graph and its gradients stay as they are.

    >>> x = ScalarValue(1e8, label="x")
    >>> y = (x * x + 1.0) - x * x
    >>> report = evaluate_exact(y)
    >>> y.data, float(report.value), report.worst.is_cancellation
    (0.0, 1.0, True)
    >>> float(evaluate_exact(ScalarValue(0.1) * 3, numbers="fraction").worst.ulps)
    0.5

    Args:
        root: the result of the graph.
        numbers: ``"fraction"`` or ``"mpmath"``.
        digits: how many decimal digits of each mpmath number are right.

    Returns:
        A report that holds the numbers, prints as a table with the worst node first, and iterates over nodes.

    Raises:
        ArgumentError: if ``numbers`` or ``digits`` makes no sense.
        GraphError: if a number was changed after the graph had been computed, so that the two would differ.
        NoExactValueError: in fractions, if an operation is not rational, or a fraction grows beyond a million
            bits; in digits, if the rule of a custom operation returns a float. It names the operation.
    """
    if numbers not in {"fraction", "mpmath"}:
        raise ArgumentError(f"evaluate_exact(numbers) takes 'fraction' or 'mpmath' and got {numbers!r}")
    if digits.__class__ is not int or not 1 <= digits <= MOST_DIGITS:
        raise ArgumentError(
            f"evaluate_exact(digits) takes a number from 1 to {MOST_DIGITS} and got {digits!r}"
        )
    order = topological_order(root)
    _refuse_if_changed(order)
    settled: set[ScalarValue] | None = None
    if numbers == "fraction":
        values, gradients = _run(order, root, FractionNumbers(), _as_fraction, _only_rational)
    else:
        values, gradients, settled = _with_digits(order, root, digits)
    differentiated = [node for node in order if node.requires_grad]
    floats = (
        dict(zip(differentiated, grad(root, differentiated, allow_unused=True), strict=True))
        if (root.requires_grad)
        else {}
    )
    errors = [
        NodeError(
            node,
            values[node],
            _ulps(node.data, values[node]),
            gradients.get(node),
            None if node not in gradients else _ulps(floats.get(node) or 0.0, gradients[node]),
            _condition(node, values),
            settled is None or node in settled,
        )
        for node in order
    ]
    return RoundingReport(root, numbers, digits if numbers == "mpmath" else None, tuple(errors))


def _with_digits(
    order: list[ScalarValue], root: ScalarValue, digits: int
) -> tuple[dict[ScalarValue, Any], dict[ScalarValue, Any], set[ScalarValue]]:
    """Return values and gradients of the higher of two precisions, and the nodes at which both agree."""
    working = digits + GUARD_DIGITS
    m = MpmathNumbers(working)
    values, gradients = _run(order, root, m, m.number, None)
    while True:
        # Twice the digits: a number of which all digits cancel at one precision keeps some at the other.
        working *= 2
        m = MpmathNumbers(working)
        earlier, earlier_gradients = values, gradients
        values, gradients = _run(order, root, m, m.number, None)
        settled = {
            node
            for node in order
            if _agree(earlier[node], values[node], m, digits)
            and (node not in gradients or _agree(earlier_gradients[node], gradients[node], m, digits))
        }
        if len(settled) == len(order) or working > 40 * digits + 1000:
            return values, gradients, settled


def _agree(x: Any, y: Any, m: MpmathNumbers, digits: int) -> bool:
    if x == y or (x != x and y != y):
        return True
    return bool(abs(x - y) <= abs(y) * m.context.mpf(10) ** -digits)


def _run(
    order: list[ScalarValue],
    root: ScalarValue,
    m: Any,
    number: Callable[[Number], Any],
    check: Callable[[ScalarValue, Any], None] | None,
) -> tuple[dict[ScalarValue, Any], dict[ScalarValue, Any]]:
    """Return the value of every node and the gradient of every one that gets one, in a number system."""
    values: dict[ScalarValue, Any] = {}
    for node in order:
        if node.op is None:
            values[node] = number(node.data)
        else:
            value = _forward(node, m, [values[child] for child in node.children])
            values[node] = number(value) if value.__class__ is int else value  # the 0 of relu
            if check is not None:
                check(node, values[node])
    gradients: dict[ScalarValue, Any] = {}
    if root.requires_grad:
        gradients[root] = number(1)
    for node in reversed(order):
        slope = gradients.get(node)
        if slope is None or node.op is None:
            continue
        partials = node.op.differentiate(m, values[node], *[values[child] for child in node.children])
        for child, partial in zip(node.children, partials, strict=True):
            if child.requires_grad:
                term = partial * slope
                if check is not None:
                    check(node, term)
                gradients[child] = gradients[child] + term if child in gradients else term
    return values, {
        node: slope if slope.__class__ is not int else number(slope) for node, slope in gradients.items()
    }


def _forward(node: ScalarValue, m: Any, arguments: list[Any]) -> Any:
    operation: Any = node.op
    value = operation.run(m, *arguments)
    if value.__class__ is not float or isinstance(m, FractionNumbers):
        return value
    if math.isfinite(value) and not value.is_integer():
        raise NoExactValueError(
            f"the operation {operation.symbol!r} has no value with more digits than a float: its rule "
            f"returned the float {value!r}. Write it over the number system that it is given: m.exp(x) "
            "and not math.exp(x)."
        )
    return m.number(value)  # a constant such as the 0.0 of m.where(x > 0, x, 0.0)


def _as_fraction(number: Number) -> Any:
    return number if isinstance(number, float) and not math.isfinite(number) else Fraction(number)


def _only_rational(node: ScalarValue, value: Any) -> None:
    name = f"{node.op}{f' ({node.label!r})' if node.label else ''}"
    if value.__class__ is float:
        at = ", ".join(str(child.data) for child in node.children[:4])
        raise NoExactValueError(
            f"{name} has no exact value or derivative as a fraction at {at}: it is not rational there. Use "
            "evaluate_exact(root, numbers='mpmath', digits=50)."
        )
    if value.__class__ is Fraction and value.denominator.bit_length() + value.numerator.bit_length() > (
        LARGEST_FRACTION_BITS
    ):
        raise NoExactValueError(
            f"the exact value of {name} has more than {LARGEST_FRACTION_BITS} bits. Use "
            "evaluate_exact(root, numbers='mpmath', digits=50)."
        )


def _refuse_if_changed(order: Sequence[ScalarValue]) -> None:
    for node in order:
        if node.op is None:
            continue
        operation: Operation = node.op
        now = operation.evaluate(*[child.data for child in node.children])
        if now != node.data and not (now != now and node.data != node.data):
            label = f" ({node.label!r})" if node.label else ""
            raise GraphError(
                f"a number that {node!r}{label} was computed from was changed after it had been used: it "
                f"would be {now} now. Compute the result again before its rounding error is asked for."
            )


def _condition(node: ScalarValue, values: dict[ScalarValue, Any]) -> float:
    """Return by how much the operation multiplies relative errors of its arguments; 0 for a leaf."""
    if node.op is None:
        return 0.0
    result = abs(FLOATS.as_float(values[node]))
    numbers = [FLOATS.as_float(child.data) for child in node.children]
    partials = map(FLOATS.as_float, node.op.partials_at(node.data, *[child.data for child in node.children]))
    terms = [abs(slope * number) for slope, number in zip(partials, numbers, strict=True)]
    total = sum(term for term in terms if math.isfinite(term))
    if total == 0.0:
        return 0.0
    return total / result if result else math.inf


def _ulps(computed: Number, exact: Any) -> float:
    """Return how far a float is off, in units in the last place of the exact number; 0 if both are nan."""
    rounded, computed = FLOATS.as_float(exact), _or_infinite(computed)
    if math.isnan(computed) or math.isnan(rounded):
        return 0.0 if math.isnan(computed) and math.isnan(rounded) else math.inf
    if math.isinf(computed) or math.isinf(rounded):
        return 0.0 if computed == rounded else math.inf
    if exact.__class__ is Fraction:
        return float(abs(Fraction(computed) - exact) / Fraction(math.ulp(rounded)))
    given = (
        exact.context.mpf(computed)
        if not isinstance(computed, Fraction)
        else (exact.context.mpf(computed.numerator) / computed.denominator)
    )
    return float(abs(given - exact) / math.ulp(rounded))


def _or_infinite(number: Number) -> Number:
    """Return a number as it is, but for an infinity where it is beyond the largest float."""
    as_float = FLOATS.as_float(number)
    return as_float if math.isinf(as_float) else number
