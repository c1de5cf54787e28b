"""How pages write an operation of the table: the names of its arguments, and a call as Python has it."""

from __future__ import annotations

import inspect
import unicodedata
from collections.abc import Sequence
from fractions import Fraction

from nanograd.engine import Number, Operation


def argument_names(operation: Operation) -> list[str]:
    """Return the names in the row, ``x`` and ``y`` mostly; of an operation of any number those of two."""
    if operation.arity is None:
        return ["x1", "x2"]
    _, *names = inspect.signature(operation.forward).parameters
    return names


def written(operation: Operation, arguments: Sequence[str]) -> str:
    """Return the operation with its arguments as Python writes them."""
    if operation.symbol == "neg":
        return f"-{arguments[0]}"
    if operation.symbol.isidentifier():
        inside = ", ".join(argument.strip("()") for argument in arguments)
        return f"{operation.symbol}({inside})"
    return f" {operation.symbol} ".join(arguments)


def operand(number: Number) -> str:
    """Return a number as an argument: negative ones and fractions in parentheses."""
    text = str(number) if isinstance(number, Fraction) else f"{number:g}"
    return f"({text})" if text.startswith("-") or "/" in text else text


def anchor(operation: Operation) -> str:
    """Return the name that links use: ``operation-tanh``, ``operation-plus-sign``."""
    if operation.symbol.isidentifier():
        return f"operation-{operation.symbol.replace('_', '-')}"
    characters = [unicodedata.name(character, "sign").lower() for character in operation.symbol]
    return f"operation-{'-'.join(characters).replace(' ', '-')}"
