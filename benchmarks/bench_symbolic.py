"""Formulas of graphs of 1,000 to 100,000 nodes: the time a node should not grow.

Absolute times depend on the machine. Each formula is checked before its time is believed.
"""

import platform
import sys
import time
from collections.abc import Callable
from typing import Any

import sympy
from nanograd.engine import ScalarValue, topological_order
from nanograd.nn import MLP, MSELoss, manual_seed
from nanograd.symbolic import derive, equations, symbolic_grad, to_sympy, verify
from rich.console import Console
from rich.table import Table

CONSOLE = Console(width=100)
SIZES = (1_000, 10_000, 100_000)


def chain(length: int) -> tuple[ScalarValue, list[ScalarValue]]:
    """Return a graph of about ``length`` nodes that uses every value twice, and its leaves."""
    x, a, b = (ScalarValue(v, label=label) for v, label in ((0.9, "x"), (0.7, "a"), (0.2, "b")))
    value = x
    for _ in range(length // 4):
        value = (value * a + b).sin() * value + x
    return value, [x, a, b]


def timed(action: Callable[[], Any]) -> tuple[Any, float]:
    """Return what an action returns, and the seconds that it took."""
    start = time.perf_counter()
    result = action()
    return result, time.perf_counter() - start


def show_growth(sizes: tuple[int, ...]) -> None:
    """Print the time a node of each function."""
    table = Table(title="chain of (v * a + b).sin() * v + x, nanoseconds a node")
    for column in (
        "nodes",
        "to_sympy(sharing)",
        "symbolic_grad(sharing)",
        "verify",
        "definitions",
        "worst ulps",
    ):
        table.add_column(column, justify="right")
    for size in sizes:
        root, leaves = chain(size)
        nodes = len(topological_order(root))
        formula, formula_time = timed(lambda: to_sympy(root, sharing=True))
        slopes, slopes_time = timed(lambda: symbolic_grad(root, leaves, sharing=True))
        report, report_time = timed(lambda: verify(root))
        if not report:
            raise SystemExit(f"verify() finds {report.wrong[0]} wrong")
        check_slopes(slopes, root, leaves)
        table.add_row(
            f"{nodes:,}",
            *[f"{taken / nodes * 1e9:,.0f}" for taken in (formula_time, slopes_time, report_time)],
            f"{len(formula.definitions):,}",
            f"{report.worst_gradient.gradient_ulps:.0f}",
        )
    CONSOLE.print(table)


def check_slopes(slopes: Any, root: ScalarValue, leaves: list[ScalarValue]) -> None:
    """Compare the formulas of gradients, evaluated, with those of ``backward``."""
    for leaf in leaves:
        leaf.zero_grad()
    root.backward()
    values = {slopes.symbols[leaf]: sympy.Float(leaf.data) for leaf in leaves}
    for symbol, meaning in slopes.definitions:
        values[symbol] = meaning.xreplace(values)
    for leaf, entry in zip(leaves, slopes.expression, strict=True):
        found = float(entry.xreplace(values))
        if abs(found - leaf.grad) > 1e-6 * (1 + abs(leaf.grad)):
            raise SystemExit(f"the formula of {leaf.label} gives {found}, backward {leaf.grad}")


def show_doublings() -> None:
    """Print how many definitions 60 doublings become, and how long that takes."""
    root = ScalarValue(0.9, label="x")
    for _ in range(60):
        root = root + root.sin()
    formula, taken = timed(lambda: to_sympy(root, sharing=True))
    CONSOLE.print(
        f"60 doublings: {len(formula.definitions)} definitions in {taken * 1e3:.0f} ms; "
        f"written out {formula.expanded_size:.2g} operations"
    )


def show_network() -> None:
    """Print the times for the loss of a small network on a minibatch."""
    manual_seed(42)
    model = MLP(3, [2, 3, 2, 1], activation="tanh")
    samples = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    loss = MSELoss()([model(sample) for sample in samples], [1.0, -1.0, -1.0, 1.0])
    parameters = dict(model.named_parameters())
    leaves = list(parameters.values())
    _, slopes = timed(lambda: symbolic_grad(loss, leaves, names=parameters, sharing=True))
    report, checked = timed(lambda: verify(loss, names=parameters))
    _, shown = timed(lambda: equations(loss, names=parameters).latex())
    derivation, derived = timed(lambda: derive(loss, leaves[0], names=parameters))
    CONSOLE.print(
        f"minibatch loss, {len(report.nodes)} nodes, {len(leaves)} parameters: "
        f"gradients {slopes * 1e3:.0f} ms, verify {checked * 1e3:.0f} ms, equations {shown * 1e3:.0f} ms, "
        f"derivation in {len(derivation.steps)} steps {derived * 1e3:.0f} ms"
    )
    CONSOLE.print(str(report))


if __name__ == "__main__":
    CONSOLE.print(f"Python {platform.python_version()}, {platform.machine()}, SymPy {sympy.__version__}\n")
    show_doublings()
    show_network()
    show_growth(SIZES[: int(sys.argv[1])] if len(sys.argv) > 1 else SIZES)
