"""Embedding and one-hot vectors."""

import random

import pytest
from nanograd.engine import ArgumentError, NumberTypeError, ShapeError
from nanograd.nn import ClassIndexError, Embedding, functional


def test_an_index_gives_its_row():
    layer = Embedding(4, 2)
    row = layer(3)
    assert all(value is parameter for value, parameter in zip(row, layer.weight[3], strict=True))
    assert [[vector[0].data for vector in vectors] for vectors in layer([[0, 1], [3, 0]])] == [
        [layer.weight[0][0].data, layer.weight[1][0].data],
        [layer.weight[3][0].data, layer.weight[0][0].data],
    ]
    assert layer([]) == []
    assert list(layer.state_dict())[:3] == ["weight.0.0", "weight.0.1", "weight.1.0"]


def test_the_list_that_is_returned_is_not_the_weight():
    layer = Embedding(2, 2)
    layer(1).append(None)
    assert len(layer.weight[1]) == 2


def test_gradients_add_up_over_uses():
    layer = Embedding(3, 1)
    total = sum(
        vector[0] * factor for vector, factor in zip(layer([1, 2, 1]), (1.0, 10.0, 100.0), strict=True)
    )
    total.backward()
    assert [row[0].grad for row in layer.weight] == [0.0, 101.0, 10.0]


@pytest.mark.parametrize("padding_idx", [1, -2])
def test_the_padding_is_zero_and_is_not_trained(padding_idx):
    layer = Embedding(3, 2, padding_idx)
    assert [parameter.data for parameter in layer.weight[1]] == [0.0, 0.0]
    vector = layer(1)
    assert not any(value.requires_grad for value in vector)
    assert repr(layer) == "Embedding(3, 2, padding_idx=1)"


def test_vectors_begin_normal_by_the_generator():
    numbers = list(Embedding(50, 40, generator=random.Random(0)).state_dict().values())
    assert numbers == list(Embedding(50, 40, generator=random.Random(0)).state_dict().values())
    assert sum(abs(number) < 1.0 for number in numbers) / 2000 == pytest.approx(0.6827, abs=0.03)


def test_pretrained_vectors():
    layer = Embedding.from_pretrained([[1.0, 2.0], [3.0, 4.0]])
    assert [value.data for value in layer(1)] == [3.0, 4.0]
    assert not any(parameter.requires_grad for parameter in layer.parameters())
    assert Embedding.from_pretrained([[1.0]], freeze=False).parameters()[0].requires_grad
    with pytest.raises(ShapeError, match=r"expected to be 2-dimensional, and its shape is \(2,\)"):
        Embedding.from_pretrained([1.0, 2.0])


@pytest.mark.parametrize(
    ("index", "error", "message"),
    [
        (3, ClassIndexError, r"index out of range: 3 is not one of the 3 rows of the embedding, 0 to 2"),
        (-1, ClassIndexError, r"index out of range: -1 is not one of"),
        ([0, [1]], ShapeError, "input is ragged"),
        (1.0, NumberTypeError, r"Expected an index, an int, and got float: 1\.0"),
        ([True], NumberTypeError, r"Expected an index, an int, and got bool: True"),
        (["a"], NumberTypeError, r"and got str: 'a'"),
    ],
    ids=str,
)
def test_what_is_no_index_is_refused(index, error, message):
    with pytest.raises(error, match=message):
        Embedding(3, 2)(index)


def test_indices_may_be_ints_of_numpy():
    numpy = pytest.importorskip("numpy")
    layer = Embedding(3, 2, numpy.int64(-1))
    assert layer.padding_idx == 2
    assert layer(numpy.array([[0], [1]]))[1][0][0] is layer.weight[1][0]


@pytest.mark.parametrize("padding_idx", [3, -4, 1.0, True])
def test_a_padding_that_is_no_row_is_refused(padding_idx):
    with pytest.raises(ArgumentError, match=r"Padding_idx must be within num_embeddings, 3, and is"):
        Embedding(3, 2, padding_idx)


def test_one_hot():
    assert functional.one_hot([[0], [2]]) == [[[1, 0, 0]], [[0, 0, 1]]]
    assert functional.one_hot(1, 3) == [0, 1, 0]
    assert functional.one_hot([], 3) == []


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (([3], 3), ClassIndexError, r"index out of range: 3 is not one of the 3 classes of one_hot, 0 to 2"),
        (([-1],), ClassIndexError, r"^Class values must be non-negative\. Got -1$"),
        (([0, -1], 3), ClassIndexError, "index out of range: -1 is not one of the 3 classes of one_hot"),
        (([],), ArgumentError, "Can not infer total number of classes from empty tensor"),
        (([1], 0), ArgumentError, "num_classes of one_hot"),
        (([1.0],), NumberTypeError, "Expected an index, an int, and got float"),
    ],
    ids=range(6),
)
def test_what_one_hot_refuses(arguments, error, message):
    with pytest.raises(error, match=message):
        functional.one_hot(*arguments)
