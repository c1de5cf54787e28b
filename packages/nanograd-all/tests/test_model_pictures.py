"""Pictures of the models of nanograd.nn, which nanograd.viz knows by their methods alone."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
from nanograd.nn import (
    MLP,
    CrossEntropyLoss,
    Embedding,
    GRUCell,
    LayerNorm,
    Linear,
    Module,
    MSELoss,
    MultiheadAttention,
    Sequential,
    Tanh,
    manual_seed,
)
from nanograd.nn.data import DataLoader, TensorDataset
from nanograd.nn.optim import SGD
from nanograd.nn.training import Callback, Trainer
from nanograd.viz import TrainingMovie, draw_model
from nanograd.viz._network import network_of
from nanograd.viz.plots import (
    HistogramRecorder,
    plot_decision_boundary,
    plot_histograms,
    plot_history,
    plot_saliency,
)

SVG = "{http://www.w3.org/2000/svg}"
INPUTS, TARGETS = [[0.0, 1.0], [1.0, 0.0], [1.0, 1.0], [0.0, 0.0]], [1.0, 1.0, 0.0, 0.0]


class RecorderCallback(HistogramRecorder, Callback):
    """The recorder as a Trainer takes it."""


class MovieCallback(TrainingMovie, Callback):
    """The movie as a Trainer takes it."""


def boxes(drawing):
    root = ET.fromstring(drawing.svg())
    return [group.findtext(f"{SVG}title") for group in root.iter(f"{SVG}g") if group.get("class") == "node"]


def test_the_tree_of_an_mlp_has_its_layers_and_neurons():
    found = boxes(draw_model(MLP(3, [16, 16, 1], activation="tanh")))
    assert found[0] == "MLP\n353 parameters"
    assert "layers.0\nLayer\n64 parameters" in found
    assert "neurons.0-15\nNeuron(nin=3, activation='tanh')\u00a0×\u00a016\n4 parameters each" in found
    assert "neurons.0\nNeuron(nin=16, activation='identity')\n17 parameters" in found


@pytest.mark.parametrize("fused", [False, True])
def test_the_flow_of_an_mlp_is_the_same_however_it_computes(fused):
    found = boxes(draw_model(MLP(2, [3, 1], fused=fused), [1.0, 2.0], depth=2))
    assert sorted(found) == [
        "input\n2 numbers",
        "layers.0\nLayer\n9 parameters",
        "layers.1\nLayer\n4 parameters",
        "output\n1 number",
    ]


def test_the_flow_of_a_sequence_names_every_module():
    found = boxes(draw_model(Sequential(Linear(2, 3), Tanh(), LayerNorm(3), Linear(3, 2)), [1.0, 2.0]))
    kinds = {text.splitlines()[0]: text.splitlines()[1] for text in found}
    assert kinds["0"] == "Linear(in_features=2, out_features=3, bias=True)"
    assert kinds["1"].startswith("Tanh()") or kinds["1"].startswith("Tanh")
    assert kinds["2"].startswith("LayerNorm")


def test_a_residual_and_a_part_that_is_used_twice_are_drawn_truthfully():
    class Twice(Module):
        def __init__(self):
            self.inner, self.head = Linear(2, 2), Linear(2, 1)

        def forward(self, x):
            y = self.inner(self.inner(x))
            return self.head([a + b for a, b in zip(x, y, strict=True)])

    found = boxes(draw_model(Twice(), [1.0, 2.0]))
    assert sum(text.startswith("inner\n") for text in found) == 2
    assert "parameters\n6 parameters\nof inner" in found
    assert "+\n× 2" in found


@pytest.mark.parametrize(
    ("model", "sample"),
    [
        (GRUCell(2, 2), ([0.5, 1.0], [0.0, 0.0])),
        (MultiheadAttention(2, 1), ([[1.0, 2.0]], [[1.0, 2.0]], [[1.0, 2.0]])),
        (Embedding(4, 2), (1,)),
    ],
    ids=lambda value: type(value).__name__,
)
def test_other_modules_have_pictures(model, sample):
    assert boxes(draw_model(model))
    if not isinstance(model, Embedding):  # it takes indices, which are no ScalarValues
        assert "output" in "".join(boxes(draw_model(model, *sample)))


@pytest.mark.parametrize("fused", [False, True])
@pytest.mark.parametrize("activation", ["relu", "tanh", "identity"])
def test_the_neurons_in_a_graph_are_those_of_the_model(fused, activation):
    model = MLP(2, [4, 3, 2], activation=activation, fused=fused)
    loss = CrossEntropyLoss()([model(x) for x in INPUTS], [0, 1, 1, 0])
    network = network_of([loss])
    assert [len(layer) for layer in network.layers] == [2, 4, 3, 2]
    assert len(network.connections) == 2 * 4 + 4 * 3 + 3 * 2
    biases = {id(p) for name, p in model.named_parameters() if name.endswith(".b")}
    assert not biases & {id(weight) for _, _, weight in network.connections}


def trained(tmp_path, *, movie=None):
    manual_seed(0)
    model = MLP(2, [3, 1], activation="tanh")
    recorder = RecorderCallback()
    callbacks = [recorder] if movie is None else [recorder, movie]
    trainer = Trainer(
        model,
        lambda outputs, targets: MSELoss()(outputs, targets),
        SGD(model.parameters(), lr=0.1),
        callbacks=callbacks,
        verbose=False,
    )
    data = DataLoader(TensorDataset(INPUTS, TARGETS), 2)
    history = trainer.fit(data, epochs=4, validation=data)
    return model, history, recorder


def test_a_movie_of_a_training_changes_nothing_in_it(tmp_path):
    plain, without, _ = trained(tmp_path)
    movie = MovieCallback(tmp_path / "a.svg", sample=[0.0, 1.0], target=1.0)
    filmed, history, _ = trained(tmp_path, movie=movie)
    assert filmed.state_dict() == plain.state_dict()
    assert history.rows == without.rows
    assert movie.captions == [f"epoch {epoch}" for epoch in range(5)]
    assert len(re.findall("<svg", (tmp_path / "a.svg").read_text(encoding="utf-8"))) == 1


def test_a_training_has_its_curves_and_histograms(tmp_path):
    _, history, recorder = trained(tmp_path)
    loss = plot_history(history).axes[0]
    assert loss.lines[0].get_ydata().tolist() == history["loss"]
    assert loss.lines[1].get_ydata().tolist() == history["val_loss"]
    assert [moment.epoch for moment in recorder.moments] == [1, 2, 3, 4]
    assert plot_histograms(recorder).axes[0].get_title() == "layers.0: weights"


def test_a_model_draws_its_boundary_and_its_saliency():
    model = MLP(2, [2, 1], activation="tanh")
    figure = plot_decision_boundary(model, INPUTS, TARGETS, resolution=5)
    assert len(figure.axes) == 1
    readers = MLP(4, [3, 2], activation="relu")
    assert len(plot_saliency(readers, [0.0, 0.5, 1.0, 0.2], (2, 2)).axes) == 2
