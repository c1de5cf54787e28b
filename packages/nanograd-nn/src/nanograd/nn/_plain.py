"""Python's plain objects in the words of JSON, and back, without any loss.

What JSON has no word for is an object with one key that begins with ``$``: ``{"$float": "inf"}``.
"""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Callable, Mapping
from fractions import Fraction
from numbers import Real
from types import MappingProxyType
from typing import Any, TypeAlias

from nanograd.engine import ArgumentError, ScalarValue, as_number
from nanograd.nn._saved_file import NotSavableError, SavedFileError

Keys: TypeAlias = tuple[Any, ...]
MOST_NESTED = 100
_MOST_BITS = 2000  # Python reads and writes longer numbers in powers of two only, unless told otherwise
_KEY_KINDS = (str, int, float, bool, Fraction, tuple, type(None))


def encoded(
    given: Any, keys: Keys = (), outside: Callable[[Any, Keys], Any] = lambda _given, _keys: None
) -> Any:
    """Return a plain object as what the ``json`` module writes.

    >>> encoded({"betas": (0.9, math.inf), "state": {0: 1}})
    {'betas': {'$tuple': [0.9, {'$float': 'inf'}]}, 'state': {'$dict': [[0, 1]]}}

    Args:
        given: dicts, lists and tuples of numbers, strings, bools and None.
        keys: the keys that lead to it, for messages.
        outside: returns what stands for a part that is kept elsewhere, None for all others.

    Raises:
        NotSavableError: if it holds something else.
        ArgumentError: if it is nested more than a hundred times.
    """
    if len(keys) > MOST_NESTED:
        raise ArgumentError(
            f"save: {place(keys[:3])}... is nested more than {MOST_NESTED} times; does it hold itself?"
        )
    if given is None or isinstance(given, bool | str):
        return given
    if isinstance(given, Real):
        return _encoded_number(as_number(given, "save"))
    if isinstance(given, Mapping | list | tuple):
        instead = outside(given, keys)
        if instead is not None:
            return instead
    if isinstance(given, Mapping):
        for key in given:
            if not isinstance(key, _KEY_KINDS):
                raise NotSavableError(f"save: {place(keys)} has a {type(key).__name__} as a key: {key!r}")
        if all(isinstance(key, str) and not key.startswith("$") for key in given):
            return {str(key): encoded(item, (*keys, key), outside) for key, item in given.items()}
        pairs = [[encoded(key, keys), encoded(item, (*keys, key), outside)] for key, item in given.items()]
        return {"$dict": pairs}
    if isinstance(given, list | tuple):
        items = [encoded(item, (*keys, index), outside) for index, item in enumerate(given)]
        return items if isinstance(given, list) else {"$tuple": items}
    raise NotSavableError(
        f"save takes dicts, lists, numbers, strings, bools and None, and {place(keys)} is a "
        f"{type(given).__name__}. {_advice(given)}"
    )


def decoded(
    given: Any, keys: Keys = (), readers: Mapping[str, Callable[[Any], Any]] = MappingProxyType({})
) -> Any:
    """Return the plain object that :func:`encoded` was given.

    Args:
        given: what the ``json`` module read.
        keys: the keys that lead to it, for messages.
        readers: functions that return the parts that are kept elsewhere, by the tag that stands for them.

    Raises:
        SavedFileError: if there is a tag that is not known, or one with a wrong item.
    """
    if len(keys) > MOST_NESTED:
        raise SavedFileError(f"{place(keys[:3])}... is nested more than {MOST_NESTED} times")
    if isinstance(given, list):
        return [decoded(item, (*keys, index), readers) for index, item in enumerate(given)]
    if isinstance(given, float) and not math.isfinite(given):
        # Python's parser takes 1e999, NaN and Infinity for numbers; save writes none of them.
        raise SavedFileError(f'{place(keys)} is {given}, which is written {{"$float": "{given}"}}')
    if not isinstance(given, dict):
        return given
    tag = next((key for key in given if key.startswith("$")), None)
    if tag is None:
        return {key: decoded(item, (*keys, key), readers) for key, item in given.items()}
    if tag == "$dict" and len(given) == 1:
        return _pairs(given[tag], keys, readers)
    read = readers.get(tag) or _READERS.get(tag)
    if read is None or len(given) > 1:
        raise SavedFileError(f"{place(keys)} cannot be read: {given!r:.80} is no value that save writes")
    item = decoded(given[tag], keys, readers)
    try:
        return read(item)
    except (ValueError, TypeError, KeyError, ArithmeticError) as error:
        raise SavedFileError(f"{place(keys)} cannot be read: {given!r:.80} ({error})") from error


def _pairs(items: Any, keys: Keys, readers: Mapping[str, Callable[[Any], Any]]) -> dict[Any, Any]:
    """Return a dict whose keys are not all strings."""
    found = {}
    for pair in items if isinstance(items, list) else [items]:
        if not isinstance(pair, list) or len(pair) != 2:
            raise SavedFileError(f"{place(keys)} cannot be read: {pair!r:.80} is not a key with its value")
        key = decoded(pair[0], keys, readers)
        if not _is_key(key):
            raise SavedFileError(f"{place(keys)} cannot be read: {key!r:.80} is not a key")
        if key in found:
            raise SavedFileError(f"{place(keys)} cannot be read: the key {key!r:.80} occurs twice")
        found[key] = decoded(pair[1], (*keys, key), readers)
    return found


def _is_key(given: Any) -> bool:
    return all(map(_is_key, given)) if isinstance(given, tuple) else isinstance(given, _KEY_KINDS)


def place(keys: Keys) -> str:
    """Return how one gets to a part in Python.

    >>> place(("model", "layers.0.w"))
    "data['model']['layers.0.w']"
    """
    return "data" + "".join(f"[{key!r}]" for key in keys)


def _encoded_number(number: Any) -> Any:
    if isinstance(number, int):
        return number if number.bit_length() <= _MOST_BITS else {"$int": hex(number)}
    if isinstance(number, Fraction):
        return {"$fraction": [_encoded_number(number.numerator), _encoded_number(number.denominator)]}
    if math.isfinite(number):
        return number
    if math.isinf(number):
        return {"$float": "inf" if number > 0 else "-inf"}
    bits = struct.pack(">d", number).hex()
    return {"$float": "nan" if bits == _NAN_BITS else bits}


_NAN_BITS = struct.pack(">d", math.nan).hex()


def _float(item: Any) -> float:
    if item in {"inf", "-inf", "nan"}:
        return float(item)
    if not re.fullmatch("[0-9a-f]{16}", item):
        raise ValueError("neither inf, -inf, nan nor the 64 bits of a float")
    return float(struct.unpack(">d", bytes.fromhex(item))[0])


def _fraction(item: Any) -> Fraction:
    numerator, denominator = item
    if not isinstance(numerator, int) or not isinstance(denominator, int):
        # Fraction reads texts, too, and "1e999999999" would take it hours.
        raise TypeError("a fraction is two ints")
    return Fraction(numerator, denominator)


_READERS: Mapping[str, Callable[[Any], Any]] = {
    "$int": lambda item: int(item, 16),
    "$float": _float,
    "$fraction": _fraction,
    "$tuple": tuple,
}


def _advice(given: object) -> str:
    if isinstance(given, ScalarValue):
        return "Save its .data; of a model save model.state_dict()."
    if hasattr(given, "state_dict"):
        return "Save its state_dict()."
    if hasattr(given, "tolist"):
        return "Save its tolist()."
    if isinstance(given, set | frozenset):
        return "Save it as a list."
    return "Save what it is made of."
