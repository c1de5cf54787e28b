"""Safetensors files: numbers as arrays that PyTorch and others open, the rest as text beside them.

The format is that of the library `safetensors`_, which the extra ``[safetensors]`` installs. A dict of
numbers by name becomes one array for each parameter, and so do nested lists of numbers.

.. _safetensors: https://huggingface.co/docs/safetensors
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from nanograd.nn._extras import imported
from nanograd.nn._grouped_names import grouped, numbers_by_name
from nanograd.nn._nested import is_list, nested
from nanograd.nn._plain import Keys, decoded, encoded
from nanograd.nn._saved_file import (
    FORMAT,
    VERSION,
    SavedFileError,
    check_sums,
    check_version,
    checksum,
    compact,
    without_repetition,
)

_LARGEST_INT = 2**63 - 1
_MOST_AXES = 32  # NumPy has had no more before its version 2


def to_safetensors(given: Any) -> bytes:
    """Return a plain object as the content of a file.

    Args:
        given: dicts, lists and tuples of numbers, strings, bools and None.

    Raises:
        NotSavableError: if it holds something else.
        MissingExtraError: if safetensors is not installed.
    """
    library, numpy = libraries()
    arrays: dict[str, Any] = {}

    def outside(part: Any, keys: Keys) -> Any:
        tag, numbers = _as_arrays(part, keys)
        # "c" in "a.b" and "b.c" in "a" would have one name.
        if not tag or not arrays.keys().isdisjoint(numbers) or not all(map(_can_be_a_name, numbers)):
            return None
        for name, array in numbers.items():
            arrays[name] = numpy.array(array)
        names = list(numbers)
        return {tag: names[0] if tag == "$array" else [names, ".".join([*keys, ""])]}

    data = encoded(given, outside=outside)
    header = {"format": FORMAT, "version": VERSION, "data": data, "crc32": _sums(data, arrays)}
    content: bytes = library.save(arrays, metadata={FORMAT: compact(header)})
    return content


def from_safetensors(content: bytes) -> Any:
    """Return the plain object that :func:`to_safetensors` was given; of a foreign file numbers by name.

    Args:
        content: what the file holds.

    Raises:
        SavedFileError: if it is not what was written.
        MissingExtraError: if safetensors is not installed.
    """
    arrays = _arrays(content)
    metadata = _parsed(content[8 : 8 + int.from_bytes(content[:8], "little")]).get("__metadata__") or {}
    if FORMAT not in metadata:  # PyTorch wrote it, or another library
        return numbers_by_name({name: _listed(array) for name, array in arrays.items()})
    header = _parsed(metadata[FORMAT])
    check_version(header)
    unread = dict(arrays)

    def read(name: str) -> Any:
        if name not in arrays:
            raise ValueError(f"there is no array {name!r}")
        if name not in unread:  # a small file could fill the memory with copies
            raise ValueError(f"the array {name!r} occurs twice")
        return _listed(unread.pop(name))

    def numbers_of(item: Any) -> dict[str, Any]:
        names, prefix = item
        return numbers_by_name({str(name).removeprefix(prefix): read(name) for name in names})

    readers = {"$array": read, "$arrays": numbers_of}
    found = decoded(header["data"], readers=readers)
    check_sums(header, _sums(header["data"], arrays))
    return found


def _parsed(text: str | bytes) -> dict[str, Any]:
    try:
        header = json.loads(text, object_pairs_hook=without_repetition)
    except (ValueError, RecursionError) as error:
        raise SavedFileError(f"its metadata is damaged: {error}") from error
    if not isinstance(header, dict):
        raise SavedFileError("its metadata is damaged: it is not a dict")
    return header


def libraries() -> tuple[Any, Any]:
    """Return the modules ``safetensors.numpy`` and ``numpy``.

    Raises:
        MissingExtraError: if one is not installed.
    """
    needed_by = "a .safetensors file"
    return imported("safetensors.numpy", "safetensors", needed_by), imported(
        "numpy", "safetensors", needed_by
    )


def _arrays(content: bytes) -> dict[str, Any]:
    """Return the arrays of a file by name, all of them of real numbers."""
    library, numpy = libraries()
    try:
        arrays: dict[str, Any] = library.load(content)
    except imported("safetensors", "safetensors", "a .safetensors file").SafetensorError as error:
        raise SavedFileError(f"it is cut off or damaged: {error}") from error
    except KeyError as error:
        raise SavedFileError(f"it has numbers of the type {error}: convert them to F64 or F32") from error
    except (ValueError, OverflowError) as error:  # NumPy has bounds of its own for a shape
        raise SavedFileError(f"it has an array that cannot be made: {error}") from error
    for name, array in arrays.items():
        if not (
            numpy.issubdtype(array.dtype, numpy.floating) or numpy.issubdtype(array.dtype, numpy.integer)
        ):
            raise SavedFileError(f"{name!r} is an array of {array.dtype}: only real numbers can be loaded")
    return arrays


def _as_arrays(part: Any, keys: Keys) -> tuple[str, dict[str, Any]]:
    """Return a tag and nested lists of numbers by the names of their arrays; no tag for all else."""
    if isinstance(part, list):
        if _have_one_type(_numbers_in(part)):
            return "$array", {".".join(map(str, keys)) or "data": part}
        return "", {}
    if not isinstance(part, Mapping) or not all(map(_type_of, part.values())):
        return "", {}
    if not all(isinstance(key, str) for key in (*keys, *part)):
        return "", {}
    arrays: dict[str, Any] = {}
    for name, shape, parts in grouped(part):
        numbers = [part[one] for one in parts]
        if _have_one_type(numbers):
            arrays[".".join([*keys, name])] = nested(numbers, shape)
        else:
            arrays.update(zip((".".join([*keys, one]) for one in parts), numbers, strict=True))
    return ("$arrays" if arrays else ""), arrays


def _numbers_in(rows: list[Any]) -> list[Any]:
    """Return all items of nested lists that are one array, none if the lists are not."""
    level, seen = [rows], set[int]()
    for _ in range(_MOST_AXES):
        ids = set(map(id, level))
        if len(set(map(len, level))) > 1 or ids & seen:  # ragged, or a list that holds itself
            return []
        seen |= ids
        items = [item for row in level for item in row]
        if not any(map(is_list, items)):
            return items
        if not all(isinstance(item, list) for item in items):
            return []
        level = items
    return []


def _can_be_a_name(name: str) -> bool:
    return name != "__metadata__" and name.isprintable()  # half of a surrogate pair cannot be written


def _have_one_type(numbers: Iterable[Any]) -> bool:
    types = set(map(_type_of, numbers))
    return len(types) == 1 and types != {None}


def _type_of(number: Any) -> type | None:
    """Return the type of a number that an array can hold without loss."""
    if type(number) is float or (type(number) is int and -_LARGEST_INT - 1 <= number <= _LARGEST_INT):
        return type(number)
    return None


def _listed(array: Any) -> Any:
    # Not tolist() of nothing: of the shape (1000000000, 0) it makes a billion lists.
    return array.tolist() if array.size else []


def _sums(data: Any, arrays: Mapping[str, Any]) -> dict[str, str]:
    """Return the checksum of every array, and of what is not in them."""
    sums = {name: checksum(array.tobytes()) for name, array in arrays.items()}
    return {"": checksum(compact(data).encode()), **sums}
