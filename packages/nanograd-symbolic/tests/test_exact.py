"""Exact evaluation holds the floats against fractions and many digits, and says where digits were lost."""

import io
import json
import math
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import OPS, ArgumentError, GraphError, ScalarValue, custom_op, sum_
from nanograd.engine._apply import apply
from nanograd.symbolic import NoExactValueError, evaluate_exact
from rich.console import Console

numbers = st.floats(-100, 100)


@given(numbers, numbers, numbers)
def test_fractions_are_what_fractions_compute(a, b, c):
    x, y, z = (ScalarValue(number) for number in (a, b, c))
    report = evaluate_exact((x * y - z) * (x + y) + z / 3, numbers="fraction")
    p, q, r = Fraction(a), Fraction(b), Fraction(c)
    assert report.value == (p * q - r) * (p + q) + r / 3
    assert report.gradients[x] == q * (p + q) + (p * q - r)
    assert report.gradients[z] == -(p + q) + Fraction(1, 3)
    assert report.is_settled


POINTS = {"acosh": (1.5,), "**": (1.5, 2.5), "dot": (1.5, 0.25, 0.5, 3.0), "round": (2.675, 2.0)}
EXACT = {
    "exp": mpmath.exp,
    "log": mpmath.log,
    "sqrt": mpmath.sqrt,
    "tanh": mpmath.tanh,
    "erf": mpmath.erf,
    "atan2": mpmath.atan2,
    "cbrt": mpmath.cbrt,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "softplus": lambda x: mpmath.log(1 + mpmath.exp(x)),
    "gelu": lambda x: x * (1 + mpmath.erf(x / mpmath.sqrt(2))) / 2,
    "logsumexp": lambda *xs: mpmath.log(sum(map(mpmath.exp, xs))),
    "round": lambda x, y: mpmath.mpf("2.67"),
    "%": lambda x, y: x - y * mpmath.floor(x / y),
    "**": lambda x, y: x**y,
}


@pytest.mark.parametrize("op", OPS.values(), ids=str)
def test_every_operation_has_many_digits(op):
    arity = op.arity or {"dot": 4}.get(op.symbol, 3)
    point = POINTS.get(op.symbol, (0.5, 0.75, 0.625, 1.5)[:arity])
    leaves = [ScalarValue(number) for number in point]
    report = evaluate_exact(apply(op, *leaves), digits=40)
    assert report.is_settled
    assert report.worst.ulps <= 4
    assert (report.worst_gradient.gradient_ulps or 0) <= 8
    if op.symbol in EXACT:
        with mpmath.workdps(60):
            exact = EXACT[op.symbol](*map(mpmath.mpf, point))
            assert abs(mpmath.mpf(report.value) - exact) <= abs(exact) * mpmath.mpf(10) ** -40


@pytest.mark.parametrize("x", [0.0, -1.0, math.inf, -math.inf, math.nan])
@pytest.mark.parametrize("symbol", ["log", "log1p", "sqrt", "exp", "sin", "atanh", "sigmoid", "relu", "gelu"])
def test_edges_are_what_floats_say(symbol, x):
    report = evaluate_exact(apply(OPS[symbol], ScalarValue(x)))
    assert report.worst.ulps <= 1


def test_division_by_zero_is_infinite():
    x = ScalarValue(0.0)
    assert evaluate_exact(1 / x).value == mpmath.inf
    assert evaluate_exact(x ** ScalarValue(-1)).value == mpmath.inf


def test_catastrophic_cancellation_is_flagged_where_it_happens():
    x = ScalarValue(1e8, label="x")
    square = x * x
    lost = (square + 1.1) - square
    lost.label = "lost"
    report = evaluate_exact(lost * 2)
    assert [error.node.label for error in report if error.is_cancellation] == ["lost"]
    (error,) = [error for error in report if error.node is lost]
    assert "catastrophic cancellation" in error.remark
    assert error.condition > 1e15
    assert float(report.value) == pytest.approx(2.2, rel=1e-15)


def test_a_harmless_difference_is_not_flagged():
    report = evaluate_exact(ScalarValue(1e8) - (1e8 - 1))
    assert not any(error.is_cancellation for error in report)
    assert report.worst.ulps == 0.0


def test_digits_that_cancel_are_made_up_for():
    # 1 - tanh(100)**2 is 6e-87: at 50 digits nothing would be left of it.
    x = ScalarValue(100.0)
    report = evaluate_exact(x.tanh(), digits=50)
    with mpmath.workdps(200):
        slope = 1 / mpmath.cosh(100) ** 2
        assert abs(mpmath.mpf(report.gradients[x]) / slope - 1) < mpmath.mpf(10) ** -49
    assert report.is_settled


def test_the_precision_of_others_is_left_alone():
    before = mpmath.mp.dps
    evaluate_exact(ScalarValue(2.0).log(), digits=200)
    assert mpmath.mp.dps == before


