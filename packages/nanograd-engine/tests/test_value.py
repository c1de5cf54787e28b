"""A ScalarValue is a number: it takes numbers, computes like one, and refuses the rest with advice."""

import copy
import math
import operator
from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ArgumentError, GraphError, NumberTypeError, ScalarValue, logsumexp, relu, where

OPERATORS = [operator.add, operator.sub, operator.mul, operator.truediv, operator.pow, operator.mod]


@pytest.mark.parametrize("compute", OPERATORS, ids=lambda compute: compute.__name__)
@given(x=st.floats(0.1, 50), y=st.floats(0.1, 5))
def test_operators_take_numbers_on_either_side(compute, x, y):
    expected = compute(x, y)
    for left, right in ((ScalarValue(x), ScalarValue(y)), (ScalarValue(x), y), (x, ScalarValue(y))):
        result = compute(left, right)
        assert result.data == expected
        assert [child.data for child in result.children] == [x, y]


@pytest.mark.parametrize("compute", OPERATORS, ids=lambda compute: compute.__name__)
@pytest.mark.parametrize(
    "number", [np.float64(2), np.float32(2), np.int64(2), np.uint8(2), 2, Fraction(2)], ids=repr
)
def test_operators_take_every_kind_of_number(compute, number):
    value = ScalarValue(3.0)
    assert compute(number, value).data == compute(2.0, 3.0)
    assert compute(value, number).data == compute(3.0, 2.0)
    assert type(compute(number, value)) is ScalarValue


def test_numbers_of_numpy_become_numbers_of_python():
    assert type(ScalarValue(np.float64(2)).data) is float
    assert type(ScalarValue(np.float32(0.5)).data) is float
    assert type(ScalarValue(np.int64(2)).data) is int


def test_integers_stay_integers_and_fractions_stay_exact():
    assert repr(ScalarValue(2) * 3 + 1) == "ScalarValue(data=7)"
    x = ScalarValue(Fraction(1, 3))
    y = (x * x + 1) / x - x**3
    y.backward()
    assert y.data == Fraction(1, 3) + 3 - Fraction(1, 27)
    assert x.grad == 1 - 9 - Fraction(1, 3)
    assert isinstance(x.grad, Fraction)


def test_fractions_stay_exact_where_they_meet_integers():
    x = ScalarValue(Fraction(1, 3))
    (x / 2 + 2 / x - 3 * x).backward()
    assert x.grad == Fraction(1, 2) - 18 - 3
    assert isinstance(x.grad, Fraction)


def test_arrays_of_values_compute_element_by_element():
    v, w = ScalarValue(2.0), ScalarValue(3.0)
    assert list(np.array([1.0, 2.0]) * v) == [2.0, 4.0]
    assert list(v * np.array([1.0, 2.0])) == [2.0, 4.0]
    assert list(np.array([v, w]) - v) == [0.0, 1.0]
    dot = np.array([v, w]) @ np.array([w, v])
    dot.backward()
    assert (dot.data, v.grad, w.grad) == (12.0, 6.0, 4.0)
    assert np.exp(np.array([v]))[0].op.symbol == "exp"


REFUSED = [
    ("2.0", r"got str: '2.0'\. Convert it first: float\('2.0'\)"),
    (None, r"got NoneType: None\. A function without a return statement gives None"),
    (True, r"got bool: True\. Write 1, or choose with where"),
    (1 + 2j, r"got complex: \(1\+2j\)\. Complex numbers are not supported"),
    ([1.0, 2.0], r"got list: \[1.0, 2.0\]\. Make one ScalarValue for each number"),
    (Decimal("1.5"), r"got Decimal: Decimal\('1.5'\)\. Use int, float, Fraction or a NumPy scalar"),
    (np.bool_(True), r"got bool: .*True.*\. Write 1, or choose with where"),
]


