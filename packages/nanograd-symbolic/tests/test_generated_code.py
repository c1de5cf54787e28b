"""Generated Python, NumPy and C, run: every operation, its edges, whole networks, and hostile labels.

Python gives the engine's very numbers, but for x**2, which is written x * x; so does C where both use one
mathematical library. NumPy has functions of its own, which its makers hold within 4 units in the last place.
"""

import ast
import ctypes
import itertools
import math
import shutil
import subprocess
import time
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import (
    OPS,
    ArgumentError,
    NumberTypeError,
    ScalarValue,
    custom_op,
    logsumexp,
    scope,
    sum_,
    where,
)
from nanograd.engine._apply import apply
from nanograd.symbolic import NoSourceError, to_c, to_numpy, to_python

inf, nan = math.inf, math.nan
COMPILER = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)
STRICT = ["-std=c99", "-Wall", "-Wextra", "-Werror", "-pedantic", "-Wdouble-promotion", "-ffp-contract=off"]
needs_compiler = pytest.mark.skipif(COMPILER is None, reason="no C compiler: neither cc, gcc nor clang")


def run(source, name="f"):
    """Return a function of generated Python source."""
    module = {}
    exec(compile(source, "<generated>", "exec"), module)
    return module[name]


def run_numpy(source, name="f"):
    """Return a function of generated NumPy source that returns floats."""
    function = run(source, name)

    def call(*arguments):
        value, slopes = function(*arguments)
        return float(value), tuple(map(float, slopes))

    return call


