from __future__ import annotations

import math
import re

import pytest
from nanograd.engine import ArgumentError, NanogradError, ScalarValue, scope, topological_order
from nanograd.viz import NotAGraphError, TooLargeError, draw_dot, draw_graph, explain, save_graph


def cells(dot: str) -> list[str]:
    """The texts of boxes, cell after cell, joined as a reader sees them."""
    labels = re.findall(r"^n\d+ .*label=<(.*)> ", dot, re.MULTILINE)
    return [" | ".join(re.findall(r">([^<>]+)<", label)) for label in labels]


def edges(dot: str) -> list[tuple[str, str]]:
    return re.findall(r"^(\w+) -> (\w+)", dot, re.MULTILINE)


def test_the_seeds_expression_has_a_box_for_every_value_and_an_ellipse_for_every_operation(expression):
    dot = draw_graph(expression).dot
    assert cells(dot) == [
        "a | data = 5.0000 | grad = 8.0000",
        "b | data = 2.0000 | grad = 33.0000",
        "d | data = 10.0000 | grad = 4.0000",
        "c | data = 3.0000 | grad = 4.0000",
        "e | data = 13.0000 | grad = 4.0000",
        "k | data = 2.0000 | grad = 13.0000",
        "f | data = 4.0000 | grad = 13.0000",
        "out | data = 52.0000 | grad = 1.0000",
    ]
    assert re.findall(r'^o\d+ .*label="(.)" shape=ellipse', dot, re.MULTILINE) == ["*", "+", "+", "*"]
    assert "rankdir=LR" in dot


def test_edges_lead_from_children_over_the_operation_to_the_result(expression):
    assert edges(draw_graph(expression).dot)[:3] == [("n0", "o2"), ("n1", "o2"), ("o2", "n2")]


def test_a_square_has_two_edges():
    x = ScalarValue(3.0, label="x")
    assert edges(draw_graph(x * x).dot) == [("n0", "o1"), ("n0", "o1"), ("o1", "n1")]


def test_a_constant_is_a_small_gray_number_and_nothing_else():
    dot = draw_graph(ScalarValue(2.0, label="a") * 10 + 0.5).dot
    assert cells(dot)[1] == "10"
    assert cells(dot)[3] == "0.5"
    (line,) = re.findall(r"^n1 \[.*", dot, re.MULTILINE)
    assert 'point-size="12"' in line
    assert "table" not in line


def test_a_named_value_without_gradient_has_no_gradient_cell():
    x = ScalarValue(2.0, label="x", requires_grad=False)
    assert cells(draw_graph(x * 3).dot) == ["x | data = 2.0000", "3", "data = 6.0000"]


@pytest.mark.parametrize("label", [None, ""])
def test_a_value_without_a_name_has_no_empty_cell(label):
    assert cells(draw_graph(ScalarValue(2.0, label=label)).dot) == ["data = 2.0000 | grad = 0.0000"]


def test_a_lone_constant_is_drawn_as_a_box():
    assert cells(draw_graph(ScalarValue(2.0, requires_grad=False)).dot) == ["data = 2.0000"]


def test_several_results_share_what_they_have_in_common():
    x = ScalarValue(2.0, label="x")
    y, z = x * 2, x * 3
    assert len(cells(draw_graph([y, z, y]).dot)) == 5


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"show": ("label", "grad")}, "a | grad = 8.0000"),
        ({"show": ["data", "label"]}, "data = 5.0000 | a"),
        ({"precision": 1}, "a | data = 5.0 | grad = 8.0"),
        ({"precision": 0}, "a | data = 5 | grad = 8"),
        ({"stacked": True}, "a | data = 5.0000 | grad = 8.0000"),
    ],
)
def test_options_choose_what_a_box_holds(expression, options, expected):
    assert cells(draw_graph(expression, **options).dot)[0] == expected


def test_cells_are_stacked_where_the_picture_would_be_too_wide_otherwise(expression):
    longer = -expression
    many = [ScalarValue(1.0) for _ in range(61)]
    assert "</tr><tr>" not in draw_graph(expression).dot
    assert "</tr><tr>" in draw_graph(longer).dot
    assert "</tr><tr>" not in draw_graph(longer, rankdir="TB").dot
    assert "</tr><tr>" not in draw_graph(longer, stacked=False).dot
    assert "</tr><tr>" in draw_graph(many).dot
    assert "</tr><tr>" not in draw_graph(many[1:]).dot


