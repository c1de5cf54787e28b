"""The table that a summary is printed as."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from nanograd.nn._summary import Summary, SummaryRow


def summary_table(summary: Summary) -> Table:
    """Return a table with a row a module and the totals below."""
    table = Table(show_footer=True)
    frozen = summary.parameters - summary.trainable_parameters
    table.add_column("layer", footer=f"total, {frozen:,} frozen" if frozen else "total", no_wrap=True)
    table.add_column("kind", no_wrap=True)
    table.add_column("output", no_wrap=True)
    numbers = (
        ("parameters", f"{summary.parameters:,}"),
        ("operations", f"{summary.operations:,}"),
        ("own", ""),
        ("time", _milliseconds(summary.seconds)),
    )
    for name, total in numbers:
        table.add_column(name, footer=total, justify="right", no_wrap=True)
    for row in summary.rows:
        table.add_row(*_cells(row), style="dim" if row.depth > 1 else "")
    return table


def summary_text(summary: Summary) -> str:
    """Return the table as text without colors."""
    console = Console(
        file=io.StringIO(), width=1_000, color_system=None, force_terminal=False, legacy_windows=False
    )
    with console.capture() as capture:
        console.print(summary_table(summary))
    return capture.get().rstrip("\n")


def _cells(row: SummaryRow) -> list[str | Text]:
    kind = row.kind if row.count == 1 else f"{row.count} x {row.kind}"
    if row.calls > row.count:
        kind += f", {row.calls} calls"
    return [
        Text("  " * max(row.depth - 1, 0) + (row.name or "(model)")),
        Text(kind),
        Text(row.output_size),
        f"{row.parameters:,}",
        f"{row.operations:,}",
        f"{row.own_operations:,}",
        _milliseconds(row.seconds),
    ]


def _milliseconds(seconds: float) -> str:
    return f"{seconds * 1e3:.2f} ms"
