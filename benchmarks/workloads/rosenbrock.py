"""W5: the gradient of Rosenbrock's function of 100,000 variables."""

from itertools import pairwise
from typing import Any

import numpy as np
from nanograd.engine import ScalarValue

from workloads.programs import program_of, tape_of
from workloads.reading import Step, as_it_is, casadi_step, of_tensors, of_values

TITLE = "Rosenbrock's function of 100,000 variables, value and gradient"
START = np.random.default_rng(1).uniform(-1.5, 1.5, 100_000)


def rosenbrock(x: list[Any]) -> Any:
    return sum(100 * (after - x * x) ** 2 + (1 - x) ** 2 for x, after in pairwise(x))


def _of_arrays(x: Any) -> Any:
    bend, slope = x[1:] - x[:-1] * x[:-1], 1 - x[:-1]
    return (100 * bend * bend + slope * slope).sum()


def nanograd() -> Step:
    x = [ScalarValue(number) for number in START]
    program = program_of(rosenbrock(x), x)
    return lambda: program(START), as_it_is


def nanograd_tape() -> Step:
    x = [ScalarValue(number) for number in START]
    tape = tape_of(rosenbrock(x), x)
    return lambda: tape.value_and_grad(START), as_it_is


def _scalars(number: Any) -> Step:
    def call() -> Any:
        x = [number(start) for start in START]
        root = rosenbrock(x)
        root.backward()
        return root, x

    return call, lambda result: of_values(result[1])(result[0])


def nanograd_eager() -> Step:
    return _scalars(ScalarValue)


def micrograd() -> Step:
    from micrograd.engine import Value

    return _scalars(Value)


def torch() -> Step:
    import torch

    x = torch.tensor(START, requires_grad=True)

    def call() -> Any:
        x.grad = None
        root = _of_arrays(x)
        root.backward()
        return root.detach()

    return call, of_tensors([x])


def jax() -> Step:
    import jax
    from jax import numpy as jnp

    run = jax.jit(jax.value_and_grad(_of_arrays))
    given = jnp.array(START)
    return lambda: jax.block_until_ready(run(given)), as_it_is


def casadi() -> Step:
    import casadi

    x = casadi.SX.sym("x", len(START))
    bend, slope = x[1:] - x[:-1] ** 2, 1 - x[:-1]
    return casadi_step(casadi.sum1(100 * bend**2 + slope**2), x, START, "rosenbrock")


def numpy() -> Step:
    x = START.copy()

    def call() -> Any:
        before = x[:-1]
        bend, slope = x[1:] - before * before, 1.0 - before
        steep = 200.0 * bend
        value = 0.5 * np.vdot(steep, bend) + np.vdot(slope, slope)
        gradient = np.empty_like(x)
        gradient[0] = 0.0
        gradient[1:] = steep
        gradient[:-1] -= 2.0 * (steep * before + slope)
        return value, gradient

    return call, as_it_is
