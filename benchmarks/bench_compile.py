"""The compiler beside its peers: the workloads W1 to W7, compile time and memory, as ratios in one run.

Every engine's result is checked before it is timed, and the engines take turns. Times are CPU time of one
thread, medians. Peers that are not installed are left out, with a line that says so.

    python benchmarks/bench_compile.py                              all workloads
    python benchmarks/bench_compile.py --only W1 W4                 some of them
    python benchmarks/bench_compile.py --slow                       peers, too, that take minutes
    python benchmarks/bench_compile.py --write performance.rst      the table as a page, or as .json
"""

import argparse
import gc
import importlib
import importlib.metadata
import importlib.util
import json
import multiprocessing
import os
import platform
import re
import shutil
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from rich.console import Console
from rich.table import Table

WORKLOADS = {
    "W1": "mixed",
    "W2": "moons",
    "W3": "digits",
    "W4": "chain",
    "W5": "rosenbrock",
    "W6": "asian",
    "W7": "gpt",
}
# The function of a workload, what it is called, what must be installed for it.
ENGINES = {
    "nanograd": ("nanograd, compiled", None),
    "nanograd_tape": ("nanograd, tape", None),
    "nanograd_eager": ("nanograd, eager", None),
    "micrograd": ("micrograd", "micrograd"),
    "micrograd_slow": ("micrograd", "micrograd"),
    "torch": ("PyTorch, eager", "torch"),
    "torch_slow": ("PyTorch, eager", "torch"),
    "torch_compile_slow": ("torch.compile", "torch"),
    "jax": ("jax.jit", "jax"),
    "casadi": ("CasADi", "casadi"),
    "casadi_slow": ("CasADi", "casadi"),
    "casadi_gcc": ("CasADi and gcc", "casadi"),
    "numpy": ("NumPy by hand", None),
    "c": ("C by hand", None),
}
# What NumPy, PyTorch and JAX are told before they are imported: one thread, floats of 64 bits.
ENVIRONMENT = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "VECLIB_MAXIMUM_THREADS": "1",
    "XLA_FLAGS": "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    "JAX_PLATFORMS": "cpu",
    "JAX_ENABLE_X64": "1",
}
DISTRIBUTIONS = ("numpy", "numba", "micrograd", "torch", "jax", "casadi")
ROUNDS = 9
SECONDS = 1.5  # of timing for each engine, at least one call
TOLERANCE = 1e-10  # of the largest derivative
CONSOLE = Console(width=110)


@dataclass
class Measured:
    """What was measured of one engine on one workload, in seconds of CPU time."""

    workload: str
    engine: str
    build: float
    call: float
    difference: float


def cpu_seconds(action: Callable[[], Any], calls: int = 1) -> float:
    """Return the CPU time of a call, the mean of several."""
    start = time.process_time()
    for _ in range(calls):
        action()
    return (time.process_time() - start) / calls


def built(action: Callable[[], Any]) -> tuple[Any, float]:
    """Return what an action returns, and its CPU time and that of the compilers that it starts."""
    before = os.times()
    result = action()
    after = os.times()
    return result, sum(after[:4]) - sum(before[:4])


class Contestant:
    """An engine, built, checked, and ready to be timed."""

    def __init__(self, function: str, module: Any) -> None:
        self.name = ENGINES[function][0]
        (self.call, read), self.build = built(getattr(module, function))
        start = time.process_time()
        result, first = built(self.call)
        once = time.process_time() - start
        self.value, self.gradient = read(result)
        del result
        recorded = function.startswith(("micrograd", "nanograd_eager"))  # each call builds the graph anew
        if recorded:
            self.build = 0.0
        else:  # the first call compiles, with jax.jit, or warms up
            self.build += first
            once = cpu_seconds(self.call)
            self.build = max(self.build - once, 0.0)
        self.calls = max(1, int(SECONDS / ROUNDS / max(once, 1e-7)))
        self.rounds = max(1, min(ROUNDS, int(SECONDS / max(once, 1e-7))))
        self.times: dict[bool, list[float]] = {}
        if recorded:
            self.times[True] = [once] if once > SECONDS else []  # too slow to run for nothing
        if function != "nanograd_eager":
            self.times[False] = []

    def turn(self, number: int) -> None:
        """Time some calls, if it is not too slow for another round."""
        for collecting, times in self.times.items():
            if number < self.rounds and not (times and self.rounds == 1):
                (gc.enable if collecting else gc.disable)()
                times.append(cpu_seconds(self.call, self.calls))
        gc.enable()

    def difference(self, other: "Contestant") -> float:
        """Return how far its value and derivatives are from another's, in parts of the largest."""
        by_value = abs(self.value - other.value) / abs(other.value)
        scale = np.abs(other.gradient).max()
        return float(max(by_value, np.abs(self.gradient - other.gradient).max() / scale))


