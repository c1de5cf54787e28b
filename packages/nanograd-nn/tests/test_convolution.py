"""Conv2d and pooling against loops over padded pictures."""

import itertools
import math
import random

import pytest
from nanograd.engine import ArgumentError, ScalarValue, ShapeError, topological_order
from nanograd.nn import AvgPool2d, Conv2d, MaxPool2d, functional
from nanograd.nn._windows import Axis, windows


def numbers(nested):
    return [numbers(item) for item in nested] if isinstance(nested, list) else nested.data


def picture(channels, height, width, seed=0):
    draw = random.Random(seed)
    return [[[draw.uniform(-1, 1) for _ in range(width)] for _ in range(height)] for _ in range(channels)]


def convolved(x, layer, padding):
    """Return the convolution of a picture, by its definition."""
    (top, bottom), (left, right) = padding
    (kh, kw), (sh, sw), (dh, dw) = layer.kernel_size, layer.stride, layer.dilation
    height, width = len(x[0]) + top + bottom, len(x[0][0]) + left + right
    padded = [[[0.0] * width for _ in range(height)] for _ in x]
    for c, i, j in itertools.product(range(len(x)), range(len(x[0])), range(len(x[0][0]))):
        padded[c][i + top][j + left] = x[c][i][j]
    ins = layer.in_channels // layer.groups
    outs = layer.out_channels // layer.groups
    return [
        [
            [
                math.fsum(
                    layer.weight[out][c][i][j].data
                    * padded[out // outs * ins + c][y * sh + i * dh][x_ * sw + j * dw]
                    for c, i, j in itertools.product(range(ins), range(kh), range(kw))
                )
                + (layer.bias[out].data if layer.bias else 0.0)
                for x_ in range((width - dw * (kw - 1) - 1) // sw + 1)
            ]
            for y in range((height - dh * (kh - 1) - 1) // sh + 1)
        ]
        for out in range(layer.out_channels)
    ]


@pytest.mark.parametrize(
    ("options", "padding"),
    [
        ({"kernel_size": 3}, ((0, 0), (0, 0))),
        ({"kernel_size": (2, 3), "stride": (2, 1), "padding": (1, 2)}, ((1, 1), (2, 2))),
        ({"kernel_size": 2, "dilation": 2, "groups": 2}, ((0, 0), (0, 0))),
        ({"kernel_size": (2, 4), "padding": "same"}, ((0, 1), (1, 2))),
        ({"kernel_size": 3, "padding": "same", "dilation": (2, 1), "bias": False}, ((2, 2), (1, 1))),
        ({"kernel_size": 2, "padding": "valid", "stride": 3}, ((0, 0), (0, 0))),
        ({"kernel_size": 1, "padding": 2, "stride": 2}, ((2, 2), (2, 2))),
    ],
    ids=str,
)
def test_a_convolution_is_its_definition(options, padding):
    layer = Conv2d(2, 4, **options, generator=random.Random(0))
    x = picture(2, 5, 6)
    expected = convolved(x, layer, padding)
    output = numbers(layer(x))
    flat = [value for channel in output for row in channel for value in row]
    assert flat == pytest.approx(
        [v for channel in expected for row in channel for v in row], rel=1e-12, abs=1e-14
    )
    assert [len(output), len(output[0]), len(output[0][0])] == [4, len(expected[0]), len(expected[0][0])]
    assert numbers(layer([x, x])) == [output, output]


def test_an_output_is_one_node():
    output = Conv2d(1, 1, 2)(picture(1, 2, 2))
    assert [str(node.op) for node in topological_order(output[0][0][0]) if node.op] == ["dot"]


def test_places_outside_of_all_pictures_have_the_bias_alone():
    layer = Conv2d(1, 1, 1, padding=1)
    assert layer(picture(1, 1, 1))[0][0][0].data == layer.bias[0].data
    assert Conv2d(1, 1, 1, padding=1, bias=False)(picture(1, 1, 1))[0][0][0].data == 0.0


def test_weights_begin_within_pytorch_s_bound_and_have_its_names():
    layer = Conv2d(4, 2, (2, 3), groups=2, generator=random.Random(0))
    assert list(layer.state_dict())[0::12] == ["weight.0.0.0.0", "weight.1.0.0.0", "bias.0"]
    assert max(abs(number) for number in layer.state_dict().values()) <= 1 / math.sqrt(12)
    assert repr(layer) == "Conv2d(4, 2, kernel_size=(2, 3), stride=(1, 1), groups=2)"
    assert repr(Conv2d(1, 1, 1, padding="same", dilation=2, bias=False)) == (
        "Conv2d(1, 1, kernel_size=(1, 1), stride=(1, 1), padding='same', dilation=(2, 2), bias=False)"
    )


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: Conv2d(1, 1, 0),
            ArgumentError,
            "kernel_size of Conv2d is an int of at least 1 or two of them, and got 0",
        ),
        (lambda: Conv2d(1, 1, (1, 2, 3)), ArgumentError, r"kernel_size of Conv2d .* got \(1, 2, 3\)"),
        (lambda: Conv2d(1, 1, 1, stride=0), ArgumentError, "stride of Conv2d"),
        (lambda: Conv2d(1, 1, 1, padding=-1), ArgumentError, "padding of Conv2d is an int of at least 0"),
        (lambda: Conv2d(1, 1, 1, padding="full"), ArgumentError, "Invalid padding string 'full'"),
        (lambda: Conv2d(1, 1, 1, 2, "same"), ArgumentError, "padding='same' is not supported for strided"),
        (
            lambda: Conv2d(3, 2, 1, groups=2),
            ArgumentError,
            "in_channels must be divisible by groups, and 3 is not by 2",
        ),
        (lambda: Conv2d(2, 3, 1, groups=2), ArgumentError, "out_channels must be divisible by groups"),
        (lambda: Conv2d(0, 3, 1), ArgumentError, "in_channels of Conv2d"),
        (lambda: Conv2d(1, 1, 1)([1.0]), ShapeError, r"Expected 3D \(unbatched\) or 4D .* size: \(1,\)"),
        (
            lambda: Conv2d(2, 1, 1)(picture(1, 2, 2)),
            ShapeError,
            "to have 2 channels, but got 1 channels instead",
        ),
        (
            lambda: Conv2d(1, 1, 3)(picture(1, 2, 3)),
            ShapeError,
            r"input size: 2\. Kernel size: 3\. Kernel size can't be",
        ),
        (lambda: functional.conv2d(picture(1, 1, 1), [1.0]), ShapeError, r"weight has the shape \(out, in"),
        (
            lambda: functional.conv2d(picture(1, 1, 1), [[[[1.0]]]], [1.0, 2.0]),
            ShapeError,
            "with 1 elements, but got",
        ),
    ],
    ids=range(14),
)
def test_what_cannot_be_convolved_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


