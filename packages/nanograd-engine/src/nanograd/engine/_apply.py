"""Applying a row of the table: ScalarValues are recorded, plain numbers just computed."""

from __future__ import annotations

from typing import Any, TypeAlias

from nanograd.engine._errors import ArgumentError
from nanograd.engine._numbers import as_number
from nanograd.engine._ops import Operation
from nanograd.engine._value import ScalarValue, record

Operand: TypeAlias = Any
"""A ScalarValue or a plain number. What is computed from plain numbers alone is a plain number."""


def apply(operation: Operation, *operands: Operand) -> Operand:
    """Return the operation's result: recorded if an operand is a ScalarValue, else a plain number.

    Raises:
        ArgumentError: if there are no operands.
        NumberTypeError: if an operand is no real number; it names the function.
    """
    for operand in operands:
        if isinstance(operand, ScalarValue):
            if operation.arity == 1:
                return operand._unary(operation)  # what record does, in half the time
            return record(operation, *operands)
    if not operands:
        raise ArgumentError(f"{operation.usage} needs at least one value and got none")
    return operation.evaluate(*[as_number(operand, operation.usage) for operand in operands])
