"""Attention against its definition in plain floats."""

import math
import random

import pytest
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, ShapeError
from nanograd.engine.testing import gradcheck
from nanograd.nn import MultiheadAttention
from nanograd.nn.functional import scaled_dot_product_attention

DRAW = random.Random(5)
INF = math.inf


def drawn(*shape):
    if not shape:
        return DRAW.uniform(-1, 1)
    return [drawn(*shape[1:]) for _ in range(shape[0])]


def numbers(nested):
    return [numbers(item) for item in nested] if isinstance(nested, list) else getattr(nested, "data", nested)


def attended(q, k, v, mask, scale=None):
    """Return weights and results of attention, by its definition; the mask is added."""
    scale = len(q[0]) ** -0.5 if scale is None else scale
    weights = []
    for row, line in zip(q, mask, strict=True):
        scores = [
            scale * math.fsum(a * b for a, b in zip(row, key, strict=True)) + m
            for key, m in zip(k, line, strict=True)
        ]
        powers = [math.exp(score) for score in scores]
        weights.append([power / sum(powers) for power in powers])
    return weights, [
        [math.fsum(w * x for w, x in zip(line, column, strict=True)) for column in zip(*v, strict=True)]
        for line in weights
    ]


Q, K, V = drawn(3, 4), drawn(2, 4), drawn(2, 5)
NONE = [[0.0, 0.0]] * 3


def close(expected):
    return [pytest.approx(row, rel=1e-12, abs=1e-14) for row in expected]


@pytest.mark.parametrize(
    ("given", "options", "mask"),
    [
        (None, {}, NONE),
        ([[True, False], [False, True], [True, True]], {}, [[0.0, -INF], [-INF, 0.0], [0.0, 0.0]]),
        ([[0.5, -1.0], [-INF, 0.0], [2.0, 0.0]], {}, [[0.5, -1.0], [-INF, 0.0], [2.0, 0.0]]),
        ([False, True], {}, [[-INF, 0.0]] * 3),
        ([[1.0], [2.0], [3.0]], {}, NONE),
        (None, {"is_causal": True}, [[0.0, -INF], [0.0, 0.0], [0.0, 0.0]]),
        (None, {"scale": 2.0}, NONE),
    ],
    ids=["none", "bool", "float", "one row", "one column", "causal", "scale"],
)
def test_attention_is_its_definition(given, options, mask):
    _, expected = attended(Q, K, V, mask, options.get("scale"))
    assert numbers(scaled_dot_product_attention(Q, K, V, given, **options)) == close(expected)
    stacked = scaled_dot_product_attention([[Q]], [[K]], [[V]], given, **options)
    assert numbers(stacked) == [[close(expected)]]


def test_a_query_that_may_look_at_nothing_gets_zeros():
    assert numbers(scaled_dot_product_attention(Q, K, V, [[False, False]])) == [[0.0] * 5] * 3


def test_a_mask_may_be_learned():
    bias = ScalarValue(0.5)
    output = scaled_dot_product_attention([[1.0]], [[1.0], [2.0]], [[1.0], [0.0]], [[bias, 0.0]])
    output[0][0].backward()
    weight = output[0][0].data
    assert bias.grad == pytest.approx(weight * (1 - weight))


def test_gradients_equal_differences():
    def loss(*x):
        rows = [list(x[:2]), list(x[2:])]
        return scaled_dot_product_attention(rows, rows, rows, is_causal=True)

    assert gradcheck(lambda *x: [v for row in loss(*x) for v in row], (0.5, -1.0, 0.25, 2.0))


