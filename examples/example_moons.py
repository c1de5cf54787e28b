"""Two moons, and the line between them
=====================================

The demonstration of micrograd, with its hyperparameters: a network of two hidden layers of sixteen neurons
learns to tell two half circles of points apart. The loss is that of a support vector machine, so every point
should be on its side of the boundary by a margin of 1.
"""

import random

from matplotlib import rc_context
from nanograd.engine import ScalarValue, relu
from nanograd.nn import MLP, init
from nanograd.nn.optim import SGD
from nanograd.viz import TrainingMovie
from nanograd.viz.plots import plot_decision_boundary, plot_history
from sklearn.datasets import make_moons

points, labels = make_moons(n_samples=100, noise=0.1, random_state=1337)
points = points.tolist()
sides = [1 if label else -1 for label in labels]

# %%
# The network, with micrograd's first numbers: weights between -1 and 1, biases 0. ``fused`` makes one node of
# each weighted sum; the numbers are the same.

generator = random.Random(3)
model = MLP(2, [16, 16, 1], activation="relu", fused=True)
for name, parameter in model.named_parameters():
    if name.endswith(".b"):
        init.zeros_([parameter])
    else:
        init.uniform_([parameter], -1.0, 1.0, generator=generator)
print(f"{len(model.parameters())} parameters")

# %%
# Training: all points in every step, and a learning rate that falls from 1 to 0.1. micrograd adds 0.0001
# times the sum of all squared parameters to the loss; ``weight_decay`` has the same effect, without a graph
# for it. Every fourth step is a frame of a film.

optimizer = SGD(model.parameters(), lr=1.0, weight_decay=2 * 0.0001)
film = TrainingMovie("output/example_moons_film.svg")
inputs = [[ScalarValue(number, requires_grad=False) for number in point] for point in points]
steps = 100
history = []
for step in range(1, steps + 1):
    optimizer.param_groups[0]["lr"] = 1.0 - 0.9 * (step - 1) / steps
    optimizer.zero_grad()
    scores = model(inputs)
    loss = sum(relu(1 - side * score) for side, score in zip(sides, scores, strict=True)) / len(points)
    loss.backward()
    right = sum((score > 0) == (side > 0) for side, score in zip(sides, scores, strict=True))
    history.append({"epoch": step, "loss": loss.data, "accuracy": right / len(points)})
    if step % 4 == 1:
        film.capture(loss, f"step {step}")
    optimizer.step()
    if step % 10 == 0:
        print(f"step {step:3}  loss {loss.data:.4f}  accuracy {right / len(points):.0%}")

if right < len(points):
    raise SystemExit(f"{right} of {len(points)} points are on the right side; it should be all")

# %%
# The film: weights and values on the left, gradients on the right. As the points come to lie beyond the
# margin, the gradients vanish.

film.save("output/example_moons_film.svg")

# %%
# How loss and accuracy went, and the boundary: the line where the score is 0, with the margins beside it.

with rc_context({"svg.hashsalt": "nanograd"}):
    for name, figure in (
        ("history", plot_history(history)),
        ("boundary", plot_decision_boundary(model, points, sides)),
    ):
        figure.savefig(f"output/example_moons_{name}.png", dpi=200, metadata={"Software": None})
        figure.savefig(f"output/example_moons_{name}.svg", metadata={"Date": None})
