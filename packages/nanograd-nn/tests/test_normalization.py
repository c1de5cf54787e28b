"""LayerNorm, RMSNorm, BatchNorm1d and Dropout."""

import copy
import math
import random
import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, ShapeError, no_grad
from nanograd.engine.testing import gradcheck
from nanograd.nn import BatchNorm1d, Dropout, LayerNorm, RMSNorm, functional, manual_seed


def numbers(nested):
    return [numbers(item) for item in nested] if isinstance(nested, list) else getattr(nested, "data", nested)


ROWS = st.lists(st.floats(-100, 100), min_size=2, max_size=6).filter(lambda row: max(row) - min(row) > 0.1)


@settings(max_examples=40)
@given(ROWS)
def test_layer_norm_has_mean_0_and_variance_1(row):
    output = numbers(functional.layer_norm(row, len(row), eps=0.0))
    assert statistics.fmean(output) == pytest.approx(0.0, abs=1e-12)
    assert statistics.pvariance(output) == pytest.approx(1.0, rel=1e-9)


@settings(max_examples=40)
@given(ROWS)
def test_rms_norm_has_squares_of_mean_1(row):
    output = numbers(functional.rms_norm(row, len(row), eps=0.0))
    assert math.fsum(x * x for x in output) / len(row) == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize("layer", [LayerNorm(3), RMSNorm(3), LayerNorm((3,), bias=False)], ids=repr)
def test_gradients_equal_differences(layer):
    for index, parameter in enumerate(layer.parameters()):
        parameter.data = 0.5 + index
    assert gradcheck(lambda *x: layer(list(x)), (0.3, -1.2, 2.0))


def test_layer_norm_over_two_dimensions_and_its_state():
    layer = LayerNorm((2, 2), eps=0.0)
    assert list(layer.state_dict())[::4] == ["weight.0.0", "bias.0.0"]
    layer.bias[1][1].data = 5.0
    layer.weight[0][0].data = 2.0
    sample = [[1.0, 3.0], [1.0, 3.0]]
    assert numbers(layer([sample, sample])) == [[[-2.0, 1.0], [-1.0, 6.0]]] * 2
    assert LayerNorm(2, elementwise_affine=False).state_dict() == {}
    assert repr(LayerNorm(2, bias=False)) == "LayerNorm((2,), eps=1e-05, elementwise_affine=True, bias=False)"


def test_rms_norm_without_eps_uses_the_machine_s():
    assert numbers(RMSNorm(1)([0.0])) == [0.0]
    assert numbers(RMSNorm(1)([1e-8])) == [1e-8 / math.sqrt(1e-16 + 2.0**-52)]
    assert numbers(RMSNorm(1, eps=3.0)([1.0])) == [0.5]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (
            lambda: LayerNorm(3)([1.0, 2.0]),
            r"^layer_norm: Given normalized_shape=\[3\], expected input with shape \[\*, 3\], .* \[2\]",
        ),
        (lambda: RMSNorm((2, 3))([1.0, 2.0, 3.0]), r"^rms_norm: .*expected input with shape \[\*, 2, 3\]"),
        (
            lambda: functional.layer_norm([1.0], 1, [1.0, 2.0]),
            r"Expected weight to be of same shape .* \[2\]",
        ),
        (lambda: functional.layer_norm([1.0], 1, None, 1.0), r"Expected bias to be of same shape"),
    ],
    ids=range(4),
)
def test_other_shapes_are_refused(call, message):
    with pytest.raises(ShapeError, match=message):
        call()


@pytest.mark.parametrize("shape", [0, (2, 0), (), 1.5, "3"], ids=repr)
@pytest.mark.parametrize("kind", [LayerNorm, RMSNorm])
def test_sizes_that_make_no_sense_are_refused(kind, shape):
    with pytest.raises(ArgumentError, match=rf"normalized_shape of {kind.__name__} is a number of values"):
        kind(shape)


# ---- BatchNorm1d

BATCH = [[1.0, 10.0], [2.0, 30.0], [6.0, 20.0]]
MEANS, VARIANCES = [3.0, 20.0], [7.0, 100.0]  # with the divisor n - 1


def test_batch_norm_uses_the_batch_and_keeps_running_statistics():
    layer = BatchNorm1d(2, eps=0.0)
    output = numbers(layer(BATCH))
    for column in zip(*output, strict=True):
        assert statistics.fmean(column) == pytest.approx(0.0, abs=1e-15)
        assert statistics.pvariance(column) == pytest.approx(1.0)
    assert layer.running_mean == pytest.approx([0.1 * mean for mean in MEANS])
    assert layer.running_var == pytest.approx([0.9 + 0.1 * variance for variance in VARIANCES])
    assert layer.num_batches_tracked == 1


def test_after_training_the_running_statistics_are_used():
    layer = BatchNorm1d(2, eps=0.0)
    layer.load_state_dict(
        {**layer.state_dict(), "running_mean.0": 1.0, "running_var.0": 4.0, "weight.0": 3.0}
    )
    layer.eval()
    assert numbers(layer([[5.0, 7.0]])) == [[6.0, 7.0]]
    assert layer.num_batches_tracked == 0


def test_without_momentum_the_mean_over_all_batches_is_kept():
    layer = BatchNorm1d(1, momentum=None)
    for batch in ([[1.0], [3.0]], [[5.0], [7.0]], [[0.0], [2.0]]):
        layer(batch)
    assert layer.running_mean == pytest.approx([3.0])
    assert layer.running_var == pytest.approx([2.0])
    layer.reset_running_stats()
    assert (layer.running_mean, layer.running_var, layer.num_batches_tracked) == ([0.0], [1.0], 0)


