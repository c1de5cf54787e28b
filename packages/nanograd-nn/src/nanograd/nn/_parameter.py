"""Parameter: the kind of number that a module owns and an optimizer changes."""

from __future__ import annotations

from nanograd.engine import ScalarValue


class Parameter(ScalarValue):
    """A ScalarValue that a :class:`Module` finds among its attributes and counts as its own.

    What is computed from a parameter is a plain ScalarValue. Like `torch.nn.Parameter`_, for one number.

    >>> w = Parameter(0.5, label="w")
    >>> w, 2 * w
    (Parameter(data=0.5), ScalarValue(data=1.0))

    Args:
        data: a real number.
        label: a name that pictures, tables and formulas show.
        requires_grad: whether a backward pass computes a gradient for it; a frozen parameter needs none.

    Raises:
        NumberTypeError: if ``data`` is not a real number, or ``label`` not a string.

    .. _torch.nn.Parameter: https://docs.pytorch.org/docs/stable/generated/torch.nn.parameter.Parameter.html
    """

    __slots__ = ()
