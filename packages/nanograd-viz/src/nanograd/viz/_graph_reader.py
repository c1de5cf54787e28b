"""Reading a graph from the lists that :mod:`nanograd.viz._record` writes, checking all of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from fractions import Fraction
from typing import Any, NoReturn

from nanograd.engine import OPS, GraphError, Number, Operation, ScalarValue, Scope
from nanograd.engine._anomaly import SOURCES  # what detect_anomaly() remembers has no public name
from nanograd.viz._errors import GraphFileError
from nanograd.viz._record import FORMAT, VERSION


class GraphReader:
    """One file being read: every entry is checked before the first value is made of it.

    Args:
        record: what the file holds.
        path: where it is, for errors.

    Raises:
        GraphFileError: here or later, if it is not what ``save_graph_json`` writes.
    """

    def __init__(self, record: Any, path: str) -> None:
        self.path = path
        if not isinstance(record, dict) or record.get("format") != FORMAT:
            self.refuse(f'it has no "format": "{FORMAT}"')
        version = record.get("version")
        if version != VERSION:
            raise GraphFileError(
                f"{path!r} has version {version!r:.40} of the format, and this nanograd reads version "
                f"{VERSION}. Update nanograd-viz, or save the graph again."
            )
        self.record = record
        data = record.get("data")
        if not isinstance(data, list) or not data:
            self.refuse('"data" is not a list of numbers')
        self.size = len(data)

    def roots(self) -> Any:
        """Return the results."""
        places = self.entry("roots", list)
        for place in places:
            self.check_index(place, self.size, "roots")
        if not places:
            self.refuse('"roots" is empty')
        nodes = self.nodes()
        return nodes[places[0]] if len(places) == 1 else [nodes[place] for place in places]

    def nodes(self) -> list[ScalarValue]:
        data, grads = self.numbers("data"), self.numbers("grad", optional=True)
        flags = self.column("requires_grad")
        labels, sources = self.texts("labels"), self.texts("sources")
        operations, scopes = self.operations(), self.scopes()
        chosen = self.indices("operation", len(operations))
        within = self.indices("scope", len(scopes))
        operands, slopes = self.column("operands"), self.column("slopes")
        arguments = []
        for node in range(self.size):
            operation = None if chosen[node] < 0 else operations[chosen[node]]
            arguments.append(self.arguments(node, operation, operands[node], slopes[node], flags))
        nodes: list[ScalarValue] = []
        for node, (operation, places, partials) in enumerate(arguments):
            value = ScalarValue(data[node], labels.get(node), requires_grad=bool(flags[node]))
            value.grad = grads[node]
            value._scope = None if within[node] < 0 else scopes[within[node]]
            if operation is not None:
                _give_history(value, operation, [nodes[place] for place in places], partials)
            if node in sources:
                SOURCES[value] = sources[node]
            nodes.append(value)
        return nodes

    def arguments(
        self, node: int, operation: Operation | None, operands: Any, slopes: Any, flags: list[Any]
    ) -> tuple[Operation | None, list[int], list[Number | None]]:
        """Return how a value was computed: the operation, its operands and its slopes, checked."""
        if flags[node] not in (0, 1) or type(flags[node]) is not int:
            self.refuse(f'"requires_grad" of value {node} is neither 0 nor 1')
        if not isinstance(operands, list) or not isinstance(slopes, list) or len(operands) != len(slopes):
            self.refuse(f"value {node} has no lists of as many operands as slopes")
        arity = 0 if operation is None else operation.arity
        if len(operands) != arity and (arity is not None or not operands):
            name = "a leaf" if operation is None else f"an operation {operation.symbol!r:.40}"
            self.refuse(f"value {node} is {name} with {len(operands)} operands")
        for place in operands:
            self.check_index(place, node, f"operands of value {node}")
        partials = [
            None if slope is None else self.number(slope, f"slopes of value {node}") for slope in slopes
        ]
        differentiable = [bool(flags[place]) for place in operands]
        if [partial is not None for partial in partials] != differentiable:
            self.refuse(f"value {node} has not one slope for each operand that needs a gradient")
        if operation is not None and any(differentiable) != bool(flags[node]):
            self.refuse(f'"requires_grad" of value {node} does not follow from its operands')
        return operation, operands, partials

    def operations(self) -> list[Operation]:
        operations = []
        for number, entry in enumerate(self.entry("operations", list)):
            symbol, arity = self.fields(entry, 2, f"operation {number}")
            if (
                not isinstance(symbol, str)
                or not symbol
                or not (arity is None or (type(arity) is int and arity > 0))
            ):
                self.refuse(f"operation {number} is not a name with a number of arguments")
            known = OPS.get(symbol)
            if known is None:
                known = _unknown_operation(symbol, arity)
            elif known.arity != arity:
                self.refuse(
                    f"operation {symbol!r} takes {known.arity} arguments here and {arity} in the file"
                )
            operations.append(known)
        return operations

    def scopes(self) -> list[Scope]:
        scopes: list[Scope] = []
        for number, entry in enumerate(self.entry("scopes", list)):
            name, kind, parent = self.fields(entry, 3, f"scope {number}")
            if not isinstance(name, str) or not isinstance(kind, str):
                self.refuse(f"scope {number} has no name and kind")
            self.check_index(parent, number, f"parent of scope {number}", lowest=-1)
            scopes.append(Scope(name, kind, None if parent < 0 else scopes[parent]))
        return scopes

    def fields(self, entry: Any, count: int, what: str) -> list[Any]:
        if not isinstance(entry, list) or len(entry) != count:
            self.refuse(f"{what} is not a list of {count}")
        return list(entry)

    def numbers(self, name: str, *, optional: bool = False) -> list[Any]:
        return [
            None if optional and entry is None else self.number(entry, f"{name!r} of value {place}")
            for place, entry in enumerate(self.column(name))
        ]

    def indices(self, name: str, count: int) -> list[int]:
        column = self.column(name)
        for place, entry in enumerate(column):
            self.check_index(entry, count, f"{name!r} of value {place}", lowest=-1)
        return column

    def texts(self, name: str) -> dict[int, str]:
        texts = {}
        for key, text in self.entry(name, dict).items():
            if not isinstance(text, str) or not re.fullmatch(r"[0-9]{1,15}", key) or int(key) >= self.size:
                self.refuse(f"{name!r} has an entry {key!r:.40} that is no text of one of {self.size} values")
            texts[int(key)] = text
        return texts

    def column(self, name: str) -> list[Any]:
        column: list[Any] = self.entry(name, list)
        if len(column) != self.size:
            self.refuse(f"{name!r} has {len(column)} entries for {self.size} values")
        return column

    def entry(self, name: str, kind: type) -> Any:
        entry = self.record.get(name)
        if not isinstance(entry, kind):
            self.refuse(f'"{name}" is missing or not what it should be')
        return entry

    def number(self, entry: Any, what: str) -> Number:
        if type(entry) is int or type(entry) is float:
            number: Number = entry
            return number
        if isinstance(entry, str):
            if entry in _SPECIAL:
                return float(entry)
            if match := _EXACT.fullmatch(entry):
                numerator, denominator = int(match[1], 16), match[2]
                if denominator is None:
                    return numerator
                if int(denominator, 16):
                    return Fraction(numerator, int(denominator, 16))
        return self.refuse(f"{what} is no number: {entry!r:.40}")

    def check_index(self, entry: Any, count: int, what: str, lowest: int = 0) -> None:
        if type(entry) is not int or not lowest <= entry < count:
            self.refuse(f"{what} is {entry!r:.40} and should be from {lowest} to {count - 1}")

    def refuse(self, reason: str) -> NoReturn:
        raise GraphFileError(
            f"{self.path!r} is not a graph that save_graph_json() wrote, or was changed since: {reason}. "
            "Save the graph again."
        )


_SPECIAL = frozenset({"nan", "inf", "-inf"})
_EXACT = re.compile(r"(-?0x[0-9a-f]+)(?:/(0x[0-9a-f]+))?")


def refuse_constant(name: str) -> NoReturn:
    """Refuse what Python reads as a number and JSON does not know: ``NaN``, ``Infinity``."""
    raise ValueError(f"{name} is no number of JSON")


def _give_history(
    value: ScalarValue, operation: Operation, operands: list[ScalarValue], slopes: list[Number | None]
) -> None:
    """Make a leaf what an operation has computed, without computing it: numbers may have changed since."""
    value._operation = operation
    if operation.arity in (1, 2):
        value._x, value._x_partial = operands[0], slopes[0]
        if operation.arity == 2:
            value._y, value._y_partial = operands[1], slopes[1]
    else:
        value._x = tuple(operands)
        value._x_partial = tuple(slopes) if value.requires_grad else None


def _unknown_operation(symbol: str, arity: int | None) -> Operation:
    """Return an operation that only has a name, for a row that this program's table does not have."""

    def refuse(*_: Any) -> NoReturn:
        raise GraphError(
            f"the operation {symbol!r} comes from a file and this program has no rule for it. Define it with "
            "custom_op() before you load the graph."
        )

    rules: tuple[Callable[..., Any], ...] = (refuse,) * (arity or 1)
    return Operation(symbol, arity, refuse, rules, (), ())