def test_sequences_are_normalized_over_samples_and_places():
    layer = BatchNorm1d(2, eps=0.0)
    output = numbers(layer([[[1.0, 2.0], [0.0, 4.0]], [[3.0, 6.0], [4.0, 0.0]]]))
    first = [x for sample in output for x in sample[0]]
    assert first == pytest.approx([(x - 3.0) / math.sqrt(3.5) for x in (1.0, 2.0, 3.0, 6.0)])
    assert [x for sample in output for x in sample[1]] == [-1.0, 1.0, 1.0, -1.0]


def test_state_has_pytorch_s_names():
    assert list(BatchNorm1d(1).state_dict()) == [
        "weight.0",
        "bias.0",
        "running_mean.0",
        "running_var.0",
        "num_batches_tracked",
    ]
    assert list(BatchNorm1d(1, affine=False, track_running_stats=False).state_dict()) == []
    assert list(BatchNorm1d(1, bias=False).state_dict())[:2] == ["weight.0", "running_mean.0"]
    untracked = BatchNorm1d(1, eps=0.0, track_running_stats=False).eval()
    assert numbers(untracked([[1.0], [3.0]])) == [[-1.0], [1.0]]


def test_batch_norm_s_gradients_equal_differences():
    layer = BatchNorm1d(1)
    assert gradcheck(lambda *x: [row[0] for row in layer([[value] for value in x])], (0.3, -1.2, 2.0))


def test_running_statistics_have_no_graph():
    layer = BatchNorm1d(2)
    layer([[ScalarValue(x) for x in row] for row in BATCH])
    assert {type(x) for x in [*layer.running_mean, *layer.running_var]} == {float}
    with no_grad():
        layer(BATCH)
    assert layer.num_batches_tracked == 2


@pytest.mark.parametrize(
    ("batch", "error", "message"),
    [
        (
            [[1.0, 2.0]],
            ArgumentError,
            r"more than 1 value per channel when training, got input size \(1, 2\)",
        ),
        ([1.0, 2.0], ShapeError, r"expected 2D or 3D input \(got 1D input\)"),
        ([[1.0], [2.0]], ShapeError, r"BatchNorm1d takes 2 features and got 1 in \(2, 1\)"),
        ([[1.0, 2.0], [1.0]], ShapeError, "input is ragged"),
        ([], ShapeError, "expected 2D or 3D input"),
        ([[1.0, "a"], [1.0, 2.0]], NumberTypeError, "input takes a real number and got str"),
    ],
    ids=range(6),
)
def test_a_batch_that_makes_no_sense_changes_nothing(batch, error, message):
    layer = BatchNorm1d(2)
    before = copy.deepcopy(layer.state_dict())
    with pytest.raises(error, match=message):
        layer(batch)
    assert layer.state_dict() == before


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([1.0], None, None), ShapeError, r"batch_norm takes an input of shape \(N, C, \*\) and got \(1,\)"),
        ((BATCH, [0.0], [1.0]), ShapeError, "running_mean should contain 2 elements not 1"),
        ((BATCH, None, None, [1.0, 1.0, 1.0]), ShapeError, "weight should contain 2 elements not 3"),
        ((BATCH, None, None), ArgumentError, "Expected running_mean and running_var to be defined"),
    ],
    ids=range(4),
)
def test_batch_norm_of_functional_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        functional.batch_norm(*arguments)


# ---- Dropout


def test_dropout_leaves_out_and_scales_while_training():
    layer = Dropout(0.25, generator=random.Random(1))
    output = layer([1.0] * 4000)
    assert set(output) == {0.0, 1.0 / 0.75}
    assert output.count(0.0) / 4000 == pytest.approx(0.25, abs=0.02)
    assert layer.eval()([1.0, 2.0]) == [1.0, 2.0]


def test_dropout_is_decided_by_the_seed():
    manual_seed(3)
    first = Dropout()([[1.0] * 20] * 2)
    manual_seed(3)
    assert functional.dropout([[1.0] * 20] * 2) == first
    assert first[0] != first[1]


def test_what_is_left_out_gets_no_gradient():
    values = [ScalarValue(1.0) for _ in range(50)]
    for output in functional.dropout(values, 0.5, generator=random.Random(0)):
        output.backward()
    assert {value.grad for value in values} == {0.0, 2.0}


def test_the_ends_of_the_probability():
    value = ScalarValue(3.0)
    assert functional.dropout([value], 0.0)[0] is value
    assert functional.dropout([3.0, -2.0], 1.0) == [0.0, 0.0]
    assert functional.dropout([value], 0.9, training=False)[0] is value
    assert repr(Dropout(0.1)) == "Dropout(p=0.1)"


@pytest.mark.parametrize("p", [-0.1, 1.1, math.nan])
def test_what_is_no_probability_is_refused(p):
    for call in (Dropout, lambda p: functional.dropout([1.0], p)):
        with pytest.raises(ArgumentError, match="dropout probability has to be between 0 and 1, but got"):
            call(p)
    with pytest.raises(NumberTypeError, match=r"generator takes a random.Random and got int"):
        Dropout(generator=3)
    with pytest.raises(NumberTypeError, match="p of dropout takes a real number and got str: 'half'"):
        Dropout("half")
    with pytest.raises(NumberTypeError, match="an input of dropout takes a real number and got str: 'a'"):
        functional.dropout(["a"])


def test_running_statistics_do_not_move_when_the_call_fails():
    mean, variance = [0.0], [1.0]
    with pytest.raises(TypeError):
        functional.batch_norm([[1.0], [3.0]], mean, variance, ["a"], training=True)
    assert (mean, variance) == ([0.0], [1.0])
