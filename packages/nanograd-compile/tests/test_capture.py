"""A captured program computes what the graph computed."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.compile import CaptureError, LeafKind, capture
from nanograd.engine import FLOATS, OPS, VALUES, ScalarValue, ShapeError, custom_op, logsumexp

NUMBERS = st.floats(-3, 3).map(lambda number: round(number, 3) + 0.0005)


@st.composite
def graphs(draw):
    """Draw leaves and a result that uses some of them, some several times."""
    leaves = [ScalarValue(number) for number in draw(st.lists(NUMBERS, min_size=1, max_size=5))]
    values = list(leaves)
    for _ in range(draw(st.integers(0, 30))):
        x, y = draw(st.sampled_from(values)), draw(st.sampled_from(values))
        build = draw(
            st.sampled_from(
                [
                    lambda x, y: x + y,
                    lambda x, y: x - y,
                    lambda x, y: (x * y).tanh(),
                    lambda x, y: x / 4,
                    lambda x, y: (x - y).relu(),
                    lambda x, y: logsumexp([x, y, 1.5]),
                ]
            )
        )
        values.append(build(x, y))
    return leaves, values[-1]


@given(graphs())
def test_running_a_program_gives_every_value_of_the_graph(drawn):
    leaves, root = drawn
    program = capture(root, parameters=leaves)
    assert program.run(FLOATS, [leaf.data for leaf in leaves])[-1] == root.data


@given(graphs(), st.lists(NUMBERS, min_size=5, max_size=5))
def test_a_program_runs_on_other_numbers_and_number_systems(drawn, others):
    leaves, root = drawn
    program = capture(root, inputs=leaves)
    others = others[: len(leaves)]
    plain = program.run(FLOATS, [], others)[-1]
    recorded = program.run(VALUES, [], [ScalarValue(number) for number in others])[-1]
    assert recorded == plain  # a ScalarValue, or the plain 0 of a relu that is shut


def test_every_operation_of_the_table_has_an_opcode():
    for operation in OPS.values():
        arity = operation.arity or 4
        values = [ScalarValue(0.3 + 0.1 * position) for position in range(arity)]
        result = operation.run(VALUES, *values)
        if not isinstance(result, ScalarValue):
            continue  # flat operations are plain numbers there
        program = capture(result, parameters=values)
        computed = program.run(FLOATS, [value.data for value in values])[-1]
        assert computed == pytest.approx(result.data, nan_ok=True)


def test_an_operation_of_the_users_own_is_captured():
    square = custom_op("square", lambda m, x: x * x, [lambda m, o, x: 2 * x])
    x = ScalarValue(3.0)
    program = capture(square(x) + 1, inputs=[x])
    assert program.run(FLOATS, [], [5.0])[-1] == 26.0
    assert "square" in str(program)
    del OPS["square"]


def test_leaves_that_are_not_named_become_constants():
    w, x = ScalarValue(2.0, label="w"), ScalarValue(3.0)
    program = capture(w * x + 1, parameters=[w])
    assert program.opcodes.tolist()[:2] == [LeafKind.PARAMETER, LeafKind.CONSTANT]
    assert program.constants == (3.0, 1)
    assert program.labels == ("w", None, None, None, None)


def test_unused_parameters_keep_their_slots():
    unused, w = ScalarValue(1.0), ScalarValue(2.0)
    assert capture(w * w, parameters=[unused, w]).run(FLOATS, [7.0, 3.0])[-1] == 9.0


def test_a_program_has_one_value_for_a_shared_node():
    x = ScalarValue(1.0)
    for _ in range(60):
        x = x + x
    assert len(capture(x)) == 61


def test_a_chain_of_a_hundred_thousand_operations_is_captured():
    x = value = ScalarValue(1.0)
    for _ in range(100_000):
        value = value * x
    program = capture(value, parameters=[x])
    assert len(program) == 100_001
    assert isinstance(program.arguments, np.ndarray)
    assert program.run(FLOATS, [1.0])[-1] == 1.0


def test_numbers_of_another_size_are_refused_with_both_sizes():
    x = ScalarValue(3.0)
    program = capture(x * 2, inputs=[x])
    with pytest.raises(ShapeError, match="the program takes 1 inputs and got 2"):
        program.run(FLOATS, [], [1.0, 2.0])
    with pytest.raises(ShapeError, match="the program takes 0 parameters and got 1"):
        program.run(FLOATS, [1.0], [1.0])


def test_a_computed_parameter_is_refused():
    x = ScalarValue(3.0)
    with pytest.raises(CaptureError, match=r"parameter 0 is .*, which was computed by '\*'"):
        capture(x * x, parameters=[x * x])


def test_a_leaf_given_twice_is_refused():
    x = ScalarValue(3.0)
    with pytest.raises(CaptureError, match=r"input 0 is .* which is parameter 0 already"):
        capture(x * x, parameters=[x], inputs=[x])
