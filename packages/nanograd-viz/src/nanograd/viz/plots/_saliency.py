"""plot_saliency: which pixels the answer of a model depends on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from nanograd.engine import ArgumentError, GraphError, ScalarValue, grad
from nanograd.viz._models import Model, as_model, recorded, results_of, used_not_trained
from nanograd.viz.plots._canvas import color_map, dress, new_figure, plain, theme_of

if TYPE_CHECKING:
    from matplotlib.figure import Figure

_MOST_IMAGES = 20
_IN_A_ROW = 5


def plot_saliency(
    model: Model,
    images: Sequence[Any],
    shape: tuple[int, int] = (8, 8),
    *,
    targets: Sequence[int] | None = None,
    shown: Sequence[Any] | None = None,
    titles: Sequence[str] | None = None,
    theme: Literal["light", "dark"] = "light",
) -> Figure:
    """Return images, and below each how much its score would change if a pixel were a little brighter.

    That is the size of d score / d pixel; the score is that of the class the model reads, or of ``targets``.
    Gradients that the model holds stay as they are. See Simonyan, Vedaldi and Zisserman, `Deep inside
    convolutional networks`_, 2013.

    >>> from nanograd.nn import Linear
    >>> figure = plot_saliency(Linear(4, 2), [0.0, 1.0, 1.0, 0.0], shape=(2, 2), targets=[1])
    >>> [axes.get_title() for axes in figure.axes], len(figure.axes)
    (['1', ''], 2)

    Args:
        model: takes the pixels of an image as one list, row by row, and returns a score for each class, or
            one.
        images: one image, a list of pixels; or a list of up to 20.
        shape: the number of rows and of columns.
        targets: the class of each image whose score is asked about.
        shown: the images as they are shown, if what the model takes was standardized.
        titles: what stands above each image; if left out, the class.
        theme: ``"light"`` or ``"dark"``.

    Raises:
        NotAModelError: if ``model`` is none.
        ArgumentError: if sizes do not match, there are more images than 20, a class is none of the model's,
            or the score does not depend on the pixels.
        MissingLibraryError: if matplotlib is not installed.

    .. _Deep inside convolutional networks: https://arxiv.org/abs/1312.6034
    """
    colors = theme_of(theme, "plot_saliency")
    model = as_model(model, "plot_saliency(model)")
    rows, columns = _checked_shape(shape)
    pictures = _images(images, rows, columns, "images")
    originals = pictures if shown is None else _images(shown, rows, columns, "shown")
    for name, given in (("targets", targets), ("shown", originals), ("titles", titles)):
        if given is not None and len(given) != len(pictures):
            raise ArgumentError(f"plot_saliency got {len(pictures)} images and {len(given)} {name}")
    width = min(len(pictures), _IN_A_ROW)
    bands = math.ceil(len(pictures) / width)
    figure = new_figure("plot_saliency", 0.5 + 1.25 * width, (2.9 if titles is None else 3.0) * bands, colors)
    cells = figure.subplots(2 * bands, width, squeeze=False)
    ink = color_map("plot_saliency", colors.background, colors.text)
    where = color_map("plot_saliency", colors.background, colors.grad)
    with used_not_trained(model):
        answers = [
            _saliency(model, picture, None if targets is None else targets[place])
            for place, picture in enumerate(pictures)
        ]
    for place, (answer, slopes) in enumerate(answers):
        band, column = 2 * (place // width), place % width
        title = str(answer) if titles is None else titles[place]
        for axes, numbers, colors_of in (
            (cells[band, column], originals[place], ink),
            (cells[band + 1, column], slopes, where),
        ):
            dress(axes, colors, title=title if axes is cells[band, column] else "")
            lines = [numbers[start : start + columns] for start in range(0, rows * columns, columns)]
            axes.imshow(lines, cmap=colors_of)
            axes.set(xticks=[], yticks=[])
            axes.spines[:].set(visible=True, color=colors.line, linewidth=0.8)
    for place in range(len(pictures), bands * width):
        for offset in (0, 1):
            cells[2 * (place // width) + offset, place % width].remove()
    for band in range(bands):
        for offset, name in ((0, "image"), (1, "gradient")):
            cells[2 * band + offset, 0].set_ylabel(plain(name), color=(colors.text, colors.grad)[offset])
    return figure


def _saliency(model: Model, picture: Sequence[float], target: int | None) -> tuple[int, list[float]]:
    """Return the class that is asked about, and the size of the gradient of its score at every pixel."""
    pixels = [ScalarValue(number) for number in picture]
    scores = results_of(recorded(lambda: model(pixels)))
    if not scores:
        raise ArgumentError(
            f"plot_saliency called {type(model).__name__}, which returned no ScalarValue: it takes a model "
            "that returns a score or a list of scores"
        )
    answer = max(range(len(scores)), key=lambda place: scores[place].data) if target is None else target
    if type(answer) is not int or not 0 <= answer < len(scores):
        raise ArgumentError(
            f"plot_saliency(targets) asks about class {answer!r:.80}, and the model has {len(scores)} scores"
        )
    try:
        slopes = grad(scores[answer], pixels, allow_unused=True)
    except GraphError as error:
        raise ArgumentError(f"the score of class {answer} does not depend on the pixels: {error}") from error
    sizes = [abs(float(slope or 0.0)) for slope in slopes]
    return answer, [size if math.isfinite(size) else math.nan for size in sizes]


def _checked_shape(shape: Any) -> tuple[int, int]:
    try:
        rows, columns = shape
    except (TypeError, ValueError):
        rows = columns = None
    if not (type(rows) is int and type(columns) is int and rows > 0 and columns > 0):
        raise ArgumentError(
            f"plot_saliency(shape={shape!r:.80}) takes the number of rows and of columns, (8, 8)"
        )
    return rows, columns


def _images(given: Sequence[Any], rows: int, columns: int, name: str) -> list[list[float]]:
    """Return one or several images as lists of pixels."""
    listed = given.tolist() if hasattr(given, "tolist") else list(given)
    if not listed:
        raise ArgumentError(f"plot_saliency({name}) got no image")
    several = [item.tolist() if hasattr(item, "tolist") else item for item in listed]
    if not isinstance(several[0], (list, tuple)):
        several = [several]
    if len(several) > _MOST_IMAGES:
        raise ArgumentError(f"plot_saliency draws up to {_MOST_IMAGES} images and got {len(several)}")
    images = []
    for place, image in enumerate(several):
        try:
            pixels = [float(pixel) for pixel in image]
        except (TypeError, ValueError):
            raise ArgumentError(
                f"plot_saliency({name}) takes lists of numbers, and image {place} is {image!r:.80}"
            ) from None
        if len(pixels) != rows * columns:
            raise ArgumentError(
                f"image {place} has {len(pixels)} pixels, and shape=({rows}, {columns}) has {rows * columns}"
            )
        images.append(pixels)
    return images
