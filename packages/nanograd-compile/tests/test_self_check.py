"""A compiled program that is wrong does not exist."""

import pytest
from nanograd.compile import CompileError, compile_graph
from nanograd.compile import _lowering as lowering
from nanograd.engine import OPS, ScalarValue, custom_op, scope


def graph():
    w, x = [ScalarValue(0.5, label="w"), ScalarValue(0.25, label="b")], [ScalarValue(2.0), ScalarValue(3.0)]
    with scope("layers.0"):
        outputs = [(w[0] * value + w[1]).tanh() for value in x]
    return outputs[0] * outputs[1], w, x


def wrong_tanh(monkeypatch):
    right = lowering.forward

    def wrong(rule):
        value = right(rule)
        if isinstance(rule, lowering.Mapped) and rule.operation.symbol == "tanh":
            return lowering.Call("sin", value.arguments, value.shape)
        return value

    monkeypatch.setattr(lowering, "forward", wrong)


def test_a_wrong_value_is_found_and_its_worst_node_named(monkeypatch):
    wrong_tanh(monkeypatch)
    with pytest.raises(
        CompileError,
        match=r"computes 0\.9\d* where the graph has 0\.7\d*\. They come apart in 'layers_0_tanh': the tanh "
        r"in 'layers\.0' is 0\.9\d* and should be 0\.8\d*\. This is a bug of nanograd-compile; the program "
        r"was\ndef value_and_grad",
    ):
        compile_graph(*graph())


def test_a_wrong_derivative_is_found_and_the_parameter_named(monkeypatch):
    right = lowering.times
    monkeypatch.setattr(lowering, "times", lambda x, y: right(right(x, y), 1.5))
    with pytest.raises(CompileError, match=r"computes the derivative \d.* for parameter 'w' where the graph"):
        compile_graph(*graph())


def test_an_operation_with_wrong_partials_is_as_wrong_in_the_program():
    twice = custom_op("twice", lambda m, x: 2 * x, [lambda m, o, x: 3])
    x = ScalarValue(1.0)
    try:
        assert compile_graph(twice(x) * 1.5, [x]).value_and_grad([1.0])[1].tolist() == [4.5]
    finally:
        del OPS["twice"]


def test_a_graph_that_was_recorded_without_gradients_is_checked_too():
    w, x = ScalarValue(2.0, requires_grad=False), ScalarValue(3.0, requires_grad=False)
    program = compile_graph(w * x, [], [w, x])
    assert program.value([], [4.0, 5.0]) == 20.0


CANCELLING = {
    "a sum": lambda b, x, y: b + (x - y),
    "what is computed from it": lambda b, x, y: (b + (x - y)).tanh() ** 2 * b,
}


@pytest.mark.parametrize("build", CANCELLING.values(), ids=CANCELLING)
@pytest.mark.parametrize("executor", ["arrays", "tape"])
def test_digits_that_cancel_are_no_bug(build, executor):
    leaves = [ScalarValue(number) for number in (0.1, 1e9 + 0.3, 1e9)]
    root = build(*leaves)
    program = compile_graph(root, leaves, executor=executor)
    point = [leaf.data for leaf in leaves]
    assert program.value_and_grad(point)[0] == pytest.approx(root.data, rel=1e-6)
    root.backward()
    for found, leaf in zip(program.value_and_grad(point)[1], leaves, strict=True):
        assert found == pytest.approx(leaf.grad, rel=1e-6)


def test_a_wrong_program_is_found_among_digits_that_cancel(monkeypatch):
    right = lowering.times
    monkeypatch.setattr(lowering, "times", lambda x, y: right(right(x, y), 1.01))
    leaves = [ScalarValue(number) for number in (0.1, 1e9 + 0.3, 1e9)]
    with pytest.raises(
        CompileError, match=r"computes the derivative .*\. This is a bug of nanograd-compile;"
    ):
        compile_graph(CANCELLING["what is computed from it"](*leaves), leaves, executor="arrays")


def test_the_worst_node_is_none_that_has_lost_digits(monkeypatch):
    wrong_tanh(monkeypatch)
    leaves = [ScalarValue(number) for number in (0.1, 1e9 + 0.3, 1e9)]
    with pytest.raises(CompileError, match=r"They come apart in 'tanh': the tanh is 0\.\d+ and should be"):
        compile_graph(CANCELLING["what is computed from it"](*leaves), leaves, executor="arrays")


def test_operations_of_ones_own_are_named_as_a_cause():
    odd = custom_op("odd", lambda m, x: 2 * x if type(x) is float else 3 * x, [lambda m, o, x: 2])
    even = custom_op("even", lambda m, x: 2 * x, [lambda m, o, x: 2])
    x = ScalarValue(1.0)
    try:
        with pytest.raises(
            CompileError,
            match=r"'odd'.*This is a bug of nanograd-compile, or of an operation of your own "
            r"\('odd', 'even'\), which has to compute the same for single numbers and for arrays, value and "
            r"partial derivatives; the program was\n",
        ):
            compile_graph(even(odd(x)) * 1.5, [x], executor="arrays")
    finally:
        del OPS["odd"], OPS["even"]


def test_where_no_digits_are_left_it_says_that_it_cannot_tell():
    leaves = [ScalarValue(number) for number in (0.1, 1e15 + 0.3, 1e15)]
    with pytest.raises(
        CompileError,
        match=r"computes 0\.375 where the graph has 0\.35\. .*At these numbers rounding alone moves it by "
        r"\de\+00, which is too much to say whether the program is right: compile the graph with other "
        r"numbers in its leaves; the program was\n",
    ):
        compile_graph(leaves[0] + (leaves[1] - leaves[2]), leaves, executor="arrays")
