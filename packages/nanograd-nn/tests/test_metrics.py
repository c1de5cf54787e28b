"""Metrics equal scikit-learn's, batch after batch as at once, and refuse what they cannot count."""

import math
import random

import pytest
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, ShapeError
from nanograd.nn import ClassIndexError, MissingMethodError
from nanograd.nn.training.metrics import (
    Accuracy,
    BatchMean,
    ConfusionMatrix,
    F1Score,
    MeanAbsoluteError,
    MeanSquaredError,
    Metric,
    Precision,
    R2Score,
    Recall,
    TopKAccuracy,
)

AVERAGES = ["macro", "micro", "weighted"]


def collected(metric, outputs, targets, size):
    for start in range(0, len(targets), size):
        metric.update(outputs[start : start + size], targets[start : start + size])
    return metric.compute()


def classified(samples, classes, seed):
    chance = random.Random(seed)
    scores = [[chance.gauss(0.0, 1.0) for _ in range(classes)] for _ in range(samples)]
    labels = [chance.randrange(classes) for _ in range(samples)]
    return scores, labels, [max(range(classes), key=row.__getitem__) for row in scores]


# ---- against scikit-learn


@pytest.mark.parametrize("size", [1, 7, 60])
@pytest.mark.parametrize("classes", [2, 3, 12])
def test_classification_equals_scikit_learn(classes, size):
    sklearn = pytest.importorskip("sklearn.metrics")
    scores, labels, predicted = classified(60, classes, seed=classes)
    values = [[ScalarValue(score) for score in row] for row in scores]
    assert collected(Accuracy(), values, labels, size) == sklearn.accuracy_score(labels, predicted)
    matrix = sklearn.confusion_matrix(labels, predicted, labels=range(classes)).tolist()
    assert collected(ConfusionMatrix(), values, labels, size) == matrix
    for average in AVERAGES:
        options = {"average": average, "zero_division": 0}
        for metric, function in [
            (Precision, sklearn.precision_score),
            (Recall, sklearn.recall_score),
            (F1Score, sklearn.f1_score),
        ]:
            expected = function(labels, predicted, **options)
            assert collected(metric(average), values, labels, size) == pytest.approx(expected, rel=1e-14)
    for k in range(1, classes):
        expected = sklearn.top_k_accuracy_score(
            labels,
            [row[1] - row[0] for row in scores] if classes == 2 else scores,
            k=k,
            labels=range(classes),
        )
        assert collected(TopKAccuracy(k), values, labels, size) == expected


@pytest.mark.parametrize("seed", range(4))
def test_two_classes_equal_scikit_learn(seed):
    sklearn = pytest.importorskip("sklearn.metrics")
    chance = random.Random(seed)
    outputs = [chance.gauss(0.0, 1.0) for _ in range(30)]
    labels = [chance.randrange(2) for _ in range(30)]
    for threshold in (0.0, 0.5):
        predicted = [int(output > threshold) for output in outputs]
        for metric, function in [
            (Precision, sklearn.precision_score),
            (Recall, sklearn.recall_score),
            (F1Score, sklearn.f1_score),
        ]:
            one = metric("binary", threshold)
            assert collected(one, outputs, labels, 8) == pytest.approx(function(labels, predicted), rel=1e-14)


def test_classes_that_do_not_occur_do_not_count():
    sklearn = pytest.importorskip("sklearn.metrics")
    labels, predicted = [0, 0, 2], [0, 2, 2]
    rows = [[float(index == wanted) for index in range(5)] for wanted in predicted]
    metric = F1Score()
    metric.update(rows, labels)
    assert metric.compute() == pytest.approx(sklearn.f1_score(labels, predicted, average="macro"), rel=1e-15)


