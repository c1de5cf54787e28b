"""Trees: what is flattened comes back as it was, and trees that differ say where."""

from collections import OrderedDict, defaultdict
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine._errors import NanogradError
from nanograd.engine._trees import StructureError, flatten, flatten_like, places, unflatten


class Point(NamedTuple):
    x: object
    y: object


TREES = st.recursive(
    st.floats(-5, 5),
    lambda parts: st.one_of(
        st.lists(parts, max_size=3),
        st.lists(parts, max_size=3).map(tuple),
        st.dictionaries(st.text("abc", max_size=2), parts, max_size=3),
        st.builds(Point, parts, parts),
    ),
    max_leaves=12,
)


@given(TREES)
def test_unflatten_undoes_flatten(tree):
    rebuilt = unflatten(tree, flatten(tree))
    assert rebuilt == tree
    assert repr(rebuilt) == repr(tree)  # also the types and the order of keys


@given(TREES)
def test_places_are_python_that_reaches_the_leaves(tree):
    reached = [eval(place, {"tree": tree}) for place in places(tree, "tree")]
    assert reached == flatten(tree) == flatten_like(tree, tree, ("a", "b"), "f")


def test_containers_keep_their_types():
    for tree in (OrderedDict(b=1.0, a=2.0), Point(1.0, [2.0, 3.0])):
        twin = unflatten(tree, flatten(tree))
        assert (twin, type(twin), repr(twin)) == (tree, type(tree), repr(tree))
    twin = unflatten(defaultdict(list, {"a": 1.0}), [2.0])
    assert (twin["a"], twin["new"]) == (2.0, [])


def test_what_is_rebuilt_is_new():
    tree = {"w": [1.0]}
    unflatten(tree, [5.0])["w"].append(6.0)
    assert tree == {"w": [1.0]}


def test_empty_containers_stay():
    tree = [[], {}, (), 1.0]
    assert (flatten(tree), unflatten(tree, [2.0])) == ([1.0], [[], {}, (), 2.0])


def test_dictionaries_match_by_key_and_not_by_order():
    assert flatten_like({"a": 1, "b": 2}, {"b": 20, "a": 10}, ("p", "q"), "f") == [10, 20]


@pytest.mark.parametrize(
    ("like", "given_tree", "message"),
    [
        (1.0, [1.0], "p is a number and q is a list of 1"),
        ([1.0, 2.0], [1.0], "p is a list of 2 and q is a list of 1"),
        ([1.0], (1.0,), "p is a list of 1 and q is a tuple of 1"),
        (
            [1.0, {"w": [1.0]}],
            [1.0, {"w": [[1.0]]}],
            "p[1]['w'][0] is a number and q[1]['w'][0] is a list of 1",
        ),
        (
            {"w": 1.0, "b": 2.0},
            {"w": 1.0},
            "p is a dict with the keys ['w', 'b'] and q is a dict with the keys ['w']",
        ),
        ([[1.0], [2.0]], [[1.0, 1.0], 2.0], "p[0] is a list of 1 and q[0] is a list of 2"),
        (Point(1.0, (2.0, 3.0)), Point(1.0, 2.0), "p.y is a tuple of 2 and q.y is a number"),
        (Point(1.0, 2.0), (1.0, 2.0), "p is a Point of 2 and q is a tuple of 2"),
        ({"w": [1.0]}, {"w": None}, "p['w'] is a list of 1 and q['w'] is NoneType: None"),
    ],
)
def test_the_first_difference_is_named(like, given_tree, message):
    with pytest.raises(StructureError) as caught:
        flatten_like(like, given_tree, ("p", "q"), "f")
    assert str(caught.value) == f"f(): {message}. Give q the structure of p."
    assert isinstance(caught.value, NanogradError)
    assert isinstance(caught.value, ValueError)


def test_trees_of_any_width_are_flattened_in_linear_time():
    tree = [{"w": [float(i), float(i)]} for i in range(20_000)]
    assert len(flatten(tree)) == 40_000
    assert unflatten(tree, flatten(tree)) == tree
