"""Dropout: leaving out values at random while training, so that no neuron relies on one other."""

from __future__ import annotations

import random
from typing import Any

from nanograd.engine import ArgumentError, ScalarValue, as_number
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested, mapped
from nanograd.nn._random import generator_or_default


def dropout(
    input: Nested, p: float = 0.5, training: bool = True, generator: random.Random | None = None
) -> Any:
    """Return each value times 0 with the probability ``p`` and times 1 / (1 - p) otherwise.

    Like `torch.nn.functional.dropout`_. The mean stays what it was.

    >>> dropout([1.0, 1.0, 1.0], 0.5, generator=random.Random(0))
    [2.0, 2.0, 0.0]

    Args:
        input: values of any shape.
        p: the probability of a 0.
        training: if not, the input is returned as it is.
        generator: draws one number for each value; without it the one that ``manual_seed`` seeds.

    Raises:
        ArgumentError: if ``p`` is not from 0 to 1.

    .. _torch.nn.functional.dropout:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.dropout.html
    """
    check_probability(p)
    drawn_by = generator_or_default(generator)
    if not training or p == 0.0:
        return input
    scale = 0.0 if p == 1.0 else 1.0 / (1.0 - p)

    def left_out_or_scaled(x: Any) -> Any:
        value = x if isinstance(x, ScalarValue) else as_number(x, "an input of dropout")
        return value * (0.0 if drawn_by.random() < p else scale)

    return mapped(left_out_or_scaled, input)


def check_probability(p: float) -> None:
    """Refuse what is not a probability.

    Raises:
        ArgumentError: with PyTorch's words.
        NumberTypeError: if it is not a number.
    """
    if not 0.0 <= as_number(p, "p of dropout") <= 1.0:
        raise ArgumentError(f"dropout probability has to be between 0 and 1, but got {p}")


class Dropout(Module):
    """Multiply each value by 0 with the probability ``p`` and by 1 / (1 - p) otherwise, while training.

    After :meth:`Module.eval` values pass as they are. Like `torch.nn.Dropout`_.

    >>> layer = Dropout(0.5, generator=random.Random(0))
    >>> layer([1.0, 1.0, 1.0]), layer.eval()([1.0, 1.0, 1.0])
    ([2.0, 2.0, 0.0], [1.0, 1.0, 1.0])

    Args:
        p: the probability of a 0.
        generator: draws one number for each value; without it the one that :func:`manual_seed` seeds.

    Raises:
        ArgumentError: if ``p`` is not from 0 to 1.

    .. _torch.nn.Dropout: https://docs.pytorch.org/docs/stable/generated/torch.nn.Dropout.html
    """

    def __init__(self, p: float = 0.5, *, generator: random.Random | None = None) -> None:
        check_probability(p)
        generator_or_default(generator)
        self.p = p
        self.generator = generator

    def forward(self, input: Nested) -> Any:
        """Return the values, some of them 0.

        Args:
            input: values of any shape.
        """
        return dropout(input, self.p, self.training, self.generator)

    def extra_repr(self) -> str:
        """Return the probability."""
        return f"p={self.p}"
