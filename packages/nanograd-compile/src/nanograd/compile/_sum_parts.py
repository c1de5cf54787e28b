"""What is a part of a sum, for all values of a program at once.

A sum is a tree: ``+``, ``-``, ``neg`` and ``sum`` that only one other of them uses belong to that one, as do
products and dot products. The terms of all sums are found here in steps over whole arrays, in no order.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from nanograd.compile._program import Indices, LeafKind, Mask, ScalarProgram, made_by, readings

NO_FACTOR = -1
"""In place of the second factor of a term that is not a product."""

_WHOLE = {"+", "-", "sum", "dot"}
_WITH_PARTS = {"+", "-", "neg", "sum"}
_PARTS = {"+", "-", "neg", "sum", "dot", "*"}


@dataclass(frozen=True, eq=False)
class Terms:
    """The terms of all sums of a program, those that are 0 left out.

    Attributes:
        of: for each term the sum that it is a term of.
        sign: 1 or -1.
        left: a value or a first factor.
        right: a second factor; :data:`NO_FACTOR` for a value.
    """

    of: Indices
    sign: Indices
    left: Indices
    right: Indices


def whole_sums(program: ScalarProgram, inside: Mask) -> Mask:
    """Return for each value whether it is a sum and no part of another one.

    Args:
        program: the program.
        inside: what is a part of a sum.
    """
    return made_by(program, _WHOLE) & ~inside


def inside_sums(program: ScalarProgram) -> Mask:
    """Return for each value whether it is a part of the sum that uses it.

    >>> from nanograd.compile import capture
    >>> from nanograd.engine import ScalarValue
    >>> x, y = ScalarValue(2.0), ScalarValue(3.0)
    >>> inside_sums(capture(x * y - (x + 1), inputs=[x, y])).tolist()
    [False, False, True, False, True, False]

    Args:
        program: without values that are never used.
    """
    users, arguments = readings(program)
    uses = np.bincount(arguments, minlength=len(program))
    user = np.zeros(len(program), dtype=np.int64)
    user[arguments] = users
    candidates = made_by(program, _PARTS) & (uses == 1)
    candidates[-1:] = False  # the result
    inside: Mask = candidates & made_by(program, _WITH_PARTS - {"neg"})[user]
    negated = np.flatnonzero(candidates & made_by(program, {"neg"})[user])
    while len(negated):
        found = inside[user[negated]]
        if not found.any():
            break
        inside[negated[found]] = True
        negated = negated[~found]
    return inside


def terms_of_sums(program: ScalarProgram, inside: Mask) -> Terms:
    """Return the terms of all sums.

    Args:
        program: the program.
        inside: what is a part of a sum.
    """
    whole = whole_sums(program, inside)
    with_parts = made_by(program, _WITH_PARTS) & (inside | whole)
    users, arguments = readings(program)
    sign = np.ones(len(users), dtype=np.int64)
    sign[made_by(program, {"neg"})[users]] = -1
    second = np.flatnonzero(made_by(program, {"-"})[users])[1::2]
    sign[second] = -1
    chosen = with_parts[users]
    users, arguments, sign = users[chosen], arguments[chosen], sign[chosen]

    # Every part knows its user. After n steps of "the user of my user" it knows the one 2^n above.
    above, sign_above = np.arange(len(program)), np.ones(len(program), dtype=np.int64)
    parts = inside[arguments]
    above[arguments[parts]], sign_above[arguments[parts]] = users[parts], sign[parts]
    moving = arguments[parts]
    while len(moving):
        sign_above[moving] *= sign_above[above[moving]]
        above[moving] = above[above[moving]]
        moving = moving[inside[above[moving]]]

    zero = zeros_of(program)
    products = inside & made_by(program, {"*"})
    dots = made_by(program, {"dot"}) & (inside | whole)
    is_term = ~(inside | zero)[arguments]
    of_products = np.flatnonzero(products)
    first = program.starts[of_products]
    dot_users, dot_lefts, dot_rights = _dot_terms(program, np.flatnonzero(dots))
    return Terms(
        np.concatenate([above[users[is_term]], above[of_products], above[dot_users]]),
        np.concatenate(
            [sign[is_term] * sign_above[users[is_term]], sign_above[of_products], sign_above[dot_users]]
        ),
        np.concatenate([arguments[is_term], program.arguments[first], dot_lefts]),
        np.concatenate([np.full(int(is_term.sum()), NO_FACTOR), program.arguments[first + 1], dot_rights]),
    )


def zeros_of(program: ScalarProgram) -> Mask:
    """Return for each value whether it is the constant 0."""
    is_zero = np.array([number == 0 for number in program.constants], dtype=np.bool_)
    zero: Mask = program.opcodes == LeafKind.CONSTANT
    zero[zero] = is_zero[program.arguments[program.starts[:-1][zero]]]
    return zero


def _dot_terms(program: ScalarProgram, dots: Indices) -> tuple[Indices, Indices, Indices]:
    """Return for each product of some dot products the dot product and both factors."""
    starts = program.starts[dots]
    halves = (program.starts[dots + 1] - starts) // 2
    users = np.repeat(dots, halves)
    place = np.arange(len(users)) - np.repeat(np.cumsum(halves) - halves, halves)
    lefts = np.repeat(starts, halves) + place
    return users, program.arguments[lefts], program.arguments[lefts + np.repeat(halves, halves)]
