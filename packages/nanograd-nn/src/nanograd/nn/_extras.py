"""Extras: packages that only some functions need, imported when one of those is called."""

from __future__ import annotations

import importlib
from typing import Any

from nanograd.engine import NanogradError


class MissingExtraError(NanogradError, ImportError):
    """A function needs a package that is not installed; the message names the extra that brings it."""


MissingExtraError.__module__ = "nanograd.nn"  # where a reader can import it from


def imported(module: str, extra: str, needed_by: str) -> Any:
    """Return a module of an optional package.

    Args:
        module: its full name, such as ``sklearn.datasets``.
        extra: the extra of nanograd-nn that installs the package.
        needed_by: what the user called.

    Raises:
        MissingExtraError: if the package is not installed.
    """
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(
            f"{needed_by} needs the package {module.partition('.')[0]!r}, which is not installed: "
            f'pip install "nanograd-nn[{extra}]"'
        ) from error
