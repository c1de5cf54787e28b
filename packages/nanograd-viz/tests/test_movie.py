from __future__ import annotations

import json
import math
import re
import sys
import xml.etree.ElementTree as ET
from fractions import Fraction
from io import BytesIO
from types import SimpleNamespace

import pytest
from nanograd.engine import ArgumentError, ScalarValue
from nanograd.viz import MissingLibraryError, NotAGraphError, TooLargeError, TrainingMovie
from nanograd.viz._network import network_of
from PIL import Image

SVG = "{http://www.w3.org/2000/svg}"
STRANGE = '"{|}</script><script>alert(1)</script>\0\u202e🙂]]>'


def loss_of(model, x, target=1.0):
    (y,) = model([ScalarValue(number, f"x{n}", requires_grad=False) for n, number in enumerate(x)])
    loss = (y - target) ** 2
    loss.backward()
    return loss


def film(model, frames=3, **options):
    movie = TrainingMovie(**options)
    for number in range(frames):
        movie.capture(loss_of(model, [0.5, -1.0]), f"epoch {number}")
        for parameter in model.parameters():
            parameter.data -= 0.5 * parameter.grad
            parameter.grad = None
    return movie


# ---- the network in a graph


def test_the_layers_and_weights_of_a_network_are_found(chain):
    network = network_of([loss_of(chain, [0.5, -1.0])])
    assert [len(layer) for layer in network.layers] == [2, 3, 1]
    found = {(start, end): weight for start, end, weight in network.connections}
    first, second = chain._parts[0][1], chain._parts[1][1]
    expected = {((0, i), (1, o)): first.w[o][i] for i in range(2) for o in range(3)}
    expected |= {((1, i), (2, 0)): second.w[0][i] for i in range(3)}
    assert found.keys() == expected.keys()
    assert all(found[place] is expected[place] for place in expected)


def test_a_unit_shows_what_comes_out_of_its_activation(chain):
    loss = loss_of(chain, [0.5, -1.0])
    network = network_of([loss])
    w = chain._parts[0][1].w[0]
    (value,) = network.layers[1][0].values
    assert value.data == pytest.approx(math.tanh(w[0].data * 0.5 - w[1].data))
    assert [unit.label for unit in network.layers[0]] == ["x0", "x1"]


def test_the_neurons_of_a_batch_are_those_of_the_model(chain):
    samples = [[0.5, -1.0], [2.0, 3.0], [0.0, 1.0]]
    total = sum(
        (chain([ScalarValue(number, requires_grad=False) for number in sample])[0] - 1.0) ** 2
        for sample in samples
    )
    network = network_of([total])
    assert [len(layer) for layer in network.layers] == [2, 3, 1]
    assert [len(unit.values) for layer in network.layers for unit in layer] == [3] * 6


def test_plain_numbers_are_told_apart_by_their_places(chain):
    (y,) = chain([0.5, -1.0])
    assert [len(layer) for layer in network_of([y]).layers] == [2, 3, 1]


def test_inputs_with_gradients_are_no_weights():
    w, x = ScalarValue(2.0, label="w"), ScalarValue(3.0, label="x")
    ((_, _, weight),) = network_of([(w * x).tanh()]).connections
    assert weight is w


def test_a_recurrent_network_has_one_set_of_neurons():
    w, u = ScalarValue(0.5), ScalarValue(0.8)
    h = ScalarValue(0.0, requires_grad=False)
    for number in (1.0, 2.0, 3.0):
        h = (w * ScalarValue(number, requires_grad=False) + u * h).tanh()
    network = network_of([h])
    places = {(start, end) for start, end, weight in network.connections if weight is u}
    assert ((1, 0), (1, 0)) in places


def test_a_graph_without_weights_is_refused():
    x = ScalarValue(1.0)
    with pytest.raises(ArgumentError, match="the graph has no weights"):
        TrainingMovie().capture(x + x)


