"""JSON files: plain objects as text that a person can read and compare, one line for each entry."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from nanograd.nn._plain import decoded, encoded
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


def to_json(given: Any) -> bytes:
    """Return a plain object as the content of a file.

    Args:
        given: dicts, lists and tuples of numbers, strings, bools and None.

    Raises:
        NotSavableError: if it holds something else.
    """
    data = encoded(given)
    entries = _entries(data)
    lines = {key: compact(entry) for key, entry in entries.items()}
    if entries is data:
        text = "{\n" + ",\n".join(f"  {json.dumps(key)}: {line}" for key, line in lines.items()) + "\n }"
    else:
        text = lines[""]
    sums = {key: checksum(line.encode()) for key, line in lines.items()}
    header = f' "format": "{FORMAT}",\n "version": {VERSION}'
    return f'{{\n{header},\n "data": {text},\n "crc32": {compact(sums)}\n}}\n'.encode()


def from_json(content: bytes) -> Any:
    """Return the plain object that :func:`to_json` was given.

    Args:
        content: what the file holds.

    Raises:
        SavedFileError: if it is not what was written.
    """
    header = _parsed(content)
    if not isinstance(header, dict):
        raise SavedFileError(f"it holds a {type(header).__name__}: nanograd.nn.save did not write it")
    check_version(header)
    data = header["data"]
    found = decoded(data)  # first, because it says best what is wrong with an entry
    check_sums(header, {key: checksum(compact(entry).encode()) for key, entry in _entries(data).items()})
    return found


def _parsed(content: bytes) -> Any:
    try:
        return json.loads(content.decode("utf-8"), object_pairs_hook=without_repetition)
    except json.JSONDecodeError as error:
        line = content.split(b"\n")[error.lineno - 1]
        shown = line[:60].decode("utf-8", "replace")
        raise SavedFileError(
            f"it is cut off or damaged in line {error.lineno}, {shown!r}: {error.msg}"
        ) from error
    except (ValueError, RecursionError) as error:
        raise SavedFileError(f"it is damaged: {error}") from error


def _entries(data: Any) -> Mapping[str, Any]:
    """Return what has a checksum of its own: each entry of a dict with plain keys, or all of the data."""
    plain = isinstance(data, dict) and not any(key.startswith("$") for key in data)
    return data if plain else {"": data}
