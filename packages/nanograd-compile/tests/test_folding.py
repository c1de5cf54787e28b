"""Products that are only summed or negated are not stored, and nothing else changes."""

import numpy as np
import pytest
from nanograd.compile import compile_graph
from nanograd.compile._array_program import Allocate, Array, ArrayProgram, Call, Let, Literal, Store, Summed
from nanograd.compile._folding import folded
from nanograd.engine import ScalarValue, grad, sum_

P, A = Array("p", (4,)), Array("a", (4,))


def times(x, y):
    return Call("*", (x, y), (4,))


def negated(array):
    return Call("neg", (array.view(),), (4,))


FOLDED = {
    "a sum of squares": ([Let(A, times(P.view(), P.view()))], Summed(A.view(), (0,), ()), "return p @ p"),
    "what is scaled and negated": ([Let(A, times(P.view(), Literal(2.0)))], negated(A), "return *(p, -2.0)"),
    "a scale before it": ([Let(A, times(Literal(-3.0), P.view()))], negated(A), "return *(p, 3.0)"),
}
B = Array("b", (4,))
FOLDED["one in another"] = (
    [Let(A, times(P.view(), Literal(2.0))), Let(B, times(negated(A), Literal(5.0)))],
    negated(B),
    "return *(*(p, -2.0), -5.0)",
)
KEPT = {
    "a product that is read twice": (
        [Let(A, times(P.view(), P.view()))],
        Call("+", (Summed(A.view(), (0,), ()), Summed(A.view(), (0,), ())), ()),
    ),
    "a scaled array that is summed": ([Let(A, times(P.view(), Literal(2.0)))], Summed(A.view(), (0,), ())),
    "a product that is negated": ([Let(A, times(P.view(), P.view()))], negated(A)),
    "a part of a product": (
        [Let(A, times(P.view(), P.view()))],
        Summed(type(A.view())(A, 0, (2,), (1,)), (0,), ()),
    ),
    "a product that is added to": (
        [Let(A, times(P.view(), P.view())), Store(A.view(), P.view(), added=True)],
        Summed(A.view(), (0,), ()),
    ),
    "an array that is filled": (
        [Allocate(A, zeros=True), Store(A.view(), times(P.view(), P.view()), added=False)],
        Summed(A.view(), (0,), ()),
    ),
}


@pytest.mark.parametrize(("statements", "result", "expected"), FOLDED.values(), ids=FOLDED)
def test_a_product_that_is_read_once_becomes_a_part_of_what_reads_it(statements, result, expected):
    program = ArrayProgram(P, (), statements, result)
    assert str(folded(program)) == expected
    assert program.statements == statements


@pytest.mark.parametrize(("statements", "result"), KEPT.values(), ids=KEPT)
def test_all_others_stay(statements, result):
    program = ArrayProgram(P, (), statements, result)
    assert str(folded(program)) == str(program)


@pytest.mark.parametrize("shape", [(6,), (3, 5)])
def test_a_scaled_sum_of_squares_is_one_product(shape):
    w = [ScalarValue(number) for number in np.linspace(-1.0, 2.0, shape[-1])]
    rows = np.linspace(0.5, 2.5, int(np.prod(shape))).reshape(-1, shape[-1])
    squares = [100.0 * (a - a * b) ** 2 for row in rows.tolist() for a, b in zip(w, row, strict=True)]
    loss = sum_(squares)
    program = compile_graph(loss, w, executor="arrays")
    assert ".sum()" not in program.source
    value, gradient = program.value_and_grad([each.data for each in w])
    assert value == pytest.approx(loss.data, rel=1e-14)
    np.testing.assert_allclose(gradient, grad(loss, w), rtol=1e-13, atol=1e-13)


def test_equal_slopes_of_both_factors_of_a_square_are_computed_once():
    w = [ScalarValue(number) for number in np.linspace(-1.0, 2.0, 5)]
    loss = sum_([3.0 * (each.exp() - 1.0) ** 2 for each in w])
    program = compile_graph(loss, w, executor="arrays")
    assert "6.0 * " in program.source.replace(" * 6.0", "6.0 * ")
    value, gradient = program.value_and_grad([each.data for each in w])
    assert value == pytest.approx(loss.data, rel=1e-14)
    np.testing.assert_allclose(gradient, grad(loss, w), rtol=1e-14)