@pytest.mark.parametrize("size", [1, 4, 50])
def test_regression_equals_scikit_learn(size):
    sklearn = pytest.importorskip("sklearn.metrics")
    chance = random.Random(0)
    for shift in (0.0, 1e6):
        targets = [[chance.gauss(shift, 1.0), chance.gauss(0.0, 3.0)] for _ in range(50)]
        outputs = [[number + chance.gauss(0.0, 0.5) for number in row] for row in targets]
        firsts = [[row[0] for row in rows] for rows in (outputs, targets)]
        assert collected(R2Score(), outputs, targets, size) == pytest.approx(
            sklearn.r2_score(targets, outputs)
        )
        assert collected(R2Score(), *firsts, size) == pytest.approx(sklearn.r2_score(*reversed(firsts)))
        expected = sklearn.mean_squared_error(targets, outputs)
        assert collected(MeanSquaredError(), outputs, targets, size) == pytest.approx(expected)
        expected = sklearn.mean_absolute_error(targets, outputs)
        assert collected(MeanAbsoluteError(), outputs, targets, size) == pytest.approx(expected)


def test_r2_of_targets_that_are_all_the_same():
    for outputs, expected in (([2.0, 2.0], 1.0), ([2.0, 3.0], 0.0)):
        score = R2Score()
        score.update(outputs, [2.0, 2.0])
        assert score.compute() == expected  # as scikit-learn's force_finite


# ---- what outputs and targets may look like


@pytest.mark.parametrize(
    ("outputs", "targets", "expected"),
    [
        ([0.2, -0.1], [1, 1], 0.5),
        ([[0.2], [-0.1]], [1, -1], 1.0),
        ([[0.2], [-0.1]], [[1.0], [0.0]], 1.0),
        (0.3, 1, 1.0),
        ([0.3], 0, 0.0),
        ([0.1, 0.9], 1, 1.0),
        ([[0.1, 0.9], [0.5, 0.5]], [1, 0], 1.0),
        ([[0.1, 0.9]], [[0.2, 0.8]], 1.0),
        ([[[0.0, 1.0], [1.0, 0.0]]], [[1, 1]], 0.5),
        ([ScalarValue(0.2)], [ScalarValue(1.0)], 1.0),
        ((0.2, 0.1), (1, 0), 0.5),
    ],
    ids=str,
)
def test_accuracy_takes_values_and_lists(outputs, targets, expected):
    accuracy = Accuracy()
    accuracy.update(outputs, targets)
    assert accuracy.compute() == expected


def test_ignored_targets_do_not_count():
    accuracy, matrix = Accuracy(ignore_index=-100), ConfusionMatrix(ignore_index=-100)
    for metric in (accuracy, matrix):
        metric.update([[1.0, 0.0], [1.0, 0.0], [1.0, 0.0]], [0, -100, 1])
    assert accuracy.compute() == 0.5
    assert matrix.compute() == [[1, 0], [1, 0]]


@pytest.mark.parametrize(
    ("outputs", "targets", "error", "words"),
    [
        ([[1.0, 0.0]], [2], ClassIndexError, "Target 2 is out of bounds: .* with 2 classes, 0 to 1"),
        ([[1.0, 0.0]], [1.0], NumberTypeError, "Expected a class index, an int, .* got float: 1.0"),
        ([[1.0, 0.0]], [True], NumberTypeError, "Expected a class index, an int, .* got bool: True"),
        ([1.0], [0.5], NumberTypeError, "Expected a class index, an int, .* got float: 0.5"),
        ([1.0], [3], ClassIndexError, "Target 3 is out of bounds"),
        ([[1.0, 0.0]], [0, 1], ShapeError, r"got \(1, 2\) and \(2,\)"),
        ([1.0, 2.0], [1], ShapeError, r"got \(2,\) and \(1,\)"),
        ([], [], ArgumentError, "a metric needs samples"),
    ],
    ids=str,
)
def test_what_cannot_be_counted_is_named(outputs, targets, error, words):
    accuracy = Accuracy()
    with pytest.raises(error, match=words):
        accuracy.update(outputs, targets)
    assert accuracy.state == {"right": 0, "samples": 0}


@pytest.mark.parametrize("metric", [MeanSquaredError(), MeanAbsoluteError(), R2Score()], ids=repr)
def test_sizes_of_regressions_have_to_match(metric):
    with pytest.raises(ShapeError, match=r"of one shape, and got \(2, 1\) and \(2,\)"):
        metric.update([[1.0], [2.0]], [1.0, 2.0])
    with pytest.raises(ArgumentError, match=r"outputs have the shape \(0,\)"):
        metric.update([], [])


