"""The parts and the terms of all sums are those that are found by walking down each sum."""

import random

import numpy as np
import pytest
from nanograd.compile import capture
from nanograd.compile._sum_parts import NO_FACTOR, inside_sums, terms_of_sums, whole_sums
from nanograd.compile._sums import flatten_sums
from nanograd.engine import ScalarValue, dot, sum_


def drawn(seed):
    """Return a program of sums of sums, products, dot products and other values, some used several times."""
    rng = random.Random(seed)
    leaves = [ScalarValue(rng.uniform(-1, 1)) for _ in range(5)]
    values = list(leaves)
    for _ in range(rng.randint(1, 40)):
        some = rng.choices(values, k=4)
        x, y = some[:2]
        values.append(
            rng.choice(
                [x + y, x - y, -x, x * y, x.tanh(), x + 0, 0 - x, sum_(some), sum_([x, 0.0]), dot(some, some)]
            )
        )
    return capture(sum(values[-5:]), inputs=leaves)


def walked(program):
    """Return for each sum its terms with their signs, and what was inside of any, by the definition."""
    uses = [0] * len(program)
    taken = []
    for position, opcode in enumerate(program.opcodes.tolist()):
        some = program.arguments[program.starts[position] : program.starts[position + 1]].tolist()
        symbol = program.operations[opcode].symbol if opcode >= 0 else ""
        taken.append((symbol, some if symbol else []))
        for argument in taken[-1][1]:
            uses[argument] += 1
    inside, terms = set(), {}
    for position in range(len(program) - 1, -1, -1):
        if position in inside or taken[position][0] not in {"+", "-", "sum", "dot"}:
            continue
        found = []
        waiting = [(1, position)]
        while waiting:
            sign, value = waiting.pop()
            symbol, some = taken[value]
            if value != position:
                if uses[value] != 1 or symbol not in {"+", "-", "neg", "sum", "dot", "*"}:
                    found.append((sign, value, NO_FACTOR))
                    continue
                inside.add(value)
            if symbol == "*":
                found.append((sign, *some))
            elif symbol == "dot":
                found += [
                    (sign, x, y) for x, y in zip(some[: len(some) // 2], some[len(some) // 2 :], strict=True)
                ]
            else:
                signs = {"-": (1, -1), "neg": (-1,)}.get(symbol, (1,) * len(some))
                waiting += [(sign * each, argument) for each, argument in zip(signs, some, strict=True)]
        terms[position] = sorted(found)
    return inside, terms


@pytest.mark.parametrize("seed", range(40))
def test_parts_and_terms_are_those_of_a_walk(seed):
    program = drawn(seed)
    inside, terms = walked(program)
    found = inside_sums(program)
    assert set(np.flatnonzero(found).tolist()) == inside
    assert set(np.flatnonzero(whole_sums(program, found)).tolist()) == terms.keys()

    zeros = {
        position
        for position in np.flatnonzero(program.opcodes == -1).tolist()
        if program.constants[program.arguments[program.starts[position]]] == 0
    }
    wanted = {
        position: [term for term in some if term[1] not in zeros or term[2] != NO_FACTOR]
        for position, some in terms.items()
    }
    table = terms_of_sums(program, found)
    by_sum = {position: [] for position in terms}
    for of, *term in zip(*[column.tolist() for column in vars(table).values()], strict=True):
        by_sum[of].append(tuple(term))
    assert {position: sorted(some) for position, some in by_sum.items()} == wanted
    in_order = flatten_sums(program).terms
    assert {position: sorted(some) for position, some in in_order.items() if wanted[position]} == {
        position: some for position, some in wanted.items() if some
    }


def test_a_long_chain_of_sums_is_one_sum():
    x = ScalarValue(1.0)
    total = x
    for _ in range(3_000):
        total = x.exp() - (total + 0)
    table = terms_of_sums(program := capture(total, inputs=[x]), inside_sums(program))
    assert set(table.of.tolist()) == {len(program) - 1}
    assert sorted(set(table.sign.tolist())) == [-1, 1]
    assert int(table.sign.sum()) == 1  # +1 -1 +1 ... of the exponentials, and +1 of x


def test_a_chain_of_negations_belongs_to_the_sum():
    x = ScalarValue(1.0)
    program = capture(x.exp() + (-x.sin()).__neg__().__neg__(), inputs=[x])
    table = terms_of_sums(program, inside_sums(program))
    assert sorted(table.sign.tolist()) == [-1, 1]
