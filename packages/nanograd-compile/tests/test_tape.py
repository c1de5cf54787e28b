"""Every executor of scalar programs computes what the graph computed: value and gradient."""

import copy
import importlib.util
import itertools
import math
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from fractions import Fraction

import nanograd.engine as engine
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanograd.compile import LeafKind, ScalarProgram, _native, capture
from nanograd.compile._interpreter import Interpreter
from nanograd.compile._tape import Tape
from nanograd.engine import OPS, NumberTypeError, ScalarValue, ShapeError, custom_op

inf, nan = math.inf, math.nan
EXECUTORS = pytest.mark.parametrize("executor", [Interpreter, Tape])

HAS_NUMBA = importlib.util.find_spec("numba") is not None

NUMBERS = [0.0, -0.0, 0.5, 1.0, -1.0, 2.0, -2.5, 3.0, 40.0, -800.0, 1e-300, 1e300, inf, -inf, nan]
FEWER = [0.0, 1.0, -1.5, 2.0, 1000.0, inf, -inf, nan]
DIGITS = [0.0, 1.0, 2.0, 3.0, 15.0, 22.0, -1.0, -2.0, -22.0]


def alone(operation, *, arguments):
    """Return the program of one operation, with parameters for its arguments."""
    count = len(arguments)
    return ScalarProgram(
        operations=(operation,),
        opcodes=np.array([LeafKind.PARAMETER] * count + [0]),
        starts=np.array([*range(count + 1), 2 * count]),
        arguments=np.array([*range(count), *range(count)]),
        constants=(),
        labels=(None,) * (count + 1),
        parameters=count,
        inputs=0,
        scopes=(None,) * (count + 1),
    )


def points(operation):
    """Return arguments for an operation, at edges too."""
    arity = operation.arity or {"dot": 4}.get(operation.symbol, 3)
    yield from itertools.product(NUMBERS if arity < 3 else FEWER, repeat=arity)


def same(computed, expected):
    return computed == pytest.approx(expected, rel=1e-14, abs=0.0, nan_ok=True)


@EXECUTORS
@pytest.mark.parametrize(
    "operation", [row for row in OPS.values() if row.symbol != "round"], ids=lambda row: row.symbol
)
def test_every_operation_gives_the_numbers_of_the_table(executor, operation):
    run = None
    for point in points(operation):
        run = run or executor(alone(operation, arguments=point))
        value, gradient = run.value_and_grad(point)
        expected = operation.evaluate(*point)
        assert same(value, expected), point
        assert same(gradient.tolist(), list(operation.partials_at(expected, *point))), point
        assert same(run.value(point), expected)


@EXECUTORS
def test_rounding_to_digits_is_that_of_python(executor):
    x = ScalarValue(0.15)
    for digits in range(-22, 23):
        run = executor(capture(round(x, digits), parameters=[x]))
        for number in [0.15, 1.005, 2.5, -0.5, 1234567.891, 5e22, 25.0, 1e300, -1e-9, inf, nan]:
            value, gradient = run.value_and_grad([number])
            assert same(value, round(number, digits))
            assert gradient.tolist() == [0.0] or number != number or abs(number) == inf


@given(
    st.floats(allow_nan=False, allow_infinity=False)
    | st.builds(lambda whole, scale: (whole + 0.5) / 10**scale, st.integers(-9999, 9999), st.integers(0, 22)),
    st.integers(-22, 22),
)
@settings(max_examples=300)
def test_rounding_any_number_is_that_of_python(number, digits):
    assert ROUNDERS[digits].value([number]) == round(number, digits)


def _rounder(digits):
    x = ScalarValue(1.0)
    return Tape(capture(round(x, digits), parameters=[x]))


ROUNDERS = {digits: _rounder(digits) for digits in range(-22, 23)}


SMOOTH = [
    lambda x, y: x + y,
    lambda x, y: x - y,
    lambda x, y: x * y,
    lambda x, y: x * y + x,
    lambda x, y: y + x * x,
    lambda x, y: x / (2 + y * y),
    lambda x, y: (1 + x * x) ** engine.tanh(y),
    lambda x, y: -abs(x) * 0.5,
    lambda x, y: engine.exp(engine.tanh(x)),
    lambda x, y: engine.log(1 + x * x),
    lambda x, y: engine.sin(x) * engine.cos(y),
    lambda x, y: engine.where(x > y, x, 2 * y),
    lambda x, y: engine.clamp(x, -1.5, y),
    lambda x, y: engine.maximum(x, engine.minimum(y, 0.25)),
    lambda x, y: engine.atan2(x, 2 + y),
    lambda x, y: engine.gelu(x) + engine.softplus(y),
    lambda x, y: engine.logsumexp([x, y, 0.5, x]),
    lambda x, y: engine.softmax([x, y, x - y])[1],
    lambda x, y: engine.sum_([x, y, 2.0, x]),
    lambda x, y: engine.sum_([x]),
    lambda x, y: engine.dot([x, y, 3.0], [y, y, x]),
    lambda x, y: engine.prod([engine.tanh(x), y, 0.5]),
    lambda x, y: sum([x * y, y * y, 3.0 * x]),
    lambda x, y: x.relu() + engine.leaky_relu(y),
]


