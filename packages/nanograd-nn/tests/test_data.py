"""Datasets, samplers and loaders give what PyTorch's give, in an order that a seed decides everywhere."""

import collections
import copy
import itertools
import random
from typing import NamedTuple

import pytest
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, ShapeError
from nanograd.nn import MissingMethodError, manual_seed
from nanograd.nn.data import (
    BatchSampler,
    ConcatDataset,
    DataLoader,
    Dataset,
    IterableDataset,
    RandomSampler,
    Sampler,
    SequentialSampler,
    Subset,
    TensorDataset,
    default_collate,
    random_split,
)


class Pair(NamedTuple):
    x: object
    y: object


class Stream(IterableDataset):
    def __iter__(self):
        return iter(range(5))


# ---- datasets


def test_a_tensor_dataset_gives_tuples():
    dataset = TensorDataset([[1.0], [2.0], [3.0]], ["a", "b", "c"], [7, 8, 9])
    assert dataset[1] == ([2.0], "b", 8)
    assert dataset[-1] == ([3.0], "c", 9)
    assert list(dataset) == [([1.0], "a", 7), ([2.0], "b", 8), ([3.0], "c", 9)]
    assert len(TensorDataset([])) == 0


@pytest.mark.parametrize(
    ("lists", "error", "words"),
    [
        ([], ArgumentError, r"TensorDataset\(\*tensors\) takes lists, such as"),
        ([[1, 2], 3], NumberTypeError, "takes lists and got int as argument 1"),
        ([[1, 2], [3]], ShapeError, r"Size mismatch between tensors: .* of the lengths \[2, 1\]"),
    ],
    ids=["none", "number", "lengths"],
)
def test_a_tensor_dataset_refuses_what_does_not_fit(lists, error, words):
    with pytest.raises(error, match=words):
        TensorDataset(*lists)


def test_a_subset_counts_its_own_samples():
    subset = Subset(["a", "b", "c", "d"], [3, 1, -4])
    assert list(subset) == ["d", "b", "a"]
    assert len(Subset([], [])) == 0
    with pytest.raises(ArgumentError, match="the dataset has 4 samples and no index 4"):
        Subset(["a", "b", "c", "d"], [0, 4])


def test_concatenated_datasets_are_counted_through():
    both = TensorDataset([1, 2]) + TensorDataset([]) + TensorDataset([3, 4, 5])
    assert [sample for (sample,) in both] == [1, 2, 3, 4, 5]
    assert both[-1] == (5,)
    assert both[-5] == (1,)
    for index in (5, -6):
        with pytest.raises(IndexError, match=f"has 5 samples and no index {index}"):
            both[index]
    with pytest.raises(ArgumentError, match="datasets should not be an empty iterable"):
        ConcatDataset([])
    with pytest.raises(ArgumentError, match="ConcatDataset does not support IterableDataset"):
        ConcatDataset([[1], Stream()])


def test_classes_without_their_methods_say_which():
    with pytest.raises(MissingMethodError, match="Dataset without __getitem__"):
        Dataset()[0]
    with pytest.raises(MissingMethodError, match="Dataset without __len__"):
        len(Dataset())
    with pytest.raises(MissingMethodError, match="IterableDataset without __iter__"):
        iter(IterableDataset())
    with pytest.raises(MissingMethodError, match="Sampler without __iter__"):
        iter(Sampler())


# ---- random_split


@pytest.mark.parametrize(
    ("samples", "lengths", "expected"),
    [
        (10, [7, 3], [7, 3]),
        (10, [0.5, 0.5], [5, 5]),
        (10, [0.34, 0.33, 0.33], [4, 3, 3]),  # PyTorch: floor is 3, 3, 3, and the first gets the rest
        (11, [0.5, 0.5], [6, 5]),
        (5, [1.0], [5]),
    ],
)
def test_a_split_has_the_lengths_of_pytorch_and_every_sample_once(samples, lengths, expected):
    parts = random_split(range(samples), lengths, random.Random(1))
    assert list(map(len, parts)) == expected
    assert sorted(sample for part in parts for sample in part) == list(range(samples))


