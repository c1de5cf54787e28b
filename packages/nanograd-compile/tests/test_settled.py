"""Programs that no rule changes are seen for what they are, and come out as value by value."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nanograd.compile import capture
from nanograd.compile._settled import settled
from nanograd.compile._simplify import simplified_one_by_one, simplify
from nanograd.engine import ScalarValue, dot, logsumexp, maximum, prod, softmax, sum_

NUMBERS = [0, 0.0, -0.0, 1, 1.0, 2, 2.0, -1, 0.5, 3]

BUILDS = [
    lambda x, y, c: x + y,
    lambda x, y, c: x - y,
    lambda x, y, c: x * y,
    lambda x, y, c: x / (y * y + 1),
    lambda x, y, c: -x,
    lambda x, y, c: x.tanh(),
    lambda x, y, c: x**2,
    lambda x, y, c: (x * x + 1) ** c,
    lambda x, y, c: x + c,
    lambda x, y, c: c - x,
    lambda x, y, c: x - c,
    lambda x, y, c: x * c,
    lambda x, y, c: c * x,
    lambda x, y, c: x * ScalarValue(c) * y,
    lambda x, y, c: x + (ScalarValue(c) + 1),
    lambda x, y, c: maximum(x, y),
    lambda x, y, c: sum_([x, y, c]),
    lambda x, y, c: dot([x, y], [y, c]),
    lambda x, y, c: logsumexp([x, y, c]),
    lambda x, y, c: prod([x, y, c]),
    lambda x, y, c: softmax([x, y])[0],
]


@st.composite
def programs(draw, builds=tuple(BUILDS)):
    leaves = [ScalarValue(0.25 * number + 0.1, label=f"x{number}") for number in range(3)]
    values = list(leaves)
    for _ in range(draw(st.integers(1, 15))):
        x, y = draw(st.sampled_from(values)), draw(st.sampled_from(values))
        value = draw(st.sampled_from(builds))(x, y, draw(st.sampled_from(NUMBERS)))
        values.append(value if isinstance(value, ScalarValue) else x)
    return capture(sum_(values[-4:]), inputs=leaves)


def everything(program):
    return (
        [operation.symbol for operation in program.operations],
        program.opcodes.tolist(),
        program.starts.tolist(),
        program.arguments.tolist(),
        repr(program.constants),
        program.labels,
        program.scopes,
    )


@settings(max_examples=100)
@given(st.one_of(programs(), programs(builds=tuple(BUILDS[:8]))))
def test_simplifying_gives_the_same_as_value_by_value(program):
    assert everything(simplify(program)) == everything(simplified_one_by_one(program))


X, Y = ScalarValue(2.0), ScalarValue(3.0)


@pytest.mark.parametrize(
    "root",
    [
        X * Y + X,
        X * 0.5 + Y * 0.5,
        X**2 + Y**2.0,
        X - 1,
        0 - X,
        2 / X,
        2**X,
        X + 0,
        (X + Y) - (X + Y),
        logsumexp([X, 1.0]) * logsumexp([X, Y]),
    ],
    ids=range(10),
)
def test_a_program_is_settled(root):
    assert settled(capture(root, inputs=[X, Y])) is not None


@pytest.mark.parametrize(
    "root",
    [
        X - 0,
        X - (-0.0),
        X * 1,
        1.0 * X,
        X / 1,
        X**1.0,
        (-X).__neg__(),
        X.exp() * X.exp(),
        X * Y + Y * X,
        X**2 - X * X,
        X * (ScalarValue(2.0) + 3),
        X * ScalarValue(2.0).exp(),
        X * logsumexp([1.0, ScalarValue(2.0)]),
        logsumexp([X, Y]) * logsumexp([X, Y]),
        ScalarValue(3.0) ** 2 * X,
        prod([X, Y]),
        softmax([X, Y])[0],
    ],
    ids=range(17),
)
def test_a_program_is_not_settled(root):
    assert settled(capture(root, inputs=[X, Y])) is None
