"""The backward pass: the chain rule from a result to everything it was computed from.

A node keeps the partial derivatives of the operation that made it, taken when it was made. The backward pass
multiplies and adds them, one node after the other, in reverse topological order. That a later change of
``data`` cannot make the gradient of an earlier computation wrong follows from this.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from nanograd.engine._anomaly import check_gradient
from nanograd.engine._errors import ArgumentError, GraphError, NumberTypeError
from nanograd.engine._floats import as_float
from nanograd.engine._graph import topological_order
from nanograd.engine._hooks import HOOKS, run_hooks
from nanograd.engine._modes import MODE, enable_grad, no_grad
from nanograd.engine._numbers import as_number, described

if TYPE_CHECKING:
    from nanograd.engine._floats import Number
    from nanograd.engine._value import ScalarValue


def backward(
    roots: ScalarValue | Sequence[ScalarValue],
    gradients: Number | ScalarValue | Sequence[Number | ScalarValue] | None = None,
    *,
    create_graph: bool = False,
    inputs: ScalarValue | Sequence[ScalarValue] | None = None,
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
        create_graph: record the backward pass too, so that the gradients are ScalarValues that can be
            differentiated again. A leaf then refers to its gradient and the gradient to the leaf, and only
            the garbage collector frees them: :func:`grad` does without that circle.
        inputs: values to add gradients to, and to no others.

    Raises:
        GraphError: if a root needs no gradient, because it was computed under ``no_grad()`` or from constants
            alone; or if ``create_graph`` is asked for and a number was changed after it had been used.
        ArgumentError: if there are not as many gradients as roots.

    .. _torch.autograd.backward: https://docs.pytorch.org/docs/stable/generated/torch.autograd.backward.html
    """
    roots = _as_values("backward", "roots", roots)
    if inputs is not None:
        inputs = _as_values("backward", "inputs", inputs)
    seeds = _seeds("backward", roots, gradients, create_graph)
    order = topological_order(*roots)
    if inputs is not None:
        arrived = _arrived(_leading_to(inputs, order), roots, seeds, create_graph)
        for value in dict.fromkeys(inputs):
            gradient = arrived.get(value)
            if gradient is not None:
                value._grad = gradient if value._grad is None else value._grad + gradient
    elif (
        create_graph
        or MODE.get().anomaly
        or (HOOKS and any(node in HOOKS for node in order))
        or not _backward_in_place(order, roots, seeds)
    ):
        arrived = _arrived(order, roots, seeds, create_graph)
        for node in order:
            gradient = arrived.get(node)
            if node._operation is not None or node._grad is None:
                node._grad = gradient
            elif gradient is not None:
                node._grad = node._grad + gradient


def grad(
    outputs: ScalarValue | Sequence[ScalarValue],
    inputs: ScalarValue | Sequence[ScalarValue],
    grad_outputs: Number | ScalarValue | Sequence[Number | ScalarValue] | None = None,
    *,
    create_graph: bool = False,
    allow_unused: bool = False,
) -> tuple[Any, ...]:
    """Return the sum over the outputs of d output / d input times the output's gradient, for each input.

    Nothing is stored in ``grad``. It is `torch.autograd.grad`_ for scalars.

    >>> from nanograd.engine import ScalarValue
    >>> x = ScalarValue(2.0)
    >>> (slope,) = grad(x**3, x, create_graph=True)
    >>> grad(slope, x)
    (12.0,)

    Args:
        outputs: one result or several.
        inputs: the values to differentiate with respect to, leaves or inner ones.
        grad_outputs: the gradient that arrives at each output, 1 if left out.
        create_graph: record the backward pass too and return ScalarValues that can be differentiated again.
        allow_unused: return ``None`` for an input that no output depends on, instead of refusing it.

    Raises:
        GraphError: if an output or input needs no gradient, if no output depends on an input, or if
            ``create_graph`` is asked for and a number was changed after it had been used.
        ArgumentError: if there are not as many gradients as outputs.

    .. _torch.autograd.grad: https://docs.pytorch.org/docs/stable/generated/torch.autograd.grad.html
    """
    outputs = _as_values("grad", "outputs", outputs)
    inputs = _as_values("grad", "inputs", inputs)
    seeds = _seeds("grad", outputs, grad_outputs, create_graph)
    order = topological_order(*outputs)
    reached = _reached_by_gradients(order, outputs)
    for index, value in enumerate(inputs):
        if not value._requires_grad:
            raise GraphError(
                f"grad() got an input {index}, {value!r}, that needs no gradient: it is constant"
            )
        if value not in reached and not allow_unused:
            label = f" ({value.label!r})" if value.label else ""
            raise GraphError(
                f"grad() got an input {index}, {value!r}{label}, that no output depends on, or that "
                "needed no gradient when the output was computed. Pass allow_unused=True to get None for it."
            )
    arrived = _arrived(_leading_to(inputs, order), outputs, seeds, create_graph)
    zero = _as_value(0.0) if create_graph else 0.0
    return tuple([arrived.get(value, zero) if value in reached else None for value in inputs])


