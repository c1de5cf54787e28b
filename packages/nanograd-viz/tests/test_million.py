from __future__ import annotations

import gc

import pytest
from nanograd.engine import ScalarValue
from nanograd.viz import TooLargeError, draw_graph, print_tree


@pytest.fixture(scope="module")
def chain():
    """A value that a million operations, one after the other, lead to."""
    gc.disable()  # the cyclic garbage collector would take longer than everything else
    x = ScalarValue(1.0)
    for _ in range(1_000_000):
        x = -x
    yield x
    gc.enable()


@pytest.mark.parametrize("depth", [None, 1])
def test_a_picture_is_refused_politely(chain, depth):
    with pytest.raises(TooLargeError, match=r"has 1,000,001 values.*a picture shows up to 1,500") as caught:
        draw_graph(chain, depth=depth)
    assert "raise the limit" not in str(caught.value)


def test_a_tree_is_printed_in_part(chain, capsys):
    print_tree(chain)
    text = capsys.readouterr().out
    assert text.count("ScalarValue(") == 101
    assert "children=<1 not printed>" in text
