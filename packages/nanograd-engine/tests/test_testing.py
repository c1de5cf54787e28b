"""gradcheck passes right gradients to many digits, and names wrong ones, kinks, jumps and infinities."""

import math
import pickle
import random
from functools import partial

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import (
    OPS,
    ArgumentError,
    NanogradError,
    NumberTypeError,
    Operation,
    ScalarValue,
    clamp,
    enable_grad,
    exp,
    floor,
    grad,
    is_grad_enabled,
    log,
    maximum,
    minimum,
    relu,
    sign,
    sin,
    sqrt,
    tanh,
    where,
)
from nanograd.engine._apply import apply
from nanograd.engine._domains import REALS
from nanograd.engine.testing import GradcheckError, gradcheck, gradgradcheck

inf, nan = math.inf, math.nan


def verdicts(func, inputs, **options):
    return [row.verdict for row in gradcheck(func, inputs, raise_exception=False, **options)]


# ---- right gradients

# Inside every domain but those below, and away from kinks, ties and jumps.
POINTS = {"asin": (0.3,), "acos": (-0.3,), "atanh": (0.3,), "clamp": (0.7, 0.2, 2.5), "round": (1.34, 1)}
POINTS |= {"where": (1.0, 2.0, 3.0), "softmax": (0.4, 1.3), "dot": (1.3, -0.4, 2.2, 0.6)}


def recorded(op, *values):
    return round(values[0], 1) if op.symbol == "round" else apply(op, *values)


@pytest.mark.parametrize("check", [gradcheck, gradgradcheck])
@pytest.mark.parametrize("op", OPS.values(), ids=str)
def test_every_row_of_the_table_passes(op, check):
    point = POINTS.get(op.symbol, (1.34, 2.21, 0.65)[: op.arity])
    checked = point[:1] if op.symbol == "round" else point
    report = check(partial(recorded, op), checked, atol=1e-9, rtol=1e-9)
    assert report
    assert len(report) == len(checked) ** (2 if check is gradgradcheck else 1)


@pytest.mark.parametrize(
    "op", ["sin", "tanh", "relu", "abs", "asinh", "cbrt", "atan", "gelu", "sigmoid", "cosh"]
)
@given(data=st.data())
def test_no_point_is_refused_where_the_function_is_smooth(op, data):
    x = data.draw(st.floats(-30.0, 30.0).filter(lambda x: abs(x) > 1e-6))
    assert gradcheck(partial(apply, OPS[op]), [x])


@pytest.mark.parametrize(
    ("func", "x"),
    [
        (log, 1e-8),
        (log, 1e8),
        (exp, 1e-8),
        (exp, 700.0),
        (sin, 1e8),
        (lambda x: x**3, 1e-8),
        (lambda x: x**3, 1e8),
        (lambda x: 1 / x, 1e-8),
        (lambda x: 1e8 * x + 1e-8, 1.0),
        (sqrt, 1e-300),
        (lambda x: x * x, 1e150),
        (lambda x: x * x, 0.0),
        (lambda x: 3 * x, 5e-324),
    ],
    ids=range(13),
)
def test_steps_fit_extreme_magnitudes(func, x):
    (row,) = gradcheck(func, [x], atol=1e-12, rtol=1e-7)
    assert row.numeric == pytest.approx(row.analytic, rel=1e-7, abs=1e-12)


def test_the_numeric_derivative_has_ten_digits():
    (row,) = gradcheck(lambda x: tanh(x) * exp(x), 0.7)
    truth = (1 - math.tanh(0.7) ** 2 + math.tanh(0.7)) * math.exp(0.7)
    assert row.numeric == pytest.approx(truth, rel=1e-11)
    assert abs(row.numeric - truth) <= row.uncertainty <= 1e-9


def test_a_point_beside_a_kink_is_smooth():
    for distance in (1e-3, -1e-5, 1e-8):
        assert gradcheck(relu, distance)
        assert gradcheck(lambda x, kink=distance: abs(x - 1 - kink) * 3, 1.0)


