"""The losses equal PyTorch's on numbers that PyTorch 2.13.0 computed, and refuse what makes no sense."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ArgumentError, NanogradError, NumberTypeError, ScalarValue, ShapeError
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
        (1.0, 0, r"cross_entropy takes logits of shape \(C\) or \(N, C\) and got \(\)"),
        ([LOGITS], [LABELS], r"cross_entropy takes logits of shape \(C\) or \(N, C\) and got \(1, 3, 3\)"),
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


def test_the_mean_of_ignored_samples_alone_is_refused():
    with pytest.raises(
        ArgumentError, match=r"all 3 targets are ignore_index \(-100\): there is no loss to average"
    ):
        cross_entropy(LOGITS, [-100, -100, -100])
    assert cross_entropy(LOGITS, [-100, -100, -100], reduction="sum").data == 0.0
