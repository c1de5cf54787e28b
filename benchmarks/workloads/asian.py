"""W6: an Asian call option by Monte Carlo, 52 weeks, 10,000 paths: price, and three derivatives of it."""

import math
from typing import Any

import numpy as np
from nanograd import engine
from nanograd.engine import ScalarValue

from workloads.programs import program_of
from workloads.reading import Step, as_it_is, c_function, of_tensors

TITLE = "Asian call option, 52 steps, 10,000 paths, 3 derivatives"
STEPS, PATHS, STRIKE, YEARS = 52, 10_000, 100.0, 1.0
START = np.array([100.0, 0.2, 0.05])  # price now, volatility, interest
Z = np.random.default_rng(1).standard_normal((PATHS, STEPS))


def payoff(price: Any, volatility: Any, rate: Any, normals: Any, exp: Any, relu: Any) -> Any:
    """Return what the option is worth on one path: the mean price above the strike, discounted."""
    step = YEARS / STEPS
    drift = (rate - volatility * volatility * 0.5) * step
    total = 0.0
    for z in normals:
        price = price * exp(drift + volatility * math.sqrt(step) * z)
        total = total + price
    return relu(total * (1.0 / STEPS) - STRIKE) * exp(-rate * YEARS)


def nanograd() -> Step:
    leaves = [ScalarValue(number) for number in START]
    z = [ScalarValue(number) for number in Z[0]]
    program = program_of(payoff(*leaves, z, engine.exp, engine.relu), leaves, {"z": z}, batch=True)
    return lambda: program(START, z=Z), as_it_is


def micrograd() -> Step:
    from micrograd.engine import Value

    from workloads import micrograd_functions as functions

    def call() -> Any:
        leaves = [Value(number) for number in START]
        total = 0.0
        for normals in Z.tolist():  # path by path: the gradients add up, and the graphs stay small
            root = payoff(*leaves, normals, functions.exp, functions.relu) * (1.0 / PATHS)
            root.backward()
            total += root.data
        return total, [leaf.grad for leaf in leaves]

    return call, lambda result: (result[0], np.array(result[1]))


def _torch(compiled: bool) -> Step:
    import torch

    def mean_payoff(price: Any, volatility: Any, rate: Any, z: Any) -> Any:
        step = YEARS / STEPS
        growth = (rate - volatility * volatility * 0.5) * step + volatility * math.sqrt(step) * z
        mean = (price * torch.exp(torch.cumsum(growth, 1))).mean(1)
        return (torch.relu(mean - STRIKE) * torch.exp(-rate * YEARS)).mean()

    leaves = [torch.tensor(number, requires_grad=True) for number in START]
    z = torch.tensor(Z)
    run = torch.compile(mean_payoff) if compiled else mean_payoff

    def call() -> Any:
        for leaf in leaves:
            leaf.grad = None
        root = run(*leaves, z)
        root.backward()
        return root.detach()

    return call, of_tensors(leaves)


def torch() -> Step:
    return _torch(compiled=False)


def torch_compile_slow() -> Step:
    return _torch(compiled=True)


def jax() -> Step:
    import jax
    from jax import numpy as jnp

    def value(given: Any, z: Any) -> Any:
        price, volatility, rate = given
        step = YEARS / STEPS
        growth = (rate - volatility * volatility * 0.5) * step + volatility * math.sqrt(step) * z
        mean = (price * jnp.exp(jnp.cumsum(growth, 1))).mean(1)
        return (jax.nn.relu(mean - STRIKE) * jnp.exp(-rate * YEARS)).mean()

    run = jax.jit(jax.value_and_grad(value))
    given = jnp.array(START), jnp.array(Z)
    return lambda: jax.block_until_ready(run(*given)), as_it_is