def _backward_in_place(order: list[ScalarValue], roots: Sequence[ScalarValue], seeds: Sequence[Any]) -> bool:
    """Do what nearly every backward pass is: plain numbers, no hooks; gradients add up in the nodes.

    Return whether it could be done: integers beyond the largest float need more care.
    """
    # A leaf's earlier gradient is put aside and added in one piece at the end: the second call of
    # backward() then gives exactly twice the first, which adding term by term would not.
    earlier: list[tuple[ScalarValue, Any]] = []
    for node in order:
        if node._operation is None and node._grad is not None:
            earlier.append((node, node._grad))
        node._grad = None
    try:
        for root, seed in zip(roots, seeds, strict=True):
            root._grad = seed if root._grad is None else root._grad + seed
        _propagate(order)
    except (
        BaseException
    ) as error:  # also Ctrl-C: the leaves keep what they had, not a part of the new gradients
        for node in order:
            node._grad = None
        for leaf, gradient in earlier:
            leaf._grad = gradient
        if isinstance(error, OverflowError):
            return False
        raise
    for leaf, gradient in earlier:
        leaf._grad = gradient if leaf._grad is None else gradient + leaf._grad
    return True


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


def _arrived(
    order: list[ScalarValue], roots: Sequence[ScalarValue], seeds: Sequence[Any], create_graph: bool
) -> dict[ScalarValue, Any]:
    """Return the gradient of every node of ``order`` that one arrives at, and leave the nodes as they are.

    This is :func:`_propagate` with everything a backward pass can be asked for: hooks, anomaly detection, and
    gradients that are recorded.
    """
    arrived: dict[ScalarValue, Any] = {}
    anomaly = MODE.get().anomaly is True
    wanted = set(order)
    for root, seed in zip(roots, seeds, strict=True):
        arrived[root] = arrived[root] + seed if root in arrived else seed
    with enable_grad() if create_graph else no_grad():
        for node in reversed(order):
            gradient = arrived.get(node)
            if gradient is None:
                continue
            if node in HOOKS:
                gradient = arrived[node] = run_hooks(node, gradient, create_graph)
            partials = recorded_partials(node) if create_graph else node.local_derivatives
            for child, partial in zip(node.children, partials, strict=True):
                if partial is None or child not in wanted:
                    continue
                try:
                    term = gradient if partial.__class__ is int and partial == 1 else partial * gradient
                    total = arrived[child] + term if child in arrived else term
                except OverflowError:  # an integer beyond the largest float
                    term = as_float(partial) * as_float(gradient)
                    total = as_float(arrived.get(child, 0.0)) + term
                if anomaly:
                    check_gradient(node, child, term)
                arrived[child] = total
    return {node: _as_value(gradient) for node, gradient in arrived.items()} if create_graph else arrived


