"""check_topological_order passes every right order, and names the mistake in others."""

import pytest
from nanograd.engine import ScalarValue, topological_order
from nanograd.engine.testing import CheckFailedError, check_topological_order


def kahn(root):
    """From the result down, a value as soon as all that use it are listed; then turned round."""
    uses, reached, stack = {root: 0}, {root}, [root]
    while stack:
        for child in stack.pop().children:
            uses[child] = uses.get(child, 0) + 1
            if child not in reached:
                reached.add(child)
                stack.append(child)
    order, ready = [], [root]
    while ready:
        value = ready.pop()
        order.append(value)
        for child in value.children:
            uses[child] -= 1
            if not uses[child]:
                ready.append(child)
    return order[::-1]


def recursive(root, visited=None):
    order, visited = [], set() if visited is None else visited
    if root not in visited:
        visited.add(root)
        for child in root.children:
            order += recursive(child, visited)
        order.append(root)
    return order


def breadth_first(root):
    order, reached, waiting = [], {root}, [root]
    while waiting:
        value = waiting.pop(0)
        order.append(value)
        for child in value.children:
            if child not in reached:
                reached.add(child)
                waiting.append(child)
    return order


def without_a_set(root):
    order = []
    for child in root.children:
        order += without_a_set(child)
    return [*order, root]


def with_in_list(root):
    order = []

    def visit(value):
        if value not in order:
            for child in value.children:
                visit(child)
            order.append(value)

    visit(root)
    return order


def filtered_afterwards(root):
    """The right order in the end, but by a walk along every path."""
    return list(dict.fromkeys(without_a_set(root)))


@pytest.mark.parametrize(
    "sort",
    [topological_order, kahn, lambda root: tuple(kahn(root)), lambda root: iter(kahn(root))],
    ids=["the engine's", "Kahn's", "a tuple", "an iterator"],
)
def test_right_orders_pass(sort):
    assert repr(check_topological_order(sort)) == "check_topological_order: the orders of 9 graphs are right"


def preorder(root, visited=None):
    order, visited = [], set() if visited is None else visited
    if root not in visited:
        visited.add(root)
        order.append(root)
        for child in root.children:
            order += preorder(child, visited)
    return order


@pytest.mark.parametrize(
    ("sort", "problem", "hint"),
    [
        (recursive, "the walk does not end", "ends near 1,000 calls"),
        (lambda root: kahn(root)[::-1], "y comes before its operand x", "This is the reverse"),
        (lambda root: breadth_first(root)[::-1], "b comes before its operand", "children are in the list"),
        (lambda root: preorder(root)[::-1], "comes before its operand", "children are in the list"),
        (without_a_set, "x is in the list twice", "used twice"),
        (filtered_afterwards, "the walk does not end", "Twice as many paths"),
        (with_in_list, "is missing", "== compares numbers"),
        (lambda root: kahn(root)[:-1], "y is missing", "The result itself belongs to the list"),
        (lambda root: [v for v in kahn(root) if v.children], "x is missing", "Leaves belong to the list too"),
        (lambda root: list(dict.fromkeys([*root.children, root])), "x is missing", "Leaves belong"),
        (lambda root: [*kahn(root), ScalarValue(9.5)], "values that the result does not depend on", "alone"),
        (lambda root: [v.data for v in kahn(root)], "the list holds float: 2.0", "not their numbers"),
        (lambda root: root, "it returns ScalarValue: ScalarValue(data=6.0)", "Return a list of values."),
        (lambda root: None, "it returns None", "A function without a return statement gives None."),
        (lambda root: set(kahn(root)), "it returns a set", "A set has no order. Append each value to a list"),
        (lambda root: [], "the list is empty", "Begin at the given result"),
    ],
    ids=[
        "recursive", "reversed", "breadth first", "depth first", "repeated", "every path", "in list",
        "no root", "no leaves", "one step", "a stranger", "numbers", "a value", "None", "a set", "empty",
    ],
)  # fmt: skip
def test_a_mistake_gets_its_own_hint(sort, problem, hint):
    with pytest.raises(CheckFailedError) as caught:
        check_topological_order(sort)
    assert problem in caught.value.problem
    assert hint in caught.value.hint


def test_a_failure_shows_an_order_that_is_right():
    with pytest.raises(CheckFailedError) as caught:
        check_topological_order(lambda root: topological_order(root)[::-1])
    error = caught.value
    assert (error.at, error.expected, error.got) == ("y = x * w", "x, w, y", "y, w, x")


def test_long_lists_are_shortened():
    def sort(root):
        order = topological_order(root)
        return order if len(order) < 100 else order[::-1]

    with pytest.raises(CheckFailedError) as caught:
        check_topological_order(sort)
    assert caught.value.got.startswith("y, ")
    assert "..." in caught.value.got
