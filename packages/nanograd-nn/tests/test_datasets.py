"""Real data: scikit-learn's numbers as plain ones, names of people, and the scaling of what is trained on."""

import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ArgumentError, ShapeError
from nanograd.nn import MissingExtraError, data, manual_seed
from nanograd.nn.data import (
    CharacterVocabulary,
    LabeledDataset,
    Subset,
    TensorDataset,
    UnknownCharacterError,
    load_names,
    make_moons,
    standardize,
)

SIZES = {
    "iris": (150, 4, 3),
    "digits": (1797, 64, 10),
    "wine": (178, 13, 3),
    "breast_cancer": (569, 30, 2),
    "diabetes": (442, 10, 0),
}


@pytest.mark.parametrize("name", SIZES)
def test_the_data_is_that_of_scikit_learn_in_plain_numbers(name):
    datasets = pytest.importorskip("sklearn.datasets")
    dataset, bunch = getattr(data, f"load_{name}")(), getattr(datasets, f"load_{name}")()
    samples, features, classes = SIZES[name]
    assert (len(dataset), len(dataset.feature_names), len(dataset.target_names)) == (
        samples,
        features,
        classes,
    )
    assert dataset.inputs == bunch.data.tolist()
    assert dataset.targets == bunch.target.tolist()
    assert {type(number) for row in dataset.inputs for number in row} == {float}
    assert {type(target) for target in dataset.targets} == {int if classes else float}
    assert {type(word) for word in (*dataset.feature_names, *dataset.target_names)} == {str}
    counted = f", {classes} classes" if classes else ""
    assert repr(dataset) == f"LabeledDataset({name!r}, {samples} samples, {features} features{counted})"


def test_moons_are_those_of_scikit_learn():
    datasets = pytest.importorskip("sklearn.datasets")
    inputs, targets = datasets.make_moons(20, noise=0.1, random_state=3)
    moons = make_moons(20, noise=0.1, random_state=3)
    assert (moons.inputs, moons.targets) == (inputs.tolist(), targets.tolist())
    manual_seed(0)
    first = make_moons(20, noise=0.1)
    assert make_moons(20, noise=0.1).inputs != first.inputs
    manual_seed(0)
    assert make_moons(20, noise=0.1).inputs == first.inputs


@pytest.mark.parametrize(
    ("package", "use"),
    [
        ("sklearn.datasets", data.load_iris),
        ("sklearn.datasets", make_moons),
        ("sklearn.preprocessing", lambda: standardize(TensorDataset([[1.0]], [1]))),
        ("names", load_names),
    ],
    ids=["load_iris", "make_moons", "standardize", "load_names"],
)
def test_a_missing_package_is_named_with_its_extra(monkeypatch, package, use):
    monkeypatch.setitem(sys.modules, package, None)
    with pytest.raises(MissingExtraError, match=r'not installed: pip install "nanograd-nn\[datasets\]"'):
        use()


def test_names_of_features_have_to_be_as_many_as_features():
    with pytest.raises(ShapeError, match="x: samples have 2 features, and there are 1 names"):
        LabeledDataset([[1.0, 2.0]], [0], "x", ["a"])


# ---- standardize


def test_standardized_inputs_are_measured_on_the_training_part_only():
    pytest.importorskip("sklearn.preprocessing")
    iris = data.load_iris()
    training, test = Subset(iris, range(100)), Subset(iris, range(100, 150))
    scaled, scaled_test = standardize(training, test)
    for feature in range(4):
        raw = [inputs[feature] for inputs, _ in training]
        mean = sum(raw) / 100
        deviation = (sum((number - mean) ** 2 for number in raw) / 100) ** 0.5
        assert scaled[3][0][feature] == pytest.approx((raw[3] - mean) / deviation)
        assert scaled_test[7][0][feature] == pytest.approx((test[7][0][feature] - mean) / deviation)
    assert [target for _, target in scaled_test] == iris.targets[100:]
    assert type(scaled[0][0][0]) is float


