"""Functions along a dimension: softmax, log-softmax, the gated linear unit, PReLU, and flattening."""

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanograd.engine import ArgumentError, NanogradError, ScalarValue, ShapeError
from nanograd.nn import GLU, DimensionError, Flatten, LogSoftmax, PReLU, Softmax, Unflatten, functional

NUMBERS = st.lists(st.floats(-700, 700), min_size=1, max_size=6)


def softmax(xs):
    powers = [math.exp(x - max(xs)) for x in xs]
    return [power / math.fsum(powers) for power in powers]


@settings(max_examples=50)
@given(NUMBERS)
def test_softmax_and_its_logarithm(xs):
    assert functional.softmax(xs) == pytest.approx(softmax(xs), rel=1e-12, abs=1e-300)
    expected = [x - max(xs) - math.log(math.fsum(math.exp(y - max(xs)) for y in xs)) for x in xs]
    assert functional.log_softmax(xs) == pytest.approx(expected, rel=1e-12, abs=1e-12)


def test_large_logits_keep_their_digits():
    assert functional.log_softmax([1e6, 1e6 + 1.0]) == pytest.approx(
        [-1.3132616875182228, -0.31326168751822286]
    )
    assert functional.log_softmax([1e300, 0.0]) == [0.0, -1e300]


CUBE = [[[1.0, 2.0], [3.0, 5.0]], [[-1.0, 0.0], [2.0, 2.0]]]


@pytest.mark.parametrize("dim", [0, 1, 2, -1, -2, -3])
def test_softmax_along_each_dimension(dim):
    result = Softmax(dim)(CUBE)
    for i in range(2):
        for j in range(2):
            for k in range(2):
                index = [i, j, k]
                line = []
                for place in range(2):
                    index[dim] = place
                    line.append(CUBE[index[0]][index[1]][index[2]])
                index = [i, j, k]
                assert result[i][j][k] == pytest.approx(softmax(line)[index[dim]])


def test_without_a_dimension_the_rows_of_a_matrix_are_meant():
    assert Softmax()([0.0, 0.0]) == [0.5, 0.5]
    assert Softmax()([[0.0, 0.0], [0.0, math.log(3.0)]]) == [[0.5, 0.5], pytest.approx([0.25, 0.75])]
    assert Softmax()(3.0) == 1.0
    assert LogSoftmax()(3.0) == 0.0


@pytest.mark.parametrize("function", ["softmax", "log_softmax"])
def test_of_three_dimensions_it_has_to_be_said(function):
    with pytest.raises(ArgumentError) as error:
        getattr(functional, function)(CUBE)
    assert (
        str(error.value) == f"{function} of shape (2, 2, 2) needs to know along which dimension: say dim=-1"
    )


@pytest.mark.parametrize("dim", [2, -3, 1.0, True])
def test_a_dimension_that_is_not_there_is_refused(dim):
    with pytest.raises(DimensionError) as error:
        functional.softmax([[1.0]], dim)
    assert str(error.value) == f"Dimension out of range (expected to be in range of [-2, 1], but got {dim!r})"
    assert isinstance(error.value, IndexError)
    assert isinstance(error.value, NanogradError)


def test_glu():
    assert functional.glu([1.0, 2.0, 0.0, 0.0]) == [0.5, 1.0]
    assert GLU(0)([[4.0, 6.0], [0.0, 0.0]]) == [[2.0, 3.0]]
    with pytest.raises(ShapeError, match="Halving dimension must be even, but dimension -1 is size 3"):
        functional.glu([1.0, 2.0, 3.0])
    with pytest.raises(ShapeError, match="glu does not support 0-dimensional tensors"):
        functional.glu(1.0)


def test_prelu_has_one_slope_or_one_for_each_channel():
    assert functional.prelu([-2.0, 4.0], 0.25) == [-0.5, 4.0]
    layer = PReLU(2)
    assert list(layer.state_dict().items()) == [("weight.0", 0.25), ("weight.1", 0.25)]
    layer.weight[1].data = 0.5
    result = layer([[ScalarValue(-2.0), ScalarValue(-2.0)]])
    assert [value.data for value in result[0]] == [-0.5, -1.0]
    result[0][1].backward()
    assert [weight.grad for weight in layer.weight] == [0.0, -2.0]
    with pytest.raises(ShapeError, match="Found parameter numbers = 2 and channel size = 3"):
        layer([[1.0, 2.0, 3.0]])
    with pytest.raises(ShapeError, match="channel size = 1"):
        layer([1.0, 2.0])


# ---- flattening


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [[1.0, 2.0, 3.0, 5.0], [-1.0, 0.0, 2.0, 2.0]]),
        ({"start_dim": 0}, [1.0, 2.0, 3.0, 5.0, -1.0, 0.0, 2.0, 2.0]),
        ({"start_dim": 0, "end_dim": 1}, [[1.0, 2.0], [3.0, 5.0], [-1.0, 0.0], [2.0, 2.0]]),
        ({"start_dim": -1}, CUBE),
    ],
    ids=str,
)
def test_flatten(options, expected):
    assert Flatten(**options)(CUBE) == expected


def test_flatten_keeps_the_values_themselves():
    value = ScalarValue(1.0)
    assert Flatten()([[[value]]])[0][0] is value
    assert Flatten(0)(value) == [value]
    assert Flatten()([[]]) == [[]]


def test_unflatten_undoes_flatten():
    assert Unflatten(1, (2, 2))(Flatten()(CUBE)) == CUBE
    assert Unflatten(0, (2, -1))([1, 2, 3, 4]) == [[1, 2], [3, 4]]
    assert repr(Unflatten(1, [2, 2])) == "Unflatten(dim=1, unflattened_size=(2, 2))"
    assert repr(Flatten()) == "Flatten(start_dim=1, end_dim=-1)"


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: Flatten()([1.0]), DimensionError, r"range of \[-1, 0\], but got 1"),
        (
            lambda: Flatten(2, 1)(CUBE),
            ArgumentError,
            "start_dim cannot come after end_dim, and 2 does after 1",
        ),
        (lambda: Flatten()([[1.0], [1.0, 2.0]]), ShapeError, "input is ragged"),
        (
            lambda: Unflatten(0, (2, 2))([1, 2, 3]),
            ShapeError,
            r"\[2, 2\] don't multiply up to the size of dim 0 \(3\)",
        ),
        (lambda: Unflatten(0, (2, -1))([1, 2, 3]), ShapeError, "don't multiply up"),
        (lambda: Unflatten(0, 4), ArgumentError, "unflattened_size must be tuple of ints"),
        (lambda: Unflatten(0, (-1, -1)), ArgumentError, "one of them -1 at the most"),
        (lambda: Unflatten(0, ()), ArgumentError, "unflattened_size must be tuple of ints"),
    ],
    ids=range(8),
)
def test_what_cannot_be_flattened_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


@pytest.mark.parametrize("function", [functional.softmax, functional.log_softmax])
@pytest.mark.parametrize("values", [(math.inf, 0.0), (math.inf, math.inf), (-math.inf, -math.inf)])
def test_infinities_are_nan_for_all_as_in_pytorch(function, values):
    assert all(math.isnan(o) for o in function(list(values), dim=-1))
