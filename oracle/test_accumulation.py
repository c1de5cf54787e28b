"""The rules of accumulation against PyTorch: the same calls in both leave the same gradients."""

import nanograd.engine as nanograd
import pytest
import torch
from nanograd.engine import ScalarValue


class Nanograd:
    """The calls in nanograd's words."""

    detach = staticmethod(ScalarValue.detach)
    no_grad = staticmethod(nanograd.no_grad)
    enable_grad = staticmethod(nanograd.enable_grad)
    backward = staticmethod(nanograd.backward)
    grad = staticmethod(nanograd.grad)
    value = staticmethod(ScalarValue)

    @staticmethod
    def keep_grad(value):
        pass

    @staticmethod
    def constant(number):
        return ScalarValue(number, requires_grad=False)


class PyTorch:
    """The same in PyTorch's."""

    detach = staticmethod(torch.Tensor.detach)
    no_grad = staticmethod(torch.no_grad)
    enable_grad = staticmethod(torch.enable_grad)
    keep_grad = staticmethod(torch.Tensor.retain_grad)

    @staticmethod
    def value(number):
        return torch.tensor(number, dtype=torch.float64, requires_grad=True)

    @staticmethod
    def constant(number):
        return torch.tensor(number, dtype=torch.float64)

    @staticmethod
    def backward(roots, gradients=None, **options):
        given = None if gradients is None else [torch.tensor(g, dtype=torch.float64) for g in gradients]
        torch.autograd.backward(roots, given, retain_graph=True, **options)

    @staticmethod
    def grad(outputs, inputs, grad_outputs=None, **options):
        given = None if grad_outputs is None else [torch.tensor(g, dtype=torch.float64) for g in grad_outputs]
        return torch.autograd.grad(outputs, inputs, given, retain_graph=True, **options)


def repeated(e):
    x = e.value(3.0)
    y = x * x * x
    for _ in range(3):
        e.backward([y])
        yield x.grad


def several_roots(e):
    x, y = e.value(2.0), e.value(5.0)
    shared = x * y
    e.keep_grad(shared)
    e.backward([shared * 3, shared + x], [1.0, 10.0])
    yield from (x.grad, y.grad, shared.grad)


def a_root_inside_a_root(e):
    x = e.value(2.0)
    y = x * x
    e.backward([y * y, y])
    yield x.grad


def the_same_root_twice(e):
    x = e.value(2.0)
    y = x * 3
    e.backward([y, y])
    e.backward([y, y], [0.5, 0.25])
    yield x.grad


def inputs_of_backward(e):
    x, y = e.value(2.0), e.value(5.0)
    shared = x * y
    e.keep_grad(shared)
    root = shared * shared + x
    e.backward([root])
    e.backward([root], inputs=[x])
    yield from (x.grad, y.grad)
    e.backward([root], [2.0], inputs=[y, x])
    yield from (x.grad, y.grad)


def hooks_on_a_leaf(e):
    x = e.value(3.0)
    handle = x.register_hook(lambda gradient: gradient * 2)
    y = x * x + x
    e.backward([y])
    yield x.grad
    handle.remove()
    e.backward([y])
    yield x.grad


def hooks_on_an_inner_value(e):
    x = e.value(3.0)
    y = x * x
    e.keep_grad(y)
    seen = []
    y.register_hook(seen.append)
    y.register_hook(lambda gradient: gradient * 10)
    y.register_hook(lambda gradient: gradient + 1)
    e.backward([y * 2 + y * 3])
    yield from (x.grad, *seen)


def hooks_see_the_sum_of_all_paths(e):
    x, seen = e.value(3.0), []
    x.register_hook(seen.append)
    e.backward([x * x + 5 * x])
    yield from (float(len(seen)), *seen, x.grad)


def hooks_and_grad(e):
    x = e.value(3.0)
    y = x * x
    y.register_hook(lambda gradient: gradient * 10)
    x.register_hook(lambda gradient: gradient + 1)
    yield from e.grad([y * 2], [x])


def detach(e):
    x = e.value(3.0)
    y = x * x
    z = e.detach(y) * x + y * e.constant(2.0)
    e.backward([z])
    yield x.grad


def no_grad(e):
    x = e.value(3.0)
    with e.no_grad():
        y = x * x
        with e.enable_grad():
            z = x * 5
    yield float(y.requires_grad), float(z.requires_grad)
    e.backward([y * x + z])
    yield x.grad


