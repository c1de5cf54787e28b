"""explain: why a gradient is what it is, path by path, with formulas and numbers that add up."""

from __future__ import annotations

from nanograd.engine import ArgumentError, ScalarValue, grad, topological_order
from nanograd.viz._arguments import check_precision, is_whole
from nanograd.viz._errors import NotAGraphError
from nanograd.viz._explanation import Explanation
from nanograd.viz._paths import Paths
from nanograd.viz._shown import label_of
from nanograd.viz._wording import Wording


def explain(x: ScalarValue, of: ScalarValue, *, max_paths: int = 5, precision: int = 6) -> Explanation:
    """Return why d of / d x is what it is: the sum over all paths of the product of the local derivatives.

    It prints as text and shows itself in notebooks; :meth:`Explanation.markdown` and
    :meth:`Explanation.latex` are for documents.

    >>> a, b = ScalarValue(5.0, label="a"), ScalarValue(2.0, label="b")
    >>> c = a * b
    >>> c.label = "c"
    >>> explain(a, of=c)
    ∂c/∂a = 2: one path leads from c to a.
    <BLANKLINE>
      step        local derivative   value   product
      c = a * b   ∂c/∂a = b              2         2
    <BLANKLINE>
    a.grad is still 0: backward() has not been called on a result that depends on a.

    Args:
        x: the value that the derivative is asked for, a leaf or an inner one.
        of: the result that is differentiated.
        max_paths: how many paths are shown, those that contribute most; the others are summed.
        precision: the number of decimals.

    Raises:
        NotAGraphError: if ``x`` or ``of`` is not a ScalarValue.
        ArgumentError: if ``of`` does not depend on ``x`` or needs no gradient, or ``max_paths`` or
            ``precision`` is out of range.
    """
    for name, given in (("x", x), ("of", of)):
        if not isinstance(given, ScalarValue):
            raise NotAGraphError(
                f"explain({name}) takes a ScalarValue and got {type(given).__name__}: {given!r:.80}"
            )
    if not is_whole(max_paths, 1):
        raise ArgumentError(f"explain(max_paths={max_paths!r:.80}) takes a number of paths from 1 on")
    check_precision(precision, "explain")
    order = topological_order(of)
    paths = Paths(order, x)
    if not paths.count or not of.requires_grad:
        raise ArgumentError(
            f"explain(x, of): no gradient flows from {_described(of)} to {_described(x)}. Either it was not "
            "computed from it, or under no_grad() or by way of detach()."
        )
    [gradient] = grad(of, x)
    shown = list(paths.largest(max_paths))
    return Explanation(x, of, gradient, shown, paths.count, Wording(order, precision))


def _described(value: ScalarValue) -> str:
    return f"{value!r} ({label_of(value)!r})" if label_of(value) else repr(value)
