"""A GPT that writes names
========================

The architecture of the large language models, at a size that can be read: one transformer layer of 4,192
numbers that learns from first names which letter comes next. Every number is a ``ScalarValue``, and every
formula is written out: embeddings, RMSNorm, causal attention with four heads, and a two-layer network. The
sizes are those of A. Karpathy's microgpt.
"""

import random
from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from nanograd.compile import compile_graph
from nanograd.engine import dot, no_grad, relu, softmax
from nanograd.nn import CrossEntropyLoss, Module, Parameter
from nanograd.nn.data import CharacterVocabulary, load_names
from nanograd.nn.optim import Adam

# %%
# The data: first names of the census of the United States. A name is a row of tokens, its letters between two
# boundaries. Fifty names are put aside for the test.

rng = random.Random(0)
names = load_names()
rng.shuffle(names)
test_names, train_names = names[:50], names[50:]
characters = CharacterVocabulary(names)
vocabulary, context = len(characters), 16
print(f"{len(train_names)} names to learn from, such as {', '.join(train_names[:4])}")

# %%
# The model. A token and its place have a vector of 16 numbers each. In attention, each of four heads compares
# a query with the keys of the tokens so far, and takes the mean of their values, weighted by how well they
# match. What is computed is added to the vector, which is why the layers are called residual.

width, heads = 16, 4
head_width = width // heads


def linear(rows, x):
    """Return the matrix times the vector: one weighted sum a row."""
    return [dot(row, x) for row in rows]


def rms_norm(x):
    """Return the vector, scaled so that the mean of its squares is 1."""
    scale = (dot(x, x) / len(x) + 1e-5) ** -0.5
    return [number * scale for number in x]


class GPT(Module):
    """From the tokens so far to a score for each token that may come next, at every place."""

    def __init__(self):
        self.token = self.drawn(vocabulary, width)
        self.place = self.drawn(context, width)
        self.query, self.key, self.value = (self.drawn(width, width) for _ in range(3))
        self.mixed = self.drawn(width, width)
        self.wide, self.narrow = self.drawn(4 * width, width), self.drawn(width, 4 * width)
        self.scores = self.drawn(vocabulary, width)
        self.label_parameters()

    def drawn(self, rows, columns):
        """Return a matrix of small random parameters."""
        return [[Parameter(rng.gauss(0.0, 0.08)) for _ in range(columns)] for _ in range(rows)]

    def forward(self, tokens):
        """Return the scores of the next token, for every token."""
        keys, values, outputs = [], [], []
        for place, token in enumerate(tokens):
            x = rms_norm([t + p for t, p in zip(self.token[token], self.place[place], strict=True)])
            x = added(x, self.attention(rms_norm(x), keys, values))
            hidden = [relu(number) for number in linear(self.wide, rms_norm(x))]
            x = added(x, linear(self.narrow, hidden))
            outputs.append(linear(self.scores, x))
        return outputs

    def attention(self, x, keys, values):
        """Return what the token takes over from those so far, whose keys and values it adds its own to."""
        query = linear(self.query, x)
        keys.append(linear(self.key, x))
        values.append(linear(self.value, x))
        taken = []
        for start in range(0, width, head_width):
            head = slice(start, start + head_width)
            matches = [dot(query[head], key[head]) / head_width**0.5 for key in keys]
            weights = softmax(matches)
            taken += [dot(weights, column) for column in zip(*(value[head] for value in values), strict=True)]
        return linear(self.mixed, taken)


def added(x, y):
    """Return the sum of two vectors."""
    return [a + b for a, b in zip(x, y, strict=True)]


model = GPT()
print(f"{len(model.parameters())} parameters")

# %%
# Training: one name a step, with Adam and a learning rate that falls to 0. The loss is the cross-entropy of
# the next letter, log(27) = 3.3 for one who knows nothing.

