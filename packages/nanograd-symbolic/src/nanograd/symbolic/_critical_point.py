"""A critical point, and those of an interval."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from nanograd.symbolic._counted import counted
from nanograd.symbolic._sympy_numbers import Expression

if TYPE_CHECKING:
    from rich.text import Text


@dataclass(frozen=True, slots=True)
class CriticalPoint:
    """A point where the derivative is 0, or where it jumps from one sign to the other.

    Attributes:
        x: where it is; the left end, if the function is flat on a whole interval.
        value: the function there.
        kind: ``"minimum"``, ``"maximum"``, ``"inflection"`` or ``"flat"``.
        exact: x as SymPy's exact number, where the derivative was solved; None where it was searched.
        is_smooth: whether the derivative is 0 there and not undefined, as at the kink of an absolute value.
        until: the right end of a flat interval; None for a point.
    """

    x: float
    value: float
    kind: str
    exact: Expression | None = None
    is_smooth: bool = True
    until: float | None = None

    def __str__(self) -> str:
        where = f"x = {self.x:.10g}" if self.until is None else f"x from {self.x:.10g} to {self.until:.10g}"
        exact = f" = {self.exact}" if self.exact is not None and not self.exact.is_Integer else ""
        kink = "" if self.is_smooth else ", a kink"
        return f"{self.kind} at {where}{exact if len(exact) < 40 else ''}, value {self.value:.10g}{kink}"


@dataclass(frozen=True, slots=True)
class CriticalPoints:
    """What :func:`critical_points` found, from left to right.

    Attributes:
        points: the points.
        interval: where was searched.
        is_complete: whether these are certainly all: the derivative was solved. If not, it was sampled, and
            two points closer than the samples lie apart may have been missed, or one where the derivative
            only touches 0.
        samples: at how many points it was sampled; 0 if it was solved.
    """

    points: tuple[CriticalPoint, ...]
    interval: tuple[float, float]
    is_complete: bool
    samples: int

    def __iter__(self) -> Iterator[CriticalPoint]:
        return iter(self.points)

    def __len__(self) -> int:
        return len(self.points)

    def __getitem__(self, index: int) -> CriticalPoint:
        return self.points[index]

    def __rich__(self) -> Text:
        from rich.text import Text  # only Rich asks, and then it is there

        return Text(str(self))

    def __str__(self) -> str:
        low, high = self.interval
        how = "all of them" if self.is_complete else f"found among {self.samples} samples, maybe not all"
        heading = f"{counted(len(self.points), 'critical point')} from {low:g} to {high:g}, {how}"
        return "\n".join([heading, *[f"  {point}" for point in self.points]])


def kind_between(before: float, after: float) -> str:
    """Return the kind of a point by the slopes before and after it."""
    if before < 0 < after:
        return "minimum"
    return "maximum" if before > 0 > after else "inflection"
