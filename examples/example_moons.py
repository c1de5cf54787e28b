"""Two moons, and the line between them
=====================================

The demonstration of micrograd, with its hyperparameters: a network of two hidden layers of sixteen neurons
learns to tell two half circles of points apart. The loss is that of a support vector machine, so every point
should be on its side of the boundary by a margin of 1.
"""

import random
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure
from nanograd.engine import no_grad, relu
from nanograd.nn import MLP, init
from nanograd.nn.optim import SGD
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
# for it.

optimizer = SGD(model.parameters(), lr=1.0, weight_decay=2 * 0.0001)
steps = 100
losses = []
for step in range(steps):
    optimizer.param_groups[0]["lr"] = 1.0 - 0.9 * step / steps
    optimizer.zero_grad()
    scores = [model(point) for point in points]
    loss = sum(relu(1 - side * score) for side, score in zip(sides, scores, strict=True)) / len(points)
    loss.backward()
    optimizer.step()
    losses.append(loss.data)
    right = sum((score > 0) == (side > 0) for side, score in zip(sides, scores, strict=True))
    if (step + 1) % 10 == 0:
        print(f"step {step + 1:3}  loss {loss.data:.4f}  accuracy {right / len(points):.0%}")

if right < len(points):
    raise SystemExit(f"{right} of {len(points)} points are on the right side; it should be all")

# %%
# The boundary: the score of every place of the plane, and the line where it is 0.

across = [-1.6 + 0.1 * i for i in range(43)]
upwards = [-1.1 + 0.1 * i for i in range(29)]
with no_grad():
    plane = [[model([x, y]).data for x in across] for y in upwards]

blue, orange, text = "#00588f", "#9a3e00", "#1f2933"
with rc_context({"svg.hashsalt": "nanograd", "font.size": 11, "text.color": text}):
    figure = Figure(figsize=(9, 3.8), layout="constrained")
    curve, boundary = figure.subplots(1, 2, width_ratios=[1, 1.4])

    curve.plot(range(1, steps + 1), losses, color=blue, linewidth=2)
    curve.set(title="Loss", xlabel="step", ylabel="mean of max(0, 1 - side · score)", ylim=0)
    curve.spines[["top", "right"]].set_visible(False)

    shades = ["#f0c9ae", "#faeee6", "#e6f1f8", "#a9cde6"]
    boundary.contourf(across, upwards, plane, levels=[-99, -1, 0, 1, 99], colors=shades)
    styles = ["dotted", "solid", "dotted"]
    boundary.contour(across, upwards, plane, levels=[-1, 0, 1], colors=text, linestyles=styles)
    for side, color, marker in ((1, blue, "o"), (-1, orange, "s")):
        chosen = [point for point, its in zip(points, sides, strict=True) if its == side]
        boundary.scatter(*zip(*chosen, strict=True), color=color, marker=marker, s=28, edgecolor="white")
    boundary.set(title="The boundary, and the margins", aspect="equal")
    boundary.set(xticks=[-1, 0, 1, 2], yticks=[-1, 0, 1])

    Path("output").mkdir(exist_ok=True)
    figure.savefig("output/example_moons.png", dpi=200, metadata={"Software": None})
    figure.savefig("output/example_moons.svg", metadata={"Date": None})
