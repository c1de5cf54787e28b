"""A neuron

Two inputs, two weights, a bias, and a function that bends. Make ``b`` larger: ``tanh`` flattens, and all
gradients fade.
"""

from nanograd.engine import ScalarValue

x1 = ScalarValue(2.0)
x2 = ScalarValue(0.5)
w1 = ScalarValue(-0.5)
w2 = ScalarValue(1.0)
b = ScalarValue(0.8)

total = w1 * x1 + w2 * x2 + b
out = total.tanh()
out.backward()
