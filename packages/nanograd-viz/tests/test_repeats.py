"""Blocks that are alike are drawn as one, with their number, and never at the price of a false picture."""

import re
from graphlib import TopologicalSorter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ScalarValue, scope
from nanograd.viz import draw_graph


def layer(inputs, size, name, activation="tanh"):
    """Return the outputs of a layer of neurons, each computed in a scope of its own."""
    outputs = []
    with scope(name, kind="Layer"):
        for index in range(size):
            with scope(f"neurons.{index}", kind="Neuron"):
                total = sum(ScalarValue(0.1, label="w") * value for value in inputs)
                outputs.append(total.tanh() if activation == "tanh" else total.relu())
    return outputs


def network(sizes):
    with scope("", kind="MLP"):
        values = [ScalarValue(1.0, requires_grad=False), ScalarValue(2.0, requires_grad=False)]
        for number, size in enumerate(sizes):
            values = layer(values, size, f"layers.{number}")
        return sum(values)


def headings(drawing):
    """The name and the remark of every block."""
    lines = re.findall(r"^b\d+ .*label=<(.*)> ", drawing.dot, re.MULTILINE)
    return [tuple(re.findall(r">([^<>]+)<", line)[:2]) for line in lines]


def test_the_neurons_of_a_layer_are_one_block():
    drawing = draw_graph(network([16, 4]), depth=3, merge=True)
    assert ("layers.0.neurons.0-15", "Neuron × 16") in headings(drawing)
    assert ("layers.1.neurons.0-3", "Neuron × 4") in headings(drawing)


def test_shared_parameters_name_all_of_their_owners():
    x = ScalarValue(1.0, requires_grad=False)
    parameters = [(ScalarValue(0.1), ScalarValue(0.2)) for _ in range(3)]
    outputs = []
    for _ in range(2):
        with scope("", kind="MLP"):
            for index, (weight, bias) in enumerate(parameters):
                with scope(f"neurons.{index}", kind="Neuron"):
                    outputs.append((weight * x + bias).tanh())
    drawing = draw_graph(sum(outputs), depth=2, merge=True)
    assert ("6 parameters", "of neurons.0-2") in headings(drawing)


def test_edges_and_sizes_are_those_of_all():
    dot = draw_graph(network([16, 4]), depth=3, merge=True).dot
    assert 'label=" ×64"' in dot
    assert "80 operations, 32 parameters" in dot


def test_few_blocks_stay_apart_and_many_are_merged():
    assert len(headings(draw_graph(network([4, 4]), depth=3))) == 9  # and the inputs
    assert len(headings(draw_graph(network([16, 16]), depth=3))) < 6
    assert len(headings(draw_graph(network([16, 16]), depth=3, merge=False))) > 32


def test_what_differs_is_not_merged():
    x = ScalarValue(1.0, requires_grad=False)
    with scope("", kind="MLP"):
        outputs = layer([x], 3, "same") + layer([x], 3, "other", activation="relu")
        with scope("neurons", kind="Neuron"):
            outputs.append(x * 2)
        total = sum(outputs)
    found = headings(draw_graph(total, depth=3, merge=True))
    assert ("same.neurons.0-2", "Neuron × 3") in found
    assert ("other.neurons.0-2", "Neuron × 3") in found


def test_steps_of_a_recurrence_are_not_merged():
    state = ScalarValue(1.0, label="state")
    with scope("", kind="RNN"):
        for index in range(5):
            with scope(f"steps.{index}", kind="Step"):
                state = (state * 0.5).tanh()
    drawing = draw_graph(state, depth=2, merge=True)
    assert [name for name, _ in headings(drawing)] == [f"steps.{index}" for index in range(5)]


def test_two_uses_of_a_module_stay_two():
    x = ScalarValue(1.0, requires_grad=False)
    outputs = []
    for _ in range(2):
        with scope("model", kind="MLP"):
            outputs += layer([x], 3, "layer")
    found = headings(draw_graph(sum(outputs), depth=3, merge=True))
    assert found == [
        ("model.layer.neurons.0-2", "Neuron × 3, use 1 of 2"),
        ("model.layer.neurons.0-2", "Neuron × 3, use 2 of 2"),
    ]


@pytest.mark.parametrize(
    ("names", "calls", "remarks"),
    [
        (["head"], 1, ["Linear, 3 uses"]),
        (["head"], 2, ["Linear, uses 1-3 of 6", "Linear, uses 4-6 of 6"]),
        (["head.0", "head.1"], 1, ["Linear × 2, 3 uses"]),
    ],
    ids=["one", "a batch", "two"],
)
def test_a_part_that_is_used_several_times_is_no_several_parts(names, calls, remarks):
    weights = {name: ScalarValue(0.5) for name in names}
    outputs = []
    for _ in range(calls):
        with scope("", kind="Net"):
            for x in (1.0, 2.0, 3.0):
                for name in names:
                    with scope(name, kind="Linear"):
                        outputs.append(weights[name] * x)
    found = headings(draw_graph(sum(outputs), depth=2, merge=True))
    assert [remark for name, remark in found if name.startswith("head")] == remarks


def test_names_without_a_common_number():
    x = ScalarValue(1.0, requires_grad=False)
    with scope("", kind="Net"):
        results = []
        for name in ("left", "right"):
            with scope(name, kind="Part"):
                results.append(x * 2 + 1)
        total = sum(results)
    assert ("left, …", "Part × 2") in headings(draw_graph(total, depth=2, merge=True))


def test_collapse_draws_what_it_is_asked_to():
    drawing = draw_graph(network([3, 2]), collapse=lambda scope: scope.name == "layers.0")
    assert [name for name, _ in headings(drawing)] == ["layers.0"]
    whole = draw_graph(network([3, 2]), collapse=lambda scope: True)
    assert [name for name, _ in headings(whole)] == ["MLP"]
    both = draw_graph(network([3, 2]), depth=2, collapse=lambda scope: scope.kind == "Neuron")
    assert sorted(name for name, _ in headings(both)) == ["layers.0", "layers.1"]


def test_collapse_asks_about_each_scope_once():
    asked = []
    draw_graph(network([3, 2]), collapse=lambda scope: asked.append(scope))
    assert len(asked) == len(set(asked))
    assert {scope.kind for scope in asked} == {"MLP", "Layer", "Neuron"}


@given(st.data())
def test_a_picture_with_merged_blocks_has_no_cycle(data):
    names = ["a.0", "a.1", "b.0", "b.1"]
    values = [ScalarValue(float(n), label=f"x{n}") for n in range(2)]
    with scope("", kind="Net"):
        for _ in range(data.draw(st.integers(1, 12))):
            with scope(data.draw(st.sampled_from(names)), kind="Part"):
                pick = st.integers(0, len(values) - 1)
                values.append(values[data.draw(pick)] * values[data.draw(pick)])
        root = sum(values)
    dot = draw_graph(root, depth=2, merge=True).dot
    before = {}
    for start, end in re.findall(r"^(\w+) -> (\w+)", dot, re.MULTILINE):
        before.setdefault(end, set()).add(start)
    assert list(TopologicalSorter(before).static_order())


@pytest.mark.parametrize("sizes", [[40, 40], [100, 20]])
def test_two_thousand_neurons_are_a_handful_of_boxes(sizes):
    drawing = draw_graph(network(sizes))
    assert "drawn as blocks: depth=3" in drawing.dot
    assert len(headings(drawing)) <= 4
