"""Graphs on which a wrong walk goes wrong: shared values, paths of different lengths, great depth."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from nanograd.engine._graph import topological_order
from nanograd.engine._value import ScalarValue

DEPTH = 10_000  # Python's stack ends near 1,000 calls
_DOUBLINGS = 18  # 262,144 paths through 19 values


class PracticeGraph(NamedTuple):
    """A graph, written as the statements that make it.

    Attributes:
        written: the statements.
        root: the result.
    """

    written: str
    root: ScalarValue

    @property
    def given(self) -> str:
        """What a learner's function is called with, in words."""
        return f"{self.root.label}, where {self.written}"


class ManyVisitsError(Exception):
    """The children of the same few values were asked for again and again."""


def practice_graphs() -> list[PracticeGraph]:
    """Return small graphs of +, - and *, from simple to tricky; every value has a label."""
    return [
        _graph("y = x * w", x=2.0, w=3.0),
        _graph("a = x * w; y = a - b", x=2.0, w=3.0, b=5.0),
        _graph("y = x * x", x=3.0),
        _graph("a = x * w; b = a + w; y = a * b", x=2.0, w=3.0),
        # y reaches a before b and c, through which more gradient is still to come to it
        _graph("a = x * w; b = a * w; c = b - x; y = a * c", x=2.0, w=3.0),
        _graph("a = x * x; b = a + x; c = b * a; y = c - b", x=2.0),
        # Values that differ and whose numbers are equal, which == takes for the same
        _graph("a = x * w; b = v + u; y = a * b", x=2.0, w=2.0, v=2.0, u=2.0),
    ]


def deep_graph() -> PracticeGraph:
    """Return a chain that is deeper than Python's stack."""
    x = root = ScalarValue(1.0, "x")
    for _ in range(DEPTH):
        root = root + x
    root.label = "y"
    return PracticeGraph(f"y = x + x + ... + x, {DEPTH:,} additions", root)


def doubled_graph(most_visits: int = 100 * _DOUBLINGS) -> PracticeGraph:
    """Return a graph of few values and many paths, which counts how often it is asked for children.

    Asking more often than ``most_visits`` raises :class:`ManyVisitsError`.
    """
    watched = _watched(most_visits)
    root = ScalarValue(1.0, "x")
    for index in range(_DOUBLINGS):
        root = root + root
        root.label = f"d{index + 1}"
    for node in topological_order(root):
        node.__class__ = watched
    written = f"d1 = x + x; d2 = d1 + d1; ...; d{_DOUBLINGS} = d{_DOUBLINGS - 1} + d{_DOUBLINGS - 1}"
    return PracticeGraph(written, root)


def named(nodes: Sequence[Any]) -> str:
    """Return the labels of values, the middle of many left out."""
    labels = [getattr(node, "label", None) or repr(node) for node in nodes]
    if len(labels) > 12:
        labels = [*labels[:4], "...", *labels[-4:]]
    return ", ".join(labels)


def _graph(written: str, **leaves: float) -> PracticeGraph:
    """Return the graph of statements ``name = name operator name``."""
    values = {name: ScalarValue(number, name) for name, number in leaves.items()}
    operations: dict[str, Callable[[Any, Any], Any]] = {
        "+": lambda x, y: x + y,
        "-": lambda x, y: x - y,
        "*": lambda x, y: x * y,
    }
    result = next(iter(values.values()))
    for statement in written.split("; "):
        name, _, x, symbol, y = statement.split(" ")
        result = values[name] = operations[symbol](values[x], values[y])
        result.label = name
    return PracticeGraph(written, result)


def _watched(most_visits: int) -> type[ScalarValue]:
    visits = 0

    class Watched(ScalarValue):
        __slots__ = ()

        @property
        def children(self) -> tuple[ScalarValue, ...]:
            nonlocal visits
            visits += 1
            if visits > most_visits:
                raise ManyVisitsError
            return ScalarValue.children.fget(self)  # type: ignore[attr-defined, no-any-return]  # a property

    return Watched
