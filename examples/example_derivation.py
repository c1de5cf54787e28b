"""A derivation, a proof and three programs
========================================

The neuron of the page before once more: its derivative step by step, as on a blackboard; every number of a
network checked at 50 digits; and the same calculation as a program in C that needs no library of ours.
"""

from pathlib import Path

from matplotlib import rc_context
from nanograd.engine import ScalarValue
from nanograd.nn import MLP, MSELoss, manual_seed
from nanograd.symbolic import derive, plot_derivatives, to_c, to_numpy, to_python, verify

x1, x2 = ScalarValue(2.0, label="x1"), ScalarValue(-4.0, label="x2")
w1, w2, b = ScalarValue(-3.0, label="w1"), ScalarValue(1.0, label="w2"), ScalarValue(6.875, label="b")
n = x1 * w1 + x2 * w2 + b
n.label = "n"
out = n.tanh()
out.label = "out"
out.backward()

# %%
# Every step of the derivative names its rule. The last line holds the number that ``backward()`` found.

derivation = derive(out, w1)
print(derivation.text(numbers=True))
print(f"backward() found {w1.grad:.6f}")

# %%
# The same as a page to hand out, in Markdown with formulas.

Path("output").mkdir(exist_ok=True)
Path("output/derivation_neuron.md").write_text(
    derivation.markdown(numbers=True, title="One neuron, differentiated"), encoding="utf-8"
)

# %%
# Is ``backward()`` right? Every value and every gradient of a network's loss is computed once more from its
# formula, with 50 digits. The error is counted in units of the last digit of a float.

manual_seed(42)
model, loss_of = MLP(3, [2, 3, 2, 1], activation="tanh"), MSELoss()
samples = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
loss = loss_of(model(samples), [1.0, -1.0, -1.0, 1.0])
loss.backward()
report = verify(loss)
print(report)
if not report:
    raise SystemExit("a gradient is wrong")

# %%
# The neuron and its gradient as a program: in Python, in NumPy for many samples at once, and in C for those
# that have no Python.

print(to_python(out, name="neuron"))
print(to_numpy(out, name="neuron"))
print(to_c(out, name="neuron"))

# %%
# What the neuron does when one input changes, and how its slope and curvature follow.

with rc_context({"svg.hashsalt": "nanograd"}):
    figure = plot_derivatives(out, x1, (-1.0, 4.0))
    figure.savefig("output/example_derivation.png", dpi=200, metadata={"Software": None})
    figure.savefig("output/example_derivation.svg", metadata={"Date": None})
