"""The backward pass: the chain rule from a result to everything it was computed from.

A node keeps the partial derivatives of the operation that made it, taken when it was made. The backward pass
multiplies and adds them, one node after the other, in reverse topological order. That a later change of
``data`` cannot make the gradient of an earlier computation wrong follows from this.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from nanograd.engine._errors import ArgumentError, GraphError
from nanograd.engine._graph import topological_order
from nanograd.engine._numbers import as_number

if TYPE_CHECKING:
    from nanograd.engine._floats import Number
    from nanograd.engine._value import ScalarValue


def backward(
    roots: ScalarValue | Sequence[ScalarValue], gradients: Number | Sequence[Number] | None = None
) -> None:
    """Add to every leaf's ``grad`` the sum over the roots of d root / d leaf times the root's gradient.

    The gradients of inner nodes are set afresh and stay readable; those of leaves accumulate over calls, as
    in `torch.autograd.backward`_. Roots that share a part of the graph walk it once.

    >>> from nanograd.engine import ScalarValue
    >>> x = ScalarValue(3.0)
    >>> backward([x * x, 5 * x])
    >>> x.grad
    11.0

    Args:
        roots: one result or several.
        gradients: the gradient that arrives at each root, 1 if left out.

    Raises:
        GraphError: if a root needs no gradient, because it was computed under ``no_grad()`` or from
            constants alone.
        ArgumentError: if there are not as many gradients as roots.

    .. _torch.autograd.backward: https://docs.pytorch.org/docs/stable/generated/torch.autograd.backward.html
    """
    roots = [roots] if not isinstance(roots, Sequence) else roots
    order = topological_order(*roots)
    arrived = _gradients_of_roots(roots, gradients)
    # A leaf's earlier gradient is put aside and added in one piece at the end: the second call of
    # backward() then gives exactly twice the first, which adding term by term would not.
    earlier: list[tuple[ScalarValue, Any]] = []
    for node in order:
        if node._operation is None and node._grad is not None:
            earlier.append((node, node._grad))
        node._grad = None
    try:
        for root, gradient in zip(roots, arrived, strict=True):
            root._grad = gradient if root._grad is None else root._grad + gradient
        _propagate(order)
    except BaseException:  # also Ctrl-C: the leaves keep what they had, not a part of the new gradients
        for node in order:
            node._grad = None
        for leaf, gradient in earlier:
            leaf._grad = gradient
        raise
    for leaf, gradient in earlier:
        leaf._grad = gradient if leaf._grad is None else gradient + leaf._grad


def _propagate(order: list[ScalarValue]) -> None:
    """Carry the gradients of the roots down to the leaves, along an order in which children come first."""
    for node in reversed(order):
        gradient = node._grad
        if gradient is None:
            continue
        x_partial = node._x_partial
        if x_partial is not None:
            x: Any = node._x
            if x.__class__ is tuple:
                for child, partial in zip(x, x_partial, strict=True):
                    if partial is not None:
                        sum_so_far = child._grad
                        term = partial * gradient
                        child._grad = term if sum_so_far is None else sum_so_far + term
                continue
            sum_so_far = x._grad
            x._grad = x_partial * gradient if sum_so_far is None else sum_so_far + x_partial * gradient
        y_partial = node._y_partial
        if y_partial is not None:
            y: Any = node._y
            sum_so_far = y._grad
            y._grad = y_partial * gradient if sum_so_far is None else sum_so_far + y_partial * gradient


def _gradients_of_roots(
    roots: Sequence[ScalarValue], gradients: Number | Sequence[Number] | None
) -> list[Number]:
    for root in roots:
        if not root._requires_grad:
            raise GraphError(
                f"backward() starts at {root!r}, which needs no gradient: it was computed under no_grad(), "
                "detached, or made of constants alone. Compute it from a ScalarValue outside no_grad()."
            )
    if gradients is None:
        # A float, as in PyTorch, unless the graph computes with exact fractions.
        return [Fraction(1) if isinstance(root._data, Fraction) else 1.0 for root in roots]
    given = list(gradients) if isinstance(gradients, Sequence) else [gradients]
    if len(given) != len(roots):
        raise ArgumentError(
            f"backward() got {len(roots)} roots and {len(given)} gradients: give one gradient for each root"
        )
    return [as_number(gradient, "backward(gradient)") for gradient in given]