def constants_made_to_need_gradients(e):
    x = e.constant(3.0).requires_grad_()
    e.backward([x * x])
    yield x.grad
    x.requires_grad_(False)
    yield float((x * x).requires_grad)


def grad_leaves_grad_alone(e):
    x, y = e.value(3.0), e.value(4.0)
    z = x * y + x
    e.backward([z])
    yield from e.grad([z, z * z], [x, y, z], [1.0, 0.5])
    yield from (x.grad, y.grad)


def unused_inputs(e):
    x, unused = e.value(3.0), e.value(4.0)
    first, second = e.grad([x * x], [x, unused], allow_unused=True)
    yield first
    yield float(second is None)


def gradients_of_gradients(e):
    x, y = e.value(2.0), e.value(3.0)
    z = x**3 * y + (x * y).tanh()
    slopes = e.grad([z], [x, y], create_graph=True)
    for slope in slopes:
        yield slope
        yield from e.grad([slope], [x, y], create_graph=True)
    (third,) = e.grad(e.grad([slopes[0]], [x], create_graph=True), [x])
    yield third


def a_gradient_penalty(e):
    x, w = e.value(2.0), e.value(0.7)
    (slope,) = e.grad([(w * x).tanh()], [x], create_graph=True)
    e.backward([(slope - 1) ** 2 + w])
    yield from (w.grad, x.grad)


def gradients_cut_off_by_detach_have_no_second_derivative(e):
    x = e.value(2.0)
    (slope,) = e.grad([x**3], [x], create_graph=True)
    e.backward([e.detach(slope) * x])
    yield x.grad


def gradients_that_are_zero(e):
    x, y = e.value(2.0), e.value(3.0)
    e.backward([x * 0 + y.relu() * 0 + (-y).relu()])
    yield from (x.grad, y.grad)


SCRIPTS = [
    repeated,
    several_roots,
    a_root_inside_a_root,
    the_same_root_twice,
    inputs_of_backward,
    hooks_on_a_leaf,
    hooks_on_an_inner_value,
    hooks_see_the_sum_of_all_paths,
    hooks_and_grad,
    detach,
    no_grad,
    constants_made_to_need_gradients,
    grad_leaves_grad_alone,
    unused_inputs,
    gradients_of_gradients,
    a_gradient_penalty,
    gradients_cut_off_by_detach_have_no_second_derivative,
    gradients_that_are_zero,
]


def numbers(script, engine):
    results = []
    for item in script(engine):  # at once: PyTorch adds to a gradient in place
        several = item if isinstance(item, tuple) else (item,)
        results += [float(number.detach() if hasattr(number, "detach") else number) for number in several]
    return results


@pytest.mark.parametrize("script", SCRIPTS)
def test_the_same_calls_leave_the_same_gradients(script):
    assert numbers(script, Nanograd) == pytest.approx(numbers(script, PyTorch), rel=1e-13)


# Known differences


def test_an_inner_input_s_gradient_has_passed_its_hooks():
    """As in backward(); in PyTorch it depends on what else is asked for."""
    found = []
    for engine in (Nanograd, PyTorch):
        x = engine.value(3.0)
        y = x * x
        y.register_hook(lambda gradient: gradient * 10)
        found += map(float, engine.grad([y * 2], [y]))
        found += map(float, engine.grad([y * 2], [x, y]))
    assert found == [20.0, 120.0, 20.0, 20.0, 120.0, 2.0]


def test_gradients_beyond_the_roots_are_refused():
    """PyTorch leaves out what it has no root for."""
    x, y = Nanograd.value(1.0), PyTorch.value(1.0)
    with pytest.raises(nanograd.ArgumentError, match="1 roots and 2 gradients"):
        nanograd.backward([x * 2], [1.0, 2.0])
    PyTorch.backward([y * 2], [1.0, 2.0])
    assert y.grad.item() == 2.0


@pytest.mark.parametrize(
    "mistake",
    [
        lambda e: e.backward([e.constant(1.0)]),
        lambda e: e.grad([e.constant(1.0) * 2], [e.value(1.0)]),
        lambda e: e.grad([e.value(2.0) * 2], [e.value(1.0)]),
        lambda e: e.grad([e.value(2.0) * 2], [e.constant(1.0)]),
        lambda e: (e.value(2.0) * 2).requires_grad_(False),
    ],
    ids=range(5),
)
def test_both_refuse_the_same_calls(mistake):
    for engine in (Nanograd, PyTorch):
        with pytest.raises((RuntimeError, ValueError)):
            mistake(engine)
