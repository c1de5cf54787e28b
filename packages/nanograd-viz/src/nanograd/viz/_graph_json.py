"""A graph in a file: save_graph_json writes every number of it, load_graph_json gives the values back.

The format is JSON with a version, described in :mod:`nanograd.viz._record`. A file is data: nothing in it is
run, and all of it is checked before a value is made.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from os import PathLike
from pathlib import Path
from typing import Any

from nanograd.engine import ArgumentError, ScalarValue
from nanograd.viz._atomic import write_atomically
from nanograd.viz._errors import GraphFileError
from nanograd.viz._graph_reader import GraphReader, refuse_constant
from nanograd.viz._record import record_of
from nanograd.viz._roots import as_roots


def save_graph_json(root: ScalarValue | Sequence[ScalarValue], path: str | PathLike[str]) -> Path:
    """Write a calculation to a file, with every number, gradient and name, and return its path.

    Integers, fractions, nan and infinities are kept exactly. Hooks are not, nor the history of gradients that
    were computed with ``create_graph=True``. A save that fails leaves an earlier file as it was.

    >>> x = ScalarValue(3.0, label="x")
    >>> save_graph_json(x * x, "output/square.json")  # doctest: +SKIP

    Args:
        root: the result, or a list of several.
        path: ends in ``.json``; folders on the way are made.

    Raises:
        NotAGraphError: if ``root`` is neither a ScalarValue nor a list of them.
        ArgumentError: if the path ends in something else.
        OSError: if the file cannot be written.
    """
    roots = as_roots(root, "save_graph_json")
    path = Path(path)
    if path.suffix.lower() != ".json":
        raise ArgumentError(
            f"save_graph_json(root, {str(path)!r}) writes JSON: use a name that ends in .json"
        )
    write_atomically(path, json.dumps(record_of(roots), separators=(",", ":"), allow_nan=False).encode())
    return path


def load_graph_json(path: str | PathLike[str]) -> Any:
    """Return the values of a saved calculation, which draw, print and differentiate as the saved ones did.

    They are :class:`~nanograd.engine.ScalarValue` with their operands, gradients, local derivatives, labels
    and scopes; parameters of a model become plain values. An operation of your own that this program has not
    defined draws and differentiates, and only computing with it anew is refused.

    >>> load_graph_json("output/square.json")  # doctest: +SKIP
    ScalarValue(data=9.0)

    Args:
        path: what :func:`save_graph_json` wrote.

    Returns:
        The result; a list of them if a list was saved.

    Raises:
        GraphFileError: if the file is none of those, or cut off or changed; it says where.
        OSError: if the file cannot be read.
    """
    path = Path(path)
    content = path.read_bytes()
    try:
        record = json.loads(content, parse_constant=refuse_constant)
    except (ValueError, RecursionError) as error:
        reason = "it is nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise GraphFileError(
            f"{str(path)!r} is not a whole JSON file: {reason}. Save the graph again with save_graph_json()."
        ) from error
    return GraphReader(record, str(path)).roots()