def contestants(module: Any, slow: bool) -> list[Contestant]:
    """Return the engines of a workload that are there, each checked against the first."""
    there: list[Contestant] = []
    for function, (name, distribution) in ENGINES.items():
        if not hasattr(module, function):
            continue
        if function.endswith("_slow") and not slow:
            CONSOLE.print(f"  {name} takes minutes and is left out without --slow")
            continue
        missing = distribution and not importlib.util.find_spec(distribution)
        if missing or (function in {"c", "casadi_gcc"} and not shutil.which("gcc")):
            CONSOLE.print(f"  {name} is not installed and left out")
            continue
        there.append(Contestant(function, module))
        difference = there[-1].difference(there[0])
        if not difference <= getattr(module, "TOLERANCE", TOLERANCE):
            raise SystemExit(f"{name} and {there[0].name} disagree on {module.TITLE}: {difference:.1e}")
    return there


def measured(key: str, slow: bool) -> list[Measured]:
    """Return what all engines take for a workload."""
    module = importlib.import_module(f"workloads.{WORKLOADS[key]}")
    CONSOLE.print(f"{key}: {module.TITLE}")
    engines = contestants(module, slow)
    for number in range(ROUNDS):
        for engine in engines:
            engine.turn(number)
    results = []
    for engine in engines:
        for collecting, times in engine.times.items():
            both = len(engine.times) == 2 and not collecting
            name = f"{engine.name}, collector off" if both else engine.name
            taken = statistics.median(times)
            results.append(Measured(key, name, engine.build, taken, engine.difference(engines[0])))
    return results


def readable(seconds: float) -> str:
    """Return a time with three digits and its unit."""
    for unit, size in (("s", 1.0), ("ms", 1e-3), ("µs", 1e-6)):
        if seconds >= size:
            return f"{seconds / size:.3g} {unit}"
    return f"{seconds * 1e9:.0f} ns"


def ratio(seconds: float, ours: float) -> str:
    """Return how many times longer than ours it took."""
    times = seconds / ours
    return f"{times:,.0f}" if times >= 100 else f"{times:.3g}"


def show(results: list[Measured]) -> None:
    """Print a workload's results."""
    table = Table()
    for column in ("engine", "a call", "against nanograd", "built in", "difference"):
        table.add_column(column, justify="left" if column == "engine" else "right")
    for result in results:
        table.add_row(
            result.engine,
            readable(result.call),
            f"{ratio(result.call, results[0].call)}x",
            readable(result.build) if result.build else "",
            f"{result.difference:.0e}",
        )
    CONSOLE.print(table)


def show_training() -> None:
    """Print what a thousand steps of training the GPT take, compiling included."""
    from workloads import gpt

    told = gpt.train(1_000)
    CONSOLE.print(
        f"1,000 steps of training the GPT: {readable(told['seconds'])}, of which compiling "
        f"{readable(told['compiling'])}; loss {told['first']:.2f} to {told['last']:.2f}"
    )


# ---- growth of compile time and memory