def test_inputs_may_be_nested_and_outputs_several():
    def affine(weights, point, settings):
        return [sum(w * x for w, x in zip(row, point, strict=True)) + settings["bias"] for row in weights]

    report = gradcheck(affine, ([[1.0, 2.0], [3.0, 4.0]], (5.0, 6.0), {"bias": 7}))
    assert [row.output for row in report] == ["output 0"] * 7 + ["output 1"] * 7
    assert [row.input for row in report][4:7] == ["inputs[1][0]", "inputs[1][1]", "inputs[2]['bias']"]
    assert [row.analytic for row in report][:7] == [5.0, 6.0, 0.0, 0.0, 1.0, 2.0, 1.0]


def test_values_that_the_function_uses_by_itself_can_be_inputs():
    weight, bias = ScalarValue(2.0, label="weight"), ScalarValue(3)
    report = gradcheck(lambda *_: tanh(weight * 0.3 + bias), iter([weight, bias]))
    assert [(row.label, row.value) for row in report] == [("weight", 2.0), (None, 3)]


def test_values_are_left_as_they_were():
    x, y, unused = ScalarValue(2, label="x"), ScalarValue(3.0), ScalarValue(4.0)
    (x * y).backward()
    gradcheck(lambda a, b, c: a * b**2, [x, y, unused])
    gradgradcheck(lambda a, b, c: a * b**2, [x, y, unused])
    assert (x.grad, y.grad, unused.has_grad) == (3.0, 2, False)
    assert (x.data, type(x.data), y.data) == (2, int, 3.0)
    with pytest.raises(ZeroDivisionError):
        gradcheck(lambda a: a * (1 if a.data == 2 else 1 / 0), [x])
    assert (x.data, is_grad_enabled()) == (2, True)


def test_a_constant_is_not_checked():
    x = ScalarValue(2.0)
    assert [row.input for row in gradcheck(lambda a, b: a * b, [x.detach(), x])] == ["inputs[1]"]


def test_a_function_may_differentiate():
    def slope(x):
        return grad(x**3, x, create_graph=True)[0]

    assert gradcheck(slope, [ScalarValue(2.0)])


# ---- wrong gradients


def test_a_wrong_row_is_caught_and_the_input_named():
    wrong = Operation(
        "wrong", 2, lambda m, x, y: x * y, (lambda m, o, x, y: y, lambda m, o, x, y: 2 * x), (REALS,) * 2, ()
    )
    with pytest.raises(GradcheckError) as error:
        gradcheck(partial(apply, wrong), [ScalarValue(3.0, label="a"), ScalarValue(5.0, label="b")])
    assert str(error.value) == (
        "gradcheck: 1 of 2 derivatives failed\n"
        "backward() says 6 for inputs[1] ('b') and not 3\n"
        "input        value  analytic  numeric  error  allowed\n"
        "inputs[0] a  3      5         5        0      0.00501  right\n"
        "inputs[1] b  5      6         3        3      0.00301  wrong"
    )
    assert isinstance(error.value, NanogradError)
    assert isinstance(error.value, RuntimeError)
    assert [row.verdict for row in error.value.report] == ["right", "wrong"]


@pytest.mark.parametrize("factor", [1.0001, 1 - 1e-8])
def test_strict_tolerances_see_small_mistakes(factor):
    wrong = Operation("wrong", 1, lambda m, x: m.sin(x), (lambda m, o, x: m.cos(x) * factor,), (REALS,), ())
    assert verdicts(partial(apply, wrong), [0.4]) == ["right"]
    assert verdicts(partial(apply, wrong), [0.4], atol=0.0, rtol=1e-9) == ["wrong"]


def test_a_wrong_second_derivative_is_caught():
    # The value and the derivative are those of sin, the derivative's derivative is not.
    cosine = Operation("cosine", 1, lambda m, x: m.cos(x), (lambda m, o, x: m.sin(x),), (REALS,), ())
    sine = Operation("sine", 1, lambda m, x: m.sin(x), (lambda m, o, x: apply(cosine, x),), (REALS,), ())
    assert gradcheck(partial(apply, sine), [0.4])
    with pytest.raises(
        GradcheckError, match=r"gradgradcheck: 1 of 1 derivatives failed\nbackward\(\) says 0.389"
    ):
        gradgradcheck(partial(apply, sine), [0.4])


