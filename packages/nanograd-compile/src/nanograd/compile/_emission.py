"""Emission: an array program as the source of a Python function over NumPy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import prod
from typing import Any, TypeGuard, cast

import numpy as np
from nanograd.compile._array_program import (
    BATCH,
    Allocate,
    Array,
    ArrayProgram,
    Call,
    Concatenated,
    Expression,
    Let,
    Literal,
    MatMul,
    Permuted,
    Reshaped,
    RowDots,
    Rows,
    RunTape,
    Segments,
    Shape,
    Statement,
    Store,
    Summed,
    Taken,
    View,
    operands,
)
from nanograd.compile._constants import Constants, is_constant
from nanograd.compile._own_inputs import side_by_side
from nanograd.compile._view_source import view_source

_INFIX = {"+": 4, "-": 4, "*": 5, "divide": 5, "<": 2, "<=": 2, ">": 2, ">=": 2, "&": 3, "|": 3}
_SIGNS = {"divide": "/"}
_OF_NUMPY = {
    "abs": "abs", "acos": "arccos", "acosh": "arccosh", "asin": "arcsin", "asinh": "arcsinh",
    "atan": "arctan", "atan2": "arctan2", "atanh": "arctanh", "cbrt": "cbrt", "ceil": "ceil", "cos": "cos",
    "cosh": "cosh",
    "equal": "equal", "exp": "exp", "expm1": "expm1", "floor": "floor", "floor_divide": "floor_divide",
    "hypot": "hypot", "log": "log", "log10": "log10", "log1p": "log1p", "log2": "log2", "maximum": "maximum",
    "minimum": "minimum", "power": "power", "remainder": "remainder", "sign": "sign", "sin": "sin",
    "sinh": "sinh", "sqrt": "sqrt", "tan": "tan", "tanh": "tanh", "trunc": "trunc", "where": "where",
}  # fmt: skip
_ATOM = 9
_LARGE_PRODUCT = 4096
"""A product of so many elements is computed where it is stored. Smaller ones are easier to read with `=`."""
_MANY_ROWS = 32
"""NumPy sums so many rows faster as a product with a vector of ones, up to ten times."""


@dataclass(eq=False)
class Source:
    """Source text, and the arrays of numbers that it refers to by name."""

    text: str
    constants: dict[str, Any] = field(default_factory=dict)


def emit(programs: Mapping[str, ArrayProgram]) -> Source:
    """Return the source of functions of the parameters and each input, by their names, that run the programs.

    Args:
        programs: the programs; they share the arrays of numbers that they refer to.
    """
    constants = Constants()
    texts = [Emitter(program, name, constants).text_of_all for name, program in programs.items()]
    return Source("\n\n".join(texts), constants.by_name)


def emit_tape(inputs: Sequence[Array]) -> str:
    """Return the source of the functions of a program that runs on the tape alone.

    Args:
        inputs: the arrays of the inputs.
    """
    emitter = Emitter(ArrayProgram(Array("p", ()), tuple(inputs)), "value", Constants())
    given = ", ".join(["p", *([emitter.text(side_by_side(inputs))] if inputs else [])])
    return "\n\n".join(
        f"def {name}({', '.join(emitter.arguments)}):\n    return tape.{name}({given})\n"
        for name in ("value_and_grad", "value")
    )


class Emitter:
    """The source of one function, and the name of each of its arrays."""

    def __init__(self, program: ArrayProgram, name: str, constants: Constants) -> None:
        self.constants = constants
        self.names: dict[Array, str] = {program.parameters: "p"}
        self.used = {"p", "np", "m", "part", "len", "tape"}
        inputs = [self.name(array) for array in program.inputs]
        self.arguments = ["p", *inputs]
        self.samples = f"len({inputs[0]})" if inputs else ""  # nothing is batched without inputs
        self.parameters = program.parameters
        self.with_gradient = program.gradient is not None
        joined = [each.array for each in program.statements if _joins_inputs(each)]
        self.leaves = {program.parameters, *program.inputs, *joined}
        self.parts: dict[str, str] = {}  # the names of parts that are read several times
        self.new_parts: list[str] = []
        self.rectified: dict[str, str] = {}  # what max(0, x) is called, by the source of x
        self.often = self._read_often(program)
        lines = []
        for statement in program.statements:
            own = self.statement(statement)
            lines += [*self.new_parts, *own]
            self.new_parts.clear()
        result = self.text(program.result)
        if isinstance(program.result, Summed):
            result = f"{self.text(program.result.of)}.mean()"
        gradient = "" if program.gradient is None else f", {self.name(program.gradient)}"
        lines += [*self.new_parts, f"return {result}{gradient}"]
        self.text_of_all = "\n    ".join([f"def {name}({', '.join(self.arguments)}):", *lines]) + "\n"

    def _read_often(self, program: ArrayProgram) -> set[str]:
        """Return the sources of the parts that get a name, as they are read more than once.

        Those are parts of the parameters and inputs, and what is taken element by element.
        """
        counts: Counter[str] = Counter()
        for statement in program.statements:
            if isinstance(statement, Let | Store):
                counts.update(
                    self._plain(part).removesuffix(".T")
                    for part in operands(statement.value)
                    if isinstance(part, Taken) or part.array in self.leaves
                )
        return {source for source, count in counts.items() if count > 1 and not source.isidentifier()}

    def name(self, array: Array) -> str:
        """Return the name of an array, which no other has."""
        if array.numbers is not None:
            return self.constants.name("c", array.numbers)
        found = self.names.get(array)
        if found is None:
            found, number = array.name, 1
            while found in self.used or is_constant(found):
                number += 1
                found = f"{array.name}_{number}"
            self.used.add(found)
            self.names[array] = found
        return found

    def statement(self, statement: Statement) -> list[str]:
        """Return the lines of a statement."""
        if isinstance(statement, Let):
            value = self.text(statement.value)
            if self._is_a_named_part(statement.value):  # the new array may be changed, and the part may not
                value = f"{value}.copy()"
            name = self.name(statement.array)
            if (of := _compared_with_0(statement.value, "maximum")) is not None:
                self.rectified[self.text(of)] = name
            return [f"{name} = {value}"]
        if isinstance(statement, Allocate):
            array = statement.array
            function = "np.zeros" if statement.zeros else "np.empty"
            sizes = [str(size) for size in array.shape]
            if array.batched:
                sizes.insert(0, self.samples)
            return [f"{self.name(array)} = {function}({_tuple(sizes)})"]
        if isinstance(statement, RunTape):
            boundary = self.name(statement.boundary)
            if not self.with_gradient:
                return [f"{self.name(statement.value)} = tape.value(p, {boundary})"]
            results = (statement.value, statement.gradient, statement.boundary_gradient)
            names = ", ".join(self.name(array) for array in results)
            return [f"{names} = tape.value_and_gradients(p, {boundary})"]
        if not statement.added and isinstance(statement.target, View) and self._fits(statement):
            product = cast("MatMul", statement.value)
            operands_of = f"{self.text(product.left)}, {self.text(product.right)}"
            return [f"np.matmul({operands_of}, out={self._plain(statement.target)})"]
        value = self.text(statement.value)
        if not statement.added:
            target = self._plain(statement.target)
            return [f"{target if target.endswith(']') else target + '[...]'} = {value}"]
        if isinstance(statement.target, Taken):
            return [f"{self._plain(statement.target)} += {value}"]
        target = self._plain(statement.target)
        if target.isidentifier() or not statement.target.shape:
            return [f"{target} += {value}"]
        return [f"part = {target}", f"part += {value}"]

    def _is_a_named_part(self, value: Expression) -> bool:
        """Return whether what is taken element by element is all of a value, and has a name by itself."""
        while isinstance(value, Reshaped | Permuted):
            value = value.of
        return isinstance(value, Taken) and self._plain(value) in self.parts

    @staticmethod
    def _fits(statement: Store) -> bool:
        """Return whether a large matrix product can be computed in its place, which saves a copy."""
        value = statement.value
        return (
            isinstance(value, MatMul)
            and len(value.shape) == 2
            and value.shape == statement.target.shape
            and BATCH not in value.shape
            and prod(value.shape) >= _LARGE_PRODUCT
        )

    def operand(self, part: View | Taken) -> str:
        """Return the source of a part of an array that is read, or the name that it has."""
        whole = self._plain(part)
        source = whole.removesuffix(".T")
        if source not in self.often:
            return whole
        if source not in self.parts:
            kind = "t" if isinstance(part, Taken) else "W" if part.array is self.parameters else "x"
            number = 1
            while f"{kind}{number}" in self.used:
                number += 1
            self.parts[source] = f"{kind}{number}"
            self.used.add(self.parts[source])
            self.new_parts.append(f"{self.parts[source]} = {source}")
        return self.parts[source] + whole[len(source) :]

    def _plain(self, part: View | Taken) -> str:
        array = part.array
        name = self.name(array)
        if isinstance(part, View):
            return view_source(name, array, part)
        if array.batched:
            flat = name if len(array.shape) == 1 else f"{name}.reshape({self.samples}, -1)"
            return f"{flat}[:, {self.constants.name('i', part.index)}]"
        flat = name if len(array.shape) == 1 else f"{name}.reshape(-1)"
        return f"{flat}[{self.constants.name('i', part.index)}]"

    def text(self, expression: Expression, binding: int = 0) -> str:
        """Return the source of an expression, in parentheses if it binds less than ``binding``."""
        text, strength = self._text(expression)
        return text if strength >= binding else f"({text})"

    def _text(self, found: Expression) -> tuple[str, int]:
        if isinstance(found, Literal):
            return _number(found.number), _ATOM if found.number >= 0 else 6
        if isinstance(found, View | Taken):
            return self.operand(found), _ATOM
        if isinstance(found, Call):
            return self._call(found)
        if isinstance(found, MatMul):
            return f"{self.text(found.left, 5)} @ {self.text(found.right, 6)}", 5
        if isinstance(found, Reshaped):
            if not found.of.shape:  # a number, which may be Python's own
                return f"np.reshape({self.text(found.of)}, {found.shape})", _ATOM
            sizes = _sizes(found.shape)
            if 0 in found.shape:  # no elements do not say how many samples there are
                sizes = sizes.replace(str(BATCH), self.samples)
            return f"{self.text(found.of, _ATOM)}.reshape({sizes})", _ATOM
        if isinstance(found, Permuted):
            if found.axes == (1, 0):
                return f"{self.text(found.of, _ATOM)}.T", _ATOM
            return f"{self.text(found.of, _ATOM)}.transpose{found.axes}", _ATOM
        if isinstance(found, Summed):
            return self._summed(found)
        if isinstance(found, RowDots):
            letters = "abcdefghijklmnop"[: len(found.left.shape)]
            kept = "".join(letter for axis, letter in enumerate(letters) if axis not in found.axes)
            arguments = f"{self.text(found.left)}, {self.text(found.right)}"
            return f'np.einsum("{letters},{letters}->{kept}", {arguments})', _ATOM
        if isinstance(found, Rows):
            return f"m.{found.function}({self.text(found.of)})", _ATOM
        if isinstance(found, Concatenated):
            axis = ", axis=1" if len(found.shape) > 1 else ""
            return f"np.concatenate([{', '.join(map(self.text, found.parts))}]{axis})", _ATOM
        if isinstance(found, Segments):
            starts = self.constants.name("i", found.starts)
            return f"m.{found.function}({self.text(found.of)}, {starts})", _ATOM
        rows = len(found.shape) > 1
        function = "m.scatter_rows" if rows else "m.scatter"
        index = self.constants.name("i", found.index)
        return f"{function}({self.text(found.of)}, {index}, {found.shape[-1]})", _ATOM

    def _summed(self, found: Summed) -> tuple[str, int]:
        rank = len(found.of.shape)
        if isinstance(found.of, Call) and found.of.function == "*" and len(found.axes) == rank - 1:
            left, right = found.of.arguments
            if left.shape == right.shape == found.of.shape:
                letters = "abcdefghijklmnop"[:rank]
                kept = "".join(letter for axis, letter in enumerate(letters) if axis not in found.axes)
                arguments = f"{self.text(left)}, {self.text(right)}"
                return f'np.einsum("{letters},{letters}->{kept}", {arguments})', _ATOM
        axes = ""
        if len(found.axes) < rank:
            axes = str(found.axes[0] if len(found.axes) == 1 else found.axes)
        rows = found.of.shape[0]
        if rank == 2 and found.axes == (0,) and (rows == BATCH or rows >= _MANY_ROWS):
            ones = f"np.ones({self.samples})" if rows == BATCH else self.constants.ones(rows)
            return f"{ones} @ {self.text(found.of, 6)}", _INFIX["*"]
        return f"{self.text(found.of, _ATOM)}.sum({axes})", _ATOM

    def _call(self, call: Call) -> tuple[str, int]:
        function, arguments = call.function, call.arguments
        if function in _INFIX:
            strength = _INFIX[function]
            left, right = self.text(arguments[0], strength), self.text(arguments[1], strength + 1)
            return f"{left} {_SIGNS.get(function, function)} {right}", strength
        if function == "neg":
            return f"-{self.text(arguments[0], 6)}", 6
        if function == "not":
            # The slope of relu in one step and not two: max(0, x) is 0 just where x <= 0, and nan where x is.
            of = _compared_with_0(arguments[0], "<=")
            if of is not None and (relu := self.rectified.get(self.text(of))):
                return f"{relu} != 0.0", _INFIX["<="]
            return f"~{self.text(arguments[0], 6)}", 6
        if function == "share":
            return f"np.full({self.samples}, 1.0 / {self.samples})", _ATOM
        if function == "broadcast_to":
            sizes = [self.samples if size == BATCH else str(size) for size in call.shape]
            return f"np.broadcast_to({self.text(arguments[0])}, {_tuple(sizes)})", _ATOM
        listed = ", ".join(self.text(argument) for argument in arguments)
        if function in _OF_NUMPY:
            return f"np.{_OF_NUMPY[function]}({listed})", _ATOM
        return f"m.{function}({listed})", _ATOM


def _joins_inputs(statement: Statement) -> TypeGuard[Let]:
    return isinstance(statement, Let) and isinstance(statement.value, Concatenated)


def _compared_with_0(expression: Expression, function: str) -> Expression | None:
    """Return the x of ``function(x, 0)``, where that has the shape of x."""
    if not isinstance(expression, Call) or expression.function != function:
        return None
    of, other = expression.arguments
    is_zero = isinstance(other, Literal) and other.number == 0
    return of if is_zero and of.shape == expression.shape else None


def _number(number: float) -> str:
    if number != number:
        return "np.nan"
    if number in (np.inf, -np.inf):
        return "np.inf" if number > 0 else "-np.inf"
    return repr(float(number))


def _sizes(shape: Shape) -> str:
    return ", ".join(map(str, shape)) if shape else "()"


def _tuple(sizes: Sequence[str]) -> str:
    return sizes[0] if len(sizes) == 1 else f"({', '.join(sizes)})"
