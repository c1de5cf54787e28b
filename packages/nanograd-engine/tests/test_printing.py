"""Rich prints a graph nested, bounded, and linear in its nodes."""

import io

import pytest
from nanograd.engine import ScalarValue
from rich.console import Console
from rich.pretty import Pretty

SEED_LEAF = """\
ScalarValue(
    data=2,
    grad=33.0,
    label='b',
    children=(),
    op=None
)
"""


def printed(value):
    console = Console(file=io.StringIO(), width=2_000)
    console.print(Pretty(value, expand_all=True))
    return console.file.getvalue()


def test_a_leaf_is_printed_field_by_field():
    b = ScalarValue(2, label="b")
    b.grad = 33.0
    assert printed(b) == SEED_LEAF


def test_a_leaf_used_twice_is_printed_twice():
    x = ScalarValue(3.0, label="x")
    assert printed(x * x).count("label='x'") == 2


def test_a_shared_inner_node_is_printed_in_full_once():
    x = ScalarValue(3.0)
    shared = x * x
    shared.label = "shared"
    text = printed(shared + shared)
    assert text.count("label='shared'") == 2
    assert text.count("children=<printed above>") == 1


def test_the_text_grows_with_nodes_and_not_with_paths():
    x = ScalarValue(1.0)
    for _ in range(60):
        x = x + x
    assert printed(x).count("data=") == 121  # every sum, and for each its second operand by name


def test_a_deep_graph_is_cut_off_and_says_so():
    x = ScalarValue(1.0)
    for _ in range(100_000):
        x = -x
    assert printed(x).count("data=") == 101
    assert "children=<1 not printed>" in printed(x)


def test_a_wide_graph_is_cut_off_and_says_so():
    x = sum(ScalarValue(1.0) * (ScalarValue(2.0) * ScalarValue(3.0)) for _ in range(90))
    nested = ScalarValue(0.0)
    for _ in range(20):
        nested = nested * 2 + x * 1
    text = printed(nested)
    assert text.count("data=") < 2_000


def test_a_subclass_is_printed_under_its_name():
    class Weight(ScalarValue):
        pass

    assert printed(Weight(2.0) * 3).splitlines()[5] == "        Weight("


@pytest.mark.parametrize("value", [ScalarValue(2.0), ScalarValue(2.0) * 3], ids=["leaf", "result"])
def test_rich_shows_the_same_on_one_line(value):
    console = Console(file=io.StringIO(), width=500)
    console.print(value)
    assert console.file.getvalue().count("\n") == 1
