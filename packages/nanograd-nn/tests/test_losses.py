"""The losses equal PyTorch's on numbers that PyTorch 2.13.0 computed, and refuse what makes no sense."""

import math
import re
from fractions import Fraction

import nanograd.nn.functional as F
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd import nn
from nanograd.engine import (
    ArgumentError,
    GraphError,
    NanogradError,
    NumberTypeError,
    ScalarValue,
    ShapeError,
    topological_order,
)
from nanograd.nn import ClassIndexError, CrossEntropyLoss, MSELoss
from nanograd.nn.functional import cross_entropy, mse_loss


def numbers(nested):
    """Return nested lists of values as nested lists of their numbers."""
    return [numbers(item) for item in nested] if isinstance(nested, list) else nested.data


def close(expected):
    return pytest.approx(expected, rel=1e-12, abs=1e-15)


# ---- mean squared error


@pytest.mark.parametrize(
    ("input", "target", "mean", "total", "each"),
    [
        (3.0, 1.0, 4.0, 4.0, 4.0),
        ([3.0], [1], 4.0, 4.0, [4.0]),
        ([1.0, 2.0], [1.0, 4.0], 2.0, 4.0, [0.0, 4.0]),
        ([[1.0, 2.0], [3.0, 4.0]], [[0.0, 0.0], [0.0, 0.0]], 7.5, 30.0, [[1.0, 4.0], [9.0, 16.0]]),
        ((1.0, 2.0, 3.0), range(3), 1.0, 3.0, [1.0, 1.0, 1.0]),
        ([[[1.0]], [[2.0]]], [[[3.0]], [[2.0]]], 2.0, 4.0, [[[4.0]], [[0.0]]]),
    ],
    ids=str,
)
def test_mse_is_the_mean_of_the_squares(input, target, mean, total, each):
    assert mse_loss(input, target).data == mean
    assert mse_loss(input, target, "sum").data == total
    assert numbers(mse_loss(input, target, reduction="none")) == each
    for reduction in ("mean", "sum", "none"):
        assert numbers(MSELoss(reduction)(input, target)) == numbers(mse_loss(input, target, reduction))


def test_mse_has_gradients_towards_both_sides():
    x, y = [ScalarValue(1.0), ScalarValue(2.0)], [ScalarValue(3.0), ScalarValue(3.0)]
    mse_loss(x, y).backward()
    assert [value.grad for value in x + y] == [-2.0, -1.0, 2.0, 1.0]


def test_mse_keeps_fractions_exact():
    assert mse_loss([Fraction(1, 3), 1], [0, 0], "sum").data == Fraction(10, 9)


@given(st.lists(st.tuples(st.floats(-1e3, 1e3), st.floats(-1e3, 1e3)), min_size=1))
def test_mse_equals_its_formula(pairs):
    predicted, target = map(list, zip(*pairs, strict=True))
    expected = math.fsum((x - y) ** 2 for x, y in pairs) / len(pairs)
    assert mse_loss(predicted, target).data == pytest.approx(expected, rel=1e-12)


@pytest.mark.parametrize(
    ("input", "target"),
    [
        ([1.0, 2.0], [1.0]),
        ([1.0], 1.0),
        (1.0, [1.0]),
        ([[1.0], [2.0]], [1.0, 2.0]),
        ([[1.0, 2.0]], [[1.0], [2.0]]),
    ],
    ids=str,
)
def test_mse_refuses_sizes_that_differ(input, target):
    with pytest.raises(
        ShapeError, match=r"Using a target size \(.*\) that is different to the input size \(.*\)\. P"
    ):
        mse_loss(input, target)


def test_the_message_has_both_sizes():
    with pytest.raises(ShapeError) as error:
        mse_loss([[1.0, 2.0]], [3.0])
    assert str(error.value) == (
        "Using a target size (1,) that is different to the input size (1, 2). "
        "Please ensure they have the same size."
    )


def test_ragged_lists_are_refused():
    with pytest.raises(ShapeError) as error:
        mse_loss([[1.0, 2.0], [3.0]], [[1.0, 2.0], [3.0]])
    assert str(error.value) == (
        "input is ragged: item 0 has the shape (2,) and item 1 the shape (1,). All of them need the same one."
    )


@pytest.mark.parametrize("empty", [[], [[]], [[], []]], ids=str)
def test_mse_of_nothing_is_refused(empty):
    with pytest.raises(ArgumentError, match=r"input is empty: its shape is \("):
        mse_loss(empty, empty)


@pytest.mark.parametrize("wrong", ["1", None, True, 1j], ids=str)
def test_what_is_not_a_number_is_refused(wrong):
    with pytest.raises(NumberTypeError, match=r"target takes a real number and got"):
        mse_loss([1.0], [wrong])
    with pytest.raises(NumberTypeError, match=r"input takes a real number and got"):
        cross_entropy([1.0, wrong], 0)


@pytest.mark.parametrize("make", [MSELoss, CrossEntropyLoss])
def test_an_unknown_reduction_is_refused(make):
    with pytest.raises(ArgumentError) as error:
        make(reduction="avg")
    assert str(error.value) == "avg is not a valid value for reduction. Known are 'mean', 'sum', 'none'."


# ---- cross-entropy

