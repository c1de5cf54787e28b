"""A moving picture as SVG that moves by itself, also as an image of a page: no script, nothing loaded."""

from __future__ import annotations

from nanograd.viz._marks import Mark, Scene
from nanograd.viz._svg import FONTS
from nanograd.viz._text import escaped, visible

_SMOOTH = {"stroke-width", "stroke-opacity", "fill-opacity", "cx", "cy"}


def write_svg(scene: Scene, seconds: float) -> str:
    """Return the picture; a reader that does not move it shows the last frame.

    Args:
        scene: the picture.
        seconds: how long it takes, before it begins anew.
    """
    frames = len(scene.captions)
    marks = "\n".join(_moving(mark, frames, seconds) for mark in scene.marks)
    return f"{opening(scene)}\n{marks}\n</svg>\n"


def opening(scene: Scene) -> str:
    """Return the first tag, a title, and what is behind everything."""
    size = f'viewBox="0 0 {scene.width:g} {scene.height:g}" width="{scene.width:g}" height="{scene.height:g}"'
    title = escaped(visible(scene.description))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{title}" {size} '
        f'font-family="{FONTS}"><title>{title}</title>'
        f'<rect width="100%" height="100%" fill="{scene.background}"/>'
    )


def still(mark: Mark, frame: int, more: str = "") -> str:
    """Return one mark as it is at one frame."""
    attributes = mark.at(frame)
    text = attributes.pop("text", "")
    written = "".join(f' {name}="{escaped(value)}"' for name, value in attributes.items())
    return f"<{mark.tag}{more}{written}>{escaped(visible(text))}</{mark.tag}>"


def _moving(mark: Mark, frames: int, seconds: float) -> str:
    if "text" in mark.varying:
        return _taking_turns(mark, frames, seconds)
    moves = []
    for name, values in mark.varying.items():
        smooth = name in _SMOOTH
        # The last frame is held as long as the others.
        listed = ";".join([*values, values[-1]] if smooth else values)
        mode = "" if smooth else ' calcMode="discrete"'
        moves.append(
            f'<animate attributeName="{name}" values="{escaped(listed)}"{mode} {_forever(seconds)}/>'
        )
    standing = still(mark, frames - 1)
    end = f"</{mark.tag}>"
    return standing.removesuffix(end) + "".join(moves) + end


def _taking_turns(mark: Mark, frames: int, seconds: float) -> str:
    """Return a text for each that there is to be, of which one is visible at a time."""
    spoken: dict[str, list[int]] = {}
    for frame, text in enumerate(mark.varying["text"]):
        spoken.setdefault(text, []).append(frame)
    texts = []
    for shown in spoken.values():
        turns = ["visible" if frame in shown else "hidden" for frame in range(frames)]
        changes = [frame for frame in range(frames) if not frame or turns[frame] != turns[frame - 1]]
        values = ";".join(turns[frame] for frame in changes)
        times = ";".join(f"{frame / frames:.4g}" for frame in changes)
        move = (
            f'<animate attributeName="visibility" values="{values}" keyTimes="{times}" calcMode="discrete" '
            f"{_forever(seconds)}/>"
        )
        words = still(mark, shown[0], f' visibility="{turns[-1]}"')
        texts.append(words.removesuffix("</text>") + move + "</text>")
    return "\n".join(texts)


def _forever(seconds: float) -> str:
    return f'dur="{seconds:g}s" repeatCount="indefinite"'
