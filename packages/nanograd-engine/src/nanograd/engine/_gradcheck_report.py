"""What a check of gradients found, as data and as a table."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from nanograd.engine._errors import NanogradError
from nanograd.engine._floats import Number, as_float


class CheckedDerivative(NamedTuple):
    """The derivative of one output with respect to one input, analytic and numeric.

    Attributes:
        output: which output it is of.
        input: which input it is with respect to, as ``inputs[1][0]``.
        label: the input's label.
        value: the input's number.
        analytic: what the backward pass says.
        numeric: what differences of the function say.
        error: how far they lie apart.
        allowed: how far they may.
        uncertainty: how far the numeric one may be wrong.
        verdict: ``"right"``, ``"wrong"``, ``"kink"``, ``"jump"``, ``"not finite"``, or ``"unclear"`` where
            the numeric derivative is not known well enough to tell.
        explanation: what is wrong, in words; empty if nothing is.
    """

    output: str
    input: str
    label: str | None
    value: Number
    analytic: float
    numeric: float
    error: float
    allowed: float
    uncertainty: float
    verdict: str
    explanation: str


@dataclass(frozen=True, repr=False)
class GradcheckReport:
    """What :func:`gradcheck` found: true if every derivative is right, and a table when printed.

    >>> report = gradcheck(lambda x, y: abs(x) + y, [0.0, 1.0], raise_exception=False)
    >>> bool(report), [row.verdict for row in report], len(report.failures)
    (False, ['kink', 'right'], 1)

    Attributes:
        function: the name of the check.
        rows: the derivatives, of the first output with respect to all inputs, then of the next one.
        notes: the operations whose derivative is a convention at the point of the check. A derivative that is
            right all the same stays right.
    """

    function: str
    rows: tuple[CheckedDerivative, ...]
    notes: tuple[str, ...]

    @property
    def failures(self) -> tuple[CheckedDerivative, ...]:
        """The derivatives that are not right."""
        return tuple(row for row in self.rows if row.verdict != "right")

    def __bool__(self) -> bool:
        return not self.failures

    def __iter__(self) -> Iterator[CheckedDerivative]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)

    def __str__(self) -> str:
        if self:
            heading = [f"{self.function}: {_counted(len(self.rows))} right"]
        else:
            heading = [f"{self.function}: {len(self.failures)} of {len(self.rows)} derivatives failed"]
            heading += [row.explanation for row in self.failures]
        return "\n".join([*heading, *_table(self.rows), *self.notes])

    def __repr__(self) -> str:
        counts = f"{len(self.rows)} derivatives, {len(self.failures)} failed"
        return f"<GradcheckReport of {self.function}: {counts}>"


class GradcheckError(NanogradError, RuntimeError):
    """A derivative is wrong, or there is none to compare with; the message is the whole report.

    Attributes:
        report: every derivative, the right ones too.
    """

    def __init__(self, report: GradcheckReport) -> None:
        super().__init__(report)
        self.report = report

    def __str__(self) -> str:
        return str(self.report)


# A reader finds them where they are public.
for _public in (CheckedDerivative, GradcheckReport, GradcheckError):
    _public.__module__ = "nanograd.engine.testing"


def _table(rows: Sequence[CheckedDerivative]) -> list[str]:
    several = len({row.output for row in rows}) > 1
    cells = [["output", "input", "value", "analytic", "numeric", "error", "allowed", ""]]
    for row in rows:
        numbers = (row.value, row.analytic, row.numeric, row.error, row.allowed)
        name = f"{row.input} {row.label}" if row.label else row.input
        cells.append([row.output, name, *map(brief, numbers), row.verdict])
    if not several:
        cells = [line[1:] for line in cells]
    widths = [max(map(len, column)) for column in zip(*cells, strict=True)]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in cells]


def brief(number: Number) -> str:
    return f"{as_float(number):.10g}"


def _counted(count: int) -> str:
    return "1 derivative is" if count == 1 else f"{count} derivatives are"
