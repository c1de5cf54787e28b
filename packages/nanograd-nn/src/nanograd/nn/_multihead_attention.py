"""MultiheadAttention: several attentions side by side, each with projections of its own."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from typing import Any

from nanograd.engine import ArgumentError, ScalarValue, ShapeError, sum_
from nanograd.nn._dropout import check_probability, dropout
from nanograd.nn._layer_norm import parameters_of
from nanograd.nn._linear import Linear, linear
from nanograd.nn._module import Module
from nanograd.nn._nested import Nested, Shape, flat, mapped, nested, shape_of
from nanograd.nn._random import generator_or_default
from nanograd.nn._scaled_dot_product import (
    attention_weights,
    broadcast,
    check_mask,
    is_bool,
    is_forbidden,
    weighted_values,
)
from nanograd.nn._sizes import as_size
from nanograd.nn._vectors import caller
from nanograd.nn.init import xavier_uniform_, zeros_

_FORBIDDEN = -math.inf


class MultiheadAttention(Module):
    """Compute attention in several heads and put their results together, like `torch.nn.MultiheadAttention`_.

    Head i computes softmax(Q K^T / sqrt(d)) V of its rows of the projected query, key and value, with d =
    embed_dim / num_heads; ``out_proj`` is applied to all heads' results in a row.

    >>> attention = MultiheadAttention(4, num_heads=2)
    >>> x = [[1.0, 0.0, 2.0, -1.0], [0.5, 1.0, 0.0, 1.0], [0.0, 0.0, 1.0, 1.0]]  # three places of a sequence
    >>> output, weights = attention(x, x, x)
    >>> len(output), len(output[0]), len(weights), len(weights[0])
    (3, 4, 3, 3)

    Args:
        embed_dim: the size of the query and of the result, E.
        num_heads: the number of heads, which divides it.
        dropout: the probability with which a weight is left out while training.
        bias: whether projections have biases.
        kdim: the size of the keys, E if left out.
        vdim: the size of the values, E if left out.
        batch_first: whether the samples of a batch are its first dimension and not its second.
        generator: draws the weights, and what is left out.

    Attributes:
        in_proj_weight: ``(3 E, E)`` parameters, for query, key and value one after the other; None if keys or
            values have a size of their own.
        q_proj_weight: ``(E, E)`` parameters, if so.
        k_proj_weight: ``(E, kdim)`` parameters, if so.
        v_proj_weight: ``(E, vdim)`` parameters, if so.
        in_proj_bias: ``(3 E)`` parameters, or None.
        out_proj: a :class:`Linear` layer.

    Raises:
        ArgumentError: if a size is not at least 1, ``num_heads`` does not divide ``embed_dim``, or
            ``dropout`` is not a probability.

    .. _torch.nn.MultiheadAttention:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.MultiheadAttention.html
    """

    def __init__(
        self,
        embed_dim: int,
        num_heads: int,
        dropout: float = 0.0,
        bias: bool = True,
        *,
        kdim: int | None = None,
        vdim: int | None = None,
        batch_first: bool = False,
        generator: random.Random | None = None,
    ) -> None:
        self.embed_dim = size = as_size(embed_dim, "embed_dim of MultiheadAttention")
        self.num_heads = as_size(num_heads, "num_heads of MultiheadAttention")
        if size % num_heads:
            raise ArgumentError(f"embed_dim must be divisible by num_heads: {size} is not by {num_heads}")
        check_probability(dropout)
        generator_or_default(generator)
        self.kdim = size if kdim is None else as_size(kdim, "kdim of MultiheadAttention")
        self.vdim = size if vdim is None else as_size(vdim, "vdim of MultiheadAttention")
        self.dropout = dropout
        self.batch_first = batch_first
        self.generator = generator

        def drawn(rows: int, columns: int) -> list[list[Any]]:
            return xavier_uniform_(parameters_of(0.0, (rows, columns)), generator=generator)

        self.in_proj_weight = None
        self.q_proj_weight = self.k_proj_weight = self.v_proj_weight = None
        if self.kdim == self.vdim == size:
            self.in_proj_weight = drawn(3 * size, size)
        else:
            self.q_proj_weight = drawn(size, size)
            self.k_proj_weight = drawn(size, self.kdim)
            self.v_proj_weight = drawn(size, self.vdim)
        self.in_proj_bias = parameters_of(0.0, (3 * size,)) if bias else None
        self.out_proj = Linear(size, size, bias, generator=generator, fused=True)
        if self.out_proj.bias is not None:
            zeros_(self.out_proj.bias)
        self.label_parameters()

    def forward(
        self,
        query: Nested,
        key: Nested,
        value: Nested,
        key_padding_mask: Any = None,
        need_weights: bool = True,
        attn_mask: Any = None,
        average_attn_weights: bool = True,
        is_causal: bool = False,
    ) -> tuple[Any, Any]:
        """Return what the queries attend to, and the weights.

        Args:
            query: ``(L, E)``; of a batch ``(L, N, E)``, or ``(N, L, E)`` if ``batch_first``.
            key: ``(S, kdim)`` likewise.
            value: ``(S, vdim)`` likewise.
            key_padding_mask: ``(S)`` or ``(N, S)``: True for a key that is not to be looked at; or numbers
                that are added.
            need_weights: whether the weights are returned; None if not.
            attn_mask: ``(L, S)`` or ``(N * num_heads, L, S)``: True where a query must not look at a key (the
                opposite of :func:`~nanograd.nn.functional.scaled_dot_product_attention`); or numbers that are
                added.
            average_attn_weights: whether the weights returned are the means over the heads.
            is_causal: says that ``attn_mask`` is the causal one, as in PyTorch; the mask is what counts.

        Returns:
            The result in the shape of the query, and weights ``(L, S)`` or ``(N, L, S)``; of each head,
            ``(num_heads, L, S)`` or ``(N, num_heads, L, S)``.

        Raises:
            ShapeError: if the sizes do not match.
            ArgumentError: if ``is_causal`` is set without a mask.
            NumberTypeError: if the entries of a mask are ints.
        """
        if is_causal and attn_mask is None:
            raise ArgumentError("Need attn_mask if specifying the is_causal hint.")
        batched = len(shape_of(query, "query")) == 3
        q, k, v = self._batches(query, key, value)
        samples, queries, keys = len(q), len(q[0]), len(k[0])
        padding_shape = (samples, keys) if batched else (keys,)
        padding = broadcast(
            _allowed(key_padding_mask, "key_padding_mask", padding_shape), (samples, keys), "key_padding_mask"
        )
        masks = self._masks(attn_mask, samples, queries, keys)

        projected = [self._projected(part, index) for index, part in enumerate((q, k, v))]
        results, all_weights = [], []
        for sample in range(samples):
            not_padding = padding[sample * keys : (sample + 1) * keys]
            heads, weights = [], []
            for head in range(self.num_heads):
                rows = [self._rows_of_head(part[sample], head) for part in projected]
                mask = [
                    [_both(*pair) for pair in zip(line, not_padding, strict=True)]
                    for line in masks[sample * self.num_heads + head]
                ]
                weight = attention_weights(rows[0], rows[1], mask)
                if need_weights:
                    weight = [_or_nan(line, allowed) for line, allowed in zip(weight, mask, strict=True)]
                if self.training and self.dropout:
                    weight = dropout(weight, self.dropout, generator=self.generator)
                weights.append(weight)
                heads.append(weighted_values(weight, rows[2]))
            results.append([[x for part in parts for x in part] for parts in zip(*heads, strict=True)])
            all_weights.append(_mean(weights) if average_attn_weights else weights)
        output: Any = self.out_proj(results)
        if not batched:
            return output[0], all_weights[0] if need_weights else None
        if not self.batch_first:
            output = _exchanged(output)
        return output, all_weights if need_weights else None

    def extra_repr(self) -> str:
        """Return the sizes."""
        return f"embed_dim={self.embed_dim}, num_heads={self.num_heads}"

    def _batches(self, query: Nested, key: Nested, value: Nested) -> list[Any]:
        """Return query, key and value with the samples in the first dimension."""
        named = (("query", query, self.embed_dim), ("key", key, self.kdim), ("value", value, self.vdim))
        shapes = [shape_of(part, name) for name, part, _ in named]
        for (name, _, size), shape in zip(named, shapes, strict=True):
            if len(shape) not in {2, 3} or len(shape) != len(shapes[0]) or 0 in shape or shape[-1] != size:
                alike = "" if name == "query" else f", with as many dimensions as the query's {shapes[0]}"
                raise ShapeError(
                    f"{caller('MultiheadAttention')} takes a {name} of shape (length, {size}), or of three "
                    f"dimensions for a batch{alike}, and got {shape}"
                )
        batches = []
        for (_, part, _), shape in zip(named, shapes, strict=True):
            values = nested(flat(part, "an input of MultiheadAttention"), shape)
            if len(shape) == 2:
                values = [values]
            batches.append(values if len(shape) == 2 or self.batch_first else _exchanged(values))
        lengths = [len(batch[0]) for batch in batches]
        if len({len(batch) for batch in batches}) > 1 or lengths[1] != lengths[2]:
            raise ShapeError(
                f"{caller('MultiheadAttention')}: key and value need one length and all one batch size: "
                f"the shapes are {shapes[0]}, {shapes[1]} and {shapes[2]}"
            )
        return batches

    def _masks(self, attn_mask: Any, samples: int, queries: int, keys: int) -> Any:
        """Return (L, S) of what is allowed for each head of each sample."""
        whole = (samples * self.num_heads, queries, keys)
        return nested(
            broadcast(_allowed(attn_mask, "attn_mask", whole[1:], whole), whole, "attn_mask"), whole
        )

    def _projected(self, batch: Any, index: int) -> Any:
        """Return the query, the key or the value, the one with this index, as its projection has it."""
        block = slice(index * self.embed_dim, (index + 1) * self.embed_dim)
        own = (self.q_proj_weight, self.k_proj_weight, self.v_proj_weight)[index]
        weight: Any = own if self.in_proj_weight is None else self.in_proj_weight[block]
        bias = None if self.in_proj_bias is None else self.in_proj_bias[block]
        return linear(batch, weight, bias)

    def _rows_of_head(self, rows: Sequence[Sequence[Any]], head: int) -> list[list[Any]]:
        size = self.embed_dim // self.num_heads
        return [list(row[head * size : (head + 1) * size]) for row in rows]


def _allowed(mask: Any, name: str, *shapes: Shape) -> Any:
    """Return a mask in which True is what is forbidden as one in which it is what is allowed.

    Raises:
        ShapeError: if it has none of the shapes.
        NumberTypeError: if its entries are neither bools nor numbers, or are ints.
    """
    if mask is None:
        return None
    shape = shape_of(mask, name)
    if shape not in shapes:
        wanted = " or ".join(map(str, shapes))
        raise ShapeError(f"The shape of the {len(shape)}D {name} is {shape}, but should be {wanted}.")
    check_mask(mask, name, "a query must not look at a key")
    return mapped(lambda entry: not entry if is_bool(entry) else entry, mask)


def _both(entry: Any, other: Any) -> Any:
    """Return what two masks say together."""
    if is_bool(entry) and is_bool(other):
        return entry and other
    if is_bool(entry):
        return other if entry else _FORBIDDEN
    if is_bool(other):
        return entry if other else _FORBIDDEN
    return entry + other


def _or_nan(weights: list[Any], mask: list[Any]) -> list[Any]:
    """Return the weights; nan for a query that may look at nothing, which is what PyTorch's softmax gives."""
    if all(map(is_forbidden, mask)):
        return [ScalarValue(math.nan, requires_grad=False) for _ in weights]
    return weights


def _mean(weights: list[Any]) -> Any:
    """Return the mean of matrices."""
    return [
        [sum_(entries) / len(weights) for entries in zip(*rows, strict=True)]
        for rows in zip(*weights, strict=True)
    ]


def _exchanged(rows: Any) -> list[list[Any]]:
    """Return nested lists with the first two dimensions exchanged."""
    return [list(column) for column in zip(*rows, strict=True)]
