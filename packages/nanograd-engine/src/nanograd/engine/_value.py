"""ScalarValue: a number that remembers how it was computed.

A node is plain data in fixed slots: the operation, its arguments and the partial derivative towards each of
them. It holds no closures and no reference to the nodes that use it, so a graph is freed as soon as its
result is, and the same source could be compiled natively.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, NoReturn

from nanograd.engine import _floats as FLOATS
from nanograd.engine._anomaly import check_value
from nanograd.engine._backward import backward
from nanograd.engine._copying import copy_node, deep_copy, reduce_graph, set_state
from nanograd.engine._elementary import Elementary
from nanograd.engine._errors import GraphError, NumberTypeError
from nanograd.engine._floats import Number
from nanograd.engine._hooks import HookHandle, register
from nanograd.engine._micrograd_names import MicrogradNames
from nanograd.engine._modes import MODE, Mode, Scope
from nanograd.engine._number_protocol import NumberProtocol
from nanograd.engine._numbers import as_number, described, is_array
from nanograd.engine._ops import ABS, ADD, DIV, MOD, MUL, NEG, POW, SUB, Operation
from nanograd.engine._printing import rich_fields


class ScalarValue(Elementary, NumberProtocol, MicrogradNames):
    """A real number with a history: the operation and the values it was computed from.

    >>> a, b = ScalarValue(2.0, label="a"), ScalarValue(-3.0, label="b")
    >>> c = a * b + 10
    >>> c
    ScalarValue(data=4.0)
    >>> c.backward()
    >>> a.grad, b.grad
    (-3.0, 2.0)

    Args:
        data: a real number: int, float, Fraction or a NumPy scalar. Integers and fractions stay exact.
        label: a name that pictures, tables and formulas show.
        requires_grad: whether a backward pass computes a gradient for it; plain numbers in an expression do
            not.

    Raises:
        NumberTypeError: if ``data`` is not a real number, or ``label`` not a string.
    """

    __slots__ = (
        "__weakref__",
        "_data",
        "_grad",
        "_operation",
        "_requires_grad",
        "_scope",
        "_x",
        "_x_partial",
        "_y",
        "_y_partial",
        "label",
    )

    _data: Number
    _grad: Any  # None until a gradient arrives
    _operation: Operation | None
    _requires_grad: bool
    _scope: Scope | None
    # The arguments. One: x. Two: x and y. Of an operation of many: all of them as a tuple in x.
    _x: Any
    _y: ScalarValue | None
    # The partial derivatives, None where no gradient flows. Of an operation of many: a tuple in x_partial.
    _x_partial: Any
    _y_partial: Number | None
    label: str | None

    def __init__(self, data: Number, label: str | None = None, *, requires_grad: bool = True) -> None:
        if label is not None and not isinstance(label, str):
            raise NumberTypeError(
                f"ScalarValue(data, label) takes a string as label and got {described(label)}. "
                "A ScalarValue has no list of children to give: it records the operations done with it."
            )
        _check_bool(requires_grad, "ScalarValue(requires_grad)")
        self._data = as_number(data, f"{type(self).__name__}(data)")
        self._grad = None
        self._operation = None
        self._requires_grad = requires_grad
        self._scope = None
        self._x = None
        self._y = None
        self._x_partial = None
        self._y_partial = None
        self.label = label

    # ---- what a value holds

    @property
    def data(self) -> Any:
        """The number itself: an int, a float or a Fraction.

        A new number may be assigned, as an optimizer does. Results computed before keep their values and
        gradients.
        """
        return self._data

    @data.setter
    def data(self, data: Number) -> None:
        self._data = as_number(data, "ScalarValue.data")

    @property
    def grad(self) -> Any:
        """The derivative of the last result with respect to this value; 0.0 while none has arrived.

        Leaves add up what successive calls of :meth:`backward` bring; inner values show the last one. Assign
        ``None`` to forget it.
        """
        return 0.0 if self._grad is None else self._grad

    @grad.setter
    def grad(self, gradient: Number | None) -> None:
        self._grad = None if gradient is None else as_number(gradient, "ScalarValue.grad")

    @property
    def has_grad(self) -> bool:
        """Whether a gradient has arrived since the value was made or its gradient cleared.

        PyTorch shows the difference as ``grad is None``; here ``grad`` is a number always.
        """
        return self._grad is not None

    @property
    def children(self) -> tuple[ScalarValue, ...]:
        """The values it was computed from, in the order of the operation's arguments; empty for a leaf."""
        if self._x is None:
            return ()
        if self._x.__class__ is tuple:
            children: tuple[ScalarValue, ...] = self._x
            return children
        return (self._x,) if self._y is None else (self._x, self._y)

    @property
    def local_derivatives(self) -> tuple[Number | None, ...]:
        """The derivative of this value with respect to each child; None if the child needs no gradient."""
        if self._x is None:
            return ()
        if self._x.__class__ is tuple:
            return self._x_partial or (None,) * len(self._x)
        return (self._x_partial,) if self._y is None else (self._x_partial, self._y_partial)

    @property
    def op(self) -> Operation | None:
        """The operation that computed it; None for a leaf."""
        return self._operation

    @property
    def scope(self) -> Scope | None:
        """The part of a model inside which it was computed; None outside of all."""
        return self._scope

    @property
    def requires_grad(self) -> bool:
        """Whether a backward pass gives it a gradient."""
        return self._requires_grad

    @requires_grad.setter
    def requires_grad(self, requires_grad: bool) -> None:
        self.requires_grad_(requires_grad)

    @property
    def is_leaf(self) -> bool:
        """Whether it was given and not computed."""
        return self._operation is None

    def item(self) -> Any:
        """Return the plain number, without the history."""
        return self._data

    def detach(self) -> ScalarValue:
        """Return the same number without the history, as a constant.

        >>> x = ScalarValue(3.0)
        >>> (x * x).detach().children
        ()
        """
        return ScalarValue(self._data, self.label, requires_grad=False)

    def requires_grad_(self, requires_grad: bool = True) -> ScalarValue:
        """Say whether operations from now on carry gradients to this leaf, and return it.

        Args:
            requires_grad: whether they do.

        Raises:
            GraphError: if it is not a leaf.
            NumberTypeError: if ``requires_grad`` is not a bool.
        """
        _check_bool(requires_grad, "requires_grad_()")
        if self._operation is not None:
            raise GraphError(
                f"requires_grad_() changes leaves, and {self!r} was computed by {self._operation.symbol!r}. "
                "Use detach() to get a constant."
            )
        self._requires_grad = requires_grad
        return self

    def zero_grad(self) -> None:
        """Forget the gradient."""
        self._grad = None

    def backward(
        self,
        gradient: Number | ScalarValue | None = None,
        *,
        create_graph: bool = False,
        inputs: ScalarValue | Sequence[ScalarValue] | None = None,
    ) -> None:
        """Give every value that this one depends on its gradient: d self / d value, times ``gradient``.

        >>> x = ScalarValue(3.0)
        >>> (x * x * x).backward()
        >>> x.grad
        27.0

        Args:
            gradient: the gradient that arrives at this value, 1 if left out.
            create_graph: record the backward pass too, so that gradients can be differentiated again.
            inputs: values to add gradients to, and to no others.

        Raises:
            GraphError: if this value needs no gradient.
        """
        gradients = None if gradient is None else [gradient]
        backward([self], gradients, create_graph=create_graph, inputs=inputs)

    def register_hook(self, hook: Callable[[Any], Any]) -> HookHandle:
        """Call ``hook`` with this value's gradient in every backward pass, as soon as all of it has arrived.

        What the hook returns replaces the gradient, also for the values that this one was computed from; None
        leaves it as it is.

        >>> x = ScalarValue(3.0)
        >>> handle = x.register_hook(lambda gradient: 2 * gradient)
        >>> (x * x).backward()
        >>> x.grad
        12.0
        >>> handle.remove()

        Args:
            hook: a function of the gradient.

        Raises:
            ArgumentError: if it is not a function.
        """
        return register(self, hook)

    # ---- arithmetic
    # Sums and products are most nodes of most graphs. They are written out, down to the slots, which takes
    # two thirds of the time of recording them as the others are; tests hold them equal to the table.

    def __add__(self, other: ScalarValue | Number) -> ScalarValue:
        y: Any = other
        if other.__class__ is not ScalarValue and not isinstance(other, ScalarValue):
            y = as_operand(other, ADD)
            if y is NotImplemented:
                return NotImplemented
        try:
            data = self._data + y._data
        except OverflowError:
            data = ADD.evaluate(self._data, y._data)
        mode = MODE.get()
        if not mode.recording:
            return _constant(data)
        one = 1.0 if data.__class__ is float else 1
        node = _new(ScalarValue)
        node._data = data
        node._grad = None
        node._operation = ADD
        node._scope = mode.scope
        node._x = self
        node._y = y
        node._x_partial = one if self._requires_grad else None
        node._y_partial = one if y._requires_grad else None
        node._requires_grad = self._requires_grad or y._requires_grad
        node.label = None
        if mode.anomaly:
            check_value(node)
        return node

    def __radd__(self, other: Number) -> ScalarValue:
        return _reflected(ADD, other, self)

    def __sub__(self, other: ScalarValue | Number) -> ScalarValue:
        y = other if isinstance(other, ScalarValue) else as_operand(other, SUB)
        if y is NotImplemented:
            return NotImplemented
        try:
            data = self._data - y._data
        except OverflowError:
            data = SUB.evaluate(self._data, y._data)
        one = 1.0 if data.__class__ is float else 1
        mode = MODE.get()
        return _record(mode, SUB, data, self, y, one, -one) if mode.recording else _constant(data)

    def __rsub__(self, other: Number) -> ScalarValue:
        return _reflected(SUB, other, self)

    def __mul__(self, other: ScalarValue | Number) -> ScalarValue:
        y: Any = other
        if other.__class__ is not ScalarValue and not isinstance(other, ScalarValue):
            y = as_operand(other, MUL)
            if y is NotImplemented:
                return NotImplemented
        try:
            data = self._data * y._data
        except OverflowError:
            data = MUL.evaluate(self._data, y._data)
        mode = MODE.get()
        if not mode.recording:
            return _constant(data)
        node = _new(ScalarValue)
        node._data = data
        node._grad = None
        node._operation = MUL
        node._scope = mode.scope
        node._x = self
        node._y = y
        node._x_partial = y._data if self._requires_grad else None
        node._y_partial = self._data if y._requires_grad else None
        node._requires_grad = self._requires_grad or y._requires_grad
        node.label = None
        if mode.anomaly:
            check_value(node)
        return node

    def __rmul__(self, other: Number) -> ScalarValue:
        return _reflected(MUL, other, self)

    def __truediv__(self, other: ScalarValue | Number) -> ScalarValue:
        return self._binary(DIV, other)

    def __rtruediv__(self, other: Number) -> ScalarValue:
        return _reflected(DIV, other, self)

    def __pow__(self, other: ScalarValue | Number) -> ScalarValue:
        return self._binary(POW, other)

    def __rpow__(self, other: Number) -> ScalarValue:
        return _reflected(POW, other, self)

    def __mod__(self, other: ScalarValue | Number) -> ScalarValue:
        return self._binary(MOD, other)

    def __rmod__(self, other: Number) -> ScalarValue:
        return _reflected(MOD, other, self)

    def __floordiv__(self, other: object) -> NoReturn:
        raise NumberTypeError(
            "ScalarValue // other is flat almost everywhere, so a gradient through it says nothing. "
            "Use divmod(x, y)[0] if that is meant, or x.data // y to compute with plain numbers."
        )

    __rfloordiv__ = __floordiv__

    def __neg__(self) -> ScalarValue:
        return self._unary(NEG)

    def __pos__(self) -> ScalarValue:
        return self

    def __abs__(self) -> ScalarValue:
        return self._unary(ABS)

    def _unary(self, operation: Operation) -> ScalarValue:
        """Return the operation's result for this value, recorded."""
        x = self._data
        # Operation.evaluate and partials_at do this for any number of arguments, in three times the time.
        try:
            data = operation.forward(FLOATS, x)
        except OverflowError:
            data = operation.evaluate(x)
        if data.__class__ is int and x.__class__ is float:
            data = float(data)
        mode = MODE.get()
        if not mode.recording:
            return _constant(data)
        partial = None
        if self._requires_grad:
            try:
                partial = operation.partials[0](FLOATS, data, x)
            except OverflowError:
                partial = operation.partials_at(data, x)[0]
        return _record(mode, operation, data, self, None, partial, None)

    def _binary(self, operation: Operation, other: Any) -> ScalarValue:
        """Return the operation's result for this value and another, recorded."""
        y = other if isinstance(other, ScalarValue) else as_operand(other, operation)
        if y is NotImplemented:
            return _ASK_OTHER_OPERAND
        data = operation.evaluate(self._data, y._data)
        mode = MODE.get()
        if not mode.recording:
            return _constant(data)
        x_partial, y_partial = operation.partials_at(data, self._data, y._data)
        return _record(mode, operation, data, self, y, x_partial, y_partial)

    def _reversed(self, operation: Operation, other: Any) -> ScalarValue:
        """Return the operation's result for another operand and this value, recorded."""
        return _reflected(operation, other, self)

    # ---- copying: graphs of any depth, without recursion

    def __copy__(self) -> ScalarValue:
        return copy_node(self)

    def __deepcopy__(self, memo: dict[int, Any]) -> ScalarValue:
        return deep_copy(self, memo)

    def __reduce_ex__(self, protocol: Any) -> tuple[Any, ...]:
        return reduce_graph(self)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        set_state(self, state)

    # ---- how it is shown

    def __repr__(self) -> str:
        return f"{type(self).__name__}(data={self._data!r})"

    def __rich_repr__(self) -> Iterable[tuple[str, Any]]:
        return rich_fields(self)


