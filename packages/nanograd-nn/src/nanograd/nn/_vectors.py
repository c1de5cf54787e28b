"""Vectors: lists of ScalarValues that go into a neuron, and the weighted sum that comes out."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import TypeAlias

from nanograd.engine import Number, NumberTypeError, ScalarValue, ShapeError, as_number, scope
from nanograd.nn._nested import is_list

Vector: TypeAlias = Iterable[ScalarValue | Number]
"""A list, a tuple or a one-dimensional array of ScalarValues and plain numbers."""


def as_vector(given: Vector, size: int, kind: str) -> list[ScalarValue]:
    """Return the values as a list in which plain numbers have become constants.

    A constant is made once here, so that a picture shows an input as one box from which all neurons read.

    Args:
        given: what a module was called with.
        size: how many values it takes.
        kind: the name of the module's class, which it was made with as ``kind(size, ...)``.

    Raises:
        ShapeError: if there are more or fewer values, or if they are a batch of samples.
        NumberTypeError: if it is not a list, or not of real numbers.
    """
    if given.__class__ is not list and not is_list(given):
        raise _not_a_vector(given, size, kind)
    values: Sequence[ScalarValue | Number] = given if isinstance(given, list) else list(given)
    if any(is_list(value) for value in values if not isinstance(value, ScalarValue)):
        raise ShapeError(
            f"{_caller(kind)} takes one sample of {size} numbers and got {len(values)} lists: "
            f"{reprlib.repr(values)}. Call it for each sample of a batch: [model(x) for x in batch]."
        )
    if len(values) != size:
        raise ShapeError(
            f"{_caller(kind)} takes {size} inputs and got {len(values)}: {reprlib.repr(values)}. "
            f"Give it as many values as {kind}({size}, ...) was built for."
        )
    return [value if isinstance(value, ScalarValue) else _constant(value, kind) for value in values]


def weighted_sum(weights: Sequence[ScalarValue], inputs: Sequence[ScalarValue]) -> ScalarValue:
    """Return w[0] x[0] + w[1] x[1] + ..., one node a product and a sum.

    >>> weighted_sum([ScalarValue(2.0), ScalarValue(3.0)], [ScalarValue(10.0), ScalarValue(1.0)])
    ScalarValue(data=23.0)

    Args:
        weights: one or more values.
        inputs: as many values.
    """
    products = [weight * value for weight, value in zip(weights, inputs, strict=True)]
    total = products[0]
    for product in products[1:]:
        total = total + product
    return total


def _constant(number: Number, kind: str) -> ScalarValue:
    return ScalarValue(as_number(number, f"an input of {kind}"), requires_grad=False)


def _not_a_vector(given: object, size: int, kind: str) -> ShapeError | NumberTypeError:
    got = f"{type(given).__name__}: {reprlib.repr(given)}"
    described = f"{_caller(kind)} takes a list of {size} numbers and got {got}."
    if isinstance(given, ScalarValue | Real):
        return ShapeError(f"{described} Put a single number into a list: [number].")
    return NumberTypeError(f"{described} Give it a list, a tuple or a one-dimensional array.")


def _caller(kind: str) -> str:
    """Return the class and the path of the module that is being called, such as ``Layer 'layers.0'``."""
    with scope("") as here:  # its parent is the scope of that module
        path = here.path
    return f"{kind} {path!r}" if path else kind
