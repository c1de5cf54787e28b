"""What a graph is drawn as: every value by itself, or blocks of them, so that the picture can be read."""

from __future__ import annotations

from collections.abc import Callable

from nanograd.engine import ScalarValue, Scope
from nanograd.viz._blocks import Block, find_blocks
from nanograd.viz._repeats import merge_repeats

MANY_VALUES = 60
_MANY_BLOCKS = 24
_LEGIBLE = 200


class View:
    """Which values of a graph belong to which blocks.

    Args:
        order: the graph in topological order.
        roots: its results.
        depth: how many levels of parts are seen, None for all.
        collapse: says of a scope whether it is drawn as one block.
        merge: whether blocks that repeat each other are drawn as one; None if there are many.

    Attributes:
        blocks: the block of every value that is not drawn by itself.
    """

    def __init__(
        self,
        order: list[ScalarValue],
        roots: list[ScalarValue],
        depth: int | None,
        collapse: Callable[[Scope], bool] | None,
        merge: bool | None,
    ) -> None:
        self.order, self.roots, self.depth, self.merge = order, roots, depth, merge
        self.blocks: dict[ScalarValue, Block] = {}
        if depth is not None or collapse is not None:
            self.blocks = find_blocks(order, roots, depth, collapse)
        many = self.size > MANY_VALUES or len(set(self.blocks.values())) > _MANY_BLOCKS
        if merge or (merge is None and many):
            self.blocks = merge_repeats(order, self.blocks)

    @property
    def size(self) -> int:
        """The number of boxes."""
        return len(self.order) - len(self.blocks) + len(set(self.blocks.values()))

    def made_legible(self, max_nodes: int) -> View:
        """Return the view that takes the parts apart as far as the picture stays legible."""
        for depth in range(self._levels(), 0, -1):
            blocks = View(self.order, self.roots, depth, None, self.merge)
            if blocks.size <= min(_LEGIBLE, max_nodes) or depth == 1:
                return blocks
        return self

    def caption(self) -> str:
        """Return what is said below a picture that was not asked for as blocks."""
        if self.depth is None:
            return ""
        more = f", more with depth={self.depth + 1}" if self._levels() > self.depth else ""
        return f"{len(self.order):,} values, drawn as blocks: depth={self.depth}{more}"

    def _levels(self) -> int:
        scopes = {node.scope for node in self.order if node.scope is not None}
        return max((len(scope.ancestry) for scope in scopes), default=0)
