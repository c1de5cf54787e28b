"""micrograd's private names, so that code and notebooks written for it run with ``ScalarValue as Value``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nanograd.engine._floats import Number
    from nanograd.engine._ops import Operation
    from nanograd.engine._value import ScalarValue


class MicrogradNames:
    """What :class:`ScalarValue` inherits to be drawn and stepped through by code written for micrograd."""

    __slots__ = ()

    if TYPE_CHECKING:
        _operation: Operation | None

        @property
        def children(self) -> tuple[ScalarValue, ...]: ...

        @property
        def local_derivatives(self) -> tuple[Number | None, ...]: ...

        @property
        def grad(self) -> Any: ...

    @property
    def _prev(self) -> tuple[ScalarValue, ...]:
        return self.children

    @property
    def _op(self) -> str:
        return "" if self._operation is None else self._operation.symbol

    def _backward(self) -> None:
        """Add to each child's gradient its share of this value's gradient: one step of the chain rule."""
        for child, partial in zip(self.children, self.local_derivatives, strict=True):
            if partial is not None:
                child.grad = child.grad + partial * self.grad