def test_a_split_is_decided_by_the_seed():
    assert list(random_split(range(9), [6, 3], random.Random(1))[0]) == list(
        random_split(range(9), [6, 3], random.Random(1))[0]
    )
    manual_seed(3)
    first = list(random_split(range(9), [6, 3])[0])
    manual_seed(3)
    assert list(random_split(range(9), [6, 3])[0]) == first


@pytest.mark.parametrize("lengths", [[5, 4], [0.5, 0.4], [2.5, 7.5], [11, -1], []])
def test_a_split_that_does_not_add_up_is_refused(lengths):
    with pytest.raises(ArgumentError, match="Sum of input lengths does not equal the length"):
        random_split(range(10), lengths)


def test_a_part_without_samples_is_warned_of():
    with pytest.warns(UserWarning, match="Length of split at index 1 is 0"):
        assert list(map(len, random_split(range(3), [3, 0]))) == [3, 0]


# ---- samplers


def test_the_order_of_a_seed_is_the_same_everywhere():
    """The numbers are those of Python 3.11 on Linux: `random()` promises them for all."""
    assert list(RandomSampler(range(8), generator=random.Random(2026))) == ORDER_OF_2026
    loader = DataLoader(range(8), batch_size=3, shuffle=True, generator=random.Random(2026))
    assert list(loader) == [ORDER_OF_2026[:3], ORDER_OF_2026[3:6], ORDER_OF_2026[6:]]


ORDER_OF_2026 = [2, 1, 5, 7, 4, 6, 3, 0]


def test_a_random_sampler_draws_as_many_as_are_wanted():
    sampler = RandomSampler(range(4), num_samples=10, generator=random.Random(0))
    drawn = list(sampler)
    assert len(sampler) == len(drawn) == 10
    assert (
        sorted(drawn[:4]) == sorted(drawn[4:8]) == [0, 1, 2, 3]
    )  # without replacement: each before any again
    drawn = list(RandomSampler(range(4), replacement=True, num_samples=4000, generator=random.Random(0)))
    counts = collections.Counter(drawn)
    assert all(900 < counts[index] < 1100 for index in range(4))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"replacement": 1}, "replacement should be a boolean value, but got replacement=1"),
        ({"num_samples": 0}, "num_samples is a number of values, an int of at least 1, and got 0"),
    ],
    ids=["replacement", "num_samples"],
)
def test_a_random_sampler_refuses_what_makes_no_sense(arguments, words):
    with pytest.raises(ArgumentError, match=words):
        RandomSampler(range(3), **arguments)


def test_samplers_refuse_what_is_no_generator():
    with pytest.raises(NumberTypeError, match=r"generator takes a random\.Random"):
        RandomSampler(range(3), generator=0)
    with pytest.raises(NumberTypeError, match=r"generator takes a random\.Random"):
        DataLoader(range(3), generator=0)


def test_a_batch_sampler_counts_its_batches():
    for samples in range(7):
        for drop_last in (False, True):
            sampler = BatchSampler(SequentialSampler(range(samples)), 3, drop_last)
            assert len(sampler) == len(list(sampler))
    with pytest.raises(ArgumentError, match="batch_size is a number of values"):
        BatchSampler(range(3), 0, False)
    with pytest.raises(ArgumentError, match="drop_last should be a boolean value"):
        BatchSampler(range(3), 1, None)


# ---- collating


def test_collating_keeps_numbers_and_vectors_as_they_are():
    assert default_collate([1, 2.5]) == [1, 2.5]
    assert default_collate([[1.0, 2.0], [3.0, 4.0]]) == [[1.0, 2.0], [3.0, 4.0]]
    value = ScalarValue(1.0)
    assert default_collate([(value, "a")])[0][0] is value
    assert default_collate([Pair(1, [2]), Pair(3, [4])]) == Pair([1, 3], [[2], [4]])
    assert default_collate([{"x": (1, 2)}, {"x": (3, 4)}]) == {"x": ([1, 3], [2, 4])}


