"""A program takes each input in its own shape, and reads of it what it would read of all inputs in a row."""

import platform
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.compile import _numpy_numbers as NUMPY
from nanograd.compile import compile_graph
from nanograd.compile._array_program import BATCH, Array, ArrayProgram, Reshaped, Taken, View
from nanograd.compile._emission import emit
from nanograd.compile._own_inputs import inputs_of, told_apart, with_own_inputs
from nanograd.engine import ScalarValue, dot, sum_

SAMPLES = 3
SHAPES = st.lists(st.sampled_from([(), (1,), (5,), (2, 3), (4, 1), (2, 2, 3), (0,)]), min_size=1, max_size=4)


@st.composite
def parts(draw):
    """Return shapes of inputs, and a part of the row of all their numbers."""
    shapes = draw(SHAPES.filter(lambda shapes: sum(int(np.prod(shape)) for shape in shapes) > 0))
    size = sum(int(np.prod(shape)) for shape in shapes)
    row = Array("x", (size,), batched=draw(st.booleans()))
    if draw(st.booleans()):
        index = draw(st.lists(st.integers(0, size - 1), min_size=1, max_size=6))
        return shapes, row, Taken(row, np.array(index))
    lengths = draw(st.lists(st.integers(1, 4), max_size=2))
    strides = [draw(st.sampled_from([-3, -1, 1, 2, 4] if length > 1 else [0, 1])) for length in lengths]
    steps = [(length - 1) * stride for length, stride in zip(lengths, strides, strict=True)]
    low, high = sum(min(step, 0) for step in steps), sum(max(step, 0) for step in steps)
    if high - low >= size:
        lengths, strides, low, high = [], [], 0, 0
    offset = draw(st.integers(-low, size - 1 - high))
    if row.batched:
        lengths, strides = [BATCH, *lengths], [BATCH, *strides]
    return shapes, row, View(row, offset, tuple(lengths), tuple(strides))


def read(part, numbers):
    """Return what a part reads of one row of numbers."""
    if isinstance(part, Taken):
        return numbers[part.index]
    axes = [(size, stride) for size, stride in zip(part.shape, part.strides, strict=True) if size != BATCH]
    places = np.full([size for size, _ in axes], part.offset)
    for axis, (size, stride) in enumerate(axes):
        places += (np.arange(size) * stride).reshape([-1 if at == axis else 1 for at in range(len(axes))])
    return numbers[places]


@given(parts())
def test_the_same_numbers_are_read(drawn):
    shapes, row, part = drawn
    named = {f"input_{number}": shape for number, shape in enumerate(shapes)}
    program = with_own_inputs(ArrayProgram(Array("p", (1,)), (row,), [], part), named)
    source = emit({"found": program})
    namespace = {"np": np, "m": NUMPY, **source.constants}
    exec(source.text, namespace)
    numbers = np.arange(float(SAMPLES * row.size)).reshape(SAMPLES, row.size)
    inputs = inputs_of(named, batched=row.batched)
    if row.batched:
        found = namespace["found"](np.zeros(1), *told_apart(numbers, inputs))
        expected = np.stack([read(part, each) for each in numbers])
    else:
        found = namespace["found"](np.zeros(1), *told_apart(numbers[1], inputs))
        expected = read(part, numbers[1])
    assert np.array_equal(found, expected)
    assert np.shape(found) == expected.shape


def test_inputs_are_put_side_by_side_only_where_both_are_read_at_once():
    row = Array("x", (6,))
    shapes = {"points": (2, 2), "targets": (2,)}
    apart = ArrayProgram(Array("p", (1,)), (row,), [], Reshaped(View(row, 0, (4,), (1,)), (2, 2)))
    assert "concatenate" not in emit({"f": with_own_inputs(apart, shapes)}).text
    across = ArrayProgram(Array("p", (1,)), (row,), [], View(row, 3, (2,), (1,)))
    assert emit({"f": with_own_inputs(across, shapes)}).text == (
        "def f(p, points, targets):\n"
        "    inputs = np.concatenate([points.reshape(4), targets])\n"
        "    return inputs[3:5]\n"
    )