def test_weights_may_be_left_out():
    output = scaled_dot_product_attention(Q, K, V, dropout_p=1.0, generator=random.Random(0))
    assert numbers(output) == [[0.0] * 5] * 3


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: scaled_dot_product_attention(Q, V, V),
            ShapeError,
            r"query \(\*, L, E\), .* got \(3, 4\), \(2, 5\)",
        ),
        (lambda: scaled_dot_product_attention(Q, K, Q), ShapeError, "takes query"),
        (lambda: scaled_dot_product_attention([Q], K, V), ShapeError, "takes query"),
        (lambda: scaled_dot_product_attention([], K, V), ShapeError, "takes query"),
        (
            lambda: scaled_dot_product_attention(Q, K, V, [[True]], is_causal=True),
            ArgumentError,
            "should not be set",
        ),
        (
            lambda: scaled_dot_product_attention(Q, K, V, [[True] * 3]),
            ShapeError,
            r"shape of attn_mask is \(1, 3\), but should be \(3, 2\)",
        ),
        (
            lambda: scaled_dot_product_attention(Q, K, V, [[[True]]]),
            ShapeError,
            r"shape of attn_mask is \(1, 1, 1\)",
        ),
        (
            lambda: scaled_dot_product_attention([["a"]], [[1.0]], [[1.0]]),
            NumberTypeError,
            "an input of attention",
        ),
        (
            lambda: scaled_dot_product_attention(Q, K, V, [[0, 1]]),
            NumberTypeError,
            "only bool and floating types of attn_mask are supported, .* True where",
        ),
    ],
    ids=range(9),
)
def test_what_makes_no_sense_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ---- MultiheadAttention


def by_hand(layer, x, mask):
    """Return weights of each head and the result for one sequence that looks at itself."""
    size, heads = layer.embed_dim, layer.num_heads
    weight = numbers(layer.in_proj_weight)
    bias = numbers(layer.in_proj_bias) if layer.in_proj_bias else [0.0] * 3 * size
    projected = [
        [
            math.fsum(w * v for w, v in zip(line, row, strict=True)) + b
            for line, b in zip(weight, bias, strict=True)
        ]
        for row in x
    ]
    width = size // heads
    all_weights, results = [], [[] for _ in x]
    for head in range(heads):
        q, k, v = (
            [row[part * size + head * width : part * size + (head + 1) * width] for row in projected]
            for part in range(3)
        )
        weights, output = attended(q, k, v, mask)
        all_weights.append(weights)
        for result, part in zip(results, output, strict=True):
            result.extend(part)
    return all_weights, numbers(layer.out_proj(results))


X = drawn(3, 4)
CAUSAL = [[False, True, True], [False, False, True], [False, False, False]]
ADDED = [[-INF if entry else 0.0 for entry in row] for row in CAUSAL]


@pytest.fixture
def layer():
    layer = MultiheadAttention(4, 2, generator=random.Random(1))
    for index, bias in enumerate(layer.in_proj_bias):
        bias.data = 0.1 * index - 0.5
    return layer


@pytest.mark.parametrize(
    ("given", "mask"), [(None, [[0.0] * 3] * 3), (CAUSAL, ADDED), (ADDED, ADDED)], ids="nbf"
)
def test_heads_are_put_together(layer, given, mask):
    weights, expected = by_hand(layer, X, mask)
    output, mean = layer(X, X, X, attn_mask=given)
    assert numbers(output) == close(expected)
    assert numbers(mean) == close(
        [[(a + b) / 2 for a, b in zip(*rows, strict=True)] for rows in zip(*weights, strict=True)]
    )
    each = layer(X, X, X, attn_mask=given, average_attn_weights=False)[1]
    assert numbers(each) == [close(rows) for rows in weights]
    assert layer(X, X, X, need_weights=False)[1] is None


def test_the_dimension_of_the_samples(layer):
    other = drawn(3, 4)
    expected = [numbers(layer(x, x, x)[0]) for x in (X, other)]
    sequence_first = [list(pair) for pair in zip(X, other, strict=True)]
    output, weights = layer(sequence_first, sequence_first, sequence_first)
    assert [numbers([row[k] for row in output]) for k in range(2)] == expected
    assert (len(weights), len(weights[0])) == (2, 3)
    layer.batch_first = True
    assert numbers(layer([X, other], [X, other], [X, other])[0]) == expected


def test_padding_is_not_looked_at(layer):
    longer = [*X, drawn(4)]
    output, weights = layer(X, longer, longer, key_padding_mask=[False, False, False, True])
    assert numbers(output) == close(numbers(layer(X, X, X)[0]))
    assert [row[3].data for row in weights] == [0.0] * 3
    both = layer([[x] for x in X], [[x] for x in longer], [[x] for x in longer], [[0.0, 0.0, 0.0, -INF]])[0]
    assert numbers([row[0] for row in both]) == close(numbers(output))


def test_a_query_without_keys_gets_nan_as_in_pytorch(layer):
    mask = [[True] * 3, [False] * 3, [False] * 3]
    output, weights = layer(X, X, X, attn_mask=mask)
    assert all(math.isnan(value.data) for value in [*output[0], *weights[0]])
    assert not any(math.isnan(value.data) for value in output[1])
    assert not any(
        math.isnan(value.data) for value in layer(X, X, X, attn_mask=mask, need_weights=False)[0][0]
    )


