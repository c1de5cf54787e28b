"""Equal sums are found in one pass, however much is computed from them."""

import pytest
from nanograd.compile import capture
from nanograd.compile._analysis import analyze
from nanograd.compile._equal_sums import may_have_equal_sums
from nanograd.compile._simplify import simplify
from nanograd.compile._sum_parts import inside_sums, terms_of_sums
from nanograd.engine import FLOATS, ScalarValue, maximum


def chain(x, a, b, steps):
    for _ in range(steps):
        x = maximum(x * a + b, a).tanh() - b
    return x


def test_two_equal_chains_are_computed_once(monkeypatch):
    from nanograd.compile import _analysis

    passes = []
    flatten = _analysis.flatten_sums
    monkeypatch.setattr(_analysis, "flatten_sums", lambda program: passes.append(0) or flatten(program))
    x, a, b = [ScalarValue(number) for number in (0.5, 0.9, 0.1)]
    root = chain(x, a, b, 200) * chain(x, a, b, 200)
    captured = capture(root, inputs=[x, a, b])
    program = analyze(captured).program
    once = analyze(capture(chain(x, a, b, 200) * 2, inputs=[x, a, b])).program
    assert len(program) == len(once) - 1  # the 2
    assert program.run(FLOATS, [], [0.5, 0.9, 0.1])[-1] == root.data
    assert len(passes) <= 4


def test_factors_of_equal_sums_may_be_swapped_after_renaming():
    x, y = ScalarValue(2.0), ScalarValue(3.0)
    first, second = (x + y).exp(), (x + y).exp()
    root = (first * x + y) / (x * second + y)
    program = analyze(capture(root, inputs=[x, y])).program
    assert program.opcodes.tolist().count(program.operations.index(next(iter(program.operations)))) >= 1
    assert len(program) == 7  # x, y, x + y, exp, *, +, /


@pytest.mark.parametrize(
    ("build", "expected"),
    [
        (lambda x, y: (x + y) * (x - y), False),
        (lambda x, y: (x + y).exp() * (x + y).sin(), True),
        (lambda x, y: (x + y).exp() * (y + x).sin(), True),
        (lambda x, y: (x * y + x).exp() * (x * x + y).sin(), False),
        (lambda x, y: (x + 1 + y).exp() * (x + (1 + y)).sin(), True),
        (lambda x, y: (x + 1 + y).exp() * (x + 2 + y).sin(), False),
    ],
    ids=range(6),
)
def test_equal_sums_are_suspected(build, expected):
    x, y = ScalarValue(2.0), ScalarValue(3.0)
    program = simplify(capture(build(x, y), inputs=[x, y]))
    assert may_have_equal_sums(terms_of_sums(program, inside_sums(program)), len(program)) is expected
