"""verify() finds gradients right that are right, and wrong that are wrong."""

import io
import json
import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import (
    ArgumentError,
    NumberTypeError,
    ScalarValue,
    atan2,
    clamp,
    custom_op,
    dot,
    hypot,
    logsumexp,
    maximum,
    prod,
    scope,
    sum_,
    topological_order,
    where,
)
from nanograd.symbolic import NoFormulaError, verify
from rich.console import Console


def example():
    x, w, b = ScalarValue(0.5, label="x"), ScalarValue(-1.25, label="w"), ScalarValue(0.1)
    return (x * w + b).tanh() * (x / w).exp() + logsumexp([x, w * w]), (x, w, b)


def test_right_gradients_are_found_right():
    root, leaves = example()
    found = verify(root)
    assert found
    assert [check.leaf for check in found] == list(leaves)
    assert found.worst.ulps < 8
    assert found.worst in found.checks


@given(st.lists(st.floats(-3, 3), min_size=3, max_size=3), st.integers(0, 2))
def test_random_expressions_are_found_right(numbers, shape):
    x, y, z = map(ScalarValue, numbers)
    root = [
        lambda: (x * y + z).sigmoid() * x,
        lambda: (x * x + 2) ** (y / 3) - z.relu(),
        lambda: (x.sin() + y.cos()).tanh() / (z * z + 1),
    ][shape]()
    assert verify(root, tolerance=1e-9)


def test_a_wrong_gradient_is_found():
    root, (_x, w, _b) = example()
    hidden = root.children[0].children[0].children[0]  # x * w + b
    hidden._x_partial = 1.001
    found = verify(root)
    assert not found
    assert found.worst.leaf is w or found.worst.ulps > 1e9


def test_gradients_that_a_graph_holds_are_left_alone():
    root, leaves = example()
    root.backward()
    root.backward()
    before = [leaf.grad for leaf in leaves]
    verify(root)
    assert [leaf.grad for leaf in leaves] == before
    fresh, leaves = example()
    verify(fresh)
    assert not any(leaf.has_grad for leaf in leaves)


def test_exact_fractions_are_0_ulps_apart():
    x = ScalarValue(Fraction(1, 4), label="x")
    found = verify(x * x * 3)
    assert (found.worst.ulps, found.worst.symbolic, found.worst.computed) == (0.0, 1.5, 1.5)


def test_nan_and_infinity_agree_with_themselves_only():
    x = ScalarValue(0.0, label="x")
    assert verify(x.relu() + 1)
    y = ScalarValue(1.0, label="y")
    root = y * 2
    root._x_partial = math.nan
    found = verify(root)
    assert not found
    assert found.worst.ulps == math.inf


def test_floats_are_taken_as_the_binary_numbers_they_are():
    x = ScalarValue(0.1, label="x")
    found = verify(x * 0.1 * 0.1 * 3)
    assert found.worst.ulps <= 2
    assert found.worst.symbolic == pytest.approx(0.03)


def leaf(number, label="x"):
    return ScalarValue(number, label=label)


def test_every_node_is_checked_and_the_error_of_each_is_known():
    root, _ = example()
    found = verify(root)
    assert [check.node for check in found.nodes] == topological_order(root)
    assert {check.verdict for check in found.nodes} == {"right"}
    assert all(check.local_ulps < 4 for check in found.nodes if check.node.op)
    assert all(check.gradient_ulps < 16 for check in found.nodes if check.gradient is not None)
    assert found.worst_value.value_ulps == max(check.value_ulps for check in found.nodes)


def test_the_errors_are_those_of_exact_arithmetic():
    x = leaf(0.1)
    found = verify(x * 3)
    (product,) = [check for check in found.nodes if check.node.op]
    exact = Fraction(0.1) * 3
    assert product.value_ulps == pytest.approx(
        abs(Fraction(0.1 * 3) - exact) / Fraction(math.ulp(float(exact)))
    )
    assert product.exact_value == float(exact)
    assert product.value_ulps > 0


def test_errors_add_up_and_each_operation_knows_its_own():
    value = leaf(0.1)
    for _ in range(30):
        value = value * 1.1 + 0.1
    found = verify(value)
    assert found
    last = found.nodes[-1]
    assert last.local_ulps <= 0.5
    assert last.value_ulps > last.local_ulps