def test_dropout_is_for_training_alone():
    layer = MultiheadAttention(4, 2, dropout=1.0, generator=random.Random(0))
    assert numbers(layer(X, X, X)[0]) == [[0.0] * 4] * 3
    assert layer.eval()(X, X, X)[0][0][0].data != 0.0


def test_names_of_the_state_are_pytorch_s():
    def names(layer):
        return list(dict.fromkeys(name.rstrip("0123456789.") for name in layer.state_dict()))

    assert names(MultiheadAttention(2, 1)) == [
        "in_proj_weight",
        "in_proj_bias",
        "out_proj.weight",
        "out_proj.bias",
    ]
    assert names(MultiheadAttention(2, 1, bias=False)) == ["in_proj_weight", "out_proj.weight"]
    assert names(MultiheadAttention(2, 1, kdim=3, bias=False)) == [
        "q_proj_weight",
        "k_proj_weight",
        "v_proj_weight",
        "out_proj.weight",
    ]
    layer = MultiheadAttention(4, 2)
    assert {bias.data for bias in [*layer.in_proj_bias, *layer.out_proj.bias]} == {0.0}
    bound = math.sqrt(6 / 16)
    assert max(abs(weight.data) for row in layer.in_proj_weight for weight in row) <= bound


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: MultiheadAttention(4, 3),
            ArgumentError,
            "embed_dim must be divisible by num_heads: 4 is not by 3",
        ),
        (lambda: MultiheadAttention(0, 1), ArgumentError, "embed_dim of MultiheadAttention"),
        (
            lambda: MultiheadAttention(4, 2, 1.5),
            ArgumentError,
            "dropout probability has to be between 0 and 1",
        ),
        (lambda: MultiheadAttention(4, 2, generator=3), NumberTypeError, "generator takes a random.Random"),
        (
            lambda: MultiheadAttention(4, 2)(X, X, X, is_causal=True),
            ArgumentError,
            "Need attn_mask if specifying",
        ),
        (
            lambda: MultiheadAttention(2, 1)(X, X, X),
            ShapeError,
            r"takes a query of shape \(length, 2\), or of three dimensions for a batch, and got \(3, 4\)$",
        ),
        (
            lambda: MultiheadAttention(4, 1)(X, [X], [X]),
            ShapeError,
            r"takes a key of shape \(length, 4\), .* as the query's \(3, 4\), and got \(1, 3, 4\)$",
        ),
        (lambda: MultiheadAttention(4, 1)(X, X, X[:2]), ShapeError, "key and value need one length"),
        (
            lambda: MultiheadAttention(4, 1)(X, X, X, attn_mask=[[True]]),
            ShapeError,
            r"The shape of the 2D attn_mask is \(1, 1\)",
        ),
        (
            lambda: MultiheadAttention(4, 1)(X, X, X, [True] * 2),
            ShapeError,
            r"The shape of the 1D key_padding_mask is \(2,\), but should be \(3,\)\.",
        ),
        (
            lambda: MultiheadAttention(4, 1)(X, X, X, [[True] * 3]),
            ShapeError,
            r"The shape of the 2D key_padding_mask is \(1, 3\), but should be \(3,\)\.",
        ),
        (
            lambda: MultiheadAttention(4, 1)([X], [X], [X], [True]),
            ShapeError,
            r"The shape of the 1D key_padding_mask is \(1,\), but should be \(3, 1\)\.",
        ),
        (
            lambda: MultiheadAttention(4, 1)(X, X, X, attn_mask=[[0, 1, 1], [0, 0, 1], [0, 0, 0]]),
            NumberTypeError,
            "only bool and floating types of attn_mask are supported, and its entries are ints",
        ),
        (
            lambda: MultiheadAttention(4, 1)(X, X, X, [0, 0, 1]),
            NumberTypeError,
            "only bool and floating types of key_padding_mask are supported",
        ),
        (
            lambda: MultiheadAttention(4, 1)(X, X, X, attn_mask=[[0.0, 0.0, "x"]] * 3),
            NumberTypeError,
            "attn_mask takes a real number and got str: 'x'",
        ),
    ],
    ids=range(15),
)
def test_what_cannot_be_attended_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
