"""Loading the kernel: compiled by Numba once for a machine, kept on disk, and not needed.

Numba keeps what it compiles beside the file of the source. This source has none, as it is written by the
table of operations that is installed, so it gets one in the user's cache folder, named for what it holds and
for the Numba and the Python that compile it. A newer table is another file, environments that share the
folder do not undo each other's work, and an installation that nobody may write to makes no difference.
"""

from __future__ import annotations

import hashlib
import importlib
import os
import pickle
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType

from nanograd.compile._native_kernel import kernel
from nanograd.engine import NanogradError

_INSTALL = "pip install 'nanograd-compile[native]'"


@dataclass(frozen=True)
class Native:
    """The functions of the kernel, machine code that lets other threads run meanwhile.

    Attributes:
        run: computes all values of a tape, and its gradient.
        prepare: says in the steps of a tape what to do on the way back.
        cache: the folder where the next process finds the machine code; None if there is none.
        seconds: how long it took to have them.
        from_disk: whether they were compiled before.
    """

    run: Callable[..., float]
    prepare: Callable[..., None]
    cache: Path | None
    seconds: float
    from_disk: bool

    def __str__(self) -> str:
        """Return how the machine code came about, which the first tape of a process waits for."""
        took = f"{self.seconds:.1f} s"
        if self.from_disk:
            return f"machine code that was loaded from disk, in {took}, once for this process"
        if self.cache is None:
            return f"machine code that was compiled, in {took}, for this process: no folder keeps it"
        return f"machine code that was compiled, in {took}, once for this machine: {self.cache} keeps it"


class NativeError(NanogradError, RuntimeError):
    """There is no kernel; the message says why, and what to do."""


# What reading machine code raises that was cut off, or that something else wrote.
_UNREADABLE = (
    pickle.UnpicklingError,
    AttributeError,
    EOFError,
    ImportError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)


def native() -> Native:
    """Return the kernel: at the first call of a process from disk, at the first on a machine compiled.

    Raises:
        NativeError: if Numba is not installed or told not to compile, or the kernel cannot be compiled.
    """
    with _LOCK:
        if not _LOADED:
            try:
                _LOADED.append(_load())
            except NativeError as error:
                _LOADED.append(error)
        (loaded,) = _LOADED
    if isinstance(loaded, NativeError):
        raise loaded
    return loaded


_LOCK = threading.Lock()
_LOADED: list[Native | NativeError] = []  # at most one


def cache_folder() -> Path:
    """Return where the kernel is kept: ``NANOGRAD_CACHE_DIR``, or the system's place for caches of a user.

    Raises:
        RuntimeError: if the user has no home.
    """
    chosen = os.environ.get("NANOGRAD_CACHE_DIR")
    if chosen:
        return Path(chosen)
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local") / "nanograd"
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches" / "nanograd"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "nanograd"


def _load() -> Native:
    start = time.perf_counter()
    try:
        numba = importlib.import_module("numba")
    except ImportError as error:  # also an installation that does not fit the installed NumPy
        raise NativeError(f"Numba cannot be imported ({error}): {_INSTALL}") from error
    if numba.config.DISABLE_JIT:
        raise NativeError("Numba is told not to compile: unset NUMBA_DISABLE_JIT")
    try:
        source = kernel().source
    except OSError as error:
        raise NativeError(f"the kernel is made of source that this installation lacks: {error}") from error
    try:
        module, cache = _compiled(source, _compiler(numba.__version__))
    except numba.core.errors.NumbaError as error:
        raise NativeError(f"Numba {numba.__version__} cannot compile the kernel: {error}") from error
    from_disk = bool(module.run.stats.cache_hits)
    return Native(module.run, module.prepare, cache, time.perf_counter() - start, from_disk)


def _compiler(numba: str) -> str:
    """Return what tells machine code apart that only one installation can read.

    Args:
        numba: its version.
    """
    # A free-threaded Python has the tag of the other one, and another memory layout.
    return f"numba {numba}, {sys.implementation.cache_tag}{getattr(sys, 'abiflags', '')}"


def _compiled(source: str, compiler: str) -> tuple[ModuleType, Path | None]:
    """Return the kernel from disk, or compiled to be kept there, or else compiled for this process alone."""
    try:
        return _kept_module(source, compiler)
    except (OSError, *_UNREADABLE):  # no folder to write to, or Numba finds none
        return _module(source.replace("cache=True, ", "")), None


def _kept_module(source: str, compiler: str) -> tuple[ModuleType, Path]:
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256(f"{compiler}\n{source}".encode()).hexdigest()
    path = folder / f"tape_{digest[:16]}.py"
    if not path.exists() or path.read_text(encoding="utf-8") != source:
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder, delete=False) as file:
            file.write(source)
        Path(file.name).replace(path)
    try:
        return _module(source, path), folder
    except _UNREADABLE:
        for kept in (folder / "__pycache__").glob(f"{path.stem}.*"):
            kept.unlink(missing_ok=True)
        return _module(source, path), folder


def _module(source: str, path: Path | None = None) -> ModuleType:
    name = path.stem if path else "tape"
    module = ModuleType(f"nanograd_{name}")
    sys.modules[module.__name__] = module  # Numba looks it up when it reads machine code from disk
    module.__file__ = str(path) if path else None
    code = compile(source, path or "<kernel of nanograd.compile>", "exec")
    exec(code, module.__dict__)  # noqa: S102 - it was written a moment ago, by this package
    return module
