"""Names: which symbol stands for which value, whatever the values' labels are.

A symbol is made from its name and never parsed, so that ``lambda``, ``E``, ``w[0]`` and ``x y`` are names
like any other.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeAlias

import sympy
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, topological_order
from nanograd.symbolic._sympy_numbers import Expression

Names: TypeAlias = Mapping[str, ScalarValue] | Mapping[ScalarValue, str]
"""Names for values: either way round, so that ``dict(model.named_parameters())`` can be given."""

_ONE_WORD = re.compile(r"[^\W\d][\w.\[\]]*")


def symbols(
    root: ScalarValue, *inner: ScalarValue, names: Names | None = None
) -> dict[ScalarValue, Expression]:
    """Return the symbol of each leaf that formulas of ``root`` are written in, in topological order.

    A leaf is named by ``names`` or by its label. Leaves without one are called x1, x2, ... in the order in
    which they are used; of leaves with one label, the second and later ones get a number: ``w``, ``w_2``.
    Constants without a name are numbers and have no symbol. All symbols stand for real numbers.

    >>> w, v = ScalarValue(2.0, label="w"), ScalarValue(3.0, label="w")
    >>> list(symbols(w * v + ScalarValue(1.0)).values())
    [w, w_2, x1]
    >>> list(symbols(w * v, names={"slope": w}).values())
    [slope, w]

    Args:
        root: the result of the graph.
        inner: computed values that become symbols too.
        names: names to use instead of labels, such as ``dict(model.named_parameters())``.

    Raises:
        ArgumentError: if two values are given one name in ``names``.
        NumberTypeError: if ``names`` holds something else than names and ScalarValues.
    """
    return symbols_of(topological_order(root), inner, checked_names(names))


def symbols_of(
    order: Sequence[ScalarValue], inner: Iterable[ScalarValue], given: Mapping[ScalarValue, str]
) -> dict[ScalarValue, Expression]:
    """Return the symbols of the leaves and of ``inner`` among the nodes of an order."""
    cut = set(inner)  # a set asks for identity; `in` a tuple would compare numbers
    named = [
        node
        for node in order
        if node in cut or (node.is_leaf and (node.requires_grad or node.label or node in given))
    ]
    labels = {node: given.get(node) or node.label for node in named}
    reserved = {name for node, name in given.items() if node in labels}
    taken = {label for label in labels.values() if label}
    used: set[str] = set()
    result = {}
    unlabeled = 0
    for node, label in labels.items():
        if node in given:
            name = given[node]
        elif label:
            name, count = label, 1
            while name in used or name in reserved or (count > 1 and name in taken):
                count += 1
                name = f"{label}_{count}"
        else:
            unlabeled += 1
            while (name := f"x{unlabeled}") in taken:
                unlabeled += 1
        used.add(name)
        result[node] = sympy.Symbol(name, real=True)
    return result


def checked_names(names: Names | None) -> dict[ScalarValue, str]:
    """Return the name of each value, whichever way round they were given.

    Raises:
        ArgumentError: if two values are given one name.
        NumberTypeError: if a key or a value is neither a name nor a ScalarValue.
    """
    if names is not None and not isinstance(names, Mapping):
        raise NumberTypeError(
            f"names takes a dictionary such as {{'w': w}} or dict(model.named_parameters()) and got {names!r}"
        )
    result: dict[ScalarValue, str] = {}
    owners: dict[str, ScalarValue] = {}
    for key, item in (names or {}).items():
        name, node = (key, item) if isinstance(key, str) else (item, key)
        if not isinstance(name, str) or not name or not isinstance(node, ScalarValue):
            raise NumberTypeError(f"names pairs names with ScalarValues and got {key!r}: {item!r}")
        if owners.setdefault(name, node) is not node:
            raise ArgumentError(
                f"names gives {name!r} to two values, {owners[name]!r} and {node!r}: give each its own"
            )
        result[node] = name
    return result


def names_inner_value(label: str | None) -> bool:
    """Return whether a label is a name, as ``h1`` and ``w[0]`` are, and not a remark, as ``x1 w1 + b`` is."""
    return bool(label and _ONE_WORD.fullmatch(label))


def numbered(prefix: str, taken: set[str]) -> Iterator[str]:
    """Yield prefix1, prefix2, ... without the names that are taken."""
    count = 0
    while True:
        count += 1
        if (name := f"{prefix}{count}") not in taken:
            yield name