def test_a_wrong_partial_derivative_is_named_where_it_is():
    root, _ = example()
    hidden = root.children[0].children[0].children[0]  # x * w + b
    hidden._x_partial = 1.001
    found = verify(root)
    assert found.wrong[0].node is not hidden or found.wrong[0].partial_ulps > 1e9
    (culprit,) = [check for check in found.wrong if check.explanation.startswith("its derivative")]
    assert culprit.node is hidden
    assert culprit.explanation == "its derivative with respect to argument 1 is 1.0 and not 1.001"


def test_a_wrong_value_is_found():
    x = leaf(0.5)
    root = x.sin() * 2
    root.children[0]._data = 0.48
    found = verify(root)
    assert not found
    assert found.wrong[0].explanation.startswith("its value is 0.479425538604203 and not 0.48")


def test_a_wrong_rule_is_found():
    wrong = custom_op("tower", lambda m, x: m.sin(x), [lambda m, o, x: m.cos(x) * 1.0001])
    assert not verify(wrong(leaf(0.5)))


KINKS = {
    "relu": lambda: leaf(0.0).relu(),
    "abs": lambda: abs(leaf(0.0)),
    "tie of maximum": lambda: maximum(leaf(1.0), leaf(1.0)),
    "bound of clamp": lambda: clamp(leaf(1.0), 0.0, 1.0),
    "jump of floor": lambda: leaf(3.0).floor() * leaf(2.0),
    "jump of the remainder": lambda: leaf(6.0) % leaf(2.0),
}


@pytest.mark.parametrize("build", KINKS.values(), ids=KINKS)
def test_kinks_are_reported_and_are_not_wrong(build):
    found = verify(build())
    assert found
    assert len(found.kinks) == 1
    assert "where the derivative is a convention" in found.kinks[0].explanation


EDGES = {
    "log(0)": (lambda: leaf(0.0).log(), "has no finite real value: its domain is x > 0"),
    "log(-1)": (lambda: leaf(-1.0).log() * 2, "has no finite real value: its domain is x > 0"),
    "sqrt(0)": (lambda: leaf(0.0).sqrt(), "a derivative of sqrt(0.0) has a pole"),
    "1 / 0": (lambda: 1 / leaf(0.0), "has no finite real value"),
    "a power of a negative": (lambda: leaf(-8.0) ** leaf(1 / 3), "has no finite real value"),
    "hypot(0, 0)": (lambda: hypot(leaf(0.0), leaf(0.0)), "has a pole"),
    "atan2(0, 0)": (lambda: atan2(leaf(0.0), leaf(0.0)), "is a convention"),
    "exp(1000)": (lambda: leaf(1000.0).exp() * 2, "is beyond the largest float"),
    "inf": (lambda: leaf(math.inf) * 2, "an argument is not finite"),
    "inf - inf": (lambda: leaf(1e308) * 10 - leaf(1e308) * 10, "is beyond the largest float"),
}


@pytest.mark.parametrize(("build", "explanation"), EDGES.values(), ids=EDGES)
def test_edges_are_reported_and_are_not_wrong(build, explanation):
    found = verify(build())
    assert found
    assert found.edges
    assert any(explanation in check.explanation for check in found.edges)


RIGHT = {
    "where": lambda: where(leaf(1.0) > 0, leaf(2.0), leaf(3.0)),
    "a square of 0": lambda: leaf(0.0) ** 2,
    "a cube of a negative": lambda: leaf(-3.0) ** 3,
    "small log1p": lambda: leaf(1e-60).log1p(),
    "small softplus": lambda: leaf(-300.0).softplus(),
    "large softplus": lambda: leaf(800.0).softplus(),
    "far gelu": lambda: leaf(-20.0).gelu(),
    "sum": lambda: sum_([leaf(0.1 * i) for i in range(40)]),
    "product": lambda: prod([leaf(1 + 0.1 * i) for i in range(40)]),
    "dot": lambda: dot([leaf(0.1 * i) for i in range(40)], [leaf(1.0 + i) for i in range(40)]),
    "logsumexp": lambda: logsumexp([leaf(0.1 * i) for i in range(40)]),
    "integers": lambda: leaf(3) * 7 - 20,
    "a subnormal": lambda: leaf(1e-200) * leaf(1e-115),
}


@pytest.mark.parametrize("build", RIGHT.values(), ids=RIGHT)
def test_what_is_right_is_found_right(build):
    found = verify(build())
    assert {check.verdict for check in found.nodes} == {"right"}


INEXACT = {
    "cancellation": lambda: (leaf(1.0) + 1e-30) - 1,
    "tanh far out": lambda: leaf(18.0).tanh(),
    "a difference of rounded numbers": lambda: leaf(0.1) + leaf(0.2) - 0.3,
}


