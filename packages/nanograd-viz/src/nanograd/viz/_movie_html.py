"""A moving picture as a web page with a player, in one file that works offline."""

from __future__ import annotations

import json
import re
from base64 import b64encode
from dataclasses import asdict
from hashlib import sha256
from importlib.resources import files

from nanograd.viz._colors import Theme
from nanograd.viz._marks import Scene
from nanograd.viz._movie_svg import opening, still
from nanograd.viz._text import escaped, shortened, visible

_FOLDER = files("nanograd.viz") / "movie"
_BEFORE_THE_MARKS = 2  # the title of the SVG and its background


def write_html(scene: Scene, seconds: float, title: str, theme: Theme) -> str:
    """Return the page. A browser runs nothing of it but the one script whose hash its policy names.

    Args:
        scene: the picture.
        seconds: how long playing takes.
        title: what the page is called.
        theme: the colors of the buttons.
    """
    variables = "".join(f"--{name.replace('_', '-')}:{color};" for name, color in asdict(theme).items())
    style = f":root{{{variables}}}\n{_text_of('movie.css')}"
    script = _text_of("movie.js")
    policy = (
        f"default-src 'none'; script-src {_hash(script)}; style-src {_hash(style)}; "
        "base-uri 'none'; form-action 'none'"
    )
    last = len(scene.captions) - 1
    data = {
        "seconds": seconds,
        "captions": [visible(caption) for caption in scene.captions],
        "varying": [
            [number + _BEFORE_THE_MARKS, _visible(mark.varying)]
            for number, mark in enumerate(scene.marks)
            if mark.varying
        ],
    }
    holes = {
        "policy": policy,
        "title": escaped(shortened(visible(title), 80)),
        "style": style,
        "picture": "\n".join((opening(scene), *(still(mark, last) for mark in scene.marks), "</svg>")),
        "last": str(last),
        "data": json.dumps(data, separators=(",", ":")).replace("<", "\\u003c").replace("&", "\\u0026"),
        "script": script,
    }
    return re.sub(r"\{\{(\w+)\}\}", lambda match: holes[match[1]], _text_of("movie.html"))


def _visible(varying: dict[str, list[str]]) -> dict[str, list[str]]:
    return {name: list(map(visible, values)) for name, values in varying.items()}


def _hash(content: str) -> str:
    return f"'sha256-{b64encode(sha256(content.encode()).digest()).decode()}'"


def _text_of(name: str) -> str:
    return (_FOLDER / name).read_text(encoding="utf-8")
