"""A graph of numbers
==================

Every number remembers how it was computed. Here a small expression is computed, differentiated, printed and
drawn.
"""

from nanograd.engine import ScalarValue
from nanograd.viz import print_tree, save_graph

# %%
# Four numbers, each with a label. A whole number stays one: ``b`` is 2 and not 2.0.

a = ScalarValue(5.0, label="a")
b = ScalarValue(2, label="b")
c = ScalarValue(3, label="c")
k = ScalarValue(2.0, label="k")

# %%
# The expression, step by step, so that each step can have a label too.

d = a * b
d.label = "d"
e = d + c
e.label = "e"
f = k + b
f.label = "f"
out = e * f
out.label = "out"

# %%
# ``backward`` gives every number its gradient: how much ``out`` changes when that number does. ``b`` is used
# twice, so its gradient is the sum over both ways to ``out``: a·f + e = 5·4 + 13 = 33.

out.backward()
print_tree(out)

# %%
# Plain numbers take part in expressions, on either side.

print(1 + ScalarValue(4.5))

# %%
# The same graph as a picture: boxes for numbers, ellipses for operations.

save_graph(out, "output/example_vis.png")
save_graph(out, "output/example_vis.svg")
