"""The summary of a model: what it counts, how it is shown, and that it leaves the model as it was."""

import io

import pytest
from nanograd.engine import NumberTypeError, no_grad
from nanograd.nn import (
    MLP,
    BatchNorm1d,
    Dropout,
    Linear,
    LSTMCell,
    Module,
    ReLU,
    Sequential,
    summary,
)
from rich.console import Console


def test_an_mlp_is_counted():
    result = summary(MLP(2, [3, 1]), [1.0, 2.0])
    rows = [
        (row.name, row.kind, row.count, row.depth, row.output_size, row.calls, row.parameters, row.operations)
        for row in result.rows
    ]
    # A neuron of n inputs makes n products, n sums and its activation.
    assert rows == [
        ("", "MLP", 1, 0, "()", 1, 13, 21),
        ("layers.0", "Layer", 1, 1, "(3,)", 1, 9, 15),
        ("layers.0.neurons.0-2", "Neuron", 3, 2, "()", 3, 9, 15),
        ("layers.1", "Layer", 1, 1, "()", 1, 4, 6),
        ("layers.1.neurons.0", "Neuron", 1, 2, "()", 1, 4, 6),
    ]
    assert [row.own_operations for row in result.rows] == [0, 0, 15, 0, 6]
    assert (result.parameters, result.trainable_parameters, result.operations) == (13, 13, 21)
    assert result.seconds == result.rows[0].seconds >= result.rows[1].seconds > 0.0


def test_depth_limits_what_is_listed():
    model = MLP(2, [3, 1])
    assert [row.name for row in summary(model, [1.0, 2.0], depth=1).rows] == ["", "layers.0", "layers.1"]
    assert summary(model, [1.0, 2.0], depth=0).operations == 21


def test_what_is_shared_is_counted_once():
    linear = Linear(2, 2)
    result = summary(Sequential(linear, ReLU(), linear), [1.0, 2.0])
    assert result.parameters == 6
    assert [(row.name, row.calls, row.operations) for row in result.rows] == [
        ("", 1, 18),
        ("0", 2, 16),
        ("1", 1, 2),
    ]


def test_frozen_parameters_are_told():
    model = Sequential(Linear(2, 2), Linear(2, 1))
    model[0].requires_grad_(False)
    result = summary(model, [1.0, 2.0])
    assert (result.parameters, result.trainable_parameters) == (9, 3)
    assert "total, 6 frozen" in str(result)


def test_several_outputs_and_modules_that_are_not_called():
    class Unused(Module):
        def __init__(self):
            self.cell, self.unused = LSTMCell(2, 3), Linear(1, 1)

        def forward(self, x, scale):
            h, c = self.cell(x)
            return {"h": h, "c": [value * scale for value in c]}

    result = summary(Unused(), [1.0, 2.0], 3.0)
    sizes = {row.name: row.output_size for row in result.rows}
    assert sizes == {"": "(3,), (3,)", "cell": "(3,), (3,)", "unused": "-"}
    assert result.rows[0].own_operations == 3


def test_the_model_stays_as_it_was():
    model = Sequential(Linear(2, 2), BatchNorm1d(2), Dropout(0.5), MLP(2, [1])).train()
    model[2].eval()
    before = model.state_dict()
    attributes = [dict(vars(module)) for module in model.modules()]
    hooks = []
    model[0].register_forward_hook(lambda *given: hooks.append(given[0].training))
    with no_grad():
        summary(model, [[1.0, 2.0], [3.0, 5.0]])
    assert model.state_dict() == before
    assert [dict(vars(module)) for module in model.modules()] == attributes
    assert hooks == [False]
    assert not any(parameter.has_grad for parameter in model.parameters())


def test_the_model_stays_as_it_was_after_an_error():
    model = Sequential(Linear(2, 2), Linear(3, 1))
    with pytest.raises(ValueError, match="takes 3 inputs and got 2"):
        summary(model, [1.0, 2.0])
    assert model.training
    assert all(not module._hooks.before and not module._hooks.after for module in model.modules())


def test_the_graph_is_recorded_also_without_gradients():
    with no_grad():
        assert summary(Linear(2, 1), [1.0, 2.0]).operations == 4


TEXT = """\
┏━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━┳━━━━━━━━━━━━┳━━━━━━━━━━━━┳━━━━━┳
┃ layer   ┃ kind       ┃ output ┃ parameters ┃ operations ┃ own ┃
┡━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━╇━━━━━━━━━━━━╇━━━━━━━━━━━━╇━━━━━╇
│ (model) │ Sequential │ (2,)   │          6 │         10 │   0 │
│ 0       │ Linear     │ (2,)   │          6 │          8 │   8 │
│ 1       │ ReLU       │ (2,)   │          0 │          2 │   2 │
├─────────┼────────────┼────────┼────────────┼────────────┼─────┼
│ total   │            │        │          6 │         10 │     │
└─────────┴────────────┴────────┴────────────┴────────────┴─────┴"""


def test_it_is_a_table():
    result = summary(Sequential(Linear(2, 2), ReLU()), [1.0, 2.0])
    without_time = [line[: len(TEXT.splitlines()[0])] for line in str(result).splitlines()]
    assert "\n".join(without_time) == TEXT
    assert str(result).splitlines()[3].endswith(" ms │")
    console = Console(file=io.StringIO(), width=200)
    console.print(result)
    assert console.file.getvalue().rstrip("\n") == str(result)


def test_names_are_shown_as_they_are():
    class Markup(Module):
        def __init__(self):
            self.parts = {"[red]x[/red]": Linear(1, 1)}

        def forward(self, x):
            return self.parts["[red]x[/red]"](x)

    assert "parts.[red]x[/red]" in str(summary(Markup(), [1.0]))


def test_what_is_no_module_is_refused():
    with pytest.raises(NumberTypeError, match=r"summary\(model\) takes a Module and got function"):
        summary(lambda x: x, 1.0)
