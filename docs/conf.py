"""The settings of the documentation. What takes more than a setting is in _extensions/."""

from __future__ import annotations

import sys
from pathlib import Path

from nanograd.viz._colors import DARK, LIGHT, Theme
from sphinx.application import Sphinx
from sphinx.util.inspect import TypeAliasForwardRef

DOCS = Path(__file__).parent
sys.path.append(str(DOCS))

project = "nanograd"
author = "nanograd developers"
copyright = author
release = version = (DOCS.parent / "VERSION").read_text(encoding="utf-8").strip()

extensions = [
    "sphinx.ext.autodoc",
    "sphinx.ext.napoleon",
    "sphinx.ext.intersphinx",
    "sphinx_gallery.gen_gallery",
    "myst_parser",
    "_extensions.complete_reference",
    "_extensions.drawing",
    "_extensions.gallery",
    "_extensions.live",
    "_extensions.mathml",
    "_extensions.operations",
]
exclude_patterns = ["_build"]
myst_enable_extensions = ["dollarmath"]
nitpicky = True
# Sphinx does not replace the names of types in overloads; the last one is in a signature of traitlets.
nitpick_ignore = [("py:class", "Expression"), ("py:class", "Names"), ("py:class", "t.Any")]

# ---- the reference, from docstrings
autodoc_member_order = "bysource"
# What signatures say for the names of types that only the source code knows.
autodoc_type_aliases = {
    "Expression": "sympy.core.expr.Expr",
    "Figure": "matplotlib.figure.Figure",
    "Indices": "numpy.ndarray",
    "Names": "collections.abc.Mapping",
    "Nested": "nanograd.nn.Nested",
    "Number": "nanograd.engine.Number",
    "Operand": "nanograd.engine.ScalarValue | nanograd.engine.Number",
    "_T": "nanograd.nn.Nested",
}
TypeAliasForwardRef.__repr__ = lambda alias: alias.name  # which Sphinx 9 shows inside of a union
napoleon_attr_annotations = False  # the signature has the types already
napoleon_numpy_docstring = False
add_module_names = False
python_maximum_signature_line_length = 88
python_use_unqualified_type_names = True
toc_object_entries_show_parents = "hide"
# Kept here as text, so that the build needs no network: the names that signatures mention and where they are.
intersphinx_mapping = {
    "matplotlib": ("https://matplotlib.org/stable", "inventories/matplotlib.txt"),
    "numpy": ("https://numpy.org/doc/stable", "inventories/numpy.txt"),
    "python": ("https://docs.python.org/3", "inventories/python.txt"),
    "rich": ("https://rich.readthedocs.io/en/stable", "inventories/rich.txt"),
    "sympy": ("https://docs.sympy.org/latest", "inventories/sympy.txt"),
}

# ---- the gallery; _extensions/gallery.py says why examples run where they do
SHOW_PICTURES = """\
# What was drawn is in the folder "output". Of a picture in two formats the SVG is shown.
from pathlib import Path

from IPython.display import SVG, Image, display

pictures = sorted(Path("output").glob("*.png")) + sorted(Path("output").glob("*.svg"))
for picture in {path.stem: path for path in pictures}.values():
    display(SVG(picture) if picture.suffix == ".svg" else Image(picture))"""
sphinx_gallery_conf = {
    "examples_dirs": "_build/examples",
    "gallery_dirs": "gallery",
    "filename_pattern": r"example_\w+\.py",
    "image_scrapers": ("_extensions.gallery.embed_drawings",),
    "reset_modules": ("_extensions.gallery.prepare",),
    "reset_modules_order": "both",
    "within_subsection_order": "_extensions.gallery.from_simple_to_large",
    "thumbnail_size": (720, 360),
    "capture_repr": (),  # pages show what the script prints
    "download_all_examples": False,
    "first_notebook_cell": '%pip install --quiet "nanograd-all[datasets,plots]"',
    "last_notebook_cell": SHOW_PICTURES,
    "show_signature": False,
    # Times differ from build to build.
    "min_reported_time": float("inf"),
    "write_computation_times": False,
}

# ---- the pages


def colors(theme: Theme) -> dict[str, str]:
    """Return the colors of furo and of plots: links as data and names as gradients are in the drawings."""
    return {
        "color-brand-primary": theme.data,
        "color-brand-content": theme.data,
        "color-brand-visited": theme.data,
        "color-api-name": theme.grad,
        "color-api-pre-name": theme.grad,
        "color-plot-data": theme.data,
        "color-plot-grad": theme.grad,
    }


html_theme = "furo"
html_title = f"nanograd {release}"
html_static_path = ["_static"]
html_css_files = ["nanograd.css"]
html_favicon = html_logo = "_static/logo.svg"
html_math_renderer = "mathml"
html_copy_source = False
html_theme_options = {
    "top_of_page_buttons": [],
    "light_css_variables": colors(LIGHT),
    "dark_css_variables": colors(DARK),
}


def start_below(
    _app: Sphinx, what: str, _name: str, _object: object, _options: object, lines: list[str]
) -> None:
    """Keep Napoleon from taking what stands before a colon in the first line for the type of a property."""
    if what == "property":
        lines[:0] = ["..", ""]  # an empty comment


def setup(app: Sphinx) -> None:
    app.connect("autodoc-process-docstring", start_below, priority=400)  # before Napoleon