@pytest.mark.parametrize(("given_", "message"), REFUSED, ids=[repr(case[0]) for case in REFUSED])
def test_what_is_no_real_number_is_refused_with_advice(given_, message):
    with pytest.raises(NumberTypeError, match=r"ScalarValue\(data\) takes a real number and " + message):
        ScalarValue(given_)
    with pytest.raises(NumberTypeError, match=r"ScalarValue \* other takes a real number and " + message):
        ScalarValue(2.0) * given_
    with pytest.raises(NumberTypeError, match=r"ScalarValue - other takes a real number and " + message):
        given_ - ScalarValue(2.0)
    with pytest.raises(NumberTypeError, match=r"relu\(x\) takes a real number and " + message):
        relu(given_)
    value = ScalarValue(2.0)
    with pytest.raises(NumberTypeError, match=r"ScalarValue.data takes a real number and " + message):
        value.data = given_
    assert value.data == 2.0


def test_a_value_and_an_array_are_refused_as_data():
    with pytest.raises(NumberTypeError, match="It is a ScalarValue already: use it as it is"):
        ScalarValue(ScalarValue(2.0))
    with pytest.raises(NumberTypeError, match="Make one ScalarValue for each number"):
        ScalarValue(np.array([1.0, 2.0]))


def test_an_array_without_axes_is_a_number():
    assert (ScalarValue(3.0) * np.array(2.0)).data == 6.0
    assert ScalarValue(np.array(1.5)).data == 1.5


def test_requires_grad_is_true_or_false():
    with pytest.raises(NumberTypeError, match=r"requires_grad\) takes True or False and got str: 'no'"):
        ScalarValue(1.0, requires_grad="no")


def test_a_condition_is_a_number():
    assert where(np.float64(1.0) > 0, 2.0, 3.0) == 2.0
    with pytest.raises(NumberTypeError, match=r"where\(condition\) takes a real number and got str: 'a'"):
        where("a", 1.0, 2.0)


def test_a_label_is_a_string():
    with pytest.raises(NumberTypeError, match=r"takes a string as label and got tuple: \(\)"):
        ScalarValue(2.0, ())


