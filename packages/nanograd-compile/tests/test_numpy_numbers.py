"""The NumPy number system gives what FLOATS gives, element for element."""

import math

import numpy as np
import pytest
from nanograd.compile import _numpy_numbers as NUMPY
from nanograd.engine import FLOATS, OPS

NUMBERS = [0.0, -0.0, 0.3, -0.3, 1.0, -1.0, 2.0, 2.5, -2.5, 7.0, 30.0, -40.5, 1e-20, 800.0, -800.0, 1e300]
EDGES = [*NUMBERS, math.inf, -math.inf, math.nan]


def points(arity):
    if arity == 1:
        return [(x,) for x in EDGES]
    if arity == 2:
        return [(x, y) for x in EDGES for y in EDGES]
    return [(x, y, z) for x in EDGES for y in (-1.0, 0.0, 2.0) for z in (-2.0, 0.0, 1.0)]


def same(found, expected):
    return np.allclose(found, expected, rtol=1e-13, atol=0.0, equal_nan=True)


FIXED = [operation for operation in OPS.values() if operation.arity is not None]


@pytest.mark.parametrize("operation", FIXED, ids=str)
def test_every_operation_gives_what_it_gives_for_floats(operation):
    columns = points(operation.arity)
    if operation.symbol == "round":
        columns = [(x, y) for x in EDGES if math.isfinite(x) for y in (-1.0, 0.0, 2.0)]
    arrays = [np.array(column) for column in zip(*columns, strict=True)]
    expected = [float(operation.evaluate(*point)) for point in columns]
    with np.errstate(all="ignore"):
        found = operation.run(NUMPY, *arrays)
    wrong = [
        (point, got, wanted)
        for point, got, wanted in zip(columns, found, expected, strict=True)
        if not same(got, wanted)
    ]
    assert not wrong


@pytest.mark.parametrize("operation", FIXED, ids=str)
def test_every_partial_gives_what_it_gives_for_floats(operation):
    columns = points(operation.arity)
    if operation.symbol == "round":
        columns = [(x, y) for x in EDGES if math.isfinite(x) for y in (-1.0, 0.0, 2.0)]
    arrays = [np.array(column) for column in zip(*columns, strict=True)]
    results = [float(operation.evaluate(*point)) for point in columns]
    expected = [operation.partials_at(result, *point) for result, point in zip(results, columns, strict=True)]
    with np.errstate(all="ignore"):
        found = operation.differentiate(NUMPY, np.array(results), *arrays)
    for slot, slopes in enumerate(found):
        wrong = [
            (point, got, wanted[slot])
            for point, got, wanted in zip(
                columns, np.broadcast_to(slopes, len(columns)), expected, strict=True
            )
            if not same(got, float(wanted[slot]))
        ]
        assert not wrong


ROWS = [
    [1.0],
    [0.0, 0.0],
    [1000.0, 1000.0, 999.0],
    [-800.0, 0.5, -3.0],
    [0.0, -46.0],
    [math.inf, 1.0],
    [-math.inf, 2.0],
    [-math.inf, -math.inf],
    [math.nan, 1.0],
    [math.inf, math.nan],
]


@pytest.mark.parametrize("row", ROWS, ids=str)
def test_logsumexp_of_rows_and_of_runs_gives_what_it_gives_for_floats(row):
    expected = FLOATS.logsumexp(row)
    with np.errstate(all="ignore"):
        assert same(NUMPY.logsumexp(np.array([row, row])), expected)
        runs = NUMPY.logsumexp_of_runs(np.array([3.0, *row, 5.0, 5.0]), np.array([0, 1, 1 + len(row)]))
    assert same(runs[1], expected)
    assert same(runs[[0, 2]], [3.0, 5.0 + math.log(2.0)])


def test_functions_of_math_take_numbers_and_arrays_of_any_shape():
    assert NUMPY.erf(0.5) == math.erf(0.5)
    assert NUMPY.erfc(np.full((2, 3), 0.5)).tolist() == [[math.erfc(0.5)] * 3] * 2


def test_scatter_adds_what_goes_to_one_place():
    assert NUMPY.scatter(np.array([1.0, 2.0, 4.0]), np.array([1, 0, 1]), 3).tolist() == [2.0, 5.0, 0.0]
    rows = NUMPY.scatter_rows(np.array([[1.0, 2.0], [10.0, 20.0]]), np.array([1, 1]), 2)
    assert rows.tolist() == [[0.0, 3.0], [0.0, 30.0]]
