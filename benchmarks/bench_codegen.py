"""Generated code: the time to write it, its size, the time to compile it, and its speed beside the engine's.

The graph is a chain of products, sums and tanh with a weight for each link, of 100, 1,000 and 10,000 nodes.
The engine's time is one forward and one backward pass; so is that of each generated function. NumPy's is for
one sample of a batch of 1,000.
"""

import ctypes
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
from nanograd.engine import ScalarValue
from nanograd.symbolic import to_c, to_numpy, to_python
from rich.console import Console
from rich.table import Table

SIZES = (100, 1_000, 10_000)
BATCH = 1_000
COMPILER = next(filter(None, map(shutil.which, ("cc", "gcc", "clang"))), None)


def chain(numbers: list[float]) -> tuple[ScalarValue, list[ScalarValue]]:
    """Return a graph of four nodes for each number, the leaf of it among them, and the leaves."""
    leaves = [ScalarValue(number) for number in numbers]
    value = leaves[0]
    for leaf in leaves[1:]:
        value = (value * leaf + leaves[0]).tanh()
    return value, leaves


def best(function: Callable[[], object], least: float = 0.2) -> float:
    """Return the shortest time of a call, of as many as fit into a while."""
    times = []
    end = time.perf_counter() + least
    while not times or time.perf_counter() < end:
        start = time.perf_counter()
        function()
        times.append(time.perf_counter() - start)
    return min(times)


def compiled(source: str, folder: Path, level: str) -> tuple[Callable[..., float], float]:
    """Return a compiled function and the seconds that it took to compile."""
    file, library = folder / "generated.c", folder / f"generated{level}{time.perf_counter_ns()}.so"
    file.write_text(source)
    start = time.perf_counter()
    command = [
        COMPILER,
        "-std=c99",
        level,
        "-ffp-contract=off",
        "-shared",
        "-fPIC",
        "-o",
        library,
        file,
        "-lm",
    ]
    subprocess.run(command, check=True)
    seconds = time.perf_counter() - start
    function = ctypes.CDLL(str(library)).f
    function.restype = ctypes.c_double
    function.argtypes = [ctypes.POINTER(ctypes.c_double)] * 2
    return function, seconds


def row(nodes: int, folder: Path) -> list[list[str]]:
    """Return the table's rows for a graph of so many nodes."""
    numbers = [0.5 + index / nodes for index in range(nodes // 4)]
    root, _ = chain(numbers)

    def eager() -> None:
        value, _ = chain(numbers)
        value.backward()

    engine = best(eager)
    rows = [[f"{nodes:,}", "engine", "", "", "", f"{1e6 * engine:,.0f} µs", "1"]]

    def add(language: str, source: str, writing: float, compiling: float, running: float) -> None:
        per_node = f"{1e6 * writing / nodes:.1f} µs"
        size = f"{len(source) / 1024:,.0f} KiB"
        seconds = f"{compiling:.2f} s"
        speed = f"{1e6 * running:,.1f} µs"
        rows.append(["", language, per_node, size, seconds, speed, f"{engine / running:,.1f}"])

    for language, generate in (("Python", to_python), ("NumPy", to_numpy)):
        source = generate(root)
        writing = best(lambda generate=generate: generate(root))
        module: dict[str, Callable[..., object]] = {}
        start = time.perf_counter()
        exec(compile(source, "<generated>", "exec"), module)
        compiling = time.perf_counter() - start
        samples = numbers if language == "Python" else [np.full(BATCH, number) for number in numbers]
        running = best(lambda module=module, samples=samples: module["f"](*samples))
        add(language, source, writing, compiling, running / (BATCH if language == "NumPy" else 1))
    if COMPILER is not None:
        source = to_c(root)
        writing = best(lambda: to_c(root))
        array = ctypes.c_double * len(numbers)
        given, slopes = array(*numbers), array()
        for level in ("-O1", "-O2"):
            function, seconds = compiled(source, folder, level)
            add(
                f"C {level}",
                source,
                writing,
                seconds,
                best(lambda function=function: function(given, slopes)),
            )
    return rows


if __name__ == "__main__":
    table = Table(title="generated code for a value and its gradient")
    for column in ("nodes", "", "write, a node", "source", "compile", "run", "times the engine's speed"):
        table.add_column(column, justify="right")
    with tempfile.TemporaryDirectory() as folder:
        for nodes in SIZES:
            for cells in row(nodes, Path(folder)):
                table.add_row(*cells)
    Console(width=100).print(table)
