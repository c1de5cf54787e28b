"""Copies and pickles of graphs are exact, at any depth."""

import copy
import io
import pickle
import weakref
from fractions import Fraction

import pytest
from nanograd.engine import OPS, ArgumentError, ScalarValue, logsumexp, scope, topological_order
from nanograd.engine._copying import _LISTED
from nanograd.engine._ops import operation_named


def by_pickle(thing):
    return pickle.loads(pickle.dumps(thing))


def by_pure_python_pickle(thing):
    stream = io.BytesIO()
    pickle._Pickler(stream).dump(thing)
    return pickle.loads(stream.getvalue())


WAYS = [copy.deepcopy, by_pickle, by_pure_python_pickle]


def example():
    x = ScalarValue(0.5, label="x")
    w = ScalarValue(Fraction(1, 3), label="w")
    with scope("part", kind="Layer"):
        hidden = (x * w + 2).tanh()
    root = logsumexp([hidden, x, 1.0]) / hidden
    root.label = "root"
    root.backward()
    return root


def fields(node):
    return (
        node.data,
        node.grad,
        node.has_grad,
        node.label,
        str(node.op),
        node.requires_grad,
        str(node.scope),
    )


@pytest.mark.parametrize("way", WAYS)
def test_a_copy_is_equal_in_everything_and_shares_nothing(way):
    root = example()
    copied = way(root)
    originals, copies = topological_order(root), topological_order(copied)
    assert [fields(node) for node in originals] == [fields(node) for node in copies]
    assert [node.local_derivatives for node in originals] == [node.local_derivatives for node in copies]
    assert not set(originals) & set(copies)
    copied.backward()
    assert copies[0].grad == 2 * originals[0].grad


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("order", [(0, 1, 2), (2, 1, 0), (1, 0, 2)], ids=str)
def test_what_is_shared_stays_shared(way, order):
    x = ScalarValue(3.0)
    hidden = x * 2
    trio = [x, hidden, hidden + x]
    copies = way([trio[index] for index in order])
    x, hidden, root = (copies[order.index(index)] for index in range(3))
    assert root.children[0] is hidden
    assert root.children[1] is x
    assert hidden.children[0] is x


@pytest.mark.parametrize("way", [copy.deepcopy, by_pickle])
def test_a_deep_graph_is_copied_without_recursion(way):
    x = value = ScalarValue(1.0)
    for _ in range(100_000):
        value = -value
    copied = way(value)
    copied.backward()
    assert topological_order(copied)[0].grad == 1.0
    assert x.grad == 0.0


@pytest.mark.parametrize("way", [*WAYS, copy.copy])
def test_a_subclass_keeps_its_class_and_attributes(way):
    value = Weight(2.0, label="w")
    value.frozen = [1, 2]
    copied = way(value * 3).children[0] if way is not copy.copy else way(value)
    assert type(copied) is Weight
    assert (copied.label, copied.frozen) == ("w", [1, 2])


class Weight(ScalarValue):
    """A subclass as a user would write it."""


def test_a_shallow_copy_shares_its_children():
    x = ScalarValue(3.0)
    y = x * x
    twin = copy.copy(y)
    assert twin is not y
    assert twin.children[0] is x
    assert pickle.loads(pickle.dumps(twin)).data == 9.0


def test_a_pickle_that_fails_halfway_leaves_later_ones_right():
    value = Weight(2.0)
    value.secret = lambda: None
    root = (value * 3).tanh()
    with pytest.raises((pickle.PicklingError, AttributeError, TypeError)):
        pickle.dumps(root)
    del value.secret
    assert by_pickle(root).data == root.data
    assert by_pickle(root.children[0]).data == 6.0
    assert not _LISTED.nodes
    gone = weakref.ref(root)
    del root
    assert gone() is None


def test_nothing_is_remembered_after_a_pickle():
    by_pickle(example())
    assert not _LISTED.nodes


def test_an_operation_is_the_row_itself_in_every_copy():
    assert by_pickle(OPS["tanh"]) is OPS["tanh"]
    assert copy.deepcopy(OPS["tanh"]) is OPS["tanh"]
    with pytest.raises(ArgumentError, match=r"the table has no operation 'cot'; it has \+ - \*"):
        operation_named("cot")
