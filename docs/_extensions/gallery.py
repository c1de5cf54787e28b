"""The example gallery: where the examples run, and how what they draw comes into their pages.

sphinx-gallery runs a script in the folder in which it lies. The examples are therefore copied to
``docs/_build/examples`` first, so that nothing is written into the source tree; what they draw arrives in
``docs/_build/examples/output``. A page and its pictures are kept in ``docs/gallery`` until the example or a
package changes.
"""

from __future__ import annotations

import ast
import os
import re
import shutil
import warnings
from contextlib import ExitStack
from pathlib import Path
from typing import Any

from PIL import Image
from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

DOCS = Path(__file__).parents[1]
EXAMPLES = DOCS.parent / "examples"
PACKAGES = DOCS.parent / "packages"
STAGED = DOCS / "_build" / "examples"
GALLERY = DOCS / "gallery"

IN_ORDER = (
    *("vis", "neuron", "explain", "symbolic", "derivation", "nn", "nn_minibatch", "nn_minibatch_epoch"),
    *("iris", "moons", "digits", "diabetes", "names", "gpt", "compile"),
)
"""The examples from the simplest to the largest; those not listed follow by name."""

WIDEST_THUMBNAIL = 4
"""Times its height."""

WIDEST_FITTED = 2_500
"""CSS pixels. A wider drawing could not be read if it was made to fit into a page."""

_strictness = ExitStack()
_ARCHIVE = re.compile(r" *\.\. container::.* sphx-glr-download-zip\n\n.*\n")
_LENGTH = re.compile(r'<svg\b[^>]*?\swidth="([\d.]+)(pt|px)?"')


def stage(_app: Sphinx) -> None:
    """Copy the examples to where they run; forget all pages if a package or the set of examples changed."""
    shutil.rmtree(STAGED, ignore_errors=True)
    shutil.copytree(EXAMPLES, STAGED, ignore=shutil.ignore_patterns("__pycache__", "output"))
    shutil.copyfile(DOCS / "gallery_header.txt", STAGED / "GALLERY_HEADER.txt")
    index = GALLERY / "index.rst"
    made = index.stat().st_mtime if index.exists() else 0.0
    newest = max(source.stat().st_mtime for source in PACKAGES.glob("*/src/**/*.py"))
    if newest > made or _names(GALLERY) != _names(EXAMPLES):
        shutil.rmtree(GALLERY, ignore_errors=True)


def prepare(_gallery_conf: dict[str, Any], _script: str, when: str) -> None:
    """Give every example an empty output folder, the same plain terminal, and no tolerance for warnings."""
    if when == "before":
        shutil.rmtree(STAGED / "output", ignore_errors=True)
        (STAGED / "output").mkdir()
        os.environ.update(COLUMNS="88", NO_COLOR="1")
        for forcing in ("FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
            os.environ.pop(forcing, None)
        _strictness.enter_context(warnings.catch_warnings(action="error"))
    else:
        _strictness.close()


def from_simple_to_large(script: str) -> tuple[int, str]:
    """Return the place of an example in the gallery."""
    name = Path(script).stem.removeprefix("example_")
    return (IN_ORDER.index(name) if name in IN_ORDER else len(IN_ORDER), name)


def embed_drawings(_block: Any, block_vars: dict[str, Any], _gallery_conf: dict[str, Any]) -> str:
    """Return the figures of what a block drew, in the order in which it was drawn.

    Of a drawing that was saved in two formats the page shows the SVG. The PNG goes beside it, where
    sphinx-gallery looks for a thumbnail.
    """
    seen: dict[Path, int] = block_vars.setdefault("seen_drawings", {})
    written = {path: path.stat().st_mtime_ns for path in (STAGED / "output").glob("*.*")}
    new = {path: time for path, time in written.items() if seen.get(path) != time}
    seen.update(new)
    drawings: dict[str, dict[str, Path]] = {}
    for path in sorted(new, key=lambda path: (new[path], path)):
        if path.suffix in {".svg", ".png"}:
            drawings.setdefault(path.stem, {})[path.suffix] = path
    figures = []
    for name, formats in drawings.items():
        place = Path(next(block_vars["image_path_iterator"]))
        shown = place.with_suffix(".svg" if ".svg" in formats else ".png")
        shutil.copyfile(formats[shown.suffix], shown)
        if formats.keys() >= {".svg", ".png"}:
            _save_detail(formats[".png"], place)
        figures.append(_figure(shown, name, _title(Path(block_vars["src_file"]))))
    return "\n".join(figures)


def leave_out_archives(_app: Sphinx, page: str, source: list[str]) -> None:
    """Take out the link to a zip file that holds no more than the script and the notebook above it."""
    if page.startswith("gallery/"):
        source[0] = _ARCHIVE.sub("", source[0])


def _figure(shown: Path, name: str, title: str) -> str:
    width, caption, classes = _natural_width(shown), f"``output/{name}``", "drawing"
    if width > WIDEST_FITTED:
        width, classes = width // 2, "drawing large"
        caption += ", too wide for this page: move it sideways, or click it to see it at full size"
    # With a width Sphinx makes the picture a link to itself, at full size.
    return f"""
.. figure:: /{shown.relative_to(DOCS).as_posix()}
   :alt: {name.removeprefix("example_").replace("_", " ")}, drawn by the example “{title}”
   :width: {width}px
   :figclass: {classes}

   {caption}
"""


def _save_detail(picture: Path, place: Path) -> None:
    """Save a PNG for a thumbnail: of a graph too wide for one only the right end, where the result is."""
    with Image.open(picture) as image:
        left = max(0, image.width - WIDEST_THUMBNAIL * image.height)
        image.crop((left, 0, image.width, image.height)).save(place)


def _natural_width(picture: Path) -> int:
    """Return the width in CSS pixels."""
    if picture.suffix == ".svg":
        length, unit = _LENGTH.search(picture.read_text(encoding="utf-8")).groups()
        return round(float(length) * (4 / 3 if unit == "pt" else 1))
    with Image.open(picture) as image:
        return image.width


def _title(script: Path) -> str:
    docstring = ast.get_docstring(ast.parse(script.read_text(encoding="utf-8"))) or script.stem
    return next(line for line in docstring.splitlines() if re.search(r"\w", line))


def _names(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("example_*.py")}


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("builder-inited", stage, priority=100)  # before sphinx-gallery
    app.connect("source-read", leave_out_archives)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
