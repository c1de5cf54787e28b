"""Sums and products

Change a number and run it again. ``b`` is used twice, so its gradient is the sum over both ways to ``out``:
``a * f + e``.
"""

from nanograd.engine import ScalarValue

a = ScalarValue(5.0)
b = ScalarValue(2.0)
c = ScalarValue(3.0)
k = ScalarValue(2.0)

d = a * b
e = d + c
f = k + b
out = e * f
out.backward()

print(f"out = {out.data}, and b.grad = {b.grad}")
