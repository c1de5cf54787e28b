"""Digits: reading handwriting
===========================

1,797 handwritten digits of 8 by 8 pixels. A small network learns to read them with a ``Trainer``, which
sees to batches, validation, the learning rate, and when to stop. Afterwards the gradient tells which pixels
of an image the answer depends on.
"""

from pathlib import Path

from matplotlib import rc_context
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure
from nanograd.engine import ScalarValue
from nanograd.nn import MLP, CrossEntropyLoss, manual_seed
from nanograd.nn.data import DataLoader, load_digits, random_split, standardize
from nanograd.nn.optim import Adam
from nanograd.nn.optim.lr_scheduler import ExponentialLR
from nanograd.nn.training import EarlyStopping, Trainer
from nanograd.nn.training.metrics import Accuracy

# %%
# The data. A third is put aside for the test, and a tenth of the rest to see after each epoch how well the
# network reads what it was not trained with. The brightness of each pixel is scaled by what is known of the
# training part.

manual_seed(0)
digits = load_digits()
training, validation, test = random_split(digits, [0.6, 0.07, 0.33])
images = [digits.inputs[i] for i in test.indices]
training, validation, test = standardize(training, validation, test)
print(f"{len(training)} images to learn from, {len(validation)} to watch, {len(test)} to test")

# %%
# The network. ``fused`` makes one node of each weighted sum of 64 pixels, which is much faster.

model = MLP(64, [24, 10], activation="relu", fused=True)
optimizer = Adam(model.parameters(), lr=0.01)
trainer = Trainer(
    model,
    CrossEntropyLoss(),
    optimizer,
    scheduler=ExponentialLR(optimizer, gamma=0.8),
    metrics=[Accuracy()],
    callbacks=[EarlyStopping(patience=3, restore_best_weights=True)],
)
history = trainer.fit(DataLoader(training, 32, shuffle=True), epochs=6, validation=DataLoader(validation, 64))
for row in history:
    print(
        f"epoch {row['epoch']}  loss {row['loss']:.3f}  accuracy {row['accuracy']:.3f}  "
        f"validation {row['val_accuracy']:.3f}"
    )

# %%
# The test: digits that it has never seen.

result = trainer.evaluate(DataLoader(test, 64))
print(f"test accuracy {result['accuracy']:.3f}")
if result["accuracy"] < 0.94:
    raise SystemExit(f"the network should reach 0.94 and has {result['accuracy']:.3f}")

# %%
# Which pixels matter? The answer is the largest score. Its gradient with respect to the pixels says how the
# score would change if a pixel were a little brighter: it is large where the network looks.


def saliency(inputs):
    """Return the digit that is read, and the size of the gradient of its score at every pixel."""
    pixels = [ScalarValue(number) for number in inputs]
    scores = model(pixels)
    answer = max(range(10), key=lambda digit: scores[digit].data)
    scores[answer].backward()
    return answer, [abs(pixel.grad) for pixel in pixels]


shown = [next(i for i in range(len(test)) if test[i][1] == digit) for digit in range(10)]
answers = [saliency(test[i][0]) for i in shown]

blue, orange, text = "#00588f", "#9a3e00", "#1f2933"
with rc_context({"svg.hashsalt": "nanograd", "font.size": 11, "text.color": text}):
    figure = Figure(figsize=(9, 4.4), layout="constrained")
    curves, pictures = figure.subfigures(1, 2, width_ratios=[1, 1.25])

    curve = curves.subplots()
    epochs = history["epoch"]
    curve.plot(epochs, history["accuracy"], color=blue, linewidth=2, label="training")
    curve.plot(epochs, history["val_accuracy"], color=orange, linewidth=2, linestyle="--", label="validation")
    curve.set(title="Accuracy", xlabel="epoch", xticks=epochs[1::2])
    curve.spines[["top", "right"]].set_visible(False)
    curve.legend(frameon=False, loc="lower right")

    cells = pictures.subplots(4, 5)
    ink = LinearSegmentedColormap.from_list("ink", ["#ffffff", text])
    where = LinearSegmentedColormap.from_list("gradient", ["#ffffff", orange])
    for digit, (index, (answer, gradients)) in enumerate(zip(shown, answers, strict=True)):
        row, column = 2 * (digit // 5), digit % 5
        for axes, numbers, colors in (
            (cells[row, column], images[index], ink),
            (cells[row + 1, column], gradients, where),
        ):
            axes.imshow([numbers[start : start + 8] for start in range(0, 64, 8)], cmap=colors)
            axes.set(xticks=[], yticks=[])
        cells[row, column].set_title(answer, color=blue if answer == test[index][1] else orange)
    for row in range(4):
        cells[row, 0].set_ylabel("gradient" if row % 2 else "image")
    pictures.suptitle("What is read, and where the network looks", color=text)

    Path("output").mkdir(exist_ok=True)
    figure.savefig("output/example_digits.png", dpi=200, metadata={"Software": None})
    figure.savefig("output/example_digits.svg", metadata={"Date": None})
