"""The notebook's widget: its module for the browser, driven by a model that stands in for the notebook's."""

from __future__ import annotations

import json

import pytest
from nanograd.engine import ScalarValue
from nanograd.viz.notebook import ExplorerWidget
from playwright.sync_api import Page, expect

STAND_IN = """
  const listeners = new Map();
  window.model = {
    state: STATE,
    get(name) { return this.state[name]; },
    on(event, listener) { listeners.set(event, listener); },
    off(event) { listeners.delete(event); },
    set(name, value) { this.state[name] = value; listeners.get(`change:${name}`)?.(); },
    count() { return listeners.size; },
  };
  window.stop = widget.render({ model: window.model, el: document.getElementById("cell") });
"""


@pytest.fixture
def square() -> ScalarValue:
    x = ScalarValue(3.0, label="x")
    square = x * x
    square.label = "square"
    return square


def show(page: Page, widget: ExplorerWidget) -> None:
    """Show a widget in a page as a notebook does in the output of a cell."""
    module = str(widget._esm).replace("export default", "const widget =")
    state = {name: getattr(widget, name) for name in ("page", "height", "description")}
    written = json.dumps(state).replace("<", "\\u003c")
    page.goto("about:blank")
    page.set_content(f'<div id="cell"></div><script>{module}{STAND_IN.replace("STATE", written)}</script>')


def test_the_explorer_is_shown_in_a_closed_frame(explorer, square):
    page = explorer.page
    show(page, ExplorerWidget(square, height=400))
    frame = page.frame_locator("iframe")
    frame.locator("html[data-ready]").wait_for()
    assert frame.locator("#heading").text_content() == "square"
    outside = page.locator("iframe")
    assert outside.get_attribute("sandbox") == "allow-scripts"
    assert outside.get_attribute("title") == "2 values"
    assert outside.bounding_box()["height"] == 400


def test_a_new_page_takes_the_place_of_the_old_one(explorer, square):
    page = explorer.page
    widget = ExplorerWidget(square)
    show(page, widget)
    frame = page.frame_locator("iframe")
    frame.locator("html[data-ready]").wait_for()
    assert "grad = 6.0000" not in frame.locator("#picture").text_content()
    square.backward()
    widget.update()
    page.evaluate("content => window.model.set('page', content)", widget.page)
    page.wait_for_function("document.querySelectorAll('iframe').length === 1")
    frame.locator("html[data-ready]").wait_for()
    expect(frame.locator("#picture")).to_contain_text("grad = 6.0000")
    assert page.locator("iframe").evaluate("frame => frame.style.zIndex") == ""
    assert page.locator("iframe").get_attribute("aria-hidden") is None


def test_many_updates_at_once_end_with_the_last(explorer, square):
    page = explorer.page
    widget = ExplorerWidget(square)
    show(page, widget)
    for number in range(8):
        widget.update(square * float(number))
        page.evaluate("content => window.model.set('page', content)", widget.page)
    page.wait_for_function("document.querySelectorAll('iframe').length === 1")
    frame = page.frame_locator("iframe")
    frame.locator("html[data-ready]").wait_for()
    expect(frame.locator("#picture")).to_contain_text("data = 63.0000")


def test_the_height_follows_and_nothing_is_left_behind(explorer, square):
    page = explorer.page
    show(page, ExplorerWidget(square))
    page.evaluate("window.model.set('height', 300)")
    assert page.locator("iframe").bounding_box()["height"] == 300
    page.evaluate("window.stop()")
    assert page.locator("iframe").count() == 0
    assert page.evaluate("window.model.count()") == 0
