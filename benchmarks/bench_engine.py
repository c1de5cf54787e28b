"""The engine beside micrograd, in one run: time a step, bytes a node, and how both grow with the graph.

Absolute times depend on the machine; the ratios are what to trust. Each peer is checked
before it is timed.
"""

import copy
import gc
import importlib.metadata
import importlib.util
import itertools
import os
import pickle
import platform
import random
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from typing import Any

from handwritten import Node
from micrograd.engine import Value
from nanograd.engine import ScalarValue, no_grad, topological_order
from rich.console import Console
from rich.table import Table

REPEATS = 7
CONSOLE = Console(width=100)


def moons_step(number: Callable[[float], Any]) -> tuple[Any, list[Any]]:
    """Return the loss of micrograd's demo, a 2-16-16-1 network on 100 samples, and its parameters."""
    draw = random.Random(1337)
    samples = [([draw.uniform(-1, 2), draw.uniform(-1, 1)], draw.choice([-1, 1])) for _ in range(100)]
    sizes = [2, 16, 16, 1]
    layers = [
        [([number(draw.uniform(-1, 1)) for _ in range(fan_in)], number(0.0)) for _ in range(fan_out)]
        for fan_in, fan_out in itertools.pairwise(sizes)
    ]
    parameters = [p for layer in layers for weights, bias in layer for p in [*weights, bias]]
    margins = []
    for x, y in samples:
        values = [number(xi) for xi in x]
        for depth, layer in enumerate(layers):
            values = [sum((wi * xi for wi, xi in zip(w, values, strict=True)), b) for w, b in layer]
            if depth < len(layers) - 1:
                values = [value.relu() for value in values]
        margins.append((1 + -y * values[0]).relu())
    loss = sum(margins) * (1.0 / len(margins)) + 1e-4 * sum(p * p for p in parameters)
    return loss, parameters