@st.composite
def graphs(draw):
    """Draw leaves and a result that uses some of them, some several times."""
    numbers = st.floats(-2, 2).map(lambda number: round(number, 3) + 0.0005)
    leaves = [ScalarValue(number) for number in draw(st.lists(numbers, min_size=1, max_size=6))]
    values = list(leaves)
    for _ in range(draw(st.integers(0, 25))):
        x, y = draw(st.sampled_from(values)), draw(st.sampled_from(values))
        values.append(engine.tanh(draw(st.sampled_from(SMOOTH))(x, y)) * 2)
    return leaves, values[-1]


@EXECUTORS
@given(graphs(), st.data())
def test_a_program_gives_value_and_gradients_of_the_graph(executor, drawn, data):
    leaves, root = drawn
    kinds = data.draw(st.lists(st.sampled_from("pic"), min_size=len(leaves), max_size=len(leaves)))
    parameters = [leaf for leaf, kind in zip(leaves, kinds, strict=True) if kind == "p"]
    inputs = [leaf for leaf, kind in zip(leaves, kinds, strict=True) if kind == "i"]
    root.backward()
    run = executor(capture(root, parameters=parameters, inputs=inputs))
    given = [leaf.data for leaf in parameters], [leaf.data for leaf in inputs]
    value, by_parameters, by_inputs = run.value_and_gradients(*given)
    assert value == pytest.approx(root.data, rel=1e-12)
    assert by_parameters.tolist() == pytest.approx([leaf.grad for leaf in parameters], rel=1e-12, abs=1e-12)
    assert by_inputs.tolist() == pytest.approx([leaf.grad for leaf in inputs], rel=1e-12, abs=1e-12)
    again, gradient = run.value_and_grad(*given)
    assert (again, gradient.tolist()) == (value, by_parameters.tolist())
    assert run.value(*given) == value


@EXECUTORS
def test_a_leaf_alone_is_a_program(executor):
    x, unused = ScalarValue(2.0), ScalarValue(7.0)
    run = executor(capture(x, parameters=[unused, x]))
    value, gradient = run.value_and_grad([1.0, 5.0])
    assert (value, gradient.tolist()) == (5.0, [0.0, 1.0])
    assert executor(capture(ScalarValue(3.0))).value([]) == 3.0


def test_a_chain_of_a_million_steps_gives_the_closed_form():
    steps = 1_000_000 if HAS_NUMBA else 10_000
    chained = np.arange(2 * steps) + 2  # the value before each; the parameters are numbers 0 to 2
    chained[0] = 0
    program = ScalarProgram(
        operations=(OPS["*"], OPS["+"]),
        opcodes=np.concatenate([np.full(3, LeafKind.PARAMETER), np.tile([0, 1], steps)]),
        starts=np.concatenate([[0, 1, 2], np.arange(2 * steps + 1) * 2 + 3]),
        arguments=np.concatenate(
            [[0, 1, 2], np.stack([chained, np.tile([1, 2], steps)], axis=1).reshape(-1)]
        ),
        constants=(),
        labels=(None,) * (2 * steps + 3),
        parameters=3,
        inputs=0,
        scopes=(None,) * (2 * steps + 3),
    )
    x, a, b = 0.5, 1 - 1e-6, 1e-6
    value, gradient = Tape(program).value_and_grad([x, a, b])
    power = a**steps
    of_series = (1 - power) / (1 - a)  # 1 + a + a**2 + ...
    by_a = steps * a ** (steps - 1) * x + b * (of_series - steps * a ** (steps - 1)) / (1 - a)
    assert value == pytest.approx(power * x + b * of_series, rel=1e-10)
    assert gradient.tolist() == pytest.approx([power, by_a, of_series], rel=1e-9)


@EXECUTORS
def test_a_dot_product_of_ten_thousand_is_not_deep(executor):
    x = [ScalarValue(0.001 * number) for number in range(10_000)]
    run = executor(capture(engine.dot(x, x[::-1]), parameters=x))
    numbers = np.arange(10_000) * 0.001
    value, gradient = run.value_and_grad(numbers)
    assert value == pytest.approx(numbers @ numbers[::-1], rel=1e-12)
    np.testing.assert_allclose(gradient, 2 * numbers[::-1], rtol=1e-15)


@pytest.fixture
def square_plus():
    function = custom_op(
        "square_plus", lambda m, x, y: x * x + y, [lambda m, o, x, y: 2 * x, lambda m, o, x, y: 1]
    )
    yield function
    del OPS["square_plus"]


