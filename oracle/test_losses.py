"""The losses of nanograd.nn against those of torch.nn: values and gradients, every reduction and option."""

import inspect
import math
import random

import pytest
import torch
from nanograd import nn
from nanograd.engine import ScalarValue
from nanograd.nn import functional

WORST: dict[str, float] = {}
CHANCE = random.Random(0)
INF = math.inf


def numbers(*shape, low=-3.0, high=3.0):
    if not shape:
        return CHANCE.uniform(low, high)
    return [numbers(*shape[1:], low=low, high=high) for _ in range(shape[0])]


def signs(*shape):
    return [signs(*shape[1:]) for _ in range(shape[0])] if shape else CHANCE.choice([-1.0, 1.0])


def positive(*shape):
    return numbers(*shape, low=0.05, high=3.0)


def probabilities(*shape):
    return numbers(*shape, low=0.0, high=1.0)


def labels(count, classes):
    return [CHANCE.randrange(classes) for _ in range(count)]


# Name of the class, its options, and what it is called with. Inputs and real targets get gradients.
CASES = [
    ("MSELoss", {}, (numbers(4, 3), numbers(4, 3))),
    ("MSELoss", {}, (numbers(), numbers())),
    ("MSELoss", {}, ([1.0, 2.0, INF], [1.0, math.nan, 0.0])),
    ("L1Loss", {}, (numbers(2, 3, 2), numbers(2, 3, 2))),
    ("L1Loss", {}, ([1.0, 2.0, INF], [1.0, 5.0, 0.0])),  # the gradient of |nan| is nan here and 0 there
    ("SmoothL1Loss", {}, (numbers(4, 3), numbers(4, 3))),
    ("SmoothL1Loss", {"beta": 2.5}, (numbers(9), numbers(9))),
    ("SmoothL1Loss", {"beta": 0.0}, (numbers(9), numbers(9))),
    ("SmoothL1Loss", {"beta": 2.0}, ([0.0, 2.0, -2.0, 1.5, INF, -INF, math.nan], [0.0] * 7)),
    ("HuberLoss", {}, (numbers(4, 3), numbers(4, 3))),
    ("HuberLoss", {"delta": 2.5}, (numbers(9), numbers(9))),
    ("HuberLoss", {"delta": 2.0}, ([0.0, 2.0, -2.0, 1.5, INF, -INF, math.nan], [0.0] * 7)),
    ("BCELoss", {}, (probabilities(4, 3), probabilities(4, 3))),
    ("BCELoss", {"weight": positive(3)}, (probabilities(4, 3), probabilities(4, 3))),
    ("BCELoss", {"weight": positive(4, 1)}, (probabilities(4, 3), probabilities(4, 3))),
    ("BCELoss", {}, ([1e-11, 0.5, 1 - 1e-11], [1.0, 1.0, 0.0])),
    ("BCEWithLogitsLoss", {}, (numbers(4, 3), probabilities(4, 3))),
    (
        "BCEWithLogitsLoss",
        {"weight": positive(3), "pos_weight": positive(3)},
        (numbers(4, 3), probabilities(4, 3)),
    ),
    ("BCEWithLogitsLoss", {"pos_weight": positive(4, 1)}, (numbers(4, 3), probabilities(4, 3))),
    (
        "BCEWithLogitsLoss",
        {},
        ([800.0, -800.0, 800.0, -800.0, 0.0, math.nan], [0.0, 1.0, 1.0, 0.0, 0.0, 1.0]),
    ),
    ("CrossEntropyLoss", {}, (numbers(5, 4), labels(5, 4))),
    ("CrossEntropyLoss", {"weight": positive(4), "label_smoothing": 0.2}, (numbers(5, 4), labels(5, 4))),
    (
        "CrossEntropyLoss",
        {"weight": positive(4), "label_smoothing": 0.2},
        (numbers(5, 4), probabilities(5, 4)),
    ),
    ("CrossEntropyLoss", {"weight": positive(4), "ignore_index": 2}, (numbers(5, 4), [2, 0, 1, 2, 3])),
    ("CrossEntropyLoss", {}, (numbers(2, 3, 2), [[0, 1], [2, -100]])),
    (
        "CrossEntropyLoss",
        {"weight": positive(3), "label_smoothing": 0.2, "ignore_index": 1},
        (numbers(2, 3, 2, 2), [[[0, 1], [2, 1]], [[2, 0], [1, 1]]]),
    ),
    (
        "CrossEntropyLoss",
        {"weight": positive(3), "label_smoothing": 0.2},
        (numbers(2, 3, 2), positive(2, 3, 2)),
    ),
    ("NLLLoss", {"weight": positive(3), "ignore_index": 0}, (numbers(2, 3, 2), [[0, 1], [2, 1]])),
    ("NLLLoss", {}, (numbers(5, 4), labels(5, 4))),
    ("NLLLoss", {}, (numbers(4), 2)),
    ("NLLLoss", {"weight": positive(4)}, (numbers(5, 4), labels(5, 4))),
    ("NLLLoss", {"weight": positive(4), "ignore_index": 1}, (numbers(5, 4), [1, 0, 1, 2, 3])),
    ("NLLLoss", {}, (numbers(3, 2), [1, -100, 0])),
    ("KLDivLoss", {}, (numbers(4, 3), probabilities(4, 3))),
    ("KLDivLoss", {"log_target": True}, (numbers(4, 3), numbers(4, 3))),
    ("KLDivLoss", {}, (numbers(), probabilities())),
    ("KLDivLoss", {}, ([-1.0, -2.0, -INF, math.nan], [0.0, 1.0, 0.5, 0.5])),
    ("HingeEmbeddingLoss", {}, (numbers(4, 3), signs(4, 3))),
    ("HingeEmbeddingLoss", {"margin": 2.5}, (numbers(9), signs(9))),
    ("HingeEmbeddingLoss", {}, ([1.0, 1.0, 0.3, math.nan], [1.0, -1.0, 0.0, -1.0])),
    ("MultiMarginLoss", {}, (numbers(5, 4), labels(5, 4))),
    ("MultiMarginLoss", {}, (numbers(4), 2)),
    ("MultiMarginLoss", {"p": 2, "margin": 0.5, "weight": positive(4)}, (numbers(5, 4), labels(5, 4))),
    ("MultiMarginLoss", {}, ([[0.5, -0.5, 1.5], [1.0, 2.0, 3.0]], [0, 2])),
    ("SoftMarginLoss", {}, (numbers(4, 3), signs(4, 3))),
    ("SoftMarginLoss", {}, ([0.0, 700.0, -700.0, math.nan], [1.0, 1.0, 1.0, 1.0])),
    ("MultiLabelSoftMarginLoss", {}, (numbers(5, 4), probabilities(5, 4))),
    ("MultiLabelSoftMarginLoss", {"weight": positive(4)}, (numbers(5, 4), probabilities(5, 4))),
    ("MultiLabelSoftMarginLoss", {}, (numbers(4), [0.0, 1.0, 1.0, 0.0])),
    ("CosineEmbeddingLoss", {}, (numbers(5, 4), numbers(5, 4), signs(5))),
    ("CosineEmbeddingLoss", {"margin": -0.5}, (numbers(5, 4), numbers(5, 4), signs(5))),
    ("CosineEmbeddingLoss", {}, (numbers(4), numbers(4), 1.0)),
    (
        "CosineEmbeddingLoss",
        {},
        ([[0.0, 0.0], [1.0, 2.0], [1.0, math.nan]], [[1.0, 2.0]] * 3, [1.0, 0.5, -1.0]),
    ),
    ("MarginRankingLoss", {}, (numbers(4, 3), numbers(4, 3), signs(4, 3))),
    ("MarginRankingLoss", {"margin": 0.7}, (numbers(9), numbers(9), signs(9))),
    ("MarginRankingLoss", {"margin": 1.0}, ([1.0, 2.0, 3.0], [2.0, 2.0, 2.0], [1.0, 1.0, 1.0])),
    ("TripletMarginLoss", {}, (numbers(5, 4), numbers(5, 4), numbers(5, 4))),
    (
        "TripletMarginLoss",
        {"p": 1, "margin": 3.0, "eps": 1e-3},
        (numbers(5, 4), numbers(5, 4), numbers(5, 4)),
    ),
    ("TripletMarginLoss", {"p": 3.5, "swap": True}, (numbers(5, 4), numbers(5, 4), numbers(5, 4))),
    ("TripletMarginLoss", {"p": INF}, (numbers(5, 4), numbers(5, 4), numbers(5, 4))),
    ("TripletMarginLoss", {"swap": True}, (numbers(4), numbers(4), numbers(4))),
    ("GaussianNLLLoss", {}, (numbers(5, 4), numbers(5, 4), positive(5, 4))),
    ("GaussianNLLLoss", {"full": True}, (numbers(5, 4), numbers(5, 4), positive(5, 1))),
    ("GaussianNLLLoss", {}, (numbers(5, 4), numbers(5, 4), positive(5))),
    ("GaussianNLLLoss", {"eps": 0.5}, (numbers(4), numbers(4), [0.0, 0.25, 0.5, 2.0])),
    ("GaussianNLLLoss", {}, (numbers(3), [1.0, math.nan, 2.0], [1.0, 1.0, math.nan])),
    ("PoissonNLLLoss", {}, (numbers(4, 3), positive(4, 3))),
    ("PoissonNLLLoss", {"full": True}, (numbers(6), [0.0, 1.0, 1.5, 2.0, 7.0, 30.0])),
    ("PoissonNLLLoss", {"log_input": False, "eps": 1e-2}, (positive(4, 3), positive(4, 3))),
    ("PoissonNLLLoss", {"log_input": False}, ([0.0, 2.0, math.nan], [1.0, 0.0, 1.0])),
]
IDS = [f"{index} {name}" for index, (name, _, _) in enumerate(CASES)]


