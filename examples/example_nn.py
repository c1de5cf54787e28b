"""One sample through a network
============================

A network of four layers reads one sample of three numbers. ``backward`` then tells for each of its weights,
and for each input, how the output changes when that number does.
"""

from nanograd.engine import ScalarValue
from nanograd.nn import MLP, manual_seed
from nanograd.viz import save_graph

# %%
# Three inputs, then layers of 4, 2, 3 and 1 neurons. The hidden ones end with tanh, the last one is linear.
# The seed makes the first weights the same in every run.

manual_seed(42)
model = MLP(3, [4, 2, 3, 1], activation="tanh")
print(model)
print(f"{len(model.parameters())} parameters")

# %%
# The inputs are values too, with labels, so that the picture names them. The network returns a single value,
# because its last layer has a single neuron.

x = [ScalarValue(2.0, label="x1"), ScalarValue(3.0, label="x2"), ScalarValue(-1.0, label="x3")]
out = model(x)
out.label = "out"
print(f"out = {out.data:.6f}")

# %%
# One call gives all gradients. Every parameter is labeled with its place in the network.

out.backward()
print(f"\n{'value':<24}{'data':>10}{'gradient':>10}")
for value in [*x, *model.parameters()]:
    print(f"{value.label:<24}{value.data:>10.4f}{value.grad:>10.4f}")

# %%
# The whole calculation as a picture. It is large: every product and every sum of the network is in it.

save_graph(out, "output/example_nn.png")
save_graph(out, "output/example_nn.svg")
