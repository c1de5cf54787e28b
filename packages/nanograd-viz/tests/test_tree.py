from __future__ import annotations

import io
import re

import pytest
from nanograd.engine import ArgumentError, ScalarValue
from nanograd.viz import NotAGraphError, print_tree
from rich.console import Console

SEED = """\
ScalarValue(
    data=52.0,
    grad=1.0,
    label='out',
    children=(
        ScalarValue(
            data=13.0,
            grad=4.0,
            label='e',
            children=(
                ScalarValue(
                    data=10.0,
                    grad=4.0,
                    label='d',
                    children=(
                        ScalarValue(
                            data=5.0,
                            grad=8.0,
                            label='a',
                            children=(),
                            op=None
                        ),
                        ScalarValue(
                            data=2,
                            grad=33.0,
                            label='b',
                            children=(),
                            op=None
                        )
                    ),
                    op='*'
                ),
                ScalarValue(
                    data=3,
                    grad=4.0,
                    label='c',
                    children=(),
                    op=None
                )
            ),
            op='+'
        ),
        ScalarValue(
            data=4.0,
            grad=13.0,
            label='f',
            children=(
                ScalarValue(
                    data=2.0,
                    grad=13.0,
                    label='k',
                    children=(),
                    op=None
                ),
                ScalarValue(
                    data=2,
                    grad=33.0,
                    label='b',
                    children=(),
                    op=None
                )
            ),
            op='+'
        )
    ),
    op='*'
)
"""


def printed(root, **options):
    file = io.StringIO()
    print_tree(root, console=Console(file=file, **options.pop("console", {})), **options)
    return file.getvalue()


def test_the_seeds_expression_prints_as_the_seed_shows_it(expression, capsys):
    print_tree(expression)
    assert capsys.readouterr().out == SEED


@pytest.mark.parametrize("width", [1, 20, 80, 1000])
@pytest.mark.parametrize("terminal", [True, False])
def test_no_terminal_breaks_or_cuts_lines(expression, width, terminal):
    text = printed(expression, console={"width": width, "force_terminal": terminal, "color_system": "256"})
    assert re.sub(r"\x1b\[[\d;]*m", "", text) == SEED


def test_terminals_show_data_and_gradient_in_colors_of_their_own(expression):
    text = printed(expression, console={"force_terminal": True, "color_system": "256"})
    data, grad = re.search(r"=\x1b\[([\d;]+)m52\.0", text), re.search(r"=\x1b\[([\d;]+)m1\.0", text)
    assert data[1] != grad[1]


def test_labels_are_no_markup():
    text = printed(ScalarValue(1.0, label="[red]x[/red] :smile:\n" + "y" * 500))
    assert f"    label='[red]x[/red] :smile:\\n{'y' * 500}',\n" in text


def test_depth_limits_the_levels(expression):
    text = printed(expression, depth=1)
    assert text.count("ScalarValue(") == 3
    assert text.count("children=<2 not printed>") == 2


def test_max_nodes_limits_the_values(expression):
    assert printed(expression, max_nodes=1).count("ScalarValue(") == 1


def test_sharing_does_not_multiply():
    x = ScalarValue(1.0)
    for _ in range(60):
        x = x + x
    text = printed(x)
    assert text.count("ScalarValue(") == 121
    assert "<printed above>" in text


def test_other_classes_print_under_their_name():
    class Weight(ScalarValue):
        pass

    assert printed(Weight(1.0)).startswith("Weight(\n")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"depth": -1}, r"print_tree\(depth=-1\) takes 0 to 100 levels"),
        (
            {"depth": 101},
            r"takes 0 to 100 levels, as many as Rich can nest\. To see what lies deeper, print a value",
        ),
        ({"max_nodes": 0}, r"print_tree\(max_nodes=0\) takes a number from 1 on"),
        ({"depth": "3"}, r"print_tree\(depth='3'\) takes 0 to 100 levels"),
        ({"max_nodes": True}, r"print_tree\(max_nodes=True\) takes a number"),
    ],
)
def test_limits_out_of_range_are_refused(expression, options, message):
    with pytest.raises(ArgumentError, match=message):
        print_tree(expression, **options)


def test_what_is_no_value_is_refused():
    with pytest.raises(NotAGraphError, match=r"print_tree\(root\) takes a ScalarValue and got list: \[\]"):
        print_tree([])


def test_the_deepest_tree_fits_into_pythons_stack():
    x = ScalarValue(1.0)
    for _ in range(200):
        x = x * 2

    def deeper(frames):
        return printed(x, depth=100) if frames == 0 else deeper(frames - 1)

    assert deeper(300).count("ScalarValue(") > 100
