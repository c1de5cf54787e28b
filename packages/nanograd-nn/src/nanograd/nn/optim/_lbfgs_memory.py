"""What L-BFGS remembers: how the last steps changed the gradient, which tells how the loss is curved.

Vectors are lists of numbers here, one for each parameter.
"""

from __future__ import annotations

import math
import reprlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import reduce
from operator import add, mul
from typing import Any

from nanograd.engine import ArgumentError
from nanograd.nn._nested import Shape, is_list, shape_of


@dataclass
class Memory:
    """What is remembered from step to step, by its names in PyTorch."""

    func_evals: int = 0
    n_iter: int = 0
    d: list[float] = field(default_factory=list)  # the last direction, and how far it was followed
    t: float = 0.0
    old_dirs: list[list[float]] = field(default_factory=list)  # changes of the gradient
    old_stps: list[list[float]] = field(default_factory=list)  # the changes of the parameters that made them
    ro: list[float] = field(default_factory=list)  # 1 / the product of the two
    H_diag: float = 1
    prev_flat_grad: list[float] = field(default_factory=list)
    prev_loss: float = 0.0

    def learn(self, gradient: list[float], history_size: int) -> None:
        """Remember how the last step changed the gradient, unless the loss curves downwards there."""
        change = [new - old for new, old in zip(gradient, self.prev_flat_grad, strict=True)]
        moved = [self.t * along for along in self.d]
        product = dot(change, moved)
        if not product > 1e-10:
            return
        if len(self.old_dirs) >= history_size:
            for remembered in (self.old_dirs, self.old_stps, self.ro):
                del remembered[0]
        self.old_dirs.append(change)
        self.old_stps.append(moved)
        self.ro.append(1.0 / product)
        self.H_diag = product / dot(change, change)

    def direction(self, gradient: list[float]) -> list[float]:
        """Return minus the gradient, times the inverse of the estimated curvature: the two-loop recursion."""
        d = [-slope for slope in gradient]
        changes = list(zip(self.old_dirs, self.old_stps, self.ro, strict=True))
        shares = []
        for change, moved, ro in reversed(changes):
            shares.append(dot(moved, d) * ro)
            d = ahead(d, change, -shares[-1])
        d = [self.H_diag * along for along in d]
        for (change, moved, ro), share in zip(changes, reversed(shares), strict=True):
            d = ahead(d, moved, share - dot(change, d) * ro)
        return d


def check_remembered(remembered: Mapping[str, Any], size: int) -> None:
    """Refuse what is not a :class:`Memory` as a dict, for as many parameters.

    Args:
        remembered: numbers and lists of numbers, by their names.
        size: how many parameters there are.

    Raises:
        ArgumentError: if names or sizes differ.
        ShapeError: if a list of vectors is ragged.
    """
    names = [entry.name for entry in fields(Memory)]
    lacking = [name for name in names if name not in remembered]
    besides = [name for name in remembered if name not in names]
    if lacking or besides:
        raise ArgumentError(
            f"loaded state dict is not that of an LBFGS: its state lacks {lacking} and has {besides} besides"
        )
    steps = len(remembered["ro"]) if is_list(remembered["ro"]) else 0
    vector: set[Shape] = {(0,), (size,)}  # of no numbers before the first step
    vectors: set[Shape] = {(steps, size) if steps else (0,)}
    shapes: dict[str, set[Shape]] = {
        "d": vector,
        "prev_flat_grad": vector,
        "old_dirs": vectors,
        "old_stps": vectors,
        "ro": {(steps,)},
    }
    for name, value in remembered.items():
        if value is None or shape_of(value, name) not in shapes.get(name, {()}):
            raise ArgumentError(
                f"loaded state dict of LBFGS has a {name} that does not fit {size} parameters and {steps} "
                f"remembered steps: {reprlib.repr(value)}"
            )


def dot(x: list[float], y: list[float]) -> float:
    """Return the sum of the products."""
    return total(map(mul, x, y))


def total(terms: Iterable[float]) -> float:
    """Return the sum, rounded once, and so the same in every version of Python."""
    given = list(terms)
    try:
        return math.fsum(given)
    except (OverflowError, ValueError):  # where IEEE arithmetic has infinity and nan
        return reduce(add, given)


def ahead(x: list[float], d: list[float], t: float) -> list[float]:
    """Return x + t d."""
    return [position + t * along for position, along in zip(x, d, strict=True)]
