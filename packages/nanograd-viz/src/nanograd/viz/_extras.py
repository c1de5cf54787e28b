"""Libraries that only a part of this package needs, brought by an extra such as ``[plots]``."""

from __future__ import annotations

from importlib import import_module
from typing import Any

from nanograd.engine import NanogradError


class MissingLibraryError(NanogradError, ImportError):
    """A library is not installed that this needs; the message names the extra that brings it."""


MissingLibraryError.__module__ = "nanograd.viz"  # where a reader can import it from


def imported(library: str, extra: str, what: str) -> Any:
    """Return a library's module, imported now and not before somebody needs it.

    Args:
        library: the module's name.
        extra: which extra of nanograd-viz brings it.
        what: what needs it.

    Raises:
        MissingLibraryError: if it is not installed.
    """
    try:
        return import_module(library)
    except ModuleNotFoundError as error:
        root = library.partition(".")[0]
        if error.name is None or error.name.partition(".")[0] != root:
            raise
        raise MissingLibraryError(
            f'{what} needs {root}, which is not installed: pip install "nanograd-viz[{extra}]"', name=root
        ) from error
