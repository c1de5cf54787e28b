"""Writing a file whole or not at all."""

from __future__ import annotations

import secrets
import shutil
from pathlib import Path


def write_atomically(path: Path, content: bytes) -> None:
    """Write a file by way of a temporary one beside it, so that no one ever finds half of it.

    Folders on the way are made. An interrupted or failed write leaves an earlier file as it was.

    Args:
        path: the file.
        content: all that it shall hold.

    Raises:
        OSError: if the folder cannot be written to.
    """
    path = path.resolve()  # of a link, the file that it leads to is written
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{secrets.token_hex(8)}.tmp")
    try:
        _write(temporary, path, content)
    except BaseException as error:  # also Ctrl-C
        temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):  # of the file that was asked for, and not of the temporary one
            raise OSError(error.errno, error.strerror, str(path)) from error
        raise


def _write(temporary: Path, path: Path, content: bytes) -> None:
    with temporary.open("xb") as file:
        file.write(content)
    if path.exists():
        shutil.copymode(path, temporary)
    temporary.replace(path)