steps = 600
loss_of = CrossEntropyLoss()
optimizer = Adam(model.parameters(), lr=0.01, betas=(0.85, 0.99))
losses = []
for step in range(steps):
    tokens = characters.encode(train_names[step])[: context + 1]
    optimizer.param_groups[0]["lr"] = 0.01 * (1 - step / steps)
    optimizer.zero_grad()
    loss = loss_of(model(tokens[:-1]), tokens[1:])
    loss.backward()
    optimizer.step()
    losses.append(loss.data)
    if (step + 1) % 100 == 0:
        print(f"step {step + 1:4}  mean loss of the last 100 names {sum(losses[-100:]) / 100:.3f}")

# %%
# The test: names that it has never seen.

with no_grad():
    samples = [characters.encode(name) for name in test_names]
    test_losses = [loss_of(model(tokens[:-1]), tokens[1:]).data for tokens in samples]
test_loss = sum(test_losses) / len(test_losses)
print(f"test loss {test_loss:.3f}")

# %%
# Writing: begin with a boundary, draw the next letter by its probability, until a boundary is drawn. Scores
# are divided by a temperature first; one below 1 makes likely letters likelier.


def write_name(temperature):
    """Return letters drawn from the model until it ends the name."""
    tokens = [0]
    while len(tokens) <= context and (len(tokens) == 1 or tokens[-1] != 0):
        scores = model(tokens)[-1]
        weights = [p.data for p in softmax([score / temperature for score in scores])]
        tokens += rng.choices(range(vocabulary), weights)
    return characters.decode(tokens)


with no_grad():
    written = [write_name(temperature=0.6) for _ in range(20)]
print(f"it writes: {', '.join(written)}")
known = sum(name in names for name in written)
print(f"{known} of the 20 are real first names, {20 - known} are its own")

# %%
# The loss as it fell, and what the model expects after each letter of a name: the darker, the likelier. The
# frames are the letters that come.

name = max(test_names, key=len)
tokens = characters.encode(name)
with no_grad():
    expected = [[p.data for p in softmax(scores)] for scores in model(tokens[:-1])]

blue, orange, text = "#00588f", "#9a3e00", "#1f2933"
with rc_context({"svg.hashsalt": "nanograd", "font.size": 11, "text.color": text}):
    figure = Figure(figsize=(9, 5.2), layout="constrained")
    curve, table = figure.subplots(1, 2, width_ratios=[1.2, 1])

    curve.plot(range(1, steps + 1), losses, color=blue, alpha=0.25, linewidth=0.8)
    smooth = [sum(losses[end - 50 : end]) / 50 for end in range(50, steps + 1)]
    curve.plot(range(50, steps + 1), smooth, color=blue, linewidth=2, label="mean of the last 50 names")
    curve.axhline(test_loss, color=orange, linestyle="--", label=f"unseen names: {test_loss:.2f}")
    curve.set(title="Loss", xlabel="step", ylabel="cross-entropy of a letter")
    curve.spines[["top", "right"]].set_visible(False)
    curve.legend(frameon=False)

    shown = ["end", *characters.characters[1:]]
    table.imshow(list(zip(*expected, strict=True)), cmap="Blues", aspect="auto", vmin=0, vmax=0.5)
    for place, token in enumerate(tokens[1:]):
        frame = Rectangle((place - 0.5, token - 0.5), 1, 1, fill=False, edgecolor=orange, linewidth=1.5)
        table.add_patch(frame)
    table.set(title="What may come next", xlabel="after")
    table.set_xticks(range(len(tokens) - 1), ["start", *name][: len(tokens) - 1])
    table.set_yticks(range(vocabulary), shown, fontsize=8)

    Path("output").mkdir(exist_ok=True)
    figure.savefig("output/example_gpt.png", dpi=200, metadata={"Software": None})
    figure.savefig("output/example_gpt.svg", metadata={"Date": None})

# %%
# What has been computed? The compiler folds the 7,000 numbers of one name back into arrays. Queries, keys and
# values of all tokens and heads come out of one matrix product, although nobody wrote a matrix.

tokens = characters.encode("eleanor")
program = compile_graph(loss_of(model(tokens[:-1]), tokens[1:]), parameters=model.parameters())
print(program.source.partition("\n\n\n")[0])
print(program.report())
