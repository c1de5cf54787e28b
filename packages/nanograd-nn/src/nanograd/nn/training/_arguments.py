"""What a trainer is given: refused where it does not fit together, and brought into one form."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from nanograd.engine import ArgumentError, NumberTypeError, as_number
from nanograd.nn._module import Module
from nanograd.nn.optim import Optimizer
from nanograd.nn.training._callback import Callback
from nanograd.nn.training._progress import ProgressDisplay
from nanograd.nn.training.metrics import BatchMean, Metric

_CALLBACK = [name for name in vars(Callback) if not name.startswith("_")]


def check_parts(model: Any, loss: Any, optimizer: Any) -> None:
    """Refuse what is not a model, a loss and an optimizer that belong together.

    Raises:
        NumberTypeError: if one of them is something else.
        ArgumentError: if the optimizer is of another model.
    """
    if not isinstance(model, Module):
        raise NumberTypeError(f"model is a Module and this one is {type(model).__name__}")
    if isinstance(loss, type):
        raise NumberTypeError(
            f"loss is the class {loss.__name__}, not one of its objects: write {loss.__name__}()"
        )
    if not callable(loss):
        raise NumberTypeError(f"loss is a function of outputs and targets and not {type(loss).__name__}")
    if not isinstance(optimizer, Optimizer):
        raise NumberTypeError(f"optimizer is an Optimizer and this one is {type(optimizer).__name__}")
    changed = {parameter for group in optimizer.param_groups for parameter in group["params"]}
    if changed.isdisjoint(model.parameters()):
        raise ArgumentError(
            "the optimizer changes none of the parameters of the model: make it with model.parameters()"
        )


def clipping_bounds(**largest: float | None) -> dict[str, float]:
    """Return the bounds that are given.

    Raises:
        ArgumentError: if one is not above 0.
    """
    for name, bound in largest.items():
        if bound is not None and not as_number(bound, name) > 0:
            raise ArgumentError(f"{name} is a bound above 0 and got {bound}")
    return {name: bound for name, bound in largest.items() if bound is not None}


def named_metrics(metrics: Any) -> dict[str, Metric]:
    """Return metrics by their names; functions become means over batches.

    Raises:
        NumberTypeError: if one is neither a metric nor a function, or a name is not a string.
        ArgumentError: if two would have one column.
    """
    _check_several(metrics, "metrics", "Accuracy()")
    named = isinstance(metrics, Mapping)
    found: dict[str, Metric] = {}
    for name, metric in metrics.items() if named else ((None, metric) for metric in metrics):
        if isinstance(metric, type) or not (isinstance(metric, Metric) or callable(metric)):
            raise NumberTypeError(
                f"a metric is an object such as Accuracy(), or a function, and not {metric!r}"
            )
        one = metric if isinstance(metric, Metric) else BatchMean(metric)
        column = one.name if name is None else name
        if not isinstance(column, str):
            raise NumberTypeError(f"the name of a metric is a string and not {column!r}")
        if column in found or column in {"epoch", "loss", "lr"}:
            raise ArgumentError(
                f"there would be two columns {column!r}: give metrics as a dict with other names"
            )
        if column.startswith("val_"):
            raise ArgumentError(
                f"columns that begin with val_ are of the validation, which measures every metric: "
                f"give {column!r} another name"
            )
        found[column] = one
    return found


def ordered_callbacks(callbacks: Iterable[Callback], verbose: bool | None) -> list[Callback]:
    """Return the callbacks, with a display of the progress, and those last that need what others change.

    Raises:
        NumberTypeError: if one is not a callback.
    """
    _check_several(callbacks, "callbacks", "EarlyStopping()")
    given = list(callbacks)
    for callback in given:
        # By its methods and not by its class: other packages have callbacks and do not import this one.
        if isinstance(callback, type) or not all(hasattr(callback, name) for name in _CALLBACK):
            raise NumberTypeError(
                "a callback is an object of a subclass of Callback, or one that has all of its methods, "
                f"and not {callback!r:.80}"
            )
    if verbose is not False and not any(isinstance(callback, ProgressDisplay) for callback in given):
        given.insert(0, ProgressDisplay(verbose=bool(verbose)))
    return sorted(given, key=lambda callback: callback.runs_last)


def _check_several(given: Any, what: str, example: str) -> None:
    if not isinstance(given, Iterable) or isinstance(given, str):
        raise NumberTypeError(f"{what} takes several, such as {what}=[{example}], and got {given!r}")
