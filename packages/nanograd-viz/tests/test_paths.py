"""The paths along which a gradient flows, the largest first, however many there are."""

import math
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ScalarValue, grad, no_grad, topological_order
from nanograd.viz._paths import MOST_COUNTED, Paths


def all_paths(node, value):
    """Every path by plain recursion: what the search is held against."""
    if node is value:
        return [1]
    return [
        slope * product
        for child, slope in zip(node.children, node.local_derivatives, strict=True)
        if slope is not None
        for product in all_paths(child, value)
    ]


@st.composite
def graphs(draw):
    """A value and a result that depends on it by several paths."""
    x = ScalarValue(draw(st.integers(-3, 3)))
    nodes = [x, ScalarValue(draw(st.integers(-3, 3))), ScalarValue(2, requires_grad=False)]
    for _ in range(draw(st.integers(1, 7))):
        one, other = (nodes[draw(st.integers(0, len(nodes) - 1))] for _ in range(2))
        operation = draw(st.sampled_from(["+", "*", "-"]))
        nodes.append(one + other if operation == "+" else one * other if operation == "*" else one - other)
    return x, nodes[-1]


@given(graphs())
def test_every_path_is_found_and_the_largest_come_first(graph):
    x, result = graph
    expected = all_paths(result, x)
    paths = Paths(topological_order(result), x)
    found = [path.contribution for path in paths.largest(10_000)]
    assert paths.count == len(expected)
    assert sorted(found) == sorted(expected)
    sizes = [abs(product) for product in found]
    assert sizes == sorted(sizes, reverse=True)
    few = [abs(path.contribution) for path in paths.largest(2)]
    assert few == sizes[:2]


@given(graphs())
def test_the_paths_add_up_to_the_gradient(graph):
    x, result = graph
    paths = Paths(topological_order(result), x)
    if paths.count:
        assert sum(path.contribution for path in paths.largest(10_000)) == grad(result, x)[0]


def test_the_steps_lead_from_the_result_to_the_value():
    a, b = ScalarValue(2.0), ScalarValue(3.0)
    product = a * b
    result = product + 1
    [path] = Paths(topological_order(result), b).largest(5)
    assert [step.node for step in path.steps] == [result, product]
    assert [(step.operation.symbol, step.place, step.slope) for step in path.steps] == [
        ("+", 0, 1),
        ("*", 1, 2.0),
    ]


def test_a_square_has_two_paths():
    x = ScalarValue(3.0)
    paths = list(Paths(topological_order(x * x), x).largest(5))
    assert [(path.steps[0].place, path.contribution) for path in paths] == [(0, 3.0), (1, 3.0)]


def test_a_value_is_one_path_from_itself():
    x = ScalarValue(3.0)
    y = x * 2
    [path] = Paths(topological_order(y), y).largest(5)
    assert (path.steps, path.contribution) == ((), 1)


def test_no_path_leads_where_no_gradient_flows():
    x, other = ScalarValue(3.0), ScalarValue(1.0)
    with no_grad():
        hidden = x * 2
    for result in (other * 2, hidden + other, x.detach() * other):
        paths = Paths(topological_order(result), x)
        assert (paths.count, list(paths.largest(5))) == (0, [])


def test_sixty_doublings_are_counted_up_to_a_limit_and_found_at_once():
    x = y = ScalarValue(1.0)
    for _ in range(60):
        y = y + y
    paths = Paths(topological_order(y), x)
    assert paths.count == MOST_COUNTED
    assert [path.contribution for path in paths.largest(3)] == [1.0, 1.0, 1.0]


def test_a_path_may_be_a_hundred_thousand_steps_long():
    x = y = ScalarValue(1.0)
    for _ in range(100_000):
        y = y * 1.0 + 0.0
    [path] = Paths(topological_order(y), x).largest(5)
    assert (len(path.steps), path.contribution) == (200_000, 1.0)


def test_a_sum_of_many_terms_gives_its_largest():
    terms = [ScalarValue(float(i)) for i in range(1000)]
    x = ScalarValue(1.0)
    result = sum((x * term for term in terms), start=ScalarValue(0.0))
    assert [path.contribution for path in Paths(topological_order(result), x).largest(3)] == [
        999.0,
        998.0,
        997.0,
    ]


@pytest.mark.parametrize("slope", [math.nan, math.inf, -math.inf])
def test_what_is_not_finite_comes_first(slope):
    x = ScalarValue(1.0)
    result = x * 1e300 + x * slope
    first, second = Paths(topological_order(result), x).largest(2)
    assert first.contribution == slope or slope != slope != first.contribution
    assert second.contribution == 1e300


def test_zero_times_infinity_is_not_overlooked():
    x = ScalarValue(1.0)
    result = (x * 0.0) * math.inf + x
    first, second = Paths(topological_order(result), x).largest(2)
    assert first.contribution != first.contribution
    assert second.contribution == 1


def test_fractions_and_huge_integers_stay_exact():
    x = ScalarValue(Fraction(1, 3))
    result = x * 10**400 + x * Fraction(1, 10**400)
    first, second = Paths(topological_order(result), x).largest(2)
    assert (first.contribution, second.contribution) == (10**400, Fraction(1, 10**400))


def test_a_path_knows_the_values_on_it():
    x = ScalarValue(3.0)
    doubled = x * 2
    y = doubled + 1
    [path] = Paths(topological_order(y), x).largest(9)
    assert [*map(id, path.values)] == [id(y), id(doubled), id(x)]
    [itself] = Paths([x], x).largest(9)
    assert itself.values == ()