LOGITS = [[1.5, -0.3, 0.2], [-2.0, 0.7, 3.1], [0.0, -1.0, 40.0]]
LABELS = [0, 2, 1]
PROBABILITIES = [[0.2, 0.3, 0.5], [0.0, 1.0, 0.0], [0.9, 0.05, 0.05]]
WEIGHTS = [0.5, 2.0, 1.25]

# Computed by torch.nn.functional.cross_entropy of PyTorch 2.13.0 in float64.
PYTORCH = [
    (LABELS, None, 0.0, "mean", 13.818515252679488),
    (LABELS, None, 0.0, "sum", 41.45554575803846),
    (LABELS, None, 0.0, "none", [0.3631355063687535, 0.09241025166970729, 41.0]),
    (LABELS, None, 0.1, "mean", 13.469626363790598),
    (LABELS, None, 0.1, "sum", 40.4088790913718),
    (LABELS, None, 0.1, "none", [0.46646883970208686, 0.3424102516697073, 39.6]),
    (LABELS, WEIGHTS, 0.0, "mean", 21.945888151405736),
    (LABELS, WEIGHTS, 0.0, "sum", 82.29708056777152),
    (LABELS, WEIGHTS, 0.0, "none", [0.18156775318437676, 0.11551281458713411, 82.0]),
    (LABELS, WEIGHTS, 0.1, "mean", 20.784928639310888),
    (LABELS, WEIGHTS, 0.1, "sum", 77.94348239741583),
    (LABELS, WEIGHTS, 0.1, "none", [0.3829695828287, 0.36051281458713413, 77.2]),
    (PROBABILITIES, None, 0.0, "mean", 14.031848586012819),
    (PROBABILITIES, None, 0.0, "sum", 42.095545758038455),
    (PROBABILITIES, None, 0.0, "none", [1.5531355063687537, 2.4924102516697078, 38.05]),
    (PROBABILITIES, None, 0.1, "mean", 13.661626363790598),
    (PROBABILITIES, None, 0.1, "sum", 40.984879091371795),
    (PROBABILITIES, None, 0.1, "none", [1.537468839702087, 2.5024102516697075, 36.945]),
    (PROBABILITIES, WEIGHTS, 0.0, "mean", 9.819491683092672),
    (PROBABILITIES, WEIGHTS, 0.0, "sum", 29.458475049278015),
    (PROBABILITIES, WEIGHTS, 0.0, "none", [2.3736545459385985, 4.9848205033394155, 22.1]),
    (PROBABILITIES, WEIGHTS, 0.1, "mean", 10.129579143590563),
    (PROBABILITIES, WEIGHTS, 0.1, "sum", 30.388737430771688),
    (PROBABILITIES, WEIGHTS, 0.1, "none", [2.3558476963074995, 4.742889734464187, 23.29]),
]


@pytest.mark.parametrize(("target", "weight", "smoothing", "reduction", "expected"), PYTORCH)
def test_cross_entropy_equals_pytorch(target, weight, smoothing, reduction, expected):
    result = cross_entropy(LOGITS, target, weight, reduction=reduction, label_smoothing=smoothing)
    assert numbers(result) == close(expected)
    loss = CrossEntropyLoss(weight, reduction=reduction, label_smoothing=smoothing)
    assert numbers(loss(LOGITS, target)) == numbers(result)


@pytest.mark.parametrize(
    ("target", "weight", "expected"),
    [
        (2, None, 1.6631355063687536),
        (2, WEIGHTS, 1.6631355063687536),
        (PROBABILITIES[0], None, 1.5531355063687537),
        (PROBABILITIES[0], WEIGHTS, 2.3736545459385985),
    ],
)
def test_cross_entropy_of_one_sample_equals_pytorch(target, weight, expected):
    assert cross_entropy(LOGITS[0], target, weight).data == close(expected)


def test_ignored_samples_count_for_nothing_as_in_pytorch():
    logits = [[ScalarValue(x) for x in row] for row in LOGITS]
    loss = cross_entropy(logits, [0, -1, 1], WEIGHTS, ignore_index=-1, label_smoothing=0.1)
    loss.backward()
    assert loss.data == close(31.03318783313148)
    assert [[x.grad for x in row] for row in logits] == [
        close([-0.026703464463226148, -0.0002249271860731104, 0.026928391649299287]),
        [0.0, 0.0, 0.0],
        close([-0.006666666666666663, -0.7466666666666666, 0.7533333333333333]),
    ]
    assert numbers(cross_entropy(LOGITS, [0, -100, -100], reduction="none"))[1:] == [0.0, 0.0]


def test_the_gradient_is_softmax_minus_target():
    logits = [ScalarValue(math.log(x)) for x in (1.0, 2.0, 5.0)]
    cross_entropy(logits, 1).backward()
    assert [x.grad for x in logits] == close([0.125, 0.25 - 1.0, 0.625])


def test_probabilities_may_be_values_that_learn():
    target = [ScalarValue(0.25), ScalarValue(0.75)]
    cross_entropy([0.0, math.log(3.0)], target).backward()
    assert [share.grad for share in target] == close([math.log(4.0), math.log(4.0 / 3.0)])


@pytest.mark.parametrize("shift", [1e3, -1e3, 1e300])
def test_large_logits_do_not_overflow(shift):
    assert cross_entropy([shift, shift], 0).data == pytest.approx(math.log(2.0), abs=abs(shift) * 1e-15)
    assert cross_entropy([800.0, -800.0], 1).data == 1600.0


