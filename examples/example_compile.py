"""From scalar code to matrix products
===================================

The two moons once more. The loss of a hundred points is a graph of 65,000 single numbers, but a regular one:
the same small expression over and over. The compiler finds the repetition and folds it back into arrays.
Nobody wrote a matrix, and yet matrix products come out.
"""

import random
from pathlib import Path

from nanograd.compile import TrainingStep, compile_graph
from nanograd.engine import ScalarValue, relu, scope, topological_order
from nanograd.nn import MLP, init
from nanograd.nn.data import make_moons
from nanograd.nn.optim import SGD
from nanograd.viz import save_graph

moons = make_moons(100, noise=0.1, random_state=1337)
points, sides = moons.inputs, [1.0 if label else -1.0 for label in moons.targets]

generator = random.Random(3)
model = MLP(2, [16, 16, 1])
for name, parameter in model.named_parameters():
    if name.endswith(".b"):
        init.zeros_([parameter])
    else:
        init.uniform_([parameter], -1.0, 1.0, generator=generator)


def loss_of(scores, sides):
    """Return the mean of max(0, 1 - side · score)."""
    with scope("loss", kind="max margin"):
        return sum(relu(1 - side * score) for side, score in zip(sides, scores, strict=True)) / len(scores)


# %%
# The graph, one block for each layer. Points and sides are inputs: the program takes others later.

x = [[ScalarValue(number, requires_grad=False) for number in point] for point in points]
y = [ScalarValue(side, requires_grad=False) for side in sides]
loss = loss_of(model(x), y)
loss.label = "loss"
print(f"{len(topological_order(loss)):,} numbers")
loss.backward()
Path("output").mkdir(exist_ok=True)
for suffix in ("png", "svg"):
    save_graph(loss, f"output/example_compile.{suffix}", depth=2)

# %%
# The program. Each layer of the picture is one line with an ``@``; the lines that begin with ``g_`` are the
# chain rule, from the loss back to the weights. ``ones_100`` is a vector of ones: its product with a matrix
# is the sum of the rows.

program = compile_graph(loss, parameters=model.parameters(), inputs={"x": x, "y": y})
print(program.source)

# %%
# What became of the numbers, and why.

print(program.report())

# %%
# It gives the same loss and the same gradients.

value, gradient = program.value_and_grad([p.data for p in model.parameters()], x=points, y=sides)
worst = max(abs(ours - p.grad) for ours, p in zip(gradient, model.parameters(), strict=True))
print(f"loss {value:.6f}, by backward() {loss.data:.6f}; gradients differ by {worst:.1e} at most")

# %%
# Training with it: the first call of the step records the graph once, all others run the arrays. The
# optimizer's rule is the one that updates single numbers, given whole vectors.

optimizer = SGD(model.parameters(), lr=1.0, weight_decay=2 * 0.0001)
with TrainingStep(model, loss_of, optimizer) as step:
    for number in range(100):
        optimizer.param_groups[0]["lr"] = 1.0 - 0.9 * number / 100
        value = step(points, sides)
        if (number + 1) % 20 == 0:
            print(f"step {number + 1:3}  loss {value:.4f}")

right = sum((score > 0) == (side > 0) for score, side in zip(model(points), sides, strict=True))
print(f"{right} of {len(points)} points are on the right side")
if right < len(points):
    raise SystemExit("it should be all")
