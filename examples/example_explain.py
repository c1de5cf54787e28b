"""Why is a gradient what it is?
=============================

A gradient is the sum over all paths from the result down to a value, and along each path the product of the
local derivatives. ``explain`` shows these paths with formulas and numbers, for a small expression and for a
weight deep inside of a network.
"""

from nanograd.engine import ScalarValue
from nanograd.nn import MLP, MSELoss, manual_seed
from nanograd.viz import draw_graph, explain, print_table, save_html

a, b, c, k = (
    ScalarValue(5.0, label="a"),
    ScalarValue(2, label="b"),
    ScalarValue(3, label="c"),
    ScalarValue(2.0, label="k"),
)
d = a * b
d.label = "d"
e = d + c
e.label = "e"
f = k + b
f.label = "f"
out = e * f
out.label = "out"
out.backward()
print_table(out)

# %%
# ``b`` is used twice, so two paths lead to it.

explanation = explain(b, of=out)
print(explanation)

# %%
# The first of them in the picture. On every edge stands the local derivative, that of a single operation; the
# width of an edge tells how large a gradient flows back along it.

path = explanation.paths[0].values
drawing = draw_graph(out, show=("label", "data", "grad", "local_derivatives", "flow"), highlight=path)
drawing.save("output/example_explain.png")
drawing.save("output/example_explain.svg")

# %%
# In a network there are many paths. Those that contribute most are shown, the others summed.

manual_seed(42)
model = MLP(3, [2, 3, 2, 1], activation="tanh")
loss = MSELoss()(model([2.0, 3.0, -1.0]), 1.0)
loss.label = "loss"
loss.backward()
weight = model.layers[1].neurons[0].w[1]
print(explain(weight, of=loss, max_paths=2))

# %%
# The graph as a page to explore: open it in a browser, click a number to see its chain rule, and let the
# player show how the gradients arrive one after the other. It is one file, and needs no network.

save_html(loss, "output/example_explain.html", title="A network of 28 parameters")