def test_a_class_index_is_one_readable_subtraction():
    loss = cross_entropy([ScalarValue(1.0), ScalarValue(2.0)], 1)
    assert (str(loss.op), [str(child.op) for child in loss.children]) == ("-", ["logsumexp", "None"])


def test_arrays_are_inputs_and_targets():
    numpy = pytest.importorskip("numpy")
    logits, labels = numpy.array(LOGITS), numpy.array(LABELS)
    assert cross_entropy(logits, labels).data == close(13.818515252679488)
    assert cross_entropy(LOGITS[0], labels[1]).data == close(1.6631355063687536)
    assert cross_entropy(logits, labels, numpy.array(WEIGHTS)).data == close(21.945888151405736)
    assert mse_loss(logits, numpy.zeros((3, 3)), "sum").data == pytest.approx(float((logits**2).sum()))


@pytest.mark.parametrize("label", [3, -1, 100, -101])
def test_a_class_that_does_not_exist_is_refused(label):
    with pytest.raises(ClassIndexError) as error:
        cross_entropy(LOGITS, [0, label, 1])
    assert str(error.value) == f"Target {label} is out of bounds: sample 1 of 3, with 3 classes, 0 to 2."
    assert isinstance(error.value, IndexError)
    assert isinstance(error.value, NanogradError)


@pytest.mark.parametrize("label", [1.0, "1", None, True, ScalarValue(1)], ids=str)
def test_a_class_that_is_not_an_int_is_refused(label):
    with pytest.raises(NumberTypeError, match=r"a class index, an int, as target of sample 1 and got \w+: "):
        cross_entropy(LOGITS, [0, label, 1])


@pytest.mark.parametrize(
    ("input", "target", "message"),
    [
        (
            LOGITS,
            [0, 1],
            r"Expected input size \(3, 3\) to match target size \(2,\): the target has to be",
        ),
        (LOGITS, 0, r"Expected input size \(3, 3\) to match target size \(\)"),
        (LOGITS[0], [0, 1], r"Expected input size \(3,\) to match target size \(2,\)"),
        (LOGITS, PROBABILITIES[:2], r"Expected input size \(3, 3\) to match target size \(2, 3\)"),
        (
            1.0,
            0,
            r"input of cross_entropy has the shape \(C\), \(N, C\) or .*, and not \(\)",
        ),
        ([LOGITS], LABELS, r"\(1, 3, 3\) to match target size \(3,\): .* class indices, \(1, 3\), or prob"),
    ],
)
def test_cross_entropy_refuses_sizes_that_do_not_match(input, target, message):
    with pytest.raises(ShapeError, match=message):
        cross_entropy(input, target)


@pytest.mark.parametrize("weight", [[1.0, 2.0], [], 1.0], ids=str)
def test_class_weights_are_one_a_class(weight):
    with pytest.raises(
        ShapeError,
        match=r"weight tensor should be defined either for all 3 classes or no classes but got",
    ):
        cross_entropy(LOGITS, LABELS, weight)


@pytest.mark.parametrize("smoothing", [-0.1, 1.5, math.nan])
def test_label_smoothing_lies_between_0_and_1(smoothing):
    with pytest.raises(ArgumentError, match=r"label_smoothing must be between 0\.0 and 1\.0\. Got: "):
        CrossEntropyLoss(label_smoothing=smoothing)


@pytest.mark.parametrize(("input", "target"), [([], []), ([[]], [0]), ([[], []], [0, 0])], ids=str)
def test_cross_entropy_of_nothing_is_refused(input, target):
    with pytest.raises(ArgumentError, match=r"empty"):
        cross_entropy(input, target)


PLACES = [[[1.0, -2.0], [0.5, 4.0], [2.0, 0.0]], [[0.0, 3.0], [-1.0, 2.0], [1.5, 1.0]]]  # (2, 3, 2)


@pytest.mark.parametrize("reduction", ["mean", "sum"])
@pytest.mark.parametrize("function", [cross_entropy, F.nll_loss], ids=["cross_entropy", "nll_loss"])
def test_each_place_of_a_sample_is_a_sample(function, reduction):
    """(N, C, d1) is the (N d1, C) of what stands at each place."""
    rows = [[sample[c][place] for c in range(3)] for sample in PLACES for place in range(2)]
    options = {"weight": WEIGHTS, "reduction": reduction, "ignore_index": 1}
    together = function(PLACES, [[0, 1], [2, 0]], **options)
    assert together.data == close(function(rows, [0, 1, 2, 0], **options).data)
    each = numbers(function(PLACES, [[0, 1], [2, 0]], reduction="none"))
    alone = numbers(function(rows, [0, 1, 2, 0], reduction="none"))
    assert each == [close(alone[:2]), close(alone[2:])]


