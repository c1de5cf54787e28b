"""Trees of numbers become vectors and come back."""

from typing import NamedTuple

import numpy as np
import pytest
from nanograd.compile._structure import rebuilt, replaced, structure_of, vector_of
from nanograd.engine import NumberTypeError


class Pair(NamedTuple):
    first: float
    second: list


TREE = {
    "w": [1.0, (2, 3.0)],
    "name": "x",
    "flag": True,
    "array": np.array([[4.0], [5.0]]),
    "pair": Pair(6.0, [7]),
}


def test_there_and_back_again():
    vector = vector_of(TREE)
    assert vector.tolist() == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    back = rebuilt(TREE, vector * 10)
    assert back["w"] == [10.0, (20.0, 30.0)]
    assert back["array"].tolist() == [[40.0], [50.0]]
    assert back["pair"] == Pair(60.0, [70.0])
    assert (back["name"], back["flag"]) == ("x", True)


def test_arrays_become_arrays_of_objects_and_integers_stay_where_they_are_indices():
    array = replaced(np.array([[1.0, 2.0]]), str)
    assert array.tolist() == [["1.0", "2.0"]]
    assert replaced([1, 2.0, np.array([3, 4])], str, integers=True) == [1, "2.0", [3, 4]]
    assert vector_of([1, 2.0, np.array([3, 4]), np.int64(5)], integers=True).tolist() == [2.0]


@pytest.mark.parametrize(
    ("one", "other", "integers", "equal"),
    [
        ([1.0, 2], [3, 4.0], False, True),
        ([1.0, 2.0], (1.0, 2.0), False, False),
        ({"a": 1.0}, {"b": 1.0}, False, False),
        (np.zeros((2, 3)), np.ones((2, 3)), False, True),
        (np.zeros((2, 3)), np.zeros((3, 2)), False, False),
        (["tanh", 1.0], ["relu", 1.0], False, False),
        ([1, 2.0], [2, 2.0], True, False),
        ([1, 2.0], [1, 3.0], True, True),
        (np.array([1, 2]), np.array([1, 3]), True, False),
        (np.array([1, 2]), np.array([1, 3]), False, True),
        (np.float64(1.0), 2.0, False, True),
    ],
    ids=range(11),
)
def test_structures_differ_in_all_but_numbers(one, other, integers, equal):
    assert (structure_of(one, integers=integers) == structure_of(other, integers=integers)) == equal


def test_what_is_no_number_is_refused():
    with pytest.raises(NumberTypeError, match="an argument of a compiled function takes a real number"):
        structure_of([1.0, {1.0}])


@pytest.mark.parametrize(
    ("one", "two"),
    [(np.int8([-1]), np.uint8([255])), (np.array([True]), np.int8([1])), (np.array(["a"]), np.uint32([97]))],
    ids=["sign", "flag", "letter"],
)
def test_arrays_of_equal_bytes_and_other_types_are_not_alike(one, two):
    assert one.tobytes() == two.tobytes()
    assert structure_of(one, integers=True) != structure_of(two, integers=True)


def test_integers_of_numpy_are_those_of_python():
    assert structure_of([np.int32(3), np.uint8(2)], integers=True) == structure_of([3, 2], integers=True)
