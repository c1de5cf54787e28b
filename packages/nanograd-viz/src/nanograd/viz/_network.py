"""The network in a graph: its neurons, and the weights between them, found in the operations themselves.

A neuron is a sum of products of a weight with a number, and what is computed from it alone. So networks of
any making are found, ``nanograd.nn``'s with fused sums as well as those written by hand. What a batch uses
several times is one neuron: the weights tell which.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field

from nanograd.engine import ArgumentError, ScalarValue, topological_order
from nanograd.viz._errors import TooLargeError
from nanograd.viz._shown import label_of

_MOST_CONNECTIONS = 4_000
_MOST_IN_A_LAYER = 100


@dataclass(slots=True, eq=False)
class Unit:
    """A neuron, or a number that goes into the network; in a batch it has a value for each use."""

    depth: float
    label: str = ""
    values: list[ScalarValue] = field(default_factory=list)


@dataclass(slots=True)
class Network:
    """Neurons in layers, the inputs first, and the weights between them.

    Attributes:
        layers: the units of each layer.
        connections: the places (layer, unit) that each connection leads from and to, with its weight.
    """

    layers: list[list[Unit]]
    connections: list[tuple[tuple[int, int], tuple[int, int], ScalarValue]]

    @property
    def shape(self) -> tuple[object, ...]:
        """What two graphs of one network have in common."""
        sizes = tuple(len(layer) for layer in self.layers)
        return sizes, tuple((start, end) for start, end, _ in self.connections)


def network_of(roots: Sequence[ScalarValue]) -> Network:
    """Return the network that some results were computed with.

    Raises:
        ArgumentError: if there are no weights in the graph.
        TooLargeError: if there are more connections than a picture can show.
    """
    order = topological_order(*roots)
    products = list(_products(order))
    if not products:
        raise ArgumentError(
            "the graph has no weights: no product of a parameter with an input or another result. A movie "
            "shows networks; capture the loss of one"
        )
    tops = _tops(order, products)
    weights: defaultdict[ScalarValue, list[ScalarValue]] = defaultdict(list)
    for weight, _, product in products:
        weights[tops[product]].append(weight)
    keys: dict[ScalarValue, Hashable] = {top: frozenset(found) for top, found in weights.items()}
    outputs = _outputs(order, keys)
    sources = _source_keys(products, tops, keys, outputs)
    units = _units(order, sources, keys, outputs)
    layers: defaultdict[float, dict[Hashable, Unit]] = defaultdict(dict)
    for key, unit in units.items():
        layers[unit.depth][key] = unit
    shown = [layers[depth] for depth in sorted(layers)]
    places = {key: (number, place) for number, layer in enumerate(shown) for place, key in enumerate(layer)}
    connections = {
        (places[sources[source, tops[product]]], places[keys[tops[product]]], weight): None
        for weight, source, product in products
    }
    widest = max(map(len, shown))
    if len(connections) > _MOST_CONNECTIONS or widest > _MOST_IN_A_LAYER:
        raise TooLargeError(
            f"the network has {len(connections):,} connections and up to {widest:,} neurons in a layer, and "
            f"a movie shows up to {_MOST_CONNECTIONS:,} and {_MOST_IN_A_LAYER}. Capture a smaller one"
        )
    return Network([list(layer.values()) for layer in shown], list(connections))


Product = tuple[ScalarValue, ScalarValue, ScalarValue]
"""A weight, what it is multiplied with, and the node that does it."""


def _products(order: Iterable[ScalarValue]) -> Iterable[Product]:
    for node in order:
        children = node.children
        if node.op is None:
            continue
        if node.op.symbol == "*":
            pairs = [(children[0], children[1])]
        elif node.op.symbol == "dot":
            half = len(children) // 2
            pairs = list(zip(children[:half], children[half:], strict=True))
        else:
            continue
        for one, other in pairs:
            weights = [value for value in (one, other) if _is_parameter(value)]
            if len(weights) == 2 and one is not other:  # an input that gets a gradient is no nn.Parameter
                weights = [value for value in weights if type(value) is not ScalarValue] or weights
                weights = weights[:1]
            if len(weights) == 1:
                source = other if weights[0] is one else one
                if not _is_one(source):
                    yield weights[0], source, node


def _is_parameter(node: ScalarValue) -> bool:
    return node.op is None and node.requires_grad


def _is_one(node: ScalarValue) -> bool:
    """Return whether it is the 1 that a fused sum multiplies its bias with."""
    return node.op is None and not node.requires_grad and node.label == "1"


def _tops(order: Sequence[ScalarValue], products: Iterable[Product]) -> dict[ScalarValue, ScalarValue]:
    """Return the whole sum that each product is a term of."""
    users: defaultdict[ScalarValue, list[ScalarValue]] = defaultdict(list)
    for node in order:
        for child in node.children:
            users[child].append(node)
    tops: dict[ScalarValue, ScalarValue] = {}
    nodes = {product for _, _, product in products}
    for node in reversed(order):
        if node not in nodes and not (node.op is not None and node.op.symbol in _SUMS):
            continue
        using = users[node]
        is_term = len(using) == 1 and using[0].op is not None and using[0].op.symbol in _SUMS
        tops[node] = tops[using[0]] if is_term and _same_part(node, using[0]) else node
    return tops


_SUMS = ("+", "sum")


def _same_part(node: ScalarValue, user: ScalarValue) -> bool:
    return node.scope is user.scope


def _outputs(
    order: Iterable[ScalarValue], keys: dict[ScalarValue, Hashable]
) -> dict[ScalarValue, ScalarValue]:
    """Return the sum behind every value that is a function of one alone, such as its activation."""
    behind = {top: top for top in keys}
    for node in order:
        if node not in behind and len(node.children) == 1 and node.children[0] in behind:
            behind[node] = behind[node.children[0]]
    return behind


def _source_keys(
    products: Iterable[Product],
    tops: dict[ScalarValue, ScalarValue],
    keys: dict[ScalarValue, Hashable],
    outputs: dict[ScalarValue, ScalarValue],
) -> dict[tuple[ScalarValue, ScalarValue], Hashable]:
    """Return the unit of each value that goes into each sum.

    A value that no neuron has computed is told from others by the weights that it is multiplied with; a plain
    number, which is a new value wherever it is used, by its place in the sum.
    """
    fed: defaultdict[ScalarValue, list[ScalarValue]] = defaultdict(list)
    within: defaultdict[ScalarValue, list[tuple[ScalarValue, ScalarValue]]] = defaultdict(list)
    for weight, source, product in products:
        fed[source].append(weight)
        within[tops[product]].append((weight, source))
    found: dict[tuple[ScalarValue, ScalarValue], Hashable] = {}
    for top, terms in within.items():
        for place, (_, source) in enumerate(terms):
            is_plain = source.op is None and not source.requires_grad and not label_of(source)
            if source in outputs:
                found[source, top] = keys[outputs[source]]
            elif is_plain and len(fed[source]) == 1:
                found[source, top] = place
            else:
                found[source, top] = ("input", frozenset(fed[source]))
    return found


def _units(
    order: Sequence[ScalarValue],
    sources: dict[tuple[ScalarValue, ScalarValue], Hashable],
    keys: dict[ScalarValue, Hashable],
    outputs: dict[ScalarValue, ScalarValue],
) -> dict[Hashable, Unit]:
    """Return the neurons and what goes into the network, in the order in which they were computed."""
    given: defaultdict[ScalarValue, dict[Hashable, None]] = defaultdict(dict)
    for (source, _), key in sources.items():
        given[source][key] = None
    depths: dict[ScalarValue, float] = {}
    units: dict[Hashable, Unit] = {}
    values: dict[ScalarValue, ScalarValue] = {}
    for node in order:
        depth = max((depths[child] for child in node.children), default=0.0)
        top = outputs.get(node)
        if top is node:
            depth = float(int(depth)) + 1.0
            units.setdefault(keys[top], Unit(depth))
        elif top is None and node in given:
            depth = float(int(depth)) + (0.5 if node.op is not None else 0.0)
            for key in given[node]:
                unit = units.setdefault(key, Unit(depth))
                unit.label = unit.label or label_of(node)
                unit.values.append(node)
        # Of the values computed from a sum alone, the one that others are computed with, or else the last.
        if top is not None and (top not in values or values[top] not in given):
            values[top] = node
        depths[node] = depth
    for top, value in values.items():
        units[keys[top]].values.append(value)
        units[keys[top]].label = units[keys[top]].label or label_of(value)
    return units
