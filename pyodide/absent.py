"""A pytest plugin that says what a browser does not have, by skipping exactly the tests that need it.

There are no processes, no threads, no program that lays graphs out, and no wheels of some libraries. A test
that asks for one of these itself, or to which a package says so in an error of its own, is skipped with the
reason. A package that stumbles over one has failed: its users would meet the same.
"""

from __future__ import annotations

import os
import sys
import traceback
import warnings
from collections.abc import Generator, Iterator
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import FrameType, ModuleType, TracebackType
from typing import Any, NoReturn

import pytest
from nanograd.engine import NanogradError

LIBRARIES = (
    *("anywidget", "matplotlib", "names", "numba", "numpy", "PIL", "pygraphviz", "safetensors"),
    *("scipy", "sklearn"),
)
"""What tests import and the package index has no wheel of for Pyodide."""

NO_ENGINE = "needs a program that lays graphs out"
NO_PROCESSOR_TIME = "needs the time of the processor; here there is only that on the wall"

REFUSALS = {
    "emscripten does not support processes": "needs another process",
    "Function not implemented": "needs another process",  # os.fork
    "out of pty devices": "needs a terminal",
    "can't start new thread": "needs a thread",
    "WebAssembly stack switching not supported": "needs a loop inside of the browser's",
    "drawing needs a program that lays graphs out": NO_ENGINE,
}
"""What is said when something is asked for that is not there, and why the test is skipped."""

LIMITS = {
    "test_a_place_that_cannot_be_written_is_told": NO_ENGINE,
    "test_high_orders_do_not_explode": NO_PROCESSOR_TIME,
    "test_ten_thousand_nodes_take_less_than_two_seconds_and_give_one_text": NO_PROCESSOR_TIME,
    "test_the_ending_of_the_output_chooses_the_format": NO_ENGINE,
}
"""Tests that may fail although nothing says why, and why they do."""


class _Absent(ModuleType):
    """Stands for a library until a test uses it."""

    def __getattr__(self, name: str) -> NoReturn:
        if name.startswith("__"):
            raise AttributeError(name)
        _skip(self.__name__)


class _Finder:
    """Finds the absent libraries, for test files only: to everything else they are as absent as they are."""

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        importer = _importer()
        if name.partition(".")[0] not in LIBRARIES or not _is_test(importer.f_code.co_filename):
            return None
        if importer.f_code.co_name != "<module>":
            _skip(name)
        return ModuleSpec(name, self, is_package=True)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        return _Absent(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Execute nothing: there is nothing in it."""


class _File(pytest.Module):
    """A test file, skipped whole if it imports a part of a package that says which library it needs."""

    def _getobj(self) -> Any:
        try:
            return super()._getobj()
        except self.CollectError as error:
            if reason := error.__cause__ and _reason(error.__cause__):
                pytest.skip(reason, allow_module_level=True)
            raise


def pytest_configure() -> None:
    """Make the absent libraries importable by test files."""
    os.geteuid = os.getuid  # tests ask for the one, and Emscripten has the other
    sys.meta_path.append(_Finder())  # behind all others: what is installed is not absent


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> pytest.Module:
    """Return a test file, as pytest asks for it."""
    return _File.from_parent(parent, path=module_path)


@pytest.hookimpl(wrapper=True)
def pytest_make_collect_report() -> Generator[None, Any, Any]:
    """Forget the stand-ins when a file has been read, so that nobody takes them for the libraries."""
    report = yield
    for name in [name for name, module in sys.modules.items() if isinstance(module, _Absent)]:
        del sys.modules[name]
    return report


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, Any, Any]:
    """Skip a test whose fixtures cannot work."""
    return (yield from _skipping(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, Any, Any]:
    """Skip a test that cannot work."""
    return (yield from _skipping(item))


def _skipping(item: pytest.Item) -> Generator[None, Any, Any]:
    try:
        return (yield)
    except Exception as error:
        reason = _reason(error) or LIMITS.get(getattr(item, "originalname", ""))
        if reason is None:
            raise
        with warnings.catch_warnings(action="ignore"):  # about a coroutine that was not awaited
            traceback.clear_frames(error.__traceback__)
        pytest.skip(reason)


def _reason(error: BaseException) -> str | None:
    """Return why a test cannot work here, or None if it could."""
    if not isinstance(error, NanogradError) and not _is_test(_asker(error.__traceback__)):
        return None
    for origin in _origins(error):
        library = (getattr(origin, "name", None) or "").partition(".")[0]
        if isinstance(origin, ModuleNotFoundError) and library in LIBRARIES:
            return _needs(library)
        for said, reason in REFUSALS.items():
            if said in str(origin):
                return reason
    return None


def _origins(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _asker(step: TracebackType | None) -> str:
    """Return the last file on the way to an error that is a test's or a package's, and not a library's."""
    asker = ""
    while step is not None:
        file = step.tb_frame.f_code.co_filename
        if _is_test(file) or "/nanograd/" in file:
            asker = file
        step = step.tb_next
    return asker


def _importer() -> FrameType:
    """Return who imports."""
    frame = sys._getframe(2)
    while "importlib" in frame.f_code.co_filename and frame.f_back is not None:
        frame = frame.f_back
    return frame


def _is_test(file: str) -> bool:
    return file.startswith("/alone/tests/")


def _needs(library: str) -> str:
    return f"needs {library}, which has no wheel for Pyodide"


def _skip(module: str) -> NoReturn:
    pytest.skip(_needs(module.partition(".")[0]), allow_module_level=True)
