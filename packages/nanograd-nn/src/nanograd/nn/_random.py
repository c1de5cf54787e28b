"""Chance: one generator, so that one seed decides everything that is drawn.

Only ``random()`` of a generator is ever used. Python promises that it gives the same numbers for a seed in
every version and on every platform; of its other methods only some keep their sequences.
"""

from __future__ import annotations

import math
import random
from numbers import Integral

from nanograd.engine import ArgumentError, NumberTypeError

_generator = random.Random()


def manual_seed(seed: int) -> random.Random:
    """Restart the generator that is used wherever none is given, and return it; like `torch.manual_seed`_.

    >>> generator = manual_seed(0)
    >>> generator.random()
    0.8444218515250481

    Args:
        seed: an int; the same seed gives the same numbers.

    Raises:
        ArgumentError: if it is not an int, or below 0.

    .. _torch.manual_seed: https://docs.pytorch.org/docs/stable/generated/torch.manual_seed.html
    """
    # Python's generator drops the sign, so that -1 and 1 would be one seed.
    if isinstance(seed, bool) or not isinstance(seed, Integral) or seed < 0:
        raise ArgumentError(f"manual_seed(seed) takes an int of at least 0 and got {seed!r}")
    _generator.seed(int(seed))
    return _generator


def generator_or_default(generator: random.Random | None) -> random.Random:
    """Return the given generator, or the one that :func:`manual_seed` seeds.

    Raises:
        NumberTypeError: if it is not a ``random.Random``.
    """
    if generator is None:
        return _generator
    if not isinstance(generator, random.Random):
        raise NumberTypeError(
            f"generator takes a random.Random and got {type(generator).__name__}: {generator!r}. "
            "Write random.Random(seed)."
        )
    return generator


def uniform(low: float, high: float, generator: random.Random) -> float:
    """Return a number between two others, each part of the interval as likely."""
    return low + (high - low) * generator.random()


def normal(mean: float, std: float, generator: random.Random) -> float:
    """Return a number from the bell curve, by the method of Box and Muller."""
    radius = math.sqrt(-2.0 * math.log(1.0 - generator.random()))  # 1 - random() is never 0
    return mean + std * radius * math.cos(2.0 * math.pi * generator.random())
