"""Order and lifetime of graphs."""

import gc
import weakref

from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ScalarValue, leaves, logsumexp, topological_order


@given(st.lists(st.tuples(st.integers(0, 10), st.integers(0, 10), st.booleans()), min_size=1, max_size=60))
def test_every_node_is_listed_once_and_after_its_children(steps):
    values = [ScalarValue(1.0), ScalarValue(2.0)]
    for i, j, many in steps:
        x, y = values[i % len(values)], values[j % len(values)]
        values.append(logsumexp([x, y, x]) if many else x - y)
    order = topological_order(values[-1], values[2])
    position = {node: number for number, node in enumerate(order)}
    assert len(position) == len(order)
    assert all(position[child] < position[node] for node in order for child in node.children)
    assert values[-1] in position
    assert values[2] in position


def test_the_order_is_the_one_in_which_nodes_are_first_reached():
    a, b, c = (ScalarValue(1.0, label=label) for label in "abc")
    root = (c * a) + (b * a)
    assert [node.label or str(node.op) for node in topological_order(root)] == ["c", "a", "*", "b", "*", "+"]
    assert [node.label for node in leaves(root)] == ["c", "a", "b"]


def test_a_graph_is_freed_with_its_last_reference():
    gc.disable()
    try:
        x = ScalarValue(1.0)
        inner = x.tanh()
        root = logsumexp([inner * 2, inner / 3])
        root.backward()
        freed = [weakref.ref(inner), weakref.ref(root)]
        del inner
        assert freed[0]() is not None
        del root
        assert [reference() for reference in freed] == [None, None]
    finally:
        gc.enable()


def test_a_chain_of_a_million_operations_is_freed_without_recursion():
    value = ScalarValue(1.0)
    for _ in range(1_000_000):
        value = -value
    last = weakref.ref(value)
    del value
    assert last() is None
