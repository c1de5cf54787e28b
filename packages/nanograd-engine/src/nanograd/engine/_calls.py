"""One call of a user's function with ScalarValues in place of numbers: where every derivative of it starts.

Each call makes ScalarValues of its own for its inputs, and only those are differentiated for. So derivatives
of derivatives cannot be confused with each other, even if both are taken at the same number.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from typing import Any

from nanograd.engine._backward import grad
from nanograd.engine._errors import NumberTypeError
from nanograd.engine._forward import push_forward
from nanograd.engine._graph import topological_order
from nanograd.engine._modes import enable_grad, is_grad_enabled
from nanograd.engine._numbers import as_number, described
from nanograd.engine._trees import Tree, flatten, places, unflatten
from nanograd.engine._value import ScalarValue


class Call:
    """A function, called once and recorded, that can be differentiated forward and backward.

    Attributes:
        inputs: the ScalarValues that the function got in place of numbers, in the order of the arguments.
        returned: what it returned.
        result: the part of it to differentiate: all, or without what ``has_aux`` sets aside.
        outputs: the numbers and ScalarValues of the result, in order.
        nested: whether what is computed here may be differentiated again from outside: an argument, or
            something else that the function used, can be differentiated itself.
    """

    __slots__ = ("_order", "inputs", "nested", "outputs", "result", "returned")

    def __init__(
        self,
        asked: str,
        function: Callable[..., Any],
        arguments: Sequence[Any],
        named: Mapping[str, Any],
        differentiated: Mapping[int, str],
        *,
        has_aux: bool = False,
    ) -> None:
        """Call the function.

        Args:
            asked: the public function that messages begin with.
            function: the user's function.
            arguments: its arguments.
            named: its keyword arguments.
            differentiated: the position of each argument to differentiate for, and what messages call it.
            has_aux: whether it returns a pair, of which only the first part is differentiated.
        """
        # Outside of enable_grad(): what is computed under the user's no_grad() has no history outside either.
        recording = is_grad_enabled()
        replaced = list(arguments)
        self.inputs: list[ScalarValue] = []
        self.nested = False
        for position, root in differentiated.items():
            numbers = numbers_of(arguments[position], asked, root)
            fresh = [_fresh(number, recording) for number in numbers]
            self.nested |= recording and any(map(_requires_grad, numbers))
            self.inputs += fresh
            replaced[position] = unflatten(arguments[position], fresh)
        with enable_grad():
            self.returned = function(*replaced, **named)
        self.result = _without_aux(asked, self.returned) if has_aux else self.returned
        self.outputs = _numbers_returned(asked, self.result)
        self._order = topological_order(*filter(_requires_grad, self.outputs))
        if recording and not self.nested:
            own = set(self.inputs)
            self.nested = any(
                node._operation is None and node._requires_grad and node not in own for node in self._order
            )

    def pull_back(self, cotangents: Mapping[int, Any]) -> list[Any]:
        """Return the gradient of each input, given the cotangents of outputs by number: one backward pass."""
        reached = [index for index in cotangents if _requires_grad(self.outputs[index])]
        outputs = [self.outputs[index] for index in reached]
        seeds = [cotangents[index] for index in reached]
        create_graph = self._differentiable(seeds)
        gradients: Sequence[Any] = [None] * len(self.inputs)
        if outputs and self.inputs:
            gradients = grad(outputs, self.inputs, seeds, create_graph=create_graph, allow_unused=True)
        return [
            _zero(value, create_graph) if gradient is None else gradient
            for gradient, value in zip(gradients, self.inputs, strict=True)
        ]

    def push_forward(self, tangents: Mapping[ScalarValue, Any]) -> list[Any]:
        """Return the tangent of each output, given those of inputs: one forward pass."""
        create_graph = self._differentiable(tangents.values())
        seeds = dict(tangents) if create_graph else {node: plain(seed) for node, seed in tangents.items()}
        pushed = push_forward(self._order, seeds, create_graph=create_graph)
        found = [pushed.get(output) if isinstance(output, ScalarValue) else None for output in self.outputs]
        return [
            _zero(output, create_graph) if tangent is None else tangent
            for tangent, output in zip(found, self.outputs, strict=True)
        ]

    def values(self, tree: Tree) -> Tree:
        """Return a tree of this call's results for the caller, of plain numbers unless calls are nested."""
        if self.nested:
            return tree
        return unflatten(tree, [plain(leaf) for leaf in flatten(tree)])

    def _differentiable(self, seeds: Iterable[Any]) -> bool:
        return is_grad_enabled() and (self.nested or any(map(_requires_grad, seeds)))


def numbers_of(tree: Tree, asked: str, root: str) -> list[Any]:
    """Return the numbers and ScalarValues that a tree holds.

    Raises:
        NumberTypeError: if it holds something else; the message says where.
    """
    return checked_numbers(flatten(tree), tree, asked, root)


def checked_numbers(leaves: Iterable[Any], tree: Tree, asked: str, root: str) -> list[Any]:
    """Return ``leaves`` if all are numbers or ScalarValues; the message takes places from ``tree``."""
    numbers, complaint = _as_numbers(leaves)
    if complaint:
        raise NumberTypeError(f"{asked}(): {places(tree, root)[len(numbers)]}{complaint}")
    return numbers


def plain(leaf: Any) -> Any:
    """Return a ScalarValue's number, and anything else as it is."""
    return leaf._data if isinstance(leaf, ScalarValue) else leaf


def unit(number: Any) -> Any:
    """Return a 1 to begin derivatives with: a float, as in PyTorch, or an exact one beside a fraction."""
    return Fraction(1) if isinstance(plain(number), Fraction) else 1.0


def _zero(number: Any, as_value: bool) -> Any:
    zero = Fraction(0) if isinstance(plain(number), Fraction) else 0.0
    return ScalarValue(zero, requires_grad=False) if as_value else zero


def _fresh(number: Any, recording: bool) -> ScalarValue:
    """Return a ScalarValue of the number that nothing else refers to."""
    if not isinstance(number, ScalarValue):
        return ScalarValue(number)
    if not (recording and number._requires_grad):
        return ScalarValue(number._data, number.label)
    copied = number * 1  # a node of its own, through which derivatives from outside of this call still flow
    copied.label = number.label
    return copied


def _requires_grad(number: Any) -> bool:
    return isinstance(number, ScalarValue) and number._requires_grad


def _without_aux(asked: str, returned: Any) -> Tree:
    if not isinstance(returned, tuple) or len(returned) != 2:
        raise NumberTypeError(
            f"{asked}(has_aux=True) needs a function that returns a tuple (value, aux) and got "
            f"{described(returned)}"
        )
    return returned[0]


def _numbers_returned(asked: str, result: Tree) -> list[Any]:
    leaves = flatten(result)
    outputs, complaint = _as_numbers(leaves)
    if complaint:
        other = leaves[len(outputs)]
        advice = (
            "Does it lack a return statement?" if other is None else "Return ScalarValues or plain numbers."
        )
        raise NumberTypeError(
            f"{asked}() needs a function that returns numbers, alone or in lists, tuples and dictionaries: "
            f"{places(result, 'result')[len(outputs)]} is {described(other)}. {advice}"
        )
    return outputs


def _as_numbers(leaves: Iterable[Any]) -> tuple[list[Any], str]:
    """Return the numbers and ScalarValues before the first thing that is neither, and what is wrong there."""
    numbers: list[Any] = []
    for leaf in leaves:
        try:
            numbers.append(leaf if isinstance(leaf, ScalarValue) else as_number(leaf, ""))
        except NumberTypeError as error:
            return numbers, str(error)
    return numbers, ""
