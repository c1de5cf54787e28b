"""Scalar code in, array code out. Its first step is here: a graph becomes a program of flat integer arrays.

>>> from nanograd.compile import capture
>>> from nanograd.engine import ScalarValue
>>> w, x = ScalarValue(2.0, label="w"), ScalarValue(3.0, label="x")
>>> print(capture(w * x + 1, parameters=[w], inputs=[x]))
0  parameter 0  w
1  input 0      x
2  *            0 1
3  constant     1
4  +            2 3
"""

from nanograd.compile._capture import capture
from nanograd.compile._errors import CaptureError
from nanograd.compile._program import LeafKind, ScalarProgram

__all__ = ["CaptureError", "LeafKind", "ScalarProgram", "capture"]
