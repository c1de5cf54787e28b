"""Vectors: lists of ScalarValues that go into a neuron, one or a batch of them, and the sum that comes out.

A module checks what it is given once. What has been checked is a :class:`Sample` or :class:`Samples`, a list
like any other, which the modules inside take as it is.
"""

from __future__ import annotations

import reprlib
from collections.abc import Iterable, Sequence
from numbers import Real
from typing import Any, TypeAlias

from nanograd.engine import Number, NumberTypeError, ScalarValue, ShapeError, as_number, dot, inner, scope
from nanograd.nn._nested import Shape, is_list, mapped, nested, shape_of

Vector: TypeAlias = Iterable[Any]
"""Values and plain numbers in a list, a tuple or an array, for one sample; or lists of such lists."""

# What a bias is the weight of in a fused sum: an int, so that exact numbers stay exact.
_ONE = ScalarValue(1, label="1", requires_grad=False)


class Sample(list[ScalarValue]):
    """The inputs of one sample, checked."""

    __slots__ = ("_with_one",)

    @property
    def with_one(self) -> list[ScalarValue]:
        """The inputs and a 1 for the bias, put together once for all neurons that read them."""
        try:
            return self._with_one
        except AttributeError:
            self._with_one: list[ScalarValue] = [*self, _ONE]
            return self._with_one


class Samples(list[Any]):
    """A batch: nested lists whose innermost ones are samples, at hand in a row as ``rows``."""

    __slots__ = ("leading", "rows")

    def __init__(self, rows: list[Sample], leading: Shape) -> None:
        self.rows = rows
        self.leading = leading
        super().__init__(rows if len(leading) == 1 else nested(rows, leading))

    def in_its_shape(self, results: list[Any]) -> list[Any]:
        """Return one result a sample as lists nested like the batch."""
        shaped: list[Any] = results if len(self.leading) == 1 else nested(results, self.leading)
        return shaped

    def in_a_row(self, results: list[Any]) -> list[Any]:
        """Undo :meth:`in_its_shape`."""
        for _ in self.leading[1:]:
            results = [result for inside in results for result in inside]
        return results


def as_samples(given: Vector, size: int, kind: str) -> Sample | Samples:
    """Return one sample, or a batch of them, in which plain numbers have become constants.

    A constant is made once here, so that a picture shows an input as one box from which all neurons read.

    Args:
        given: what a module was called with: ``size`` values, or nested lists of as many.
        size: how many values a sample has.
        kind: the name of the module's class, which it was made with as ``kind(size, ...)``.

    Raises:
        ShapeError: if a sample has more or fewer values, or lists of one level have different lengths.
        NumberTypeError: if it is not a list, or not of real numbers.
    """
    if isinstance(given, Sample) and len(given) == size:
        return given
    if isinstance(given, Samples) and len(given.rows[0]) == size:
        return given
    if given.__class__ is not list and not is_list(given):
        raise _not_a_vector(given, size, kind)
    values: Sequence[Any] = given if isinstance(given, list) else list(given)
    if any(map(_is_list_of_values, values)):
        return _as_batch(values, size, kind)
    return _as_sample(values, size, kind)


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


def affine(
    weights: Sequence[ScalarValue], bias: ScalarValue | None, inputs: Sequence[ScalarValue], *, fused: bool
) -> ScalarValue:
    """Return w[0] x[0] + w[1] x[1] + ... + b.

    >>> w, b, x = (
    ...     [ScalarValue(2.0), ScalarValue(3.0)],
    ...     ScalarValue(1.0),
    ...     [ScalarValue(10.0), ScalarValue(1.0)],
    ... )
    >>> affine(w, b, x, fused=False), affine(w, b, x, fused=True)
    (ScalarValue(data=24.0), ScalarValue(data=24.0))

    Args:
        weights: one or more values.
        bias: what is added at last, if anything.
        inputs: as many values as weights.
        fused: whether it is one node, a dot product in which the bias is the weight of a 1, and not one for
            each product and sum. The numbers are the same to the last bit: b times 1 is b.
    """
    if fused:
        if bias is None:
            return dot(weights, inputs)  # type: ignore[no-any-return]
        return dot([*weights, bias], [*inputs, _ONE])  # type: ignore[no-any-return]
    total = weighted_sum(weights, inputs)
    return total if bias is None else total + bias


