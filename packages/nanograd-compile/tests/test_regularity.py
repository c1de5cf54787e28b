"""Index arrays that move in equal steps are views."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.compile._array_program import BATCH, Array, Literal, Taken, View
from nanograd.compile._grids import grid_order
from nanograd.compile._regularity import blocks, common_blocks, reading, shape_of_blocks


def grid(offset, shape, strides):
    index = np.full(shape, offset)
    for axis, (size, stride) in enumerate(zip(shape, strides, strict=True)):
        index = index + (np.arange(size) * stride).reshape(
            [-1 if at == axis else 1 for at in range(len(shape))]
        )
    return index


SHAPES = st.lists(st.tuples(st.integers(2, 4), st.integers(-6, 9)), max_size=4)


@given(st.integers(0, 5), SHAPES)
def test_every_regular_index_array_becomes_a_view(offset, axes):
    shape, strides = [size for size, _ in axes], [stride for _, stride in axes]
    index = grid(100 + offset, shape, strides).reshape(-1)
    found = blocks(index)
    assert (found or [1])[-1] == index.size
    view = reading(Array("p", (500,)), index.reshape(shape_of_blocks(common_blocks([found], index.size))))
    assert isinstance(view, View)
    full = np.broadcast_to(grid(view.offset, view.shape, view.strides), shape_of_blocks(found))
    assert np.array_equal(full.reshape(-1), index)


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ([5], []),
        ([0, 1, 2, 3], [4]),
        ([3, 2, 1], [3]),
        ([0, 0, 0, 1, 1, 1], [3, 6]),
        ([0, 1, 2, 0, 1, 2], [3, 6]),
        ([0, 1, 10, 11, 5, 6], [2]),
        ([0, 3, 1], []),
        ([0, 1, 1, 2, 2, 3], [2, 6]),
    ],
    ids=str,
)
def test_blocks_of(index, expected):
    assert blocks(np.array(index)) == expected


def test_readings_that_do_not_agree_are_left_to_the_later_ones():
    assert common_blocks([[6, 24], [4, 24]], 24) == [6, 24]
    assert common_blocks([], 1) == []
    assert shape_of_blocks([]) == ()


def test_what_reads_a_constant():
    constants = Array("constants", (3,), numbers=np.array([1.0, 2.0, np.nan]))
    number = reading(constants, np.full((4, 2), 2))
    assert isinstance(number, Literal)
    assert np.isnan(number.number)
    row = reading(constants, np.array([[0, 1], [0, 1]]))
    assert row.array.numbers.tolist() == [[1.0, 2.0]]


def test_what_is_irregular_is_taken_once_along_the_axes_that_repeat_it():
    taken = reading(Array("v", (9,)), np.array([[[3], [3]], [[0], [0]], [[7], [7]]]))
    assert isinstance(taken, Taken)
    assert taken.index.tolist() == [[[3]], [[0]], [[7]]]


def test_a_batched_array_has_its_axis_of_samples_first():
    view = reading(Array("v", (9,), batched=True), np.array([1, 3, 5]))
    assert (view.offset, view.shape, view.strides[1:]) == (1, (BATCH, 3), (2,))
    taken = reading(Array("v", (9,), batched=True), np.array([1, 0, 5]))
    assert taken.shape == (BATCH, 3)


@given(st.integers(1, 4), st.integers(1, 4), st.integers(1, 3), st.randoms(use_true_random=False))
def test_a_shuffled_grid_is_put_in_order(rows, columns, terms, rng):
    pairs = [(row, column) for row in range(rows) for column in range(columns)]
    rng.shuffle(pairs)
    left = np.array([[10 * row + term for term in range(terms)] for row, _ in pairs])
    right = np.array([[100 + 10 * column + term for term in range(terms)] for _, column in pairs])
    order = grid_order(left, right, fast_right=True)
    if len(pairs) == 1:
        assert order is None
    else:
        assert [pairs[place] for place in order] == sorted(pairs)
        swapped = grid_order(left, right, fast_right=False)
        assert [pairs[place][::-1] for place in swapped] == sorted(pair[::-1] for pair in pairs)


def test_what_is_no_grid_has_no_order():
    left, right = np.array([[0], [0], [1]]), np.array([[5], [6], [5]])
    assert grid_order(left, right, fast_right=True) is None
