"""Blocks: the parts of a model drawn as one box each, instead of every number in them.

A block is what was computed inside one :class:`~nanograd.engine.Scope`, with the leaves that nothing else
uses. Two uses of one part are two scopes and so two blocks. Leaves that several blocks share, such as the
parameters of a model that is used four times, form a block of their own.

Joining values must not draw a cycle where there is none: a value computed outside between two steps of a
scope would stand both after and before that scope's block. Such a scope is drawn in several parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from nanograd.engine import ScalarValue, Scope

Key = ScalarValue | Scope
"""What a value is drawn as: its own box, or the block of a scope."""


class Block:
    """Values that are drawn as one box.

    Attributes:
        members: the values, in topological order.
        scope: where they were computed; None for leaves that several blocks share.
        users: the blocks that share the leaves.
        part: which part of the scope it is, and ``parts`` how many there are.
        use: which use of the module it is, up to ``last_use`` if it stands for several, and ``uses`` how many
            the picture shows.
        repeated: the scopes of all the blocks that it stands for, if these are alike.
    """

    def __init__(self, scope: Scope | None = None, part: int = 1, parts: int = 1) -> None:
        self.members: list[ScalarValue] = []
        self.scope = scope
        self.users: frozenset[Block] = frozenset()
        self.part, self.parts = part, parts
        self.use, self.last_use, self.uses = 1, 1, 1
        self.repeated: list[Scope] = []

    @property
    def different(self) -> int:
        """The number of different parts among the repeated; several uses of one are one."""
        return len({scope.path for scope in self.repeated})


def find_blocks(
    order: Sequence[ScalarValue],
    roots: Iterable[ScalarValue],
    depth: int | None,
    collapse: Callable[[Scope], bool] | None = None,
) -> dict[ScalarValue, Block]:
    """Return the block of every value that belongs to one.

    Args:
        order: the graph in topological order.
        roots: its results; they are never shared leaves.
        depth: how many levels of scopes are seen: 1 draws the outermost parts of a model as blocks.
        collapse: says of a scope whether it is drawn as a block, however many levels are seen.
    """
    computed = [node for node in order if node.op is not None]
    if all(node.scope is None for node in computed):
        return {}
    keys = _keys(computed, depth, collapse)
    blocks = _blocks_of_scopes(computed, keys)
    _number_the_uses(blocks[node] for node in reversed(computed) if node in blocks)
    _place_leaves(order, set(roots), blocks)
    members = defaultdict(list)
    for node in order:
        if node in blocks:
            members[blocks[node]].append(node)
    for block, nodes in members.items():
        block.members = nodes
    return blocks


def _keys(
    computed: Iterable[ScalarValue], depth: int | None, collapse: Callable[[Scope], bool] | None
) -> dict[ScalarValue, Key]:
    """Return what every computed value is drawn as.

    A part with parts of its own is drawn as a block at ``depth``; a part without, such as a loss beside a
    model, also above it, where its numbers would drown the blocks. What ``collapse`` asks for is drawn as
    one block, unless it lies inside of one.
    """
    ancestries = {node.scope: node.scope.ancestry for node in computed if node.scope is not None}
    divided = {outer for ancestry in ancestries.values() for outer in ancestry[:-1]}
    asked: dict[Scope, bool] = {}
    if collapse is not None:
        # The scopes of all levels, each asked about once.
        asked = {scope: bool(collapse(scope)) for scope in dict.fromkeys([*divided, *ancestries])}
    blocks: dict[Scope, Scope | None] = {}
    for scope, ancestry in ancestries.items():
        seen = ancestry if depth is None else ancestry[:depth]
        whole = depth is not None and (len(ancestry) >= depth or scope not in divided)
        collapsed = (outer for outer in seen if asked.get(outer))
        blocks[scope] = next(collapsed, seen[-1] if whole else None)
    keys: dict[ScalarValue, Key] = {}
    for node in computed:
        block = None if node.scope is None else blocks[node.scope]
        keys[node] = node if block is None else block
    return keys


def _blocks_of_scopes(
    computed: Sequence[ScalarValue], keys: dict[ScalarValue, Key]
) -> dict[ScalarValue, Block]:
    """Return the block of every computed value that has one, a scope on a cycle being cut into parts."""
    tangled = _tangled(computed, keys)
    # The part in which a value stands rises along every edge between two of the tangled, so none leads back.
    heights: dict[ScalarValue, int] = {}
    for node in computed:
        key = keys[node]
        if key in tangled:
            below = (child for child in node.children if keys.get(child) in tangled)
            heights[node] = max((heights[child] + (keys[child] is not key) for child in below), default=0)
    parts: defaultdict[Scope, set[int]] = defaultdict(set)
    for node in computed:
        key = keys[node]
        if isinstance(key, Scope):
            parts[key].add(heights.get(node, 0))
    made = {
        (scope, height): Block(scope, number, len(found))
        for scope, found in parts.items()
        for number, height in enumerate(sorted(found), start=1)
    }
    return {
        node: made[key, heights.get(node, 0)] for node in computed if isinstance(key := keys[node], Scope)
    }


def _tangled(computed: Iterable[ScalarValue], keys: dict[ScalarValue, Key]) -> set[Key]:
    """Return what lies on a cycle, or between two, when the values with one key are joined."""
    before: defaultdict[Key, set[Key]] = defaultdict(set)
    after: defaultdict[Key, set[Key]] = defaultdict(set)
    for node in computed:
        key = keys[node]
        for child in node.children:
            child_key = keys.get(child, key)
            if child_key is not key:
                before[key].add(child_key)
                after[child_key].add(key)
    left: set[Key] = set(keys.values())
    # What has nothing left before it, or nothing left after it, is on no cycle.
    for inward, outward in ((before, after), (after, before)):
        waiting = {key: len(inward[key] & left) for key in left}
        free = [key for key, count in waiting.items() if not count]
        while free:
            key = free.pop()
            left.discard(key)
            for neighbor in outward[key]:
                if neighbor in left:
                    waiting[neighbor] -= 1
                    if not waiting[neighbor]:
                        free.append(neighbor)
    return left


def _number_the_uses(blocks: Iterable[Block]) -> None:
    """Count how often the picture shows each part of a model: the blocks of one path and kind.

    A use that another depends on has the smaller number, as in a recurrent network.

    Args:
        blocks: that of every value, the values in the reverse of the topological order.
    """
    uses: defaultdict[tuple[str, str], dict[Scope, int]] = defaultdict(dict)
    # What is computed in a step may begin before the step that it depends on, but it ends after that.
    distinct = list(dict.fromkeys(blocks))[::-1]
    for block in distinct:
        if block.scope is not None:
            same = uses[block.scope.path, block.scope.kind]
            block.use = block.last_use = same.setdefault(block.scope, len(same) + 1)
    for block in distinct:
        if block.scope is not None:
            block.uses = len(uses[block.scope.path, block.scope.kind])


def _place_leaves(
    order: Iterable[ScalarValue], roots: set[ScalarValue], blocks: dict[ScalarValue, Block]
) -> None:
    """Put each leaf that only blocks use into its block, or with the others that the same blocks share."""
    users: dict[ScalarValue, dict[Block | None, None]] = {}
    for node in order:
        for child in node.children:
            if not child.children:
                users.setdefault(child, {})[blocks.get(node)] = None
    shared: defaultdict[tuple[frozenset[Block], bool], list[ScalarValue]] = defaultdict(list)
    for leaf, found in users.items():
        using = frozenset(block for block in found if block is not None)
        if None in found or leaf in roots:
            continue
        if len(using) == 1:
            (blocks[leaf],) = using
        else:
            shared[using, leaf.requires_grad].append(leaf)
    for (using, _), leaves in shared.items():
        if len(leaves) > 1:
            block = Block()
            block.users = using
            blocks.update(dict.fromkeys(leaves, block))