def test_themes_differ_and_data_and_gradient_have_colors_of_their_own(expression):
    light, dark = draw_graph(expression).dot, draw_graph(expression, theme="dark").dot
    for dot in (light, dark):
        (data,), (grad,) = (set(re.findall(rf'color="(\S+)">{field} =', dot)) for field in ("data", "grad"))
        assert data != grad
    assert not set(re.findall(r"#\w{6}\b", light)) & set(re.findall(r"#\w{6}\b", dark))


@pytest.mark.parametrize("depth", [None, 1, 2])
def test_drawing_twice_gives_the_same_bytes(minibatch, depth):
    once, again = draw_graph(minibatch, depth=depth), draw_graph(minibatch, depth=depth)
    assert once.dot == again.dot
    assert once.svg() == again.svg()
    assert once.render("png") == again.render("png")


def test_equal_graphs_give_equal_text():
    def graph():
        x = ScalarValue(2.0, label="x")
        return (x * 3 + x).tanh()

    assert draw_graph(graph()).dot == draw_graph(graph()).dot


@pytest.mark.parametrize(
    ("root", "message"),
    [
        (3.0, "draw_graph(root) takes a ScalarValue or a list of them and got float: 3.0"),
        ("out", "got str: 'out'"),
        ([ScalarValue(1.0), None], "got NoneType: None"),
    ],
)
def test_what_is_no_graph_is_refused(root, message):
    with pytest.raises(NotAGraphError, match=re.escape(message)) as caught:
        draw_graph(root)
    assert isinstance(caught.value, TypeError)
    assert isinstance(caught.value, NanogradError)


def test_an_empty_list_is_refused():
    with pytest.raises(ArgumentError, match=r"empty list: give it at least one ScalarValue"):
        draw_graph([])


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rankdir": "left"}, "draw_graph(rankdir='left') takes one of LR, TB, RL, BT"),
        ({"show": "label"}, "draw_graph(show='label') takes some of"),
        ({"show": ("name",)}, "draw_graph(show=('name',)) takes some of"),
        ({"show": ()}, "draw_graph(show=()) takes some of"),
        ({"precision": -1}, "draw_graph(precision=-1) takes a number of decimals from 0 to 17"),
        ({"precision": 2.5}, "draw_graph(precision=2.5) takes a number of decimals"),
        ({"theme": "pink"}, "draw_graph(theme='pink') takes one of light, dark"),
        ({"depth": 0}, "draw_graph(depth=0) takes a number of levels from 1 on"),
        ({"depth": "layer"}, "draw_graph(depth='layer') takes a number of levels"),
        ({"collapse": "Layer"}, "draw_graph(collapse='Layer') takes a function of a Scope"),
        ({"max_nodes": 10_001}, "draw_graph(max_nodes=10001) takes a number from 1 to 10,000"),
        ({"max_nodes": 0}, "draw_graph(max_nodes=0) takes a number from 1 to 10,000"),
        ({"show": 5}, "draw_graph(show=5) takes some of"),
        ({"show": {"label"}}, "draw_graph(show={'label'}) takes some of"),
        ({"show": [["label"]]}, "draw_graph(show=[['label']]) takes some of"),
        ({"rankdir": ["LR"]}, "draw_graph(rankdir=['LR']) takes one of"),
        ({"theme": ["dark"]}, "draw_graph(theme=['dark']) takes one of"),
        ({"precision": True}, "draw_graph(precision=True) takes a number of decimals"),
        ({"depth": True}, "draw_graph(depth=True) takes a number of levels"),
        ({"merge": "yes"}, "draw_graph(merge='yes') takes True, False, or None"),
        ({"stacked": 1}, "draw_graph(stacked=1) takes True, False, or None"),
    ],
)
def test_an_option_out_of_range_is_refused(expression, options, message):
    with pytest.raises(ArgumentError, match=re.escape(message)):
        draw_graph(expression, **options)


def test_a_large_graph_is_refused_with_its_size_and_what_to_do(expression, minibatch):
    with pytest.raises(TooLargeError) as caught:
        draw_graph(expression, max_nodes=7)
    assert str(caught.value) == (
        "the graph has 8 values, and a picture shows up to 7. Draw an earlier result, or print the last "
        "values before this one with print_tree(root), or raise the limit with max_nodes=8."
    )
    assert isinstance(caught.value, ValueError)
    with pytest.raises(TooLargeError, match=r"values and blocks at depth=2.*larger blocks with depth=1"):
        draw_graph(minibatch, depth=2, max_nodes=3)