# ---- pooling


def test_windows_lie_where_pytorch_s_do():
    axis = Axis(kernel=3, stride=2, before=1, after=1, dilation=1)
    assert windows(6, axis, "x") == [[(1, 0), (2, 1)], [(0, 1), (1, 2), (2, 3)], [(0, 3), (1, 4), (2, 5)]]
    assert windows(6, axis, "x", ceil_mode=True)[3] == [(0, 5)]
    assert len(windows(5, axis, "x", ceil_mode=True)) == 3


def test_max_pool():
    x = [[[1.0, 5.0, 2.0], [4.0, 3.0, 9.0], [0.0, -1.0, 8.0]]]
    assert numbers(MaxPool2d(2)(x)) == [[[5.0]]]
    assert numbers(MaxPool2d(2, ceil_mode=True)(x)) == [[[5.0, 9.0], [0.0, 8.0]]]
    assert numbers(MaxPool2d(2, 1)([x, x])) == [[[[5.0, 9.0], [4.0, 9.0]]]] * 2
    assert numbers(MaxPool2d(2, padding=1)(x)) == [[[1.0, 5.0], [4.0, 9.0]]]
    assert numbers(MaxPool2d((1, 3), dilation=1)(x)) == [[[5.0], [9.0], [8.0]]]


def test_of_equal_values_the_first_gets_the_gradient():
    x = [[ScalarValue(2.0), ScalarValue(2.0)], [ScalarValue(1.0), ScalarValue(2.0)]]
    MaxPool2d(2)([x])[0][0][0].backward()
    assert [value.grad for row in x for value in row] == [1.0, 0.0, 0.0, 0.0]


