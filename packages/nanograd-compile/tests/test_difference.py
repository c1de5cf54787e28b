"""How the arguments of calls differ is told for the first place where they do."""

import numpy as np
import pytest
from nanograd.compile._difference import Difference, difference
from nanograd.compile._structure import structure_of

TREES = {
    "lengths": ([[1.0], [1.0, 2.0]], "x has 1, 2 items", "sizes"),
    "inner lengths": ([[[1.0], [1.0]], [[1.0], []]], "x[1] has 1, 0 items", "sizes"),
    "shapes": ([np.ones((2, 3)), np.ones(4)], "x has shape (2, 3), (4,)", "sizes"),
    "integers": ([[0, 5], [0, 6]], "x[1] is 5, 6", "values"),
    "many integers": ([[number] for number in (3, 1, 3, 2, 0, 7)], "x[0] is 3, 1, 2, 0, ...", "values"),
    "NumPy's integers": ([np.int64(3), 4], "x is 3, 4", "values"),
    "arrays of integers": (
        [np.array([0, 1]), np.array([1, 0])],
        "x is an array of [0, 1], [1, 0]",
        "values",
    ),
    "shapes of indices": ([np.zeros(0, int), np.zeros((0, 1), int)], "x has shape (0,), (0, 1)", "sizes"),
    "types of integers": ([np.int8([0, 1]), np.int16([0, 1])], "x is an array of [0, 1]", "values"),
    "types of arrays": (
        [np.array([0, 1]), np.array([0.0, 1.0])],
        "x is an array of integers, of floats",
        "kinds",
    ),
    "strings": (["sum", "mean"], "x is 'sum', 'mean'", "values"),
    "flags": ([[True, 1.0], [False, 1.0]], "x[0] is True, False", "values"),
    "containers": ([[1.0], (1.0,)], "x is of type list, of type tuple", "kinds"),
    "number or list": ([1.0, [1.0]], "x is a number, of type list", "kinds"),
    "number or None": ([[1.0], [None]], "x[0] is a number, None", "kinds"),
    "number or index": ([1.0, 1], "x is a number, of type int", "kinds"),
    "keys": ([{"a": 1.0}, {"b": 1.0}], "x has the keys ('a',), ('b',)", "kinds"),
    "sizes of dicts": ([{"a": 1.0}, {}], "x has 1, 0 items", "sizes"),
    "what keys hold": ([{"a": 1.0, "b": [2]}, {"a": 1.0, "b": [3]}], "x['b'][0] is 2, 3", "values"),
}


@pytest.mark.parametrize(("trees", "text", "of"), TREES.values(), ids=TREES)
def test_the_first_place_where_arguments_differ_is_told(trees, text, of):
    structures = [(structure_of([1.0]), structure_of(tree, integers=True)) for tree in trees]
    assert difference(structures, ["w", "x"]) == Difference(text, of)
