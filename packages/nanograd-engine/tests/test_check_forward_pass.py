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


def one_step(root):
    return root.data if root.is_leaf else RIGHT[root.op.symbol](*[child.data for child in root.children])


def without_minus(value):
    if value.is_leaf:
        return value.data
    x, y = [without_minus(child) for child in value.children]
    if value.op.symbol == "+":
        return x + y
    if value.op.symbol == "*":
        return x * y
    return None


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
        (evaluated({**RIGHT, "+": sub}), "'+' is treated as '-'"),
        (evaluated({**RIGHT, "*": sub}), "'*' is treated as '-'"),
        (one_step, "The operands are from before the leaves were changed"),
        (lambda value: evaluated(RIGHT)(value.children[0]), "It is the number of x, an operand"),
        (lambda value: 7.25, "Compute the operands first"),
        (lambda value: None, "It returns nothing where .op.symbol is '*': return a number for each symbol."),
        (without_minus, "It returns nothing where .op.symbol is '-': return a number for each symbol."),
        (lambda value: "7", "Return a number"),
    ],
    ids=[
        "old", "swapped", "- as +", "- as *", "* as +", "+ as *", "+ as -", "* as -", "one step", "operand",
        "other", "None", "no minus", "a string",
    ],
)  # fmt: skip
def test_a_mistake_gets_its_own_hint(walk, hint):
    with pytest.raises(CheckFailedError) as caught:
        check_forward_pass(walk)
    assert hint in caught.value.hint


def test_what_is_no_number_is_shown():
    with pytest.raises(CheckFailedError) as caught:
        check_forward_pass(lambda value: None)
    assert caught.value.got == "None"
    with pytest.raises(CheckFailedError) as caught:
        check_forward_pass(lambda value: [value.data])
    assert caught.value.got == "list: [6.0]"


def test_the_engine_itself_does_not_compute_anew():
    x = ScalarValue(2.0)
    y = x * x
    x.data = 3.0
    assert (y.data, evaluated(RIGHT)(y)) == (4.0, 9.0)