def test_too_many_neurons_are_refused():
    x = ScalarValue(1.0, requires_grad=False)
    wide = [(ScalarValue(0.1) * x).tanh() for _ in range(101)]
    with pytest.raises(
        TooLargeError, match="up to 101 neurons in a layer, and a movie shows up to 4,000 and 100"
    ):
        TrainingMovie().capture(wide)


def test_a_long_chain_needs_no_recursion():
    w, x = ScalarValue(1.0), ScalarValue(0.5, requires_grad=False)
    y = w * x
    for _ in range(20_000):
        y = y.tanh()
    assert [len(layer) for layer in network_of([y]).layers] == [1, 1]


# ---- frames


def test_frames_hold_the_numbers_of_their_time(chain):
    movie = TrainingMovie()
    loss = loss_of(chain, [0.5, -1.0])
    movie.capture(loss)
    weight = chain._parts[1][1].w[0][2]
    before, slope = weight.data, weight.grad
    weight.data = 123.0
    (frame,) = movie._frames
    assert frame.loss == loss.data
    assert before in frame.weights
    assert slope in frame.weight_grads
    assert 123.0 not in frame.weights
    assert frame.value_grads[:2] == [None, None]  # inputs get none


def test_another_network_is_refused_and_the_movie_goes_on(chain, make_chain, make_dense):
    movie = film(chain)
    with pytest.raises(ArgumentError, match="from 6 neurons and 9 weights to 5 neurons and 6 weights"):
        movie.capture(loss_of(make_chain(make_dense(2, 2), make_dense(2, 1)), [1.0, 2.0]))
    movie.capture(loss_of(chain, [0.5, -1.0]))
    assert repr(movie) == "<TrainingMovie: 4 frames of 6 neurons and 9 weights>"


def test_the_number_of_frames_is_bounded(chain):
    movie = film(chain, frames=100, most_frames=10)
    assert len(movie.captions) <= 10
    assert movie.captions[0] == "epoch 0"
    assert movie.captions[-1] == "epoch 99"


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf, 10**400, -(10**400), Fraction(1, 3), 1e-300])
@pytest.mark.parametrize("format", ["svg", "html"])
def test_numbers_of_any_kind_are_shown(chain, odd, format):
    movie = film(chain, frames=2)
    loss = loss_of(chain, [0.5, -1.0])
    chain._parts[0][1].w[0][0].data = odd
    chain._parts[0][1].w[0][1].grad = odd
    movie.capture(loss)
    text = movie.render(format).decode()
    for attribute in re.findall(r'stroke-width="([^"]*)"', text):
        assert 0 <= float(attribute) < 10


# ---- SVG


def test_an_svg_moves_by_itself_and_needs_nothing_else(chain):
    svg = film(chain).render("svg").decode()
    root = ET.fromstring(svg)
    assert not re.findall(r"href|url\(|<style|<script|<image|<!DOCTYPE", svg)
    assert root.get("aria-label") == "6 neurons, 9 weights"
    moves = list(root.iter(f"{SVG}animate"))
    assert {move.get("dur") for move in moves} == {"10s"}
    assert {move.get("repeatCount") for move in moves} == {"indefinite"}
    for move in moves:
        if move.get("keyTimes") is None:
            is_smooth = move.get("calcMode") is None
            assert len(move.get("values").split(";")) == 3 + is_smooth


def test_one_caption_is_visible_at_a_time(chain):
    root = ET.fromstring(film(chain).render("svg"))
    found = {}
    for text in root.iter(f"{SVG}text"):
        if (text.text or "").startswith("epoch"):
            move = text.find(f"{SVG}animate")
            found[text.text] = move.get("values"), move.get("keyTimes"), text.get("visibility")
    assert found == {
        "epoch 0": ("visible;hidden", "0;0.3333", "hidden"),
        "epoch 1": ("hidden;visible;hidden", "0;0.3333;0.6667", "hidden"),
        "epoch 2": ("hidden;visible", "0;0.6667", "visible"),
    }


