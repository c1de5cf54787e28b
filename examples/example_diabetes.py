"""Diabetes: predicting a number
=============================

Ten measurements of 442 patients, and how far their diabetes had progressed a year later. A linear model is
the classic answer. Is a network better? Both are trained alike and tested on patients that neither has seen.
The Huber loss keeps the few patients far from all others from pulling too hard.
"""

from pathlib import Path

from matplotlib import rc_context
from matplotlib.figure import Figure
from nanograd.nn import MLP, HuberLoss, manual_seed
from nanograd.nn.data import DataLoader, TensorDataset, load_diabetes, random_split, standardize
from nanograd.nn.optim import AdamW
from nanograd.nn.optim.lr_scheduler import CosineAnnealingLR
from nanograd.nn.training import Trainer
from nanograd.nn.training.metrics import MeanAbsoluteError, R2Score

# %%
# The data: measurements scaled to mean 0 and standard deviation 1, and the progression, a number from 25 to
# 346, in hundreds.

manual_seed(0)
diabetes = load_diabetes()
dataset = TensorDataset(diabetes.inputs, [target / 100 for target in diabetes.targets])
training, test = standardize(*random_split(dataset, [0.7, 0.3]))
print(f"{len(training)} patients to learn from, {len(test)} to test: {', '.join(diabetes.feature_names)}")

# %%
# The models. A linear model is a network without hidden neurons. R2 is the part of the differences between
# patients that a model explains: 1 would be all of it, 0 is what the mean of all patients explains.

epochs = 15
models = {
    "linear": MLP(10, [1], fused=True),
    "network": MLP(10, [16, 1], activation="tanh", fused=True),
}
predictions, scores = {}, {}
for name, model in models.items():
    optimizer = AdamW(model.parameters(), lr=0.02, weight_decay=0.05)
    trainer = Trainer(
        model,
        HuberLoss(),
        optimizer,
        scheduler=CosineAnnealingLR(optimizer, T_max=epochs),
        metrics=[R2Score(), MeanAbsoluteError()],
    )
    trainer.fit(DataLoader(training, 16, shuffle=True), epochs)
    before, after = (trainer.evaluate(DataLoader(part, 64)) for part in (training, test))
    scores[name] = after["r2_score"]
    predictions[name] = [100 * y for y in trainer.predict([inputs for inputs, _ in test])]
    explained = f"R2 {before['r2_score']:.2f} in training, {after['r2_score']:.2f} in the test"
    print(f"{name:8} {explained}, off by {100 * after['mean_absolute_error']:.0f} in the mean")

# %%
# The network explains more of what it was trained with and less of what it has never seen: with 310 patients
# it learns some of them by heart. More parameters are not always better, and only the test tells.

if scores["linear"] < 0.45:
    raise SystemExit(f"the linear model should explain 0.45 of the differences, not {scores['linear']:.2f}")

blue, orange, text = "#00588f", "#9a3e00", "#1f2933"
with rc_context({"svg.hashsalt": "nanograd", "font.size": 11, "text.color": text}):
    figure = Figure(figsize=(9, 4.2), layout="constrained")
    truth = [100 * target for _, target in test]
    for axes, (name, predicted) in zip(figure.subplots(1, 2, sharey=True), predictions.items(), strict=True):
        axes.axline((0, 0), slope=1, color=orange, linewidth=1, linestyle="--")
        axes.scatter(truth, predicted, color=blue, alpha=0.6, s=24, edgecolor="white")
        axes.set(title=f"{name}: R2 {scores[name]:.2f}", xlabel="progression", aspect="equal")
        axes.set(xlim=(0, 350), ylim=(0, 350))
        axes.spines[["top", "right"]].set_visible(False)
    figure.axes[0].set_ylabel("prediction")

    Path("output").mkdir(exist_ok=True)
    figure.savefig("output/example_diabetes.png", dpi=200, metadata={"Software": None})
    figure.savefig("output/example_diabetes.svg", metadata={"Date": None})
