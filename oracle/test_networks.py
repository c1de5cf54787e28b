"""nanograd.nn against torch.nn: losses, a network, and optimizers over 50 steps."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from nanograd.engine import ScalarValue
from nanograd.nn import MLP, CrossEntropyLoss, MSELoss
from nanograd.nn.functional import cross_entropy, mse_loss
from nanograd.nn.optim import SGD, Adam
from torch.nn import functional

LOGITS = st.floats(-30.0, 30.0)


def tensor(nested):
    return torch.tensor(nested, dtype=torch.float64, requires_grad=True)


def values(nested):
    return [[ScalarValue(number) for number in row] for row in nested]


def gradients(nested):
    return [value.grad for row in nested for value in row]


def close(expected):
    return pytest.approx(expected, rel=1e-11, abs=1e-13)


@st.composite
def batches(draw):
    rows, columns = draw(st.integers(1, 4)), draw(st.integers(2, 5))
    row = st.lists(LOGITS, min_size=columns, max_size=columns)
    return draw(st.lists(row, min_size=rows, max_size=rows))


@settings(deadline=None, max_examples=100)
@given(st.data(), st.sampled_from(["mean", "sum", "none"]))
def test_mse(data, reduction):
    given_logits = data.draw(batches())
    target = [[data.draw(LOGITS) for _ in row] for row in given_logits]
    ours, other = values(given_logits), tensor(given_logits)
    assert_equal_losses(
        mse_loss(ours, target, reduction),
        functional.mse_loss(other, tensor(target).detach(), reduction=reduction),
        ours,
        other,
    )


@settings(deadline=None, max_examples=200)
@given(st.data(), st.sampled_from(["mean", "sum", "none"]), st.sampled_from([0.0, 0.1, 1.0]))
def test_cross_entropy(data, reduction, smoothing):
    given_logits = data.draw(batches())
    classes = len(given_logits[0])
    weight = data.draw(st.none() | st.lists(st.floats(0.1, 5.0), min_size=classes, max_size=classes))
    ours, other = values(given_logits), tensor(given_logits)
    if data.draw(st.booleans()):
        target = [[abs(data.draw(LOGITS)) / 30.0 for _ in row] for row in given_logits]
        other_target = tensor(target).detach()
    else:
        labels = st.sampled_from([*range(classes), -100])
        target = [data.draw(st.integers(0, classes - 1)), *(data.draw(labels) for _ in given_logits[1:])]
        other_target = torch.tensor(target)
    options = {"reduction": reduction, "label_smoothing": smoothing}
    assert_equal_losses(
        cross_entropy(ours, target, weight, **options),
        functional.cross_entropy(
            other, other_target, None if weight is None else tensor(weight).detach(), **options
        ),
        ours,
        other,
    )


def copy_parameters(ours, other):
    """Give the PyTorch network the numbers of ours, whose neurons are the rows of its matrices."""
    numbers = dict(ours.named_parameters())
    with torch.no_grad():
        for layer, linear in enumerate([other[0], other[2]]):
            for index in range(linear.out_features):
                neuron = f"layers.{layer}.neurons.{index}"
                linear.bias[index] = numbers[f"{neuron}.b"].data
                for column in range(linear.in_features):
                    linear.weight[index, column] = numbers[f"{neuron}.w.{column}"].data


def assert_equal_losses(loss, expected, ours, other):
    flat = flattened(loss)
    assert [value.data for value in flat] == close(expected.reshape(-1).tolist())
    sum(flat).backward()
    expected.sum().backward()
    assert gradients(ours) == close(other.grad.reshape(-1).tolist())


def flattened(nested):
    return [value for item in nested for value in flattened(item)] if isinstance(nested, list) else [nested]


OPTIMIZERS = [
    (SGD, {"lr": 0.05}),
    (SGD, {"lr": 0.02, "momentum": 0.9}),
    (SGD, {"lr": 0.02, "momentum": 0.9, "dampening": 0.5, "weight_decay": 0.01}),
    (SGD, {"lr": 0.02, "momentum": 0.9, "nesterov": True, "weight_decay": 0.1}),
    (SGD, {"lr": 0.001, "maximize": True}),
    (Adam, {"lr": 0.02}),
    (Adam, {"lr": 0.02, "betas": (0.5, 0.9), "eps": 1e-3}),
    (Adam, {"lr": 0.02, "weight_decay": 0.1}),
    (Adam, {"lr": 0.02, "amsgrad": True}),
    (Adam, {"lr": 0.001, "maximize": True}),
]


@pytest.mark.parametrize(("kind", "options"), OPTIMIZERS, ids=range(len(OPTIMIZERS)))
@pytest.mark.parametrize("classify", [False, True], ids=["mse", "cross entropy"])
def test_a_network_trains_for_50_steps_as_in_pytorch(kind, options, classify):
    points = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    target = [0, 1, 1, 0] if classify else [[1.0, -0.5], [-1.0, 0.0], [-1.0, 0.3], [1.0, 1.0]]
    ours = MLP(3, [4, 2], activation="tanh")
    other = torch.nn.Sequential(torch.nn.Linear(3, 4), torch.nn.Tanh(), torch.nn.Linear(4, 2)).double()
    copy_parameters(ours, other)

    criterion, other_criterion = (
        (CrossEntropyLoss(), torch.nn.CrossEntropyLoss()) if classify else (MSELoss(), torch.nn.MSELoss())
    )
    other_target = torch.tensor(target) if classify else tensor(target).detach()
    optimizer = kind(ours.parameters(), **options)
    other_optimizer = getattr(torch.optim, kind.__name__)(other.parameters(), **options)
    for _ in range(50):
        optimizer.zero_grad()
        loss = criterion([ours(point) for point in points], target)
        loss.backward()
        optimizer.step()
        other_optimizer.zero_grad()
        expected = other_criterion(other(tensor(points).detach()), other_target)
        expected.backward()
        other_optimizer.step()
        assert loss.data == pytest.approx(expected.item(), rel=1e-9)

    trained = [parameter.item() for parameter in other.parameters() for parameter in parameter.reshape(-1)]
    copy_parameters(ours, other)
    copied = [parameter.item() for parameter in other.parameters() for parameter in parameter.reshape(-1)]
    assert copied == pytest.approx(trained, rel=1e-8, abs=1e-10)
