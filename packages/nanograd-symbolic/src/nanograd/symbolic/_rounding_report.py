"""What :func:`evaluate_exact` found: the numbers, and the rounding error of every node, worst first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from nanograd.engine import FLOATS, ScalarValue
from nanograd.symbolic._counted import counted

MOST_ROWS = 20
ILL_CONDITIONED = 2.0**10
"""How many times an operation has to multiply errors to be called ill-conditioned: it costs 3 digits."""

MANY_ULPS = 256.0


@dataclass(frozen=True, slots=True)
class NodeError:
    """One node: its exact numbers, and how far its floats are off.

    Attributes:
        node: the node.
        exact: its value, a Fraction or an mpmath number.
        ulps: how far ``node.data`` is off, in units in the last place.
        exact_gradient: its gradient; None if it gets none.
        gradient_ulps: how far the backward pass is off; None likewise.
        condition: how many times its operation multiplies the relative errors of its arguments.
        is_settled: whether all the digits asked for are certain.
    """

    node: ScalarValue
    exact: Any
    ulps: float
    exact_gradient: Any
    gradient_ulps: float | None
    condition: float
    is_settled: bool

    @property
    def is_cancellation(self) -> bool:
        """Whether digits were lost here: a sum or difference much smaller than its terms, and wrong."""
        additive = str(self.node.op) in {"+", "-", "sum", "dot"}
        return additive and self.condition >= ILL_CONDITIONED and self.ulps >= MANY_ULPS

    @property
    def remark(self) -> str:
        """What there is to say about it, in words; often nothing."""
        if not self.is_settled:
            return "not all digits are certain"
        if self.is_cancellation:
            return f"catastrophic cancellation: errors times {self.condition:.2g}"
        if self.condition >= ILL_CONDITIONED and self.ulps >= MANY_ULPS:
            return f"ill-conditioned: errors times {self.condition:.2g}"
        return ""


@dataclass(frozen=True, repr=False)
class RoundingReport:
    """The exact numbers of a graph and the rounding errors of its floats; prints as a table, worst first.

    >>> from nanograd.symbolic import evaluate_exact
    >>> report = evaluate_exact(ScalarValue(0.1, label="a") + ScalarValue(0.2, label="b"), digits=20)
    >>> report.context_str(report.value)
    '0.30000000000000001665'
    >>> report.worst.node.op, report.worst.ulps
    (<Operation +>, 0.5)

    Attributes:
        root: the result of the graph.
        numbers: the number system, ``"fraction"`` or ``"mpmath"``.
        digits: how many digits are right; None for fractions, which are exact.
        nodes: one entry for each node, in topological order.
    """

    root: ScalarValue
    numbers: str
    digits: int | None
    nodes: tuple[NodeError, ...]

    @property
    def value(self) -> Any:
        """The exact value of the root."""
        return self.nodes[-1].exact

    @property
    def values(self) -> dict[ScalarValue, Any]:
        """The exact value of every node."""
        return {error.node: error.exact for error in self.nodes}

    @property
    def gradients(self) -> dict[ScalarValue, Any]:
        """The exact gradient of every node that gets one."""
        return {error.node: error.exact_gradient for error in self.nodes if error.exact_gradient is not None}

    @property
    def worst(self) -> NodeError:
        """The node whose value is off by the most units in the last place."""
        return max(self.nodes, key=lambda error: error.ulps)

    @property
    def worst_gradient(self) -> NodeError:
        """The node whose gradient is off by the most units in the last place."""
        return max(self.nodes, key=lambda error: error.gradient_ulps or 0.0)

    @property
    def is_settled(self) -> bool:
        """Whether all digits asked for are certain, of every number."""
        return all(error.is_settled for error in self.nodes)

    def __iter__(self) -> Iterator[NodeError]:
        return iter(self.nodes)

    def __len__(self) -> int:
        return len(self.nodes)

    def context_str(self, number: Any) -> str:
        """Return one of the report's numbers as text, with as many digits as are right."""
        if self.digits is None or not hasattr(number, "context"):
            text = str(number)
            return text if len(text) <= 40 else f"{float(number)!r}..."
        return str(number.context.nstr(number, self.digits))

    def as_dict(self) -> dict[str, Any]:
        """Return the report as plain data, for JSON."""
        return {
            "numbers": self.numbers,
            "digits": self.digits,
            "value": self.context_str(self.value),
            "is_settled": self.is_settled,
            "nodes": [
                {
                    "name": _name(error, index),
                    "data": FLOATS.as_float(error.node.data),
                    "exact": self.context_str(error.exact),
                    "ulps": error.ulps,
                    "exact_gradient": None
                    if error.exact_gradient is None
                    else self.context_str(error.exact_gradient),
                    "gradient_ulps": error.gradient_ulps,
                    "remark": error.remark,
                }
                for index, error in enumerate(self.nodes)
            ],
        }

    def __str__(self) -> str:
        rows = [("node", "float", "ulps", "gradient ulps", "remark"), *self._rows()]
        widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) for row in rows
        ]
        return "\n".join([self._heading(), *[line.rstrip() for line in lines]])

    __repr__ = __str__

    def __rich__(self) -> Any:
        from rich.table import Table
        from rich.text import Text

        table = Table(title=Text(self._heading()))
        for column in ("node", "float", "ulps", "gradient ulps", "remark"):
            table.add_column(column, justify="right" if column.endswith("ulps") else "left")
        for row in self._rows():
            table.add_row(*map(Text, row))
        return table

    def _heading(self) -> str:
        how = "exact fractions" if self.digits is None else f"{self.digits} digits"
        shown = "" if len(self.nodes) <= MOST_ROWS else f", the worst {MOST_ROWS} shown"
        return f"rounding errors of {counted(len(self.nodes), 'node')} against {how}{shown}"

    def _rows(self) -> list[tuple[str, str, str, str, str]]:
        numbered = sorted(enumerate(self.nodes), key=lambda item: -_size(item[1]))
        return [
            (
                _name(error, index),
                f"{FLOATS.as_float(error.node.data):.6g}",
                f"{error.ulps:.3g}",
                "" if error.gradient_ulps is None else f"{error.gradient_ulps:.3g}",
                error.remark,
            )
            for index, error in numbered[:MOST_ROWS]
        ]


def _size(error: NodeError) -> float:
    return max(error.ulps, error.gradient_ulps or 0.0)


def _name(error: NodeError, index: int) -> str:
    """Return the label of a node, or its operation with its place in topological order."""
    label = error.node.label
    name = label or f"{error.node.op or 'leaf'} #{index}"
    return "".join(letter if letter.isprintable() else repr(letter)[1:-1] for letter in name)[:40]
