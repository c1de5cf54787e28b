"""What a picture, a page or a file starts from: one result or a list of several."""

from __future__ import annotations

from collections.abc import Sequence

from nanograd.engine import ArgumentError, ScalarValue
from nanograd.viz._errors import NotAGraphError


def as_roots(root: object, function: str) -> list[ScalarValue]:
    """Return one value, or those of a list, checked and each once.

    Args:
        root: what the user gave.
        function: what an error begins with.

    Raises:
        NotAGraphError: if it holds something else.
        ArgumentError: if the list is empty.
    """
    given = list(root) if isinstance(root, Sequence) and not isinstance(root, str) else [root]
    if not given:
        raise ArgumentError(f"{function}(root) got an empty list: give it at least one ScalarValue")
    checked: dict[ScalarValue, None] = {}
    for value in given:
        if not isinstance(value, ScalarValue):
            raise NotAGraphError(
                f"{function}(root) takes a ScalarValue or a list of them and got {type(value).__name__}: "
                f"{value!r:.80}. Give it a result that was computed from ScalarValues."
            )
        checked[value] = None
    return list(checked)
