"""What blocks are called, also those that stand for several parts or for several uses of one."""

from __future__ import annotations

from collections.abc import Iterable

from nanograd.engine import Scope
from nanograd.viz._blocks import Block


def part_name(block: Block) -> str:
    """Return the name of the part that a block is, or of the several that it stands for."""
    return common_name(block.repeated) if block.repeated else str(block.scope)


def owner_name(block: Block) -> str:
    """Return the name of the part whose leaves a block holds, empty if several parts share them."""
    names = {part_name(user) for user in block.users}
    return names.pop() if len(names) == 1 else ""


def uses_and_parts(block: Block) -> Iterable[str]:
    """Yield which use of a module a block is, and which part of it, where there are several."""
    if block.use != block.last_use:
        is_all = len(block.repeated) == block.different * block.uses
        yield f"{block.uses} uses" if is_all else f"uses {block.use}-{block.last_use} of {block.uses}"
    elif block.uses > 1:
        yield f"use {block.use} of {block.uses}"
    if block.parts > 1:
        yield f"part {block.part} of {block.parts}"


def common_name(scopes: list[Scope]) -> str:
    """Return the name of several parts: ``layers.0.neurons.0-15``, or that of the first and an ellipsis."""
    names = [str(scope) for scope in scopes]
    stems = {name.rpartition(".")[0] for name in names}
    numbers = [name.rpartition(".")[2] for name in names]
    if len(stems) == 1 and all(number.isdigit() for number in numbers):
        ordered = sorted(map(int, numbers))
        if ordered == list(range(ordered[0], ordered[0] + len(ordered))):
            return f"{stems.pop()}.{ordered[0]}-{ordered[-1]}".removeprefix(".")
    return f"{names[0]}, …" if len(set(names)) > 1 else names[0]