def leaves(*shape):
    """Return nested lists of leaves, and all of them."""
    flat = [ScalarValue(number) for number in np.linspace(-1.0, 2.0, int(np.prod(shape)))]
    if len(shape) < 2:
        return (flat if shape else flat[0]), flat
    return [flat[at : at + shape[1]] for at in range(0, len(flat), shape[1])], flat


def graph():
    """Return a loss over a matrix, a vector and a number, and what it is of."""
    w, _ = leaves(3)
    (x, _), (y, _), (scale, _) = leaves(20, 3), leaves(20), leaves()
    errors = [(dot(w, row) * scale - target).tanh() for row, target in zip(x, y, strict=True)]
    return sum_([error * error for error in errors]), w, {"x": x, "y": y, "scale": scale}


NUMBERS = {
    "x": np.linspace(0.5, 1.5, 60).reshape(20, 3),
    "y": np.linspace(-0.5, 0.5, 20),
    "scale": np.array(0.75),
}


def expected_of(w, x, y, scale):
    errors = np.tanh(x @ w * scale - y)
    return errors @ errors, 2.0 * scale * (errors * (1.0 - errors * errors)) @ x


@pytest.mark.parametrize("executor", ["arrays", "tape", "mixed", None])
def test_every_executor_takes_arrays_in_their_own_shapes(executor):
    program = compile_graph(*mixable(), executor=executor)
    assert program.source.startswith("def value_and_grad(p, x, y, scale):\n")
    w = np.array([0.25, -0.5, 1.0])
    value, gradient = program.value_and_grad(w, **NUMBERS)
    expected, slopes = expected_of(w, **NUMBERS)
    np.testing.assert_allclose(value, np.sin(expected), rtol=1e-13)
    np.testing.assert_allclose(gradient, np.cos(expected) * slopes, rtol=1e-12)
    np.testing.assert_allclose(program.value(w, **NUMBERS), value, rtol=1e-14)


def mixable():
    loss, w, inputs = graph()
    return loss.sin(), w, inputs


@pytest.mark.parametrize(
    "change",
    [
        lambda array: array.tolist(),
        np.asfortranarray,
        np.ravel,
        lambda array: np.repeat(array, 2, axis=-1)[..., ::2] if array.ndim else array,
        lambda array: np.flip(np.flip(array).copy()),
        lambda array: array.astype(np.float32).astype(object),
        lambda array: array.astype(">f8"),
    ],
    ids=["list", "Fortran", "flat", "strided", "reversed", "objects", "bytes the other way"],
)
def test_however_an_array_is_laid_out_its_numbers_count(change):
    program = compile_graph(*graph())
    w = np.array([0.25, -0.5, 1.0])
    numbers = {name: array.astype(np.float32).astype(float) for name, array in NUMBERS.items()}
    expected, slopes = expected_of(w, **numbers)
    changed = {name: change(array) for name, array in numbers.items()}
    value, gradient = program.value_and_grad(w, **changed)
    np.testing.assert_allclose(value, expected, rtol=1e-13)
    np.testing.assert_allclose(gradient, slopes, rtol=1e-12)
    assert program.value_and_grad(w, *changed.values())[0] == value
    assert program.value_and_grad(w, **numbers)[1].tolist() == gradient.tolist()  # to the last digit
    by_name = {name: changed[name] for name in ("scale", "y", "x")}
    assert program.value_and_grad(w, **by_name)[0] == value


def test_what_is_given_is_never_changed_nor_given_back():
    program = compile_graph(*graph())
    given = {name: array.copy() for name, array in NUMBERS.items()}
    w = np.array([0.25, -0.5, 1.0])
    for array in (w, *given.values()):
        array.flags.writeable = False
    _, gradient = program.value_and_grad(w, **given)
    gradient[:] = 7.0
    assert program.value(w, **given) == expected_of(w, **NUMBERS)[0]


