"""Memory that was freed is kept for the next call, by the C library of Linux."""

import os
import platform
import subprocess
import sys

import numpy as np
import pytest
from nanograd.compile import _allocation, compile_graph
from nanograd.compile._allocation import KEPT, keep_freed_memory
from nanograd.engine import ScalarValue

FAULTS = """
import resource, numpy as np
from nanograd.compile._allocation import keep_freed_memory
keep_freed_memory()
def call():
    return [np.ones(2**16 * count) for count in (1, 2, 4, 6)]
call()
before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(10):
    call()
print(resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries have no such limit")
def test_arrays_take_the_memory_of_those_before_them():
    environment = {name: value for name, value in os.environ.items() if not name.startswith("MALLOC_")}
    printed = subprocess.run([sys.executable, "-c", FAULTS], env=environment, capture_output=True, check=True)
    pages = 10 * 13 * 2**16 * 8 // os.sysconf("SC_PAGE_SIZE")
    assert int(printed.stdout) < pages / 10


def test_the_limit_is_raised_once_for_a_process(monkeypatch):
    taken = []
    empty = np.empty

    def counted(shape, dtype=float):
        taken.append(shape)
        return empty(shape, dtype)

    monkeypatch.setattr(sys, "platform", "linux")
    keep_freed_memory.cache_clear()
    monkeypatch.setattr(_allocation.np, "empty", counted)
    x = ScalarValue(2.0)
    for _ in range(3):
        compile_graph(x * x, [x], executor="arrays")
    assert taken.count(KEPT) == 1


def test_where_memory_is_short_nothing_is_raised(monkeypatch):
    def refuse(shape, dtype=float):
        raise MemoryError

    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(_allocation.np, "empty", refuse)
    keep_freed_memory.cache_clear()
    keep_freed_memory()
