"""The architecture of a model: the tree of its parts, with parts in a row that are alike drawn as one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from nanograd.viz._models import Model, kind_of


@dataclass(slots=True, eq=False)
class Part:
    """One box of the tree.

    Attributes:
        name: what the part around it calls it; of several in a row ``neurons.0-15``.
        kind: its class, with what it says of itself.
        count: how many parts in a row it stands for.
        parameters: how many parameters one of them has, those inside included, and ``frozen`` how many of
            these get no gradient.
        parts: the parts inside.
        hidden: how many parts lie deeper than the picture shows.
    """

    name: str
    kind: str
    count: int = 1
    parameters: int = 0
    frozen: int = 0
    parts: list[Part] = field(default_factory=list)
    hidden: int = 0


def architecture(model: Model, depth: int | None) -> tuple[Part, int]:
    """Return the tree of a model's parts down to a depth, and how deep the whole model is.

    A part that is held in two places is one :class:`Part` in both.

    Args:
        model: the model.
        depth: how many levels are shown, 1 for the model alone; all of them if None.
    """
    order = list(_parts_before_their_owners(model))
    alike: dict[Any, int] = {}  # parts look alike if their signatures have the same number
    made: dict[int, Part] = {}
    signatures: dict[int, int] = {}
    levels: dict[int, int] = {}
    for module in order:
        children = [(name, child) for name, child in module.named_children() if id(child) in made]
        parameters = list(module.parameters())
        frozen = sum(not parameter.requires_grad for parameter in parameters)
        kind = kind_of(module)
        part = Part("", kind, parameters=len(parameters), frozen=frozen)
        part.parts = list(_merged(children, made, signatures))
        named = tuple((name, signatures[id(child)]) for name, child in children)
        signatures[id(module)] = alike.setdefault((kind, len(parameters), frozen, named), len(alike))
        levels[id(module)] = 1 + max((levels[id(child)] for _, child in children), default=0)
        made[id(module)] = part
    whole = made[id(model)]
    if depth is not None:
        _cut(whole, depth)
    return whole, levels[id(model)]


def parts_shown(whole: Part) -> list[Part]:
    """Return all boxes of a tree, each once, a part before those inside of it."""
    found: dict[Part, None] = {}
    waiting = [whole]
    while waiting:
        part = waiting.pop()
        if part not in found:
            found[part] = None
            waiting.extend(reversed(part.parts))
    return list(found)


def _parts_before_their_owners(model: Model) -> Iterator[Any]:
    """Yield every part once, after those inside of it; a part that holds itself is passed over inside."""
    reached: set[int] = set()
    waiting: list[tuple[Any, bool]] = [(model, False)]
    while waiting:
        module, inside_is_listed = waiting.pop()
        if inside_is_listed:
            yield module
        elif id(module) not in reached:
            reached.add(id(module))
            waiting.append((module, True))
            waiting.extend((child, False) for _, child in reversed(list(module.named_children())))


def _merged(
    children: list[tuple[str, Any]], made: dict[int, Part], signatures: dict[int, int]
) -> Iterator[Part]:
    """Yield the parts that one holds, where parts numbered one after the other that look alike are one."""
    runs: list[list[tuple[str, Any]]] = []
    for name, child in children:
        if runs and _follows(runs[-1][-1][0], name):
            last = runs[-1][-1][1]
            if signatures[id(last)] == signatures[id(child)] and last is not child:
                runs[-1].append((name, child))
                continue
        runs.append([(name, child)])
    for run in runs:
        (first, child), (last_name, _) = run[0], run[-1]
        part = made[id(child)]
        if part.name and part.name != first:  # held in two places under two names
            part.name = f"{part.name}, {first}"
        elif len(run) == 1:
            part.name = first
        else:
            part.name, part.count = f"{first}-{last_name.rpartition('.')[2]}", len(run)
        yield part


def _follows(name: str, next_name: str) -> bool:
    """Return whether the names are like ``layers.3`` and ``layers.4``."""
    stem, _, number = name.rpartition(".")
    next_stem, _, next_number = next_name.rpartition(".")
    numbered = number.isdecimal() and next_number.isdecimal()
    return numbered and stem == next_stem and int(next_number) == int(number) + 1


def _cut(whole: Part, depth: int) -> None:
    """Take away what lies deeper than ``depth``, and count it."""
    level = [whole]
    reached = {whole}
    for _ in range(depth - 1):
        level = list(dict.fromkeys(inside for part in level for inside in part.parts))
        level = [part for part in level if part not in reached]
        reached.update(level)
    for part in level:
        part.hidden = sum(inside.count for inside in part.parts)
        part.parts = []