def is_label(given):
    return isinstance(flat([given])[0], int)


def ours_of(given):
    if isinstance(given, list):
        return [ours_of(item) for item in given]
    return given if isinstance(given, int) else ScalarValue(given)


def flat(nested):
    return [value for item in nested for value in flat(item)] if isinstance(nested, list) else [nested]


def as_tensor(given):
    return (
        torch.tensor(given)
        if is_label(given)
        else torch.tensor(given, dtype=torch.float64, requires_grad=True)
    )


def compare(name, ours, expected, what):
    assert len(ours) == len(expected)
    for x, y in zip(ours, expected, strict=True):
        same = x == y or (x != x and y != y)
        difference = (
            0.0 if same else abs(x - y) / max(abs(y), 1e-3)
        )  # near 0, a difference of terms of size 1
        assert difference < 1e-12, (what, ours, expected)
        WORST[name] = max(WORST.get(name, 0.0), difference)


@pytest.fixture(autouse=True, scope="module")
def _summary():
    yield
    print("\nlargest relative difference of values and gradients:")
    for name, difference in sorted(WORST.items()):
        print(f"  {name:25} {difference:.1e}")


def reductions(name):
    return ["mean", "sum", "none", *(["batchmean"] if name == "KLDivLoss" else [])]


@pytest.mark.filterwarnings("ignore:reduction. 'mean' divides the total loss:UserWarning")
@pytest.mark.filterwarnings("ignore:.*size .* that is different to the input size:UserWarning")
@pytest.mark.parametrize(
    ("name", "options", "given", "reduction"),
    [(*case, reduction) for case in CASES for reduction in reductions(case[0])],
    ids=[f"{case} {reduction}" for case in IDS for reduction in reductions(case.split()[1])],
)
def test_values_and_gradients_equal_pytorch(name, options, given, reduction):
    ours, other = [ours_of(argument) for argument in given], [as_tensor(argument) for argument in given]
    if name == "SoftMarginLoss":  # PyTorch has no gradient of its target
        other[1].requires_grad_(False)
    tensors = {
        option: torch.tensor(value, dtype=torch.float64) if isinstance(value, list) else value
        for option, value in options.items()
    }
    loss = getattr(nn, name)(reduction=reduction, **options)(*ours)
    expected = getattr(torch.nn, name)(reduction=reduction, **tensors)(*other)
    values = flat(loss)
    compare(name, [value.data for value in values], expected.detach().reshape(-1).tolist(), "value")

    weights = [1.0 + 0.1 * index for index in range(len(values))]  # a gradient of its own for each
    sum(weight * value for weight, value in zip(weights, values, strict=True)).backward()
    expected.reshape(-1).mul(torch.tensor(weights, dtype=torch.float64)).sum().backward()
    for argument, tensor in zip(ours, other, strict=True):
        if tensor.grad is not None and not is_flat_there(name, argument, tensor):
            gradients = [value.grad for value in flat(argument)]
            compare(name, gradients, tensor.grad.reshape(-1).tolist(), "gradient")


