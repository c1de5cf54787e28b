"""A moving picture as marks: lines, circles and texts, each with what stays and what changes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field


@dataclass(slots=True)
class Mark:
    """One thing that is drawn, in the words of SVG.

    Attributes:
        tag: ``"polyline"``, ``"circle"`` or ``"text"``.
        fixed: the attributes that stay, and a text's ``"text"``.
        varying: the others, with a value for each frame.
    """

    tag: str
    fixed: dict[str, str] = field(default_factory=dict)
    varying: dict[str, list[str]] = field(default_factory=dict)

    def at(self, frame: int) -> dict[str, str]:
        """Return all attributes at one frame."""
        return self.fixed | {name: values[frame] for name, values in self.varying.items()}

    def vary(self, name: str, values: Sequence[str]) -> None:
        """Give an attribute a value for each frame; one that never changes stays."""
        if len(set(values)) == 1:
            self.fixed[name] = values[0]
        else:
            self.varying[name] = list(values)


@dataclass(slots=True)
class Scene:
    """A moving picture.

    Attributes:
        width: in pixels, and ``height`` too.
        background: the color behind it.
        description: what it shows, for those who cannot see it.
        captions: what each frame is called.
        marks: what is drawn, the first behind.
    """

    width: float
    height: float
    background: str
    description: str
    captions: list[str]
    marks: list[Mark]