def test_whole_division_says_what_to_use_instead():
    for divide in (lambda: ScalarValue(7.0) // 2, lambda: 7 // ScalarValue(2.0)):
        with pytest.raises(NumberTypeError, match=r"Use divmod\(x, y\)\[0\] if that is meant"):
            divide()


def test_an_operation_of_no_values_is_refused():
    with pytest.raises(ArgumentError, match=r"logsumexp\(values\) needs at least one value and got none"):
        logsumexp([])


def test_functions_of_plain_numbers_give_plain_numbers():
    assert relu(-1.5) == 0.0
    assert isinstance(relu(-1.5), float)
    assert logsumexp([0.0, 0.0]) == math.log(2)
    assert logsumexp([0.0, ScalarValue(0.0)]).children[1].requires_grad


def test_methods_take_what_functions_take():
    x = ScalarValue(0.7)
    assert x.clamp(0.0, 0.5).data == 0.5
    assert x.clamp(max=1.0).data == 0.7
    assert x.gelu("tanh").op.symbol == "gelu_tanh"
    assert (x.maximum(1), x.minimum(1), x.hypot(0.0), x.atan2(1.0)) == (1, 0.7, 0.7, math.atan(0.7))
    assert (x.leaky_relu(), (-x).leaky_relu(0.5), (-x).elu(2.0)) == (0.7, -0.35, 2 * math.expm1(-0.7))
    with pytest.raises(ArgumentError, match=r"gelu\(approximate='fast'\) takes 'none' or 'tanh'"):
        x.gelu("fast")
    with pytest.raises(ArgumentError, match=r"clamp\(x\) needs a bound"):
        x.clamp()


def test_a_lazy_choice_computes_the_chosen_branch_alone():
    x = ScalarValue(0.0)
    where(x > 0, lambda: x.sqrt(), lambda: 2 * x).backward()
    assert x.grad == 2.0
    both = where(x > 0, x.sqrt(), 2 * x)
    both.backward()
    assert math.isnan(x.grad)
    assert [child.data for child in both.children] == [0.0, 0.0, 0.0]
    assert (where(True, 1.0, 2.0), where(ScalarValue(0.0), 1.0, ScalarValue(2.0))) == (1.0, 2.0)


def test_it_behaves_as_a_number():
    v = ScalarValue(2.675)
    assert (float(v), int(v), bool(v), bool(ScalarValue(0.0))) == (2.675, 2, True, False)
    assert (round(v), round(v, 2), abs(-v)) == (3.0, round(2.675, 2), 2.675)
    assert f"{v:.1f}|{v:>8.2f}|{v}" == "2.7|    2.67|ScalarValue(data=2.675)"
    assert max([v, ScalarValue(1.0), ScalarValue(3.0)]) == 3.0
    assert sorted([v, ScalarValue(1.0)]) == [1.0, 2.675]
    assert sum([v, v]).data == 5.35
    assert math.prod([v, 2.0]).data == 5.35
    assert (v < 3, v <= 2.675, v > 3, v >= 3, v == 2.675, v != 2.675) == (
        True,
        True,
        False,
        False,
        True,
        False,
    )
    assert v != "2.675"
    assert divmod(v, 2) == (1.0, 2.675 % 2)
    assert divmod(7, ScalarValue(2.0)) == (3.0, 1.0)
    for dividend, divisor in ((1.0, 0.1), (10**20 + 13, 7), (-7, 2), (Fraction(7, 3), Fraction(1, 2))):
        assert divmod(ScalarValue(dividend), divisor) == divmod(dividend, divisor)
    assert (math.floor(v), math.ceil(v), math.trunc(v)) == (2.0, 3.0, 2.0)
    assert +v is v


def test_values_with_equal_numbers_are_different_keys():
    a, b = ScalarValue(1.0), ScalarValue(1.0)
    assert a == b
    assert len({a, b}) == 2
    assert {a: "a", b: "b"}[a] == "a"


def test_repr_is_short():
    assert repr(1 + ScalarValue(4.5)) == "ScalarValue(data=5.5)"

    class Weight(ScalarValue):
        pass

    assert repr(Weight(2)) == "Weight(data=2)"


def test_a_detached_value_is_a_constant():
    x = ScalarValue(3.0, label="x")
    y = (x * x).detach() * x
    y.backward()
    assert (y.data, x.grad) == (27.0, 9.0)
    assert x.detach().label == "x"
    assert not x.detach().requires_grad


def test_requires_grad_can_be_changed_on_leaves_only():
    x = ScalarValue(3.0)
    assert x.requires_grad_(False) is x
    assert not (x * 2).requires_grad
    with pytest.raises(GraphError, match=r"requires_grad_\(\) changes leaves, .* was computed by '\*'"):
        (x * 2).requires_grad_()


def test_leaves_and_results_tell_what_they_are():
    x = ScalarValue(3.0, label="x")
    y = x * 2
    assert (x.is_leaf, x.op, x.children, x.local_derivatives) == (True, None, (), ())
    assert (y.is_leaf, str(y.op), y.children[0] is x, y.local_derivatives) == (False, "*", True, (2, None))
    assert logsumexp([1.0, 2.0]) == pytest.approx(2.3132616875182228)
    assert logsumexp([ScalarValue(1.0).detach(), ScalarValue(1.0).detach()]).local_derivatives == (None, None)
    assert y.item() == 6.0
    assert copy.copy(y).children == y.children


def test_requires_grad_may_be_assigned_to_a_leaf_and_to_nothing_else():
    x = ScalarValue(2.0)
    x.requires_grad = False
    assert not (x * 3).requires_grad
    x.requires_grad = True
    y = x * 3
    assert y.requires_grad
    with pytest.raises(GraphError, match=r"changes leaves, and .* was computed by '\*'"):
        y.requires_grad = False
    with pytest.raises(NumberTypeError, match=r"requires_grad_\(\) takes True or False and got str: 'no'"):
        x.requires_grad_("no")
    assert x.requires_grad
