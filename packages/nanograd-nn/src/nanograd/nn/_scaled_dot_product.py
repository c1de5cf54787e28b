"""Scaled dot-product attention: means of values, weighted by how well their keys match a query."""

from __future__ import annotations

import math
import random
from typing import Any

from nanograd import engine
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, ShapeError, as_number, dot
from nanograd.nn._dimensions import in_a_row
from nanograd.nn._dropout import dropout
from nanograd.nn._nested import Nested, Shape, flat, nested, shape_of

Rows = list[list[Any]]


def scaled_dot_product_attention(
    query: Nested,
    key: Nested,
    value: Nested,
    attn_mask: Any = None,
    dropout_p: float = 0.0,
    is_causal: bool = False,
    scale: float | None = None,
    *,
    generator: random.Random | None = None,
) -> Any:
    """Return softmax(query key^T scale) value, like `torch.nn.functional.scaled_dot_product_attention`_.

    >>> attended = scaled_dot_product_attention([[0.0]], [[1.0], [2.0]], [[3.0], [5.0]])
    >>> [[round(number.data, 12) for number in row] for row in attended]
    [[4.0]]

    Args:
        query: ``(*, L, E)``.
        key: ``(*, S, E)``.
        value: ``(*, S, Ev)``.
        attn_mask: ``(L, S)`` or ``(*, L, S)``, also with sizes of 1 that stand for all: True where a query
            may look at a key; or numbers that are added to the products.
        dropout_p: the probability with which a weight is left out; pass 0 unless training.
        is_causal: whether query i may look at the keys up to i only.
        scale: what the products are multiplied by; 1 / sqrt(E) if left out.
        generator: draws what is left out.

    Returns:
        ``(*, L, Ev)``; zeros for a query that may look at nothing.

    Raises:
        ShapeError: if the sizes do not match.
        ArgumentError: if there are both a mask and ``is_causal``.
        NumberTypeError: if the entries of the mask are ints.

    .. _torch.nn.functional.scaled_dot_product_attention:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.functional.scaled_dot_product_attention.html
    """
    shapes = [shape_of(part, name) for part, name in ((query, "query"), (key, "key"), (value, "value"))]
    q_shape, k_shape, v_shape = shapes
    if (
        any(len(shape) < 2 or 0 in shape or shape[:-2] != q_shape[:-2] for shape in shapes)
        or q_shape[-1] != k_shape[-1]
        or k_shape[-2] != v_shape[-2]
    ):
        raise ShapeError(
            "scaled_dot_product_attention takes query (*, L, E), key (*, S, E) and value (*, S, Ev) "
            f"and got {q_shape}, {k_shape} and {v_shape}"
        )
    if attn_mask is not None and is_causal:
        raise ArgumentError("Explicit attn_mask should not be set when is_causal=True")
    leading, queries, keys = q_shape[:-2], q_shape[-2], k_shape[-2]
    count = math.prod(leading)
    if is_causal:
        attn_mask = [[j <= i for j in range(keys)] for i in range(queries)]
    if attn_mask is not None:
        check_mask(attn_mask, "attn_mask", "a query may look at a key")
    masks = broadcast(attn_mask, (*leading, queries, keys), "attn_mask")
    stacks = [
        nested(flat(part, "an input of attention"), (count, *shape[-2:]))
        for part, shape in zip((query, key, value), shapes, strict=True)
    ]
    attended = []
    for q, k, v, mask in zip(*stacks, nested(masks, (count, queries, keys)), strict=True):
        weights = attention_weights(q, k, mask, scale)
        if dropout_p:
            weights = dropout(weights, dropout_p, generator=generator)
        attended.append(weighted_values(weights, v))
    return nested(attended, leading) if leading else attended[0]


def attention_weights(query: Rows, key: Rows, mask: Rows, scale: float | None = None) -> Rows:
    """Return softmax(query key^T scale + mask), (L, S).

    Args:
        query: (L, E).
        key: (S, E).
        mask: (L, S), a bool or a number each. What is not allowed, or has the number -inf, gets the weight 0.
        scale: 1 / sqrt(E) if left out.
    """
    factor = len(query[0]) ** -0.5 if scale is None else scale
    weights = []
    for row, allowed in zip(query, mask, strict=True):
        scaled = [value * factor for value in row]
        seen = [index for index, entry in enumerate(allowed) if not is_forbidden(entry)]
        scores = [_plus(dot(scaled, key[index]), allowed[index]) for index in seen]
        line: list[Any] = [ScalarValue(0.0, requires_grad=False) for _ in allowed]
        for index, weight in zip(seen, engine.softmax(scores) if scores else [], strict=True):
            line[index] = weight
        weights.append(line)
    return weights


def weighted_values(weights: Rows, value: Rows) -> Rows:
    """Return weights times value, (L, Ev)."""
    columns = list(zip(*value, strict=True))
    return [[dot(row, column) for column in columns] for row in weights]


def check_mask(mask: Any, name: str, true_says: str) -> None:
    """Refuse a mask that says neither what is allowed nor what is added.

    Args:
        mask: nested lists.
        name: what it is called.
        true_says: what a True in it says.

    Raises:
        NumberTypeError: if an entry is neither a bool nor a number; or if they are ints, which it would add.
    """
    numbers = [entry for entry in in_a_row(mask) if not is_bool(entry)]
    kinds = {type(entry if isinstance(entry, ScalarValue) else as_number(entry, name)) for entry in numbers}
    if kinds == {int}:
        raise NumberTypeError(
            f"only bool and floating types of {name} are supported, and its entries are ints. "
            f"Write True where {true_says}, or floats, which are added."
        )


def broadcast(mask: Any, shape: Shape, name: str) -> list[Any]:
    """Return the entries of a mask in a row, repeated where it has a size of 1 or lacks a dimension.

    Raises:
        ShapeError: if that does not give the shape.
    """
    if mask is None:
        return [True] * math.prod(shape)
    given = shape_of(mask, name)
    sizes = (1,) * (len(shape) - len(given)) + given
    if len(given) > len(shape) or any(n not in {1, size} for n, size in zip(sizes, shape, strict=False)):
        raise ShapeError(f"The shape of {name} is {given}, but should be {shape}, or one that repeats to it")
    for _ in range(len(shape) - len(given)):
        mask = [mask]
    return _repeated(mask, shape)


def _repeated(mask: Any, shape: Shape) -> list[Any]:
    if not shape:
        return [mask]
    items = list(mask) * shape[0] if len(mask) == 1 else list(mask)
    return [entry for item in items for entry in _repeated(item, shape[1:])]


def is_bool(entry: object) -> bool:
    """Return whether it is Python's True or False or NumPy's."""
    return type(entry).__name__ in {"bool", "bool_"}


def is_forbidden(entry: Any) -> bool:
    """Return whether an entry of a mask says that a key must not be looked at."""
    if is_bool(entry):
        return not entry
    return not isinstance(entry, ScalarValue) and bool(entry == -math.inf)


def _plus(score: Any, entry: Any) -> Any:
    return score if is_bool(entry) else score + entry