def test_a_scaler_of_ones_own_is_fitted_and_can_be_used_again():
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    scaler = preprocessing.MinMaxScaler()
    (scaled,) = standardize(TensorDataset([[0.0], [4.0]], [0, 1]), scaler=scaler)
    assert list(scaled) == [([0.0], 0), ([1.0], 1)]
    assert scaler.transform([[2.0]]).tolist() == [[0.5]]


@pytest.mark.parametrize(
    ("parts", "error", "words"),
    [
        ([TensorDataset([], [])], ArgumentError, "needs samples to measure, and the dataset is empty"),
        ([[1.0, 2.0]], ShapeError, r"takes datasets of tuples \(input, target\), and argument 0 is not one"),
        (
            [TensorDataset([1.0], [1])],
            ShapeError,
            r"lists of numbers as inputs, \(N, features\), and got \(1,\)",
        ),
        (
            [TensorDataset([[1.0]], [1]), TensorDataset([[1.0, 2.0]], [1])],
            ShapeError,
            "of argument 0 have 1 features, and those of argument 1 2",
        ),
    ],
    ids=["empty", "no tuples", "numbers", "widths"],
)
def test_data_that_cannot_be_standardized_is_refused(parts, error, words):
    pytest.importorskip("sklearn.preprocessing")
    with pytest.raises(error, match=words):
        standardize(*parts)


def test_an_empty_part_stays_empty():
    pytest.importorskip("sklearn.preprocessing")
    assert len(standardize(TensorDataset([[1.0], [2.0]], [0, 1]), TensorDataset([], []))[1]) == 0


# ---- names and their characters


def test_names_are_lower_case_and_unique():
    pytest.importorskip("names")
    both, female, male = load_names(), load_names("female"), load_names("male")
    assert (len(female), len(male)) == (4275, 1219)  # the lines of the census' files
    assert set(both) == {*female, *male}
    assert len(both) == len(set(both))
    assert all(name.isascii() and name.isalpha() and name.islower() for name in both)
    with pytest.raises(ArgumentError, match="takes 'female', 'male' or nothing and got 'f'"):
        load_names("f")


@given(st.lists(st.text(st.characters(exclude_characters="."), max_size=8), min_size=1).filter(any))
def test_words_come_back_from_their_numbers(words):
    vocabulary = CharacterVocabulary(words)
    for word in words:
        numbers = vocabulary.encode(word)
        assert numbers[0] == numbers[-1] == 0
        assert all(0 < number < len(vocabulary) for number in numbers[1:-1])
        assert vocabulary.decode(numbers) == vocabulary.decode(numbers[1:]) == word or not word
    assert repr(vocabulary).startswith(f"CharacterVocabulary({len(vocabulary)} characters: ")


def test_decoding_ends_at_the_first_boundary():
    vocabulary = CharacterVocabulary(["ab"], boundary="|")
    assert vocabulary.boundary == "|"
    assert vocabulary.decode([1, 2, 0, 2, 1]) == "ab"
    assert vocabulary.decode([0, 0, 1]) == ""
    assert vocabulary.decode([]) == ""


def test_what_a_vocabulary_does_not_know_is_named():
    vocabulary = CharacterVocabulary(["ab"])
    with pytest.raises(UnknownCharacterError, match=r"'x' of 'axb' is not in the vocabulary: '\.ab'\. Make"):
        vocabulary.encode("axb")
    for number in (3, -1):
        with pytest.raises(UnknownCharacterError, match=f"{number} is not in the vocabulary of 0 to 2"):
            vocabulary.decode([number])
    with pytest.raises(ArgumentError, match="needs at least one character"):
        CharacterVocabulary([])
    for boundary in ("a", "", ".."):
        with pytest.raises(ArgumentError, match="boundary takes a single character that is in no word"):
            CharacterVocabulary(["ab"], boundary)
