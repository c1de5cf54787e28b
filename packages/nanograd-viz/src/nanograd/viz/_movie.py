"""TrainingMovie: how the weights of a network and their gradients change while it learns."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import Any, Literal

from nanograd.engine import ArgumentError, ScalarValue, topological_order
from nanograd.viz._atomic import write_atomically
from nanograd.viz._boxes import counted
from nanograd.viz._colors import THEMES
from nanograd.viz._epoch_callback import EpochCallback
from nanograd.viz._models import as_values, recorded, used_not_trained
from nanograd.viz._movie_gif import write_gif
from nanograd.viz._movie_html import write_html
from nanograd.viz._movie_scene import Frame, scene_of
from nanograd.viz._movie_svg import write_svg
from nanograd.viz._network import Network, network_of
from nanograd.viz._roots import as_roots
from nanograd.viz._text import shortened, visible
from nanograd.viz._thinning import Moments

_FORMATS = (".svg", ".gif", ".html", ".htm")
_MOST_FRAMES = 60
_LONGEST_CAPTION = 24


@dataclass(frozen=True, slots=True)
class _Sample:
    """What a callback calls the model with."""

    inputs: Any
    target: Any


class TrainingMovie(EpochCallback):
    """A film of a network that learns: its weights and values, beside them their gradients, frame by frame.

    The wider a line, the larger the weight or gradient; negative ones are dashed and violet. Widths of
    gradients go by powers of ten. Below runs the curve of the loss.

    In a loop of your own, call :meth:`capture` after every ``backward()``, and :meth:`save` at the end:

    >>> from nanograd.engine import ScalarValue
    >>> w, b = ScalarValue(0.5, label="w"), ScalarValue(0.0, label="b")
    >>> movie = TrainingMovie()
    >>> for _ in range(3):
    ...     loss = ((w * 2.0 + b).tanh() - 1.0) ** 2
    ...     loss.backward()
    ...     movie.capture(loss)
    ...     for parameter in (w, b):
    ...         parameter.data -= 0.1 * parameter.grad
    ...         parameter.grad = None
    >>> movie
    <TrainingMovie: 3 frames of 2 neurons and 1 weight>
    >>> movie.save("output/learning.svg")  # doctest: +SKIP

    As a callback of a ``nanograd.nn.training.Trainer`` it captures the loss of one sample after every epoch,
    with the model used as ``model.eval()`` would be, and leaves all gradients as they were:
    ``TrainingMovie("learning.gif", sample=[0.5, -1.0], target=1.0)``.

    Args:
        path: where the movie is written when the training ends, or is broken off.
        sample: the inputs of one sample.
        target: its target.
        seconds: how long the movie takes, before it begins anew.
        most_frames: how many frames there are at most; of a long training, they are spread evenly over it.
        title: the heading of a page.
        theme: ``"light"`` or ``"dark"``.

    Attributes:
        runs_last: whether it comes after other callbacks, which it need not.

    Raises:
        ArgumentError: if an option is none of those above.
    """

    def __init__(
        self,
        path: str | PathLike[str] | None = None,
        *,
        sample: Any = None,
        target: Any = None,
        seconds: float = 10.0,
        most_frames: int = _MOST_FRAMES,
        title: str = "A network learns",
        theme: Literal["light", "dark"] = "light",
    ) -> None:
        self._path = None if path is None else _checked(path, "TrainingMovie")
        if theme not in tuple(THEMES):
            raise ArgumentError(f"TrainingMovie(theme={theme!r:.80}) takes one of {', '.join(THEMES)}")
        if type(most_frames) is not int or not 2 <= most_frames <= 500:
            raise ArgumentError(
                f"TrainingMovie(most_frames={most_frames!r:.80}) takes a number from 2 to 500"
            )
        if isinstance(seconds, bool) or not isinstance(seconds, (int, float)) or not 0 < seconds <= 3600:
            raise ArgumentError(f"TrainingMovie(seconds={seconds!r:.80}) takes a positive number up to 3600")
        if not isinstance(title, str):
            raise ArgumentError(f"TrainingMovie(title={title!r:.80}) takes a string")
        self._sample = None if sample is None or target is None else _Sample(sample, target)
        self._seconds = seconds
        self._title = title
        self._theme = THEMES[theme]
        self._frames: Moments[Frame] = Moments(most_frames)
        self._captured = 0
        self._network: Network | None = None

    # ---- capturing

    def capture(self, root: ScalarValue | Sequence[ScalarValue], caption: str | None = None) -> None:
        """Take a frame of a network whose loss was computed, and whose gradients have arrived.

        Args:
            root: the loss, or a list of results; the number of the first is the one in the curve.
            caption: what the frame is called; if left out, its number.

        Raises:
            NotAGraphError: if ``root`` is neither a ScalarValue nor a list of them.
            ArgumentError: if the graph has no weights, or its network is another than in earlier frames.
            TooLargeError: if it has more than 4,000 weights, or more than 100 neurons in a layer.
        """
        roots = as_roots(root, "TrainingMovie.capture")
        if caption is not None and not isinstance(caption, str):
            raise ArgumentError(f"TrainingMovie.capture(caption={caption!r:.80}) takes a string")
        network = network_of(roots)
        if self._network is None:
            self._network = network
        elif network.shape != self._network.shape:
            raise ArgumentError(
                f"the network has changed from {_described(self._network)} to {_described(network)}: a movie "
                "keeps everything in its place. Capture one network, or make a movie of each"
            )
        self._captured += 1
        units = [unit for layer in network.layers for unit in layer]
        named = shortened(visible(caption or f"step {self._captured}"), _LONGEST_CAPTION)
        frame = Frame(
            named,
            _float(roots[0].data),
            [_float(weight.data) for _, _, weight in network.connections],
            [_float(weight.grad) for _, _, weight in network.connections],
            [sum(_float(value.data) for value in unit.values) / len(unit.values) for unit in units],
            [
                sum(_float(value.grad) for value in unit.values) if unit.values[0].requires_grad else None
                for unit in units
            ],
        )
        self._frames.add(frame)

    @property
    def captions(self) -> list[str]:
        """What the frames are called that there are now, the oldest first."""
        return [frame.caption for frame in self._frames]

    # ---- writing

    def save(self, path: str | PathLike[str]) -> Path:
        """Write the movie to a file and return its path; folders on the way are made.

        A save that fails leaves an earlier file as it was. An SVG moves in every browser and as an image of a
        page, also of a README; a page has a player; a GIF needs ``pip install "nanograd-viz[plots]"``.

        Args:
            path: ends in ``.svg``, ``.html`` or ``.gif``.

        Raises:
            ArgumentError: if it ends in something else, or nothing was captured.
            MissingLibraryError: if a GIF is asked for and matplotlib is not installed.
            OSError: if the file cannot be written.
        """
        path = _checked(path, "save")
        write_atomically(path, self.render(path.suffix))
        return path

    def render(self, format: str) -> bytes:
        """Return what a file of a format holds.

        Args:
            format: ``"svg"``, ``"html"`` or ``"gif"``.

        Raises:
            ArgumentError: if it is another, or nothing was captured.
            MissingLibraryError: if a GIF is asked for and matplotlib is not installed.
        """
        suffix = f".{format.lower().removeprefix('.')}"
        if suffix not in _FORMATS:
            raise _unknown_format(f"render({format!r:.80})")
        if self._network is None:
            raise ArgumentError("the movie has no frames: call capture(loss) after backward()")
        places = [(start, end) for start, end, _ in self._network.connections]
        sizes = [len(layer) for layer in self._network.layers]
        scene = scene_of(list(self._frames), sizes, places, self._theme)
        if suffix == ".gif":
            return write_gif(scene, self._seconds)
        if suffix == ".svg":
            return write_svg(scene, self._seconds).encode()
        return write_html(scene, self._seconds, self._title, self._theme).encode()

    # ---- the callback

    def on_fit_start(self, trainer: Any) -> None:
        """Capture the network as it is before the first batch.

        Args:
            trainer: the one that trains.

        Raises:
            ArgumentError: if there is no ``sample`` with a ``target``, or the graph of its loss has no
                network that can be drawn.
        """
        if self._sample is None:
            raise ArgumentError(
                "TrainingMovie as a callback needs one sample to show: "
                "TrainingMovie(path, sample=[0.5, -1.0], target=1.0)"
            )
        if not self._captured:
            self._capture_sample(trainer, self._sample, f"epoch {trainer.epoch}")

    def on_epoch_end(self, trainer: Any, row: Mapping[str, Any]) -> None:
        """Capture the network after an epoch.

        Args:
            trainer: the one that trains.
            row: the last row of the history.
        """
        if self._sample is not None:
            self._capture_sample(trainer, self._sample, f"epoch {row.get('epoch', self._captured)}")

    def on_fit_end(self, trainer: Any) -> None:  # noqa: ARG002 - the protocol of callbacks
        """Write the movie.

        Args:
            trainer: the one that trains.

        Raises:
            OSError: if the file cannot be written.
        """
        if self._path is not None:
            self.save(self._path)

    def on_exception(self, trainer: Any, error: BaseException) -> None:  # noqa: ARG002
        """Write what there is.

        Args:
            trainer: the one that trains.
            error: what ended the training.
        """
        if self._path is not None and self._captured:
            self.save(self._path)

    def _capture_sample(self, trainer: Any, sample: _Sample, caption: str) -> None:
        """Compute the loss of the sample and its gradients, capture them, and put back what was there."""
        inputs, _ = as_values(sample.inputs)
        with used_not_trained(trainer.model):
            loss = recorded(lambda: trainer.loss(trainer.model([inputs]), [sample.target]))
            (root,) = as_roots(loss, "TrainingMovie")
            leaves = [node for node in topological_order(root) if node.op is None]
            before = [(leaf, leaf.grad if leaf.has_grad else None) for leaf in leaves]
            try:
                for leaf in leaves:
                    leaf.zero_grad()
                recorded(root.backward)
                self.capture(root, caption)
            finally:
                for leaf, gradient in before:
                    leaf.grad = getattr(gradient, "data", gradient)

    def __repr__(self) -> str:
        frames = counted(len(self._frames), "frame")
        return f"<TrainingMovie: {frames}{f' of {_described(self._network)}' if self._network else ''}>"


def _checked(path: str | PathLike[str], function: str) -> Path:
    path = Path(path)
    if path.suffix.lower() not in _FORMATS:
        raise _unknown_format(f"{function}({str(path)!r:.200})")
    return path


def _unknown_format(asked: str) -> ArgumentError:
    return ArgumentError(f"{asked} asks for a format that movies do not have: use .svg, .html or .gif")


def _described(network: Network) -> str:
    neurons = sum(map(len, network.layers))
    return f"{counted(neurons, 'neuron')} and {counted(len(network.connections), 'weight')}"


def _float(number: Any) -> float:
    given = getattr(number, "data", number)  # recorded itself, with create_graph=True
    try:
        return float(given)
    except OverflowError:  # integers beyond the floats
        return math.inf if given > 0 else -math.inf
