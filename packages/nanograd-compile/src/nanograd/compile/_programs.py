"""Programs: what was compiled for each structure of some arguments, and a warning when that is much."""

from __future__ import annotations

import sys
import warnings
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Generic, TypeVar

from nanograd.compile._difference import difference
from nanograd.compile._errors import RecompileWarning

Program = TypeVar("Program")

FEW = 8
"""So many programs may be meant: the limit of torch.compile (torch._dynamo.config.recompile_limit)."""

MOST = 256
"""So many programs are kept."""


@dataclass(eq=False)
class _Kept(Generic[Program]):
    program: Program
    used: int


class Programs(Generic[Program]):
    """Programs by what they were compiled for, :data:`MOST` of them: those that were used last.

    It may be looked up by several threads at once; who keeps a program holds a lock.

    Args:
        what: what was compiled, for the warning.
        cures: what to do, for each way in which structures can differ.
        expected: how many programs there may be before a warning.
    """

    def __init__(self, what: str, cures: Mapping[str, str], *, expected: int = FEW) -> None:
        self.what = what
        self.cures = cures
        self.expected = expected
        self._kept: dict[tuple[Hashable, tuple[Hashable, ...]], _Kept[Program]] = {}
        self._clock = count()
        self._has_warned = False

    def __len__(self) -> int:
        return len(self._kept)

    def find(self, group: Hashable, structures: tuple[Hashable, ...]) -> Program | None:
        """Return the program for such arguments, None if there is none.

        Args:
            group: what is meant to have programs of its own, such as a static argument.
            structures: those of the arguments.
        """
        kept = self._kept.get((group, structures))
        if kept is None:
            return None
        kept.used = next(self._clock)
        return kept.program

    def keep(
        self, group: Hashable, structures: tuple[Hashable, ...], program: Program, names: Sequence[str]
    ) -> None:
        """Keep a program, and forget that which was not used for longest if there are too many.

        Args:
            group: as for :meth:`find`.
            structures: likewise.
            program: what was compiled for them.
            names: what the arguments are called.

        Warns:
            RecompileWarning: once, if there are more programs of this group than expected.
        """
        self._kept[group, structures] = _Kept(program, next(self._clock))
        alike = [those for of, those in self._kept if of == group]
        if len(self._kept) > MOST:
            del self._kept[min(self._kept, key=lambda key: self._kept[key].used)]
        if len(alike) > self.expected and not self._has_warned:
            self._has_warned = True
            self._warn(alike, names)

    def clear(self) -> None:
        """Forget all programs."""
        self._kept.clear()

    def _warn(self, structures: Sequence[tuple[Hashable, ...]], names: Sequence[str]) -> None:
        found = difference(structures, names)
        warnings.warn(
            f"{self.what} has compiled {len(structures)} programs, as what it is given differs in more than "
            f"numbers ({found.text}). Each new structure is traced and compiled, which takes longer than "
            f"many calls, and the {MOST} programs that were used last are kept. {self.cures[found.of]}",
            RecompileWarning,
            stacklevel=_level_of_the_caller(),
        )


def _level_of_the_caller() -> int:
    """Return the ``stacklevel``, for who calls this, of the innermost frame that is not nanograd's."""
    level, frame = 1, sys._getframe(1)
    while frame.f_back is not None and frame.f_globals.get("__name__", "").startswith("nanograd."):
        level, frame = level + 1, frame.f_back
    return level
