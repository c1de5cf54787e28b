"""Blocks that are alike drawn as one: the sixteen neurons of a layer as ``Neuron × 16``."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from nanograd.engine import ScalarValue
from nanograd.viz._blocks import Block


def merge_repeats(
    order: Sequence[ScalarValue], blocks: Mapping[ScalarValue, Block]
) -> dict[ScalarValue, Block]:
    """Return the block of every value, where blocks that repeat each other have become one.

    Blocks repeat each other if they are parts of one use of one module, of one kind, made of the same
    operations, and equally far from the leaves. The last keeps the picture true: no path leads from one of
    them to another, and none of those that were joined stands both before and after something else.

    Args:
        order: the graph in topological order.
        blocks: the block of every value that belongs to one.
    """
    height_of = heights(order, blocks)
    alike: defaultdict[Any, list[Block]] = defaultdict(list)
    for block in dict.fromkeys(blocks.values()):
        if block.scope is not None and block.scope.parent is not None and block.parts == 1:
            operations = tuple(node.op or node.requires_grad for node in block.members)
            alike[block.scope.parent, block.scope.kind, operations, height_of[block]].append(block)
    merged: dict[Block, Block] = {}
    for same in alike.values():
        if len(same) > 1:
            whole = Block(same[0].scope)
            whole.uses = same[0].uses
            whole.use, whole.last_use = min(block.use for block in same), max(block.use for block in same)
            whole.members = [node for block in same for node in block.members]
            whole.repeated = [block.scope for block in same if block.scope is not None]
            merged.update(dict.fromkeys(same, whole))
    result = {node: merged.get(block, block) for node, block in blocks.items()}
    return _with_leaves_joined(order, result)


def heights(
    order: Sequence[ScalarValue], blocks: Mapping[ScalarValue, Block]
) -> dict[Block | ScalarValue, int]:
    """Return how many boxes stand behind each other at most, up to each box of the picture."""
    after: defaultdict[Block | ScalarValue, set[Block | ScalarValue]] = defaultdict(set)
    waiting: dict[Block | ScalarValue, int] = {}
    for node in order:
        box = blocks.get(node, node)
        waiting.setdefault(box, 0)
        for child in node.children:
            source = blocks.get(child, child)
            if source is not box and box not in after[source]:
                after[source].add(box)
                waiting[box] += 1
    found = {box: 0 for box, count in waiting.items() if not count}
    free = list(found)
    while free:
        box = free.pop()
        for user in after[box]:
            found[user] = max(found.get(user, 0), found[box] + 1)
            waiting[user] -= 1
            if not waiting[user]:
                free.append(user)
    return found


def _with_leaves_joined(
    order: Sequence[ScalarValue], blocks: Mapping[ScalarValue, Block]
) -> dict[ScalarValue, Block]:
    """Join the leaves that the same blocks share, now that some of these blocks are one."""
    users: defaultdict[ScalarValue, set[Block | None]] = defaultdict(set)
    for node in order:
        for child in node.children:
            users[child].add(blocks.get(node))
    result = dict(blocks)
    joined: dict[Any, Block] = {}
    for node in order:
        block = blocks.get(node)
        using = users[node]
        if block is None or block.scope is not None or None in using:
            continue
        owners = frozenset(user for user in using if user is not None)
        if len(owners) == 1:  # all that shared it have become one
            (result[node],) = owners
        else:
            joined.setdefault((owners, node.requires_grad), Block()).users = owners
            result[node] = joined[owners, node.requires_grad]
    members: defaultdict[Block, list[ScalarValue]] = defaultdict(list)
    for node in order:
        if node in result:
            members[result[node]].append(node)
    for block, nodes in members.items():
        block.members = nodes
    return result
