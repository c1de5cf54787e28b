"""How a module is printed: as in PyTorch, nested like its parts, equal neighbors in one line."""

from __future__ import annotations

from collections.abc import Iterable


def nested_repr(kind: str, extra: str, parts: Iterable[tuple[str, object]], *, is_list: bool = False) -> str:
    """Return ``kind(extra)`` with one line for each part, or for a run of parts of a list that look alike.

    >>> print(nested_repr("Net", "", [("layers.0", "A()"), ("layers.1", "A()"), ("out", "B()")]))
    Net(
      (layers.0-1): 2 x 'A()'
      (out): 'B()'
    )

    Args:
        kind: the name of the whole's class.
        extra: what is said about the whole itself.
        parts: names and parts.
        is_list: whether the whole is a list, so that parts named 0 and 1 are parts of one.
    """
    lines = extra.splitlines()
    for names, text in _runs(parts, is_list):
        count = f"{len(names)} x " if len(names) > 1 else ""
        lines.extend(f"({_span(names)}): {count}{text}".splitlines())
    if len(lines) <= 1 and lines == extra.splitlines():
        return f"{kind}({extra})"
    return "\n".join([f"{kind}(", *(f"  {line}" for line in lines), ")"])


def _runs(parts: Iterable[tuple[str, object]], is_list: bool) -> list[tuple[list[str], str]]:
    """Return the parts with those put together that are numbered one after the other and look alike."""
    runs: list[tuple[list[str], str]] = []
    for name, part in parts:
        text = repr(part)
        if runs and runs[-1][1] == text and follows(runs[-1][0][-1], name, is_list=is_list):
            runs[-1][0].append(name)
        else:
            runs.append(([name], text))
    return runs


def follows(name: str, next_name: str, *, is_list: bool) -> bool:
    """Return whether the names are like ``layers.3`` and ``layers.4``; of a list's parts, 3 and 4 too."""
    stem, _, number = name.rpartition(".")
    next_stem, _, next_number = next_name.rpartition(".")
    numbered = number.isdecimal() and next_number.isdecimal()
    return (is_list or bool(stem)) and stem == next_stem and numbered and int(next_number) == int(number) + 1


def _span(names: list[str]) -> str:
    """Return the name, or the first with the last number: ``layers.0-3``."""
    return names[0] if len(names) == 1 else f"{names[0]}-{names[-1].rpartition('.')[2]}"
