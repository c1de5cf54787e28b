"""A gradient of a gradient

``create_graph=True`` makes the gradient a part of the graph. What is drawn here computes the first derivative
of x³, and its gradient is the second, 6x.
"""

from nanograd.engine import ScalarValue, grad

x = ScalarValue(3.0)
y = x**3
(out,) = grad(y, x, create_graph=True)
out.backward()

print(f"dy/dx = {out.data}, d²y/dx² = {x.grad}")