def test_a_lost_history_is_caught():
    with pytest.raises(GradcheckError, match=r"backward\(\) says 0 for inputs\[0\] and not 4"):
        gradcheck(lambda x: x.detach() ** 2, [2.0])
    with pytest.raises(GradcheckError, match=r"backward\(\) says 6 for inputs\[0\] and not 12"):
        gradgradcheck(lambda x: x.detach() * 3 * x**2, [1.0])


def test_two_wrong_conventions_do_not_make_a_right_one():
    with pytest.raises(
        GradcheckError, match=r"(?s)says 0 for inputs\[0\] and not 1\n.*convention: relu\(-0.0\)$"
    ):
        gradcheck(lambda x: relu(x) - relu(-x), [0.0])


# ---- where there is no derivative


@pytest.mark.parametrize(
    ("func", "inputs", "slopes", "note"),
    [
        (relu, [0.0], "0 to the left and 1 to the right, and backward() says 0", "relu(0.0)"),
        (abs, [0.0], "-1 to the left and 1 to the right, and backward() says 0", "abs(0.0)"),
        (lambda x: abs(x - 2) * 3, [2.0], "-3 to the left and 3 to the right", "abs(0.0)"),
        (lambda x: x.leaky_relu(0.25), [0.0], "0.25 to the left and 1 to the right", "leaky_relu(0.0, 0.25)"),
        (lambda x: x.elu(2.0), [0.0], "2 to the left and 1 to the right", "elu(0.0, 2.0)"),
        (lambda x: maximum(x, 2.0), [2.0], "0 to the left and 1 to the right", "maximum(2.0, 2.0)"),
        (lambda x: minimum(2.0, x), [2.0], "1 to the left and 0 to the right", "minimum(2.0, 2.0)"),
        (lambda x: clamp(x, 0.0, 2.0), [2.0], "1 to the left and 0 to the right", "clamp(2.0, 0.0, 2.0)"),
    ],
    ids=range(8),
)
def test_a_kink_is_named_with_both_slopes(func, inputs, slopes, note):
    with pytest.raises(GradcheckError) as error:
        gradcheck(func, inputs)
    assert f"inputs[0] is at a kink: the slope is {slopes}" in str(error.value)
    assert str(error.value).endswith(f"is at a point where its derivative is a convention: {note}")


def test_a_tie_that_lies_in_the_middle_does_not_pass():
    report = gradcheck(maximum, [2.0, 2.0], raise_exception=False)
    assert [(row.verdict, row.analytic, row.numeric) for row in report] == [("kink", 0.5, 0.5)] * 2


def test_a_kink_of_the_user_s_own_is_found():
    assert verdicts(lambda x: x * 2 if x > 1 else x + 1, [1.0]) == ["kink"]
    assert verdicts(lambda x: where(x > 1, x * 2, x + 1), [1.0]) == ["kink"]


def test_a_kink_that_the_function_smooths_away_passes_with_a_note():
    report = gradcheck(lambda x: relu(x) ** 2, [0.0])
    assert report.notes == ("relu is at a point where its derivative is a convention: relu(0.0)",)
    assert str(report).endswith(report.notes[0])
    assert [row.verdict for row in gradgradcheck(lambda x: relu(x) ** 2, [0.0], raise_exception=False)] == [
        "kink"
    ]


@pytest.mark.parametrize("func", [sign, floor, lambda x: x * 3 + sign(x), lambda x: x % 2], ids=range(4))
def test_a_jump_is_named(func):
    with pytest.raises(GradcheckError, match=r"inputs\[0\] is at a jump: output 0 changes there by [12]"):
        gradcheck(func, [0.0])