def test_options_that_make_no_sense_are_refused():
    with pytest.raises(
        ArgumentError, match="average is one of macro, micro, weighted, binary and got 'mean'"
    ):
        F1Score("mean")
    with pytest.raises(ArgumentError, match=r"k of TopKAccuracy\(k\)"):
        TopKAccuracy(0)
    with pytest.raises(ArgumentError, match="top-2 accuracy of 2 classes is always 1: take a smaller k"):
        TopKAccuracy(2).update([[1.0, 2.0]], [0])
    three = F1Score("binary")
    three.update([[1.0, 2.0, 3.0]], [0])
    with pytest.raises(ArgumentError, match="average='binary' is for 2 classes, and there are 3"):
        three.compute()
    with pytest.raises(ShapeError, match="f1_score: batches before had 3 classes, and this one has 2"):
        three.update([[1.0, 2.0]], [0])
    score = R2Score()
    score.update([[1.0, 2.0]], [[1.0, 2.0]])
    with pytest.raises(ArgumentError, match="R2Score needs two samples at least, and has seen 1"):
        score.compute()
    with pytest.raises(ShapeError, match="r2_score: batches before had 2 outputs, and this one has 1"):
        score.update([1.0], [1.0])


@pytest.mark.parametrize("metric", [MeanSquaredError(), MeanAbsoluteError(), R2Score()], ids=repr)
@pytest.mark.parametrize("wrong", ["a", None], ids=repr)
def test_what_is_no_number_is_named(metric, wrong):
    for given in ([wrong], [[wrong]], wrong):
        with pytest.raises(NumberTypeError, match="a metric takes a real number and got"):
            metric.update(given, given)


@pytest.mark.parametrize(
    "metric", [Accuracy(), ConfusionMatrix(), F1Score(), MeanSquaredError(), BatchMean(max)], ids=repr
)
def test_nothing_has_no_mean(metric):
    with pytest.raises(ArgumentError, match=r"has seen no samples: call update\(outputs, targets\) first"):
        metric.compute()


# ---- what metrics share


def test_nan_is_an_error_that_stays():
    error = MeanSquaredError()
    error.update([math.nan, 1.0], [1.0, 1.0])
    assert math.isnan(error.compute())


def test_a_state_can_be_taken_over_and_forgotten():
    first, second = ConfusionMatrix(), ConfusionMatrix()
    first.update([[1.0, 0.0]], [0])
    state = first.state_dict()
    first.update([[1.0, 0.0]], [1])
    second.load_state_dict(state)
    second.update([[1.0, 0.0]], [1])
    assert second.compute() == first.compute() == [[1, 0], [1, 0]]
    assert state == {"counts": [[1, 0], [0, 0]]}
    first.reset()
    assert first.state == {"counts": []}
    with pytest.raises(
        ArgumentError, match=r"the state of Accuracy has \['right', 'samples'\], and this dict"
    ):
        Accuracy().load_state_dict(state)


def test_functions_are_weighted_by_the_samples_of_a_batch():
    mean = BatchMean(lambda outputs, targets: ScalarValue(outputs[0]), name="first")
    mean.update([1.0, 5.0, 5.0], [0, 0, 0])
    mean.update([5.0], [0])
    assert mean.compute() == 2.0
    with pytest.raises(NumberTypeError, match="the result of the metric 'first' takes a real number"):
        BatchMean(lambda outputs, targets: "x", name="first").update([1.0], [1.0])


def test_metrics_have_names_and_say_what_they_lack():
    names = [one.name for one in (Accuracy(), TopKAccuracy(3), F1Score(), R2Score(), MeanSquaredError())]
    assert names == ["accuracy", "top_3_accuracy", "f1_score", "r2_score", "mean_squared_error"]
    with pytest.raises(
        MissingMethodError, match=r"Metric is a Metric without update\(self, outputs, targets\)"
    ):
        Metric().update([], [])
    with pytest.raises(MissingMethodError, match=r"Metric is a Metric without compute\(self\)"):
        Metric().compute()
