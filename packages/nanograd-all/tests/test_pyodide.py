"""What ``nox -s pyodide`` skips is what a test asks for and is not there, and never a package's failure.

The plugin is a file of the repository, so these tests are skipped where there is only a wheel.
"""

import runpy
from pathlib import Path

import pytest
from nanograd.engine import NanogradError

PLUGIN = Path(__file__).parents[3] / "pyodide" / "absent.py"
if not PLUGIN.is_file():
    pytest.skip("not in a checkout", allow_module_level=True)

TEST, PACKAGE = "/alone/tests/test_x.py", "/site/nanograd/viz/_x.py"
LIBRARY = "/lib/python314.zip/subprocess.py"

CALL = "exec(inner, names)"
NO_PROCESS = "raise OSError(138, 'emscripten does not support processes.')"
NO_NUMPY = "raise ModuleNotFoundError('no module', name='numpy')"
SAY_SO = """
from nanograd.engine import NanogradError
try:
    exec(inner, names)
except Exception as error:
    raise NanogradError("clear words") from error
"""
PROCESS, NUMPY = "needs another process", "needs numpy, which has no wheel for Pyodide"


def raised_by(files):
    """Return the error that arises when each of several files runs the next."""
    names = {}
    for file, text in reversed(files):
        names = {"inner": compile(text, file, "exec"), "names": names}
    with pytest.raises((AssertionError, ImportError, NanogradError, OSError)) as caught:
        exec(CALL, names)
    return caught.value


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        ([(TEST, NO_NUMPY)], NUMPY),
        ([(TEST, CALL), (LIBRARY, NO_PROCESS)], PROCESS),
        ([(TEST, CALL), (PACKAGE, SAY_SO), (LIBRARY, NO_PROCESS)], PROCESS),
        ([(TEST, CALL), (PACKAGE, SAY_SO), (PACKAGE, NO_NUMPY)], NUMPY),
        ([(TEST, CALL), (PACKAGE, CALL), (LIBRARY, NO_PROCESS)], None),
        ([(TEST, CALL), (PACKAGE, NO_NUMPY)], None),
        ([(TEST, CALL), (PACKAGE, "raise OSError('disk full')")], None),
        ([(TEST, "assert 1 == 2")], None),
        ([(TEST, "raise ModuleNotFoundError('no module', name='nanograd.engine')")], None),
    ],
    ids=[
        *("a test's import", "a test's process", "a process, told clearly", "an import, told clearly"),
        *("a package's process", "a package's import", "a package's failure", "a failure", "a lost module"),
    ],
)
def test_a_test_is_skipped_for_what_it_asks_or_is_told_clearly(files, reason):
    assert runpy.run_path(str(PLUGIN))["_reason"](raised_by(files)) == reason
