"""Gradients of gradients: grad(), create_graph, inputs, hooks."""

import copy
import gc
import math
import pickle
import weakref
from fractions import Fraction

import pytest
import sympy
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import (
    OPS,
    ArgumentError,
    GraphError,
    NumberTypeError,
    ScalarValue,
    backward,
    exp,
    grad,
    leaves,
    logsumexp,
    no_grad,
    sin,
    softmax,
    why_nonfinite,
)
from nanograd.engine._apply import apply


def derivatives(function, at, orders):
    """Return the first ``orders`` derivatives of a function of one number."""
    x = ScalarValue(at)
    value, found = function(x), []
    for _ in range(orders):
        (value,) = grad(value, x, create_graph=True)
        found.append(value.data)
    return found


FUNCTIONS = {
    "polynomial": (lambda x: x**5 - 3 * x**2, lambda x: x**5 - 3 * x**2),
    "tanh": (lambda x: x.tanh(), sympy.tanh),
    "product": (lambda x: exp(x) * sin(x), lambda x: sympy.exp(x) * sympy.sin(x)),
    "quotient": (lambda x: x / (1 + x * x), lambda x: x / (1 + x**2)),
    "sigmoid": (lambda x: x.sigmoid(), lambda x: 1 / (1 + sympy.exp(-x))),
    "power": (lambda x: x**x, lambda x: x**x),
    "gelu": (lambda x: x.gelu(), lambda x: x * (1 + sympy.erf(x / sympy.sqrt(2))) / 2),
    "softplus": (lambda x: x.softplus(), lambda x: sympy.log(1 + sympy.exp(x))),
}


@pytest.mark.parametrize("name", FUNCTIONS)
def test_five_derivatives_equal_those_of_sympy(name):
    ours, formula = FUNCTIONS[name]
    x = sympy.Symbol("x", positive=True)
    expected = [float(sympy.diff(formula(x), x, order).subs(x, 0.7).evalf(30)) for order in range(1, 6)]
    assert derivatives(ours, 0.7, 5) == pytest.approx(expected, rel=1e-11)


@pytest.mark.parametrize("symbol", [symbol for symbol in OPS if symbol not in {"round", "%"}])
def test_every_row_can_be_differentiated_twice(symbol):
    op = OPS[symbol]
    start = [1.3, 0.4, 2.2, 0.9][: op.arity or 4]
    if op.domain[0].high == 1.0:
        start[0] = 0.3
    values = [ScalarValue(number) for number in start]
    first = grad(apply(op, *values), values, create_graph=True)
    step = 1e-6
    for index, slope in enumerate(first):
        second = [None] * len(values)
        if slope.requires_grad:
            second = grad(slope, values, allow_unused=True)
        for other, analytic in enumerate(second):
            moved = [ScalarValue(n + step * (k == other)) for k, n in enumerate(start)]
            back = [ScalarValue(n - step * (k == other)) for k, n in enumerate(start)]
            difference = grad(apply(op, *moved), moved)[index] - grad(apply(op, *back), back)[index]
            assert (analytic or 0.0) == pytest.approx(difference / (2 * step), rel=1e-4, abs=1e-6)


def test_grad_stores_nothing():
    x = ScalarValue(3.0)
    y = x * x
    assert grad(y, [x, y]) == (6.0, 1.0)
    assert (x.has_grad, y.has_grad) == (False, False)


def test_several_outputs_and_their_gradients():
    x, y = ScalarValue(2.0), ScalarValue(5.0)
    assert grad([x * y, x], [x, y], [1.0, 10.0]) == (15.0, 2.0)
    assert grad(x * y, x, ScalarValue(3.0)) == (15.0,)


def test_an_input_that_nothing_depends_on_is_refused_or_none():
    x, unused = ScalarValue(3.0), ScalarValue(1.0, label="unused")
    with pytest.raises(
        GraphError, match=r"input 1, ScalarValue\(data=1.0\) \('unused'\), that no output depends on"
    ):
        grad(x * x, [x, unused])
    assert grad(x * x, [x, unused], allow_unused=True) == (6.0, None)
    with pytest.raises(GraphError, match=r"input 0, ScalarValue\(data=2.0\), that needs no gradient"):
        grad(x * x, ScalarValue(2.0).detach())
    with pytest.raises(GraphError, match=r"grad\(\) starts at ScalarValue\(data=9.0\), which needs no"):
        grad((x * x).detach(), x)
    with pytest.raises(ArgumentError, match=r"grad\(\) got 1 roots and 2 gradients"):
        grad(x * x, x, [1.0, 2.0])


def test_an_input_whose_path_is_a_constant_gets_0():
    x = ScalarValue(3.0)
    dropped = x * 2
    y = dropped.detach() * x + dropped * 0
    assert grad(y, x) == (6.0,)


