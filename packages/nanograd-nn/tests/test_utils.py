"""Clipping and vectors of parameters: the numbers, what counts, and what is refused."""

import math
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ArgumentError, GraphError, NanogradError, NumberTypeError, ScalarValue, ShapeError
from nanograd.nn import Linear
from nanograd.nn.utils import (
    clip_grad_norm_,
    clip_grad_value_,
    clip_grads_with_norm_,
    get_total_norm,
    parameters_to_vector,
    vector_to_parameters,
)


def with_gradients(*gradients):
    values = [ScalarValue(1.0) for _ in gradients]
    for value, gradient in zip(values, gradients, strict=True):
        value.grad = gradient
    return values


def gradients(values):
    return [value.grad for value in values]


@pytest.mark.parametrize(
    ("norm_type", "norm"),
    [(2.0, 5.0), (1, 7.0), (math.inf, 4.0), (-math.inf, 3.0), (3.0, 91 ** (1 / 3)), (0.5, (3**0.5 + 2) ** 2)],
    ids=str,
)
def test_gradients_are_scaled_to_the_norm(norm_type, norm):
    values = with_gradients(3.0, -4.0)
    assert clip_grad_norm_(values, 0.5, norm_type) == pytest.approx(norm, rel=1e-14)
    factor = 0.5 / (norm + 1e-6)
    assert gradients(values) == pytest.approx([3.0 * factor, -4.0 * factor], rel=1e-14)


def test_small_gradients_stay():
    values = with_gradients(3.0, -4.0)
    assert clip_grad_norm_(iter(values), 5.1) == 5.0
    assert gradients(values) == [3.0, -4.0]


def test_parameters_without_a_gradient_are_passed_over():
    used, unused = with_gradients(3.0, None)
    assert clip_grad_norm_([used, unused], 1.0) == 3.0
    clip_grad_value_([used, unused], 0.5)
    assert (used.grad, unused.has_grad) == (0.5, False)
    assert clip_grad_norm_([unused], 1.0) == 0.0
    assert clip_grad_norm_([], 1.0) == 0.0


def test_one_parameter_needs_no_list():
    value = with_gradients(-8.0)[0]
    clip_grad_value_(value, 4.0)
    assert clip_grad_norm_(value, 2.0) == 4.0
    assert value.grad == pytest.approx(-2.0)
    clip_grads_with_norm_(value, 1.0, 2.0)
    assert value.grad == pytest.approx(-1.0)


def test_a_model_s_parameters_are_clipped():
    model = Linear(2, 1)
    (model([3.0, 4.0])[0] * 10).backward()
    clip_grad_norm_(model.parameters(), 1.0)
    assert get_total_norm(parameter.grad for parameter in model.parameters()) == pytest.approx(1.0, rel=1e-6)


@pytest.mark.parametrize("bad", [math.inf, math.nan])
def test_a_norm_that_is_not_finite_is_an_error_on_request_before_anything_changes(bad):
    values = with_gradients(1.0, bad)
    before = str(gradients(values))
    with pytest.raises(GraphError) as raised:
        clip_grad_norm_(values, 1.0, error_if_nonfinite=True)
    assert str(raised.value) == (
        "The total norm of order 2.0 for gradients from `parameters` is non-finite, so it cannot be clipped. "
        "To disable this error and scale the gradients by the non-finite norm anyway, "
        "set `error_if_nonfinite=False`"
    )
    assert isinstance(raised.value, RuntimeError)
    assert str(gradients(values)) == before
    assert str(clip_grad_norm_(values, 1.0)) == str(bad)  # as in PyTorch: 1 * 0 and inf * 0, or nan
    assert math.isnan(values[1].grad)


def test_large_gradients_do_not_overflow():
    assert get_total_norm([3e200, 4e200]) == pytest.approx(5e200)
    assert get_total_norm([3e200, 4e200], 3.0) == pytest.approx(91 ** (1 / 3) * 1e200)
    assert get_total_norm([3e-200, 4e-200], 4.0) == pytest.approx(337**0.25 * 1e-200)


@given(st.lists(st.floats(-1e3, 1e3), min_size=1, max_size=8), st.floats(0.5, 6.0))
def test_the_norm_equals_its_formula(numbers, p):
    expected = math.fsum(abs(number) ** p for number in numbers) ** (1 / p)
    assert get_total_norm(numbers, p) == pytest.approx(expected, rel=1e-9, abs=1e-9)
    assert get_total_norm([ScalarValue(number) for number in numbers], p) == get_total_norm(numbers, p)


