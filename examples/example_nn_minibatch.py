"""A minibatch and its loss
========================

Four samples go through one network. The mean of the squared errors is the loss, and ``backward`` gives the
gradient of the loss with respect to every number on the way. The graph is drawn twice: once with every
number, and once with the layers as blocks.
"""

from nanograd.nn import MLP, MSELoss, manual_seed
from nanograd.viz import draw_graph, save_graph

# %%
# The network: three inputs, then layers of 2, 3, 2 and 1 neurons.

manual_seed(42)
model = MLP(3, [2, 3, 2, 1], activation="tanh")
print(model)

# %%
# The minibatch: four samples, and what the network should say to each.

samples = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
targets = [1.0, -1.0, -1.0, 1.0]

# %%
# Forward, loss, backward. All four samples use the same weights, so the gradient of a weight is the sum over
# the four ways in which it changes the loss.

outputs = [model(sample) for sample in samples]
for number, output in enumerate(outputs, start=1):
    output.label = f"output {number}"
loss = MSELoss()(outputs, targets)
loss.label = "loss"
loss.backward()

for output, target in zip(outputs, targets, strict=True):
    print(f"output {output.data:7.4f}   target {target:4.1f}   gradient of the loss {output.grad:7.4f}")
print(f"loss {loss.data:.6f}")
print(f"\n{'parameter':<24}{'data':>10}{'gradient':>10}")
for name, parameter in model.named_parameters():
    print(f"{name:<24}{parameter.data:>10.4f}{parameter.grad:>10.4f}")

# %%
# Every number of the calculation.

drawing = draw_graph(loss)
print(f"\n{drawing!r}")
drawing.save("output/example_nn_minibatch.png")
drawing.save("output/example_nn_minibatch.svg")

# %%
# The same with a block for each use of a layer.

save_graph(loss, "output/example_nn_minibatch_blocks.png", depth=2)
save_graph(loss, "output/example_nn_minibatch_blocks.svg", depth=2)
