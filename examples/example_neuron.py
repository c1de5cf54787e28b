"""One neuron, differentiated by hand
==================================

A neuron multiplies its inputs by weights, adds a bias and bends the sum with tanh. Its gradients are worked
out twice: once by hand, from the output back to the inputs, and once by ``backward``. They are equal.
"""

from nanograd.engine import ScalarValue
from nanograd.viz import save_graph

# %%
# Forward: two inputs, two weights, a bias.

x1, x2 = ScalarValue(2.0, label="x1"), ScalarValue(-4.0, label="x2")
w1, w2 = ScalarValue(-3.0, label="w1"), ScalarValue(1.0, label="w2")
b = ScalarValue(6.875, label="b")

x1w1 = x1 * w1
x1w1.label = "x1 w1"
x2w2 = x2 * w2
x2w2.label = "x2 w2"
weighted = x1w1 + x2w2
weighted.label = "x1 w1 + x2 w2"
n = weighted + b
n.label = "n"
out = n.tanh()
out.label = "out"
print(f"n = {n.data:.4f}, out = tanh(n) = {out.data:.4f}")

# %%
# Backward by hand. Each line takes the gradient that has arrived at a result and multiplies it by the slope
# of the operation that made it. A sum passes its gradient on, a product multiplies it by the other factor,
# and the slope of tanh is 1 - tanh².

by_hand = {out: 1.0}
by_hand[n] = by_hand[out] * (1 - out.data**2)
by_hand[weighted] = by_hand[n] * 1.0
by_hand[b] = by_hand[n] * 1.0
by_hand[x1w1] = by_hand[weighted] * 1.0
by_hand[x2w2] = by_hand[weighted] * 1.0
by_hand[x1] = by_hand[x1w1] * w1.data
by_hand[w1] = by_hand[x1w1] * x1.data
by_hand[x2] = by_hand[x2w2] * w2.data
by_hand[w2] = by_hand[x2w2] * x2.data

# %%
# Backward by ``backward``, and the two side by side.

out.backward()
print(f"{'value':<14}{'by hand':>10}{'backward':>10}")
for value, gradient in by_hand.items():
    print(f"{value.label:<14}{gradient:>10.4f}{value.grad:>10.4f}")
    if gradient != value.grad:
        raise SystemExit(
            f"the gradients of {value.label} differ: {gradient} by hand, {value.grad} by backward()"
        )
print("all gradients are equal")

# %%
# The neuron as a picture. Follow the gradients from right to left.

save_graph(out, "output/example_neuron.png")
save_graph(out, "output/example_neuron.svg")