@pytest.mark.parametrize(
    ("batch", "error", "words"),
    [
        ([], ArgumentError, "got an empty batch"),
        ([[1.0], [1.0, 2.0]], ShapeError, r"item 0 has the shape \(1,\) and item 1 the shape \(2,\)"),
        (
            [(1, 2), (1,)],
            ShapeError,
            "should be of equal size: sample 0 is a tuple of 2 and sample 1 one of 1",
        ),
        ([{"a": 1}, {"b": 1}], ShapeError, r"sample 0 has \['a'\] and sample 1 \['b'\]"),
        ([(1, 2), [1, 2]], NumberTypeError, "sample 0 is a tuple and sample 1 a list"),
        ([1, "a"], NumberTypeError, "sample 0 is a int and sample 1 a str"),
    ],
    ids=["empty", "ragged", "tuples", "dicts", "kinds", "text"],
)
def test_samples_that_do_not_fit_are_named(batch, error, words):
    with pytest.raises(error, match=words):
        default_collate(batch)


# ---- loaders


def test_a_loader_gives_batches_in_order():
    loader = DataLoader(TensorDataset([[1.0], [2.0], [3.0]], [4, 5, 6]), batch_size=2)
    assert list(loader) == [([[1.0], [2.0]], [4, 5]), ([[3.0]], [6])]
    assert len(loader) == 2
    assert list(DataLoader(range(5), 2, drop_last=True)) == [[0, 1], [2, 3]]
    assert list(DataLoader(range(3))) == [[0], [1], [2]]
    assert list(DataLoader([])) == []


def test_a_loader_without_batches_gives_samples():
    assert list(DataLoader(TensorDataset([1, 2], [3, 4]), batch_size=None)) == [(1, 3), (2, 4)]
    assert len(DataLoader(range(5), batch_size=None)) == 5


def test_a_loader_takes_samplers_and_collating():
    assert list(DataLoader("abc", 2, sampler=[2, 0])) == [["c", "a"]]
    assert list(DataLoader("abc", batch_sampler=[[2, 0], [1]])) == [["c", "a"], ["b"]]
    assert len(DataLoader("abc", batch_sampler=[[2, 0], [1]])) == 2
    assert list(DataLoader(range(5), 3, collate_fn=sum)) == [3, 7]


def test_a_stream_is_taken_as_it_comes():
    assert list(DataLoader(Stream(), 2)) == [[0, 1], [2, 3], [4]]
    assert list(DataLoader(Stream(), 2, drop_last=True)) == [[0, 1], [2, 3]]
    assert list(DataLoader(Stream(), None)) == [0, 1, 2, 3, 4]
    with pytest.raises(TypeError, match="IterableDataset without __len__ has no length"):
        len(DataLoader(Stream()))


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ({"sampler": [0], "shuffle": True}, "sampler option is mutually exclusive with shuffle"),
        (
            {"batch_sampler": [[0]], "batch_size": 2},
            "batch_sampler option is mutually exclusive with batch_size",
        ),
        (
            {"batch_sampler": [[0]], "shuffle": True},
            "batch_sampler option is mutually exclusive with batch_size",
        ),
        ({"batch_size": None, "drop_last": True}, "disables auto-batching and is mutually exclusive"),
        ({"batch_size": 0}, "batch_size is a number of values, an int of at least 1, and got 0"),
        ({"batch_size": 1.5}, "batch_size is a number of values, an int of at least 1, and got 1.5"),
        ({"drop_last": 1}, "drop_last should be a boolean value"),
    ],
    ids=["sampler", "batch_sampler", "batch_shuffle", "drop", "zero", "fraction", "drop_last"],
)
def test_a_loader_refuses_contradictions(arguments, words):
    with pytest.raises(ArgumentError, match=words):
        DataLoader(range(3), **arguments)


def test_a_stream_cannot_be_shuffled():
    for arguments in ({"shuffle": True}, {"sampler": [0]}, {"batch_sampler": [[0]]}):
        with pytest.raises(ArgumentError, match="DataLoader with IterableDataset"):
            DataLoader(Stream(), **arguments)


