"""A compiled function gives what the function gives, for every structure of its arguments."""

import functools
import math
import threading

import numpy as np
import pytest
from nanograd.compile import TraceError, compiled
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, value_and_grad


def loss(parameters, x, y):
    total = 0.0
    for sample, target in zip(x, y, strict=True):
        hidden = [sum(w * v for w, v in zip(row, sample, strict=True)).tanh() for row in parameters["hidden"]]
        total = total + (sum(w * h for w, h in zip(parameters["out"], hidden, strict=True)) - target) ** 2
    return total / len(y)


PARAMETERS = {"hidden": [[0.1, -0.2], [0.3, 0.4], [0.5, -0.6]], "out": [0.7, -0.8, 0.9]}


def test_value_and_gradient_are_those_of_the_function():
    program = compiled(loss)
    x, y = [[1.0, 2.0], [3.0, -4.0]], [0.5, -0.5]
    expected, gradient = value_and_grad(loss)(PARAMETERS, x, y)
    value, found = program.value_and_grad(PARAMETERS, x, y)
    assert value == pytest.approx(expected, rel=1e-14)
    assert program(PARAMETERS, x, y) == pytest.approx(expected, rel=1e-14)
    assert found.keys() == gradient.keys()
    np.testing.assert_allclose(found["hidden"], gradient["hidden"], rtol=1e-13)
    np.testing.assert_allclose(found["out"], gradient["out"], rtol=1e-13)


def test_arrays_stay_arrays():
    @compiled
    def f(w, x):
        return ((x @ w) ** 2).sum()

    w, x = np.array([1.0, 2.0]), np.arange(6.0).reshape(3, 2)
    value, gradient = f.value_and_grad(w, x)
    assert value == pytest.approx(((x @ w) ** 2).sum())
    np.testing.assert_allclose(gradient, 2 * x.T @ (x @ w))


def test_it_is_traced_once_for_each_structure():
    traces = []

    @compiled
    def f(w, x):
        traces.append(len(x))
        return sum(w * v for v in x)

    for x in ([1.0, 2.0], [3.0, 4.0], (3.0, 4.0), [1.0], [2.0], [1, 2]):
        assert f(2.0, x) == 2.0 * sum(x)
    assert sorted(set(traces)) == [1, 2]
    assert len(traces) == 6  # twice for each of a list of two, a tuple of two and a list of one


def test_strings_and_flags_are_a_part_of_the_structure():
    @compiled
    def f(w, how, double=False):
        result = w.tanh() if how == "tanh" else w.exp()
        return result * 2 if double else result

    assert f(0.5, "tanh") == np.tanh(0.5)
    assert f(0.5, "exp", double=True) == 2 * np.exp(0.5)
    assert f(0.5, "tanh", True) == 2 * np.tanh(0.5)


def test_static_arguments_are_given_as_they_are():
    @compiled(static=["steps"])
    def f(x, steps):
        for _ in range(steps):
            x = x * x
        return x + 0.0

    assert [f(1.5, steps) for steps in (1, 2, 3)] == [1.5**2, 1.5**4, 1.5**8]


def test_a_branch_is_never_frozen():
    @compiled
    def f(x):
        return x if x > 0 else -x

    with pytest.raises(TraceError, match=r"`if`.*test_compiled.py:\d+.*where\(condition, a, b\)"):
        f(1.0)


def test_threads_share_one_program():
    traces = []

    @compiled
    def f(x):
        traces.append(1)
        return x * x

    threads = [threading.Thread(target=f, args=(float(number),)) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(traces) == 2


def test_wrong_arguments_are_refused():
    with pytest.raises(ArgumentError, match=r"compiled\(function\) takes a function and got 3"):
        compiled(3)
    with pytest.raises(ArgumentError, match=r"loss\(\) has no argument 'z'"):
        compiled(static=["z"])(loss)
    with pytest.raises(ArgumentError, match="has no argument to differentiate for"):
        compiled(lambda: 1.0)()
    with pytest.raises(NumberTypeError, match="takes plain numbers and arrays, and got ScalarValue"):
        compiled(lambda x: x * x)(ScalarValue(1.0))
    with pytest.raises(NumberTypeError, match="an argument of a compiled function takes a real number"):
        compiled(lambda x: x * x)(1j)
    with pytest.raises(TypeError, match="missing a required argument: 'y'"):
        compiled(loss)(PARAMETERS, [])


def test_the_program_can_be_read():
    program = compiled(lambda w, x: sum(a * b for a, b in zip(w, x, strict=True))).program_for(
        [1.0, 2.0], [3.0, 4.0]
    )
    assert "p @ x" in program.source


def test_its_inputs_are_the_other_arguments_in_their_shapes():
    @compiled
    def scaled(w, rows, scale, how="mean", *, lengths):
        total = sum(a * b for row in rows for a, b in zip(w, row, strict=True)) * scale["by"] * lengths[0][0]
        return total / len(rows) if how == "mean" else total

    given = ([1.0, 2.0], np.array([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0]]), {"by": 0.5, "unit": "m"})
    program = scaled.program_for(*given, lengths=([2.0], [3.0, 4.0]))
    assert program.source.startswith("def value_and_grad(p, rows, scale, lengths):\n")
    assert program.inputs == {"rows": (3, 2), "scale": (1,), "lengths": (3,)}
    assert scaled(*given, lengths=([2.0], [3.0, 4.0])) == pytest.approx(33.0 / 3.0)
    value, gradient = scaled.value_and_grad(*given, lengths=([2.0], [3.0, 4.0]))
    assert (value, gradient) == (pytest.approx(11.0), pytest.approx([3.0, 4.0]))
    assert scaled(*given, "sum", lengths=([2], [3, 4])) == pytest.approx(33.0)