def _reached_by_gradients(order: list[ScalarValue], roots: Sequence[ScalarValue]) -> set[ScalarValue]:
    """Return the nodes of an order that gradients of the roots flow to."""
    reached = set(roots)
    for node in reversed(order):
        if node in reached:
            for child, partial in zip(node.children, node.local_derivatives, strict=True):
                if partial is not None:
                    reached.add(child)
    return reached


def _leading_to(inputs: Sequence[ScalarValue], order: list[ScalarValue]) -> list[ScalarValue]:
    """Return the nodes of an order that are inputs or depend on one; no other gradient is needed."""
    leading = set(inputs)
    for node in order:
        if node._operation is not None and not leading.isdisjoint(node.children):
            leading.add(node)
    return [node for node in order if node in leading]


def recorded_partials(node: ScalarValue) -> list[Any]:
    """Return the partial derivatives of a node as recorded values, None towards children without gradients.

    Raises:
        GraphError: if they are no longer those of the forward pass, because a number was changed.
    """
    from nanograd.engine import (
        _values as VALUES,  # VALUES is built on ScalarValue, which is built on this module
    )

    if node._operation is None:
        return []
    partials: list[Any] = []
    operands: list[Any] = list(node.children)
    if isinstance(node._data, Fraction):  # a whole constant is a fraction too: 1 / 2 would be a float
        operands = [x if x._requires_grad else _as_value(Fraction(x._data)) for x in operands]
    computed = node._operation.differentiate(VALUES, node, *operands)
    for now, then in zip(computed, node.local_derivatives, strict=True):
        number = now._data if hasattr(now, "_data") else now
        if then is not None and number != then and number == number:
            raise GraphError(
                f"a number that {node!r} was computed from was changed after it had been used: a derivative "
                f"of {node._operation.symbol!r} was {then} then and is {number} now. Gradients that can be "
                "differentiated again need the numbers of the forward pass: compute the result again."
            )
        partials.append(None if then is None else now)
    return partials


def _as_values(function: str, argument: str, given: Any) -> list[ScalarValue]:
    """Return one ScalarValue, or those of an iterable, as a list.

    Raises:
        NumberTypeError: if it holds something else; it names the place.
        ArgumentError: if it is empty.
    """
    if hasattr(given, "_requires_grad"):
        return [given]
    if isinstance(given, str) or not hasattr(given, "__iter__"):
        raise NumberTypeError(f"{function}({argument}) takes ScalarValues and got {described(given)}")
    values = list(given)
    for index, value in enumerate(values):
        if not hasattr(value, "_requires_grad"):
            raise NumberTypeError(
                f"{function}({argument}[{index}]) takes a ScalarValue and got {described(value)}"
            )
    if not values:
        raise ArgumentError(f"{function}({argument}) got no values: give at least one")
    return values


def _seeds(function: str, roots: Sequence[ScalarValue], gradients: Any, create_graph: bool) -> list[Any]:
    """Return the gradients that arrive at the roots, checked."""
    for root in roots:
        if not root._requires_grad:
            raise GraphError(
                f"{function}() starts at {root!r}, which needs no gradient: it was computed under no_grad(), "
                "detached, or made of constants alone. Compute it from a ScalarValue outside no_grad()."
            )
    if gradients is None:
        # A float, as in PyTorch, unless the graph computes with exact fractions.
        return [Fraction(1) if isinstance(root._data, Fraction) else 1.0 for root in roots]
    given = (
        list(gradients) if isinstance(gradients, Sequence) and not isinstance(gradients, str) else [gradients]
    )
    if len(given) != len(roots):
        raise ArgumentError(
            f"{function}() got {len(roots)} roots and {len(given)} gradients: give one gradient for each root"
        )
    seeds = []
    for gradient in given:
        if hasattr(gradient, "_requires_grad"):  # a ScalarValue
            seeds.append(gradient if create_graph else gradient._data)
        else:
            seeds.append(as_number(gradient, f"{function}(gradient)"))
    return seeds


def _as_value(gradient: Any) -> Any:
    from nanograd.engine._value import ScalarValue

    return gradient if isinstance(gradient, ScalarValue) else ScalarValue(gradient, requires_grad=False)