def chain(number: Callable[[float], Any], length: int) -> tuple[Any, Any]:
    """Return the result of ``length`` alternating products and sums, and the leaf that it starts from."""
    x = value = number(1.0)
    a, b = number(0.999), number(0.001)
    for _ in range(length // 2):
        value = value * a + b
    return value, x


def best(action: Callable[[], Any], repeats: int = REPEATS) -> float:
    """Return the shortest time of several runs, in seconds; what a run returns is freed outside it."""
    times = []
    for _ in range(repeats):
        start = time.perf_counter()
        kept = action()
        times.append(time.perf_counter() - start)
        del kept
    return min(times)


def forward_and_backward(number: Callable[[float], Any]) -> Any:
    """Run one step of the two-moons network."""
    loss, _ = moons_step(number)
    loss.backward()
    return loss


def check_equal() -> int:
    """Compare the gradients of all engines, and return the number of nodes of our graph."""
    ours, our_parameters = moons_step(ScalarValue)
    ours.backward()
    for name, number in ENGINES.items():
        theirs, their_parameters = moons_step(number)
        theirs.backward()
        worst = max(abs(p.grad - q.grad) for p, q in zip(our_parameters, their_parameters, strict=True))
        if worst > 1e-12 or abs(ours.data - theirs.data) > 1e-12:
            raise SystemExit(f"nanograd and {name} disagree by {worst}")
    return len(topological_order(ours))


def bytes_of(build: Callable[[], Any]) -> int:
    """Return how much memory what ``build`` returns takes."""
    gc.collect()
    tracemalloc.start()
    kept = build()
    taken, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    del kept
    return taken


def show_step(nodes: int) -> None:
    """Print the time of a step of each engine, with the garbage collector on and off."""
    table = Table(title=f"two-moons step, forward and backward, {nodes:,} nodes")
    for column in (
        "engine",
        "collector on",
        "a node",
        "against nanograd",
        "off",
        "a node",
        "against nanograd",
    ):
        table.add_column(column, justify="right")
    seconds: dict[str, list[float]] = {name: [] for name in ENGINES}
    for collect in (gc.enable, gc.disable):
        collect()
        # In turn, so that a slow moment of the machine hits them all.
        rounds = [
            {
                name: best(lambda number=number: forward_and_backward(number), 1)
                for name, number in ENGINES.items()
            }
            for _ in range(REPEATS + 1)
        ]
        for name, times in seconds.items():
            times.append(min(round_[name] for round_ in rounds[1:]))
    gc.enable()
    for name, times in seconds.items():
        row = [name]
        for index, time_taken in enumerate(times):
            ratio = time_taken / seconds["nanograd"][index]
            row += [f"{time_taken * 1e3:.0f} ms", f"{time_taken / nodes * 1e9:.0f} ns", f"{ratio:.2f}x"]
        table.add_row(*row)
    CONSOLE.print(table)


def show_recording() -> None:
    """Print how much faster a forward pass is that is not recorded."""
    for name, collect in (("on", gc.enable), ("off", gc.disable)):
        collect()
        recording = best(lambda: moons_step(ScalarValue))
        with no_grad():
            plain = best(lambda: moons_step(ScalarValue))
        CONSOLE.print(f"forward without recording, collector {name}: {recording / plain:.2f}x faster")
    gc.enable()


def show_memory(nodes: int) -> None:
    """Print the bytes that a node takes after a backward pass, its numbers included."""
    for name, number in ENGINES.items():
        if name != "PyTorch":  # its memory is not Python's to count
            taken = bytes_of(partial(forward_and_backward, number))
            CONSOLE.print(f"bytes a node, {name}: {taken / nodes:.0f}")


def show_growth() -> None:
    """Print the time an operation for chains of 1,000 to 1,000,000 operations; it should not grow."""
    table = Table(title="chain of x * a + b, garbage collector off, nanoseconds an operation")
    for column in ("operations", "forward", "order", "backward", "freeing", "deepcopy", "pickle", "unpickle"):
        table.add_column(column, justify="right")
    gc.disable()
    for length in (1_000, 10_000, 100_000, 1_000_000):
        runs = [time_chain(length) for _ in range(3 if length < 1_000_000 else 1)]
        table.add_row(
            f"{length:,}", *[f"{min(column) / length * 1e9:.0f}" for column in zip(*runs, strict=True)]
        )
    gc.enable()
    CONSOLE.print(table)


def time_chain(length: int) -> list[float]:
    """Return the seconds that each thing one does with a chain takes, as the table lists them."""
    taken = []

    def timed(action: Callable[[], Any]) -> Any:
        start = time.perf_counter()
        result = action()
        taken.append(time.perf_counter() - start)
        return result

    kept = [timed(lambda: chain(ScalarValue, length)[0])]
    timed(lambda: topological_order(kept[0]))
    timed(kept[0].backward)
    timed(kept.clear)
    value, _ = chain(ScalarValue, length)
    timed(lambda: copy.deepcopy(value))
    pickled = timed(lambda: pickle.dumps(value))
    timed(lambda: pickle.loads(pickled))
    return taken


def show_import() -> None:
    """Print how long ``import nanograd.engine`` takes with its bytecode cached, beyond starting Python."""
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "PYTHONPYCACHEPREFIX": folder, "PYTHONDONTWRITEBYTECODE": ""}

        def start(code: str) -> float:
            command = [sys.executable, "-c", code]
            subprocess.run(command, check=True, env=environment)
            return best(lambda: subprocess.run(command, check=True, env=environment))

        taken = start("import nanograd.engine") - start("pass")
    CONSOLE.print(f"import nanograd.engine: {taken * 1e3:.0f} ms")


def torch_number(data: float) -> Any:
    """Return a scalar of PyTorch."""
    import torch

    return torch.tensor(data, dtype=torch.float64, requires_grad=True)


ENGINES: dict[str, Callable[[float], Any]] = {
    "nanograd": ScalarValue,
    "micrograd": Value,
    "handwritten": Node,
}
if importlib.util.find_spec("torch"):  # it is large, and measured only where it is installed anyway
    ENGINES["PyTorch"] = torch_number


if __name__ == "__main__":
    CONSOLE.print(
        f"Python {platform.python_version()}, {platform.machine()}, "
        f"micrograd {importlib.metadata.version('micrograd')}\n"
    )
    size = check_equal()
    show_step(size)
    show_recording()
    show_memory(size)
    show_growth()
    show_import()