def test_probabilities_and_labels_have_places_too():
    numpy = pytest.importorskip("numpy")
    labels = [[[0, 2]], [[1, 1]]]  # (2, 1, 2)
    logits = [[[row] for row in sample] for sample in PLACES]  # (2, 3, 1, 2)
    one_hot = [
        [[[float(label == c) for label in places] for places in sample] for c in range(3)]
        for sample in labels
    ]
    expected = cross_entropy(logits, one_hot, label_smoothing=0.1).data
    assert cross_entropy(logits, labels, label_smoothing=0.1).data == close(expected)
    assert cross_entropy(numpy.array(logits), numpy.array(labels)).data == close(
        cross_entropy(logits, one_hot).data
    )
    with pytest.raises(ClassIndexError, match="Target 3 is out of bounds: sample 1 of 4, with 3 classes"):
        cross_entropy(logits, [[[0, 3]], [[1, 1]]])


@pytest.mark.parametrize("function", [cross_entropy, F.nll_loss], ids=["cross_entropy", "nll_loss"])
def test_a_batch_of_ignored_samples_has_gradients_of_0(function):
    scores = [[ScalarValue(1.0), ScalarValue(math.inf)], [ScalarValue(math.nan), ScalarValue(2.0)]]
    function(scores, [-100, -100], reduction="sum").backward()
    assert [[score.grad for score in row] for row in scores] == [[0.0, 0.0], [0.0, 0.0]]


def test_the_mean_of_ignored_samples_alone_is_refused():
    with pytest.raises(
        ArgumentError, match=r"all 3 targets are ignore_index \(-100\): there is no loss to average"
    ):
        cross_entropy(LOGITS, [-100, -100, -100])
    assert cross_entropy(LOGITS, [-100, -100, -100], reduction="sum").data == 0.0


# ---- the others: values by hand, and gradients