@pytest.mark.parametrize("build", INEXACT.values(), ids=INEXACT)
def test_what_rounding_accounts_for_is_inexact_and_not_wrong(build):
    found = verify(build())
    assert found
    assert found.inexact
    assert "is what rounding has left of it" in found.inexact[0].explanation


def test_an_argument_that_rounding_carried_to_another_branch_is_a_kink():
    root = (leaf(0.1) * 10 - 1).relu() * leaf(2.0, "y")  # 5e-17 exactly, and 0 in floats
    found = verify(root)
    assert found
    assert [check.explanation for check in found.kinks] == [
        "it is at 0.0, where the derivative is a convention"
    ]
    jump = (leaf(1.0) - 1e-20).floor() * leaf(2.0, "y")  # 1 - 1e-20, and 1 in floats
    found = verify(jump)
    assert found
    assert found.kinks
    assert found.nodes[-1].exact_value == 2.0  # the exact numbers follow the floats


def test_a_graph_without_gradients_has_values_only():
    root = ScalarValue(2.0, requires_grad=False).sqrt()
    found = verify(root)
    assert found
    assert len(found) == 0
    with pytest.raises(ArgumentError, match="no leaf of the graph needs a gradient: look at worst_value"):
        _ = found.worst


def test_a_rule_without_a_formula_cannot_be_verified():
    wrong = custom_op("tower", lambda m, x: math.exp(x), [lambda m, o, x: o])
    with pytest.raises(NoFormulaError, match="has no formula in SymPy"):
        verify(wrong(leaf(0.5)))


def test_options_that_make_no_sense_are_refused():
    with pytest.raises(
        ArgumentError, match=r"verify\(tolerance\) takes a positive number, such as 1e-12, and got 0"
    ):
        verify(leaf(1.0) * 2, tolerance=0)
    for tolerance in (None, "1e-12", math.inf, math.nan):
        with pytest.raises(ArgumentError, match=r"verify\(tolerance\) takes a positive number"):
            verify(leaf(1.0) * 2, tolerance=tolerance)
    for digits in (10, 1000, 50.0):
        with pytest.raises(ArgumentError, match=r"verify\(digits\) takes a whole number from 20 to 800"):
            verify(leaf(1.0) * 2, digits=digits)
    with pytest.raises(NumberTypeError, match=r"verify\(root\) takes a ScalarValue and got float: 2.0"):
        verify(2.0)


def test_the_report_is_text_a_table_and_a_dictionary():
    with scope("layers.0"):
        root = (leaf(0.5) * leaf(2.0, "w")).tanh() + abs(leaf(0.0, "k"))
    found = verify(root)
    assert str(found).startswith(
        "7 nodes against their formulas at 50 digits: 6 right, 1 kink\nworst value: "
    )
    assert "kink: abs #6 in layers.0: it is at 0.0" in str(found)
    assert repr(found) == "<Verification of 7 nodes: right>"
    facts = json.loads(json.dumps(found.to_dict()))
    assert facts["right"] is True
    assert [node["name"] for node in facts["nodes"]][:2] == ["x", "w"]
    console = Console(width=120)
    with console.capture() as captured:
        console.print(found)
    assert "tanh #4 in layers.0" in captured.get()
    assert "worst gradient" in captured.get()


def test_the_table_of_a_large_graph_shows_the_worst_and_says_so():
    value = leaf(0.3)
    for _ in range(100):
        value = value * 1.01 + 0.1
    console = Console(width=140)
    with console.capture() as captured:
        console.print(verify(value))
    assert "20 of 401 nodes are shown" in captured.get()


def test_a_long_graph_is_verified():
    x, w = leaf(0.5), leaf(0.9, "w")
    value = x
    for _ in range(150):
        value = (value * w + x).tanh()
    found = verify(value)
    assert found
    assert len(found.nodes) == 452


def test_whole_numbers_beyond_the_largest_float_are_not_finite():
    found = verify(ScalarValue(10**400, label="a") * 3)
    assert [check.verdict for check in found.nodes] == ["not finite", "right", "not finite"]
    assert found
    assert found.to_dict()["nodes"][0]["value"] == math.inf
    Console(file=io.StringIO()).print(found)


def test_one_node_is_one_node():
    assert str(verify(ScalarValue(1.0, label="a"))).startswith(
        "1 node against its formula at 50 digits: 1 right"
    )
