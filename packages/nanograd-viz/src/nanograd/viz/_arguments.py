"""Options that several functions take, checked in one way."""

from __future__ import annotations

from typing import Any

from nanograd.engine import ArgumentError

_MOST_DECIMALS = 17


def is_whole(given: Any, least: int, most: int | None = None) -> bool:
    """Return whether an option is an integer from least to most; True and False are none.

    >>> is_whole(3, 1), is_whole(True, 1), is_whole(3.0, 1), is_whole(3, 1, 2)
    (True, False, False, False)
    """
    return type(given) is int and least <= given and (most is None or given <= most)


def check_precision(precision: Any, function: str) -> None:
    """Refuse a number of decimals that no float has.

    Args:
        precision: what the user gave.
        function: what the error begins with.

    Raises:
        ArgumentError: if it is none from 0 to 17.
    """
    if not is_whole(precision, 0, _MOST_DECIMALS):
        raise ArgumentError(
            f"{function}(precision={precision!r:.80}) takes a number of decimals from 0 to {_MOST_DECIMALS}"
        )
