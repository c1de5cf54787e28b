"""RNNCell, LSTMCell and GRUCell against their formulas in plain floats."""

import math
import random

import pytest
from nanograd.engine import ArgumentError, NumberTypeError, ShapeError
from nanograd.engine.testing import gradcheck
from nanograd.nn import GRUCell, LSTMCell, RNNCell

X, H, C = [0.5, -1.0], [0.25, 1.5, -0.75], [1.0, -0.5, 0.125]


def sigmoid(x):
    return 1.0 / (1.0 + math.exp(-x))


def sums(cell):
    """Return W_ih x + b_ih and W_hh h + b_hh."""

    def of(weight, bias, vector):
        biases = [b.data for b in bias] if bias else [0.0] * len(weight)
        return [
            math.fsum(w.data * v for w, v in zip(row, vector, strict=True)) + b
            for row, b in zip(weight, biases, strict=True)
        ]

    return of(cell.weight_ih, cell.bias_ih, X), of(cell.weight_hh, cell.bias_hh, H)


def numbers(values):
    return [value.data for value in values]


@pytest.fixture(params=[True, False], ids=["bias", "no bias"])
def options(request):
    return {"bias": request.param, "generator": random.Random(0)}


@pytest.mark.parametrize("nonlinearity", ["tanh", "relu"])
def test_an_rnn_is_its_formula(options, nonlinearity):
    cell = RNNCell(2, 3, nonlinearity=nonlinearity, **options)
    function = math.tanh if nonlinearity == "tanh" else lambda x: max(x, 0.0)
    expected = [function(a + b) for a, b in zip(*sums(cell), strict=True)]
    assert numbers(cell(X, H)) == pytest.approx(expected, rel=1e-13)


def test_an_lstm_is_its_formula(options):
    cell = LSTMCell(2, 3, **options)
    gates = [a + b for a, b in zip(*sums(cell), strict=True)]
    i, f, g, o = (gates[start : start + 3] for start in range(0, 12, 3))
    c = [sigmoid(f[k]) * C[k] + sigmoid(i[k]) * math.tanh(g[k]) for k in range(3)]
    h = [sigmoid(o[k]) * math.tanh(c[k]) for k in range(3)]
    new_h, new_c = cell(X, (H, C))
    assert numbers(new_h) == pytest.approx(h, rel=1e-13)
    assert numbers(new_c) == pytest.approx(c, rel=1e-13)


def test_a_gru_is_its_formula(options):
    cell = GRUCell(2, 3, **options)
    of_x, of_h = sums(cell)
    expected = []
    for k in range(3):
        r, z = sigmoid(of_x[k] + of_h[k]), sigmoid(of_x[k + 3] + of_h[k + 3])
        n = math.tanh(of_x[k + 6] + r * of_h[k + 6])
        expected.append((1.0 - z) * n + z * H[k])
    assert numbers(cell(X, H)) == pytest.approx(expected, rel=1e-13)


CELLS = [RNNCell(2, 3), LSTMCell(2, 3), GRUCell(2, 3)]


@pytest.fixture(params=CELLS, ids=lambda cell: type(cell).__name__)
def cell(request):
    return request.param


def test_gradients_equal_differences(cell):
    def last(*x):
        state = cell(list(x[:2]))
        state = cell(list(x[2:]), state)
        return list(state[0]) if isinstance(state, tuple) else state

    assert gradcheck(last, (0.5, -1.0, 0.25, 2.0))


def test_a_batch_gives_what_its_samples_give(cell):
    batch = [X, [1.0, 2.0], [-1.0, 0.0]]
    states = [H, C, [0.0, 0.0, 0.0]]
    pair = isinstance(cell, LSTMCell)
    each = [cell(x, (h, h) if pair else h) for x, h in zip(batch, states, strict=True)]
    together = cell(batch, (states, states) if pair else states)
    if not pair:
        each, together = [(state,) for state in each], (together,)
    for k, part in enumerate(together):
        assert [numbers(row) for row in part] == [numbers(state[k]) for state in each]


def test_without_a_state_it_is_zero(cell):
    zeros = [0.0] * 3
    pair = isinstance(cell, LSTMCell)
    given, left_out = cell(X, (zeros, zeros) if pair else zeros), cell(X)
    assert (given[0] if pair else given) == (left_out[0] if pair else left_out)
    assert len(cell([X, X])[0] if pair else cell([X, X])) == 2


def test_state_and_repr_are_pytorch_s():
    assert repr(RNNCell(2, 3)) == "RNNCell(2, 3)"
    assert repr(RNNCell(2, 3, False, "relu")) == "RNNCell(2, 3, bias=False, nonlinearity=relu)"
    assert repr(GRUCell(2, 3, bias=False)) == "GRUCell(2, 3, bias=False)"
    names = list(dict.fromkeys(name.split(".")[0] for name in LSTMCell(1, 1).state_dict()))
    assert names == ["weight_ih", "weight_hh", "bias_ih", "bias_hh"]
    assert len(LSTMCell(2, 3).parameters()) == 12 * (2 + 3 + 2)
    assert len(GRUCell(2, 3, bias=False).parameters()) == 9 * (2 + 3)


def test_numbers_begin_within_pytorch_s_bound():
    state = GRUCell(9, 4, generator=random.Random(0)).state_dict()
    assert max(map(abs, state.values())) <= 0.5
    assert min(state.values()) < -0.49
    assert state == GRUCell(9, 4, generator=random.Random(0)).state_dict()


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: RNNCell(2, 3)([1.0]), r"RNNCell takes 2 inputs and got 1"),
        (lambda: RNNCell(2, 3)(X, [1.0]), r"RNNCell takes a state of 3 values, .*, and got \(1,\)$"),
        (lambda: GRUCell(2, 3)([X, X], [H]), r"Input batch size 2 doesn't match hidden batch size 1"),
        (lambda: GRUCell(2, 3)(X, [H]), r"GRUCell: one sample needs one state, \(3,\), and got \(1, 3\)"),
        (lambda: GRUCell(2, 3)([X], H), r"GRUCell: Input batch size 1 .* one state, \(3,\), for all"),
        (lambda: GRUCell(2, 3)([X], [[H]]), r"GRUCell takes a state of 3 values, .*, and got \(1, 1, 3\)$"),
        (lambda: GRUCell(2, 3)(X, 0.0), r"GRUCell takes a state of 3 values, .*, and got \(\)$"),
        (lambda: LSTMCell(2, 3)(X, H[:2]), r"LSTMCell takes a state of 3 values, .*, and got \(\)$"),
        (lambda: GRUCell(2, 3)([[X]]), r"Expected input to be 1D or 2D, .* got 3D instead"),
        (lambda: LSTMCell(2, 3)(X, (H,)), r"takes a state and a memory, \(h, c\), and got"),
    ],
    ids=range(10),
)
def test_wrong_sizes_are_refused(call, message):
    with pytest.raises(ShapeError, match=message):
        call()


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ArgumentError, match=r"Unknown nonlinearity: sigmoid\. Known are 'tanh' and 'relu'"):
        RNNCell(2, 3, nonlinearity="sigmoid")
    with pytest.raises(ArgumentError, match="hidden_size of LSTMCell"):
        LSTMCell(2, 0)
    with pytest.raises(NumberTypeError, match="an input of GRUCell takes a real number"):
        GRUCell(2, 3)([1.0, "a"])
