"""W2: a step of micrograd's demo, a 2-16-16-1 network on the two moons, 100 samples, loss and gradient."""

import math
from itertools import pairwise
from typing import Any

import numpy as np
from nanograd.engine import ScalarValue

from workloads.programs import program_of, tape_of
from workloads.reading import Step, as_it_is, c_function, casadi_step, of_tensors, of_values

TITLE = "two-moons step, 2-16-16-1 network, 100 samples"
SAMPLES, SIZES, DECAY = 100, (2, 16, 16, 1), 1e-4


def moons() -> tuple[np.ndarray, np.ndarray]:
    """Return points on two half circles, with noise, and the half of each: -1 or 1."""
    random = np.random.default_rng(1337)
    angle = np.linspace(0.0, math.pi, SAMPLES // 2)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    points = np.concatenate([upper, lower]) + random.normal(0.0, 0.1, (SAMPLES, 2))
    return points, np.repeat([-1.0, 1.0], SAMPLES // 2)


X, Y = moons()
COUNT = sum(fan_out * (fan_in + 1) for fan_in, fan_out in pairwise(SIZES))
START = np.random.default_rng(1).uniform(-1.0, 1.0, COUNT)


def loss(parameters: list[Any], xs: Any, ys: Any) -> Any:
    """Return micrograd's loss: the mean hinge of all samples, and a decay of the weights.

    Each neuron's parameters are its weights and then its bias.
    """
    margins = []
    for x, y in zip(xs, ys, strict=True):
        values, at = list(x), 0
        for depth, fan_out in enumerate(SIZES[1:]):
            outputs = []
            for _ in range(fan_out):
                weights, bias = parameters[at : at + len(values)], parameters[at + len(values)]
                at += len(values) + 1
                total = sum((w * v for w, v in zip(weights, values, strict=True)), bias)
                outputs.append(total.relu() if depth < 2 else total)
            values = outputs
        margins.append((1 + -y * values[0]).relu())
    return sum(margins) * (1.0 / len(margins)) + DECAY * sum(p * p for p in parameters)


def _graph() -> tuple[ScalarValue, list[ScalarValue], dict[str, Any]]:
    parameters = [ScalarValue(number) for number in START]
    xs = [[ScalarValue(number) for number in x] for x in X]
    ys = [ScalarValue(y) for y in Y]
    return loss(parameters, xs, ys), parameters, {"x": xs, "y": ys}


def nanograd() -> Step:
    program = program_of(*_graph())
    return lambda: program(START, x=X, y=Y), as_it_is


def nanograd_tape() -> Step:
    tape = tape_of(*_graph())
    inputs = np.concatenate([X.ravel(), Y])
    return lambda: tape.value_and_grad(START, inputs), as_it_is


def _scalars(number: Any) -> Step:
    def call() -> Any:
        parameters = [number(start) for start in START]
        root = loss(parameters, [[number(x) for x in point] for point in X], Y.tolist())
        root.backward()
        return root, parameters

    return call, lambda result: of_values(result[1])(result[0])


def nanograd_eager() -> Step:
    return _scalars(ScalarValue)


def micrograd() -> Step:
    from micrograd.engine import Value

    return _scalars(Value)


def _layers() -> list[np.ndarray]:
    """Return for each layer a matrix with a row a neuron, its bias last."""
    layers, at = [], 0
    for fan_in, fan_out in pairwise(SIZES):
        count = fan_out * (fan_in + 1)
        layers.append(START[at : at + count].reshape(fan_out, fan_in + 1).copy())
        at += count
    return layers


def torch() -> Step:
    import torch

    layers = [torch.tensor(layer, requires_grad=True) for layer in _layers()]
    x, y = torch.tensor(X), torch.tensor(Y)

    def call() -> Any:
        for layer in layers:
            layer.grad = None
        values = x
        for depth, layer in enumerate(layers):
            values = values @ layer[:, :-1].T + layer[:, -1]
            values = torch.relu(values) if depth < 2 else values
        root = torch.relu(1 - y * values[:, 0]).mean() + DECAY * sum(
            (layer * layer).sum() for layer in layers
        )
        root.backward()
        return root.detach()

    return call, of_tensors(layers)


def jax() -> Step:
    import jax
    from jax import numpy as jnp

    def value(layers: Any, x: Any, y: Any) -> Any:
        values = x
        for depth, layer in enumerate(layers):
            values = values @ layer[:, :-1].T + layer[:, -1]
            values = jax.nn.relu(values) if depth < 2 else values
        hinge = jax.nn.relu(1 - y * values[:, 0]).mean()
        return hinge + DECAY * sum((layer * layer).sum() for layer in layers)

    run = jax.jit(jax.value_and_grad(value))
    given = [jnp.array(layer) for layer in _layers()], jnp.array(X), jnp.array(Y)
    return lambda: jax.block_until_ready(run(*given)), as_it_is


def casadi() -> Step:
    import casadi

    symbols = casadi.SX.sym("p", COUNT)
    casadi.SX.relu = lambda self: casadi.fmax(self, 0)
    value = loss([symbols[index] for index in range(COUNT)], X.tolist(), Y.tolist())
    return casadi_step(value, symbols, START, "moons")


def numpy() -> Step:
    first, second, third = _layers()

    def call() -> Any:
        a = X @ first[:, :-1].T + first[:, -1]
        h = np.maximum(a, 0.0)
        b = h @ second[:, :-1].T + second[:, -1]
        g = np.maximum(b, 0.0)
        score = g @ third[0, :-1] + third[0, -1]
        margin = np.maximum(1.0 - Y * score, 0.0)
        squares = sum(np.vdot(layer, layer) for layer in (first, second, third))
        value = margin.sum() / SAMPLES + DECAY * squares
        by_first, by_second, by_third = (2 * DECAY) * first, (2 * DECAY) * second, (2 * DECAY) * third
        by_score = (margin > 0.0) * Y * (-1.0 / SAMPLES)
        by_third[0, :-1] += by_score @ g
        by_third[0, -1] += by_score.sum()
        by_b = np.outer(by_score, third[0, :-1]) * (b > 0.0)
        by_second[:, :-1] += by_b.T @ h
        by_second[:, -1] += by_b.sum(0)
        by_a = (by_b @ second[:, :-1]) * (a > 0.0)
        by_first[:, :-1] += by_a.T @ X
        by_first[:, -1] += by_a.sum(0)
        return value, [by_first, by_second, by_third]

    return call, as_it_is


C = """
#include <string.h>
#define N 100
double step(
    const double *restrict p, const double *restrict x, const double *restrict y, double *restrict g
) {
    const double *w1 = p, *w2 = p + 48, *w3 = p + 320;
    double *g1 = g, *g2 = g + 48, *g3 = g + 320, value = 0, squares = 0;
    double w1t[3][16], w2t[17][16], g1t[3][16], g2t[17][16];
    memset(g1t, 0, sizeof g1t); memset(g2t, 0, sizeof g2t);
    for (int j = 0; j < 16; j++) for (int k = 0; k < 3; k++) w1t[k][j] = w1[3 * j + k];
    for (int j = 0; j < 16; j++) for (int k = 0; k < 17; k++) w2t[k][j] = w2[17 * j + k];
    for (int i = 0; i < 337; i++) { squares += p[i] * p[i]; g[i] = 2e-4 * p[i]; }
    for (int n = 0; n < N; n++) {
        double a[16], b[16], score = w3[16], da[16], db[16];
        for (int j = 0; j < 16; j++) {
            double t = w1t[2][j] + w1t[0][j] * x[2 * n] + w1t[1][j] * x[2 * n + 1];
            a[j] = t > 0 ? t : 0;
        }
        for (int j = 0; j < 16; j++) b[j] = w2t[16][j];
        for (int k = 0; k < 16; k++) for (int j = 0; j < 16; j++) b[j] += w2t[k][j] * a[k];
        for (int j = 0; j < 16; j++) b[j] = b[j] > 0 ? b[j] : 0;
        for (int j = 0; j < 16; j++) score += w3[j] * b[j];
        double margin = 1 - y[n] * score;
        if (margin <= 0) continue;
        value += margin;
        double ds = -y[n] / N;
        g3[16] += ds;
        for (int j = 0; j < 16; j++) { g3[j] += ds * b[j]; db[j] = b[j] > 0 ? ds * w3[j] : 0; }
        for (int k = 0; k < 16; k++) {
            double t = 0;
            for (int j = 0; j < 16; j++) { g2t[k][j] += db[j] * a[k]; t += db[j] * w2t[k][j]; }
            da[k] = a[k] > 0 ? t : 0;
        }
        for (int j = 0; j < 16; j++) g2t[16][j] += db[j];
        for (int j = 0; j < 16; j++) {
            g1t[0][j] += da[j] * x[2 * n]; g1t[1][j] += da[j] * x[2 * n + 1]; g1t[2][j] += da[j];
        }
    }
    for (int j = 0; j < 16; j++) for (int k = 0; k < 3; k++) g1[3 * j + k] += g1t[k][j];
    for (int j = 0; j < 16; j++) for (int k = 0; k < 17; k++) g2[17 * j + k] += g2t[k][j];
    return value / N + 1e-4 * squares;
}
"""


def c() -> Step:
    gradient = np.zeros(COUNT)
    step = c_function(C, START, X, Y, gradient)
    return lambda: (step(), gradient), as_it_is
