"""A moving picture as a GIF, every frame drawn by matplotlib and all put together by Pillow."""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from nanograd.viz._extras import imported
from nanograd.viz._marks import Scene
from nanograd.viz._text import visible

_DPI = 100
_POINTS = 72 / _DPI
"""How many points a pixel is."""
_SHORTEST = 20  # milliseconds; viewers take less for a mistake
_COLORS = 256


def write_gif(scene: Scene, seconds: float) -> bytes:
    """Return the picture, which begins anew when it is over.

    Args:
        scene: the picture.
        seconds: how long it takes.

    Raises:
        MissingLibraryError: if matplotlib, which brings Pillow, is not installed.
    """
    frames = len(scene.captions)
    images = [_image(scene, frame) for frame in range(frames)]
    duration = max(round(1000 * seconds / frames), _SHORTEST)
    content = BytesIO()
    images[0].save(
        content,
        "GIF",
        save_all=True,
        append_images=images[1:],
        duration=duration,
        loop=0,
        optimize=False,
        disposal=1,
    )
    return content.getvalue()


def _image(scene: Scene, frame: int) -> Any:
    """Return one frame as a picture of few colors."""
    pictures = imported("PIL.Image", "plots", "a movie as GIF")
    figures = imported("matplotlib.figure", "plots", "a movie as GIF")
    agg = imported("matplotlib.backends.backend_agg", "plots", "a movie as GIF")
    size = (scene.width / _DPI, scene.height / _DPI)
    figure = figures.Figure(figsize=size, dpi=_DPI, facecolor=scene.background)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, scene.width), ylim=(scene.height, 0))
    axes.set_axis_off()
    looks: dict[str, list[dict[str, str]]] = {"polyline": [], "circle": [], "text": []}
    for mark in scene.marks:
        looks[mark.tag].append(mark.at(frame))
    _draw_lines(axes, looks["polyline"])
    _draw_circles(axes, looks["circle"])
    for look in looks["text"]:
        _draw_text(axes, look)
    canvas = agg.FigureCanvasAgg(figure)
    canvas.draw()
    width, height = canvas.get_width_height()
    whole = pictures.frombuffer("RGBA", (width, height), bytes(canvas.buffer_rgba()))
    return whole.convert("RGB").quantize(_COLORS, dither=pictures.Dither.NONE)


def _draw_lines(axes: Any, looks: Sequence[dict[str, str]]) -> None:
    collections = imported("matplotlib.collections", "plots", "a movie as GIF")
    colors = imported("matplotlib.colors", "plots", "a movie as GIF")
    routes = [[tuple(map(float, point.split(","))) for point in look["points"].split()] for look in looks]
    widths = [float(look["stroke-width"]) * _POINTS for look in looks]
    shades = [colors.to_rgba(look["stroke"], float(look.get("stroke-opacity", 1))) for look in looks]
    styles = [_style(look, width) for look, width in zip(looks, widths, strict=True)]
    axes.add_collection(
        collections.LineCollection(routes, linewidths=widths, colors=shades, linestyles=styles, zorder=1)
    )


def _style(look: dict[str, str], width: float) -> Any:
    """Return the dashes of a line, which matplotlib counts in widths of it."""
    dashes = [float(part) for part in look.get("stroke-dasharray", "1 0").split()]
    if not dashes[1]:
        return "-"
    return 0, [part * _POINTS / max(width, 0.1) for part in dashes]


def _draw_circles(axes: Any, looks: Sequence[dict[str, str]]) -> None:
    collections = imported("matplotlib.collections", "plots", "a movie as GIF")
    colors = imported("matplotlib.colors", "plots", "a movie as GIF")
    patches = imported("matplotlib.patches", "plots", "a movie as GIF")
    circles = [patches.Circle((float(look["cx"]), float(look["cy"])), float(look["r"])) for look in looks]
    inside = [colors.to_rgba(look["fill"], float(look.get("fill-opacity", 1))) for look in looks]
    widths = [float(look.get("stroke-width", 0)) * _POINTS for look in looks]
    edges = [look.get("stroke", "none") for look in looks]
    axes.add_collection(
        collections.PatchCollection(circles, facecolors=inside, edgecolors=edges, linewidths=widths, zorder=2)
    )


def _draw_text(axes: Any, look: dict[str, str]) -> None:
    words = visible(look["text"]).replace("$", r"\$")
    anchor = {"middle": "center", "start": "left", "end": "right"}[look["text-anchor"]]
    axes.text(
        float(look["x"]),
        float(look["y"]),
        words,
        color=look["fill"],
        fontsize=float(look["font-size"]) * _POINTS,
        fontweight=look["font-weight"],
        ha=anchor,
        va="baseline",
        zorder=3,
    )
