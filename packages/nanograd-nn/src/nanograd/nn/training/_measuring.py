"""Measuring a model with the batches of a loader, as it is used and not as it is trained."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from nanograd.engine import ArgumentError
from nanograd.nn._module import Module
from nanograd.nn.training._batches import inputs_and_targets, left_alone, used_not_trained
from nanograd.nn.training._steps import loss_number
from nanograd.nn.training.metrics import Metric
from nanograd.nn.training.metrics._metric import count_samples


def measured(
    model: Module,
    loss: Callable[[Any, Any], Any],
    metrics: Mapping[str, Metric],
    loader: Iterable[Any],
    after_batch: Callable[[], None] = lambda: None,
) -> dict[str, Any]:
    """Return the mean loss of all samples, and the metrics, by their names.

    Args:
        model: the model.
        loss: a function of outputs and targets.
        metrics: metrics by name; they stay as they are.
        loader: batches (inputs, targets).
        after_batch: is called after each one.

    Raises:
        ArgumentError: if there are no batches.
    """
    own_metrics = {name: copy.deepcopy(metric) for name, metric in metrics.items()}
    for metric in own_metrics.values():
        metric.reset()
    total, samples = 0.0, 0
    with used_not_trained(model):
        for batch in left_alone(loader):  # it may be the one that is being trained with
            *inputs, targets = inputs_and_targets(batch)
            outputs = model(*inputs)
            size = count_samples(targets)
            total += loss_number(loss(outputs, targets)) * size
            samples += size
            for metric in own_metrics.values():
                metric.update(outputs, targets)
            after_batch()
    if not samples:
        raise ArgumentError("a loader to measure with is empty: there are no batches in it")
    return {"loss": total / samples, **{name: metric.compute() for name, metric in own_metrics.items()}}