@pytest.mark.parametrize("executor", ["arrays", "tape"])
@pytest.mark.parametrize("samples", [1, 4])
def test_a_batch_of_each_input(executor, samples):
    w, x, y, scale = leaves(3)[0], leaves(3)[0], leaves(1)[0], leaves()[0]
    # One class of values reads all inputs at once, so that they have to be put side by side as well.
    loss = (dot(w, x) * scale - y[0]) ** 2 + sum_([each.exp() for each in (*x, y[0], scale)])
    program = compile_graph(loss, w, {"x": x, "y": y, "scale": scale}, batch=True, executor=executor)
    assert "np.concatenate" in program.source
    assert program.source.startswith("def value_and_grad(p, x, y, scale):\n")
    draw = np.random.default_rng(0)
    p, xs, ys, scales = (draw.normal(size=size) for size in (3, (samples, 3), (samples, 1), samples))
    errors = xs @ p * scales - ys[:, 0]
    constant = np.exp(xs).sum(1) + np.exp(ys[:, 0]) + np.exp(scales)
    value, gradient = program.value_and_grad(p, x=xs, y=ys, scale=scales)
    np.testing.assert_allclose(value, np.mean(errors**2 + constant), rtol=1e-13)
    np.testing.assert_allclose(gradient, np.mean((2 * errors * scales)[:, None] * xs, axis=0), rtol=1e-12)
    flat = program.value_and_grad(p, np.asfortranarray(xs), ys[:, 0:1], scales[:, None])
    assert flat[0] == value


def test_large_batches_are_run_in_parts_of_all_inputs():
    w, x, y = leaves(2)[0], leaves(2)[0], leaves()[0]
    program = compile_graph((dot(w, x) - y) ** 2, w, {"x": x, "y": y}, batch=True)
    program.samples_at_once = 7
    draw = np.random.default_rng(0)
    xs, ys = draw.normal(size=(24, 2)), draw.normal(size=24)
    errors = xs @ [0.5, -0.5] - ys
    value, gradient = program.value_and_grad([0.5, -0.5], x=xs, y=ys)
    np.testing.assert_allclose(value, np.mean(errors**2), rtol=1e-13)
    np.testing.assert_allclose(gradient, 2 * errors @ xs / 24, rtol=1e-12)


MEMORY = """
import resource
import numpy as np
from nanograd.compile import compile_graph
from nanograd.engine import ScalarValue, sum_
w, x = ScalarValue(0.5), [ScalarValue(0.1 * k) for k in range(60)]
program = compile_graph(sum_([(w * each).exp() for each in x]), [w], x, batch=True)
rows = np.random.default_rng(0).normal(size=(9000, 60))
def faults():
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    program.value_and_grad([0.5], rows)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before
print([faults() for _ in range(6)][-1])
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="about the allocator of the GNU C library")
def test_a_call_uses_the_memory_of_the_last_one_again():
    done = subprocess.run([sys.executable, "-c", MEMORY], capture_output=True, text=True, check=True)
    assert int(done.stdout) < 200  # pages of 4 kB; an array of the program has 1,000 to 4,000 of them


@pytest.mark.parametrize("executor", ["arrays", "tape"])
@pytest.mark.parametrize("batch", [False, True])
def test_a_program_without_inputs_takes_parameters_alone(executor, batch):
    w = ScalarValue(2.0)
    program = compile_graph(w * w, [w], batch=batch, executor=executor)
    assert program.source.startswith("def value_and_grad(p):\n")
    value, gradient = program.value_and_grad([3.0])
    assert (value, gradient.tolist(), program.value([3.0])) == (9.0, [6.0], 9.0)


@pytest.mark.parametrize("executor", ["arrays", "tape", None])
@pytest.mark.parametrize("batch", [False, True], ids=["one", "batch"])
@pytest.mark.parametrize("others", [{}, {"y": ()}, {"y": (2,)}], ids=["alone", "number", "vector"])
@pytest.mark.parametrize("shape", [(0,), (2, 0), (2, 3, 0)], ids=str)
def test_an_input_may_have_no_elements(shape, others, batch, executor):
    w = ScalarValue(3.0)
    named = {"none": np.empty(shape).tolist()}
    flat = []
    for name, of in others.items():
        named[name], flat = leaves(*of)
    program = compile_graph(w * w + sum_([w, *flat]), [w], named, batch=batch, executor=executor)
    numbers = {"none": np.empty(program.inputs["none"]), **{name: np.ones(of) for name, of in others.items()}}
    if batch:
        numbers = {name: np.stack([array] * 3) for name, array in numbers.items()}
    value, gradient = program.value_and_grad([2.0], **numbers)
    assert (value, gradient.tolist()) == (6.0 + len(flat), [5.0])
    assert program.value([2.0], **numbers) == value
