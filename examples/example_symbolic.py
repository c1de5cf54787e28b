"""The derivative as a formula
===========================

The same derivative three ways: as a formula that SymPy finds, by nudging the input a little, and by
``backward``.
"""

from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from nanograd.engine import ScalarValue
from nanograd.symbolic import symbolic_grad, symbols, to_sympy, verify
from nanograd.viz import save_graph

# %%
# A polynomial, and its derivative as a formula.


def f(x):
    """Return 4x³ - 4x + 5, of a plain number, an array or a ScalarValue."""
    return 4 * x**3 - 4 * x + 5


x = ScalarValue(3.0, label="x")
y = f(x)
y.label = "f(x)"
slope = symbolic_grad(y, x)
print(f"f(x)  = {to_sympy(y)}")
print(f"f'(x) = {slope}")

# %%
# The derivative at 3, three ways. Nudging gives only as many digits as the nudge allows.

h = 1e-5
y.backward()
print(f"formula:  {slope.subs(symbols(y)[x], 3)}")
print(f"nudged:   {(f(3 + h) - f(3 - h)) / (2 * h):.12g}")
print(f"backward: {x.grad}")

# %%
# The expression of the first example, with respect to each of its leaves.

a, b = ScalarValue(5.0, label="a"), ScalarValue(2, label="b")
c, k = ScalarValue(3, label="c"), ScalarValue(2.0, label="k")
out = (a * b + c) * (k + b)
out.backward()
print(f"out = {to_sympy(out)}")
for leaf in (a, b, c, k):
    print(f"d out / d {leaf.label} = {symbolic_grad(out, leaf)} = {leaf.grad}")

# %%
# ``verify`` holds every gradient against its formula, evaluated to 50 digits, and tells the distance in units
# in the last place of a float.

for root in (y, out):
    found = verify(root)
    for check in found:
        print(f"{check.symbol}: {check.symbolic} and {check.computed}, {check.ulps:.0f} ulps apart")
    if not found:
        raise SystemExit(f"backward and formula disagree on {found.worst}")

# %%
# The curve, its derivative, and the tangent at 3.

DATA, GRADIENT = "#00588f", "#9a3e00"
xs = np.linspace(-2, 4, 200)
figure, (curve, derivative) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
curve.plot(xs, f(xs), color=DATA)
curve.plot(xs, f(3) + x.grad * (xs - 3), color=GRADIENT, linestyle="--", label="tangent at 3")
curve.plot(3, f(3), "o", color=DATA)
curve.set(title="f(x) = 4x³ - 4x + 5", xlabel="x", ylim=(-30, 250))
curve.legend()
derivative.plot(xs, 12 * xs**2 - 4, color=GRADIENT)
derivative.plot(3, x.grad, "o", color=GRADIENT)
derivative.annotate(
    f"f'(3) = {x.grad:g}", (3, x.grad), xytext=(-8, 6), textcoords="offset points", ha="right"
)
derivative.set(title="f'(x) = 12x² - 4", xlabel="x")
for axes in (curve, derivative):
    axes.grid(alpha=0.3)
    axes.spines[["top", "right"]].set_visible(False)
Path("output").mkdir(exist_ok=True)
figure.savefig("output/example_symbolic.png", dpi=120)
plt.rcParams["svg.hashsalt"] = "nanograd"
figure.savefig("output/example_symbolic.svg", metadata={"Date": None})

# %%
# The graph that was differentiated.

save_graph(y, "output/example_symbolic_graph.png")
save_graph(y, "output/example_symbolic_graph.svg")
