"""A traced value can be computed with and not looked at."""

import math

import pytest
from nanograd.compile import TraceError, capture, compile_graph
from nanograd.compile._trace import traced
from nanograd.compile._tracing import TracedValue, tracing
from nanograd.engine import (
    FLOATS,
    ScalarValue,
    clamp,
    dot,
    grad,
    logsumexp,
    maximum,
    no_grad,
    prod,
    scope,
    softmax,
    sum_,
    where,
)


def leaves():
    return ScalarValue(2.0, label="x"), ScalarValue(3.0, label="y")


@pytest.mark.parametrize(
    "compute",
    [
        lambda x, y: x + y,
        lambda x, y: 1 - x,
        lambda x, y: -x,
        lambda x, y: x.exp(),
        lambda x, y: maximum(0.0, x),
        lambda x, y: sum_([1.0, x]),
        lambda x, y: dot([1.0, 2.0], [x, y]),
        lambda x, y: prod([2.0, y]),
        lambda x, y: logsumexp([x, 1.0]),
        lambda x, y: clamp(x, 0.0, 1.0),
        lambda x, y: where(x > y, x, y),
        lambda x, y: softmax([x, y])[0],
        lambda x, y: x.detach(),
        lambda x, y: x > 1.0,
        lambda x, y: round(x, 2),
        lambda x, y: divmod(x, y)[0],
        lambda x, y: x,
    ],
    ids=range(17),
)
@pytest.mark.parametrize(
    ("look", "words"),
    [
        (lambda value: 1 if value else 2, "`if`"),
        (lambda value: float(value), r"float\(\)"),
        (lambda value: math.exp(value), r"float\(\) or a function of `math`"),
        (lambda value: int(value), r"int\(\)"),
        (lambda value: value.data, "`.data`"),
        (lambda value: value.grad, "`.grad`"),
        (lambda value: value.item(), r"item\(\)"),
        (lambda value: max(value, 1.0), r"max\(\)"),
        (lambda value: value == 1.0 and value, "`and`"),
        (lambda value: value.backward(), r"backward\(\)"),
        (lambda value: setattr(value, "data", 1.0), "`.data`"),
    ],
    ids=["if", "float", "math", "int", "data", "grad", "item", "max", "and", "backward", "assignment"],
)
def test_looking_at_any_traced_value_is_refused(compute, look, words):
    x, y = leaves()
    with tracing([x, y]), pytest.raises(TraceError, match=rf"{words}.*\(test_tracing.py:\d+\).*use where"):
        look(compute(x, y))


def test_gradients_and_plain_numbers_are_refused():
    x, y = leaves()
    with tracing([x, y]):
        with pytest.raises(TraceError, match=r"grad\(\)"):
            grad(x * y, [x])
        with no_grad(), pytest.raises(TraceError, match=r"no_grad\(\) gives plain numbers"):
            dot([x], [y])
        with pytest.raises(TraceError, match=r"where\(\) with a function as a branch"):
            where(x > y, lambda: x, lambda: y)


def test_values_are_their_own_kind_again_afterwards():
    class Parameter(ScalarValue):
        __slots__ = ()

    x, p = ScalarValue(2.0), Parameter(3.0)
    made = []

    def stopped():
        assert isinstance(p, TracedValue)
        assert isinstance(p, Parameter)
        made.append(x * p)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError), tracing([x, p]):
        stopped()
    (y,) = made
    assert [type(x), type(p), type(y)] == [ScalarValue, Parameter, ScalarValue]
    assert y.data == 6.0


def test_constants_are_not_traced():
    x, _ = leaves()
    with tracing([x]):
        constant = ScalarValue(2.0) * 3.0
        assert float(constant) == 6.0


@pytest.mark.parametrize(
    ("compare", "at"),
    [
        (lambda x, y: x > y, (3.0, 2.0)),
        (lambda x, y: x >= y, (2.0, 2.0)),
        (lambda x, y: x < y, (1.0, 2.0)),
        (lambda x, y: x <= y, (2.0, 2.0)),
        (lambda x, y: x == y, (2.0, 2.0)),
        (lambda x, y: x != y, (1.0, 2.0)),
        (lambda x, y: y < 2.5, (1.0, 2.0)),
    ],
    ids=[">", ">=", "<", "<=", "==", "!=", "reflected"],
)
def test_a_comparison_is_chosen_by_anew_for_other_numbers(compare, at):
    x, y = leaves()
    with tracing([x, y]):
        root = where(compare(x, y), 10 * x, 20 * y)
    program = compile_graph(root, [x, y])
    for point in (at, at[::-1], (5.0, -5.0), (math.nan, 1.0)):
        expected = 10 * point[0] if compare(*point) else 20 * point[1]
        value, gradient = program.value_and_grad(point)
        assert value == pytest.approx(expected, nan_ok=True)
        assert gradient.tolist() == ([10.0, 0.0] if compare(*point) else [0.0, 20.0])


def test_a_detached_value_is_computed_anew_and_has_no_gradient():
    x, _ = leaves()
    with tracing([x]):
        root = x.detach() * x
    assert compile_graph(root, [x]).value_and_grad([5.0])[1].tolist() == [5.0]


def test_scopes_are_kept():
    x, _ = leaves()
    with tracing([x]), scope("layer"):
        root = x * x
    assert str(capture(root, inputs=[x]).scopes[-1]) == "layer"


def test_random_numbers_and_changes_outside_are_refused():
    x, _ = leaves()
    calls = []

    def changing():
        calls.append(1)
        return x * len(calls)

    with pytest.raises(TraceError, match="f does not do the same when it is called twice"):
        traced(changing, "f", [x], [])
    with pytest.raises(TraceError, match=r"f is compiled for one number .* returned float: 1\.0"):
        traced(lambda: 1.0, "f", [x], [])
    program, order = traced(lambda: x * 2, "f", [x], [])
    assert (order[-1].data, program.run(FLOATS, [5.0])[-1]) == (4.0, 10.0)