def is_flat_there(name, argument, tensor):
    """Whether PyTorch's gradient is that of a condition or a logarithm at a place nobody asks for."""
    signs_of = name in {"HingeEmbeddingLoss", "CosineEmbeddingLoss"} and set(tensor.reshape(-1).tolist()) <= {
        -1.0,
        0.0,
        0.5,
        1.0,
    }
    zeros = name in {"KLDivLoss", "PoissonNLLLoss"} and 0.0 in tensor.reshape(-1).tolist()
    return signs_of or zeros


@pytest.mark.parametrize("x", [0.0, 1e-300, 1e-40, 1.0])
@pytest.mark.parametrize("y", [0.0, 0.25, 1.0])
def test_bce_is_clamped_as_in_pytorch(x, y):
    expected = torch.nn.functional.binary_cross_entropy(
        torch.tensor(x, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)
    )
    assert functional.binary_cross_entropy(x, y).data == pytest.approx(expected.item(), rel=1e-14)


WEIGHTED = [("mse_loss", {}), ("l1_loss", {}), ("huber_loss", {"delta": 0.7})]


@pytest.mark.parametrize(("name", "options"), WEIGHTED, ids=str)
@pytest.mark.parametrize("reduction", ["mean", "sum", "none"])
def test_weights_of_regression_losses_equal_pytorch(name, options, reduction):
    x, y, weight = numbers(3, 2), numbers(3, 2), positive(3, 2)
    ours = getattr(functional, name)(x, y, weight=weight, reduction=reduction, **options)
    other = getattr(torch.nn.functional, name)(
        *(torch.tensor(given, dtype=torch.float64) for given in (x, y)),
        weight=torch.tensor(weight, dtype=torch.float64),
        reduction=reduction,
        **options,
    )
    compare(name, [value.data for value in flat(ours)], other.reshape(-1).tolist(), "value")


