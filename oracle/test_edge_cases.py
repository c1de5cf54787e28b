"""The table of differences from PyTorch in docs/edge_cases.rst: each row is a test, and each test a row."""

import math
import re
import warnings
from pathlib import Path

import nanograd.engine as engine
import pytest
import torch
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, ShapeError
from nanograd.nn import functional as ours
from torch.nn import functional as theirs

PAGE = Path(__file__).parents[1] / "docs" / "edge_cases.rst"
DIFFERENCES = {}


def row(name):
    """Register the test of a row by what stands in its first column."""

    def registered(check):
        DIFFERENCES[name] = check
        return check

    return registered


def tensor(number):
    return torch.tensor(number, dtype=torch.float64, requires_grad=True)


def both(function, pytorch_function, *numbers):
    """Return the gradients of a function's arguments, ours and PyTorch's."""
    values, tensors = [ScalarValue(number) for number in numbers], [tensor(number) for number in numbers]
    function(*values).backward()
    pytorch_function(*tensors).backward()
    return [value.grad for value in values], [other.grad.item() for other in tensors]


def test_every_row_of_the_page_has_a_test_and_every_test_a_row():
    _, table = PAGE.read_text(encoding="utf-8").split("\nWhere nanograd differs\n")
    assert re.findall(r"^   \* - (.+)$", table, re.MULTILINE) == list(DIFFERENCES)


@pytest.mark.parametrize("name", DIFFERENCES)
def test_the_difference_is_there(name):
    DIFFERENCES[name]()


@row("no gradient yet")
def _():
    assert tensor(1.0).grad is None
    assert (ScalarValue(1.0).grad, ScalarValue(1.0).has_grad) == (0.0, False)


@row("gradients of computed values")
def _():
    x, other = ScalarValue(3.0), tensor(3.0)
    y, computed = x * x, other * other
    (y * 2).backward()
    (computed * 2).backward()
    with pytest.warns(UserWarning, match="not a leaf"):
        assert computed.grad is None
    assert y.grad == 2.0


@row("``backward()`` for the second time")
def _():
    x, other = ScalarValue(3.0), tensor(3.0)
    y, computed = x * x, other * other
    computed.backward()
    with pytest.raises(RuntimeError, match="a second time"):
        computed.backward()
    y.backward()
    y.backward()
    assert x.grad == 12.0


@row("a number changed before ``backward()``")
def _():
    x, other = ScalarValue(3.0), tensor(3.0)
    y, computed = x * x, other * other
    x.data = 100.0
    with torch.no_grad():
        other.mul_(2.0)
    with pytest.raises(RuntimeError, match="modified by an inplace operation"):
        computed.backward()
    y.backward()
    assert x.grad == 6.0


@row("more gradients than results in ``backward``")
def _():
    torch.autograd.backward([tensor(1.0) * 2], [tensor(1.0), tensor(2.0)])
    with pytest.raises(ArgumentError):
        engine.backward([ScalarValue(1.0) * 2], [1.0, 2.0])


@row("``grad`` of a computed value with a hook")
def _():
    found = []
    for x, grad in ((ScalarValue(3.0), engine.grad), (tensor(3.0), torch.autograd.grad)):
        y = x * x
        y.register_hook(lambda gradient: gradient * 10)
        found += [float(grad(y * 2, [y])[0]), float(grad(y * 2, [x, y])[1])]
    assert found == [20.0, 20.0, 20.0, 2.0]


@row("input and target of different sizes")
def _():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        assert theirs.mse_loss(torch.tensor([1.0, 2.0]), torch.tensor([1.0])) == 0.5
    assert len(caught) == 1
    with pytest.raises(ShapeError):
        ours.mse_loss([1.0, 2.0], [1.0])


@row("``//``")
def _():
    computed = tensor(5.0) // 2
    with pytest.raises(RuntimeError, match="not implemented"):
        computed.backward()
    with pytest.raises(NumberTypeError):
        ScalarValue(5.0) // 2


@row("``where`` with functions")
def _():
    with pytest.raises(TypeError):
        torch.where(tensor(0.0) > 0, lambda: 1.0, lambda: 2.0)
    assert engine.where(ScalarValue(0.0) > 0, lambda: 1 / 0, lambda: 2.0) == 2.0


@row("``sign(nan)``, and the slope of ``abs`` at nan")
def _():
    assert torch.sign(tensor(math.nan)).item() == 0.0
    assert math.isnan(engine.sign(math.nan))
    (slope,), (other,) = both(abs, torch.abs, math.nan)
    assert other == 0.0
    assert math.isnan(slope)


@row("``round(2.675, 2)``")
def _():
    assert torch.round(tensor(2.675), decimals=2).item() == 2.68
    assert round(ScalarValue(2.675), 2).data == 2.67


@row("``softplus(x)`` above 20")
def _():
    assert theirs.softplus(tensor(25.0)).item() == 25.0
    assert engine.softplus(25.0) - 25.0 == pytest.approx(math.exp(-25.0), rel=1e-3)


@row("``gelu(x)`` far below 0")
def _():
    assert theirs.gelu(tensor(-10.0)).item() == 0.0
    assert engine.gelu(-10.0) == pytest.approx(-5.0 * math.erfc(10.0 / math.sqrt(2.0)), rel=1e-12)


@row("slope of ``sigmoid`` above 37, of ``expm1`` below -37")
def _():
    assert both(engine.sigmoid, torch.sigmoid, 40.0) == ([pytest.approx(math.exp(-40.0))], [0.0])
    assert both(engine.expm1, torch.expm1, -40.0) == ([pytest.approx(math.exp(-40.0))], [0.0])


@row("slope of ``atan2`` close to the origin")
def _():
    slopes, others = both(engine.atan2, torch.atan2, 1e-200, 1e-200)
    assert slopes == pytest.approx([5e199, -5e199])
    assert others == [0.0, 0.0]


@row("slope of ``prod`` with tiny or huge numbers")
def _():
    def product(*tensors):
        return torch.prod(torch.stack(tensors))

    slopes, others = both(lambda *values: engine.prod(values), product, 1e-200, 1e-200, 1e200)
    assert slopes == pytest.approx([1.0, 1.0, 0.0])
    assert others != pytest.approx([1.0, 1.0, 0.0])


@row("slope of ``acosh`` below -1")
def _():
    (slope,), (other,) = both(engine.acosh, torch.acosh, -2.0)
    assert math.isfinite(other)
    assert math.isnan(slope)


@row("second derivative of ``elu`` at 0")
def _():
    assert torch.autograd.functional.hessian(theirs.elu, torch.tensor(0.0)).item() == 0.0
    assert engine.hessian(engine.elu)(0.0) == 1.0


@row("slope of ``binary_cross_entropy`` at 0 and 1")
def _():
    (slope,), (other,) = both(
        lambda x: ours.binary_cross_entropy(x, 1.0),
        lambda x: theirs.binary_cross_entropy(x, torch.tensor(1.0, dtype=torch.float64)),
        0.0,
    )
    assert other == pytest.approx(-1e12)
    assert slope == 0.0
