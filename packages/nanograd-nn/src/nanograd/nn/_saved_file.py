"""What files of every format share: their version, and the sums that show a change."""

from __future__ import annotations

import json
import zlib
from collections.abc import Mapping
from typing import Any

from nanograd.engine import NanogradError

FORMAT = "nanograd"
VERSION = 1


class SavedFileError(NanogradError, ValueError):
    """A file cannot be loaded: it is cut off, changed, of another format, or too large."""


class NotSavableError(NanogradError, TypeError):
    """Something that is to be saved is not made of dicts, lists, numbers, strings, bools and None."""


for _error in (SavedFileError, NotSavableError):
    _error.__module__ = "nanograd.nn"  # where a reader can import it from


def without_repetition(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Return a dict of what was read, in which no key occurs twice; the ``json`` module keeps the last one.

    Args:
        pairs: keys and values, in the order of the file.

    Raises:
        SavedFileError: with the key that does.
    """
    entries: dict[str, Any] = {}
    for key, value in pairs:
        if key in entries:
            raise SavedFileError(f"the key {key!r} occurs twice")
        entries[key] = value
    return entries


def check_version(header: Mapping[str, Any]) -> None:
    """Refuse what another program, or a newer version of this one, wrote.

    Args:
        header: the entries beside the data.

    Raises:
        SavedFileError: if it did.
    """
    if header.get("format") != FORMAT or "data" not in header:
        raise SavedFileError(
            'it has no "format": "nanograd" and "data", so nanograd.nn.save did not write it'
        )
    version = header.get("version")
    if version != VERSION:
        raise SavedFileError(
            f"it has the version {version!r} of the format, and this nanograd-nn reads version {VERSION}: "
            "update nanograd-nn"
        )


def check_sums(header: Mapping[str, Any], sums: Mapping[str, str]) -> None:
    """Refuse data that was changed after it was written; without sums in the header nothing is compared.

    Args:
        header: the entries beside the data.
        sums: the checksums of the data that was read, by key.

    Raises:
        SavedFileError: with the first key that was changed, added or removed.
    """
    written = header.get("crc32", sums)
    if not isinstance(written, dict):
        raise SavedFileError(f'"crc32" holds a checksum for each key and not {written!r}')
    for key in [*sums, *written]:
        if sums.get(key) != written.get(key):
            happened = "changed" if key in sums and key in written else "added" if key in sums else "removed"
            what = f"{key!r} was {happened}" if key else f"the data was {happened}"
            raise SavedFileError(
                f'{what} after the file was written. If that is meant, remove the entry "crc32"'
            )


def checksum(content: bytes | memoryview) -> str:
    """Return the CRC-32 of bytes as eight hexadecimal digits."""
    return f"{zlib.crc32(content):08x}"


def compact(encoded: Any) -> str:
    """Return JSON text in one line."""
    return json.dumps(encoded, ensure_ascii=True, allow_nan=False)