def compiled(folder, *sources, flags=()):
    """Compile C sources together, without a single warning, and return the library."""
    files = [folder / f"generated{index}.c" for index in range(len(sources))]
    for file, source in zip(files, sources, strict=True):
        file.write_text(source)
    library = folder / f"lib{sum(1 for _ in folder.iterdir())}.so"
    command = [COMPILER, *STRICT, *flags, "-shared", "-fPIC", "-o", library, *files, "-lm"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return ctypes.CDLL(str(library))


def from_c(function, real=ctypes.c_double):
    """Return a compiled function as one of numbers that returns (value, gradient)."""
    function.restype = real
    function.argtypes = [ctypes.POINTER(real), ctypes.POINTER(real)]

    def call(*arguments):
        gradient = (real * max(len(arguments), 1))(*[nan] * len(arguments))
        value = function((real * max(len(arguments), 1))(*arguments), gradient)
        return value, tuple(gradient[: len(arguments)])

    return call


def ulps(found, expected):
    """Return how far two floats lie apart in units in the last place; 0 if both are nan."""
    found, expected = float(found), float(expected)
    if found == expected or (math.isnan(found) and math.isnan(expected)):
        return 0.0
    if not (math.isfinite(found) and math.isfinite(expected)):
        return inf
    return abs(found - expected) / math.ulp(expected)


def engine(root, leaves):
    """Return the engine's value and gradient."""
    for leaf in leaves:
        leaf.zero_grad()
    if root.requires_grad:
        root.backward()
    return root.data, tuple([leaf.grad for leaf in leaves])


def assert_equal(found, expected, at_most=4.0, absolute=0.0, at=""):
    """Compare a value and a gradient with the engine's."""
    (value, slopes), (expected_value, expected_slopes) = found, expected
    assert len(slopes) == len(expected_slopes)
    for one, other in zip((value, *slopes), (expected_value, *expected_slopes), strict=True):
        distance = ulps(one, other)
        assert distance <= at_most or abs(one - other) <= absolute, (
            f"{distance} ulps: {found} and not {expected}"
        )


EDGES = [0.0, -0.0, 1.0, -1.0, inf, -inf, nan, 5e-324, 1e-200, 1e308, -1e308, 710.0, -746.0]
ORDINARY = [0.5, -0.25, 2.5, -2.5, 3.0, -7.5, 0.999, 30.25, 2.0]
ARITY_OF_MANY = {"dot": 4}


def points(op):
    """Return numbers for an operation: inside its domain, and where IEEE arithmetic has its edges."""
    arity = op.arity or ARITY_OF_MANY.get(op.symbol, 3)
    if op.symbol == "round":
        return [(x, float(digits)) for x in (2.5, -0.125, 1234.5678, 0.0, 2.675) for digits in (0, 2, -2)]
    if arity == 1:
        return [(x,) for x in EDGES + ORDINARY]
    if arity == 2:
        pairs = itertools.product(EDGES + ORDINARY, repeat=2)
        # The engine says inf for a root of a negative number that overflows; C and NumPy say nan.
        return [(x, y) for x, y in pairs if op.symbol != "**" or x > -1e300 or not y % 1]
    numbers = [0.0, -1.5, 2.0, 0.5, inf, -inf, nan, 1e308] if arity == 3 else [0.0, -1.5, 2.0, inf, nan]
    return list(itertools.product(numbers, repeat=arity))


def graph(op, numbers):
    leaves = [ScalarValue(number) for number in numbers]
    return apply(op, *leaves), leaves


BUILT_IN = [op for op in OPS.values() if op.symbol != "round"] + [OPS["round"]]
COUNTS = {"round": 1}


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    """Every operation in C, compiled at once."""
    sources = [to_c(graph(op, points(op)[0])[0], name=f"op{index}") for index, op in enumerate(BUILT_IN)]
    return compiled(tmp_path_factory.mktemp("c"), *sources)


@pytest.mark.parametrize("op", BUILT_IN, ids=str)
def test_every_operation_in_python_is_the_engines_to_the_last_bit(op):
    function = run(to_python(graph(op, points(op)[0])[0]))
    for point in points(op):
        assert_equal(function(*point), engine(*graph(op, point)), at_most=0.0, at=point)


@pytest.mark.parametrize("op", BUILT_IN, ids=str)
def test_every_operation_in_numpy_is_the_engines(op):
    function = run(to_numpy(graph(op, points(op)[0])[0]))
    arrays = np.array(points(op)).T
    value, slopes = function(*arrays)
    shape = np.broadcast_shapes(np.shape(value), arrays[0].shape)
    columns = [np.broadcast_to(column, shape) for column in (value, *slopes)]
    for point, (value, *slopes) in zip(points(op), zip(*columns, strict=True), strict=True):
        # 1 - tanh(x)**2 and its like take a last digit of tanh(x) for many of their own.
        assert_equal((value, slopes), engine(*graph(op, point)), absolute=5e-16, at=point)


@needs_compiler
@pytest.mark.parametrize("index", range(len(BUILT_IN)), ids=[op.symbol for op in BUILT_IN])
def test_every_operation_in_c_is_the_engines(index, library):
    function = from_c(library[f"op{index}"])
    for point in points(BUILT_IN[index]):
        assert_equal(function(*point), engine(*graph(BUILT_IN[index], point)), at=point)


UNARY = [
    "neg",
    "abs",
    "exp",
    "log",
    "sqrt",
    "sin",
    "tanh",
    "sigmoid",
    "softplus",
    "relu",
    "gelu",
    "erf",
    "silu",
]
BINARY = ["+", "-", "*", "/", "**", "maximum", "minimum", "hypot", "atan2"]


@st.composite
def graphs(draw):
    """Draw a graph that shares its parts, and its leaves."""
    numbers = draw(st.lists(st.floats(-3, 3), min_size=2, max_size=4))
    leaves = [ScalarValue(number) for number in numbers]
    values = [*leaves, ScalarValue(draw(st.sampled_from([1, 2, 0.5, -1.0, 3])), requires_grad=False)]
    for _ in range(draw(st.integers(1, 12))):
        pick = st.sampled_from(values)
        if draw(st.booleans()):
            values.append(apply(OPS[draw(st.sampled_from(UNARY))], draw(pick)))
        else:
            values.append(apply(OPS[draw(st.sampled_from(BINARY))], draw(pick), draw(pick)))
    return apply(OPS["sum"], *values[-3:]), leaves


def squares(root):
    """Return whether a graph has a power that may be written as a product."""
    stack, seen = [root], set()
    while stack:
        node = stack.pop()
        if node not in seen:
            seen.add(node)
            stack.extend(node.children)
            if str(node.op) == "**":
                return True
    return False


@given(graphs())
def test_random_graphs_in_python_are_the_engines_to_the_last_bit(drawn):
    root, leaves = drawn
    function = run(to_python(root, inputs=[leaf for leaf in leaves if reaches(root, leaf)]))
    used = [leaf for leaf in leaves if reaches(root, leaf)]
    expected = engine(root, used)
    found = function(*[leaf.data for leaf in used])
    if squares(root):
        assert math.isnan(expected[0]) or found[0] == pytest.approx(expected[0], rel=1e-9, abs=1e-9)
    elif all(map(math.isfinite, expected[1])):
        assert_equal(found, expected, at_most=0.0)


def reaches(root, leaf):
    stack, seen = [root], set()
    while stack:
        node = stack.pop()
        if node is leaf:
            return True
        if node not in seen:
            seen.add(node)
            stack.extend(node.children)
    return False


def neuron():
    """Return the neuron of the examples and its leaves."""
    labels = {"x1": 2.0, "w1": -3.0, "x2": -4.0, "w2": 1.0, "b": 6.875}
    x1, w1, x2, w2, b = leaves = [ScalarValue(number, label=label) for label, number in labels.items()]
    n = x1 * w1 + x2 * w2 + b
    n.label = "n"
    out = n.tanh()
    out.label = "out"
    return out, leaves


def mlp_loss():
    """Return the loss of a small network over four samples, as examples/example_nn_minibatch.py has it."""
    numbers = iter(np.random.default_rng(1).uniform(-1, 1, 41))
    leaves = []

    def parameter(label):
        leaves.append(ScalarValue(float(next(numbers)), label=label))
        return leaves[-1]

    sizes = [3, 4, 4, 1]
    layers = [
        [
            ([parameter(f"layers[{k}].w[{i}][{j}]") for j in range(inputs)], parameter(f"layers[{k}].b[{i}]"))
            for i in range(outputs)
        ]
        for k, (inputs, outputs) in enumerate(itertools.pairwise(sizes))
    ]
    losses = []
    for x, y in (([2.0, 3.0, -1.0], 1.0), ([3.0, -1.0, 0.5], -1.0), ([0.5, 1.0, 1.0], -1.0)):
        for k, layer in enumerate(layers):
            with scope(f"layers.{k}", kind="Layer"):
                x = [(sum_([w * v for w, v in zip(ws, x, strict=True)]) + b).tanh() for ws, b in layer]
        losses.append((x[0] - y) ** 2)
    loss = sum_(losses)
    loss.label = "loss"
    return loss, leaves


NETWORKS = pytest.mark.parametrize("network", [neuron, mlp_loss], ids=["neuron", "MLP loss"])


@NETWORKS
def test_networks_in_python_and_numpy_are_the_engines(network):
    root, leaves = network()
    expected = engine(root, leaves)
    numbers = [leaf.data for leaf in leaves]
    assert_equal(run(to_python(root, inputs=leaves))(*numbers), expected, absolute=1e-14)
    assert_equal(run_numpy(to_numpy(root, inputs=leaves))(*numbers), expected, absolute=1e-14)


@needs_compiler
@NETWORKS
def test_networks_in_c_are_the_engines(network, tmp_path):
    root, leaves = network()
    library = compiled(tmp_path, to_c(root, inputs=leaves), flags=["-O2", "-Wconversion"])
    assert_equal(from_c(library.f)(*[leaf.data for leaf in leaves]), engine(root, leaves), absolute=1e-14)


@needs_compiler
def test_c_in_single_precision_and_as_a_header(tmp_path):
    root, leaves = neuron()
    root = root + leaves[0].sigmoid() + logsumexp(leaves) + (leaves[1] / 3).gelu() + leaves[2] % leaves[3]
    source = to_c(root, inputs=leaves, precision="float", header="NEURON_H", name="neuron")
    (tmp_path / "neuron.h").write_text(source)
    caller = (
        '#include "neuron.h"\n#include "neuron.h"\nfloat f(const float *in, float *gradient);\n'
        "float f(const float *in, float *gradient) { return neuron(in, gradient); }\n"
    )
    function = from_c(compiled(tmp_path, caller, flags=["-Wconversion"]).f, ctypes.c_float)
    value, slopes = function(*[leaf.data for leaf in leaves])
    expected = engine(root, leaves)
    assert value == pytest.approx(expected[0], rel=1e-6)
    assert slopes == pytest.approx(expected[1], rel=1e-5, abs=1e-6)
    function.__closure__  # the library stays loaded


@needs_compiler
def test_c_computes_the_value_alone_where_there_is_no_place_for_a_gradient(tmp_path):
    root, leaves = neuron()
    function = compiled(tmp_path, to_c(root)).f
    function.restype = ctypes.c_double
    function.argtypes = [ctypes.POINTER(ctypes.c_double)] * 2
    assert function((ctypes.c_double * 5)(*[leaf.data for leaf in leaves]), None) == root.data


HOSTILE = [
    'x"); system("true',
    "*/ int y; /*",
    "/* */ #error",
    "a\nimport os",
    "a\r\u2028b",
    'triple """ quotes',
    "back\\slash\\",
    "??/",
    "lambda",
    "double",
    "in",
    "gradient",
    "exp",
    "math",
    "np",
    "_exp",
    "value",
    "d_x",
    "v1",
    "",
    " ",
    "\u202eright to left",
    "σ²",
    "中",
    "w[0]",
    "a" * 300,
    "1st",
    "NULL",
    "print",
    "__name__",
    "x",
    "x ",
    "%s {0}",
    "kept",
    "sigmoid",
    "f_part_1",
    "M_PI",
    "HUGE_VAL",
    "y1",
    "FP_NAN",
]


def hostile_graph():
    leaves = [ScalarValue(0.5 + index / 16, label=label) for index, label in enumerate(HOSTILE)]
    inner = []
    for leaf in leaves:
        value = (leaf * leaf).exp()
        value.label = leaf.label
        with scope(f"part {leaf.label}", kind="Part"):
            inner.append(value.sin() + value)
    return sum_(inner), leaves


def test_labels_are_names_or_remarks_and_nothing_else():
    root, leaves = hostile_graph()
    numbers = [leaf.data for leaf in leaves]
    expected = engine(root, leaves)
    for source, runner in ((to_python(root), run), (to_numpy(root), run_numpy)):
        tree = ast.parse(source)
        kinds = {type(node).__name__ for node in tree.body}
        assert kinds <= {"Import", "FunctionDef"}
        assert_equal(runner(source)(*numbers), expected, absolute=1e-14)


@needs_compiler
def test_labels_are_names_or_remarks_in_c_too(tmp_path):
    root, leaves = hostile_graph()
    source = to_c(root)
    assert source.isascii()
    assert source.count("/*") == source.count("*/")
    # The last -std counts: the dialect that a compiler speaks unasked has more names.
    function = from_c(compiled(tmp_path, source, flags=["-std=gnu17"]).f)
    assert_equal(function(*[leaf.data for leaf in leaves]), engine(root, leaves), absolute=1e-14)


@needs_compiler
def test_a_function_in_c_is_never_called_as_one_of_its_library(tmp_path):
    names = ["gamma", "round", "abs", "y0", "isfinite", "printf", "index", "exp10", "logb", "M_PI", "csqrt"]
    root, _ = neuron()
    sources = []
    for name in names:
        function = lambda x: x.tanh()  # noqa: E731  # it gets a name in the next line
        function.__name__ = name
        sources.append(to_c(function, 0.5))
        with pytest.raises(ArgumentError, match=f"got '{name}', which has a meaning already"):
            to_c(root, name=name)
    library = compiled(tmp_path, *sources, flags=["-std=gnu17"])
    assert all(from_c(library[f"{name}_"])(0.5)[0] == math.tanh(0.5) for name in names)


TEXTS = [
    '"""; import os',
    "a" * 86 + '\\ "',
    'ends with" ',
    "ends with \\",
    'ends with "',
    "two\nlines",
    "\0 and \u2028",
]


def test_a_docstring_stays_a_docstring():
    for text in TEXTS:
        tree = ast.parse(to_python(neuron()[0], docstring=text))
        (function,) = [node for node in tree.body if isinstance(node, ast.FunctionDef)]
        assert text[:3] in ast.get_docstring(function)
        assert [type(node).__name__ for node in tree.body] == ["Import", "FunctionDef"]


def test_inputs_may_be_chosen_and_the_rest_is_constant():
    out, (x1, w1, *_) = neuron()
    source = to_python(out, inputs=[w1, x1], wrt=[w1])
    assert "def f(w1, x1):" in source
    assert "b = 6.875" in source
    value, (slope,) = run(source)(w1.data, x1.data)
    out.backward()
    assert (value, slope) == (out.data, w1.grad)


def test_an_inner_value_may_be_an_input():
    out, _ = neuron()
    (n,) = out.children
    source = to_python(out, inputs=[n], name="activation")
    assert "x1" not in source
    assert run(source, "activation")(0.5)[0] == math.tanh(0.5)


def test_constants_are_computed_beforehand():
    x = ScalarValue(3.0, label="x")
    source = to_python(
        x * (ScalarValue(2).detach() * Fraction(1, 2)) + 2 * ScalarValue(3.0).detach(), name="g"
    )
    assert "return" in source
    assert "value = x + 6.0" in source


def test_what_is_exactly_safe_is_left_out_and_nothing_else():
    x = ScalarValue(-0.0, label="x")
    assert math.copysign(1, run(to_python(x * 1 - 0, gradient=False))(-0.0)) == -1
    assert math.copysign(1, run(to_python(x + 0.0, gradient=False))(-0.0)) == 1
    assert math.isnan(run(to_python(x * 0.0, gradient=False))(inf))


def test_no_gradient_flows_where_the_table_is_flat():
    x, y = ScalarValue(2.5, label="x"), ScalarValue(inf, label="y")
    assert run(to_python(x.floor() * y))(2.5, inf) == (inf, (0.0, 2.0))


def test_a_function_is_traced_with_its_example():
    def area(width, sides):
        return width * sides["left"] + sum(sides["others"])

    source = to_python(area, 2.0, {"left": 3.0, "others": [1.0, 2.0]})
    assert "def area(width, sides_left, sides_others_0, sides_others_1):" in source
    assert run(source, "area")(2.0, 3.0, 1.0, 2.0) == (9.0, (3.0, 2.0, 1.0, 1.0))
    assert run(to_python(lambda x, unused: x * 2, 1.0, 5.0))(3.0, 4.0) == (6.0, (2.0, 0.0))
    assert run(to_python(lambda *xs: xs[0] * xs[1], 1.0, 5.0))(3.0, 4.0) == (12.0, (4.0, 3.0))
    assert run(to_python(lambda x: 7, 1.0))(3.0) == (7, (0.0,))


def test_constants_alone_are_a_function_without_arguments():
    assert run(to_python(ScalarValue(3.0).detach() * 2))() == (6.0, ())


def not_finite():
    x = ScalarValue(2.0, label="x")
    return x * inf + ScalarValue(-inf).detach() + (x - nan).relu() * 0 + 10**400 * x, x


def test_constants_that_are_not_finite_are_written():
    root, x = not_finite()
    assert_equal(run(to_python(root))(2.0), engine(root, [x]))
    assert_equal(run_numpy(to_numpy(root))(2.0), engine(root, [x]))


@needs_compiler
def test_constants_that_are_not_finite_compile(tmp_path):
    root, x = not_finite()
    assert_equal(from_c(compiled(tmp_path, to_c(root)).f)(2.0), engine(root, [x]))


@needs_compiler
def test_constants_alone_compile(tmp_path):
    assert from_c(compiled(tmp_path, to_c(ScalarValue(3.0).detach() * 2)).f)() == (6.0, ())


def test_your_own_operations_are_written_if_their_rules_are_over_m():
    cube = custom_op("cube for code", lambda m, x: x**3 + m.exp(x) - m.exp(x), [lambda m, o, x: 3 * x * x])
    assert run(to_python(cube(ScalarValue(2.0))))(2.0) == (8.0, (12.0,))


NOT_OVER_M = {
    "math.exp": (lambda m, x: math.exp(x), "its rule raised TypeError"),
    "if": (lambda m, x: x if x > 0 else 0.0, "its rule asks `if`"),
    "gamma": (lambda m, x: m.gamma(x) if hasattr(x, "index") else x, "its rule uses m.gamma"),
}


@pytest.mark.parametrize("name", NOT_OVER_M)
def test_operations_that_are_not_over_m_are_refused_by_name(name):
    rule, message = NOT_OVER_M[name]
    value = custom_op(f"own {name}", rule, [lambda m, o, x: 1])(ScalarValue(2.0))
    with pytest.raises(NoSourceError, match=f"the operation 'own {name}' has no source code: {message}"):
        to_c(value)


WRONG = {
    "a number": (lambda: to_python(3.0), NumberTypeError, "takes a ScalarValue or a function"),
    "no name": (lambda: to_python(neuron()[0], name="a b"), ArgumentError, r"to_python\(name\) takes a name"),
    "a helper": (lambda: to_c(neuron()[0], name="sigmoid"), ArgumentError, "which has a meaning already"),
    "a word": (lambda: to_c(neuron()[0], name="while"), ArgumentError, "which has a meaning already"),
    "precision": (lambda: to_c(neuron()[0], precision="half"), ArgumentError, "'double' or 'float' and got"),
    "header": (lambda: to_c(neuron()[0], header="a.h"), ArgumentError, "takes the name of a macro"),
    "foreign": (
        lambda: to_numpy(neuron()[0], inputs=[ScalarValue(1.0, "z")]),
        ArgumentError,
        r"to_numpy\(inputs\) got ScalarValue\(data=1.0\) \('z'\), which is no part of the graph",
    ),
    "no input": (
        lambda: to_numpy(neuron()[0], wrt=[ScalarValue(1.0, "z")]),
        ArgumentError,
        r"to_numpy\(wrt\) got ScalarValue\(data=1.0\) \('z'\), which is not among the inputs",
    ),
    "one input": (
        lambda: to_python(neuron()[0], inputs=neuron()[1][0]),
        NumberTypeError,
        r"to_python\(inputs\) takes a list of ScalarValues",
    ),
    "numbers": (
        lambda: to_python(neuron()[0], inputs=[1.0]),
        NumberTypeError,
        "takes ScalarValues and got 1.0",
    ),
    "examples": (lambda: to_python(neuron()[0], 1.0), ArgumentError, "got 1 example arguments for a result"),
    "no examples": (lambda: to_python(lambda x: x), ArgumentError, "missing a required argument: 'x'"),
    "two results": (lambda: to_python(lambda x: [x, x], 1.0), NumberTypeError, "functions that return one"),
    "text": (lambda: to_python(lambda x: x, "1"), NumberTypeError, "takes a real number"),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_cannot_be_written_is_refused(name):
    ask, error, message = WRONG[name]
    with pytest.raises(error, match=message):
        ask()


def test_an_input_given_twice_is_refused():
    out, (x1, *_) = neuron()
    with pytest.raises(ArgumentError, match="got a value twice"):
        to_python(out, inputs=[x1, x1])


def test_numpy_takes_arrays_that_broadcast_and_warns_of_nothing():
    x, w = ScalarValue(2.0, label="x"), ScalarValue(3.0, label="w")
    function = run(to_numpy((x / w).log() * where(x > 1, x, w).exp()))
    value, slopes = function(np.array([[0.0], [1000.0]]), np.array([1.0, 0.0, -1.0]))
    assert value.shape == (2, 3)
    assert [np.broadcast_shapes(slope.shape, value.shape) for slope in slopes] == [(2, 3)] * 2


@pytest.mark.parametrize("generate", [to_python, to_numpy, to_c])
def test_ten_thousand_nodes_take_less_than_two_seconds_and_give_one_text(generate):
    value = x = ScalarValue(0.5, label="x")
    for index in range(3_300):
        value = (value * x + 0.25).tanh()
        if index == 300:
            assert generate(value) == generate(value)
    start = time.process_time()
    generate(value)
    assert time.process_time() - start < 2.0


@needs_compiler
def test_a_long_function_in_c_is_split_into_parts_that_compile_quickly(tmp_path):
    value = x = ScalarValue(0.5, label="x")
    leaves = [x]
    for index in range(350):
        leaves.append(ScalarValue(0.9 + index / 1000))
        value = (value * leaves[-1] + 0.25).tanh() + (value - 0.5).relu()
    source = to_c(value, inputs=leaves)
    assert "static void f_part_2(" in source
    function = from_c(compiled(tmp_path, source, flags=["-O1"]).f)
    assert_equal(function(*[leaf.data for leaf in leaves]), engine(value, leaves), absolute=1e-15)


def test_a_deep_graph_is_no_recursion():
    value = ScalarValue(0.5, label="x")
    for _ in range(10_000):
        value = -(-value).exp().log()
    assert to_python(value, gradient=False).count("\n") > 1000