def record(operation: Operation, *operands: Any) -> ScalarValue:
    """Return the operation's result for ScalarValues and plain numbers, recorded as one node.

    Raises:
        NumberTypeError: if an operand is neither; it names the operation.
    """
    children = as_values(operands, operation.usage)
    if operation.arity == 1:
        return children[0]._unary(operation)
    if operation.arity == 2:
        return children[0]._binary(operation, children[1])
    numbers = [child._data for child in children]
    requires_grad = [child._requires_grad for child in children]
    data = operation.evaluate(*numbers)
    partials: tuple[Any, ...] = ()
    if True in requires_grad and MODE.get().recording:
        partials = operation.partials_at(data, *numbers)
        if False in requires_grad:
            partials = tuple(
                [p if wanted else None for p, wanted in zip(partials, requires_grad, strict=True)]
            )
    return record_many(operation, data, children, partials)


def record_many(
    operation: Operation, data: Number, children: tuple[ScalarValue, ...], partials: tuple[Any, ...]
) -> ScalarValue:
    """Return the result of an operation of many arguments as a node.

    Args:
        operation: its row of the table.
        data: the result.
        children: the arguments.
        partials: the derivative towards each, None towards one that needs no gradient.
    """
    node = _constant(data)
    mode = MODE.get()
    if mode.recording:
        node._operation = operation
        node._scope = mode.scope
        node._x = children
        for partial in partials:
            if partial is not None:
                node._requires_grad = True
                node._x_partial = partials
                break
        if mode.anomaly:
            check_value(node)
    return node