def affine_of_each(
    weights: Sequence[ScalarValue], bias: ScalarValue | None, samples: Sequence[Sample], *, fused: bool
) -> list[ScalarValue]:
    """Return what :func:`affine` returns for each of several samples."""
    if fused:
        return fused_sums([weights], [bias], samples)[0]
    return [affine(weights, bias, sample, fused=fused) for sample in samples]


def fused_sums(
    weights: Sequence[Sequence[ScalarValue]],
    biases: Sequence[ScalarValue | None],
    samples: Sequence[Sample],
) -> list[list[ScalarValue]]:
    """Return for each row of weights what the fused :func:`affine` returns for each sample."""
    if biases[0] is None:
        return inner(weights, samples)
    rows = [[*row, bias] for row, bias in zip(weights, biases, strict=True)]
    return inner(rows, [sample.with_one for sample in samples])


def _as_sample(values: Sequence[Any], size: int, kind: str) -> Sample:
    if len(values) != size:
        raise _wrong_size(values, size, kind)
    return Sample([value if isinstance(value, ScalarValue) else _constant(value, kind) for value in values])


def _as_batch(values: Sequence[Any], size: int, kind: str) -> Samples:
    rows: list[Any] = [*values]
    leading: Shape = (len(values),)
    if not all(is_list(row) and len(row) == size and not any(map(_is_list_of_values, row)) for row in rows):
        # It is deeper, or wrong.
        shape = shape_of(values, f"the batch that {caller(kind)} got")
        if shape[-1] != size:
            raise _wrong_size(values, size, kind, shape)
        leading = shape[:-1]
        for _ in shape[2:]:
            rows = [row for inside in rows for row in inside]
    return Samples([row if row.__class__ is Sample else _as_sample(row, size, kind) for row in rows], leading)


def _is_list_of_values(given: object) -> bool:
    """Return whether it is a list, fast where it is a number."""
    kind = given.__class__
    return kind is not ScalarValue and kind is not float and is_list(given)


def _constant(number: Number, kind: str) -> ScalarValue:
    return ScalarValue(as_number(number, f"an input of {kind}"), requires_grad=False)


class _Shown:
    """A number as messages show it. ``data`` is not asked for, which a compiler that traces would refuse."""

    def __init__(self, value: object) -> None:
        self.value = value

    def __repr__(self) -> str:
        text = repr(self.value)
        _, found, number = text.partition("data=")
        return number[:-1] if found and isinstance(self.value, ScalarValue) else text


def _wrong_size(values: Sequence[Any], size: int, kind: str, shape: Shape = ()) -> ShapeError:
    got = f"a batch of shape {shape}" if shape else str(len(values))
    shown = reprlib.repr(mapped(_Shown, list(values)))
    if len(shown) <= 200:  # a screen full of numbers hides the sizes
        got = f"{got}: {shown}"
    return ShapeError(
        f"{caller(kind)} takes {size} inputs and got {got}. "
        f"Give it as many values as {kind}({size}, ...) was built for."
    )


def _not_a_vector(given: object, size: int, kind: str) -> ShapeError | NumberTypeError:
    got = f"{type(given).__name__}: {reprlib.repr(given)}"
    described = f"{caller(kind)} takes a list of {size} numbers and got {got}."
    if isinstance(given, ScalarValue | Real):
        return ShapeError(f"{described} Put a single number into a list: [number].")
    return NumberTypeError(f"{described} Give it a list, a tuple or an array.")


def caller(kind: str) -> str:
    """Return the class and the path of the module that is being called, such as ``Layer 'layers.0'``."""
    with scope("") as here:  # its parent is the scope of that module
        path = here.path
    return f"{kind} {path!r}" if path else kind
