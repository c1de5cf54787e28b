"""check_backward_pass passes every right backward pass, and names the mistake in others."""

import pytest
from nanograd.engine import ScalarValue, topological_order
from nanograd.engine._exercises._backward_mistakes import MISTAKES
from nanograd.engine._exercises._practice_graphs import practice_graphs
from nanograd.engine.testing import CheckFailedError, check_backward_pass


def uses(node):
    return zip(node.children, node.local_derivatives, strict=True)


def started(root):
    values = topological_order(root)
    for value in values:
        value.grad = 0.0
    root.grad = 1.0
    return reversed(values)


def my_backward(root):
    for value in started(root):
        for child, slope in uses(value):
            child.grad += slope * value.grad


def by_the_symbols(root):
    """With derivatives of its own, and gradients that are forgotten as they are met."""
    gradients = dict.fromkeys(topological_order(root), 0.0)
    gradients[root] = 1.0
    for value in reversed(gradients):
        value.grad = gradient = gradients[value]
        if value.children:
            x, y = value.children
            times = value.op.symbol == "*"
            gradients[x] += gradient * (y.data if times else 1)
            gradients[y] += gradient * (x.data if times else -1 if value.op.symbol == "-" else 1)


def accumulating_leaves(root):
    values = topological_order(root)
    for value in values:
        if not value.is_leaf:
            value.zero_grad()
    before = {value: value.grad for value in values if value.is_leaf}
    my_backward(root)
    for leaf, gradient in before.items():
        if leaf is not root:
            leaf.grad += gradient


@pytest.mark.parametrize(
    "backward",
    [my_backward, by_the_symbols, accumulating_leaves, ScalarValue.backward, lambda root: root.backward()],
)
def test_right_passes_pass(backward):
    assert repr(check_backward_pass(backward)) == "check_backward_pass: the gradients of 9 graphs are right"


# ---- with one mistake each


def overwriting(root):
    for value in started(root):
        for child, slope in uses(value):
            child.grad = slope * value.grad


def without_start(root):
    for value in topological_order(root):
        value.grad = 0.0
    for value in reversed(topological_order(root)):
        for child, slope in uses(value):
            child.grad += slope * value.grad


def nothing(root):
    root.grad = 1.0


def not_reversed(root):
    for value in reversed(list(started(root))):
        for child, slope in uses(value):
            child.grad += slope * value.grad


def one_step(root):
    for child, slope in uses(next(started(root))):
        child.grad += slope


def without_slope(root):
    for value in started(root):
        for child in value.children:
            child.grad += value.grad


def without_arriving(root):
    for value in started(root):
        for child, slope in uses(value):
            child.grad += slope


def added(root):
    for value in started(root):
        for child, slope in uses(value):
            child.grad += slope + value.grad


def swapped(root):
    for value in started(root):
        for child, slope in zip(value.children, reversed(value.local_derivatives), strict=True):
            child.grad += slope * value.grad


def each_path_by_recursion(root):
    def visit(value):
        for child, slope in uses(value):
            child.grad += slope * value.grad
        for child in value.children:
            visit(child)

    visit(next(started(root)))


def each_path_in_a_queue(root):
    waiting = [next(started(root))]
    while waiting:
        value = waiting.pop(0)
        for child, slope in uses(value):
            child.grad += slope * value.grad
            waiting.append(child)


def zeroed_on_the_way(root):
    for value in started(root):
        value.grad = 0.0
        for child, slope in uses(value):
            child.grad += slope * value.grad


def each_path_at_once(root):
    def visit(value):
        for child, slope in uses(value):
            child.grad += slope * value.grad
            visit(child)

    visit(next(started(root)))


def each_path_rightly(root):
    """Right numbers, by as many steps as there are paths."""

    def visit(value, gradient):
        value.grad += gradient
        for child, slope in uses(value):
            visit(child, slope * gradient)

    next(started(root)).grad = 0.0
    visit(root, 1.0)


def too_early(position):
    def backward(root):
        waiting, met = [next(started(root))], {root}
        while waiting:
            value = waiting.pop(position)
            for child, slope in uses(value):
                child.grad += slope * value.grad
                if child not in met:
                    met.add(child)
                    waiting.append(child)

    return backward


def never_forgetting(root):
    root.grad = 1.0
    for value in reversed(topological_order(root)):
        for child, slope in uses(value):
            child.grad += slope * value.grad


def recursive_order(root):
    order, visited = [], set()

    def visit(value):
        if value not in visited:
            visited.add(value)
            for child in value.children:
                visit(child)
            order.append(value)

    visit(root)
    for value in order:
        value.grad = 0.0
    root.grad = 1.0
    for value in reversed(order):
        for child, slope in uses(value):
            child.grad += slope * value.grad


def half(root):
    my_backward(root)
    for value in topological_order(root):
        if value is not root:
            value.grad /= 2


CASES = {
    "overwriting": (
        overwriting,
        "x is used twice. Gradients of 3 and 3 arrive, and one has overwritten the other",
    ),
    "no start": (without_start, "begin with root.grad = 1.0"),
    "nothing": (nothing, "Only the result's gradient is there"),
    "not reversed": (not_reversed, "the order is not reversed"),
    "one step": (one_step, "or it ends after one step"),
    "no local derivative": (without_slope, "multiply by the local derivative"),
    "no arriving gradient": (without_arriving, "local derivatives alone"),
    "added": (added, "added to the arriving gradient"),
    "swapped": (swapped, "have each other's derivative"),
    "each path": (each_path_by_recursion, "visited once for every path"),
    "each path in a queue": (each_path_in_a_queue, "visited once for every path"),
    "zeroed on the way": (zeroed_on_the_way, "after all values were set to 0, and keep it"),
    "each path at once": (each_path_at_once, "visited once for every path"),
    "each path, rightly": (each_path_rightly, "remember visited values in a set"),
    "too early, breadth first": (too_early(0), "before all of it has arrived"),
    "too early, depth first": (too_early(-1), "before all of it has arrived"),
    "never forgetting": (never_forgetting, "gradients of the pass before were not forgotten"),
    "recursive": (recursive_order, "ends near 1,000 calls"),
    "half": (half, "arrives 2: for each use, the local derivative times the gradient there"),
}


@pytest.mark.parametrize("mistake", CASES)
def test_a_mistake_gets_its_own_hint(mistake):
    backward, hint = CASES[mistake]
    with pytest.raises(CheckFailedError) as caught:
        check_backward_pass(backward)
    assert hint in caught.value.hint


def test_no_kept_mistake_is_right_on_all_graphs():
    for _, mistake in MISTAKES:
        wrong = 0
        for graph in practice_graphs():
            my_backward(graph.root)
            gradients = mistake(graph.root)
            wrong += any(gradients[value] != value.grad for value in topological_order(graph.root))
        assert wrong


def test_a_failure_says_where_and_what():
    with pytest.raises(CheckFailedError) as caught:
        check_backward_pass(never_forgetting)
    error = caught.value
    assert error.problem == "the gradient of b is wrong"
    assert error.at == "the second time a = x * w; b = a + w; y = a * b with x = 2, w = 3"
    assert (error.expected, error.got) == ("6", "12")
