"""check_forward_pass passes every walk that computes the result anew, and names the mistake in others."""

from operator import add, mul, sub

import pytest
from nanograd.engine import ScalarValue, topological_order
from nanograd.engine.testing import CheckFailedError, check_forward_pass

RIGHT = {"+": add, "-": sub, "*": mul}


def evaluated(table):
    def evaluate(value):
        if value.is_leaf:
            return value.data
        return table[value.op.symbol](*[evaluate(child) for child in value.children])

    return evaluate


def in_order(root):
    numbers = {}
    for value in topological_order(root):
        operands = [numbers[child] for child in value.children]
        numbers[value] = RIGHT[value.op.symbol](*operands) if operands else value.data
    return numbers[root]


def again(value):
    return value if value.is_leaf else RIGHT[value.op.symbol](*map(again, value.children))


@pytest.mark.parametrize(
    "walk", [evaluated(RIGHT), in_order, again], ids=["recursive", "in order", "ScalarValues"]
)
def test_right_walks_pass(walk):
    assert repr(check_forward_pass(walk)) == "check_forward_pass: the results of 7 graphs are right"


@pytest.mark.parametrize(
    ("walk", "hint"),
    [
        (lambda value: value.data, "from before the leaves were changed"),
        (evaluated({**RIGHT, "-": lambda x, y: y - x}), "'-' takes its operands the wrong way round"),
        (evaluated({**RIGHT, "-": add}), "'-' is treated as '+'"),
        (evaluated({**RIGHT, "-": mul}), "'-' is treated as '*'"),
        (evaluated({**RIGHT, "*": add}), "'*' is treated as '+'"),
        (evaluated({**RIGHT, "+": mul}), "'+' is treated as '*'"),
        (lambda value: evaluated(RIGHT)(value.children[0]), "It is the number of x, an operand"),
        (lambda value: 7.25, "Compute the operands first"),
        (lambda value: None, "ends without a return statement"),
        (lambda value: "7", "Return a number"),
    ],
    ids=["old", "swapped", "- as +", "- as *", "* as +", "+ as *", "operand", "other", "None", "a string"],
)
def test_a_mistake_gets_its_own_hint(walk, hint):
    with pytest.raises(CheckFailedError) as caught:
        check_forward_pass(walk)
    assert hint in caught.value.hint


def test_the_engine_itself_does_not_compute_anew():
    x = ScalarValue(2.0)
    y = x * x
    x.data = 3.0
    assert (y.data, evaluated(RIGHT)(y)) == (4.0, 9.0)