LN2 = math.log(2.0)
L = math.log
VALUES = [
    (F.l1_loss, ([1.0, 2.0, -3.0], [1.0, 4.0, 0.0]), {}, [0.0, 2.0, 3.0]),
    (F.smooth_l1_loss, ([0.5, 1.0, -3.0], [0.0, 0.0, 0.0]), {}, [0.125, 0.5, 2.5]),
    (F.smooth_l1_loss, ([0.5, 3.0], [0.0, 0.0]), {"beta": 2.0}, [0.0625, 2.0]),
    (F.smooth_l1_loss, ([0.5, 3.0], [0.0, 0.0]), {"beta": 0}, [0.5, 3.0]),
    (F.huber_loss, ([0.5, 3.0, -3.0], [0.0, 0.0, 0.0]), {}, [0.125, 2.5, 2.5]),
    (F.huber_loss, ([0.5, 3.0], [0.0, 0.0]), {"delta": 2.0}, [0.125, 4.0]),
    (F.binary_cross_entropy, ([0.25, 0.25, 0.25], [1, 0, 0.5]), {}, [L(4), L(4 / 3), (L(4) + L(4 / 3)) / 2]),
    (F.binary_cross_entropy, ([0.0, 1.0, 0.0, 1.0], [1, 0, 0, 1]), {}, [100.0, 100.0, 0.0, 0.0]),
    (F.binary_cross_entropy, ([1e-20, 1e-20], [0, 1]), {}, [1e-20, 20 * L(10)]),
    (F.binary_cross_entropy, ([0.5, 0.5], [1, 0]), {"weight": [2.0, 3.0]}, [2 * LN2, 3 * LN2]),
    (F.binary_cross_entropy_with_logits, ([0.0, L(3), L(3)], [1, 1, 0]), {}, [LN2, L(4 / 3), L(4)]),
    (F.binary_cross_entropy_with_logits, ([800.0, -800.0, -800.0], [0, 1, 0]), {}, [800.0, 800.0, 0.0]),
    (F.binary_cross_entropy_with_logits, ([0.0, 0.0], [1, 0]), {"pos_weight": 3.0}, [3 * LN2, LN2]),
    (F.binary_cross_entropy_with_logits, ([0.0, 0.0], [1, 0]), {"weight": [2.0]}, [2 * LN2, 2 * LN2]),
    (F.nll_loss, ([[-0.5, -1.0], [-2.0, -0.25]], [0, 1]), {}, [0.5, 0.25]),
    (F.nll_loss, ([[-0.5, -1.0], [-2.0, -0.25]], [0, 1]), {"weight": [3, 2]}, [1.5, 0.5]),
    (F.kl_div, ([L(0.25), -9.0, -1.0], [0.5, 0.0, 1.0]), {}, [0.5 * LN2, 0.0, 1.0]),
    (F.kl_div, ([L(0.25)], [L(0.5)]), {"log_target": True}, [0.5 * LN2]),
    (F.gaussian_nll_loss, ([0.0, 1.0], [2.0, 1.0], [1.0, 4.0]), {}, [2.0, LN2]),
    (F.gaussian_nll_loss, ([0.0, 0.0], [0.0, 1.0], 0.0), {"eps": 0.25}, [-LN2, 2.0 - LN2]),
    (F.gaussian_nll_loss, ([0.0], [2.0], [1.0]), {"full": True}, [2.0 + L(2 * math.pi) / 2]),
    (F.poisson_nll_loss, ([0.0, 1.0], [3, 0]), {}, [1.0, math.e]),
    (F.poisson_nll_loss, ([2.0, 0.0], [1, 0]), {"log_input": False, "eps": 0.0}, [2.0 - LN2, math.nan]),
    (F.poisson_nll_loss, ([0.0, 0.0], [1, 2]), {"full": True}, [1.0, 1 + 2 * LN2 - 2 + L(4 * math.pi) / 2]),
    (F.multi_margin_loss, ([[0.1, 0.2, 0.4, 0.8], [9, 0, 0, 0]], [3, 0]), {}, [(0.3 + 0.4 + 0.6) / 4, 0.0]),
    (F.multi_margin_loss, ([[0.0, 0.5]], [0]), {"p": 2, "margin": 0.5, "weight": [2.0, 1.0]}, [1.0]),
    (F.multi_margin_loss, ([[0.5]], [0]), {}, [0.0]),
    (
        F.multilabel_soft_margin_loss,
        ([[0.0, L(3)], [0.0, 0.0]], [[1, 0], [0, 1]]),
        {},
        [(LN2 + L(4)) / 2, LN2],
    ),
    (F.multilabel_soft_margin_loss, ([[0.0, 0.0]], [[1, 0]]), {"weight": [1.0, 3.0]}, [2 * LN2]),
    (F.soft_margin_loss, ([0.0, 800.0, L(3)], [1, -1, 1]), {}, [LN2, 800.0, L(4 / 3)]),
    (F.hinge_embedding_loss, ([0.25, 0.25, 3.0, 3.0], [1, -1, 1, -1]), {}, [0.25, 0.75, 3.0, 0.0]),
    (F.margin_ranking_loss, ([2.0, 2.0], [1.0, 1.0], [1, -1]), {"margin": 0.5}, [0.0, 1.5]),
    (
        F.cosine_embedding_loss,
        ([[1.0, 0.0]] * 3, [[0.0, 2.0], [3, 4], [3, 4]], [1, 1, -1]),
        {},
        [1.0, 0.4, 0.6],
    ),
    (F.cosine_embedding_loss, ([[1.0, 0.0]], [[3, 4]], [-1]), {"margin": 0.25}, [0.35]),
    (F.triplet_margin_loss, ([[0.0, 0.0]], [[3.0, 4.0]], [[0.0, 2.0]]), {"eps": 0.0}, [4.0]),
    (F.triplet_margin_loss, ([[0.0, 0.0]], [[3.0, 4.0]], [[0.0, 9.0]]), {"eps": 0.0}, [0.0]),
    (F.triplet_margin_loss, ([[0.0]], [[3.0]], [[4.0]]), {"eps": 0.0, "swap": True}, [3.0]),
    (F.triplet_margin_loss, ([[0.0, 0.0]], [[3.0, 4.0]], [[1.0, 1.0]]), {"eps": 0.0, "p": 1}, [6.0]),
    (F.triplet_margin_loss, ([[0.0, 0.0]], [[3.0, 4.0]], [[1.0, 1.0]]), {"eps": 0.0, "p": math.inf}, [4.0]),
]
IDS = [f"{index} {case[0].__name__}" for index, case in enumerate(VALUES)]
MODULES = {
    F.l1_loss: nn.L1Loss,
    F.smooth_l1_loss: nn.SmoothL1Loss,
    F.huber_loss: nn.HuberLoss,
    F.binary_cross_entropy: nn.BCELoss,
    F.binary_cross_entropy_with_logits: nn.BCEWithLogitsLoss,
    F.nll_loss: nn.NLLLoss,
    F.kl_div: nn.KLDivLoss,
    F.gaussian_nll_loss: nn.GaussianNLLLoss,
    F.poisson_nll_loss: nn.PoissonNLLLoss,
    F.multi_margin_loss: nn.MultiMarginLoss,
    F.multilabel_soft_margin_loss: nn.MultiLabelSoftMarginLoss,
    F.soft_margin_loss: nn.SoftMarginLoss,
    F.hinge_embedding_loss: nn.HingeEmbeddingLoss,
    F.margin_ranking_loss: nn.MarginRankingLoss,
    F.cosine_embedding_loss: nn.CosineEmbeddingLoss,
    F.triplet_margin_loss: nn.TripletMarginLoss,
}


def near(expected):
    return pytest.approx(expected, rel=1e-11, abs=1e-12, nan_ok=True)


@pytest.mark.parametrize(("function", "given", "options", "each"), VALUES, ids=IDS)
def test_each_loss_is_its_formula(function, given, options, each):
    assert numbers(function(*given, reduction="none", **options)) == near(each)
    assert function(*given, reduction="sum", **options).data == near(sum(each))
    if not (function is F.nll_loss and options):  # whose mean is weighted
        assert function(*given, **options).data == near(sum(each) / len(each))
    for reduction in ("mean", "sum", "none"):
        module = MODULES[function](reduction=reduction, **options)
        assert numbers(module(*given)) == near(numbers(function(*given, reduction=reduction, **options)))


@pytest.mark.parametrize(("function", "given", "options", "each"), VALUES, ids=IDS)
def test_nan_passes_through(function, given, options, each):
    first = given[0]
    spoiled = (
        [[math.nan] * len(first[0]), *first[1:]] if isinstance(first[0], list) else [math.nan, *first[1:]]
    )
    if function is F.binary_cross_entropy:
        with pytest.raises(ArgumentError, match="all elements of input should be between 0 and 1"):
            function(spoiled, *given[1:], **options)
    else:
        assert math.isnan(function(spoiled, *given[1:], **options).data)


