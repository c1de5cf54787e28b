"""Loss modules, and the skeleton of losses that compare every number with its target.

Such a loss is a formula for two numbers. The formulas are written with operations instead of ``if``, so that
the graph of a loss is right for other numbers too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any, ClassVar

from nanograd.engine import NanogradError, Number, ScalarValue, ShapeError
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested, Shape, flat, shape_of
from nanograd.nn._reduction import check_not_empty, check_reduction, reduced, total

DIFFERENT_SIZES = (
    "Using a target size {target} that is different to the input size {input}. "
    "Please ensure they have the same size."
)


class Loss(Module):
    """A module that computes a loss function with the options that it was made with.

    Weights are buffers: they are in the state dict and do not learn.
    """

    _function: ClassVar[Callable[..., Any]]
    _reductions: ClassVar[tuple[str, ...]] = ()  # those that it knows besides the usual ones

    def __init__(self, reduction: str = "mean", **options: Any) -> None:
        check_reduction(reduction, *self._reductions)
        self.reduction = reduction
        self._options = tuple(options)
        for name, option in options.items():
            if name in {"weight", "pos_weight"}:
                self.register_buffer(name, option)
            else:
                setattr(self, name, option)

    def forward(self, *inputs: Any, **named: Any) -> Any:
        """Return the loss of what a model returned and what it should be."""
        options = {name: getattr(self, name) for name in self._options}
        return type(self)._function(*inputs, **named, reduction=self.reduction, **options)


def pointwise(loss: Callable[..., Any], input: Nested, target: Nested, reduction: str) -> Any:
    """Return the loss of every number of the input and its target, reduced.

    Args:
        loss: a formula for a number and its target.
        input: a value, or nested lists of values.
        target: what it should be, of the same shape.
        reduction: mean, sum or none.

    Raises:
        ShapeError: if the shapes differ.
        ArgumentError: if there are no numbers, or no such reduction.
        NumberTypeError: if something is not a real number.
    """
    check_reduction(reduction)
    shape = same_shape(input, target)
    return reduced(each(loss, flat(input, "input"), flat(target, "target")), shape, reduction)


def each(loss: Callable[..., Any], *rows: Sequence[Any]) -> list[Any]:
    """Return the loss of the first of each row, of the second of each, and so on."""
    return [loss(*numbers) for numbers in zip(*rows, strict=True)]


def same_shape(input: Nested, target: Nested, message: str = DIFFERENT_SIZES) -> Shape:
    """Return the shape that both have.

    Raises:
        ShapeError: if they have two; PyTorch often goes on there, and computes what nobody meant.
        ArgumentError: if they are empty.
        NumberTypeError: if they have two, because something is not a number or a list.
    """
    shape, target_shape = shape_of(input, "input"), shape_of(target, "target")
    if shape != target_shape:
        for given, what in ((input, "input"), (target, "target")):
            flat(given, what)  # None has the shape () too, and that is not what is wrong with it
        raise ShapeError(message.format(input=shape, target=target_shape))
    check_not_empty(shape, "input")
    return shape


def known(values: Iterable[ScalarValue]) -> Iterator[tuple[int, Number]]:
    """Return the positions and the numbers of values, for a check of what a loss is defined for.

    A value that refuses to show its number is left out: while a compiler traces a function, none has one.
    """
    for position, value in enumerate(values):
        try:
            number = value.data
        except NanogradError:
            continue
        yield position, number


def equal_weights(weight: Nested | None, shape: Shape) -> list[ScalarValue] | None:
    """Return the weights of all numbers in a row, or None where there are none.

    Raises:
        ShapeError: if they do not have the shape.
    """
    if weight is None:
        return None
    if shape_of(weight, "weight") != shape:
        raise ShapeError(
            f"Weights and input must have the same size. The weights have {shape_of(weight, 'weight')}, "
            f"the input {shape}."
        )
    return flat(weight, "weight")


def weighted_mean(
    losses: list[ScalarValue], shape: Shape, reduction: str, weights: list[ScalarValue] | None
) -> Any:
    """Return losses times their weights, reduced; the mean divides by the sum of the weights."""
    if weights is None:
        return reduced(losses, shape, reduction)
    weighted = [loss * weight for loss, weight in zip(losses, weights, strict=True)]
    return reduced(weighted, shape, reduction, total(weights) if reduction == "mean" else None)


def broadcast(given: Nested, shape: Shape, what: str) -> list[ScalarValue]:
    """Return numbers in a row, repeated where they have fewer dimensions than a shape, or 1 in place of n.

    >>> [number.data for number in broadcast([[1], [2]], (2, 3), "weight")]
    [1, 1, 1, 2, 2, 2]

    Args:
        given: a number or nested lists of numbers.
        shape: what to repeat them to.
        what: their name, for messages.

    Raises:
        ShapeError: if they do not fit.
        NumberTypeError: if one of them is not a real number.
    """
    own = shape_of(given, what)
    fits = len(own) <= len(shape) and all(
        size in {1, wanted} for size, wanted in zip(reversed(own), reversed(shape), strict=False)
    )
    if not fits:
        raise ShapeError(f"{what} of size {own} cannot be broadcast to the size {shape}")
    numbers = flat(given, what)
    own = (1,) * (len(shape) - len(own)) + own
    positions = [0]
    for size, wanted in zip(own, shape, strict=True):
        steps = range(wanted) if size == wanted else [0] * wanted
        positions = [position * size + step for position in positions for step in steps]
    return [numbers[position] for position in positions]


def vectors(given: Nested, what: str) -> tuple[list[list[ScalarValue]], Shape]:
    """Return the rows of (N, D), or the one row of (D), and the shape of what is computed from each.

    Raises:
        ShapeError: if there are no or more dimensions.
        ArgumentError: if they are empty.
        NumberTypeError: if something is not a real number.
    """
    shape = shape_of(given, what)
    if len(shape) not in {1, 2}:
        raise ShapeError(f"{what} has the shape (D) or (N, D), and not {shape}")
    check_not_empty(shape, what)
    return rows(flat(given, what), shape[-1]), shape[:-1]


def rows(values: Sequence[ScalarValue], size: int) -> list[list[ScalarValue]]:
    """Return values that stand in a row as lists of a size."""
    return [list(values[start : start + size]) for start in range(0, len(values), size)]
