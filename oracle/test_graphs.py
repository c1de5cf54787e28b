"""Random graphs with shared nodes against PyTorch: the value, the gradient and all second derivatives."""

import random
from types import SimpleNamespace

import nanograd.engine as nanograd
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nanograd.engine import ScalarValue, topological_order

NAMES = ["exp", "log", "log1p", "sqrt", "sin", "cos", "tanh", "asinh", "atan", "erf", "sigmoid", "expm1"]
NAMES += ["maximum", "minimum", "hypot", "atan2", "relu"]
OURS = SimpleNamespace(
    **{name: getattr(nanograd, name) for name in NAMES},
    gelu=nanograd.gelu,
    silu=nanograd.silu,
    softplus=nanograd.softplus,
    logsumexp=nanograd.logsumexp,
    softmax=nanograd.softmax,
    prod=nanograd.prod,
    dot=nanograd.dot,
)
TORCH = SimpleNamespace(
    **{name: getattr(torch, name) for name in NAMES},
    gelu=torch.nn.functional.gelu,
    silu=torch.nn.functional.silu,
    softplus=torch.nn.functional.softplus,
    logsumexp=lambda xs: torch.logsumexp(torch.stack(xs), 0),
    softmax=lambda xs: list(torch.softmax(torch.stack(xs), 0)),
    prod=lambda xs: torch.prod(torch.stack(xs)),
    dot=lambda xs, ys: torch.dot(torch.stack(xs), torch.stack(ys)),
)

# Over a namespace m of functions, for numbers up to 4, which they do not leave far behind.
FUNCTIONS = [
    lambda m, x, y: (x + y) / 2,
    lambda m, x, y: x - 0.5 * y,
    lambda m, x, y: x * y / 4,
    lambda m, x, y: x / (y * y + 1),
    lambda m, x, y: 3 / (x * x + 1) - y / 2,
    lambda m, x, y: (x * x + 1) ** (m.sin(y) / 4),
    lambda m, x, y: x**2 / 4 - (y / 4) ** 3,
    lambda m, x, y: 1.5 ** m.tanh(x) - abs(y),
    lambda m, x, y: m.exp(m.tanh(x)) - m.expm1(-y * y / 8),
    lambda m, x, y: m.log(x * x + y * y + 0.5),
    lambda m, x, y: m.log1p(x * x) - m.sqrt(y * y + 0.1),
    lambda m, x, y: m.sin(x) + m.cos(y),
    lambda m, x, y: m.asinh(x) * m.atan(y),
    lambda m, x, y: m.erf(x) - m.sigmoid(y),
    lambda m, x, y: m.gelu(x) / 2 + m.silu(y) / 2,
    lambda m, x, y: m.softplus(x) - m.softplus(-y) / 2,
    lambda m, x, y: m.hypot(x, y + 5) / 2,
    lambda m, x, y: m.atan2(x, y * y + 0.3),
    lambda m, x, y: m.maximum(x, y) - m.minimum(x, 2 * y) / 2,
    lambda m, x, y: m.relu(x) - m.relu(-y),
    lambda m, x, y: m.logsumexp([x, y, x * y / 4]) / 2,
    lambda m, x, y: m.softmax([x, y, -x])[1] * 2 - x / 2,
    lambda m, x, y: m.prod([x, m.tanh(y), y]) / 8,
    lambda m, x, y: m.dot([x, y], [m.tanh(y), x]) / 8,
]


def run(m, program, leaves):
    values = list(leaves)
    for function, i, j in program:
        values.append(FUNCTIONS[function](m, values[i], values[j]))
    return m.tanh(values[-1] / 4) * 4 + values[-1] * values[len(values) // 2]


def drawn(seed, size):
    """Return a program: which function is applied to which earlier values, rather to late ones."""
    numbers = random.Random(seed)
    program = []
    for count in range(3, 3 + size):
        i = max(0, count - 1 - int(numbers.expovariate(0.5)))
        program.append((numbers.randrange(len(FUNCTIONS)), i, numbers.randrange(count)))
    return program, [numbers.uniform(-2.0, 2.0) for _ in range(3)]


def close(expected, scale):
    return pytest.approx(expected, rel=1e-9, abs=1e-11 * scale)


@settings(deadline=None, max_examples=300)
@given(seed=st.integers(0, 2**32), size=st.integers(1, 60))
def test_values_and_derivatives_of_both_orders_equal_pytorch(seed, size):
    program, point = drawn(seed, size)
    leaves = [ScalarValue(number) for number in point]
    result = run(OURS, program, leaves)
    others = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in point]
    expected = run(TORCH, program, others)
    assert result.data == close(expected.item(), 1.0)

    gradients = nanograd.grad(result, leaves, create_graph=True, allow_unused=True)
    gradients = [ScalarValue(0.0) if slope is None else slope for slope in gradients]
    expected_gradients = [
        torch.zeros((), dtype=torch.float64) if slope is None else slope
        for slope in torch.autograd.grad(expected, others, create_graph=True, allow_unused=True)
    ]
    first = [slope.item() for slope in expected_gradients]
    scale = max(1.0, *map(abs, first))
    assert [slope.data for slope in gradients] == close(first, scale)

    result.backward()
    assert [leaf.grad for leaf in leaves] == close(first, scale)

    for slope, other in zip(gradients, expected_gradients, strict=True):
        found, expected = [0.0] * 3, [0.0] * 3
        if slope.requires_grad:
            found = nanograd.grad(slope, leaves, allow_unused=True)
        if other.requires_grad:
            expected = torch.autograd.grad(other, others, retain_graph=True, allow_unused=True)
        second = [0.0 if number is None else float(number) for number in expected]
        assert [number or 0.0 for number in found] == close(second, max(scale, *map(abs, second)))


@settings(deadline=None, max_examples=100)
@given(seed=st.integers(0, 2**32), size=st.integers(1, 60))
def test_forward_mode_and_forward_over_reverse_equal_pytorch(seed, size):
    program, point = drawn(seed, size)
    others = torch.tensor(point, dtype=torch.float64)
    direction = [1.0, -0.5, 2.0]

    value, tangent = nanograd.jvp(lambda xs: run(OURS, program, xs), point, direction)
    expected, expected_tangent = torch.autograd.functional.jvp(
        lambda xs: run(TORCH, program, list(xs)), others, torch.tensor(direction, dtype=torch.float64)
    )
    assert value == close(expected.item(), 1.0)
    assert tangent == close(expected_tangent.item(), max(1.0, abs(expected_tangent.item())))

    second = torch.autograd.functional.hessian(lambda xs: run(TORCH, program, list(xs)), others)
    for row, expected_row in zip(
        nanograd.hessian(lambda xs: run(OURS, program, xs))(point), second.tolist(), strict=True
    ):
        assert row == close(expected_row, max(1.0, *map(abs, second.reshape(-1).tolist())))


def test_the_graphs_are_large_and_share_nodes():
    program, point = drawn(1, 60)
    result = run(OURS, program, [ScalarValue(number) for number in point])
    order = topological_order(result)
    edges = sum(len(node.children) for node in order)
    assert len(order) > 200
    assert edges > len(order) * 1.2