def test_recorded_gradients_are_values_even_where_they_are_constant():
    x = ScalarValue(3.0)
    (slope,) = grad(2 * x, x, create_graph=True)
    assert isinstance(slope, ScalarValue)
    assert not slope.requires_grad


def test_backward_can_record_itself():
    x = ScalarValue(2.0)
    (x**3).backward(create_graph=True)
    slope = x.grad
    assert slope.data == 12.0
    x.zero_grad()
    slope.backward()
    assert x.grad == 12.0


def test_recorded_gradients_accumulate():
    x = ScalarValue(2.0)
    y = x**3
    y.backward(create_graph=True)
    y.backward(create_graph=True)
    assert x.grad.data == 24.0


def test_recording_works_under_no_grad():
    x = ScalarValue(2.0)
    y = x**3
    with no_grad():
        (slope,) = grad(y, x, create_graph=True)
    assert grad(slope, x) == (12.0,)


def test_recorded_gradients_of_changed_numbers_are_refused():
    x, y = ScalarValue(2.0), ScalarValue(3.0)
    z = x * y
    y.data = 30.0
    assert grad(z, x) == (3.0,)
    with pytest.raises(
        GraphError, match=r"after it had been used: a derivative of '\*' was 3.0 then and is 30.0"
    ):
        grad(z, x, create_graph=True)


def test_inputs_get_gradients_and_no_others():
    x, y = ScalarValue(2.0), ScalarValue(3.0)
    inner = x * y
    z = inner * inner
    z.backward(inputs=[x, inner])
    assert (x.grad, inner.grad, y.has_grad, z.has_grad) == (36.0, 12.0, False, False)
    z.backward(inputs=[x])
    assert x.grad == 72.0


def test_fractions_stay_exact_in_higher_orders():
    x = ScalarValue(Fraction(1, 3))
    (first,) = grad(x**4 / 2, x, create_graph=True)
    (second,) = grad(first, x, create_graph=True)
    assert (first.data, second.data) == (Fraction(2, 27), Fraction(2, 3))
    assert isinstance(second.data, Fraction)


@pytest.mark.parametrize(
    "values", [(math.inf, 0.0), (0.0, math.inf), (math.inf, math.inf), (-math.inf, -math.inf)]
)
def test_softmax_of_infinities_is_nan_for_all_as_in_pytorch(values):
    assert all(math.isnan(o) for o in softmax(values))
    assert all(math.isnan(o.data) for o in softmax([ScalarValue(x) for x in values]))


def test_softmax_of_nothing_is_refused_by_its_name():
    with pytest.raises(ArgumentError, match=r"softmax\(values\) needs at least one value and got none"):
        softmax([])


def test_softmax_has_the_gradient_of_its_formula():
    values = [ScalarValue(number) for number in (1.0, 2.0, 700.0)]
    outputs = softmax(values)
    s = [output.data for output in outputs]
    assert sum(s) == pytest.approx(1.0, abs=1e-15)
    for i, output in enumerate(outputs):
        expected = [s[i] * ((i == j) - s[j]) for j in range(3)]
        assert grad(output, values) == pytest.approx(expected, rel=1e-12, abs=1e-300)


@given(st.lists(st.floats(-20, 20), min_size=1, max_size=6))
def test_the_hessian_of_logsumexp_is_symmetric_and_sums_to_0(numbers):
    values = [ScalarValue(number) for number in numbers]
    rows = [
        [float(h or 0.0) for h in grad(slope, values, allow_unused=True)] if slope.requires_grad else []
        for slope in grad(logsumexp(values), values, create_graph=True)
    ]
    for i, row in enumerate(rows):
        assert sum(row) == pytest.approx(0.0, abs=1e-12)
        for j, element in enumerate(row):
            assert element == pytest.approx(rows[j][i], abs=1e-12)


def test_a_second_derivative_goes_ten_thousand_operations_deep():
    x = value = ScalarValue(0.5)
    for _ in range(5_000):
        value = (value * 1.0001).sin()
    (first,) = grad(value, x, create_graph=True)
    (second,) = grad(first, x)
    assert math.isfinite(second)


def test_a_hook_sees_the_whole_gradient_once_and_may_replace_it():
    x = ScalarValue(3.0)
    inner = x * 2
    seen = []
    inner.register_hook(seen.append)
    handle = inner.register_hook(lambda gradient: gradient * 10)
    (inner * inner + inner).backward()
    assert seen == [13.0]
    assert (inner.grad, x.grad) == (130.0, 260.0)
    handle.remove()
    handle.remove()
    x.zero_grad()
    (inner * inner).backward()
    assert x.grad == 24.0


def test_hooks_of_leaves_run_before_gradients_accumulate():
    x = ScalarValue(3.0)
    x.register_hook(lambda gradient: -gradient)
    (x * x).backward()
    (x * x).backward()
    assert x.grad == -12.0
    assert grad(x * x, x) == (-6.0,)


