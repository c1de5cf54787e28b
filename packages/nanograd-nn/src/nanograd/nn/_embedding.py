"""Embedding: a vector that is learned for each of a number of things, and one-hot vectors."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any

from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, ShapeError
from nanograd.nn._dimensions import in_a_row
from nanograd.nn._errors import ClassIndexError
from nanograd.nn._module import Module
from nanograd.nn._nested import mapped, shape_of
from nanograd.nn._parameter import Parameter
from nanograd.nn._random import generator_or_default, normal
from nanograd.nn._sizes import as_int, as_size


def embedding(input: Any, weight: Sequence[Sequence[Any]], padding_idx: int | None = None) -> Any:
    """Return the row of ``weight`` for each index, like `torch.nn.functional.embedding`_.

    >>> embedding([1, 0], [[1.0, 2.0], [3.0, 4.0]])
    [[3.0, 4.0], [1.0, 2.0]]

    Args:
        input: ints from 0 to V - 1, in any shape.
        weight: ``(V, embedding_dim)``.
        padding_idx: the index of a row that no gradient reaches.

    Returns:
        The rows' own values, ``(*, embedding_dim)``.

    Raises:
        NumberTypeError: if an index is not an int.
        ClassIndexError: if an index lies outside of 0 to V - 1.
        ShapeError: if the lists of ``input`` have different lengths.
        ArgumentError: if there is no row ``padding_idx``.

    .. _torch.nn.functional.embedding:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.embedding.html
    """
    padding = row_index(padding_idx, len(weight))
    shape_of(input, "input")
    indices = mapped(_index_below(len(weight), f"the {len(weight)} rows of the embedding"), input)

    def row(index: int) -> list[Any]:
        if index == padding:
            return [_without_gradient(value) for value in weight[index]]
        return list(weight[index])

    return mapped(row, indices)


def one_hot(tensor: Any, num_classes: int = -1) -> Any:
    """Return for each index a list of zeros with a 1 at the index, like `torch.nn.functional.one_hot`_.

    >>> one_hot([0, 2])
    [[1, 0, 0], [0, 0, 1]]

    Args:
        tensor: ints of at least 0, in any shape.
        num_classes: how long the lists are; one more than the largest index if it is -1.

    Returns:
        Plain ints, ``(*, num_classes)``.

    Raises:
        NumberTypeError: if an index is not an int.
        ClassIndexError: if an index lies outside of 0 to ``num_classes`` - 1.
        ArgumentError: if ``num_classes`` is neither positive nor -1, or is -1 for no indices.
        ShapeError: if the lists have different lengths.

    .. _torch.nn.functional.one_hot:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.one_hot.html
    """
    shape_of(tensor, "tensor")
    given = in_a_row(tensor)
    if num_classes == -1:
        if not given:
            raise ArgumentError("Can not infer total number of classes from empty tensor.")
        indices = [_as_index(index) for index in given]
        if min(indices) < 0:
            raise ClassIndexError(f"Class values must be non-negative. Got {min(indices)}")
        num_classes = max(indices) + 1
    size = as_size(num_classes, "num_classes of one_hot")
    checked = mapped(_index_below(size, f"the {size} classes of one_hot"), tensor)
    return mapped(lambda index: [int(place == index) for place in range(size)], checked)


class Embedding(Module):
    """Return a vector for each of a number of things, which are known by their numbers.

    The vectors begin as draws from the bell curve around 0 with the deviation 1. Like `torch.nn.Embedding`_.

    >>> layer = Embedding(10, 3)
    >>> vectors = layer([4, 4, 2])
    >>> len(vectors), vectors[0][0] is layer.weight[4][0]
    (3, True)

    Args:
        num_embeddings: the number of things, V.
        embedding_dim: the size of their vectors.
        padding_idx: a number that stands for nothing: its vector is 0 and no gradient reaches it.
        generator: draws the vectors row by row; without it the one that :func:`manual_seed` seeds.

    Attributes:
        weight: V lists of ``embedding_dim`` parameters.

    Raises:
        ArgumentError: if a size is not at least 1, or ``padding_idx`` is not a number of a thing.

    .. _torch.nn.Embedding: https://docs.pytorch.org/docs/stable/generated/torch.nn.Embedding.html
    """

    def __init__(
        self,
        num_embeddings: int,
        embedding_dim: int,
        padding_idx: int | None = None,
        *,
        generator: random.Random | None = None,
    ) -> None:
        self.num_embeddings = as_size(num_embeddings, "num_embeddings of Embedding")
        self.embedding_dim = as_size(embedding_dim, "embedding_dim of Embedding")
        self.padding_idx = row_index(padding_idx, self.num_embeddings)
        drawn_by = generator_or_default(generator)
        self.weight = [
            [Parameter(normal(0.0, 1.0, drawn_by)) for _ in range(self.embedding_dim)]
            for _ in range(self.num_embeddings)
        ]
        for parameter in self.weight[self.padding_idx] if self.padding_idx is not None else []:
            parameter.data = 0.0
        self.label_parameters()

    @classmethod
    def from_pretrained(
        cls, embeddings: Sequence[Sequence[Any]], freeze: bool = True, padding_idx: int | None = None
    ) -> Embedding:
        """Return an embedding with given vectors.

        >>> Embedding.from_pretrained([[1.0, 2.0], [3.0, 4.0]])(1)
        [Parameter(data=3.0), Parameter(data=4.0)]

        Args:
            embeddings: plain numbers, ``(num_embeddings, embedding_dim)``.
            freeze: whether they need no gradient.
            padding_idx: see :class:`Embedding`.

        Raises:
            ShapeError: if it is not rows of numbers.
        """
        shape = shape_of(embeddings, "embeddings")
        if len(shape) != 2:
            raise ShapeError(
                f"Embeddings parameter is expected to be 2-dimensional, and its shape is {shape}"
            )
        layer = cls(*shape, padding_idx)
        layer.weight = [[Parameter(number) for number in row] for row in embeddings]
        layer.label_parameters()
        return layer.requires_grad_(not freeze)

    def forward(self, input: Any) -> Any:
        """Return the vector of each index.

        Args:
            input: ints from 0 to V - 1, in any shape.

        Returns:
            The parameters themselves, ``(*, embedding_dim)``.

        Raises:
            NumberTypeError: if an index is not an int.
            ClassIndexError: if an index lies outside.
        """
        return embedding(input, self.weight, self.padding_idx)

    def extra_repr(self) -> str:
        """Return the arguments that it was made with."""
        padding = "" if self.padding_idx is None else f", padding_idx={self.padding_idx}"
        return f"{self.num_embeddings}, {self.embedding_dim}{padding}"


def row_index(padding_idx: int | None, rows: int) -> int | None:
    """Return the index of a row counted from the front.

    Raises:
        ArgumentError: if there is no such row.
    """
    if padding_idx is None:
        return None
    index = as_int(padding_idx)
    if index is None or not -rows <= index < rows:
        raise ArgumentError(f"Padding_idx must be within num_embeddings, {rows}, and is {padding_idx!r}")
    return index % rows


def _without_gradient(value: Any) -> Any:
    return ScalarValue(value.data, requires_grad=False) if isinstance(value, ScalarValue) else value


def _as_index(given: Any) -> int:
    index = as_int(given)
    if index is None:
        raise NumberTypeError(f"Expected an index, an int, and got {type(given).__name__}: {given!r}")
    return index


def _index_below(size: int, what: str) -> Callable[[Any], int]:
    """Return the function that returns an index as an int, and refuses one that lies outside."""

    def checked(given: Any) -> int:
        index = _as_index(given)
        if not 0 <= index < size:
            raise ClassIndexError(f"index out of range: {given} is not one of {what}, 0 to {size - 1}")
        return index

    return checked