def as_values(operands: Iterable[Any], usage: str) -> tuple[ScalarValue, ...]:
    """Return operands as ScalarValues: plain numbers become constants.

    Raises:
        NumberTypeError: if one is neither; it names the operation, by what ``usage`` says.
    """
    return tuple(
        [
            operand if isinstance(operand, ScalarValue) else _constant(as_number(operand, usage))
            for operand in operands
        ]
    )


def as_operand(given: Any, operation: Operation) -> ScalarValue:
    """Return a plain number as a constant; ``NotImplemented`` for an array, which does it itself.

    Raises:
        NumberTypeError: for anything else; it names the operation.
    """
    kind = given.__class__
    if kind is float or kind is int:
        return _constant(given)
    if is_array(given):
        return _ASK_OTHER_OPERAND
    return _constant(as_number(given, operation.usage))


def _check_bool(given: object, what: str) -> None:
    if given is not True and given is not False:
        raise NumberTypeError(f"{what} takes True or False and got {described(given)}")


_new = object.__new__

# What Python takes as "ask the other operand", as a value that operators may pass on.
_ASK_OTHER_OPERAND: ScalarValue = NotImplemented


def _constant(data: Number) -> ScalarValue:
    """Return a leaf that needs no gradient."""
    node = _new(ScalarValue)
    node._data = data
    node._grad = None
    node._operation = None
    node._requires_grad = False
    node._scope = None
    node._x = None
    node._y = None
    node._x_partial = None
    node._y_partial = None
    node.label = None
    return node


def _record(
    mode: Mode,
    operation: Operation,
    data: Number,
    x: ScalarValue,
    y: ScalarValue | None,
    x_partial: Number | None,
    y_partial: Number | None,
) -> ScalarValue:
    """Return a new node with its history."""
    x_requires_grad = x._requires_grad
    y_requires_grad = y is not None and y._requires_grad
    node = _new(ScalarValue)
    node._data = data
    node._grad = None
    node._operation = operation
    node._requires_grad = x_requires_grad or y_requires_grad
    node._scope = mode.scope
    node._x = x
    node._y = y
    node._x_partial = x_partial if x_requires_grad else None
    node._y_partial = y_partial if y_requires_grad else None
    node.label = None
    if mode.anomaly:
        check_value(node)
    return node


def _reflected(operation: Operation, given: Number, value: ScalarValue) -> ScalarValue:
    """Return ``given operation value``, where Python asked the right operand."""
    operand = as_operand(given, operation)
    return operand if operand is NotImplemented else operand._binary(operation, value)
