"""Training, step by step
======================

The network and the minibatch of the page before, now trained: forward, loss, backward, step, again and again.
The first round is drawn three times: before anything is known, after ``backward``, and after the step.
"""

from nanograd.nn import MLP, MSELoss, manual_seed
from nanograd.nn.optim import SGD
from nanograd.viz import draw_graph

manual_seed(42)
model = MLP(3, [2, 3, 2, 1], activation="tanh")
loss_of = MSELoss()
optimizer = SGD(model.parameters(), lr=0.1)

samples = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
targets = [1.0, -1.0, -1.0, 1.0]


def forward():
    """Return the loss of the minibatch, and the outputs that it is the loss of."""
    outputs = [model(sample) for sample in samples]
    loss = loss_of(outputs, targets)
    loss.label = "loss"
    return loss, outputs


def draw(loss, moment):
    """Draw the graph with a block for each use of a layer."""
    drawing = draw_graph(loss, depth=2)
    drawing.save(f"output/example_nn_minibatch_epoch_{moment}.png")
    drawing.save(f"output/example_nn_minibatch_epoch_{moment}.svg")


# %%
# Before: the loss is known and every gradient is still 0.

loss, _ = forward()
print(f"before the first step  loss {loss.data:.6f}")
draw(loss, "1_before")

# %%
# After ``backward``: every number has its gradient, the slope of the loss when this number alone changes.

loss.backward()
draw(loss, "2_backward")
weight = model.layers[3].neurons[0].w[1]
print(f"{weight.label} is {weight.data:.4f}, and its gradient {weight.grad:.4f}")

# %%
# After the step: each parameter has moved against its gradient, by a tenth of it. The same samples go through
# the changed network, and the loss is smaller.

optimizer.step()
optimizer.zero_grad()
print(f"{weight.label} is {weight.data:.4f}")
loss, _ = forward()
print(f"after the first step   loss {loss.data:.6f}")
draw(loss, "3_step")

# %%
# The same for two hundred epochs. An epoch is one round over all samples, which here is one minibatch.

for epoch in range(1, 201):
    optimizer.zero_grad()
    loss, outputs = forward()
    loss.backward()
    optimizer.step()
    if epoch % 20 == 0:
        print(f"epoch {epoch:3}  loss {loss.data:.6f}")

for output, target in zip(outputs, targets, strict=True):
    print(f"output {output.data:7.4f}   target {target:4.1f}")