@pytest.mark.parametrize("function", MODULES, ids=lambda function: function.__name__)
def test_an_unknown_reduction_is_refused_by_all(function):
    given = next(case[1] for case in VALUES if case[0] is function)
    for call in (lambda: function(*given, reduction="avg"), lambda: MODULES[function](reduction="avg")):
        with pytest.raises(
            ArgumentError, match=r"avg is not a valid value for reduction\. Known are 'mean', 'su"
        ):
            call()


def test_batchmean_divides_by_the_first_size():
    logs, target = [[L(0.25), L(0.75)], [L(0.5), L(0.5)]], [[0.5, 0.5], [0.5, 0.5]]
    total = F.kl_div(logs, target, reduction="sum").data
    assert F.kl_div(logs, target, reduction="batchmean").data == pytest.approx(total / 2)
    assert nn.KLDivLoss("batchmean")(logs, target).data == pytest.approx(total / 2)
    assert F.kl_div(L(0.25), 0.5, reduction="batchmean").data == pytest.approx(0.5 * LN2)


@pytest.mark.parametrize(
    ("function", "mean"),
    [
        (F.mse_loss, (2 * 4 + 3 * 9) / 5),
        (F.l1_loss, (2 * 2 + 3 * 3) / 5),
        (F.huber_loss, (2 * 1.5 + 3 * 2.5) / 2),
    ],
    ids=["mse", "l1", "huber"],
)
def test_weights_count_single_numbers(function, mean):
    assert function([2.0, 3.0], [0.0, 0.0], weight=[2, 3]).data == pytest.approx(mean)
    with pytest.raises(
        ShapeError, match=r"Weights and input must have the same size\. The weights have \(1,\)"
    ):
        function([1.0, 2.0], [0.0, 0.0], weight=[1.0])


KINKS = [
    (F.l1_loss, 0.0, 0.0, {}, 0.0),
    (F.smooth_l1_loss, 1.0, 0.0, {}, 1.0),
    (F.smooth_l1_loss, 0.0, 0.0, {}, 0.0),
    (F.huber_loss, 2.0, 0.0, {"delta": 2.0}, 2.0),
    (F.huber_loss, -2.0, 0.0, {"delta": 2.0}, -2.0),
    (F.hinge_embedding_loss, 1.0, -1.0, {}, -1.0),
    (F.binary_cross_entropy, 0.0, 1.0, {}, 0.0),
    (F.binary_cross_entropy, 1.0, 0.0, {}, 0.0),
    (F.binary_cross_entropy, 0.5, 1.0, {}, -2.0),
    (F.binary_cross_entropy_with_logits, 800.0, 0.0, {}, 1.0),
    (F.soft_margin_loss, -800.0, 1.0, {}, -1.0),
]


@pytest.mark.parametrize(("function", "x", "y", "options", "slope"), KINKS, ids=range(len(KINKS)))
def test_gradients_where_a_formula_bends_or_ends(function, x, y, options, slope):
    value = ScalarValue(x)
    function(value, y, **options).backward()
    assert value.grad == pytest.approx(slope, abs=1e-15)


def test_a_small_variance_still_gets_a_gradient():
    variance = ScalarValue(0.0)
    F.gaussian_nll_loss(1.0, 2.0, variance, eps=0.5).backward()
    assert variance.grad == pytest.approx((1 / 0.5 - 1 / 0.25) / 2)


@pytest.mark.parametrize(
    ("var", "each"),
    [
        (1.0, [[0.0, 0.5], [2.0, 4.5]]),
        ([1.0, 4.0], [[0.0, 0.5], [LN2 + 0.5, LN2 + 9 / 8]]),
        ([[1.0], [4.0]], [[0.0, 0.5], [LN2 + 0.5, LN2 + 9 / 8]]),
        ([[1.0, 4.0]], [[0.0, LN2 + 1 / 8], [2.0, LN2 + 9 / 8]]),
    ],
    ids=str,
)
def test_variances_may_be_shared(var, each):
    losses = numbers(
        F.gaussian_nll_loss([[0.0, 0.0], [0.0, 0.0]], [[0.0, 1.0], [2.0, 3.0]], var, reduction="none")
    )
    assert [value for row in losses for value in row] == near([value for row in each for value in row])


def test_targets_may_be_values_that_learn():
    target = ScalarValue(0.25)
    F.binary_cross_entropy_with_logits(L(3.0), target).backward()
    assert target.grad == pytest.approx(-L(3.0))


def test_the_graph_of_a_loss_holds_for_other_numbers():
    """The losses contain no ``if`` on numbers, except those that check them."""
    x, y = ScalarValue(0.5), ScalarValue(-1.0)
    loss = F.hinge_embedding_loss(x, y) + F.smooth_l1_loss(x, y)
    order = topological_order(loss)
    for new_x, new_y in [(3.0, 1.0), (0.25, -1.0), (0.25, 0.0)]:
        results = {}
        for node in order:
            if node is x or node is y:
                results[node] = new_x if node is x else new_y
            elif node.op is None:
                results[node] = node.data
            else:
                results[node] = node.op.evaluate(*(results[child] for child in node.children))
        expected = F.hinge_embedding_loss(new_x, new_y) + F.smooth_l1_loss(new_x, new_y)
        assert results[loss] == pytest.approx(expected.data)


