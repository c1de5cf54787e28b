"""W3: a step of training a 784-50-10 classifier of images on a batch of 64: cross-entropy and SGD.

The images are random: speed does not depend on what is in them.
"""

from typing import Any

import numpy as np
from nanograd import engine
from nanograd.engine import ScalarValue

from workloads.programs import program_of
from workloads.reading import Step, as_it_is

TITLE = "784-50-10 classifier, batch of 64, cross-entropy and a step of SGD"
PIXELS, HIDDEN, CLASSES, BATCH, RATE = 784, 50, 10, 64, 0.1
_RANDOM = np.random.default_rng(1)
X = _RANDOM.uniform(0.0, 1.0, (BATCH, PIXELS))
LABELS = _RANDOM.integers(0, CLASSES, BATCH)
ONE_HOT = np.eye(CLASSES)[LABELS]
START = [
    _RANDOM.uniform(-1, 1, (HIDDEN, PIXELS)) / np.sqrt(PIXELS),
    np.zeros(HIDDEN),
    _RANDOM.uniform(-1, 1, (CLASSES, HIDDEN)) / np.sqrt(HIDDEN),
    np.zeros(CLASSES),
]
FLAT = np.concatenate([part.ravel() for part in START])


def loss(parameters: list[Any], x: list[Any], one_hot: list[Any], logsumexp: Any) -> Any:
    """Return the cross-entropy of one image, in scalars."""
    ends = np.cumsum([part.size for part in START])
    first, first_bias, second, second_bias = (
        parameters[end - part.size : end] for part, end in zip(START, ends, strict=True)
    )
    hidden = []
    for row, bias in enumerate(first_bias):
        weights = first[row * PIXELS : (row + 1) * PIXELS]
        hidden.append(sum((w * v for w, v in zip(weights, x, strict=True)), bias).relu())
    logits = []
    for row, bias in enumerate(second_bias):
        weights = second[row * HIDDEN : (row + 1) * HIDDEN]
        logits.append(sum((w * v for w, v in zip(weights, hidden, strict=True)), bias))
    return logsumexp(logits) - sum(t * logit for t, logit in zip(one_hot, logits, strict=True))


def nanograd() -> Step:
    leaves = [ScalarValue(number) for number in FLAT]
    x = [ScalarValue(number) for number in X[0]]
    one_hot = [ScalarValue(number) for number in ONE_HOT[0]]
    root = loss(leaves, x, one_hot, engine.logsumexp)
    program = program_of(root, leaves, {"x": x, "target": one_hot}, batch=True)
    parameters = FLAT.copy()

    def call() -> Any:
        value, gradient = program(parameters, x=X, target=ONE_HOT)
        np.subtract(parameters, RATE * gradient, out=parameters)
        return value, parameters

    return call, as_it_is


def micrograd_slow() -> Step:
    from micrograd.engine import Value

    from workloads import micrograd_functions as functions

    leaves = [Value(number) for number in FLAT]

    def logsumexp(logits: list[Value]) -> Value:
        largest = max(logit.data for logit in logits)
        return functions.log(sum(functions.exp(logit - largest) for logit in logits)) + largest

    def call() -> Any:
        value = 0.0
        for leaf in leaves:
            leaf.grad = 0.0
        for x, one_hot in zip(X.tolist(), ONE_HOT.tolist(), strict=True):
            root = loss(leaves, x, one_hot, logsumexp) * (1.0 / BATCH)
            root.backward()
            value += root.data
        for leaf in leaves:
            leaf.data -= RATE * leaf.grad
        return value, [leaf.data for leaf in leaves]

    return call, lambda result: (result[0], np.array(result[1]))


def torch() -> Step:
    import torch

    model = torch.nn.Sequential(
        torch.nn.Linear(PIXELS, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, CLASSES)
    ).double()
    with torch.no_grad():
        for parameter, part in zip(model.parameters(), START, strict=True):
            parameter.copy_(torch.tensor(part))
    optimizer = torch.optim.SGD(model.parameters(), lr=RATE)
    x, labels = torch.tensor(X), torch.tensor(LABELS)

    def call() -> Any:
        optimizer.zero_grad()
        root = torch.nn.functional.cross_entropy(model(x), labels)
        root.backward()
        optimizer.step()
        return root.detach()

    return call, lambda root: (
        float(root),
        np.concatenate([parameter.detach().numpy().ravel() for parameter in model.parameters()]),
    )


def jax() -> Step:
    import jax
    from jax import numpy as jnp

    def value(parts: Any, x: Any, labels: Any) -> Any:
        first, first_bias, second, second_bias = parts
        logits = jax.nn.relu(x @ first.T + first_bias) @ second.T + second_bias
        chosen = jnp.take_along_axis(logits, labels[:, None], axis=1)[:, 0]
        return (jax.nn.logsumexp(logits, axis=1) - chosen).mean()

    def step(parts: Any, x: Any, labels: Any) -> Any:
        result, gradients = jax.value_and_grad(value)(parts, x, labels)
        return result, [part - RATE * slope for part, slope in zip(parts, gradients, strict=True)]

    run = jax.jit(step, donate_argnums=0)
    state = [[jnp.array(part) for part in START]]
    given = jnp.array(X), jnp.array(LABELS)

    def call() -> Any:
        result, state[0] = jax.block_until_ready(run(state[0], *given))
        return result, state[0]

    return call, as_it_is


def numpy() -> Step:
    first, first_bias, second, second_bias = (part.copy() for part in START)
    rows = np.arange(BATCH)

    def call() -> Any:
        hidden = np.maximum(X @ first.T + first_bias, 0.0)
        logits = hidden @ second.T + second_bias
        logits -= logits.max(1, keepdims=True)
        by_logits = np.exp(logits)
        sums = by_logits.sum(1, keepdims=True)
        value = (np.log(sums[:, 0]) - logits[rows, LABELS]).mean()
        by_logits /= sums
        by_logits[rows, LABELS] -= 1.0
        by_logits *= RATE / BATCH
        by_hidden = (by_logits @ second) * (hidden > 0.0)
        np.subtract(second, by_logits.T @ hidden, out=second)
        np.subtract(second_bias, by_logits.sum(0), out=second_bias)
        np.subtract(first, by_hidden.T @ X, out=first)
        np.subtract(first_bias, by_hidden.sum(0), out=first_bias)
        return value, [first, first_bias, second, second_bias]

    return call, as_it_is
