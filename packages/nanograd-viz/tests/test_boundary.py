from __future__ import annotations

import io
import math

import numpy as np
import pytest
from matplotlib.colors import to_hex
from nanograd.engine import ArgumentError, ScalarValue, is_grad_enabled
from nanograd.viz.plots import plot_decision_boundary

POINTS = [[-1.0, 0.0], [1.0, 0.5], [2.0, -1.0]]


def contour_lines(figure):
    """Return the places on every line that is drawn, those of the regions left out."""
    sets = [each for each in figure.axes[0].collections if hasattr(each, "levels") and not each.filled]
    return [
        np.concatenate([path.vertices for path in each.get_paths() if len(path.vertices)]) for each in sets
    ]


def test_the_line_is_where_the_score_is_0_and_the_margins_where_it_is_1():
    figure = plot_decision_boundary(lambda p: 2 * p[0] - 1, POINTS, [-1, 1, 1], resolution=20)
    zero, below, above = contour_lines(figure)
    assert zero[:, 0] == pytest.approx(0.5)
    assert below[:, 0] == pytest.approx(0.0, abs=1e-9)
    assert above[:, 0] == pytest.approx(1.0)


def test_margins_can_be_left_out():
    figure = plot_decision_boundary(lambda p: 2 * p[0] - 1, POINTS, [-1, 1, 1], resolution=20, margin=None)
    assert len(contour_lines(figure)) == 1


def test_classes_divide_the_plane_where_their_scores_are_equal():
    def scores(p):
        return [ScalarValue(p[0]), ScalarValue(-p[0]), ScalarValue(-100.0)]

    figure = plot_decision_boundary(scores, POINTS, [1, 0, 0], resolution=21)
    for line in contour_lines(figure):
        assert line[:, 0] == pytest.approx(0.0, abs=1e-9)
    assert len(contour_lines(figure)) == 2  # the third class is nowhere ahead


def test_classes_differ_in_color_and_marker():
    labels = [0, 1, 2, 3, 4, 5, 6, 7]
    points = [[n, n % 3] for n in labels]
    figure = plot_decision_boundary(lambda p: [p[0]] * 8, points, labels, resolution=3)
    scattered = [each for each in figure.axes[0].collections if each.get_label() in map(str, labels)]
    assert len({to_hex(each.get_facecolor()[0]) for each in scattered}) == 8
    assert len({each.get_paths()[0].vertices.tobytes() for each in scattered}) == 8


@pytest.mark.parametrize(("label", "color"), [(1, "#00588f"), (-1, "#9a3e00"), (0, "#9a3e00")])
def test_a_single_class_has_the_color_of_its_side(label, color):
    figure = plot_decision_boundary(lambda p: p[0], [[1.0, 2.0]], [label], resolution=3)
    (scattered,) = [each for each in figure.axes[0].collections if each.get_label() == str(label)]
    assert to_hex(scattered.get_facecolor()[0]) == color


def test_arrays_names_and_one_element_lists_are_taken():
    points = np.array(POINTS)
    figure = plot_decision_boundary(lambda p: [p[1]], points, np.array([0, 1, 1]), resolution=3)
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == ["0", "1"]
    figure = plot_decision_boundary(lambda p: np.array(p), points, ["b", "_a", "b"], resolution=3)
    assert [text.get_text() for text in figure.axes[0].get_legend().get_texts()] == [" _a", "b"]


def test_a_model_is_asked_without_recording_and_as_in_use(make_part):
    seen = []
    model = make_part(call=lambda p: seen.append((is_grad_enabled(), model.training)) or p[0])
    plot_decision_boundary(model, POINTS, [0, 1, 1], resolution=3)
    assert set(seen) == {(False, False)}
    assert len(seen) == 9
    assert model.training is True


@pytest.mark.parametrize("score", [math.nan, math.inf, 0.0, 1.0, -3.0])
def test_a_constant_or_odd_score_is_drawn_without_a_line(score):
    figure = plot_decision_boundary(lambda p: score, POINTS, [0, 1, 1], resolution=3)
    figure.savefig(io.BytesIO(), format="png", dpi=30)
    assert contour_lines(figure) == []


@pytest.mark.parametrize("scores", [[math.nan, 1.0], [math.inf, -math.inf], [0.0, 0.0]])
def test_odd_scores_of_classes_are_drawn(scores):
    plot_decision_boundary(lambda p: scores, POINTS, [0, 1, 1], resolution=3).savefig(io.BytesIO(), dpi=30)


@pytest.mark.parametrize("points", [[[0, 0]], [[1, 5], [1, 5]], [[0, 0], [1e6, 1]], [[0, 0], [0, 1e-300]]])
def test_points_on_one_place_or_far_apart_are_drawn(points):
    figure = plot_decision_boundary(lambda p: p[0], points, [0] * len(points), resolution=3)
    figure.savefig(io.BytesIO(), format="png", dpi=30)
    assert max(figure.get_size_inches()) < 9


@pytest.mark.parametrize(
    ("model", "points", "labels", "text"),
    [
        (abs, POINTS, [0, 1], "got 3 points and 2 labels"),
        (abs, None, [], r"plot_decision_boundary\(points\) takes a list and got None"),
        (abs, [], "ab", r"plot_decision_boundary\(labels\) takes a list and got 'ab'"),
        (abs, [], [], "got 0 points and 0 labels"),
        (abs, [[1.0]], [0], r"point 0 is \[1.0\]"),
        (abs, [[1, 2, 3]], [0], r"point 0 is \[1, 2, 3\]"),
        (abs, [[math.nan, 0]], [0], "take out points that are not finite"),
        (abs, [["a", 0]], [0], "point 0 is"),
        (3, POINTS, [0, 1, 1], "takes a model or function and got 3"),
        (lambda p: None, POINTS, [0, 1, 1], "it returned None"),
        (lambda p: [], POINTS, [0, 1, 1], r"it returned \[\]"),
        (lambda p: p[0], POINTS, [0, 1, 2], "name 3 classes and the model tells 2 apart"),
        (lambda p: [1.0] * (2 + (p[0] > 0)), POINTS, [0, 1, 1], r"different lengths: \[2, 3\]"),
        (lambda p: [1.0] * 9, POINTS, [0, 1, 1], "has 9 scores, and a picture can tell 8 apart"),
        (abs, [[n, 0] for n in range(9)], list(range(9)), "name 9 classes, and a picture can tell up to 8"),
    ],
)
def test_mistakes_are_refused(model, points, labels, text):
    with pytest.raises(ArgumentError, match=text):
        plot_decision_boundary(model, points, labels, resolution=3)


@pytest.mark.parametrize(
    "option",
    [{"resolution": 1}, {"resolution": 501}, {"margin": 0}, {"margin": math.nan}, {"margin": "a"}],
    ids=str,
)
def test_options_are_checked(option):
    (name,) = option
    with pytest.raises(ArgumentError, match=rf"plot_decision_boundary\({name}="):
        plot_decision_boundary(lambda p: p[0], POINTS, [0, 1, 1], **option)
