"""The kernel: written by the table, compiled once for a machine, found on disk by the next process."""

import math
import os
import pickle
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
from nanograd.compile import _native, _native_functions, compile_graph
from nanograd.compile._native_kernel import MULTIPLY_ADD, is_native, kernel
from nanograd.compile._native_source import Source
from nanograd.engine import FLOATS, OPS, Operation, ScalarValue, custom_op

inf, nan = math.inf, math.nan
NUMBERS = [0.0, -0.0, 0.3, 1.0, -1.0, 2.5, -2.5, 39.9, 40.1, -745.0, 1e-300, inf, -inf, nan]


def test_the_kernel_is_the_same_text_every_time():
    first = kernel().source
    kernel.cache_clear()
    assert kernel().source == first


def test_every_row_of_the_table_is_in_the_kernel_or_made_of_rows_that_are():
    expanded = {OPS["sum"], OPS["prod"], OPS["dot"]}
    assert set(kernel().opcodes) == (set(OPS.values()) - expanded) | {MULTIPLY_ADD}
    assert all(is_native(row) for row in OPS.values())


def test_a_row_writes_what_it_computes():
    source = Source()
    o, x = source.variable("o"), source.variable("x")
    slope = OPS["gelu"].partials[0](source, o, x)
    assert source.lines == [
        "v0 = x / 1.4142135623730951",
        "v1 = -v0",
        "v2 = math.erfc(v1)",
        "v3 = v2 / 2.0",
        "v4 = gaussian(v0)",
        "v5 = v4 / 2.5066282746310002",
        "v6 = x * v5",
        "v7 = v3 + v6",
    ]
    assert slope.name == "v7"


def test_a_row_with_choices_is_written_without_branches():
    source = Source()
    x, low, high = map(source.variable, "xyz")
    OPS["clamp"].partials[1](source, source.variable("o"), x, low, high)
    assert source.lines == ["v0 = x < y", "v1 = y < z", "v2 = v0 & v1", "v3 = 1.0 if v2 else 0.0"]


def test_what_needs_no_variable_is_computed_at_once():
    source = Source()
    assert source.divide(1, source.sqrt(4)) == 0.5
    assert source.lines == []


def test_a_row_that_calls_what_no_number_system_has_is_refused():
    with pytest.raises(AttributeError, match="has no attribute 'bessel'"):
        Source().bessel(1.0)


def test_an_operation_of_the_users_own_is_not_native():
    custom_op("own_row", lambda m, x: x, [lambda m, o, x: 1])
    operation = OPS.pop("own_row")
    assert isinstance(operation, Operation)
    assert not is_native(operation)


@pytest.mark.parametrize("name", ["floor", "ceil", "trunc", "cbrt", "softplus", "gaussian"])
def test_functions_written_for_numba_equal_those_of_floats(name):
    for number in NUMBERS:
        computed, expected = getattr(_native_functions, name)(number), getattr(FLOATS, name)(number)
        assert computed == pytest.approx(expected, rel=1e-15, abs=0.0, nan_ok=True), number
        if expected == 0.0:
            assert math.copysign(1.0, computed) == math.copysign(1.0, expected), number


@pytest.fixture
def home(monkeypatch, tmp_path):
    for name in ("NANOGRAD_CACHE_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    return tmp_path


@pytest.mark.parametrize(
    ("platform", "place"),
    [
        ("linux", ".cache/nanograd"),
        ("darwin", "Library/Caches/nanograd"),
        ("win32", "AppData/Local/nanograd"),
    ],
)
def test_machine_code_is_kept_where_the_system_keeps_caches(home, monkeypatch, platform, place):
    monkeypatch.setattr(sys, "platform", platform)
    assert _native.cache_folder() == home / place


def test_the_user_may_choose_where_machine_code_is_kept(home, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "xdg"))
    monkeypatch.setattr(sys, "platform", "linux")
    assert _native.cache_folder() == home / "xdg" / "nanograd"
    monkeypatch.setenv("NANOGRAD_CACHE_DIR", str(home / "mine"))
    assert _native.cache_folder() == home / "mine"


@pytest.fixture
def forgotten(monkeypatch):
    """Let the kernel be loaded afresh, and put back what was loaded."""
    pytest.importorskip("numba")
    monkeypatch.setattr(_native, "_LOADED", [])


class Compiled:
    """Stands for a module whose functions were compiled: that takes seconds."""

    run = SimpleNamespace(stats=SimpleNamespace(cache_hits={}))
    prepare = None


def test_the_source_is_kept_in_a_file_named_for_what_it_holds(forgotten, monkeypatch, tmp_path):
    monkeypatch.setenv("NANOGRAD_CACHE_DIR", str(tmp_path / "new"))
    monkeypatch.setattr(_native, "_module", lambda source, path=None: Compiled)
    assert _native.native().cache == tmp_path / "new"
    (kept,) = (tmp_path / "new").iterdir()
    assert kept.read_text(encoding="utf-8") == kernel().source
    kept.write_text("raise SystemExit", encoding="utf-8")  # what is there is not trusted
    _native._LOADED.clear()
    _native.native()
    assert kept.read_text(encoding="utf-8") == kernel().source