def test_a_graph_of_a_thousand_values_is_drawn():
    total = ScalarValue(0.0)
    for index in range(499):
        total = total + ScalarValue(float(index), label=f"x{index}")
    drawing = draw_graph(total)
    assert repr(drawing) == "<Drawing: 999 values, 499 operations>"
    assert drawing.svg().count('class="node"') == 999 + 499


def test_what_is_too_large_is_drawn_as_blocks_and_says_so(minibatch):
    size = len(topological_order(minibatch))
    dot = draw_graph(minibatch, max_nodes=20).dot
    caption = (
        f' label="{size} values, drawn as blocks: depth=2" fontname="Arial" fontsize=14 fontcolor="#5a6472"'
    )
    assert caption in dot
    assert dot.replace(caption, "") == draw_graph(minibatch, depth=2).dot
    assert (
        f"{size} values, drawn as blocks: depth=1, more with depth=2"
        in draw_graph(minibatch, max_nodes=8).svg()
    )


def test_what_stays_too_large_as_blocks_is_refused(minibatch):
    with pytest.raises(TooLargeError, match=r"max_nodes="):
        draw_graph(minibatch, max_nodes=2)


def test_edges_carry_local_derivatives_on_request(expression):
    dot = draw_graph(expression, show=("label", "data", "local_derivatives")).dot
    labels = dict(re.findall(r'^\w+ -> \w+ \[id=(\w+) label=" ([^"]*)"', dot, re.MULTILINE))
    assert labels == {
        "n0_o2_0": "2",
        "n1_o2_1": "5",
        "n2_o4_0": "1",
        "n3_o4_1": "1",
        "n5_o6_0": "1",
        "n1_o6_1": "1",
        "n4_o7_0": "4",
        "n6_o7_1": "13",
    }
    assert " label=" not in "".join(re.findall(r"^\w+ -> .*", draw_graph(expression).dot, re.MULTILINE))


def test_a_constant_has_no_local_derivative():
    dot = draw_graph(ScalarValue(2.0) * 3, show=("data", "local_derivatives")).dot
    assert re.findall(r'-> o2 \[id=(\w+)(?: label="(.*?)")?', dot) == [("n0_o2_0", " 3"), ("n1_o2_1", "")]


def flows(root, **options):
    """The width and the color of every edge from an operand to its operation."""
    dot = draw_graph(root, show=("label", "flow"), **options).dot
    return {
        name: (float(width), color)
        for name, color, width in re.findall(r'\[id=(\w+_\d+)(?: color="(.*?)")? penwidth=([\d.]+)', dot)
    }


def test_edges_show_sign_and_size_of_the_gradient_that_flows_along():
    x, y, z = (ScalarValue(n, label=label) for n, label in ((1.0, "x"), (2.0, "y"), (3.0, "z")))
    total = x * 1000.0 + y * -1000.0 + z * 0.0
    total.backward()
    found = flows(total)
    positive, negative = found["n0_o2_0"], found["n3_o5_0"]
    assert positive[0] == negative[0] == 5.0
    assert positive[1] != negative[1]
    assert found["n7_o9_0"] == (0.75, "")  # nothing flows to z
    assert found["n2_o6_0"][0] < 5.0


def test_what_flows_back_into_an_operation_is_the_gradient_of_its_result():
    x, y = ScalarValue(2.0, label="x"), ScalarValue(3.0, label="y")
    product = x * -y
    product.backward()
    lines = re.findall(r'\[id=(o\w+) color="(.*?)" penwidth=([\d.]+)', draw_graph(product, show=["flow"]).dot)
    assert [name for name, _, _ in lines] == ["o2_n2", "o3_n3"]
    assert lines[0][1] == lines[1][1]  # both gradients, 2 and 1, are positive
    assert float(lines[0][2]) > float(lines[1][2])
    assert "penwidth" not in draw_graph(ScalarValue(1.0, requires_grad=False) * 2, show=["flow"]).dot


def test_the_largest_flow_is_the_look_of_the_edges_between_blocks():
    x = [ScalarValue(float(n), label=f"x{n}") for n in range(3)]
    with scope("first", kind="Part"):
        small, large = x[0] * 2, x[1] * 2
    with scope("second", kind="Part"):
        y = small * 0.001 - large * 10
    y.backward()
    dot = draw_graph(y, depth=1, show=("label", "flow")).dot
    (look,) = re.findall(r' -> \w+ \[id=b\w+_b\w+ label=" ×2" color="(.*?)" penwidth=(.*?)\]', dot)
    assert look[0] == "#6b3fa0"  # what flows to large is negative
    assert 4.0 < float(look[1]) <= 5.0


