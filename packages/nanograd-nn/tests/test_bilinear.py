"""Bilinear against its definition in plain floats."""

import random

import pytest
from nanograd.engine import ArgumentError, NumberTypeError, ShapeError
from nanograd.engine.testing import gradcheck
from nanograd.nn import Bilinear
from nanograd.nn.functional import bilinear

X, Y = [1.0, -2.0], [0.5, 3.0, -1.0]
WEIGHT = [[[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]], [[-1.0, 0.0, 0.5], [0.25, 2.0, 0.0]]]


def numbers(nested):
    return [numbers(item) for item in nested] if isinstance(nested, list) else nested.data


def test_it_is_its_definition():
    # 1 (0.5 + 6 - 3) - 2 (2 + 15 - 6) = -18.5 and 1 (-0.5 - 0.5) - 2 (0.125 + 6) = -13.25
    assert numbers(bilinear(X, Y, WEIGHT)) == [-18.5, -13.25]
    assert numbers(bilinear(X, Y, WEIGHT, [100.0, 10.0])) == [81.5, -3.25]


def test_a_batch_gives_what_its_samples_give():
    layer = Bilinear(2, 3, 4, generator=random.Random(0))
    xs, ys = [[X, [3.0, 1.0]], [[0.0, 0.0], X]], [[Y, Y], [[1.0, 1.0, 1.0], Y]]
    expected = [[numbers(layer(xs[i][j], ys[i][j])) for j in range(2)] for i in range(2)]
    assert numbers(layer(xs, ys)) == expected
    assert numbers(layer(xs[0], ys[0])) == expected[0]


def test_gradients_equal_differences():
    layer = Bilinear(2, 3, 1, generator=random.Random(1))
    assert gradcheck(lambda *values: layer(values[:2], values[2:])[0], [*X, *Y])


def test_numbers_begin_within_pytorch_s_bound_and_have_its_names():
    layer = Bilinear(4, 9, 30, generator=random.Random(0))
    state = layer.state_dict()
    assert list(state)[:2] == ["weight.0.0.0", "weight.0.0.1"]
    assert list(state)[-1] == "bias.29"
    assert -0.5 <= min(state.values()) < -0.49
    assert 0.49 < max(state.values()) <= 0.5
    assert Bilinear(4, 9, 2, bias=False).bias is None
    assert layer.parameters()[0].label == "weight.0.0.0"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Bilinear(2, 3, 1)(Y, Y), ShapeError, "bilinear takes 2 inputs and got 3"),
        (lambda: Bilinear(2, 3, 1)(X, X), ShapeError, "bilinear takes 3 inputs and got 2"),
        (
            lambda: Bilinear(2, 3, 1)([X, X], Y),
            ShapeError,
            r"input dimensions do not match: got \(2, 2\) and \(3,\)",
        ),
        (
            lambda: Bilinear(2, 3, 1)([X, X], [Y]),
            ShapeError,
            r"input dimensions do not match: got \(2, 2\) and \(1, 3\)",
        ),
        (lambda: Bilinear(2, 3, 1)(["a", 1.0], Y), NumberTypeError, "takes a real number and got str: 'a'"),
        (lambda: bilinear(X, Y, WEIGHT[0]), ShapeError, r"takes a weight of shape .* and got \(2, 3\)"),
        (lambda: bilinear(X, Y, WEIGHT, [1.0]), ShapeError, r"bias for each of the 2 outputs .* \(1,\)"),
        (lambda: Bilinear(0, 3, 1), ArgumentError, "in1_features of Bilinear"),
        (lambda: Bilinear(1, 2.0, 1), ArgumentError, "in2_features of Bilinear"),
        (lambda: Bilinear(1, 2, True), ArgumentError, "out_features of Bilinear"),
    ],
    ids=range(10),
)
def test_what_does_not_match_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
