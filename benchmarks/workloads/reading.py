"""Reading what engines return: as a number and one flat array of derivatives."""

import contextlib
import ctypes
import subprocess
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import numpy as np

Step = tuple[Callable[[], Any], Callable[[Any], tuple[float, np.ndarray]]]


def as_it_is(result: tuple[Any, Any]) -> tuple[float, np.ndarray]:
    """Read a number and an array, or a list of arrays."""
    value, gradient = result
    parts = gradient if isinstance(gradient, list | tuple) else [gradient]
    return float(value), np.concatenate([np.ravel(np.asarray(part, dtype=float)) for part in parts])


def of_values(leaves: Iterable[Any]) -> Callable[[Any], tuple[float, np.ndarray]]:
    """Read a graph of nanograd or micrograd after its backward pass, or a list of it and its leaves."""
    kept = list(leaves)
    return lambda root: (float(root.data), np.array([leaf.grad for leaf in kept], dtype=float))


def of_tensors(leaves: Iterable[Any]) -> Callable[[Any], tuple[float, np.ndarray]]:
    """Read PyTorch's tensors after a backward pass."""
    kept = list(leaves)
    return lambda root: (float(root), np.concatenate([leaf.grad.numpy().ravel() for leaf in kept]))


def c_function(source: str, *arrays: np.ndarray) -> Callable[[], float]:
    """Return a call of the function ``step`` of a C source with pointers to arrays; it returns a number."""
    with tempfile.TemporaryDirectory() as folder:
        text, library = Path(folder, "step.c"), Path(folder, "step.so")
        text.write_text(source, encoding="utf-8")
        flags = ["-O3", "-march=native", "-ffast-math", "-shared", "-fPIC"]
        subprocess.run(["gcc", *flags, "-o", str(library), str(text), "-lm"], check=True)
        step = ctypes.CDLL(str(library)).step
    step.restype, step.argtypes = ctypes.c_double, [ctypes.c_void_p] * len(arrays)
    pointers = [array.ctypes.data for array in arrays]
    return lambda: step(*pointers)


def casadi_step(value: Any, symbols: Any, numbers: np.ndarray, name: str, compiled: bool = False) -> Step:
    """Return the call of a CasADi function for a value and its gradient, through buffers, its fastest way."""
    import casadi

    options = {
        "jit": True,
        "compiler": "shell",
        "jit_cleanup": False,
        "jit_options": {"flags": ["-O3", "-march=native"], "cleanup": False},
    }
    outputs = [value, casadi.gradient(value, symbols)]
    folder = tempfile.TemporaryDirectory()  # CasADi compiles in the current one
    with contextlib.chdir(folder.name):
        function = casadi.Function(name, [symbols], outputs, options if compiled else {})
    buffer, run = function.buffer()
    given = np.array(numbers, dtype=float)
    result, gradient = np.zeros(1), np.zeros(len(given))
    buffer.set_arg(0, memoryview(given))
    buffer.set_res(0, memoryview(result))
    buffer.set_res(1, memoryview(gradient))

    def call() -> tuple[np.ndarray, np.ndarray]:
        run()
        return result, gradient

    call.kept = function, buffer, given, folder  # the buffer does not keep what it refers to
    return call, lambda results: (float(results[0][0]), results[1].copy())