def test_gradients_of_the_graph_are_left_alone():
    x = ScalarValue(3.0)
    y = x * x
    evaluate_exact(y)
    assert not x.has_grad
    y.backward()
    evaluate_exact(y)
    assert x.grad == 6.0


def test_integers_and_fractions_are_exact():
    x = ScalarValue(Fraction(1, 3))
    report = evaluate_exact(x * 3 + 2, numbers="fraction")
    assert (report.value, report.gradients[x], report.worst.ulps) == (3, 3, 0.0)


def test_ties_and_choices_are_rational():
    x, y = ScalarValue(0.5), ScalarValue(0.5)
    root = apply(OPS["maximum"], x, y) + x.relu() + abs(y) + x.floor() + x % 0.3 + x**-2
    report = evaluate_exact(root, numbers="fraction")
    assert report.gradients[y] == Fraction(3, 2)
    assert report.gradients[x] == Fraction(1, 2) + 1 + 1 - 2 / Fraction(0.5) ** 3


def test_what_is_not_rational_is_named():
    x = ScalarValue(2.0)
    root = (x * 2).exp()
    root.label = "growth"
    with pytest.raises(NoExactValueError, match=r"exp \('growth'\) has no exact value .* at 4.0"):
        evaluate_exact(root + 1, numbers="fraction")
    with pytest.raises(NoExactValueError, match=r"\*\* has no exact value"):
        evaluate_exact(x**0.5, numbers="fraction")
    with pytest.raises(NoExactValueError, match="/ has no exact value"):
        evaluate_exact(x / ScalarValue(0.0), numbers="fraction")


def test_fractions_that_explode_are_refused():
    value = ScalarValue(1.1)
    for _ in range(40):
        value = value * value * 0.5
    with pytest.raises(NoExactValueError, match="has more than 1000000 bits"):
        evaluate_exact(value, numbers="fraction")
    assert evaluate_exact(value).is_settled


def test_numbers_changed_since_are_refused():
    x = ScalarValue(2.0)
    y = x * x
    x.data = 3.0
    with pytest.raises(GraphError, match=r"was changed after it had been used: it would be 9.0 now"):
        evaluate_exact(y)


@pytest.mark.parametrize("wrong", [{"numbers": "decimal"}, {"digits": 0}, {"digits": 2.5}, {"digits": True}])
def test_wrong_arguments_are_refused(wrong):
    with pytest.raises(ArgumentError, match=r"evaluate_exact\("):
        evaluate_exact(ScalarValue(1.0), **wrong)


def test_constants_have_values_and_no_gradients():
    report = evaluate_exact(ScalarValue(2.0).detach() * 3)
    assert report.gradients == {}
    assert report.value == 6


def test_a_report_prints_with_the_worst_first_and_labels_are_texts():
    x = ScalarValue(1e8, label="[red]x[/red]\n")
    root = (x * x + 1.1) - x * x
    report = evaluate_exact(root)
    lines = str(report).splitlines()
    assert lines[0] == "rounding errors of 6 nodes against 50 digits"
    assert lines[2].startswith("- #")
    assert "catastrophic cancellation" in lines[2]
    out = io.StringIO()
    Console(file=out, width=120).print(report)
    assert "[red]x[/red]" in out.getvalue()
    assert json.loads(json.dumps(report.as_dict()))["nodes"][0]["ulps"] == 0.0
    assert len(report) == 6


def test_a_long_report_shows_the_worst_only():
    report = evaluate_exact(sum(ScalarValue(0.1 * index) for index in range(30)))
    assert "the worst 20 shown" in str(report)
    assert len(str(report).splitlines()) == 22


def test_ten_thousand_nodes_deep_is_no_recursion():
    value = ScalarValue(0.5)
    for _ in range(3_000):
        value = value * 0.999 + 0.001
    assert evaluate_exact(sum_([value, 1.0]), digits=20).is_settled


def test_a_rule_that_leaves_the_number_system_is_refused():
    operation = custom_op("exp_by_floats", lambda m, x: math.exp(x), [lambda m, o, x: o])
    with pytest.raises(NoExactValueError, match="'exp_by_floats' has no value with more digits"):
        evaluate_exact(operation(ScalarValue(0.5)))


def test_a_rule_may_have_whole_floats_for_constants():
    operation = custom_op(
        "ramp", lambda m, x: m.where(x > 0, x, 0.0), [lambda m, o, x: m.where(x > 0, 1.0, 0.0)]
    )
    assert evaluate_exact(operation(ScalarValue(-0.5)) + ScalarValue(0.1)).value == 0.1


def test_whole_numbers_beyond_the_largest_float_are_infinite_in_float():
    report = evaluate_exact(ScalarValue(10**400, label="a") * 3)
    assert abs(report.value / 10**400 - 3) < 1e-48
    assert "inf" in str(report)
    assert evaluate_exact(ScalarValue(10**400) * 3, numbers="fraction").value == 3 * 10**400
    assert str(evaluate_exact(ScalarValue(0.5))).startswith("rounding errors of 1 node against")