def test_hooks_go_with_their_value():
    x = ScalarValue(math.nan)
    x.register_hook(lambda gradient: 7.0)
    (x * 1).backward()
    assert x.grad == 7.0
    gone = weakref.ref(x)
    gc.disable()
    try:
        del x
        assert gone() is None
    finally:
        gc.enable()


def test_a_hook_is_a_function():
    with pytest.raises(
        ArgumentError, match=r"register_hook\(hook\) takes a function of the gradient and got 3"
    ):
        ScalarValue(1.0).register_hook(3)


@pytest.mark.parametrize(
    "way", [copy.deepcopy, lambda thing: pickle.loads(pickle.dumps(thing))], ids=["copy", "pickle"]
)
def test_copies_keep_recorded_gradients(way):
    x = ScalarValue(2.0)
    y = x**3
    backward(y, create_graph=True)
    copied = way(y)
    leaf = copied.children[0]
    assert leaf is not x
    assert leaf.grad.data == 12.0
    assert grad(leaf.grad, leaf) == (12.0,)


@pytest.mark.parametrize(
    "symbol", ["sigmoid", "softplus", "silu", "gelu", "gelu_tanh", "tanh", "erf", "relu"]
)
@pytest.mark.parametrize("at", [-1000.0, -800.0, -30.0, 30.0, 800.0, 1000.0])
def test_second_derivatives_of_activations_are_finite_far_from_0(symbol, at):
    x = ScalarValue(at)
    (first,) = grad(apply(OPS[symbol], x), x, create_graph=True)
    second = grad(first, x, allow_unused=True)[0] if first.requires_grad else 0.0
    assert abs(second or 0.0) < 1e-9


def test_an_input_that_needed_no_gradient_when_it_was_used_is_refused():
    x, w = ScalarValue(3.0, requires_grad=False), ScalarValue(2.0)
    y = x * w
    x.requires_grad_()
    with pytest.raises(GraphError, match="or that needed no gradient when the output was computed"):
        grad(y, x)
    assert grad(y, x, allow_unused=True) == (None,)


def by_pickle(thing):
    return pickle.loads(pickle.dumps(thing))


def test_a_deep_graph_with_recorded_gradients_is_pickled():
    x = y = ScalarValue(1.0001)
    for _ in range(3_000):
        y = y * x
    y.backward(create_graph=True)
    slope = x.grad.data
    copied = by_pickle([x, y])
    assert copied[0].grad.data == slope
    assert copied[1].children[1] is copied[0]
    assert by_pickle(x).grad.data == slope


def test_what_a_hook_returns_is_a_number():
    x = ScalarValue(1.0)
    handle = x.register_hook(lambda gradient: "a")
    with pytest.raises(NumberTypeError, match="what a hook returns takes a real number and got str: 'a'"):
        (x * 2).backward()
    handle.remove()
    x.register_hook(lambda gradient: ScalarValue(7.0))
    (x * 2).backward()
    assert x.grad == 7.0
    assert not isinstance(x.grad, ScalarValue)


WRONG = {
    r"grad\(inputs\) takes ScalarValues and got str: 'x'": lambda x: grad(x * 2, "x"),
    r"grad\(inputs\) takes ScalarValues and got NoneType": lambda x: grad(x * 2, None),
    r"grad\(inputs\[1\]\) takes a ScalarValue and got float": lambda x: grad(x * 2, [x, 3.0]),
    r"grad\(outputs\) got no values": lambda x: grad([], x),
    r"backward\(roots\) takes ScalarValues and got NoneType": lambda x: backward(None),
    r"backward\(roots\) got no values": lambda x: backward([]),
    r"backward\(inputs\[0\]\) takes a ScalarValue and got str": lambda x: backward(x * 2, inputs=["x"]),
    r"backward\(inputs\) got no values": lambda x: backward(x * 2, inputs=[]),
    r"a graph starts at a ScalarValue, and this is int: 3": lambda x: leaves(3),
}


@pytest.mark.parametrize("message", WRONG)
def test_wrong_arguments_are_named(message):
    with pytest.raises((NumberTypeError, ArgumentError), match=message):
        WRONG[message](ScalarValue(1.0))


def test_one_input_need_not_be_in_a_list():
    x, y = ScalarValue(2.0), ScalarValue(3.0)
    (x * y).backward(inputs=x)
    assert (x.grad, y.has_grad) == (3.0, False)


def test_integers_beyond_the_largest_float_become_infinite_on_the_way_back():
    x = ScalarValue(10**400)
    (x * x).backward()
    assert x.grad == math.inf
    y = ScalarValue(10**400)
    (y * ScalarValue(1.0)).backward()
    assert y.grad == 1.0
    assert why_nonfinite(ScalarValue(10**400) * 2) is None