def test_an_argument_may_have_any_name():
    @compiled
    def product(np, p, ñ, gradient):
        return np * p * ñ * gradient.exp()

    assert product.value_and_grad(2.0, 3.0, 5.0, 0.0) == (30.0, 15.0)
    source = product.program_for(2.0, 3.0, 5.0, 0.0).source
    assert source.startswith("def value_and_grad(p, p_2, v, gradient):\n")


def test_name_and_docstring_are_those_of_the_function():
    assert compiled(loss).__name__ == "loss"


def test_a_function_may_call_itself_and_other_compiled_ones():
    @compiled
    def product(x):
        if len(x) == 1:
            return x[0] * product([1.0, 2.0])
        return x[0] * x[1]

    @compiled
    def shifted(x, y):
        return product(x) + y

    assert product([3.0]) == 6.0
    assert shifted.value_and_grad([3.0, 4.0], 1.0) == (13.0, [4.0, 3.0])


def test_flags_between_numbers_keep_their_places():
    @compiled
    def f(p):
        return sum(w * w for w, use in zip(p["w"], p["use"], strict=True) if use)

    value, gradient = f.value_and_grad({"use": np.array([True, False, True]), "w": [1.0, 2.0, 3.0]})
    assert (value, gradient["w"], list(gradient["use"])) == (10.0, [2.0, 0.0, 6.0], [True, False, True])
    mixed = {"names": np.array(["a", "b", "c"]), "w": [1.0, 2.0, 3.0], "use": [True, True, False]}
    assert f.value_and_grad(mixed)[1]["w"] == [2.0, 4.0, 0.0]


def test_equal_static_arguments_of_different_kinds_are_different():
    @compiled(static=["how"])
    def f(x, how):
        return x * (10 if how is True else 1)

    assert (f(1.0, 1), f(1.0, True), f(1.0, 1.0)) == (1.0, 10.0, 1.0)
    with pytest.raises(ArgumentError, match=r"static argument 'how' .* hashable, and got list: \[1\]"):
        f(1.0, [1])


def test_callables_without_a_name_can_be_compiled():
    class Double:
        def __call__(self, x):
            return 2 * x

    assert compiled(Double())(3.0) == 6.0
    assert compiled(functools.partial(lambda x, y: x * y, y=2.0)).value_and_grad(3.0) == (6.0, 2.0)
    with pytest.raises(ArgumentError, match=r"Double\(\) has no argument 'z'"):
        compiled(static=["z"])(Double())


def test_numbers_that_are_too_large_for_a_float_are_infinite():
    assert compiled(lambda x: x * 2)(10**400) == math.inf


class Parabola:
    def __init__(self, width):
        self.width = width
        self.at = compiled(self.height)

    def height(self, x):
        return self.width * x**2

    @compiled
    def decorated(self, x):
        return self.width * x**2


def test_a_decorated_method_is_refused_with_what_to_write_instead():
    with pytest.raises(
        ArgumentError, match=r"decorated\(\) would go on .* self.decorated = compiled\(self.decorated\)"
    ):
        Parabola(2.0).decorated(3.0)
    assert Parabola.decorated.static == ()


def test_a_bound_method_is_compiled_for_its_object():
    narrow, wide = Parabola(2.0), Parabola(0.5)
    assert (narrow.at(3.0), wide.at(3.0)) == (18.0, 4.5)
    assert narrow.at.value_and_grad(3.0) == (18.0, 12.0)