def numpy() -> Step:
    times = YEARS / STEPS * np.arange(1, STEPS + 1)
    walks, prices = np.empty_like(Z), np.empty_like(Z)

    def call() -> Any:
        price, volatility, rate = START
        np.cumsum(Z, 1, out=walks)
        np.multiply(walks, volatility * math.sqrt(YEARS / STEPS), out=prices)
        np.add(prices, (rate - 0.5 * volatility**2) * times, out=prices)
        np.exp(prices, out=prices)
        mean = prices.sum(1) * (price / STEPS)
        paid = (mean > STRIKE).astype(float)
        share = math.exp(-rate * YEARS) / PATHS
        value = share * np.vdot(paid, mean - STRIKE)
        by_time = (paid @ prices) * (price * share / STEPS)
        by_walk = np.vdot(paid, np.einsum("ij,ij->i", prices, walks)) * (price * share / STEPS)
        by_volatility = by_walk * math.sqrt(YEARS / STEPS) - volatility * np.vdot(by_time, times)
        by_rate = np.vdot(by_time, times) - YEARS * value
        return value, np.array([by_time.sum() / price, by_volatility, by_rate])

    return call, as_it_is


C = """
#include <math.h>
#define STEPS 52
#define PATHS 10000
#define BLOCK 16
double step(const double *restrict p, const double *restrict z, double *restrict g) {
    double price = p[0], volatility = p[1], rate = p[2], dt = 1.0 / STEPS, root = sqrt(dt);
    double value = 0, by_price = 0, by_volatility = 0, by_rate = 0, discount = exp(-rate);
    for (int first = 0; first < PATHS; first += BLOCK) {
        double walk[BLOCK] = {0}, total[BLOCK] = {0}, by_walk[BLOCK] = {0}, by_time[BLOCK] = {0};
        for (int k = 0; k < STEPS; k++) {
            double t = (k + 1) * dt, drift = (rate - 0.5 * volatility * volatility) * t;
            for (int n = 0; n < BLOCK; n++) {
                walk[n] += root * z[(first + n) * STEPS + k];
                double now = exp(drift + volatility * walk[n]);
                total[n] += now;
                by_walk[n] += now * (walk[n] - volatility * t);
                by_time[n] += now * t;
            }
        }
        for (int n = 0; n < BLOCK; n++) {
            double paid = price * total[n] / STEPS > 100.0 ? 1.0 : 0.0;
            value += paid * (price * total[n] / STEPS - 100.0);
            by_price += paid * total[n];
            by_volatility += paid * by_walk[n];
            by_rate += paid * by_time[n];
        }
    }
    double share = discount / PATHS;
    g[0] = share * by_price / STEPS;
    g[1] = share * price * by_volatility / STEPS;
    g[2] = share * (price * by_rate / STEPS - value);
    return share * value;
}
"""


def c() -> Step:
    gradient = np.zeros(3)
    step = c_function(C, START, Z, gradient)
    return lambda: (step(), gradient), as_it_is


def casadi() -> Step:
    """One path as a function, mapped over all paths: CasADi's way."""
    import casadi

    leaves, z = casadi.SX.sym("p", 3), casadi.SX.sym("z", STEPS)
    value = payoff(leaves[0], leaves[1], leaves[2], [z[k] for k in range(STEPS)], casadi.exp, _relu)
    path = casadi.Function("path", [leaves, z], [value, casadi.gradient(value, leaves)])
    paths = path.map(PATHS)
    buffer, run = paths.buffer()
    given, normals = np.tile(START, PATHS), Z.ravel().copy()
    values, gradients = np.zeros(PATHS), np.zeros(3 * PATHS)
    buffer.set_arg(0, memoryview(given))
    buffer.set_arg(1, memoryview(normals))
    buffer.set_res(0, memoryview(values))
    buffer.set_res(1, memoryview(gradients))

    def call() -> Any:
        run()
        return values.mean(), gradients.reshape(PATHS, 3).mean(0)

    call.kept = paths, buffer, given, normals  # the buffer does not keep what it refers to
    return call, as_it_is


def _relu(x: Any) -> Any:
    import casadi

    return casadi.fmax(x, 0)
