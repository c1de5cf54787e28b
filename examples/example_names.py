"""Names: a recurrent network reads letter by letter
==================================================

Is *eleanor* the name of a woman or of a man? A recurrent network reads a name one letter at a time. After
each it has a state of a few numbers, which is all it remembers; what it says at the end, and at every letter
on the way, is one number computed from that state.
"""

from pathlib import Path

from matplotlib import rc_context
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from nanograd.engine import no_grad, sigmoid
from nanograd.nn import BCEWithLogitsLoss, Embedding, Linear, Module, RNNCell, manual_seed
from nanograd.nn.data import CharacterVocabulary, DataLoader, TensorDataset, load_names, random_split
from nanograd.nn.optim import Adam
from nanograd.nn.optim.lr_scheduler import ExponentialLR
from nanograd.nn.training import Trainer

# %%
# The data: 1,500 first names of the census of the United States, the most frequent ones that only one of the
# two has. Letters are numbers, and 1 stands for a woman's name.

manual_seed(0)
women, men = load_names("female"), load_names("male")
common = set(women) & set(men)
women = [name for name in women if name not in common][:1000]
men = [name for name in men if name not in common][:500]
characters = CharacterVocabulary(women + men)
samples = [(characters.encode(name)[1:-1], 1) for name in women]
samples += [(characters.encode(name)[1:-1], 0) for name in men]
training, test = random_split(TensorDataset(*map(list, zip(*samples, strict=True))), [0.85, 0.15])
print(f"{len(training)} names to learn from, {len(test)} to test")

# %%
# The model: a vector for each letter, a cell that makes a new state of the vector and the state before, and a
# linear layer that makes a score of the state.


class Reader(Module):
    """From the letters of names to the score that each belongs to a woman."""

    def __init__(self):
        self.letters = Embedding(len(characters), 6)
        self.cell = RNNCell(6, 10)
        self.score = Linear(10, 1)

    def forward(self, names):
        """Return a score for each name."""
        return [self.scores(name)[-1] for name in names]

    def scores(self, name):
        """Return the score after each letter of a name."""
        state, scores = None, []
        for vector in self.letters(name):
            state = self.cell(vector, state)
            scores += self.score(state)
        return scores


def batch_of(samples):
    """Return names and targets as two lists; names differ in length, so they are no matrix."""
    names, targets = zip(*samples, strict=True)
    return list(names), [float(target) for target in targets]


def accuracy(scores, targets):
    """Return the part of the names that are on the right side of 0."""
    return sum((score > 0) == (target == 1) for score, target in zip(scores, targets, strict=True)) / len(
        targets
    )


model = Reader()
optimizer = Adam(model.parameters(), lr=0.02)
trainer = Trainer(
    model,
    BCEWithLogitsLoss(),
    optimizer,
    scheduler=ExponentialLR(optimizer, gamma=0.8),
    metrics={"accuracy": accuracy},
)
for row in trainer.fit(DataLoader(training, 16, shuffle=True, collate_fn=batch_of), epochs=4):
    print(f"epoch {row['epoch']}  loss {row['loss']:.3f}  accuracy {row['accuracy']:.3f}")

# %%
# The test, with names that it has never seen. Two in three are names of women, so 0.67 is what one gets by
# always saying so.

result = trainer.evaluate(DataLoader(test, 32, collate_fn=batch_of))
print(f"test accuracy {result['accuracy']:.3f}")
if result["accuracy"] < 0.8:
    raise SystemExit(f"the network should reach 0.80 and has {result['accuracy']:.3f}")

# %%
# Reading along: what it thinks after each letter. One letter more may change its mind.

shown = ["robert", "roberta", "joseph", "josephine", "paul", "pauline", "daniel", "danielle"]
with no_grad():
    beliefs = {name: [sigmoid(s).data for s in model.scores(characters.encode(name)[1:-1])] for name in shown}

blue, orange, text = "#00588f", "#9a3e00", "#1f2933"
shades = LinearSegmentedColormap.from_list("belief", [blue, "#ffffff", orange])
with rc_context({"svg.hashsalt": "nanograd", "font.size": 11, "text.color": text}):
    figure = Figure(figsize=(8, 4.2), layout="constrained")
    axes = figure.subplots()
    for row, (name, probabilities) in enumerate(beliefs.items()):
        for column, (letter, probability) in enumerate(zip(name, probabilities, strict=True)):
            axes.add_patch(Rectangle((column, row), 1, 1, facecolor=shades(probability), edgecolor="white"))
            color = "white" if abs(probability - 0.5) > 0.3 else text
            axes.text(column + 0.5, row + 0.5, letter, ha="center", va="center", color=color, fontsize=14)
    axes.set(xlim=(0, max(map(len, shown))), ylim=(len(shown), 0), xticks=[], yticks=[])
    axes.set_title("What the network thinks after each letter")
    axes.spines[:].set_visible(False)
    scale = figure.colorbar(ScalarMappable(cmap=shades), ax=axes, ticks=[0, 0.5, 1])
    scale.set_ticklabels(["a man's name", "undecided", "a woman's name"])

    Path("output").mkdir(exist_ok=True)
    figure.savefig("output/example_names.png", dpi=200, metadata={"Software": None})
    figure.savefig("output/example_names.svg", metadata={"Date": None})