@pytest.mark.parametrize("number", [math.nan, math.inf, -math.inf, 10**400, 1e-320], ids=range(5))
def test_any_gradient_can_flow(number):
    x = ScalarValue(1, label="x")
    y = x * number + x
    y.backward()
    assert all(0.75 <= width <= 5.0 for width, _ in flows(y).values())
    assert draw_graph(y, show=("flow",)).svg()


def test_highlighted_values_and_the_edges_between_them_stand_out(expression):
    by_label = {node.label: node for node in topological_order(expression)}
    path = [by_label[label] for label in ("b", "d", "e", "out")]
    dot = draw_graph(expression, highlight=path).dot
    frames = re.findall(r'^(n\d+) \[.*<table border="3"', dot, re.MULTILINE)
    assert frames == ["n1", "n2", "n4", "n7"]
    edges = re.findall(r'^\w+ -> \w+ \[id=(\w+) color="#a3126f" penwidth=2.5', dot, re.MULTILINE)
    assert edges == ["n1_o2_1", "o2_n2", "n2_o4_0", "o4_n4", "n4_o7_0", "o7_n7"]
    assert draw_graph(expression, highlight=expression).dot.count('border="3"') == 1
    assert "#ff8fd0" in draw_graph(expression, highlight=path, theme="dark").dot


def test_a_block_with_a_highlighted_value_stands_out(minibatch):
    node = next(node for node in topological_order(minibatch) if node.scope is not None)
    assert draw_graph(minibatch, depth=1, highlight=node).dot.count('<table border="3"') == 1


def test_a_highlighted_path_leads_through_blocks(minibatch):
    weight = next(node for node in topological_order(minibatch) if node.label and not node.children)
    (path,) = explain(weight, of=minibatch, max_paths=1).paths
    drawing = draw_graph(minibatch, depth=1, highlight=path.values)
    pointed = re.findall(r"^(\w+) -> (\w+) \[id=\w+.* penwidth=2.5\]", drawing.dot, re.MULTILINE)
    # The parameters, one use of the model, the loss, its result.
    ((parameters, model),) = [edge for edge in pointed if edge[0] not in dict(pointed).values()]
    loss = dict(pointed)[model]
    assert dict(pointed) == {parameters: model, model: loss, loss: dict(pointed)[loss]}


@pytest.mark.parametrize("several", [set, frozenset, tuple, iter, dict.fromkeys])
def test_any_collection_of_values_is_highlighted(expression, several):
    path = [expression, *expression.children]
    assert draw_graph(expression, highlight=several(path)).dot == draw_graph(expression, highlight=path).dot


@pytest.mark.parametrize("highlight", [None, "out", 5, [5.0], ["out"]], ids=repr)
def test_what_cannot_be_highlighted_is_refused(expression, highlight):
    with pytest.raises(
        NotAGraphError, match=re.escape(f"draw_graph(highlight={highlight!r}) takes a Scalar")
    ):
        draw_graph(expression, highlight=highlight)


def test_gradients_that_were_recorded_themselves_are_drawn():
    x = ScalarValue(3.0, label="x")
    (x**3).backward(create_graph=True)
    assert cells(draw_graph(x).dot) == ["x | data = 3.0000 | grad = 27.0000"]
    assert "grad = 27.0" in draw_graph(x).svg()
    assert draw_graph(x.grad, show=("data", "grad", "flow")).svg()
    with scope("part"):
        y = ScalarValue(1e9, label="y") ** 3
    y.backward(create_graph=True)
    assert "grad 1.0000 … 3e+18" in draw_graph(y, depth=1).dot


def test_a_label_that_is_no_text_is_written_as_text():
    x = ScalarValue(3.0)
    x.label = 0
    assert cells(draw_graph(x * 2).dot)[0] == "0 | data = 3.0000 | grad = 0.0000"


def test_save_graph_draws_and_saves(expression, tmp_path):
    path = save_graph(expression, tmp_path / "expression.dot", theme="dark")
    assert path.read_text(encoding="utf-8") == draw_graph(expression, theme="dark").dot


def test_micrograds_name_works(expression):
    assert draw_dot(expression).dot == draw_graph(expression).dot
