"""The flow of a call: which parts of a model the numbers went through, and how many went from one to another.

It is read off the graph that the call recorded, so it shows what happened: what was used twice, what was
left out, and operations that the model did by itself between its parts.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from nanograd.engine import ScalarValue
from nanograd.viz._block_names import common_name, owner_name, uses_and_parts
from nanograd.viz._blocks import Block, find_blocks
from nanograd.viz._boxes import counted, symbol_of
from nanograd.viz._models import Model, kind_of, part_in
from nanograd.viz._repeats import heights, merge_repeats


@dataclass(slots=True)
class Station:
    """One box of the flow: an input, a use of a part, an operation between parts, or the output.

    Attributes:
        name: what it is called.
        kind: the class of the part, with what it says of itself.
        parameters: how many parameters it uses.
        remark: what else is said.
        is_operation: whether it is an operation that no part has done.
    """

    name: str
    kind: str = ""
    parameters: int = 0
    remark: str = ""
    is_operation: bool = False


@dataclass(slots=True)
class Flow:
    """All stations in the order of the call, and how many numbers go from one to another, by their places."""

    stations: list[Station] = field(default_factory=list)
    edges: dict[tuple[int, int], int] = field(default_factory=dict)


def flow_of(
    model: Model,
    inputs: Mapping[ScalarValue, str],
    results: Sequence[ScalarValue],
    order: Sequence[ScalarValue],
    depth: int,
) -> Flow:
    """Return the flow of one call.

    Args:
        model: what was called.
        inputs: the values of the sample, each with the name of its argument.
        results: what came out.
        order: the graph of the results, in topological order.
        depth: how many levels of parts are seen, 1 for the model as one box.
    """
    blocks = merge_repeats(order, find_blocks(order, inputs, depth))
    homes: dict[ScalarValue, Any] = dict(blocks)
    height_of = heights(order, blocks)
    for node in order:
        if node in inputs:
            homes[node] = ("input", inputs[node])
        elif node not in homes:
            # Of one height: no path leads from one of them to another.
            is_parameter = node.op is None and node.requires_grad
            homes[node] = (node.op or is_parameter, node.scope, height_of[node])
    members: defaultdict[Any, list[ScalarValue]] = defaultdict(list)
    for node in order:
        members[homes[node]].append(node)
    flow = Flow()
    places: dict[Any, int] = {}
    for home, nodes in members.items():
        if nodes[0] in blocks or nodes[0] in inputs or nodes[0].op is not None or nodes[0].requires_grad:
            places[home] = len(flow.stations)
            flow.stations.append(_station(model, home, nodes))
    _connect(flow, order, homes, places)
    end = len(flow.stations)
    flow.stations.append(Station("output", remark=counted(len(results), "number")))
    for result in results:
        if homes[result] in places:
            edge = places[homes[result]], end
            flow.edges[edge] = flow.edges.get(edge, 0) + 1
    return flow


def _connect(
    flow: Flow, order: Sequence[ScalarValue], homes: Mapping[ScalarValue, Any], places: Mapping[Any, int]
) -> None:
    """Count the numbers that go from one station to another, each once."""
    seen: set[tuple[ScalarValue, int]] = set()
    for node in order:
        end = places.get(homes[node])
        for child in node.children:
            start = places.get(homes[child])
            if start is None or end is None or start == end or (child, end) in seen:
                continue
            seen.add((child, end))
            flow.edges[start, end] = flow.edges.get((start, end), 0) + 1


def _station(model: Model, home: Any, nodes: Sequence[ScalarValue]) -> Station:
    if not isinstance(home, Block):
        if home[0] == "input":
            return Station(home[1], remark=counted(len(nodes), "number"))
        if nodes[0].op is None:
            return Station("parameters", parameters=len(nodes))
        times = f"× {len(nodes):,}" if len(nodes) > 1 else ""
        return Station(symbol_of(nodes[0]), remark=times, is_operation=True)
    parameters = sum(node.op is None and node.requires_grad for node in nodes)
    if home.scope is None:  # leaves that several parts use, or several uses of one
        owner = owner_name(home)
        remark = f"of {owner}" if owner else "shared"
        return Station("parameters" if parameters else "constants", "", parameters, remark)
    part = part_in(model, home.scope)
    kind = home.scope.kind if part is None else kind_of(part)
    times = f"\u00a0×\u00a0{home.different:,}" if home.different > 1 else ""
    name = common_name(home.repeated) if home.repeated else home.scope.path
    return Station(name, kind + times, parameters, ", ".join(uses_and_parts(home)))