def test_gradients_are_clipped_one_by_one():
    values = with_gradients(3.0, -4.0, 0.5, math.nan, math.inf)
    clip_grad_value_(values, 1)
    assert gradients(values)[:3] == [1, -1, 0.5]
    assert math.isnan(values[3].grad)
    assert values[4].grad == 1


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda v: clip_grad_norm_(v, 1.0, 0), ArgumentError, "norm_type is a number that is not 0"),
        (
            lambda v: clip_grad_norm_(v, -1.0),
            ArgumentError,
            "max_norm is the largest norm, at least 0, and got -1.0",
        ),
        (lambda v: clip_grads_with_norm_(v, math.nan, 1.0), ArgumentError, "at least 0, and got nan"),
        (
            lambda v: clip_grad_norm_(v, 1.0, "two"),
            NumberTypeError,
            "norm_type takes a real number and got str",
        ),
        (lambda v: clip_grad_norm_(Linear(1, 1), 1.0), NumberTypeError, "got Linear. Give its parameters()."),
        (lambda v: clip_grad_norm_(v, 1.0, math.nan), ArgumentError, "or infinity, and got nan"),
        (lambda v: clip_grad_norm_(v, "1"), NumberTypeError, "max_norm takes a real number and got str"),
        (lambda v: clip_grad_norm_([*v, 3.0], 1.0), NumberTypeError, "one of them is float"),
        (lambda v: clip_grad_norm_([v], 1.0), NumberTypeError, "one of them is list"),
        (lambda v: clip_grad_norm_(3.0, 1.0), NumberTypeError, "parameters are ScalarValues, and got float"),
        (lambda v: clip_grad_value_(v, -1.0), ArgumentError, "at least 0, and got -1.0"),
        (lambda v: clip_grad_value_(v, math.nan), ArgumentError, "at least 0, and got nan"),
        (lambda v: get_total_norm(["x"]), NumberTypeError, "a gradient takes a real number and got str"),
        (lambda v: clip_grads_with_norm_(v, 1.0, None), NumberTypeError, "total_norm takes a real number"),
    ],
    ids=range(14),
)
def test_what_makes_no_sense_is_refused_and_gradients_stay(call, error, message):
    values = with_gradients(3.0, -4.0)
    with pytest.raises(error, match=re.escape(message)):
        call(values)
    assert gradients(values) == [3.0, -4.0]


# ---- vectors


def test_a_vector_goes_there_and_back():
    model = Linear(3, 2)
    vector = parameters_to_vector(model.parameters())
    assert vector == [parameter.data for parameter in model.parameters()]
    vector_to_parameters([10.0 * number for number in vector], model.parameters())
    assert parameters_to_vector(model.parameters()) == [10.0 * number for number in vector]
    assert parameters_to_vector([]) == []


def test_a_vector_of_one_parameter_needs_no_list():
    parameter = ScalarValue(1.0)
    vector_to_parameters([5.0], parameter)
    assert parameters_to_vector(parameter) == [5.0]


@pytest.mark.parametrize("given", [None, 5.0, Linear(1, 1)], ids=["None", "float", "Linear"])
def test_a_vector_is_made_of_parameters(given):
    message = f"parameters are ScalarValues, and got {type(given).__name__}"
    with pytest.raises(NumberTypeError, match=message):
        parameters_to_vector(given)
    with pytest.raises(NumberTypeError, match=message):
        vector_to_parameters([1.0], given)


def test_the_largest_gradient_is_a_norm_by_the_name_inf():
    assert get_total_norm([3.0, -4.0], "inf") == 4.0
    values = with_gradients(3.0, -4.0)
    assert clip_grad_norm_(values, 2.0, "inf") == 4.0
    assert gradients(values) == [pytest.approx(1.5, rel=1e-6), pytest.approx(-2.0, rel=1e-6)]


def test_a_vector_may_be_an_array_or_values():
    numpy = pytest.importorskip("numpy")
    x, y = ScalarValue(0.0), ScalarValue(0.0)
    vector_to_parameters(numpy.array([1.5, 2.5]), [x, y])
    assert [type(x.data), x.data, y.data] == [float, 1.5, 2.5]
    vector_to_parameters([ScalarValue(3.0), 4], (x, y))
    assert (x.data, y.data) == (3.0, 4)


@pytest.mark.parametrize(
    ("vector", "message"),
    [
        ([1.0], "vec has 1 numbers, and there are 2 parameters"),
        ([1.0, 2.0, 3.0], "vec has 3 numbers, and there are 2 parameters"),
        ([1.0, "x"], "a number of vec takes a real number and got str"),
        (5.0, "vec is a list of numbers, and got float"),
        ([[1.0, 2.0]], "a number of vec takes a real number and got list"),
    ],
    ids=str,
)
def test_a_vector_that_does_not_fit_changes_nothing(vector, message):
    parameters = [ScalarValue(7.0), ScalarValue(8.0)]
    with pytest.raises(NanogradError, match=re.escape(message)):
        vector_to_parameters(vector, parameters)
    assert parameters_to_vector(parameters) == [7.0, 8.0]


def test_sizes_are_a_shape_error():
    with pytest.raises(ShapeError):
        vector_to_parameters([], [ScalarValue(1.0)])
    with pytest.raises(NumberTypeError, match="one of them is float"):
        parameters_to_vector([1.0])
