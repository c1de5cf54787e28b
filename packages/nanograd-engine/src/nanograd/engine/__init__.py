"""nanograd's engine: scalars that remember how they were computed, and the gradients that follow from it.

>>> from nanograd.engine import ScalarValue
>>> x = ScalarValue(3.0, label="x")
>>> y = 4 * x**3 - 4 * x + 5
>>> y.backward()
>>> y.data, x.grad
(101.0, 104.0)
"""

from nanograd.engine import _floats as FLOATS
from nanograd.engine import _values as VALUES
from nanograd.engine._backward import backward
from nanograd.engine._domains import Interval
from nanograd.engine._errors import ArgumentError, GraphError, NanogradError, NumberTypeError, ShapeError
from nanograd.engine._floats import Number
from nanograd.engine._functions import cos, exp, floor, log, logsumexp, relu, sigmoid, sin, sqrt, tanh
from nanograd.engine._graph import leaves, topological_order
from nanograd.engine._modes import Scope, enable_grad, is_grad_enabled, no_grad, scope
from nanograd.engine._numbers import as_number
from nanograd.engine._ops import OPS, Operation
from nanograd.engine._value import ScalarValue

__all__ = [
    "FLOATS",
    "OPS",
    "VALUES",
    "ArgumentError",
    "GraphError",
    "Interval",
    "NanogradError",
    "Number",
    "NumberTypeError",
    "Operation",
    "ScalarValue",
    "Scope",
    "ShapeError",
    "as_number",
    "backward",
    "cos",
    "enable_grad",
    "exp",
    "floor",
    "is_grad_enabled",
    "leaves",
    "log",
    "logsumexp",
    "no_grad",
    "relu",
    "scope",
    "sigmoid",
    "sin",
    "sqrt",
    "tanh",
    "topological_order",
]

# Pickles and error messages name the public place of a class and not the private file it is written in.
ScalarValue.__module__ = __name__
