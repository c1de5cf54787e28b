"""The numbers of nodes are found by their addresses, however these lie in memory."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.compile._numbering import Numbering, ids
from nanograd.engine import ScalarValue

KEPT = [ScalarValue(float(number)) for number in range(300)]


@given(
    st.lists(st.integers(0, 299), min_size=1, unique=True),
    st.sampled_from([None, True, False]),
    st.randoms(use_true_random=False),
)
def test_each_node_has_the_number_of_its_place(chosen, sparse, rng):
    nodes = [KEPT[place] for place in chosen]
    wanted = [rng.randrange(len(nodes)) for _ in range(50)]
    numbering = Numbering(nodes, sparse=sparse)
    found = numbering[ids([nodes[number] for number in wanted])]
    assert found.tolist() == wanted
    assert found.dtype == np.int64


@pytest.mark.parametrize("sparse", [True, False])
def test_nothing_is_found_for_nothing(sparse):
    assert Numbering(KEPT, sparse=sparse)[ids([])].tolist() == []


def test_nodes_that_lie_far_apart_are_sorted():
    far = [ScalarValue(0.0), bytearray(50_000_000), ScalarValue(1.0)]
    nodes = [far[0], far[2]]
    assert Numbering(nodes)[ids(nodes[::-1])].tolist() == [1, 0]