@pytest.mark.parametrize("dataset", [5, None, zip([1], [2], strict=True), {1, 2}], ids=range(4))
def test_a_loader_refuses_what_has_no_samples_by_index(dataset):
    with pytest.raises(NumberTypeError, match="samples are counted and found by their index, and got"):
        DataLoader(dataset)


def test_a_loader_refuses_what_is_no_function():
    with pytest.raises(NumberTypeError, match="collate_fn is a function of a list of samples and not 'x'"):
        DataLoader([1], collate_fn="x")


# ---- leaving a loader and taking it up again


def test_a_copy_begins_an_epoch_of_its_own():
    loader = DataLoader(range(6), 2, shuffle=True, generator=random.Random(0))
    first = next(iter(loader))
    resumed = DataLoader(range(6), 2, shuffle=True, generator=random.Random(1))
    resumed.load_state_dict(loader.state_dict())
    before = resumed.state_dict()
    assert sorted(itertools.chain(*copy.copy(resumed))) == list(range(6))
    assert resumed.state_dict()["order"] == before["order"]
    assert sorted(itertools.chain(first, *resumed)) == list(range(6))


@pytest.mark.parametrize("taken", range(5))
@pytest.mark.parametrize("replacement", [False, True], ids=["permutation", "replacement"])
def test_a_loader_goes_on_where_another_one_was(taken, replacement):
    def made():
        generator = random.Random(5)
        sampler = RandomSampler(range(10), replacement, generator=generator)
        return DataLoader(range(10), 3, sampler=sampler)

    loader, other = made(), made()
    whole = [list(loader), list(loader), list(loader)]
    list(other)
    batches = iter(other)
    before = [next(batches) for _ in range(taken)]
    state = other.state_dict()
    resumed = made()
    resumed.load_state_dict(state)
    # Before the first batch, and when all were handed out but the end was not seen, the epoch is not over.
    assert before + list(resumed) == whole[1]
    assert list(resumed) == whole[2]


def test_a_stream_goes_on_where_it_was():
    loader = DataLoader(Stream(), 2)
    batches = iter(loader)
    next(batches)
    resumed = DataLoader(Stream(), 2)
    resumed.load_state_dict(loader.state_dict())
    assert list(resumed) == [[2, 3], [4]]
    assert list(resumed) == [[0, 1], [2, 3], [4]]


def test_a_loader_that_is_at_an_end_begins_anew():
    loader = DataLoader(range(4), 2)
    list(loader)
    resumed = DataLoader(range(4), 2)
    resumed.load_state_dict(loader.state_dict())
    assert list(resumed) == [[0, 1], [2, 3]]


def test_a_loader_refuses_the_state_of_other_data_and_stays():
    loader = DataLoader(range(4), 2, shuffle=True, generator=random.Random(0))
    before = loader.state_dict()
    other = DataLoader(range(5), 2, shuffle=True, generator=random.Random(0))
    next(iter(other))
    with pytest.raises(ArgumentError, match="a loader of 5 samples, and this one has 4"):
        loader.load_state_dict(other.state_dict())
    with pytest.raises(ArgumentError, match="with 0 generators of its own, and this one has 1"):
        loader.load_state_dict(DataLoader(range(4), 2).state_dict())
    with pytest.raises(ArgumentError, match="the state of a DataLoader has 'order'"):
        loader.load_state_dict({"samples": 4})
    with pytest.raises(ArgumentError, match="set_rng_state"):
        loader.load_state_dict({**before, "generators": [[3, [1, 2], None]]})
    with pytest.raises(ArgumentError, match="the state of a DataLoader is a dict and got None"):
        loader.load_state_dict(None)
    for wrong in ({"order": "ab"}, {"position": -1}, {"position": "1"}):
        with pytest.raises(ArgumentError, match="has a list, or None, as order and an int as position"):
            loader.load_state_dict({**before, **wrong})
    with pytest.raises(ArgumentError, match="has a list of generators, not 5"):
        loader.load_state_dict({**before, "generators": 5})
    assert loader.state_dict() == before
