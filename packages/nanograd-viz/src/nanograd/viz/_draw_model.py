"""draw_model: the architecture of a model, without the numbers."""

from __future__ import annotations

from typing import Any, Literal

from nanograd.engine import ArgumentError, ScalarValue, topological_order
from nanograd.viz._architecture import architecture, parts_shown
from nanograd.viz._boxes import counted
from nanograd.viz._colors import THEMES
from nanograd.viz._drawing import Drawing
from nanograd.viz._errors import TooLargeError
from nanograd.viz._model_dot import Written, write_flow, write_tree
from nanograd.viz._model_flow import flow_of
from nanograd.viz._models import Model, as_model, as_values, recorded, results_of, used_not_trained

_LEGIBLE = 40
_FEW_IN_A_ROW = 5
_MOST_DRAWABLE = 1_500
_DIRECTIONS = ("LR", "TB", "RL", "BT")


def draw_model(
    model: Model,
    *sample: Any,
    depth: int | None = None,
    theme: Literal["light", "dark"] = "light",
    rankdir: Literal["LR", "TB", "RL", "BT"] | None = None,
) -> Drawing:
    """Return a picture of a model's architecture: its parts, what they are, and their numbers of parameters.

    Without a sample it is the tree of the parts, those in a row that are alike drawn as one, ``Neuron × 16``.
    With a sample the model is called once, and the picture shows the way that the numbers took through the
    parts, and how many went from one to the next; the model is used as ``model.eval()`` would be, and is left
    as it was.

    >>> from nanograd.nn import MLP
    >>> draw_model(MLP(2, [3, 1]))
    <Drawing: 7 parts, 13 parameters>
    >>> draw_model(MLP(2, [3, 1]), [0.5, -1.0])
    <Drawing: 4 stations, 13 parameters>

    Args:
        model: a module of nanograd.nn, or anything else that can be called and has ``named_children()`` and
            ``parameters()``.
        sample: what the model is called with: lists of plain numbers or of
            :class:`~nanograd.engine.ScalarValue`.
        depth: how many levels of parts are shown: with 1 the model is one box, with 2 its parts are seen, and
            so on. If left out, as many as are legible, and a line below the picture says so.
        theme: ``"light"`` or ``"dark"``.
        rankdir: where the picture leads to: ``"LR"`` from left to right, ``"TB"`` from top to bottom. If
            left out, from left to right, and from top to bottom if the way through the parts is long.

    Raises:
        NotAModelError: if ``model`` is none.
        ArgumentError: if an option is none of those above, or the call returns no value that was computed.
        TooLargeError: if there are more than 1,500 boxes at ``depth``.
    """
    model = as_model(model, "draw_model(model)")
    if depth is not None and (type(depth) is not int or depth < 1):
        raise ArgumentError(f"draw_model(depth={depth!r}) takes a number of levels from 1 on, or None")
    if theme not in tuple(THEMES):
        raise ArgumentError(f"draw_model(theme={theme!r:.80}) takes one of {', '.join(THEMES)}")
    if rankdir not in (None, *_DIRECTIONS):
        raise ArgumentError(f"draw_model(rankdir={rankdir!r:.80}) takes one of {', '.join(_DIRECTIONS)}")
    draw = _flow if sample else _tree
    return Drawing(*draw(model, sample, depth, theme, rankdir))


def _tree(model: Model, _: Any, depth: int | None, theme: str, rankdir: str | None) -> Written:
    whole, levels = architecture(model, depth)
    shown = len(parts_shown(whole))
    caption = ""
    if depth is None and shown > _LEGIBLE:
        for fewer in range(levels - 1, 0, -1):
            whole, _ = architecture(model, fewer)
            shown = len(parts_shown(whole))
            if shown <= _LEGIBLE or fewer == 1:
                caption = f"{fewer} of {counted(levels, 'level')} of parts, more with depth={fewer + 1}"
                break
    _refuse_many(shown, depth)
    return write_tree(whole, THEMES[theme], rankdir or "LR", caption)


def _flow(
    model: Model, sample: tuple[Any, ...], depth: int | None, theme: str, rankdir: str | None
) -> Written:
    inputs: dict[ScalarValue, str] = {}
    arguments = []
    for place, given in enumerate(sample):
        name = "input" if len(sample) == 1 else f"input {place}"
        argument, values = as_values(given)
        arguments.append(argument)
        inputs.update(dict.fromkeys(values, name))
    with used_not_trained(model):
        results = results_of(recorded(lambda: model(*arguments)))
    if not any(result.children for result in results):
        raise ArgumentError(
            f"draw_model(model, sample) called {type(model).__name__} and got nothing that was computed from "
            "ScalarValues. A model returns a ScalarValue or lists of them; leave the sample out to draw the "
            "tree of its parts."
        )
    order = topological_order(*results)
    deepest = max((len(node.scope.ancestry) for node in order if node.scope is not None), default=1)
    caption = ""
    level = depth if depth is not None else deepest
    flow = flow_of(model, inputs, results, order, level)
    while depth is None and len(flow.stations) > _LEGIBLE and level > 1:
        level -= 1
        flow = flow_of(model, inputs, results, order, level)
        caption = f"{level} of {counted(deepest, 'level')} of parts, more with depth={level + 1}"
    _refuse_many(len(flow.stations), depth)
    if rankdir is None:
        rankdir = "LR" if len(flow.stations) <= _FEW_IN_A_ROW else "TB"
    return write_flow(flow, len(list(model.parameters())), THEMES[theme], rankdir, caption)


def _refuse_many(shown: int, depth: int | None) -> None:
    if shown > _MOST_DRAWABLE:
        fewer = 1 if depth is None else depth - 1
        advice = f"Draw fewer levels, with depth={fewer}" if fewer else "Draw a part of the model"
        raise TooLargeError(
            f"the model has {shown:,} parts at this depth, and a picture shows up to {_MOST_DRAWABLE:,}. "
            f"{advice}."
        )
