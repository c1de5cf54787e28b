from __future__ import annotations

import re
from collections import Counter
from contextvars import copy_context
from graphlib import TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ScalarValue, scope, topological_order
from nanograd.viz import draw_graph
from nanograd.viz._blocks import find_blocks


def drawn(root, depth=1, **options):
    """The edges of a picture with blocks, and how many edges of the graph each stands for."""
    dot = draw_graph(root, depth=depth, **options).dot
    counts: Counter[tuple[str, str]] = Counter()
    for start, end, count in re.findall(
        r'^(\w+) -> (\w+) \[\w+=\w+(?: label=" ×([\d,]+)")?', dot, re.MULTILINE
    ):
        counts[start, end] += int(count.replace(",", "") or 1)
    return counts


def headings(root, depth=1):
    """What stands in the blocks of a picture, row after row."""
    dot = draw_graph(root, depth=depth).dot
    return [
        re.findall(r">([^<>]+)<", line) for line in re.findall(r"^b\d+ .*label=<(.*)> ", dot, re.MULTILINE)
    ]


def staying_in(name, kind="", inside=None):
    """A context that stays inside one scope, as a task of asyncio does while others take turns."""
    context = copy_context() if inside is None else inside.copy()
    context.run(scope(name, kind).__enter__)
    return context


def test_the_uses_of_a_recurrent_part_are_numbered_in_the_order_of_time():
    weight, state = ScalarValue(0.5, label="w"), ScalarValue(1.0, label="h")
    steps = []
    for number in range(3):
        with scope("cell", kind="RNNCell"):
            state = weight * (number + 1.0) + weight * state  # the input is multiplied before the state
        steps.append(state)
    order = topological_order(state)
    blocks = find_blocks(order, [state], depth=1)
    assert [blocks[step].use for step in steps] == [1, 2, 3]


def test_a_block_shows_its_name_kind_size_and_ranges():
    w, b = ScalarValue(3.0, label="w"), ScalarValue(-1.0, label="b")
    with scope("neuron", kind="Neuron"):
        y = (w * 2 + b).relu()
    y.backward()
    assert headings(y) == [
        [
            "neuron",
            "Neuron",
            "3 operations, 2 parameters, 1 constant",
            "data -1.0000 … 6.0000",
            "grad 1.0000 … 2.0000",
        ]
    ]


def test_the_result_keeps_its_box_beside_its_block():
    x = ScalarValue(3.0, label="x")
    with scope("part"):
        y = (x * x).tanh()
    assert drawn(y) == {("b0", "n2"): 1}


def test_depth_takes_a_model_apart_level_by_level(minibatch):
    names = [[block[0] for block in headings(minibatch, depth)] for depth in (1, 2)]
    assert Counter(names[0]) == {"MLP": 3, "Loss": 1, "4 parameters": 1}
    assert Counter(names[1]) == {"layers.0": 3, "layers.1": 3, "Loss": 1, "2 parameters": 2}


def test_a_part_without_parts_is_a_block_at_every_depth(minibatch):
    for depth in (1, 2, 3, 10):
        assert "Loss" in [block[0] for block in headings(minibatch, depth)]


def test_each_use_of_a_part_is_a_block_of_its_own_and_says_which(minibatch):
    remarks = [block[1] for block in headings(minibatch) if block[0] == "MLP"]
    assert remarks == ["use 1 of 3", "use 2 of 3", "use 3 of 3"]


def test_parameters_that_several_blocks_share_are_a_block_of_their_own(minibatch):
    (parameters,) = [block for block in headings(minibatch) if block[0] == "4 parameters"]
    assert parameters[1:3] == ["of MLP", "data -0.1000 … 0.5000"]
    assert sorted(drawn(minibatch).values()) == [1, 1, 1, 1, 4, 4, 4]


def test_a_leaf_that_is_used_outside_as_well_stays_visible():
    w = ScalarValue(3.0, label="w")
    with scope("part"):
        y = w * 2
    assert ">w</font>" in draw_graph(y + w, depth=1).dot


def test_edges_between_blocks_are_joined_and_counted():
    xs = [ScalarValue(float(n)) for n in range(3)]
    with scope("first"):
        hidden = [x * 2 for x in xs]
    with scope("second"):
        total = hidden[0] * hidden[1] + hidden[2] * hidden[0]
    assert drawn(total * 2)["b0", "b6"] == 4