@pytest.mark.parametrize("row", [[math.nan, 1.0], [1.0, math.nan]], ids=repr)
def test_nan_is_the_largest(row):
    assert math.isnan(functional.max_pool2d([[row]], (1, 2))[0][0][0].data)


def test_the_largest_of_no_places_is_minus_infinity_as_in_pytorch():
    assert numbers(MaxPool2d(2, stride=1, padding=1, dilation=2)([[[5.0]]])) == [[[-math.inf]]]


def test_with_ceil_mode_a_window_may_be_larger_than_the_picture_as_in_pytorch():
    x = [[[1.0, 2.0], [4.0, 3.0]]]
    assert numbers(MaxPool2d(3, ceil_mode=True)(x)) == [[[4.0]]]
    assert numbers(AvgPool2d(3, ceil_mode=True)(x)) == [[[2.5]]]
    with pytest.raises(ShapeError, match="Kernel size can't be greater"):
        MaxPool2d(3)(x)


def test_sizes_may_be_ints_of_numpy():
    numpy = pytest.importorskip("numpy")
    layer = Conv2d(1, 2, numpy.int64(3), padding=numpy.array([1, 0]))
    assert repr(layer) == "Conv2d(1, 2, kernel_size=(3, 3), stride=(1, 1), padding=(1, 0))"


def test_avg_pool():
    x = [[[1.0, 5.0, 3.0], [4.0, 2.0, 9.0], [0.0, -1.0, 8.0]]]
    assert numbers(AvgPool2d(2)(x)) == [[[3.0]]]
    assert numbers(AvgPool2d(2, padding=1)(x)) == [[[0.25, 2.0], [1.0, 4.5]]]
    assert numbers(AvgPool2d(2, padding=1, count_include_pad=False)(x)) == [[[1.0, 4.0], [2.0, 4.5]]]
    assert numbers(AvgPool2d(2, ceil_mode=True)(x)) == [[[3.0, 6.0], [-0.5, 8.0]]]
    assert numbers(AvgPool2d(2, divisor_override=1)(x)) == [[[12.0]]]
    assert repr(AvgPool2d(2)) == "AvgPool2d(kernel_size=2, stride=2, padding=0)"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: MaxPool2d(2, padding=2),
            ArgumentError,
            r"half of kernel size, but got padding=\(2, 2\) and kernel_size=\(2, 2\)",
        ),
        (lambda: MaxPool2d(2, padding=2, dilation=3), ArgumentError, "half of kernel size"),
        (
            lambda: MaxPool2d(3, 1, ceil_mode=True)(picture(1, 2, 2)),
            ShapeError,
            "Kernel size can't be greater than actual input size",
        ),
        (lambda: MaxPool2d(0), ArgumentError, "kernel_size of MaxPool2d"),
        (lambda: MaxPool2d(2, 1, "same"), ArgumentError, "padding of MaxPool2d is an int .* and got 'same'"),
        (lambda: AvgPool2d(2, padding=True), ArgumentError, "padding of AvgPool2d is an int"),
        (lambda: AvgPool2d(2, padding=False), ArgumentError, "padding of AvgPool2d is an int"),
        (lambda: AvgPool2d(2, 0), ArgumentError, "stride of AvgPool2d"),
        (
            lambda: functional.avg_pool2d([[[1.0]]], 1, divisor_override=0),
            ArgumentError,
            "divisor must be not zero",
        ),
        (lambda: MaxPool2d(1)([1.0]), ShapeError, r"max_pool2d takes an input of shape \(N, C, H, W\)"),
        (lambda: MaxPool2d(1)([[[]]]), ShapeError, r"and got \(1, 1, 0\)"),
        (
            lambda: MaxPool2d(3)(picture(1, 2, 2)),
            ShapeError,
            "Kernel size can't be greater than actual input size",
        ),
    ],
    ids=range(12),
)
def test_what_cannot_be_pooled_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
