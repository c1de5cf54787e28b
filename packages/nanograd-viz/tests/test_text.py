from __future__ import annotations

import xml.etree.ElementTree as ET

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanograd.engine import ScalarValue
from nanograd.viz import draw_graph
from nanograd.viz._text import shortened, visible

SVG = "{http://www.w3.org/2000/svg}"

HOSTILE = [
    '"quoted"', "'", "a|b", "{x}", "}", "<b>bold</b>", "<", ">", "&", "&amp;", "&#60;", "&lt;b&gt;", "]]>",
    "<!-- -->", "back\\slash", "\\", "\\\\", "end\\", "\\N", "\\G \\E \\T \\H \\L \\n \\l \\r",
    "%s %d {0}", "two\nlines", "tab\tbed", "\r", "NUL\0x", "\x01\x1f\x7f\x85", "\u2028\u2029",
    "\ud800", "\uffff",
    "😀", "👩‍👩‍👧", "é", "שלום עולם", "\u202eabc", "データ", "ﷺ", "a\u0301",
    " ", "   ", "a  b", " lead and trail ",
    "node", "edge", "graph", "digraph", "subgraph", "strict", "n0", "1.5", "-",
    "javascript:alert(1)", "<script>alert(1)</script>", '" onload="alert(1)', "file:///etc/passwd",
]  # fmt: skip


def shown(labels):
    """The texts and the titles of a picture of values with these labels; a space may be a hard one."""
    svg = ET.fromstring(draw_graph([ScalarValue(1.0, label=label) for label in labels]).svg())
    return tuple(
        [(element.text or "").replace("\xa0", " ") for element in svg.iter(f"{SVG}{tag}")]
        for tag in ("text", "title")
    )


@pytest.fixture(scope="module")
def picture():
    return shown(HOSTILE)


@pytest.mark.parametrize("label", HOSTILE, ids=ascii)
def test_a_hostile_label_is_shown_as_it_is(picture, label):
    texts, titles = picture
    assert visible(label) in texts
    assert f"{visible(label)}\ndata = 1.0\ngrad = 0.0" in titles


@settings(max_examples=30, deadline=None)
@given(labels=st.lists(st.text(st.characters(codec=None), min_size=1), min_size=1, max_size=20))
def test_any_label_is_shown_as_it_is(labels):
    texts, titles = shown(labels)
    for label in labels:
        assert shortened(visible(label)).replace("\xa0", " ") in texts
        assert any(title.startswith(visible(label).replace("\xa0", " ")) for title in titles)


def test_a_long_label_is_shortened_in_the_box_and_whole_in_the_title():
    label = "".join(chr(ord("a") + index % 26) for index in range(10_000))
    drawing = draw_graph(ScalarValue(1.0, label=label))
    assert label[:39] + "…" in drawing.dot
    assert label[:40] not in drawing.dot
    assert label in drawing.svg()


def test_labels_stand_in_no_attribute_that_loads_or_runs_something():
    drawing = draw_graph(ScalarValue(1.0, label="javascript:alert(1)"))
    assert "javascript" not in drawing.svg().replace(">javascript:alert(1)", "")
    assert not {"URL", "href", "stylesheet", "image", "src"} & set(drawing.dot.replace("=", " ").split())
