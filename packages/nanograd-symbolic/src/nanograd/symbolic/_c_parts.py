"""Long C functions as a chain of short ones: a compiler's time grows with the square of a function's length.

A part reads what it needs from the arguments and from an array ``kept`` on the stack of the function that
calls it, and leaves there what later parts need. A place in ``kept`` is used again once nothing needs it.
"""

from __future__ import annotations

import heapq
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

LONGEST_FUNCTION = 400
"""Longer functions are split: gcc -O2 takes a second for 1,500 lines and minutes for 15,000."""

LONGEST_PART = 200


class Step(NamedTuple):
    """One line of a function.

    Attributes:
        name: what it defines; None if it stores a derivative.
        line: the line.
        code: the part of it that computes.
        is_condition: whether it defines an int.
    """

    name: str | None
    line: str
    code: str
    is_condition: bool = False


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of a function.

    Attributes:
        real: the type of numbers.
        loads: for each argument and constant the line that defines it.
        forward: what computes the value.
        backward: what computes the derivatives.
        value: the value.
        has_gradient: whether derivatives can be asked for.
    """

    real: str
    loads: Mapping[str, str]
    forward: Sequence[Step]
    backward: Sequence[Step]
    value: str
    has_gradient: bool

    @property
    def is_long(self) -> bool:
        """Whether a compiler would rather have it in parts."""
        return len(self.forward) + len(self.backward) > LONGEST_FUNCTION


def in_one(body: Body) -> list[str]:
    """Return the lines of one function that does it all."""
    lines = [*([] if any("in[" in line for line in body.loads.values()) else ["(void)in;"])]
    lines += [*body.loads.values(), *[step.line for step in body.forward]]
    if body.backward:
        lines += ["", "if (gradient) {", *[f"    {step.line}" for step in body.backward], "}"]
    elif body.has_gradient:
        lines.append("(void)gradient;")
    return [*lines, f"return {body.value};"]


def in_parts(name: str, body: Body) -> tuple[list[list[str]], list[str]]:
    """Return the lines of the parts, headings included, and those of the function that calls them."""
    chunks = [*_chunks(body.forward), *_chunks(body.backward)]
    last_forward = math.ceil(len(body.forward) / LONGEST_PART)
    places = _Places(chunks, body.value)
    real, parts, calls = body.real, [], []
    for index, chunk in enumerate(chunks):
        used, defined = _names_used(chunk), {step.name for step in chunk}
        lines = [line for known, line in body.loads.items() if known in used]
        lines += [
            places.load(known, real)
            for known in sorted(used - defined, key=places.order)
            if places.has(known)
        ]
        reads_in = any("in[" in line for line in lines)
        lines += [step.line for step in chunk]
        lines += places.stores(index, chunk, real)
        is_backward = index >= last_forward
        parameters = [f"const {real} *in", f"{real} *kept", *([f"{real} *gradient"] if is_backward else [])]
        given = ["in", "kept", *(["gradient"] if is_backward else [])]
        lines[:0] = [] if reads_in else ["(void)in;"]
        if not any("kept[" in line for line in lines):
            lines.append("(void)kept;")
        if is_backward and not any("gradient[" in line for line in lines):
            lines.append("(void)gradient;")
        head = f"static void {name}_part_{index + 1}({', '.join(parameters)})"
        parts.append([head, "{", *[f"    {line}" for line in lines], "}"])
        calls.append(f"{'    ' if is_backward else ''}{name}_part_{index + 1}({', '.join(given)});")
    main = [f"{real} kept[{max(places.count, 1)}];", *calls[:last_forward]]
    if body.backward:
        main += ["if (gradient) {", *calls[last_forward:], "}"]
    elif body.has_gradient:
        main.append("(void)gradient;")
    needed = re.findall(r"\w+", body.value)
    main += [line for known, line in body.loads.items() if known in needed]
    main += [places.load(known, real) for known in dict.fromkeys(needed) if places.has(known)]
    return parts, [*main, f"return {body.value};"]


class _Places:
    """Where in ``kept`` each value is that a later part needs."""

    def __init__(self, chunks: Sequence[Sequence[Step]], value: str) -> None:
        self._steps = {step.name: step for chunk in chunks for step in chunk if step.name is not None}
        self._order = {name: index for index, name in enumerate(self._steps)}
        self._last_use: dict[str, float] = {}
        for index, chunk in enumerate(chunks):
            self._last_use.update(dict.fromkeys(_names_used(chunk) & self._steps.keys(), index))
        for name in re.findall(r"\w+", value):
            self._last_use[name] = math.inf
        self._place: dict[str, int] = {}
        self._free: list[int] = []
        self.count = 0

    def has(self, name: str) -> bool:
        return name in self._place

    def order(self, name: str) -> int:
        return self._order.get(name, -1)

    def load(self, name: str, real: str) -> str:
        place = self._place[name]
        if self._steps[name].is_condition:
            return f"const int {name} = kept[{place}] > 0;"
        return f"const {real} {name} = kept[{place}];"

    def stores(self, index: int, chunk: Sequence[Step], real: str) -> list[str]:
        """Return the lines at the end of a part; what it loaded for the last time leaves its place."""
        for name, place in self._place.items():
            if self._last_use.get(name) == index:
                heapq.heappush(self._free, place)
        lines = []
        for step in chunk:
            if step.name is not None and self._last_use.get(step.name, -1) > index:
                place = heapq.heappop(self._free) if self._free else self.count
                self.count = max(self.count, place + 1)
                self._place[step.name] = place
                cast = f"({real})" if step.is_condition else ""
                lines.append(f"kept[{place}] = {cast}{step.name};")
        return lines


def _chunks(steps: Sequence[Step]) -> Iterator[Sequence[Step]]:
    for start in range(0, len(steps), LONGEST_PART):
        yield steps[start : start + LONGEST_PART]


def _names_used(chunk: Sequence[Step]) -> set[str]:
    return {name for step in chunk for name in re.findall(r"\w+", step.code)}
