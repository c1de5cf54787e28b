"""W1: a thousand mixed scalar operations, drawn at random, value and gradient, replayed."""

import random
from typing import Any

import numpy as np
from nanograd import engine

from workloads.programs import program_of, tape_of
from workloads.reading import Step, as_it_is, casadi_step, of_tensors, of_values

TITLE = "1,000 mixed scalar operations, value and gradient, replayed"
START = np.random.default_rng(1).uniform(0.5, 1.5, 20)


def mixed(x: list[Any], tanh: Any, sin: Any, exp: Any, log: Any, relu: Any) -> Any:
    """Return a number that takes a thousand operations, every one of which it depends on."""
    draw = random.Random(7)
    waiting, recent = list(x), list(x)  # what nothing has used yet; what was computed last
    for _ in range(345):
        a, b = waiting.pop(0), draw.choice(recent)
        rules = [
            lambda a, b: a + b,
            lambda a, b: a - b,
            lambda a, b: a * b + 0.5,
            lambda a, b: a / (b * b + 1.0),
            lambda a, b: tanh(a) * b,
            lambda a, b: sin(a + b),
            lambda a, b: exp(-a * a),
            lambda a, b: log(a * a + 1.0),
            lambda a, b: relu(a) + b * 0.5,
            lambda a, b: tanh(a**2),
        ]
        waiting.append(draw.choice(rules)(a, b))
        recent = [*recent[-19:], waiting[-1]]
    return sum(waiting)


def _values() -> tuple[Any, list[Any]]:
    x = [engine.ScalarValue(number) for number in START]
    return mixed(x, engine.tanh, engine.sin, engine.exp, engine.log, engine.relu), x


def nanograd() -> Step:
    program = program_of(*_values())
    return lambda: program(START), as_it_is


def nanograd_tape() -> Step:
    tape = tape_of(*_values())
    return lambda: tape.value_and_grad(START), as_it_is


def nanograd_eager() -> Step:
    def call() -> Any:
        root, x = _values()
        root.backward()
        return root, x

    return call, lambda result: of_values(result[1])(result[0])


def micrograd() -> Step:
    from micrograd.engine import Value

    from workloads import micrograd_functions as functions

    def call() -> Any:
        x = [Value(number) for number in START]
        root = mixed(x, functions.tanh, functions.sin, functions.exp, functions.log, functions.relu)
        root.backward()
        return root, x

    return call, lambda result: of_values(result[1])(result[0])


def torch() -> Step:
    import torch

    x = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in START]

    def call() -> Any:
        for leaf in x:
            leaf.grad = None
        root = mixed(x, torch.tanh, torch.sin, torch.exp, torch.log, torch.relu)
        root.backward()
        return root.detach()

    return call, of_tensors(x)


def jax() -> Step:
    import jax
    from jax import numpy as jnp

    def value(x: Any) -> Any:
        return mixed(list(x), jnp.tanh, jnp.sin, jnp.exp, jnp.log, jax.nn.relu)

    run = jax.jit(jax.value_and_grad(value))
    given = jnp.array(START)
    return lambda: jax.block_until_ready(run(given)), as_it_is


def _casadi(compiled: bool) -> Step:
    import casadi

    x = casadi.SX.sym("x", len(START))
    numbers = [x[index] for index in range(len(START))]
    value = mixed(numbers, casadi.tanh, casadi.sin, casadi.exp, casadi.log, lambda a: casadi.fmax(a, 0))
    return casadi_step(value, x, START, "mixed", compiled)


def casadi() -> Step:
    return _casadi(compiled=False)


def casadi_gcc() -> Step:
    return _casadi(compiled=True)
