"""Scalar code in, array code out: a graph of single numbers becomes a short NumPy function that can be read.

>>> from nanograd.compile import compile_graph
>>> from nanograd.engine import ScalarValue
>>> w = [[ScalarValue(0.5), ScalarValue(-1.0)], [ScalarValue(2.0), ScalarValue(0.25)]]
>>> x = [ScalarValue(3.0), ScalarValue(4.0)]
>>> outputs = [sum(a * b for a, b in zip(row, x)).tanh() for row in w]
>>> program = compile_graph(sum(outputs), parameters=[*w[0], *w[1]], inputs={"x": x})
>>> print(program.source)
def value_and_grad(p, x):
    pre = p.reshape(2, 2) @ x
    tanh = np.tanh(pre)
    sum = tanh.sum()
    g_pre = 1.0 - tanh * tanh
    gradient = (g_pre[:, None] * x).reshape(4)
    return sum, gradient
<BLANKLINE>
<BLANKLINE>
def value(p, x):
    pre = p.reshape(2, 2) @ x
    tanh = np.tanh(pre)
    sum = tanh.sum()
    return sum
<BLANKLINE>
"""

from nanograd.compile._capture import capture
from nanograd.compile._compile_graph import compile_graph
from nanograd.compile._compiled import CompiledFunction, compiled
from nanograd.compile._compiled_program import CompiledProgram
from nanograd.compile._errors import CaptureError, CompileError, RecompileWarning, TraceError
from nanograd.compile._flat_optimizer import UpdateRule
from nanograd.compile._program import LeafKind, ScalarProgram
from nanograd.compile._training_step import Model, TrainingStep

__all__ = [
    "CaptureError",
    "CompileError",
    "CompiledFunction",
    "CompiledProgram",
    "LeafKind",
    "Model",
    "RecompileWarning",
    "ScalarProgram",
    "TraceError",
    "TrainingStep",
    "UpdateRule",
    "capture",
    "compile_graph",
    "compiled",
]
