"""The comparison behind ``testing``: what the backward pass says beside differences of the function."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from nanograd.engine._backward import grad
from nanograd.engine._differences import Window, windows
from nanograd.engine._errors import ArgumentError, GraphError, NumberTypeError
from nanograd.engine._floats import as_float
from nanograd.engine._gradcheck_report import CheckedDerivative, GradcheckError, GradcheckReport, brief
from nanograd.engine._graph import topological_order
from nanograd.engine._modes import enable_grad, no_grad
from nanograd.engine._numbers import as_number, described
from nanograd.engine._value import ScalarValue


class Inputs:
    """What a check was given, with a ScalarValue for every number."""

    def __init__(self, function: str, given: Any) -> None:
        self.checked: list[ScalarValue] = []
        self.names: list[str] = []
        if isinstance(given, Mapping | str) or not isinstance(given, Iterable):
            given = [given]
        self.arguments = [
            self._values(function, item, f"inputs[{index}]") for index, item in enumerate(given)
        ]
        if not self.checked:
            raise ArgumentError(
                f"{function}(inputs) has no value that requires a gradient, so there is nothing to check"
            )

    def _values(self, function: str, given: Any, name: str) -> Any:
        if isinstance(given, Mapping):
            return {key: self._values(function, item, f"{name}[{key!r}]") for key, item in given.items()}
        if isinstance(given, list | tuple):
            items = [self._values(function, item, f"{name}[{index}]") for index, item in enumerate(given)]
            return tuple(items) if isinstance(given, tuple) else items
        if not isinstance(given, ScalarValue):
            given = ScalarValue(as_float(as_number(given, f"{function}({name})")))
        if given.requires_grad:
            self.checked.append(given)
            self.names.append(name)
        return given


def flat_outputs(function: str, given: Any) -> list[ScalarValue]:
    if isinstance(given, list | tuple):
        return [output for item in given for output in flat_outputs(function, item)]
    if isinstance(given, ScalarValue):
        return [given]
    try:
        return [ScalarValue(as_number(given, function), requires_grad=False)]
    except NumberTypeError:
        raise NumberTypeError(
            f"{function}(func) takes a function that returns a ScalarValue or a list of them, and this one "
            f"returned {described(given)}"
        ) from None


def check(
    function: str,
    func: Callable[..., Any],
    inputs: Inputs,
    eps: float,
    atol: float,
    rtol: float,
    raise_exception: bool,
    name: Callable[[int, int], str] | None = None,
) -> GradcheckReport:
    if not (0 < eps < 1 and atol >= 0 and rtol >= 0 and atol + rtol > 0):
        raise ArgumentError(
            f"{function}() got eps={eps}, atol={atol}, rtol={rtol}: eps lies between 0 and 1, atol and rtol "
            "are not negative, and one of them is positive"
        )
    with enable_grad():
        outputs = flat_outputs(function, func(*inputs.arguments))
    if not outputs:
        raise ArgumentError(f"{function}(func) got a function that returns no outputs")
    numbers = [as_float(output.data) for output in outputs]
    gradients = [_gradients(output, inputs.checked) for output in outputs]
    evaluate = _evaluation(function, func, inputs, numbers)
    names = [name(index, len(outputs)) if name else f"output {index}" for index in range(len(outputs))]

    by_input = []
    for index, value in enumerate(inputs.checked):
        analytic = [slopes[index] for slopes in gradients]
        found = _numeric(evaluate, value, numbers, analytic, eps, atol, rtol)
        by_input.append(
            [
                _judged(names[k], inputs.names[index], value, numbers[k], analytic[k], found[k], atol, rtol)
                for k in range(len(outputs))
            ]
        )
    rows = [by_input[index][k] for k in range(len(outputs)) for index in range(len(by_input))]
    report = GradcheckReport(function, tuple(rows), _conventions(outputs))
    if raise_exception and not report:
        raise GradcheckError(report)
    return report


def _gradients(output: ScalarValue, inputs: Sequence[ScalarValue]) -> list[float]:
    if not output.requires_grad:
        return [0.0] * len(inputs)
    slopes = grad(output, inputs, allow_unused=True)
    return [0.0 if slope is None else as_float(slope) for slope in slopes]


def _evaluation(
    function: str, func: Callable[..., Any], inputs: Inputs, expected: Sequence[float]
) -> Callable[[], list[float]]:
    """Return what computes the outputs as plain numbers, after a look whether they are the same ones."""

    def evaluate() -> list[float]:
        with enable_grad() if recording else no_grad():
            outputs = flat_outputs(function, func(*inputs.arguments))
        return [as_float(output.data) for output in outputs]

    recording = False
    try:
        again = evaluate()
    except GraphError:  # a function that itself differentiates has to record
        recording = True
        again = evaluate()
    for index, (before, after) in enumerate(zip(expected, again, strict=False)):
        if before != after and (before == before or after == after):
            raise ArgumentError(
                f"{function}(func) got a function that is not deterministic: output {index} was {before}, "
                f"and {after} when it was called again with the same inputs"
            )
    if len(again) != len(expected):
        raise ArgumentError(
            f"{function}(func) got a function that returned {len(expected)} outputs, and {len(again)} when "
            "it was called again with the same inputs"
        )
    return evaluate


def _numeric(
    evaluate: Callable[[], list[float]],
    value: ScalarValue,
    middle: Sequence[float],
    analytic: Sequence[float],
    eps: float,
    atol: float,
    rtol: float,
) -> list[list[Window]]:
    """Return for each output the windows of differences that it took."""
    data = value.data

    def moved(number: float) -> list[float]:
        value.data = number
        return evaluate()

    def settled(window: Window, slope: float) -> bool:
        numeric = window.central.value
        allowed = atol + rtol * abs(numeric)
        return window.is_converged(allowed) and abs(slope - numeric) <= allowed

    found: list[list[Window]] = [[] for _ in middle]
    try:
        for each in windows(moved, as_float(data), middle, eps):
            for earlier, window in zip(found, each, strict=True):
                earlier.append(window)
            if all(
                not math.isfinite(slope + at) or settled(window, slope)
                for window, slope, at in zip(each, analytic, middle, strict=True)
            ):
                break
    finally:
        value.data = data
    return found


def _judged(
    output: str,
    input: str,
    value: ScalarValue,
    at: float,
    analytic: float,
    found: Sequence[Window],
    atol: float,
    rtol: float,
) -> CheckedDerivative:
    """Return the derivative with the verdict that the windows of differences allow."""

    def allowed(window: Window) -> float:
        return atol + rtol * abs(window.central.value)

    def uncertainty(window: Window) -> float:
        return window.central.uncertainty

    converged = [window for window in found if window.is_converged(allowed(window))]
    smooth = converged or [window for window in found if window.is_smooth(allowed(window))]
    kinked = [window for window in found if window.is_kinked(allowed(window))]
    jumps = [window for window in found if window.finite and window.jump > 0.5 * found[0].jump > 0]
    best = min(smooth or found, key=uncertainty)
    numeric, tolerance = best.central.value, allowed(best)
    error = abs(analytic - numeric)
    label = f" ({value.label!r})" if value.label else ""
    where = f"{input}{label}"

    if not math.isfinite(at):
        verdict, words = "not finite", f"{output} is {at}, so it has no derivative by {where}"
    elif not math.isfinite(analytic):
        verdict, words = "not finite", f"backward() says {analytic} for {where}"
    elif smooth and error <= tolerance:
        verdict, words = "right", ""
    elif smooth:
        verdict, words = "wrong", f"backward() says {brief(analytic)} for {where} and not {brief(numeric)}"
    elif not any(window.finite for window in found):
        verdict, words = "not finite", f"{where} is at the border of where {output} is finite"
    elif len(jumps) == len(found):
        verdict, words = "jump", f"{where} is at a jump: {output} changes there by {brief(found[-1].jump)}"
    elif _agree(kinked[-2:]):
        best = kinked[-1]
        numeric, tolerance = best.central.value, allowed(best)
        error = abs(analytic - numeric)
        left, right = brief(best.left.value), brief(best.right.value)
        verdict = "kink"
        words = (
            f"{where} is at a kink: the slope is {left} to the left and {right} to the right, and backward() "
            f"says {brief(analytic)}"
        )
    else:
        verdict = "unclear"
        words = (
            f"the numeric derivative for {where} is known to ±{brief(best.central.uncertainty)} only, and "
            f"{brief(tolerance)} is allowed"
        )
    return CheckedDerivative(
        output=output,
        input=input,
        label=value.label,
        value=value.data,
        analytic=analytic,
        numeric=numeric,
        error=error,
        allowed=tolerance,
        uncertainty=best.central.uncertainty,
        verdict=verdict,
        explanation=words,
    )


def _agree(kinked: Sequence[Window]) -> bool:
    """Return whether two windows tell the same two slopes: noise has others at each step."""
    if len(kinked) < 2:
        return False
    larger, smaller = kinked
    gap = abs(smaller.right.value - smaller.left.value)
    left, right = larger.left.value - smaller.left.value, larger.right.value - smaller.right.value
    return abs(left) + abs(right) <= 0.1 * gap


def _conventions(outputs: Sequence[ScalarValue]) -> tuple[str, ...]:
    """Name the operations whose derivative is a convention here: ties, and the kinks that rows list."""
    named = {}
    for node in topological_order(*outputs):
        operation = node.op
        if operation is None or not node.requires_grad:
            continue
        numbers = [child.data for child in node.children]
        tied = operation.symbol in {"maximum", "minimum", "clamp"} and numbers[0] in numbers[1:]
        if tied or any(numbers[0] == kink for kink in operation.kinks):
            named[f"{operation}({', '.join(map(str, numbers))})"] = operation
    return tuple(
        f"{operation} is at a point where its derivative is a convention: {call}"
        for call, operation in named.items()
    )
