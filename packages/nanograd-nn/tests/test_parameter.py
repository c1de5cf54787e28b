"""Parameter: a ScalarValue that belongs to a module."""

import copy
import pickle

import pytest
from nanograd.engine import NumberTypeError, ScalarValue
from nanograd.nn import Parameter


def test_a_parameter_is_a_value_that_shows_what_it_is():
    w = Parameter(2, label="w")
    assert repr(w) == "Parameter(data=2)"
    assert isinstance(w, ScalarValue)
    assert (w.label, w.requires_grad, w.is_leaf) == ("w", True, True)
    assert not hasattr(w, "__dict__")


def test_what_is_computed_from_it_is_not_a_parameter():
    w = Parameter(2.0)
    assert {type(result) for result in (w + 1, 1 + w, w * w, -w, w.tanh(), w.detach())} == {ScalarValue}


def test_copies_and_pickles_stay_parameters():
    w = Parameter(2.0, label="w")
    for other in (copy.deepcopy(w), pickle.loads(pickle.dumps(w))):
        assert type(other) is Parameter
        assert (other.data, other.label) == (2.0, "w")


def test_whether_it_needs_a_gradient_can_be_assigned():
    w = Parameter(2.0)
    w.requires_grad = False
    assert not w.requires_grad
    assert not (w * w).requires_grad
    w.requires_grad = True
    (w * w).backward()
    assert w.grad == 4.0
    with pytest.raises(NumberTypeError, match="takes True or False and got str: 'no'"):
        w.requires_grad = "no"
    assert w.requires_grad is True


@pytest.mark.parametrize("data", ["1", None, [1.0], True, ScalarValue(1.0)])
def test_what_is_not_a_number_is_refused(data):
    with pytest.raises(NumberTypeError, match=r"Parameter\(data\) takes a real number and got"):
        Parameter(data)
