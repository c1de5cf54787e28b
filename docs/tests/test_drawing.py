"""Pages with drawings: their examples are run, and what these define stays on the page."""

import io
import sys
import textwrap
from pathlib import Path

import pytest
from nanograd.engine import OPS
from sphinx.application import Sphinx
from sphinx.util.docutils import docutils_namespace

DOCS = Path(__file__).parents[1]
sys.path.append(str(DOCS))

CONF = """
    project = "pages"
    extensions = ["_extensions.drawing", "_extensions.mathml", "_extensions.operations"]
    html_math_renderer = "mathml"
    html_theme = "basic"
    """

OWN_OPERATION = """
    :orphan:

    A page of its own
    =================

    >>> from pathlib import Path
    >>> from nanograd.engine import ScalarValue, custom_op
    >>> shifted = custom_op("shifted", lambda m, x: x + 3, [lambda m, o, x: 1])
    >>> y = shifted(ScalarValue(2.0))
    >>> written = Path("here.txt").write_text("5")
    >>> float("five")
    Traceback (most recent call last):
    ...
    ValueError: could not convert string to float: 'five'

    .. drawing::
       :alt: The graph of shifted(2).

       from nanograd.viz import draw_graph
       draw_graph(y, theme=theme)

    >>> y = shifted(y)

    .. drawing::
       :alt: The graph of shifted(shifted(2)).

       draw_graph(y, theme=theme)
    """


@pytest.fixture
def build(tmp_path, monkeypatch):
    """Return a function that builds pages into HTML, by their names, and returns what is written."""
    monkeypatch.setattr("_extensions.drawing.DRAWINGS", tmp_path / "source" / "_build" / "drawings")

    def built(pages):
        source, output = tmp_path / "source", tmp_path / "output"
        source.mkdir(exist_ok=True)
        for name, text in {"conf.py": CONF, **pages}.items():
            (source / name).write_text(textwrap.dedent(text), encoding="utf-8")
        warnings = io.StringIO()
        with docutils_namespace():
            app = Sphinx(source, source, output, output / "doctrees", "html", status=None, warning=warnings)
            app.build()
        assert not warnings.getvalue()
        return {path.stem: path.read_text(encoding="utf-8") for path in output.glob("*.html")}

    return built


def test_a_page_is_drawn_in_light_and_dark_from_the_examples_above(build, tmp_path):
    html = build({"index.rst": OWN_OPERATION})["index"]
    assert html.count('class="only-light"') == html.count('class="only-dark"') == 2
    assert 'alt="The graph of shifted(shifted(2))."' in html
    drawings = sorted((tmp_path / "source" / "_build" / "drawings").glob("index-*-light.svg"))
    assert [path.read_text(encoding="utf-8").count("<ellipse") for path in drawings] == [1, 2]


def test_a_wide_drawing_keeps_a_size_at_which_it_can_be_read(build):
    narrow = OWN_OPERATION.split("    >>> y = shifted(y)")[0]
    wide = narrow.replace("y = shifted(ScalarValue(2.0))", "y = sum(ScalarValue(2.0) for _ in range(9))")
    assert 'class="only-dark"' in build({"index.rst": narrow})["index"]
    assert 'class="only-dark wide"' in build({"index.rst": wide})["index"]


@pytest.mark.parametrize("name", ["a_page.rst", "z_page.rst"])
def test_an_operation_of_one_page_is_on_no_other(build, name):
    """Pages are read by name, so the table of operations is read once after and once before it."""
    before = list(OPS.items())
    pages = build({"index.rst": "Table\n=====\n\n.. operations::\n", name: OWN_OPERATION})
    assert list(OPS.items()) == before
    assert "operation-tanh" in pages["index"]
    assert "shifted" not in pages["index"]
    assert not Path("here.txt").exists()
