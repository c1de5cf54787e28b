"""The tests of the explorer's JavaScript, in JavaScript, run by the Node that Playwright brings."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import playwright
import pytest

NODE = Path(playwright.__path__[0], "driver", "node.exe" if sys.platform == "win32" else "node")
FILES = sorted(Path(__file__).parent.glob("javascript/*.test.mjs"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name.removesuffix(".test.mjs"))
def test_javascript(path):
    done = subprocess.run([NODE, "--test", path], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
