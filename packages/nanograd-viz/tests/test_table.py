"""print_table(): every value with its numbers, whatever its label holds, and no more lines than asked."""

import io
import math

import pytest
from nanograd.engine import ArgumentError, ScalarValue, scope
from nanograd.viz import NotAGraphError, print_table
from rich.console import Console


def printed(root, width=120, **options):
    console = Console(file=io.StringIO(), width=width)
    print_table(root, console=console, **options)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_the_example_of_the_seed(expression):
    assert printed(expression) == [
        "name   formula   data   grad   scope",
        "a                   5      8",
        "b                   2     33",
        "d      a * b       10      4",
        "c                   3      4",
        "e      d + c       13      4",
        "k                   2     13",
        "f      k + b        4     13",
        "out    e * f       52      1",
    ]


def test_scopes_and_constants(minibatch):
    lines = printed(minibatch)
    assert sum("layers.0" in line for line in lines) == 3 * 3
    assert any(line.startswith("loss") and line.endswith("Loss") for line in lines)
    assert not any(line.startswith("1 ") for line in lines)  # an input is a constant and stands in formulas


def test_only_the_last_lines_of_a_large_graph():
    x = ScalarValue(1.0, label="x")
    for _ in range(5000):
        x = x + 1
    lines = printed(x, max_nodes=3)
    assert lines[0] == "(4,998 values before these not printed)"
    assert [line.split()[0] for line in lines[2:]] == ["v4998", "v4999", "v5000"]
    assert len(printed(x)) == 1002


def test_several_results_and_a_lone_constant():
    x = ScalarValue(2.0, label="x")
    assert len(printed([x * 2, x * 3])) == 4
    assert printed(ScalarValue(7, requires_grad=False))[1].split() == ["7", "7"]


def test_labels_are_data():
    x = ScalarValue(math.nan, label="[red]x[/]\n\x1b[31m")
    with scope("[bold]", kind="K"):
        y = x * 2
    lines = printed(y)
    assert lines[1].startswith(r"[red]x[/]\n\x1b[31m")
    assert "\x1b" not in "".join(lines)
    assert "[bold]" in lines[2]


def test_decimals(expression):
    x = ScalarValue(1 / 3, label="x")
    assert printed(x, precision=2)[1].split() == ["x", "0.33", "0"]


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: print_table(2.0), NotAGraphError, r"print_table\(root\) takes a ScalarValue .* float: 2\.0"),
        (lambda: print_table([]), ArgumentError, r"print_table\(root\) got an empty list"),
        (lambda: print_table(ScalarValue(1.0), precision=-1), ArgumentError, r"precision=-1\) takes"),
        (lambda: print_table(ScalarValue(1.0), max_nodes=0), ArgumentError, r"max_nodes=0\) takes"),
    ],
    ids=["number", "empty", "precision", "max_nodes"],
)
def test_errors_say_what_is_wrong(call, error, message):
    with pytest.raises(error, match=message):
        call()
