"""The source of a view reads the elements that the view stands for."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.compile._array_program import BATCH, Array, View
from nanograd.compile._view_source import view_source

SIZE = 48


def expected(view):
    grid = np.full(view.shape, view.offset)
    for axis, (size, stride) in enumerate(zip(view.shape, view.strides, strict=True)):
        grid += (np.arange(size) * stride).reshape([-1 if at == axis else 1 for at in range(len(view.shape))])
    return grid


@st.composite
def views(draw):
    home = draw(st.sampled_from([(48,), (6, 8), (2, 24), (4, 3, 4), (2, 2, 3, 4)]))
    rank = draw(st.integers(0, 3))
    shape, strides = [], []
    for _ in range(rank):
        size = draw(st.integers(1, 6))
        shape.append(size)
        strides.append(0 if size == 1 else draw(st.sampled_from([1, 2, 3, 4, 6, 8, 9, 12, 24, -1, -4])))
    low = sum((size - 1) * min(stride, 0) for size, stride in zip(shape, strides, strict=True))
    high = sum((size - 1) * max(stride, 0) for size, stride in zip(shape, strides, strict=True))
    if high - low >= SIZE:
        return View(Array("v", home), 0, (), ())
    offset = draw(st.integers(-low, SIZE - 1 - high))
    return View(Array("v", home), offset, tuple(shape), tuple(strides))


@given(views())
def test_source_reads_the_elements_of_the_view(view):
    numbers = np.arange(SIZE).reshape(view.array.shape)
    found = eval(view_source("v", view.array, view), {"v": numbers, "np": np})
    assert np.array_equal(found, expected(view))


@given(views())
def test_source_of_a_batched_view_does_so_for_each_sample(view):
    array = Array("v", view.array.shape, batched=True)
    batched = View(array, view.offset, (BATCH, *view.shape), (BATCH, *view.strides))
    numbers = np.stack([np.arange(SIZE), 100 + np.arange(SIZE)]).reshape(2, *array.shape)
    found = eval(view_source("v", array, batched), {"v": numbers, "x": numbers, "np": np, "len": len})
    assert np.array_equal(found, np.stack([expected(view), 100 + expected(view)]))


@pytest.mark.parametrize(
    ("home", "offset", "shape", "strides", "source"),
    [
        ((337,), 0, (16, 2), (3, 1), "p[:48].reshape(16, 3)[:, :2]"),
        ((337,), 2, (16,), (3,), "p[2:48:3]"),
        ((48,), 0, (2, 16), (1, 3), "p.reshape(16, 3)[:, :2].T"),
        ((8, 16), 0, (8, 16), (16, 1), "p"),
        ((8, 16), 5, (8,), (16,), "p[:, 5]"),
        ((8, 16), 0, (8, 4, 4), (16, 4, 1), "p.reshape(8, 4, 4)"),
        ((8,), 0, (8, 1), (1, 0), "p[:, None]"),
        ((8,), 7, (8,), (-1,), "p[7::-1]"),
        ((), 0, (), (), "p"),
    ],
)
def test_source_is_what_one_would_write(home, offset, shape, strides, source):
    array = Array("p", home)
    assert view_source("p", array, View(array, offset, shape, strides)) == source


def test_a_view_that_reads_elements_twice_is_strided():
    array = Array("p", (5,))
    source = view_source("p", array, View(array, 0, (3, 2), (1, 1)))
    assert eval(source, {"p": np.arange(5.0), "np": np}).tolist() == [[0, 1], [1, 2], [2, 3]]
