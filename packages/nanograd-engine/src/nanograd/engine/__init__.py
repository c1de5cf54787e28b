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
from nanograd.engine._activations import elu, erf, gelu, leaky_relu, relu, sigmoid, silu, softplus
from nanograd.engine._anomaly import NonFinite, detect_anomaly, why_nonfinite
from nanograd.engine._backward import backward, grad
from nanograd.engine._custom import custom_op
from nanograd.engine._domains import Interval
from nanograd.engine._errors import (
    ArgumentError,
    DomainError,
    GraphError,
    NanogradError,
    NumberTypeError,
    ShapeError,
)
from nanograd.engine._exponentials import cbrt, exp, expm1, log, log1p, log2, log10, sqrt
from nanograd.engine._floats import Number
from nanograd.engine._functional import gradient, hessian, hvp, jacobian, jvp, value_and_grad, vjp
from nanograd.engine._graph import leaves, topological_order
from nanograd.engine._hooks import HookHandle
from nanograd.engine._inner import dot, inner
from nanograd.engine._modes import Scope, current_scope, enable_grad, is_grad_enabled, no_grad, scope
from nanograd.engine._numbers import as_number
from nanograd.engine._ops import OPS, Operation
from nanograd.engine._printing import DEEPEST_PRINTED, MOST_PRINTED, rich_fields
from nanograd.engine._reductions import logsumexp, prod, softmax, sum_
from nanograd.engine._steps import ceil, clamp, floor, maximum, minimum, sign, trunc, where
from nanograd.engine._trees import StructureError
from nanograd.engine._trigonometry import (
    acos,
    acosh,
    asin,
    asinh,
    atan,
    atan2,
    atanh,
    cos,
    cosh,
    hypot,
    sin,
    sinh,
    tan,
    tanh,
)
from nanograd.engine._value import ScalarValue
from nanograd.engine._watching import watch

__all__ = [
    "DEEPEST_PRINTED",
    "FLOATS",
    "MOST_PRINTED",
    "OPS",
    "VALUES",
    "ArgumentError",
    "DomainError",
    "GraphError",
    "HookHandle",
    "Interval",
    "NanogradError",
    "NonFinite",
    "Number",
    "NumberTypeError",
    "Operation",
    "ScalarValue",
    "Scope",
    "ShapeError",
    "StructureError",
    "acos",
    "acosh",
    "as_number",
    "asin",
    "asinh",
    "atan",
    "atan2",
    "atanh",
    "backward",
    "cbrt",
    "ceil",
    "clamp",
    "cos",
    "cosh",
    "current_scope",
    "custom_op",
    "detect_anomaly",
    "dot",
    "elu",
    "enable_grad",
    "erf",
    "exp",
    "expm1",
    "floor",
    "gelu",
    "grad",
    "gradient",
    "hessian",
    "hvp",
    "hypot",
    "inner",
    "is_grad_enabled",
    "jacobian",
    "jvp",
    "leaky_relu",
    "leaves",
    "log",
    "log1p",
    "log2",
    "log10",
    "logsumexp",
    "maximum",
    "minimum",
    "no_grad",
    "prod",
    "relu",
    "rich_fields",
    "scope",
    "sigmoid",
    "sign",
    "silu",
    "sin",
    "sinh",
    "softmax",
    "softplus",
    "sqrt",
    "sum_",
    "tan",
    "tanh",
    "topological_order",
    "trunc",
    "value_and_grad",
    "vjp",
    "watch",
    "where",
    "why_nonfinite",
]