@pytest.mark.parametrize(
    ("func", "x", "message"),
    [
        (log, 0.0, r"output 0 is -inf, so it has no derivative by inputs\[0\]"),
        (log, -1.0, r"output 0 is nan"),
        (exp, 1000.0, r"output 0 is inf"),
        (sqrt, 0.0, r"backward\(\) says inf for inputs\[0\]"),
        (lambda x: x.cbrt(), 0.0, r"backward\(\) says inf for inputs\[0\]"),
        (lambda x: x.hypot(0.0), 0.0, r"backward\(\) says nan for inputs\[0\]"),
        (lambda x: x**1.5, 0.0, r"inputs\[0\] is at the border of where output 0 is finite"),
    ],
    ids=range(7),
)
def test_what_is_not_finite_is_named(func, x, message):
    with pytest.raises(GradcheckError, match=message):
        gradcheck(func, [x])
    assert verdicts(func, [x]) == ["not finite"]


def test_what_differences_cannot_tell_does_not_pass():
    def noisy(x):
        return x + random.Random(x.data).uniform(-1e-3, 1e-3)

    with pytest.raises(GradcheckError, match=r"for inputs\[0\] is known to ±\S+ only, and \S+ is allowed"):
        gradcheck(noisy, [0.3])


# ---- what makes no sense


@pytest.mark.parametrize(
    ("func", "inputs", "options", "error", "message"),
    [
        (relu, [], {}, ArgumentError, "has no value that requires a gradient, so there is nothing to check"),
        (relu, [ScalarValue(1.0).detach()], {}, ArgumentError, "has no value that requires a gradient"),
        (relu, ["1"], {}, NumberTypeError, r"gradcheck\(inputs\[0\]\) takes a real number and got str: '1'"),
        (relu, "1", {}, NumberTypeError, r"gradcheck\(inputs\[0\]\) takes a real number and got str: '1'"),
        (lambda x: None, [1.0], {}, NumberTypeError, "this one returned NoneType: None"),
        (lambda x: [], [1.0], {}, ArgumentError, "a function that returns no outputs"),
        (relu, [1.0], {"eps": 0.0}, ArgumentError, r"got eps=0.0, atol=1e-05, rtol=0.001: eps lies between"),
        (relu, [1.0], {"atol": -1.0}, ArgumentError, "atol and rtol are not negative"),
        (relu, [1.0], {"atol": 0.0, "rtol": 0.0}, ArgumentError, "and one of them is positive"),
    ],
    ids=range(9),
)
def test_what_makes_no_sense_is_refused(func, inputs, options, error, message):
    with pytest.raises(error, match=message):
        gradcheck(func, inputs, **options)


def test_a_function_that_changes_is_refused():
    calls = iter(range(100))
    with pytest.raises(
        ArgumentError, match=r"not deterministic: output 0 was 0\.0, and 2\.0 when it was called"
    ):
        gradcheck(lambda x: x * next(calls), [2.0])
    with pytest.raises(ArgumentError, match="returned 2 outputs, and 3 when it was called again"):
        gradcheck(lambda x: [x] * next(calls), [2.0])


# ---- second derivatives and the report


def test_grad_outputs_weigh_the_outputs():
    report = gradgradcheck(lambda x: [x**2, x**3], [2.0], [1.0, 10.0])
    assert [(row.output, row.analytic) for row in report] == [("d/d inputs[0]", 122.0)]
    report = gradgradcheck(lambda x: [x**2, x**3], [2.0])
    assert [(row.output, row.analytic) for row in report] == [
        ("d/d inputs[0] of output 0", 2.0),
        ("d/d inputs[0] of output 1", 12.0),
    ]
    with pytest.raises(ArgumentError, match="2 roots and 1 gradients"):
        gradgradcheck(lambda x: [x**2, x**3], [2.0], 1.0)


def test_second_derivatives_that_are_zero_pass():
    assert gradgradcheck(lambda x, y: 3 * x + 2, [2.0, 3.0])
    with enable_grad():
        assert gradgradcheck(lambda x: ScalarValue(1.0), [2.0])


def test_a_report_tells_itself():
    report = gradcheck(lambda x, y: abs(x) + y, [0.0, 1.0], raise_exception=False)
    assert (bool(report), len(report), [row.input for row in report.failures]) == (False, 2, ["inputs[0]"])
    assert repr(report) == "<GradcheckReport of gradcheck: 2 derivatives, 1 failed>"
    assert str(pickle.loads(pickle.dumps(GradcheckError(report)))) == str(report)