def test_the_sign_is_the_color_and_the_dashes(chain):
    chain._parts[1][1].w[0][0].data = -2.0
    root = ET.fromstring(film(chain, frames=1).render("svg"))
    lines = [line for line in root.iter(f"{SVG}polyline") if line.get("stroke-dasharray")]
    for line in lines:
        is_negative = line.get("stroke") == "#6b3fa0"
        assert line.get("stroke-dasharray") == ("5 3" if is_negative else "1 0")
    widest = max(lines[:9], key=lambda line: float(line.get("stroke-width")))
    assert widest.get("stroke") == "#6b3fa0"


def test_a_single_frame_does_not_move(chain):
    assert "<animate" not in film(chain, frames=1).render("svg").decode()


# ---- HTML


def test_a_page_carries_its_player_under_a_strict_policy(chain):
    page = film(chain, title=STRANGE).render("html").decode()
    policy = re.search(r'http-equiv="Content-Security-Policy" content="([^"]*)"', page)[1]
    assert policy.startswith("default-src 'none'; script-src 'sha256-")
    assert "unsafe" not in policy
    assert page.count("<script") == 2
    assert "alert(1)</script>" not in page
    assert not re.findall(r'(?:src|href)="', page)
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    assert data["captions"] == ["epoch 0", "epoch 1", "epoch 2"]
    lengths = {len(values) for _, varying in data["varying"] for values in varying.values()}
    assert lengths == {3}


def test_what_varies_in_a_page_belongs_to_the_marks_of_its_picture(chain):
    movie = film(chain)
    page = movie.render("html").decode()
    picture = ET.fromstring(re.search(r"<svg.*?</svg>", page, re.DOTALL)[0])
    data = json.loads(re.search(r'id="data">(.*?)</script>', page, re.DOTALL)[1])
    for number, varying in data["varying"]:
        mark = picture[number]
        for name, values in varying.items():
            assert (mark.text if name == "text" else mark.get(name)) == values[-1]


# ---- GIF


def test_a_gif_has_the_frames(chain):
    gif = Image.open(BytesIO(film(chain, seconds=0.9).render("gif")))
    assert (gif.format, gif.n_frames, gif.info["duration"], gif.info["loop"]) == ("GIF", 3, 300, 0)
    assert gif.size[0] == 860


