"""Infinities and nan are found where they begin, with their place in the user's code."""

import math

import pytest
from nanograd.engine import (
    DomainError,
    ScalarValue,
    detect_anomaly,
    exp,
    log,
    logsumexp,
    scope,
    sqrt,
    why_nonfinite,
)

HERE = r"test_anomaly\.py:\d+"


def test_the_first_value_that_is_not_finite_is_refused():
    p = ScalarValue(-1.5, label="p")
    message = (
        rf"log\(-1\.5\) is nan \(operand 'p' = -1\.5; in 'layers\.2'; at {HERE}\)\. detect_anomaly\(\) is on"
    )
    with detect_anomaly(), scope("layers.2", kind="Layer"), pytest.raises(DomainError, match=message):
        log(p)
    assert math.isnan(log(p).data)


INFINITE = {
    r"1\.0 / 0\.0 is inf": lambda: ScalarValue(1.0) / 0.0,
    r"exp\(1000\.0\) is inf": lambda: exp(ScalarValue(1000.0)),
    r"logsumexp\(inf, 1\.0, 2\.0, \.\.\. 2 more\)": lambda: logsumexp(
        [ScalarValue(math.inf), 1.0, 2.0, 3.0, 4.0]
    ),
}


@pytest.mark.parametrize("message", INFINITE)
def test_infinite_results_are_refused_too(message):
    with detect_anomaly(), pytest.raises(DomainError, match=message):
        INFINITE[message]()


def test_the_first_gradient_that_is_not_finite_is_refused():
    x = ScalarValue(0.0, label="x")
    with detect_anomaly():
        root = sqrt(x) * 2.0
        message = rf"the gradient that sqrt\(0\.0\) sends to 'x' is inf \(operand 'x' = 0\.0; at {HERE}\)"
        with pytest.raises(DomainError, match=message):
            root.backward()
    assert not x.has_grad
    root.backward()
    assert x.grad == math.inf


def test_right_graphs_pass():
    x = ScalarValue(2.0)
    with detect_anomaly():
        (x * x).tanh().backward()
    assert x.grad == pytest.approx(4 * (1 - math.tanh(4) ** 2))


def test_the_error_names_the_line_of_the_user():
    with detect_anomaly(), pytest.raises(DomainError) as caught:
        ScalarValue(1.0) / ScalarValue(0.0)
    line = caught.tb.tb_lineno
    assert f"at test_anomaly.py:{line}" in str(caught.value)


def test_the_origin_is_found_afterwards():
    a, b = ScalarValue(0.0, label="a"), ScalarValue(3.0)
    bad = log(a)
    bad.label = "bad"
    found = why_nonfinite((bad * 2 + b).tanh() * bad)
    assert found.value is bad
    assert str(found) == "log(0.0) is -inf (operand 'a' = 0.0; label 'bad')"


def test_a_leaf_can_be_the_origin():
    x = ScalarValue(math.nan, label="x")
    assert str(why_nonfinite(x * 2)) == "the leaf 'x' is nan (label 'x')"


def test_an_infinite_slope_is_found_where_all_values_are_finite():
    x = ScalarValue(0.0)
    root = sqrt(x * 4) + 1
    assert str(why_nonfinite(root)) == "the derivative of sqrt(0.0) for ScalarValue(data=0.0) is inf"


def test_finite_graphs_have_no_origin():
    x = ScalarValue(2.0)
    assert why_nonfinite(x * x + 1) is None
