"""What :func:`verify` found: every node's value and gradient beside the exact ones, and the worst of them."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from nanograd.engine import FLOATS, ArgumentError, Number, ScalarValue
from nanograd.symbolic._counted import counted
from nanograd.symbolic._sympy_numbers import Expression

if TYPE_CHECKING:
    from rich.table import Table


@dataclass(frozen=True, slots=True)
class GradientCheck:
    """The gradient of one leaf, twice.

    Attributes:
        leaf: the leaf.
        symbol: the leaf's symbol in ``formula``.
        symbolic: the exact derivative at the leaves' data, rounded to a float.
        computed: what the backward pass gave.
        ulps: the distance of the two in units in the last place of ``symbolic``.
        root: the result that was differentiated.
    """

    leaf: ScalarValue
    symbol: Expression
    symbolic: float
    computed: float
    ulps: float
    root: ScalarValue = field(repr=False)

    @property
    def formula(self) -> Expression:
        """The derivative as a formula.

        Raises:
            FormulaSizeError: if it would write out more than 20,000 operations.
        """
        from nanograd.symbolic._derivative import symbolic_grad

        return symbolic_grad(self.root, self.leaf)


@dataclass(frozen=True, slots=True)
class NodeCheck:
    """One node: its value and gradient, the exact ones, and how far they lie apart.

    A distance is nan where there is nothing to compare.

    Attributes:
        node: the node.
        name: its label, or its operation and its number in topological order; then its scope.
        value: the number that it holds.
        exact_value: the value of its formula at the leaves' data.
        value_ulps: the distance of the two, with all that the rounding before it has added.
        local_ulps: the distance of its value from the formula at the numbers that its arguments hold: what
            this one operation has added.
        gradient: what the backward pass gave; None where none arrives.
        exact_gradient: the derivative of the root with respect to it.
        gradient_ulps: the distance of the two.
        partial_ulps: the largest distance of its partial derivatives from SymPy's at the numbers that its
            arguments hold.
        verdict: ``"right"``, ``"wrong"``, ``"inexact"`` where rounding accounts for the distance, ``"kink"``
            where the derivative is a convention or rounding chose the branch, ``"edge"`` where the formula
            ends or has a pole, or ``"not finite"`` behind one and beyond the largest float.
        explanation: what is not right, in words; empty if nothing is.
    """

    node: ScalarValue
    name: str
    value: Number
    exact_value: float
    value_ulps: float
    local_ulps: float
    gradient: float | None
    exact_gradient: float
    gradient_ulps: float
    partial_ulps: float
    verdict: str
    explanation: str

    def to_dict(self) -> dict[str, Any]:
        """Return the fields as numbers and strings, without the node."""
        fields = ("name", "value", "exact_value", "value_ulps", "local_ulps", "gradient", "exact_gradient")
        shown = (*fields, "gradient_ulps", "partial_ulps", "verdict", "explanation")
        found = {name: getattr(self, name) for name in shown}
        found["value"] = FLOATS.as_float(self.value)
        return found


@dataclass(frozen=True, slots=True, repr=False)
class Verification:
    """What :func:`verify` found: true if nothing is wrong, and a table when printed.

    Kinks, edges, and what rounding accounts for are reported and do not make it false.

    Attributes:
        checks: the gradient of each leaf that needs one.
        nodes: every node, in topological order.
        tolerance: the largest relative difference that counts as equal.
        digits: the number of digits that the formulas were evaluated with.
    """

    checks: tuple[GradientCheck, ...]
    nodes: tuple[NodeCheck, ...]
    tolerance: float
    digits: int

    @property
    def worst(self) -> GradientCheck:
        """The leaf whose gradient has the largest distance in ulps.

        Raises:
            ArgumentError: if no leaf needs a gradient.
        """
        if not self.checks:
            raise ArgumentError("no leaf of the graph needs a gradient: look at worst_value")
        return max(self.checks, key=lambda check: math.inf if math.isnan(check.ulps) else check.ulps)

    @property
    def worst_value(self) -> NodeCheck:
        """The node whose value has the largest distance from the exact one."""
        return _largest(self.nodes, "value_ulps")

    @property
    def worst_operation(self) -> NodeCheck:
        """The node that has added the largest error to its value by itself."""
        return _largest(self.nodes, "local_ulps")

    @property
    def worst_gradient(self) -> NodeCheck:
        """The node, leaf or inner, whose gradient has the largest distance from the exact one."""
        return _largest(self.nodes, "gradient_ulps")

    @property
    def wrong(self) -> tuple[NodeCheck, ...]:
        """The nodes that are wrong, the first to be computed first."""
        return self._with("wrong")

    @property
    def inexact(self) -> tuple[NodeCheck, ...]:
        """The nodes of which cancellation has left less than the tolerance asks for."""
        return self._with("inexact")

    @property
    def kinks(self) -> tuple[NodeCheck, ...]:
        """The nodes at a kink, a tie or a jump."""
        return self._with("kink")

    @property
    def edges(self) -> tuple[NodeCheck, ...]:
        """The nodes at an edge of their domain, and those that are not finite."""
        return self._with("edge") + self._with("not finite")

    def to_dict(self) -> dict[str, Any]:
        """Return everything as numbers, strings and lists, ready for JSON but for nan and infinities."""
        return {
            "right": bool(self),
            "tolerance": self.tolerance,
            "digits": self.digits,
            "nodes": [check.to_dict() for check in self.nodes],
        }

    def __bool__(self) -> bool:
        return all(check.verdict != "wrong" for check in self.nodes)

    def __iter__(self) -> Iterator[GradientCheck]:
        return iter(self.checks)

    def __len__(self) -> int:
        return len(self.checks)

    def __str__(self) -> str:
        counts = Counter(check.verdict for check in self.nodes)
        against = f"against {'its formula' if len(self.nodes) == 1 else 'their formulas'}"
        verdicts = [f"{count} {verdict}" for verdict, count in sorted(counts.items(), reverse=True)]
        lines = [
            f"{counted(len(self.nodes), 'node')} {against} at {self.digits} digits: {', '.join(verdicts)}"
        ]
        lines += [f"{title}: {text}" for title, text in self._worst()]
        noted = [check for check in self.nodes if check.explanation]
        lines += [f"{check.verdict}: {check.name}: {check.explanation}" for check in noted[:_MOST_LISTED]]
        if len(noted) > _MOST_LISTED:
            lines.append(f"... and {len(noted) - _MOST_LISTED} more: see .nodes")
        return "\n".join(lines)

    def __repr__(self) -> str:
        found = "right" if self else f"{len(self.wrong)} wrong"
        return f"<Verification of {counted(len(self.nodes), 'node')}: {found}>"

    def __rich__(self) -> Table:
        from rich.table import Table  # only Rich asks, and then it is there
        from rich.text import Text

        table = Table(title=Text(str(self).split("\n", 1)[0]), caption=Text(_caption(self)))
        table.add_column("node")
        for column in ("value", "ulps", "of these by itself", "gradient", "ulps"):
            table.add_column(column, justify="right")
        table.add_column("verdict")
        for check in _shown_nodes(self.nodes):
            table.add_row(
                Text(check.name),
                f"{FLOATS.as_float(check.value):.6g}",
                _brief(check.value_ulps),
                _brief(check.local_ulps),
                "" if check.gradient is None else f"{check.gradient:.6g}",
                _brief(check.gradient_ulps),
                check.verdict,
            )
        return table

    def _with(self, verdict: str) -> tuple[NodeCheck, ...]:
        return tuple(check for check in self.nodes if check.verdict == verdict)

    def _worst(self) -> list[tuple[str, str]]:
        rows = [("worst value", self.worst_value, "value_ulps")]
        rows.append(("worst operation", self.worst_operation, "local_ulps"))
        rows.append(("worst gradient", self.worst_gradient, "gradient_ulps"))
        return [
            (title, f"{_brief(getattr(check, ulps))} ulps, {check.name}")
            for title, check, ulps in rows
            if not math.isnan(getattr(check, ulps))
        ]


_MOST_LISTED = 20


def _largest(nodes: tuple[NodeCheck, ...], ulps: str) -> NodeCheck:
    def size(check: NodeCheck) -> float:
        distance: float = getattr(check, ulps)
        return -1.0 if math.isnan(distance) else distance

    return max(nodes, key=size)


def _shown_nodes(nodes: tuple[NodeCheck, ...]) -> list[NodeCheck]:
    """Return the nodes that a table shows: all of a small graph, else the worst ones."""
    if len(nodes) <= _MOST_LISTED:
        return list(nodes)
    noted = [check for check in nodes if check.verdict != "right"]
    worst = sorted(nodes, key=lambda check: -_finite(check.gradient_ulps) - _finite(check.value_ulps))
    return list({id(check): check for check in [*noted, *worst]}.values())[:_MOST_LISTED]


def _finite(ulps: float) -> float:
    return 0.0 if math.isnan(ulps) else ulps


def _brief(ulps: float) -> str:
    return "" if math.isnan(ulps) else f"{ulps:.3g}"


def _caption(report: Verification) -> str:
    shown = len(_shown_nodes(report.nodes))
    rest = "" if shown == len(report.nodes) else f"; {shown} of {len(report.nodes)} nodes are shown"
    return ", ".join(f"{title} {text}" for title, text in report._worst()) + rest
