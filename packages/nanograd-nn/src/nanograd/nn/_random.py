"""Chance: one generator, so that one seed decides everything that is drawn.

Only ``random()`` of a generator is ever used. Python promises that it gives the same numbers for a seed in
every version and on every platform; of its other methods only some keep their sequences.
"""

from __future__ import annotations

import math
import random
import reprlib
from collections.abc import Sequence
from numbers import Integral
from typing import Any

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


def get_rng_state(generator: random.Random | None = None) -> list[Any]:
    """Return where a generator is in its sequence, as plain lists and numbers; like `torch.get_rng_state`_.

    >>> generator = manual_seed(0)
    >>> state = get_rng_state()
    >>> first = generator.random()
    >>> set_rng_state(state)
    >>> generator.random() == first
    True

    Args:
        generator: a ``random.Random``; the one that :func:`manual_seed` seeds if left out.

    Returns:
        What :func:`set_rng_state` takes, also after it was written to a JSON file and read again.

    Raises:
        ArgumentError: if it draws from the operating system and so has no state.
        NumberTypeError: if it is not a ``random.Random``.

    .. _torch.get_rng_state: https://docs.pytorch.org/docs/stable/generated/torch.get_rng_state.html
    """
    try:
        version, internal, next_gauss = generator_or_default(generator).getstate()
    except NotImplementedError as error:
        raise ArgumentError(
            f"{type(generator).__name__} has no state to return. Use random.Random(seed), which has"
        ) from error
    return [version, list(internal), next_gauss]


def set_rng_state(new_state: Sequence[Any], generator: random.Random | None = None) -> None:
    """Put a generator where it was when :func:`get_rng_state` was called; like `torch.set_rng_state`_.

    After an error the generator is where it was.

    Args:
        new_state: what :func:`get_rng_state` returned.
        generator: a ``random.Random``; the one that :func:`manual_seed` seeds if left out.

    Raises:
        ArgumentError: if it is not the state of a generator.
        NumberTypeError: if the generator is not a ``random.Random``.

    .. _torch.set_rng_state: https://docs.pytorch.org/docs/stable/generated/torch.set_rng_state.html
    """
    try:
        version, internal, next_gauss = new_state
        state = (version, tuple(internal), None if next_gauss is None else float(next_gauss))
        random.Random().setstate(state)  # a generator may be half changed when it refuses a state
    except (TypeError, ValueError, OverflowError) as error:
        raise ArgumentError(
            "set_rng_state(new_state) takes what get_rng_state() returned "
            f"and got {reprlib.repr(new_state)}: {error}"
        ) from error
    generator_or_default(generator).setstate(state)


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


def randint(low: int, high: int, generator: random.Random) -> int:
    """Return a whole number from ``low`` to ``high - 1``, each as likely; ``low`` is below ``high``.

    There have to be fewer than 2**53 of them: ``random()`` has no more different results.
    """
    return low + int((high - low) * generator.random())


def permutation(n: int, generator: random.Random) -> list[int]:
    """Return the numbers from 0 to n - 1 in an order drawn by chance, each order as likely.

    By the method of Fisher and Yates. Python's own ``shuffle`` may give other orders in another version.

    >>> permutation(5, random.Random(0))
    [2, 0, 1, 3, 4]
    """
    order = list(range(n))
    for last in range(n - 1, 0, -1):
        other = randint(0, last + 1, generator)
        order[last], order[other] = order[other], order[last]
    return order
