"""What is shown of a value: its label as text and its gradient as a number, whatever was put there."""

from __future__ import annotations

from nanograd.engine import Number, ScalarValue


def label_of(node: ScalarValue) -> str:
    """Return the label, empty if there is none. Nothing stops a program from setting it to another object.

    >>> x = ScalarValue(3.0)
    >>> x.label = 1
    >>> label_of(x), label_of(ScalarValue(3.0))
    ('1', '')
    """
    return "" if node.label is None else str(node.label)


def gradient_of(node: ScalarValue) -> Number:
    """Return the gradient as a number, also one that was recorded itself, with ``create_graph=True``.

    >>> x = ScalarValue(3.0)
    >>> (x * x).backward(create_graph=True)
    >>> x.grad, gradient_of(x)
    (ScalarValue(data=6.0), 6.0)
    """
    gradient = node.grad
    number: Number = gradient.data if isinstance(gradient, ScalarValue) else gradient
    return number
