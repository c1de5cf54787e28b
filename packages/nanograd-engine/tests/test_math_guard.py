"""math.exp(x) does not silently drop the graph; float(x) gives the number that was asked for."""

import math
from math import exp as plain_exp

import pytest
from nanograd.engine import GraphError, ScalarValue, no_grad

x = ScalarValue(0.5)
MESSAGE = r"math\.{}\(\) would return a number without a history.*Use nanograd\.engine\.{}\(x\)"


def message(name):
    return MESSAGE.format(name, name)


def test_functions_of_math_are_refused():
    local = ScalarValue(0.5)
    with pytest.raises(GraphError, match=message("exp")):
        math.exp(local)
    with pytest.raises(GraphError, match=message("tanh")):
        1 + math.tanh(local * 2) * 3
    with pytest.raises(GraphError, match=message("exp")):
        plain_exp(x)
    with pytest.raises(GraphError, match=message("atan2")):
        math.atan2(local, 1.0)
    with pytest.raises(GraphError, match=message("sqrt")):
        [math.sqrt(value) for value in [local]]
    with pytest.raises(GraphError, match=message("log")):
        float(math.log(local))


def test_it_is_refused_every_time():
    for _ in range(3):
        with pytest.raises(GraphError, match=message("cos")):
            math.cos(x)


def test_a_plain_number_that_is_asked_for_is_given():
    assert float(x) == 0.5
    assert math.exp(float(x)) == math.exp(0.5)
    assert math.exp(x.data) == math.exp(0.5)
    assert math.exp(x.detach()) == math.exp(0.5)
    assert [float(value) for value in (x, x)] == [0.5, 0.5]
    assert list(map(float, [x])) == [0.5]
    assert f"{float(x):.1f}" == "0.5"


def test_questions_are_answered():
    assert math.isfinite(x)
    assert not math.isnan(x)
    assert math.isclose(x, 0.5)


def test_what_math_can_record_is_recorded():
    assert math.floor(x).requires_grad
    assert math.prod([x, x]).requires_grad


def test_without_recording_there_is_nothing_to_drop():
    with no_grad():
        assert math.exp(x * 2) == math.exp(1.0)


def call(function, value):
    return function(value)


def test_the_function_counts_and_not_the_place():
    assert call(float, x) == 0.5
    with pytest.raises(GraphError, match=message("exp")):
        call(math.exp, x)
    assert call(float, x) == 0.5
    for function in (math.exp, math.sqrt):
        with pytest.raises(GraphError, match=message(function.__name__)):
            function(x)


def test_counterparts_with_another_name_are_named():
    with pytest.raises(GraphError, match=r"Use x \*\* y, or the \.data of"):
        math.pow(x, 2.0)
    with pytest.raises(GraphError, match=r"flow through it\. Use the \.data"):
        math.gamma(x)
