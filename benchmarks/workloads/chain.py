"""W4: a recurrence a million steps deep, x = x * a + b, value and the derivatives by x, a and b."""

from typing import Any

import numpy as np
from nanograd.engine import ScalarValue

from workloads.programs import program_of, tape_of
from workloads.reading import Step, as_it_is, casadi_step, of_tensors, of_values

TITLE = "chain of 1,000,000 x = x * a + b"
STEPS = 1_000_000
START = np.array([0.5, 0.999999, 1e-6])
TOLERANCE = 1e-9  # a million roundings, added up in another order


def last(x: Any, a: Any, b: Any, steps: int = STEPS) -> Any:
    for _ in range(steps):
        x = x * a + b
    return x


def nanograd() -> Step:
    leaves = [ScalarValue(number) for number in START]
    program = program_of(last(*leaves), leaves)
    return lambda: program(START), as_it_is


def nanograd_tape() -> Step:
    leaves = [ScalarValue(number) for number in START]
    tape = tape_of(last(*leaves), leaves)
    return lambda: tape.value_and_grad(START), as_it_is


def nanograd_eager() -> Step:
    def call() -> Any:
        leaves = [ScalarValue(number) for number in START]
        root = last(*leaves)
        root.backward()
        return root, leaves

    return call, lambda result: of_values(result[1])(result[0])


def torch_slow() -> Step:
    import torch

    leaves = [torch.tensor(number, requires_grad=True) for number in START]

    def call() -> Any:
        for leaf in leaves:
            leaf.grad = None
        root = last(*leaves)
        root.backward()
        return root.detach()

    return call, of_tensors(leaves)


def jax() -> Step:
    import jax
    from jax import numpy as jnp

    def value(given: Any) -> Any:
        x, a, b = given
        return jax.lax.scan(lambda x, _: (x * a + b, None), x, None, length=STEPS)[0]

    run = jax.jit(jax.value_and_grad(value))
    given = jnp.array(START)
    return lambda: jax.block_until_ready(run(given)), as_it_is


def casadi_slow() -> Step:
    import casadi

    symbols = casadi.SX.sym("x", 3)
    return casadi_step(last(symbols[0], symbols[1], symbols[2]), symbols, START, "chain")