class Unknown(ScalarValue):
    """A value during a trace: its number is nobody's business."""

    __slots__ = ()

    @property
    def data(self):
        raise GraphError("`.data` of a traced value")


def test_what_has_no_number_during_a_trace_is_not_checked():
    unknown = [Unknown(0.25), Unknown(0.5)]
    assert isinstance(F.binary_cross_entropy(unknown, [1, 0]), ScalarValue)
    assert isinstance(F.gaussian_nll_loss([0.0, 1.0], [1.0, 1.0], unknown), ScalarValue)
    with pytest.raises(ArgumentError, match=r"number 1 is 3\.0"):
        F.binary_cross_entropy([unknown[0], 3.0], [1, 0])


REFUSED = [
    (
        lambda: F.smooth_l1_loss(1, 2, beta=-1),
        ArgumentError,
        "does not support negative values for beta. Got: -1",
    ),
    (lambda: nn.SmoothL1Loss(beta=-1), ArgumentError, "does not support negative values for beta"),
    (
        lambda: F.huber_loss(1, 2, delta=0),
        ArgumentError,
        "does not support non-positive values for delta. Got: 0",
    ),
    (lambda: nn.HuberLoss(delta="x"), NumberTypeError, "delta takes a real number and got str"),
    (
        lambda: F.l1_loss([1], [1, 2]),
        ShapeError,
        "Using a target size (2,) that is different to the input size (1,).",
    ),
    (lambda: F.binary_cross_entropy([0.5], 1), ShapeError, "different to the input size (1,) is deprecated."),
    (
        lambda: F.binary_cross_entropy(1.5, 1),
        ArgumentError,
        "between 0 and 1, and number 0 is 1.5. Of logits, take",
    ),
    (
        lambda: F.binary_cross_entropy([0, 1], [1, 2]),
        ArgumentError,
        "all elements of target should be between 0 and",
    ),
    (
        lambda: F.binary_cross_entropy([0.5], [1], [1, 2]),
        ShapeError,
        "weight of size (2,) cannot be broadcast to the",
    ),
    (
        lambda: F.binary_cross_entropy_with_logits([1], [1, 2]),
        ShapeError,
        "Target size (2,) must be the same as input size (1,)",
    ),
    (
        lambda: F.binary_cross_entropy_with_logits([1, 2], [1, 1], pos_weight=[[1], [2]]),
        ShapeError,
        "pos_weight of size (2, 1) cannot be broadcast to the size (2,)",
    ),
    (
        lambda: F.nll_loss([[1, 2]], [0, 1]),
        ShapeError,
        "input batch_size (1,) to match target batch_size (2,).",
    ),
    (
        lambda: F.nll_loss([[1, 2]], [2]),
        ClassIndexError,
        "Target 2 is out of bounds: sample 0 of 1, with 2 classes",
    ),
    (
        lambda: F.nll_loss(1.0, 0),
        ShapeError,
        "input of nll_loss has the shape (C), (N, C) or (N, C, d1,",
    ),
    (lambda: F.nll_loss(None, 0), NumberTypeError, "input takes a real number and got NoneType"),
    (lambda: F.cross_entropy("ab", 0), NumberTypeError, "input takes a real number and got str"),
    (
        lambda: F.cross_entropy([1, 2], 0, label_smoothing="x"),
        NumberTypeError,
        "label_smoothing takes a real number and got str",
    ),
    (
        lambda: nn.CrossEntropyLoss(None, "sum")([1, 2], 0),
        NumberTypeError,
        "ignore_index is a label, an int, and got str: 'sum'",
    ),
    (
        lambda: nn.NLLLoss(None, True)([1, 2], 0),
        NumberTypeError,
        "ignore_index is a label, an int, and got bool: True",
    ),
    (lambda: F.nll_loss([1, 2], 0, None, 1.5), NumberTypeError, "and got float: 1.5"),
    (lambda: F.mse_loss([1, 2], None), NumberTypeError, "target takes a real number and got NoneType"),
    (lambda: F.l1_loss({1: 2}, [1]), NumberTypeError, "input takes a real number and got dict"),
    (lambda: F.multi_margin_loss([1, 2], 0, p=[1]), NumberTypeError, "p takes a real number and got list"),
    (
        lambda: F.multi_margin_loss([[[1, 2]]], [[0]]),
        ShapeError,
        "input of multi_margin_loss has the shape (C) or (N, C), and not (1, 1, 2)",
    ),
    (lambda: nn.MultiMarginLoss(margin="x"), NumberTypeError, "margin takes a real number and got str"),
    (lambda: nn.HingeEmbeddingLoss(None), NumberTypeError, "margin takes a real number and got NoneType"),
    (lambda: nn.MarginRankingLoss("x"), NumberTypeError, "margin takes a real number and got str"),
    (lambda: nn.CosineEmbeddingLoss("x"), NumberTypeError, "margin takes a real number and got str"),
    (lambda: nn.PoissonNLLLoss(eps="x"), NumberTypeError, "eps takes a real number and got str"),
    (lambda: F.poisson_nll_loss(1, 1, eps="x"), NumberTypeError, "eps takes a real number and got str"),
    (
        lambda: nn.GaussianNLLLoss(eps=-1),
        ArgumentError,
        "eps is the smallest variance, at least 0, and got -1",
    ),
    (lambda: F.gaussian_nll_loss(1, 1, 1, eps=math.nan), ArgumentError, "at least 0, and got nan"),
    (
        lambda: F.nll_loss([[1, 2]], [1.0]),
        NumberTypeError,
        "Expected a class index, an int, as target of sample 0",
    ),
    (lambda: F.nll_loss([[1, 2]], [-100]), ArgumentError, "all 1 targets are ignore_index (-100)"),
    (
        lambda: F.nll_loss([[1, 2]], [0], [1]),
        ShapeError,
        "nll_loss: weight tensor should be defined either for all 2",
    ),
    (lambda: F.kl_div([1], [1], "avg"), ArgumentError, "Known are 'mean', 'sum', 'none', 'batchmean'."),
    (lambda: F.kl_div([], [], "batchmean"), ArgumentError, "input is empty"),
    (
        lambda: F.gaussian_nll_loss([1, 2], [1, 2], [1, 1, 1]),
        ShapeError,
        "var is of incorrect size: (3,), for an in",
    ),
    (lambda: F.gaussian_nll_loss([1], [1], [-1]), ArgumentError, "var has negative entry/entries: -1"),
    (lambda: F.multi_margin_loss([1, 2], 0, p=3), ArgumentError, "only p == 1 and p == 2 supported. Got: 3"),
    (lambda: nn.MultiMarginLoss(p=3), ArgumentError, "only p == 1 and p == 2 supported"),
    (
        lambda: F.multi_margin_loss([[1, 2]], [0, 1]),
        ShapeError,
        "Expected target size (1,), but got (2,). Input has",
    ),
    (lambda: F.multi_margin_loss([[1, 2]], [-1]), ClassIndexError, "Target -1 is out of bounds"),
    (lambda: F.multilabel_soft_margin_loss(1, 1), ShapeError, "has the shape (C) or (N, C), and not ()"),
    (
        lambda: F.margin_ranking_loss([1], [1, 2], [1]),
        ShapeError,
        "tensors should have same dimension but got sizes: input1: (1,), input2: (2,), target: (1,)",
    ),
    (lambda: F.margin_ranking_loss([1], [1], 1), ShapeError, "input2: (1,), target: ()"),
    (
        lambda: F.cosine_embedding_loss([1], [1, 2], 1),
        ShapeError,
        "takes vectors of one size, and got input1 (1,), in",
    ),
    (
        lambda: F.cosine_embedding_loss([1, 2], [1, 2], [1]),
        ShapeError,
        "0D target tensor expects 1D input tensors: expected target size (), but found (1,)",
    ),
    (
        lambda: F.triplet_margin_loss([1], [1], [1], margin=0),
        ArgumentError,
        "margin must be greater than 0, got 0",
    ),
    (
        lambda: nn.TripletMarginLoss(p=0),
        ArgumentError,
        "p, which norm is the distance, must be greater than 0",
    ),
    (lambda: F.triplet_margin_loss([1], [1], [[1]]), ShapeError, "positive (1,), negative (1, 1)"),
    (
        lambda: F.triplet_margin_loss(1, 1, 1),
        ShapeError,
        "anchor of triplet_margin_loss has the shape (D) or (N, D)",
    ),
    (lambda: F.triplet_margin_loss([], [], []), ArgumentError, "anchor of triplet_margin_loss is empty"),
    (lambda: F.soft_margin_loss([], []), ArgumentError, "input is empty: its shape is (0,)"),
    (lambda: F.hinge_embedding_loss([1], [1], margin="x"), NumberTypeError, "margin takes a real number"),
    (lambda: F.poisson_nll_loss(["x"], [1]), NumberTypeError, "input takes a real number and got str"),
]