@pytest.mark.parametrize("other", ["numba", "python", "build"])
def test_environments_that_share_the_folder_have_files_of_their_own(forgotten, monkeypatch, tmp_path, other):
    numba = pytest.importorskip("numba")
    monkeypatch.setenv("NANOGRAD_CACHE_DIR", str(tmp_path))
    monkeypatch.setattr(_native, "_module", lambda source, path=None: Compiled)
    for _ in range(2):
        _native.native()
        _native._LOADED.clear()
    assert len(list(tmp_path.iterdir())) == 1
    if other == "numba":
        monkeypatch.setattr(numba, "__version__", "0.1.2")
    elif other == "python":
        monkeypatch.setattr(sys, "implementation", SimpleNamespace(cache_tag="cpython-399"))
    else:
        monkeypatch.setattr(sys, "abiflags", "t", raising=False)
    _native.native()
    assert len(list(tmp_path.iterdir())) == 2


def test_where_nothing_can_be_written_the_kernel_is_compiled_for_the_process(
    forgotten, monkeypatch, tmp_path
):
    (tmp_path / "file").touch()
    monkeypatch.setenv("NANOGRAD_CACHE_DIR", str(tmp_path / "file"))
    compiled = []

    def module(source, path=None):
        compiled.append((source, path))
        return Compiled

    monkeypatch.setattr(_native, "_module", module)
    assert _native.native().cache is None
    ((source, path),) = compiled
    assert path is None
    assert "cache=True" not in source


@pytest.mark.parametrize(
    "error",
    [pickle.UnpicklingError("truncated"), ValueError("unsupported protocol"), RuntimeError("no object")],
)
@pytest.mark.parametrize("everywhere", [False, True])
def test_machine_code_that_cannot_be_read_is_compiled_again(
    forgotten, monkeypatch, tmp_path, everywhere, error
):
    monkeypatch.setenv("NANOGRAD_CACHE_DIR", str(tmp_path))
    (tmp_path / "__pycache__").mkdir()
    compiled = []

    def module(source, path=None):
        if path and (everywhere or not compiled):
            compiled.append(path)
            (tmp_path / "__pycache__" / f"{path.stem}.run-1.py311.nbi").touch()
            raise error
        return Compiled

    monkeypatch.setattr(_native, "_module", module)
    assert _native.native().cache == (None if everywhere else tmp_path)
    assert len(compiled) == (2 if everywhere else 1)
    assert everywhere or not list((tmp_path / "__pycache__").iterdir())


def test_a_numba_that_is_told_not_to_compile_is_not_used(forgotten, monkeypatch):
    numba = pytest.importorskip("numba")
    monkeypatch.setattr(numba.config, "DISABLE_JIT", True)
    for _ in range(2):  # the second time from memory
        with pytest.raises(_native.NativeError, match=r"^Numba is told not to compile: unset NUMBA_DISABLE"):
            _native.native()


def test_a_kernel_that_numba_refuses_is_told(forgotten, monkeypatch):
    numba = pytest.importorskip("numba")

    def refuse(source, path=None):
        raise numba.core.errors.TypingError("no such type")

    monkeypatch.setattr(_native, "_module", refuse)
    with pytest.raises(_native.NativeError, match=r"^Numba [\d.]+ cannot compile the kernel: no such type"):
        _native.native()


def test_an_installation_without_source_is_told(forgotten, monkeypatch):
    def without_source():
        raise OSError("could not get source code")

    monkeypatch.setattr(_native, "kernel", without_source)
    with pytest.raises(_native.NativeError, match=r"source that this installation lacks: could not get"):
        _native.native()


def test_the_next_process_finds_the_machine_code():
    pytest.importorskip("numba")
    here = _native.native()
    if here.cache is None:
        pytest.skip("no folder to keep machine code in")
    code = (
        "from nanograd.compile._native import native\n"
        "print(sum(native().run.stats.cache_hits.values()), sum(native().run.stats.cache_misses.values()))"
    )
    environment = {**os.environ, "NANOGRAD_CACHE_DIR": str(here.cache)}
    printed = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, check=True)
    assert printed.stdout.split() == [b"1", b"0"]


def test_importing_the_package_does_not_import_numba():
    code = "import sys, nanograd.compile._tape\nprint('numba' in sys.modules)"
    printed = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True)
    assert printed.stdout.split() == [b"False"]


@pytest.mark.parametrize(
    ("cache", "from_disk", "expected"),
    [
        (None, False, "compiled, in 4.2 s, for this process: no folder keeps it"),
        (Path("folder"), False, "compiled, in 4.2 s, once for this machine: folder keeps it"),
        (Path("folder"), True, "loaded from disk, in 4.2 s, once for this process"),
    ],
    ids=["no folder", "compiled", "loaded"],
)
def test_what_the_machine_code_took_is_told(cache, from_disk, expected):
    loaded = _native.Native(print, print, cache, 4.2, from_disk)
    assert str(loaded) == f"machine code that was {expected}"


@pytest.mark.parametrize("executor", ["tape", "arrays"])
def test_the_report_says_what_runs_the_tape(executor):
    x = ScalarValue(2.0)
    lines = compile_graph(x.exp() * x, [x], executor=executor).report().splitlines()
    told = [line for line in lines if line.startswith("the tape runs in ")]
    assert len(told) == (executor == "tape")
    if told:
        try:
            expected = str(_native.native())
        except _native.NativeError as error:
            expected = f"Python: {error}"
        assert told == [f"the tape runs in {expected}"]