def test_values_outside_blocks_are_drawn_as_ever():
    x = ScalarValue(3.0, label="x")
    assert draw_graph(x * x, depth=1, stacked=False).dot == draw_graph(x * x).dot


def test_a_scope_that_is_left_and_entered_again_is_drawn_in_two_parts():
    part = staying_in("part", "Module")
    x = ScalarValue(2.0, label="x")
    before = part.run(lambda: x * 2)
    outside = before + 1
    after = part.run(lambda: outside * 3)
    assert [block[1] for block in headings(after + 0)] == ["Module, part 1 of 2", "Module, part 2 of 2"]
    assert_truthful([after + 0], depth=1)


def test_two_scopes_that_feed_each_other_are_drawn_in_parts():
    one, two = staying_in("one"), staying_in("two")
    x = ScalarValue(2.0)
    a = one.run(lambda: x * 2)
    b = two.run(lambda: x * 3)
    total = two.run(lambda: a + 1) + one.run(lambda: b + 1)
    assert_truthful([total], depth=1)
    assert len(headings(total)) == 4


def test_a_scope_is_not_cut_without_need():
    part = staying_in("part")
    x = ScalarValue(2.0)
    early = part.run(lambda: x * 2)
    other = x + 1
    late = part.run(lambda: other * 3)
    assert len(headings(early + late)) == 1


def test_labels_of_scopes_are_data():
    with scope('<b>"|{', kind="\\N\n"):
        y = ScalarValue(1.0) * 2
    assert headings(y)[0][:2] == ["&lt;b&gt;&quot;|{", "&#92;&#92;N&#92;&#92;n"]
    assert "&lt;b&gt;&quot;|{" in draw_graph(y, depth=1).svg()


@st.composite
def graphs(draw):
    """Graphs computed by tasks that take turns, each inside its scope, so that any scope feeds any other."""
    contexts = [copy_context()]
    for index in range(draw(st.integers(1, 4))):
        outer = contexts[draw(st.integers(0, len(contexts) - 1))]
        contexts.append(staying_in(f"part{index}", inside=outer))
    constant = draw(st.integers(0, 2))
    nodes = [ScalarValue(float(n), requires_grad=n != constant) for n in range(3)]
    for _ in range(draw(st.integers(1, 12))):
        context = contexts[draw(st.integers(0, len(contexts) - 1))]
        x, y = (nodes[draw(st.integers(0, len(nodes) - 1))] for _ in range(2))
        nodes.append(
            context.run(
                draw(st.sampled_from([lambda x, y: x + y, lambda x, y: x * y, lambda x, y: -x])), x, y
            )
        )
    return nodes[-draw(st.integers(1, 2)) :]


def assert_truthful(roots, depth):
    """Every edge is drawn or lies inside a block, nothing else is drawn, and nothing goes round."""
    results = set(roots)
    order = topological_order(*roots)
    blocks = find_blocks(order, roots, depth)
    index = {node: number for number, node in enumerate(order)}

    def name(node, kind):
        block = blocks.get(node)
        return f"{kind}{index[node]}" if block is None else f"b{index[block.members[0]]}"

    expected: Counter[tuple[str, str]] = Counter()
    for node in order:
        for child in node.children:
            start, end = name(child, "n"), name(node, "o")
            if start != end:
                expected[start, end] += 1
        if node.children and node not in blocks:
            expected[name(node, "o"), name(node, "n")] += 1
        if node in blocks and node in results:
            expected[name(node, "b"), f"n{index[node]}"] += 1
    found = drawn(roots, depth)
    assert found == expected
    sorter: TopologicalSorter[str] = TopologicalSorter()
    for start, end in found:
        sorter.add(end, start)
    sorter.prepare()  # raises CycleError


@given(roots=graphs(), depth=st.integers(1, 3))
def test_blocks_keep_every_edge_and_make_no_cycle(roots, depth):
    assert_truthful(roots, depth)


@pytest.mark.parametrize("depth", [1, 2, 3])
def test_the_minibatch_is_drawn_truthfully(minibatch, depth):
    assert_truthful([minibatch], depth)
