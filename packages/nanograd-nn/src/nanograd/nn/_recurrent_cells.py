"""RNNCell, LSTMCell and GRUCell: one step of a network that remembers."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from nanograd.engine import ArgumentError, ScalarValue, ShapeError, relu, sigmoid, tanh
from nanograd.nn._module import Module
from nanograd.nn._nested import is_list, shape_of
from nanograd.nn._parameter import Parameter
from nanograd.nn._random import generator_or_default, uniform
from nanograd.nn._sizes import as_size
from nanograd.nn._vectors import Sample, Vector, affine, as_samples, caller

State = list[ScalarValue]


class RecurrentCell(Module):
    """What the cells share: weights for the input and for the state, in blocks of one row a hidden value."""

    _blocks: ClassVar[int] = 1

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        *,
        generator: random.Random | None = None,
    ) -> None:
        kind = type(self).__name__
        self.input_size = as_size(input_size, f"input_size of {kind}")
        self.hidden_size = as_size(hidden_size, f"hidden_size of {kind}")
        drawn_by = generator_or_default(generator)
        bound = self.hidden_size**-0.5
        rows = self._blocks * self.hidden_size

        def drawn(count: int) -> list[Parameter]:
            return [Parameter(uniform(-bound, bound, drawn_by)) for _ in range(count)]

        self.weight_ih = [drawn(self.input_size) for _ in range(rows)]
        self.weight_hh = [drawn(self.hidden_size) for _ in range(rows)]
        self.bias_ih = drawn(rows) if bias else None
        self.bias_hh = drawn(rows) if bias else None
        self.label_parameters()

    def extra_repr(self) -> str:
        """Return the arguments that it was made with."""
        bias = ", bias=False" if self.bias_ih is None else ""
        return f"{self.input_size}, {self.hidden_size}{bias}"

    def _steps(
        self, input: Vector, states: Sequence[Vector | None], step: Callable[..., tuple[State, ...]]
    ) -> tuple[Any, ...]:
        """Return the new states that ``step(x, *states)`` gives for one sample or each of a batch."""
        kind = type(self).__name__
        inputs = as_samples(input, self.input_size, kind)
        if isinstance(inputs, Sample):
            return step(inputs, *[self._state(state, None) for state in states])
        if len(inputs.leading) != 1:
            raise ShapeError(
                f"{caller(kind)}: Expected input to be 1D or 2D, (input_size) or (N, input_size), "
                f"got {len(inputs.leading) + 1}D instead"
            )
        given = [self._state(state, len(inputs.rows)) for state in states]
        results = [step(x, *sample) for x, *sample in zip(inputs.rows, *given, strict=True)]
        return tuple(list(column) for column in zip(*results, strict=True))

    def _state(self, given: Vector | None, samples: int | None) -> Any:
        """Return the state of one sample, or the states of so many; zeros if none is given."""
        kind = type(self).__name__
        if given is None:
            zeros = [Sample(_zeros(self.hidden_size)) for _ in range(samples or 1)]
            return zeros[0] if samples is None else zeros
        shape, size = shape_of(given, "the state"), self.hidden_size
        if shape not in {(size,), (*shape[:1], size)}:
            raise ShapeError(
                f"{caller(kind)} takes a state of {size} values, ({size}) or (N, {size}), and got {shape}"
            )
        if samples is None and len(shape) == 2:
            raise ShapeError(f"{caller(kind)}: one sample needs one state, {(size,)}, and got {shape}")
        if samples is not None and len(shape) == 1:
            raise ShapeError(
                f"{caller(kind)}: Input batch size {samples} needs as many states, "
                f"and got one state, {shape}, for all"
            )
        if samples is not None and shape[0] != samples:
            raise ShapeError(
                f"{caller(kind)}: Input batch size {samples} doesn't match hidden batch size {shape[0]}"
            )
        state = as_samples(given, size, kind)
        return state if isinstance(state, Sample) else state.rows

    def _gate(self, row: int, x: State, h: State, activation: Callable[[Any], Any]) -> ScalarValue:
        result: ScalarValue = activation(self._of_input(row, x) + self._of_state(row, h))
        return result

    def _of_input(self, row: int, x: State) -> ScalarValue:
        bias = None if self.bias_ih is None else self.bias_ih[row]
        return affine(self.weight_ih[row], bias, x, fused=True)

    def _of_state(self, row: int, h: State) -> ScalarValue:
        bias = None if self.bias_hh is None else self.bias_hh[row]
        return affine(self.weight_hh[row], bias, h, fused=True)


class RNNCell(RecurrentCell):
    """Compute h' = tanh(W_ih x + b_ih + W_hh h + b_hh), like `torch.nn.RNNCell`_.

    Weights and biases begin as numbers between ±1 / sqrt(hidden_size).

    >>> cell = RNNCell(2, 3)
    >>> state = cell([1.0, 2.0])
    >>> state = cell([0.0, 1.0], state)
    >>> len(state)
    3

    Args:
        input_size: the number of inputs.
        hidden_size: the size of the state.
        bias: whether there are biases.
        nonlinearity: ``"tanh"`` or ``"relu"``.
        generator: draws the weights of the input, of the state, and the biases of both.

    Attributes:
        weight_ih: ``(hidden_size, input_size)`` parameters.
        weight_hh: ``(hidden_size, hidden_size)`` parameters.
        bias_ih: ``(hidden_size)`` parameters, or None.
        bias_hh: likewise.

    Raises:
        ArgumentError: if a size is not at least 1, or there is no such nonlinearity.

    .. _torch.nn.RNNCell: https://docs.pytorch.org/docs/stable/generated/torch.nn.RNNCell.html
    """

    def __init__(
        self,
        input_size: int,
        hidden_size: int,
        bias: bool = True,
        nonlinearity: str = "tanh",
        *,
        generator: random.Random | None = None,
    ) -> None:
        if nonlinearity not in {"tanh", "relu"}:
            raise ArgumentError(f"Unknown nonlinearity: {nonlinearity}. Known are 'tanh' and 'relu'.")
        super().__init__(input_size, hidden_size, bias, generator=generator)
        self.nonlinearity = nonlinearity

    def forward(self, input: Vector, hx: Vector | None = None) -> Any:
        """Return the new state.

        Args:
            input: ``(input_size)`` or ``(N, input_size)``.
            hx: the state so far, ``(hidden_size)`` or ``(N, hidden_size)``; zeros if left out.

        Returns:
            A list in the shape of ``hx``.

        Raises:
            ShapeError: if the sizes do not match.
        """
        activation = tanh if self.nonlinearity == "tanh" else relu
        rows = range(self.hidden_size)
        return self._steps(input, [hx], lambda x, h: ([self._gate(row, x, h, activation) for row in rows],))[
            0
        ]

    def extra_repr(self) -> str:
        """Return the arguments that it was made with."""
        shown = f", nonlinearity={self.nonlinearity}" if self.nonlinearity != "tanh" else ""
        return super().extra_repr() + shown


class LSTMCell(RecurrentCell):
    """Compute one step of a long short-term memory, like `torch.nn.LSTMCell`_.

    With i, f, o the sigmoid and g the tanh of W_ih x + b_ih + W_hh h + b_hh, each with rows of its own (in
    the order i, f, g, o), it is c' = f c + i g and h' = o tanh(c').

    >>> cell = LSTMCell(2, 3)
    >>> h, c = cell([1.0, 2.0])
    >>> h, c = cell([0.0, 1.0], (h, c))
    >>> len(h), len(c)
    (3, 3)

    Args:
        input_size: the number of inputs.
        hidden_size: the size of the state.
        bias: whether there are biases.
        generator: draws the weights of the input, of the state, and the biases of both.

    Attributes:
        weight_ih: ``(4 hidden_size, input_size)`` parameters.
        weight_hh: ``(4 hidden_size, hidden_size)`` parameters.
        bias_ih: ``(4 hidden_size)`` parameters, or None.
        bias_hh: likewise.

    Raises:
        ArgumentError: if a size is not at least 1.

    .. _torch.nn.LSTMCell: https://docs.pytorch.org/docs/stable/generated/torch.nn.LSTMCell.html
    """

    _blocks = 4

    def forward(self, input: Vector, hx: tuple[Vector, Vector] | None = None) -> tuple[Any, Any]:
        """Return the new state h' and the new memory c'.

        Args:
            input: ``(input_size)`` or ``(N, input_size)``.
            hx: state and memory so far, ``(hidden_size)`` or ``(N, hidden_size)`` each; zeros if left out.

        Returns:
            Two lists in those shapes.

        Raises:
            ShapeError: if the sizes do not match, or there are not two in ``hx``.
        """
        if hx is not None and (not is_list(hx) or len(hx) != 2):
            raise ShapeError(f"{caller('LSTMCell')} takes a state and a memory, (h, c), and got {hx!r}")
        size = self.hidden_size

        def step(x: State, h: State, c: State) -> tuple[State, State]:
            new_h, new_c = [], []
            for row in range(size):
                i = self._gate(row, x, h, sigmoid)
                f = self._gate(row + size, x, h, sigmoid)
                g = self._gate(row + 2 * size, x, h, tanh)
                o = self._gate(row + 3 * size, x, h, sigmoid)
                new_c.append(f * c[row] + i * g)
                new_h.append(o * tanh(new_c[row]))
            return new_h, new_c

        h, c = self._steps(input, (None, None) if hx is None else list(hx), step)
        return h, c


class GRUCell(RecurrentCell):
    """Compute one step of a gated recurrent unit, like `torch.nn.GRUCell`_.

    With r, z the sigmoid of W_ih x + b_ih + W_hh h + b_hh, each with rows of its own, and n = tanh(W_in x +
    b_in + r (W_hn h + b_hn)), it is h' = (1 - z) n + z h. The rows are in the order r, z, n.

    >>> cell = GRUCell(2, 3)
    >>> len(cell([0.0, 1.0], cell([1.0, 2.0])))
    3

    Args:
        input_size: the number of inputs.
        hidden_size: the size of the state.
        bias: whether there are biases.
        generator: draws the weights of the input, of the state, and the biases of both.

    Attributes:
        weight_ih: ``(3 hidden_size, input_size)`` parameters.
        weight_hh: ``(3 hidden_size, hidden_size)`` parameters.
        bias_ih: ``(3 hidden_size)`` parameters, or None.
        bias_hh: likewise.

    Raises:
        ArgumentError: if a size is not at least 1.

    .. _torch.nn.GRUCell: https://docs.pytorch.org/docs/stable/generated/torch.nn.GRUCell.html
    """

    _blocks = 3

    def forward(self, input: Vector, hx: Vector | None = None) -> Any:
        """Return the new state.

        Args:
            input: ``(input_size)`` or ``(N, input_size)``.
            hx: the state so far, ``(hidden_size)`` or ``(N, hidden_size)``; zeros if left out.

        Returns:
            A list in the shape of ``hx``.

        Raises:
            ShapeError: if the sizes do not match.
        """
        size = self.hidden_size

        def step(x: State, h: State) -> tuple[State]:
            new = []
            for row in range(size):
                r = self._gate(row, x, h, sigmoid)
                z = self._gate(row + size, x, h, sigmoid)
                n = tanh(self._of_input(row + 2 * size, x) + r * self._of_state(row + 2 * size, h))
                new.append((1 - z) * n + z * h[row])
            return (new,)

        return self._steps(input, [hx], step)[0]


def _zeros(count: int) -> State:
    return [ScalarValue(0.0, requires_grad=False) for _ in range(count)]
