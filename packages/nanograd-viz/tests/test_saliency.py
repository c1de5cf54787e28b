from __future__ import annotations

import io
import math

import numpy as np
import pytest
from nanograd.engine import ArgumentError, no_grad, sum_
from nanograd.viz import NotAModelError
from nanograd.viz.plots import plot_saliency

IMAGE = [0.0, 1.0, 2.0, 3.0, 4.0, 5.0]


@pytest.fixture
def squares(make_part):
    """Scores: the sum of the squares, and the tenfold first pixel."""
    return make_part(call=lambda x: [sum_([v * v for v in x]), 10.0 * x[0]])


def shown(figure):
    return [np.asarray(axes.images[0].get_array()) for axes in figure.axes]


def test_the_size_of_the_gradient_stands_below_the_image(squares):
    image, slopes = shown(plot_saliency(squares, IMAGE, (2, 3)))
    assert image.tolist() == [[0, 1, 2], [3, 4, 5]]
    assert slopes.tolist() == [[0, 2, 4], [6, 8, 10]]


def test_the_class_can_be_chosen_and_is_the_title(squares):
    figure = plot_saliency(squares, IMAGE, (2, 3), targets=[1])
    assert shown(figure)[1].tolist() == [[10, 0, 0], [0, 0, 0]]
    assert figure.axes[0].get_title() == "1"
    assert plot_saliency(squares, IMAGE, (2, 3)).axes[0].get_title() == "0"


def test_several_images_stand_in_rows_of_five(squares):
    images = [[float(n), 1.0] for n in range(7)]
    figure = plot_saliency(squares, images, (1, 2), titles=[f"t{n}" for n in range(7)])
    assert len(figure.axes) == 14
    assert [axes.get_title() for axes in figure.axes if axes.get_title()] == [f"t{n}" for n in range(7)]
    assert [axes.get_ylabel() for axes in figure.axes if axes.get_ylabel()] == ["image", "gradient"] * 2


def test_what_is_shown_may_differ_from_what_the_model_takes(squares):
    original, slopes = shown(plot_saliency(squares, [1.0, 2.0], (1, 2), shown=[16.0, 0.0], targets=[0]))
    assert original.tolist() == [[16, 0]]
    assert slopes.tolist() == [[2, 4]]


def test_arrays_are_taken(squares):
    assert len(plot_saliency(squares, np.ones((3, 4)), (2, 2)).axes) == 6
    assert len(plot_saliency(squares, np.ones(4), (2, 2)).axes) == 2


def test_gradients_and_the_mode_of_the_model_stay(make_dense):
    model = make_dense(2, 2)
    model.b[0].grad = 7.0
    with no_grad():
        plot_saliency(model, [1.0, 2.0], (1, 2))
    assert model.b[0].grad == 7.0
    assert not any(parameter.has_grad for parameter in model.parameters() if parameter is not model.b[0])
    assert model.training is True


@pytest.mark.parametrize("odd", [math.nan, math.inf, 1e300])
def test_odd_pixels_are_drawn(squares, odd):
    plot_saliency(squares, [odd, 1.0], (1, 2), targets=[0]).savefig(io.BytesIO(), format="png", dpi=30)


def test_a_single_pixel_and_a_single_score(make_part):
    figure = plot_saliency(make_part(call=lambda x: x[0] * 3.0), [2.0], (1, 1))
    assert shown(figure)[1].tolist() == [[3.0]]


@pytest.mark.parametrize(
    ("images", "options", "text"),
    [
        ([1.0, 2.0, 3.0], {}, r"image 0 has 3 pixels, and shape=\(1, 2\) has 2"),
        ([[1.0, 2.0], [1.0]], {}, "image 1 has 1 pixels"),
        ([], {}, r"plot_saliency\(images\) got no image"),
        ([["a", 2.0]], {}, "takes lists of numbers, and image 0 is"),
        ([[1.0, 2.0]] * 21, {}, "draws up to 20 images and got 21"),
        ([1.0, 2.0], {"targets": [0, 1]}, "got 1 images and 2 targets"),
        ([1.0, 2.0], {"titles": []}, "got 1 images and 0 titles"),
        ([1.0, 2.0], {"targets": [2]}, "asks about class 2, and the model has 2 scores"),
        ([1.0, 2.0], {"targets": [-1]}, "asks about class -1"),
        ([1.0, 2.0], {"shown": [1.0]}, "image 0 has 1 pixels"),
        ([1.0, 2.0], {"shape": 2}, r"plot_saliency\(shape=2\)"),
        ([1.0, 2.0], {"shape": (0, 2)}, r"plot_saliency\(shape=\(0, 2\)\)"),
    ],
)
def test_mistakes_are_refused(squares, images, options, text):
    with pytest.raises(ArgumentError, match=text):
        plot_saliency(squares, images, **{"shape": (1, 2), **options})


def test_models_that_do_not_look_at_the_pixels_are_refused(make_part):
    with pytest.raises(ArgumentError, match="returned no ScalarValue"):
        plot_saliency(make_part(call=lambda x: 3.0), [1.0], (1, 1))
    constant = make_part(call=lambda x: [v.detach() for v in x])
    with pytest.raises(ArgumentError, match="the score of class 0 does not depend on the pixels"):
        plot_saliency(constant, [1.0], (1, 1))
    with pytest.raises(NotAModelError, match=r"plot_saliency\(model\)"):
        plot_saliency(3, [1.0], (1, 1))