def grown(operations: int, kind: str) -> dict[str, float]:
    """Return what it takes to compile a graph of so many nodes: run in a process of its own."""
    from nanograd.engine import ScalarValue, tanh
    from workloads.programs import program_of, tape_of

    draw = np.random.default_rng(1)
    x = [ScalarValue(number) for number in draw.uniform(-1, 1, 100)]
    tape_of(x[0] * x[1], x)  # what is loaded once is not growth
    gc.disable()
    size = operations // 4

    def graph() -> ScalarValue:
        if kind == "irregular":
            values = list(x)
            for first, second in draw.integers(0, 100, (size, 2)).tolist():
                values[first] = tanh(values[first] * values[second] + x[second])
            return sum(values)
        return sum(tanh(x[k % 100] * x[(k // 100) % 100] + x[(k // 10) % 100]) for k in range(size))

    roots: list[ScalarValue] = []
    forward = cpu_seconds(lambda: roots.append(graph()))
    before = peak_bytes()
    compile_ = tape_of if kind == "irregular" else program_of
    taken = cpu_seconds(lambda: roots.append(compile_(roots[0], x)))
    return {"forward": forward, "compile": taken, "bytes": (peak_bytes() - before) / operations}


def peak_bytes() -> int:
    """Return the most memory that this process has taken."""
    status = Path("/proc/self/status")
    if status.exists():  # where it is, getrusage() begins with the peak of the process that started this one
        [kilobytes] = re.findall(r"VmHWM:\s+(\d+) kB", status.read_text(encoding="utf-8"))
        return int(kilobytes) * 1024
    import resource

    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * (1 if sys.platform == "darwin" else 1024)


def show_growth() -> list[dict[str, Any]]:
    """Print compile time and memory for graphs of 10,000 to 1,000,000 nodes; a node's should not grow."""
    rows = []
    table = Table(title="growth with the graph")
    for column in ("graph", "nodes", "recording", "compiling", "a node", "against recording", "bytes a node"):
        table.add_column(column, justify="left" if column == "graph" else "right")
    with multiprocessing.get_context("spawn").Pool(1, maxtasksperchild=1) as pool:
        for kind in ("regular", "irregular"):
            for operations in (10_000, 100_000, 1_000_000):
                result = pool.apply(grown, (operations, kind))
                rows.append({"kind": kind, "nodes": operations, **result})
                table.add_row(
                    kind,
                    f"{operations:,}",
                    readable(result["forward"]),
                    readable(result["compile"]),
                    readable(result["compile"] / operations),
                    f"{result['compile'] / result['forward']:.1f}x",
                    f"{result['bytes']:.0f}",
                )
    CONSOLE.print(table)
    return rows


# ---- writing it down


def machine() -> str:
    """Return what it ran on: processor, Python, and the versions of all engines."""
    there = [name for name in DISTRIBUTIONS if importlib.util.find_spec(name)]
    versions = [f"{name} {importlib.metadata.version(name)}" for name in there]
    return f"{processor()}, {platform.system()}, Python {platform.python_version()}, {', '.join(versions)}"


def processor() -> str:
    """Return the name of the processor."""
    information = Path("/proc/cpuinfo")
    if information.exists():
        for line in information.read_text(encoding="utf-8").splitlines():
            if line.startswith("model name"):
                return line.partition(":")[2].strip()
    return platform.processor() or platform.machine()


def written(results: list[Measured], growth: list[dict[str, Any]], path: Path) -> None:
    """Write the results as JSON, or as a page of reStructuredText."""
    if path.suffix == ".json":
        everything = {
            "machine": machine(),
            "results": [asdict(result) for result in results],
            "growth": growth,
        }
        text = json.dumps(everything, indent=1)
    else:
        text = "\n".join(page(results, growth))
    unfinished = path.with_suffix(".unfinished")
    unfinished.write_text(text + "\n", encoding="utf-8")
    unfinished.replace(path)


def page(results: list[Measured], growth: list[dict[str, Any]]) -> list[str]:
    """Return the lines of a page that the documentation includes."""
    lines = [".. Written by benchmarks/bench_compile.py --write; run it again instead of editing this.", ""]
    lines += [f"Measured on {machine()}; CPU time of one thread, medians, all engines in turn.", ""]
    for key in dict.fromkeys(result.workload for result in results):
        of_workload = [result for result in results if result.workload == key]
        title = importlib.import_module(f"workloads.{WORKLOADS[key]}").TITLE
        rows = [
            (
                result.engine,
                readable(result.call),
                ratio(result.call, of_workload[0].call),
                readable(result.build) if result.build else "",
            )
            for result in of_workload
        ]
        lines += list_table(f"{key}: {title}", ("Engine", "A call", "Ratio", "Built in"), rows)
    if growth:
        rows = [
            (
                row["kind"],
                f"{row['nodes']:,}",
                readable(row["compile"]),
                f"{row['compile'] / row['forward']:.1f}",
                f"{row['bytes']:.0f}",
            )
            for row in growth
        ]
        lines += list_table(
            "Compiling larger graphs",
            ("Graph", "Nodes", "Compiled in", "Times recording it", "Bytes a node"),
            rows,
        )
    return lines


def list_table(title: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> list[str]:
    """Return the lines of a table."""
    lines = [f".. list-table:: {title}", "   :header-rows: 1", ""]
    for row in (heads, *rows):
        lines += [f"   {'*' if place == 0 else ' '} - {cell}" for place, cell in enumerate(row)]
    return [*lines, ""]


def main() -> None:
    """Measure what was asked for."""
    parser = argparse.ArgumentParser(description="Measure the compiler beside its peers.")
    parser.add_argument(
        "--only", nargs="+", choices=WORKLOADS, default=list(WORKLOADS), help="these workloads"
    )
    parser.add_argument("--slow", action="store_true", help="also peers that take minutes")
    parser.add_argument("--no-growth", action="store_true", help="leave the growth of compile time out")
    parser.add_argument("--write", type=Path, help="a file for the results, .rst or .json")
    asked = parser.parse_args()
    if importlib.util.find_spec("torch"):
        import torch

        torch.set_num_threads(1)
    CONSOLE.print(machine(), "\n")
    results = []
    for key in asked.only:
        of_workload = measured(key, asked.slow)
        show(of_workload)
        results += of_workload
        if key == "W7":
            show_training()
    if asked.write:
        written(results, [], asked.write)  # what follows may take too much memory for the machine
    growth = [] if asked.no_growth else show_growth()
    if asked.write:
        written(results, growth, asked.write)


if __name__ == "__main__":
    if not ENVIRONMENT.items() <= os.environ.items():
        command = [sys.executable, *sys.argv]
        raise SystemExit(subprocess.run(command, env={**os.environ, **ENVIRONMENT}, check=False).returncode)
    # Graphs of micrograd are as deep as Python's stack when they are walked.
    sys.setrecursionlimit(10**7)
    threading.stack_size(512 * 1024 * 1024)
    with ThreadPoolExecutor(1) as pool:
        pool.submit(main).result()
