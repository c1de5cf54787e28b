"""The graphs that several test files draw."""

from __future__ import annotations

import pytest
from nanograd.engine import ScalarValue, scope


def _named(value, label):
    value.label = label
    return value


@pytest.fixture
def expression():
    """out = (a * b + c) * (k + b), after its backward pass."""
    a, b = ScalarValue(5.0, label="a"), ScalarValue(2, label="b")
    c, k = ScalarValue(3, label="c"), ScalarValue(2.0, label="k")
    d = _named(a * b, "d")
    out = _named(_named(d + c, "e") * _named(k + b, "f"), "out")
    out.backward()
    return out


@pytest.fixture
def minibatch():
    """The loss of a network of two layers, one neuron each, that is used for three samples."""
    weights = [(ScalarValue(0.5, label=f"w{n}"), ScalarValue(-0.1, label=f"b{n}")) for n in range(2)]
    errors = []
    for sample, target in ((1.0, -1.0), (2.0, 1.0), (3.0, 0.5)):
        with scope("", kind="MLP"):
            x = ScalarValue(sample, requires_grad=False)
            for number, (w, b) in enumerate(weights):
                with scope(f"layers.{number}", kind="Layer"):
                    x = (w * x + b).tanh()
        errors.append((x, target))
    with scope("", kind="Loss"):
        loss = sum((y - target) ** 2 for y, target in errors)
    _named(loss, "loss").backward()
    return loss


class Part:
    """A part of a model as this package knows it, made without nanograd.nn."""

    training = True

    def __init__(self, parts=(), parameters=(), call=None, extra=""):
        self._parts, self._own, self._call, self._extra = list(parts), list(parameters), call, extra

    def named_children(self):
        return self._parts

    def parameters(self):
        found, reached, waiting = {}, set(), [self]
        while waiting:
            part = waiting.pop()
            if part not in reached:
                reached.add(part)
                found.update(dict.fromkeys(part._own))
                waiting.extend(inside for _, inside in reversed(part._parts))
        return list(found)

    def extra_repr(self):
        return self._extra

    def __call__(self, *inputs):
        return self._call(*inputs)


class Dense(Part):
    """tanh(w x + b) for several outputs, each in a scope of its own name."""

    def __init__(self, ins, outs, seed=0.5):
        self.w = [[ScalarValue(seed - 0.1 * i + 0.05 * o) for i in range(ins)] for o in range(outs)]
        self.b = [ScalarValue(0.1 * o) for o in range(outs)]
        super().__init__(parameters=[*(w for row in self.w for w in row), *self.b], extra=f"{ins}, {outs}")

    def __call__(self, x):
        return [
            (sum(w * v for w, v in zip(row, x, strict=True)) + b).tanh()
            for row, b in zip(self.w, self.b, strict=True)
        ]


class Chain(Part):
    """Parts one after the other, each call in its scope, as nanograd.nn does it."""

    def __init__(self, *parts, names=None):
        super().__init__(zip(names or map(str, range(len(parts))), parts, strict=True))

    def __call__(self, x):
        with scope("", kind=type(self).__name__):
            for name, part in self._parts:
                with scope(name, kind=type(part).__name__):
                    x = part(x)
        return x


@pytest.fixture
def chain():
    """A model of two layers, 2 -> 3 -> 1."""
    return Chain(Dense(2, 3), Dense(3, 1))


@pytest.fixture
def make_part():
    return Part


@pytest.fixture
def make_dense():
    return Dense


@pytest.fixture
def make_chain():
    return Chain
