"""Every row of the table is proved, and a wrong one is refuted."""

import math

import pytest
from nanograd.engine import OPS, ArgumentError, custom_op
from nanograd.symbolic import prove_row

NOT_PROVED = {"round": "has no formula in SymPy"}


@pytest.mark.parametrize("op", [op for op in OPS.values() if op.symbol != "tower"], ids=str)
def test_every_row_is_proved_or_listed_with_a_reason(op):
    proof = prove_row(op)
    assert proof
    assert not proof.refuted
    if op.symbol in NOT_PROVED:
        assert not proof.proved
        assert all(NOT_PROVED[op.symbol] in partial.reason for partial in proof.partials)
        assert all(partial.points >= 150 for partial in proof.partials)
    else:
        assert proof.proved
        assert all(partial.cases and not partial.points for partial in proof.partials)


def test_rows_with_branches_are_proved_in_each_of_them():
    cases = {symbol: prove_row(symbol).partials[0].cases for symbol in ("relu", "maximum", "**")}
    assert cases["relu"] == ("for x > 0", "for x < 0")
    assert cases["maximum"] == ("for x < y", "for y < x")
    assert cases["**"] == ("for x > 0 and y > 0", "for x > 0 and y < 0")
    assert len(prove_row("clamp").partials[0].cases) == 6


WRONG = {
    "a wrong factor": (lambda m, x: m.sin(x) * x, lambda m, o, x: m.cos(x) * x),
    "a wrong branch": (lambda m, x: m.where(x > 0, x * x, 0), lambda m, o, x: m.where(x > 0, 2 * x, 1)),
    "a wrong sign": (lambda m, x: m.exp(-x), lambda m, o, x: o),
    "without a formula": (lambda m, x: math.exp(x), lambda m, o, x: 1.01 * o),
}


@pytest.mark.parametrize(("forward", "partial"), WRONG.values(), ids=WRONG)
def test_a_wrong_row_is_refuted_with_numbers(forward, partial):
    custom_op("tower", forward, [partial])
    proof = prove_row("tower")
    assert not proof
    assert not proof.proved
    assert "in the table and" in proof.refuted[0]
    assert "by differences" in str(proof)


def test_a_right_row_of_ones_own_is_proved():
    custom_op("tower", lambda m, x: m.exp(x * x), [lambda m, o, x: 2 * x * o])
    assert prove_row("tower").proved
    custom_op("tower", lambda m, x: math.exp(x), [lambda m, o, x: o])
    proof = prove_row("tower")
    assert proof
    assert not proof.proved
    assert proof.partials[0].points > 100


def test_what_is_no_row_is_refused():
    with pytest.raises(
        ArgumentError, match="takes a row of OPS or its symbol, such as 'tanh', and got 'nope'"
    ):
        prove_row("nope")