def test_a_gif_without_matplotlib_says_what_to_install(chain, monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    movie = film(chain)
    with pytest.raises(
        MissingLibraryError, match=r"""GIF needs matplotlib.*pip install "nanograd-viz\[plots\]"""
    ):
        movie.save(tmp_path / "a.gif")
    assert list(tmp_path.iterdir()) == []


# ---- files and options


@pytest.mark.parametrize("name", ["a.svg", "a.html", "a.HTM"])
def test_the_ending_chooses_the_format(chain, tmp_path, name):
    path = film(chain).save(tmp_path / "new" / name)
    assert path.read_bytes()[:4] in (b"<svg", b"<!DO")
    assert [file.name for file in path.parent.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a.mp4", "a", "a.svg.gz"])
def test_other_endings_are_refused_at_once(chain, tmp_path, name):
    with pytest.raises(ArgumentError, match=r"TrainingMovie\(.*use \.svg, \.html or \.gif"):
        TrainingMovie(tmp_path / name)
    with pytest.raises(ArgumentError, match=r"save\(.*use \.svg, \.html or \.gif"):
        film(chain).save(tmp_path / name)
    assert list(tmp_path.iterdir()) == []


def test_a_path_that_cannot_be_written_leaves_nothing(chain, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        film(chain).save(tmp_path / "file" / "a.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_an_empty_movie_is_refused(tmp_path):
    with pytest.raises(ArgumentError, match=r"no frames: call capture\(loss\)"):
        TrainingMovie().save(tmp_path / "a.svg")
    with pytest.raises(ArgumentError, match=r"render\('mp4'\)"):
        TrainingMovie().render("mp4")


@pytest.mark.parametrize(
    "option",
    [
        {"theme": "blue"},
        {"most_frames": 1},
        {"most_frames": 501},
        {"seconds": 0},
        {"seconds": math.nan},
        {"seconds": True},
        {"title": 3},
    ],
    ids=str,
)
def test_options_are_checked(option):
    (name,) = option
    with pytest.raises(ArgumentError, match=rf"TrainingMovie\({name}="):
        TrainingMovie(**option)


def test_what_is_no_graph_is_refused(chain):
    with pytest.raises(NotAGraphError, match=r"TrainingMovie.capture\(root\)"):
        TrainingMovie().capture(3.0)
    with pytest.raises(ArgumentError, match=r"capture\(caption=3\)"):
        TrainingMovie().capture(loss_of(chain, [1.0, 2.0]), 3)


@pytest.mark.parametrize("format", ["svg", "html"])
def test_captions_are_data(chain, format):
    movie = TrainingMovie()
    for caption in (STRANGE, "x" * 100_000, "$a$"):
        movie.capture(loss_of(chain, [1.0, 2.0]), caption)
    text = movie.render(format).decode()
    assert len(text) < 100_000
    assert "alert(1)</script>" not in text
    assert "\0" not in text
    assert "\u202e" not in text


def test_a_caption_with_dollars_is_no_formula_in_a_gif(chain):
    movie = TrainingMovie()
    movie.capture(loss_of(chain, [1.0, 2.0]), r"$\frac{$")
    assert movie.render("gif").startswith(b"GIF89a")


# ---- the callback


def trainer_of(model):
    def loss(outputs, targets):
        return sum((y[0] - t) ** 2 for y, t in zip(outputs, targets, strict=True))

    batch = SimpleNamespace(named_children=model.named_children, training=True)

    class OfBatches:
        training = True
        named_children = staticmethod(batch.named_children)
        modes: list[bool] = []  # noqa: RUF012

        def __call__(self, samples):
            self.modes.append(self.training)
            return [model(sample) for sample in samples]

    return SimpleNamespace(model=OfBatches(), loss=loss, epoch=0)


def test_a_callback_captures_one_sample_and_leaves_no_trace(chain, tmp_path):
    trainer = trainer_of(chain)
    movie = TrainingMovie(tmp_path / "a.svg", sample=[0.5, -1.0], target=1.0)
    parameters = chain.parameters()
    parameters[0].grad = 7.0
    movie.on_fit_start(trainer)
    for epoch in (1, 2):
        movie.on_epoch_start(trainer)
        movie.on_batch_end(trainer, 0.5)
        movie.on_epoch_end(trainer, {"epoch": epoch, "loss": 0.5})
    assert parameters[0].grad == 7.0
    assert not any(parameter.has_grad for parameter in parameters[1:])
    assert trainer.model.modes == [False] * 3
    assert trainer.model.training is True
    assert movie.captions == ["epoch 0", "epoch 1", "epoch 2"]
    assert not (tmp_path / "a.svg").exists()
    movie.on_fit_end(trainer)
    assert (tmp_path / "a.svg").exists()
    assert movie.state_dict() == {}


def test_a_training_that_breaks_off_has_its_movie(chain, tmp_path):
    trainer = trainer_of(chain)
    movie = TrainingMovie(tmp_path / "a.svg", sample=[0.5, -1.0], target=1.0)
    movie.on_exception(trainer, KeyboardInterrupt())
    assert not (tmp_path / "a.svg").exists()
    movie.on_fit_start(trainer)
    movie.on_exception(trainer, KeyboardInterrupt())
    assert (tmp_path / "a.svg").exists()


def test_a_callback_without_a_sample_is_refused_before_the_training(chain, tmp_path):
    with pytest.raises(ArgumentError, match="needs one sample to show"):
        TrainingMovie(tmp_path / "a.svg").on_fit_start(trainer_of(chain))
