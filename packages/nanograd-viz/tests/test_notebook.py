from __future__ import annotations

import importlib
import re
import sys
import threading

import pytest
from nanograd.engine import ArgumentError, GraphError, ScalarValue
from nanograd.viz import MissingLibraryError, NotAGraphError, explore
from nanograd.viz.notebook import ExplorerWidget


@pytest.fixture
def square():
    x = ScalarValue(3.0, label="x")
    return x * x


@pytest.fixture
def sent(monkeypatch):
    """What the kernel tells the browser, one state after the other."""
    messages = []
    monkeypatch.setattr(ExplorerWidget, "send_state", lambda self, key=None: messages.append(key))
    return messages


def test_a_widget_shows_the_page_of_the_explorer(square):
    widget = ExplorerWidget(square, theme="dark", title="A square")
    assert widget.page == explore([square], theme="dark", title="A square").html
    assert (widget.description, widget.height, repr(widget)) == (
        "2 values",
        640,
        "<ExplorerWidget: 2 values>",
    )
    synced = {name for name in widget.traits(sync=True) if not name.startswith("_")}
    assert {"page", "description", "height"} <= synced


def test_an_update_shows_the_gradients_of_now(square, sent):
    widget = ExplorerWidget(square)
    before = widget.page
    sent.clear()
    square.backward()
    widget.update()
    assert widget.page != before
    assert widget.page == explore([square]).html
    assert "page" in sent
    assert widget.updates == 1


def test_an_update_may_show_another_result_and_keeps_the_options(square):
    widget = ExplorerWidget(square, precision=7)
    other = square + 1.0
    widget.update(other)
    assert widget.page == explore([other], precision=7).html
    assert widget.description == "4 values"
    widget.update()
    assert widget.page == explore([other], precision=7).html


def test_an_update_with_what_is_no_graph_changes_nothing(square):
    widget = ExplorerWidget(square)
    before = widget.page
    with pytest.raises(NotAGraphError, match=r"ExplorerWidget.update\(root\)"):
        widget.update(3.0)
    assert (widget.page, widget.updates) == (before, 0)


def test_inside_of_live_every_backward_pass_is_shown_when_it_is_done(square):
    widget = ExplorerWidget(square)
    plain = ScalarValue.backward
    with widget.live(every=0) as same:
        assert same is widget
        square.backward()
        assert widget.updates == 1
        assert widget.page == explore([square]).html
        other = square * 2.0
        other.backward(2.0)
        assert widget.page == explore([other]).html
        assert other.grad == 2.0
    assert ScalarValue.backward is plain
    square.backward()
    assert widget.updates == 2


def test_updates_keep_a_distance_and_the_last_is_shown(square):
    widget = ExplorerWidget(square)
    with widget.live(every=3600):
        for _ in range(5):
            square.backward()
        assert widget.updates == 1
    assert widget.updates == 2
    assert widget.page == explore([square]).html


def test_an_error_in_the_block_ends_the_watching(square):
    plain = ScalarValue.backward
    widget = ExplorerWidget(square)
    with pytest.raises(GraphError), widget.live(every=0):
        ScalarValue(1.0, requires_grad=False).backward()
    assert ScalarValue.backward is plain
    assert widget.updates == 0


def test_two_widgets_may_watch_at_once(square):
    plain = ScalarValue.backward
    one, other = ExplorerWidget(square), ExplorerWidget(square)
    with one.live(every=0):
        with other.live(every=0):
            square.backward()
        square.backward()
    assert (one.updates, other.updates) == (2, 1)
    assert ScalarValue.backward is plain


def test_a_backward_pass_of_another_thread_is_shown_too(square):
    widget = ExplorerWidget(square)
    with widget.live(every=0):
        thread = threading.Thread(target=square.backward)
        thread.start()
        thread.join()
    assert widget.updates == 1


def test_the_method_keeps_its_name_and_its_help(square):
    with ExplorerWidget(square).live():
        assert ScalarValue.backward.__name__ == "backward"
        assert "d self / d value" in ScalarValue.backward.__doc__


@pytest.mark.parametrize("every", [-1, float("nan"), "a", True])
def test_the_distance_is_checked(square, every):
    with (
        pytest.raises(ArgumentError, match=r"ExplorerWidget.live\(every="),
        ExplorerWidget(square).live(every),
    ):
        pass


@pytest.mark.parametrize("height", [99, 10_001, 300.0, True, "a"])
def test_the_height_is_checked(square, height):
    with pytest.raises(ArgumentError, match=r"ExplorerWidget\(height="):
        ExplorerWidget(square, height=height)


def test_options_are_those_of_explore(square):
    with pytest.raises(ArgumentError, match="theme='blue'"):
        ExplorerWidget(square, theme="blue")
    with pytest.raises(NotAGraphError, match=r"ExplorerWidget\(root\)"):
        ExplorerWidget(3.0)


def test_labels_stay_inside_of_the_page():
    x = ScalarValue(1.0, label="</script><script>alert(1)</script>")
    assert "<script>alert" not in ExplorerWidget(x * x).page


def test_the_module_for_the_browser_shows_pages_in_a_closed_frame():
    module = str(ExplorerWidget._esm)
    assert module.count("export default {") == 1
    assert 'setAttribute("sandbox", "allow-scripts")' in module
    assert re.findall(r'model\.get\("(\w+)"\)', module) == ["height", "description", "page", "height"]
    assert not re.findall(r"import|https?:|innerHTML|eval|fetch", module)


def test_without_anywidget_the_error_says_what_to_install(monkeypatch):
    for name in [name for name in sys.modules if name.startswith("nanograd.viz.notebook")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "anywidget", None)
    with pytest.raises(MissingLibraryError, match=r'needs anywidget.*pip install "nanograd-viz\[notebook\]"'):
        importlib.import_module("nanograd.viz.notebook")