@pytest.mark.parametrize(("call", "error", "message"), REFUSED, ids=range(len(REFUSED)))
def test_what_makes_no_sense_is_refused(call, error, message):
    with pytest.raises(error, match=re.escape(message)) as raised:
        call()
    assert isinstance(raised.value, NanogradError)


def test_class_weights_are_a_buffer():
    for loss in (CrossEntropyLoss([1.0, 2.0]), nn.NLLLoss([1.0, 2.0]), nn.BCELoss([1.0, 2.0])):
        assert loss.state_dict() == {"weight.0": 1.0, "weight.1": 2.0}
        assert loss.parameters() == []
    assert CrossEntropyLoss().state_dict() == {}
    assert nn.BCEWithLogitsLoss(pos_weight=3.0).state_dict() == {"pos_weight": 3.0}
    assert repr(CrossEntropyLoss([1.0, 2.0])) == "CrossEntropyLoss()"


def test_arrays_broadcast_as_in_numpy():
    numpy = pytest.importorskip("numpy")
    chance = numpy.random.default_rng(0)
    x, y = chance.normal(size=(2, 3, 4)), chance.uniform(size=(2, 3, 4))
    for shape in [(), (4,), (3, 1), (1, 4), (2, 1, 4), (2, 3, 4)]:
        weight = chance.uniform(size=shape)
        ours = numbers(F.binary_cross_entropy_with_logits(x, y, weight, reduction="none"))
        expected = weight * (y * numpy.log1p(numpy.exp(-x)) + (1 - y) * numpy.log1p(numpy.exp(x)))
        assert numpy.allclose(ours, expected, rtol=1e-12, atol=0)
