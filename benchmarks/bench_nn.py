"""A training step of nanograd.nn beside micrograd's: fused and not, one sample at a time and as a batch.

Absolute times depend on the machine; the ratios are what to trust. Before anything is timed, all ways are
held to give the same loss and gradients: those of nanograd to the last bit.
"""

import gc
import importlib.metadata
import platform
import random
import time
from collections.abc import Callable
from typing import Any

import micrograd.nn
from micrograd.engine import Value
from nanograd.engine import ScalarValue, topological_order
from nanograd.nn import MLP
from rich.console import Console
from rich.table import Table

REPEATS = 9
CONSOLE = Console(width=100)

DRAW = random.Random(1337)
SAMPLES = [[DRAW.uniform(-1, 2), DRAW.uniform(-1, 1)] for _ in range(100)]
SIGNS = [DRAW.choice([-1, 1]) for _ in SAMPLES]


def models() -> dict[str, Any]:
    """Return the networks of micrograd's demo, 2-16-16-1, all with the same numbers."""
    plain, fused = MLP(2, [16, 16, 1], generator=random.Random(1)), MLP(2, [16, 16, 1], fused=True)
    fused.load_state_dict(plain.state_dict())
    other = micrograd.nn.MLP(2, [16, 16, 1])
    for layer, other_layer in zip(plain.layers, other.layers, strict=True):
        for neuron, other_neuron in zip(layer.neurons, other_layer.neurons, strict=True):
            other_neuron.b.data = neuron.b.data
            for weight, other_weight in zip(neuron.w, other_neuron.w, strict=True):
                other_weight.data = weight.data
    return {"plain": plain, "fused": fused, "micrograd": other}


def margin_loss(scores: list[Any]) -> Any:
    """Return micrograd's max-margin loss."""
    losses = [(1 + -sign * score).relu() for sign, score in zip(SIGNS, scores, strict=True)]
    total = losses[0]
    for loss in losses[1:]:
        total = total + loss
    return total * (1.0 / len(losses))


def one_by_one(model: Any, number: Callable[[float], Any]) -> Any:
    """Return the loss of a model that is called with each sample."""
    return margin_loss([model([number(x) for x in sample]) for sample in SAMPLES])


def steps() -> dict[str, tuple[Any, Callable[[], Any]]]:
    """Return the model and the forward pass of each way."""
    model = models()
    plain, fused, other = model["plain"], model["fused"], model["micrograd"]
    return {
        "one by one": (plain, lambda: one_by_one(plain, float)),
        "as a batch": (plain, lambda: margin_loss(plain(SAMPLES))),
        "one by one, fused": (fused, lambda: one_by_one(fused, float)),
        "as a batch, fused": (fused, lambda: margin_loss(fused(SAMPLES))),
        "micrograd": (other, lambda: one_by_one(other, Value)),
    }


def check_equal(ways: dict[str, tuple[Any, Callable[[], Any]]]) -> dict[str, int]:
    """Compare the losses and gradients of all ways, and return the number of nodes of each graph of ours."""
    nodes = {}
    expected: list[Any] = []
    for name, (model, forward) in ways.items():
        model.zero_grad()
        loss = forward()
        loss.backward()
        numbers = [loss.data, *(parameter.grad for parameter in model.parameters())]
        expected = expected or numbers
        worst = max(abs(x - y) for x, y in zip(numbers, expected, strict=True))
        if worst > (1e-12 if name == "micrograd" else 0.0):
            raise SystemExit(f"{name} disagrees by {worst}")
        if isinstance(loss, ScalarValue):
            nodes[name] = len(topological_order(loss))
    return nodes


def timed(forward: Callable[[], Any]) -> tuple[float, float]:
    """Return the seconds of the forward and of the backward pass."""
    gc.collect()  # the garbage of the ways before, such as the circles of micrograd's graph
    start = time.perf_counter()
    loss = forward()
    middle = time.perf_counter()
    loss.backward()
    return middle - start, time.perf_counter() - middle


def show(ways: dict[str, tuple[Any, Callable[[], Any]]], nodes: dict[str, int]) -> None:
    """Print the best times of each way, with the garbage collector on and off."""
    for collector, collect in (("on", gc.enable), ("off", gc.disable)):
        table = Table(title=f"two-moons step, 2-16-16-1, 100 samples, garbage collector {collector}")
        for column in ("way", "nodes", "forward", "backward", "step", "against one by one"):
            table.add_column(column, justify="left" if column == "way" else "right")
        collect()
        best: dict[str, list[float]] = {}
        for _ in range(REPEATS):  # in turn, so that a slow moment of the machine hits them all
            for name, (_, forward) in ways.items():
                taken = timed(forward)
                best[name] = [min(pair) for pair in zip(taken, best.get(name, taken), strict=True)]
        base = sum(best["one by one"])
        for name, (forward_time, backward_time) in best.items():
            step = forward_time + backward_time
            row = [f"{seconds * 1e3:.1f} ms" for seconds in (forward_time, backward_time, step)]
            table.add_row(
                name, f"{nodes[name]:,}" if name in nodes else "", *row, f"{base / step:.2f}x faster"
            )
        CONSOLE.print(table)
    gc.enable()


if __name__ == "__main__":
    CONSOLE.print(
        f"Python {platform.python_version()}, {platform.machine()}, "
        f"micrograd {importlib.metadata.version('micrograd')}\n"
    )
    WAYS = steps()
    show(WAYS, check_equal(WAYS))
