"""Gradient descent

Ten steps downhill on (w - 3)². Try a learning rate of 0.9, and of 1.1.
"""

from nanograd.engine import ScalarValue

w = ScalarValue(0.0)
learning_rate = 0.3

for step in range(11):
    w.data -= learning_rate * w.grad
    w.grad = None
    out = (w - 3) ** 2
    out.backward()
    print(f"{step:2}: w = {w.data:.4f}, loss = {out.data:.4f}, gradient = {w.grad:.4f}")