def test_an_operation_of_the_users_own_runs_in_python_and_the_tape_says_so(square_plus):
    x, y = ScalarValue(3.0), ScalarValue(4.0)
    tape = Tape(capture(square_plus(x, y) * y, parameters=[x, y]))
    assert tape.value_and_gradients([3.0, 4.0])[0] == 52.0
    assert tape.value_and_grad([3.0, 4.0])[1].tolist() == [24.0, 17.0]
    assert tape.reason == (
        "the program has operations of your own, which the kernel does not know: square_plus"
    )
    assert repr(tape) == "<Tape of 4 values in Python>"


def test_rounding_that_the_kernel_cannot_do_runs_in_python():
    x, digits = ScalarValue(1e-25), ScalarValue(2.0)
    tape = Tape(capture(round(x, 30), parameters=[x]))
    assert tape.reason == "the program rounds to 30 digits, and the kernel to 22 at most"
    assert tape.value([1.23456789e-25]) == round(1.23456789e-25, 30)
    tape = Tape(alone(OPS["round"], arguments=(x, digits)))
    assert tape.reason == "the program computes the number of digits that it rounds to"
    assert tape.value([1.2345, 2.0]) == 1.23


@EXECUTORS
def test_numbers_that_do_not_fit_are_refused_before_anything_runs(executor):
    x, y = ScalarValue(3.0), ScalarValue(4.0)
    run = executor(capture(x * y, parameters=[x], inputs=[y]))
    with pytest.raises(ShapeError, match=r"^the program takes 1 parameters and got 2$"):
        run.value([1.0, 2.0], [1.0])
    with pytest.raises(ShapeError, match=r"^the program takes 1 inputs and got 0$"):
        run.value_and_grad([1.0])
    with pytest.raises(ShapeError, match=r"takes 1 parameters and got an array of shape \(1, 1\)$"):
        run.value_and_gradients([[1.0]], [1.0])
    with pytest.raises(NumberTypeError, match=r"^inputs\[0\] takes a real number and got str: 'three'\. "):
        run.value([1.0], ["three"])
    with pytest.raises(NumberTypeError, match=r"^parameters\[0\] takes a real number and got NoneType: None"):
        run.value([None], [1.0])
    with pytest.raises(NumberTypeError, match=r"^the program takes 1 inputs, one after the other: "):
        run.value([1.0], [[1.0], [2.0, 3.0]])
    assert run.value([2.0], [5.0]) == 10.0


@EXECUTORS
def test_any_array_of_numbers_is_taken(executor):
    x = [ScalarValue(1.0), ScalarValue(2.0)]
    run = executor(capture(x[0] * x[1] ** 2, parameters=x))
    frozen = np.array([3, 4])
    frozen.flags.writeable = False
    strided = np.array([3.0, 0.0, 4.0, 0.0])[::2]
    fractions = [Fraction(3), Fraction(8, 2)]
    for numbers in ([3, 4], (3.0, 4.0), frozen, strided, np.float32([3, 4]), fractions):
        value, gradient = run.value_and_grad(numbers)
        assert (value, gradient.tolist()) == (48.0, [16.0, 24.0])


@EXECUTORS
def test_results_are_the_callers_own(executor):
    x = ScalarValue(3.0)
    run = executor(capture(x * x, parameters=[x]))
    _, first = run.value_and_grad([3.0])
    run.value_and_grad([5.0])
    assert first.tolist() == [6.0]


def test_a_tape_is_pickled_and_copied():
    x = ScalarValue(0.5)
    tape = Tape(capture(engine.logsumexp([x, x * x]) * x, parameters=[x]))
    for other in (pickle.loads(pickle.dumps(tape)), copy.deepcopy(tape)):
        value, gradient = other.value_and_grad([0.75])
        assert (value, gradient.tolist()) == (tape.value([0.75]), tape.value_and_grad([0.75])[1].tolist())


def test_eight_threads_share_a_tape():
    x = ScalarValue(1.0)
    y = x
    for _ in range(1_000 if HAS_NUMBA else 20):  # long enough for threads to meet in it
        y = y * x + engine.sin(y) * 1e-3
    tape = Tape(capture(y, parameters=[x]))
    numbers = [0.5 + 0.0005 * number for number in range(400)]
    expected = [tape.value_and_grad([number]) for number in numbers]
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda number: tape.value_and_grad([number]), numbers))
    assert [(value, gradient.tolist()) for value, gradient in results] == [
        (value, gradient.tolist()) for value, gradient in expected
    ]


@pytest.fixture
def forgotten(monkeypatch):
    """Let the kernel be loaded afresh, and put back what was loaded."""
    monkeypatch.setattr(_native, "_LOADED", [])


def test_without_numba_a_tape_runs_in_python_and_says_what_to_install(forgotten, monkeypatch):
    monkeypatch.setitem(sys.modules, "numba", None)
    x = ScalarValue(3.0)
    tape = Tape(capture(engine.sum_([x, x * x]), parameters=[x]))
    assert tape.reason.startswith("Numba cannot be imported (")
    assert tape.reason.endswith("): pip install 'nanograd-compile[native]'")
    value, gradient = tape.value_and_grad([3.0])
    assert (value, gradient.tolist()) == (12.0, [7.0])
