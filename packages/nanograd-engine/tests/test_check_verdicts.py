"""What all checks say alike: of failures, and of errors that come out of a learner's own code."""

import copy
import pickle

import pytest
from nanograd.engine import ArgumentError
from nanograd.engine.testing import (
    CheckFailedError,
    CheckPassed,
    check_backward,
    check_backward_pass,
    check_causal,
    check_forward_pass,
    check_gradient,
    check_topological_order,
    check_training_step,
)

CHECKS = {
    check_backward: (lambda call: check_backward(lambda x: x * x, call), "x = 2, gradient = 1"),
    check_gradient: (lambda call: check_gradient(sum, call), "[2, 3, 0.5]"),
    check_forward_pass: (check_forward_pass, "y, where y = x * w and x = 3.5, w = 4.5"),
    check_topological_order: (check_topological_order, "y, where y = x * w"),
    check_backward_pass: (check_backward_pass, "y, where y = x * w"),
    check_training_step: (check_training_step, "w = 3, b = -1, lr = 0.1"),
    check_causal: (check_causal, "4 inputs of 3 numbers"),
}


class LearnersError(Exception):
    pass


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_an_error_of_the_learners_code_says_at_which_input_it_came(check):
    def broken(*_):
        raise LearnersError

    called, at = CHECKS[check]
    with pytest.raises(LearnersError) as caught:
        called(broken)
    assert caught.value.__notes__ == [f"{check.__name__} called your function with {at}"]


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_what_is_not_a_function_is_refused(check):
    called, _ = CHECKS[check]
    with pytest.raises(
        ArgumentError, match=rf"{check.__name__}\(\w+\) takes a function and got None\. Give the function"
    ):
        called(None)


def test_a_failure_can_be_copied_and_pickled():
    error = CheckFailedError("check_backward", "it is wrong", "x = 2", "3", "4", "Look.")
    for other in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert str(other) == str(error)
        assert (other.check, other.problem, other.at) == ("check_backward", "it is wrong", "x = 2")


def test_long_lines_of_a_message_are_folded_below_each_other():
    error = CheckFailedError("check_backward", "it is wrong", "", "3", "4", "one " * 30)
    lines = str(error).splitlines()
    assert lines[:3] == ["check_backward: it is wrong", "expected: 3", "got:      4"]
    assert lines[3].startswith("hint:     one one")
    assert lines[4].startswith("          one one")
    assert all(len(line) <= 90 for line in lines)


def test_what_passed_is_a_record():
    assert CheckPassed("check_backward", "all is right") == CheckPassed("check_backward", "all is right")
