"""Labels that are no texts, and gradients that are no plain numbers, are shown everywhere."""

import io
import json

import pytest
from nanograd.engine import ScalarValue
from nanograd.viz import TrainingMovie, draw_graph, explain, explore, print_table, save_graph_json
from rich.console import Console


def saved(root, folder):
    return save_graph_json(root, folder / "graph.json").read_text(encoding="utf-8")


def table(root, _):
    text = io.StringIO()
    print_table(root, console=Console(file=text, width=200))
    return text.getvalue()


def filmed(root, _):
    movie = TrainingMovie()
    movie.capture(root)
    return repr(movie._network.layers)


VIEWS = {
    "picture": lambda root, _: draw_graph(root, show=("label", "data", "grad", "flow")).svg(),
    "table": table,
    "explanation": lambda root, _: explain(root.children[0], of=root).text(),
    "LaTeX": lambda root, _: explain(root.children[0], of=root).latex(),
    "page": lambda root, _: explore(root).html,
    "file": saved,
    "movie": filmed,
}


@pytest.mark.parametrize("view", VIEWS)
@pytest.mark.parametrize("label", [40_507, b"40507", ["40507"]], ids=["int", "bytes", "list"])
def test_a_label_that_is_no_text_is_written_as_one(view, label, tmp_path):
    x = ScalarValue(2.0)
    root = x * ScalarValue(3.0)
    root.backward()
    x.label = root.label = label
    assert "40507" in VIEWS[view](root, tmp_path)


@pytest.mark.parametrize("view", ["picture", "table", "file"])
def test_a_gradient_that_was_recorded_itself_is_written_as_its_number(view, tmp_path):
    x = ScalarValue(2.0)
    root = x * 40_507
    root.backward(create_graph=True)
    text = VIEWS[view](root, tmp_path)
    assert json.loads(text)["grad"] == [40_507.0, None, 1.0] if view == "file" else "40507" in text
