"""A traced value can be computed with and not looked at."""

import math
import pickle
import random
from concurrent.futures import ThreadPoolExecutor
from functools import partial

import numpy as np
import pytest
from nanograd.compile import TraceError, capture, compile_graph
from nanograd.compile._trace import traced
from nanograd.compile._tracing import TracedValue, tracing
from nanograd.engine import (
    FLOATS,
    ScalarValue,
    clamp,
    detect_anomaly,
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


def test_a_traced_value_is_shown_without_its_number():
    x, y = leaves()
    with tracing([x, y]):
        assert repr(x) == str(x * y) == f"{x}" == "<a traced value>"
        with pytest.raises(TraceError, match=r"format\(\) needs the value of a traced number"):
            f"{x * y:.3f}"


def test_a_refusal_that_is_caught_stops_the_trace_all_the_same():
    x, y = leaves()

    def caught():
        try:
            return x if x > 1.0 else y
        except Exception:  # noqa: BLE001 - as careless as can be
            return x * y

    with pytest.raises(TraceError, match="`if`"):
        traced(caught, "f", [x], [y])
    assert type(x) is ScalarValue


def test_plain_numbers_are_not_looked_up_by_value():
    x, y = leaves()
    for look in (
        lambda: {2.0: 10.0}.get(x, 1.0) * x,
        lambda: x * len({x, 2.0 * x}),
        lambda: x if x * y in {6.0, 7.0} else y,
    ):
        with pytest.raises(TraceError, match="a set, a dict or hash"):
            traced(look, "f", [x], [y], plain=[x, y])
    names = {y: "y"}  # a parameter is a ScalarValue outside of a trace, too, and is looked up by identity
    assert traced(lambda: x * len(names[y]), "f", [y], [x], plain=[x])


def test_a_trace_sees_everything_that_is_recorded():
    x, y = leaves()

    def out_of_sight():
        with detect_anomaly():
            product = x * y
        return x if product > 0.0 else y

    def elsewhere():
        with ThreadPoolExecutor(1) as pool:
            return x if pool.submit(lambda: x * y).result() > 0.0 else y

    with pytest.raises(TraceError, match=r"detect_anomaly\(\), watch\(\) or another thread"):
        traced(out_of_sight, "f", [x, y], [])
    with pytest.raises(TraceError, match=r"detect_anomaly\(\), watch\(\) or another thread"):
        traced(elsewhere, "f", [x, y], [])


@pytest.mark.parametrize(
    ("combine", "point", "holds"),
    [
        (lambda x, y: (x > 0.0) & (y > 0.0), (1.0, -1.0), False),
        (lambda x, y: (x > 0.0) & (y > 0.0), (1.0, 1.0), True),
        (lambda x, y: (x > 0.0) | (y > 0.0), (1.0, -1.0), True),
        (lambda x, y: (x > 0.0) | (y > 0.0), (-1.0, -1.0), False),
        (lambda x, y: (x > 0.0) ^ (y > 0.0), (1.0, 1.0), False),
        (lambda x, y: (x > 0.0) ^ (y > 0.0), (1.0, -1.0), True),
        (lambda x, y: True & (y > 0.0), (1.0, 1.0), True),
        (lambda x, y: (x > 0.0) | False, (1.0, 1.0), True),
    ],
)
@pytest.mark.parametrize("executor", ["arrays", "tape"])
def test_conditions_are_combined(combine, point, holds, executor):
    x, y = leaves()
    with tracing([x, y]):
        root = where(combine(x, y), 10 * x, 20 * y)
    assert combine(*point) is holds
    value, gradient = compile_graph(root, [x, y], executor=executor).value_and_grad(point)
    assert value == (10 * point[0] if holds else 20 * point[1])
    assert gradient.tolist() == ([10.0, 0.0] if holds else [0.0, 20.0])


def test_indices_and_sizes_are_refused():
    x, y = leaves()
    for look in (range, [1.0, 2.0].__getitem__, lambda value: ~(value > 0.0)):
        with tracing([x, y]), pytest.raises(TraceError, match="needs the value of a traced number"):
            look(x)


def test_programs_with_comparisons_can_be_pickled():
    x, y = leaves()
    with tracing([x, y]):
        root = where((x > y) | (x == 1.0), x.detach() * x, 3 * y)
    for executor in ("arrays", "tape"):
        program = pickle.loads(pickle.dumps(compile_graph(root, [x, y], executor=executor)))
        assert program.value([5.0, 2.0]) == 25.0


def test_random_numbers_are_refused_even_if_they_came_out_alike():
    x, _ = leaves()
    rng = random.Random(0)

    class Layer:
        def __init__(self, generator):
            self.generator = generator

        def __call__(self):
            return x * (0.0 if self.generator.random() < 1e-9 else 2.0)

    def helper():
        return rng.random()

    drawing = [
        lambda: x * (2.0 if helper() >= 0.0 else 0.0),
        lambda: x * (2.0 if random.random() >= 0.0 else 0.0),
        lambda: x * (2.0 if np.random.rand() >= 0.0 else 0.0),  # noqa: NPY002 - as old code does
        Layer(random.Random(1)),
        Layer(np.random.default_rng(2)),
        partial(lambda layers: layers[0](), [Layer(random.Random(3))]),
    ]
    for function in drawing:
        with pytest.raises(TraceError, match="draws random numbers"):
            traced(function, "f", [x], [])
    assert traced(lambda: x * rng.gauss.__name__.count("g"), "f", [x], [])


def test_a_trace_may_be_inside_of_another_one():
    x, y = leaves()
    with tracing([x, y]):
        inner, _ = traced(lambda: x * y, "f", [x], [y])
        assert isinstance(x * y, TracedValue)
    assert (inner.run(FLOATS, [2.0], [5.0])[-1], type(x)) == (10.0, ScalarValue)
