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