LEGACY = {"size_average", "reduce"}


@pytest.mark.parametrize("name", sorted({case[0] for case in CASES}))
def test_classes_have_pytorch_s_arguments(name):
    assert_same_arguments(getattr(nn, name), getattr(torch.nn, name))


@pytest.mark.parametrize(
    "name", [name for name in functional.__all__ if "loss" in name or "entropy" in name or name == "kl_div"]
)
def test_functions_have_pytorch_s_arguments(name):
    assert_same_arguments(getattr(functional, name), getattr(torch.nn.functional, name))


def assert_same_arguments(ours, other):
    expected = [
        (name, given.default, given.kind)
        for name, given in inspect.signature(other).parameters.items()
        if name not in LEGACY
    ]
    assert [(n, p.default, p.kind) for n, p in inspect.signature(ours).parameters.items()] == expected


def test_every_loss_is_compared():
    losses = {name for name in nn.__all__ if name.endswith("Loss")}
    assert losses == {case[0] for case in CASES}
    missing = {name for name in dir(torch.nn) if "Loss" in name} - losses
    assert missing == {
        "AdaptiveLogSoftmaxWithLoss",
        "CTCLoss",
        "LinearCrossEntropyLoss",
        "MultiLabelMarginLoss",
        "NLLLoss2d",
        "TripletMarginWithDistanceLoss",
    }
