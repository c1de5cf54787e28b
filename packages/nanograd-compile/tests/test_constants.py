"""Constants have one name each, and nobody changes them."""

import numpy as np
import pytest
from nanograd.compile._constants import Constants, is_constant


def test_equal_numbers_have_one_name():
    constants = Constants()
    first = constants.name("c", np.array([1.0, 2.0]))
    assert constants.name("c", np.array([1.0, 2.0])) == first == "c1"
    others = [
        constants.name("c", np.array([1.0, 3.0])),
        constants.name("c", np.array([[1.0, 2.0]])),
        constants.name("i", np.array([1.0, 2.0])),
        constants.ones(2),
        constants.ones(3),
    ]
    assert len({first, *others}) == 6
    assert constants.ones(3) == others[-1]
    assert {name: constants.by_name[name].tolist() for name in others[-2:]} == {
        "ones_2": [1.0, 1.0],
        "ones_3": [1.0, 1.0, 1.0],
    }
    assert all(is_constant(name) for name in constants.by_name)


def test_constants_are_copies_that_cannot_be_changed():
    constants, numbers = Constants(), np.array([1.0, 2.0])
    name = constants.name("c", numbers)
    numbers[0] = 5.0
    assert constants.by_name[name].tolist() == [1.0, 2.0]
    for kept in (constants.by_name[name], constants.by_name[constants.ones(2)]):
        with pytest.raises(ValueError, match="read-only"):
            kept[0] = 3.0
