"""Batches: what a loader gives, taken apart into inputs and targets."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

from nanograd.engine import ArgumentError, NumberTypeError, no_grad
from nanograd.nn._module import Module
from nanograd.nn._nested import is_list
from nanograd.nn.data import DataLoader


def inputs_and_targets(batch: Any) -> list[Any]:
    """Return the inputs of a batch, and last its targets.

    Raises:
        ArgumentError: if the batch is not such a tuple.
    """
    if isinstance(batch, tuple) and len(batch) >= 2:
        return list(batch)
    raise ArgumentError(
        f"a batch to train or evaluate with is a tuple (inputs, targets), and this one is {batch!r:.80}. "
        "TensorDataset(inputs, targets) in a DataLoader gives such tuples; a collate_fn can make others."
    )


def check_loader(loader: Any, what: str, *, read_again: bool) -> None:
    """Refuse a loader that gives no batches, or that can be read only once.

    Args:
        loader: anything that gives batches.
        what: its name, for messages.
        read_again: whether it is needed more than once.

    Raises:
        NumberTypeError: if it gives nothing at all.
        ArgumentError: if it is empty, or can be read only once.
    """
    if not isinstance(loader, Iterable):
        raise NumberTypeError(
            f"{what} gives batches, as a DataLoader does, and got {type(loader).__name__}. "
            "Of a dataset DataLoader(dataset, batch_size=32) makes batches."
        )
    if number_of_batches(loader) == 0:
        hint = (
            f"; drop_last leaves out what does not fill a batch of {loader.batch_size}"
            if isinstance(loader, DataLoader) and loader.drop_last
            else ""
        )
        raise ArgumentError(f"{what} is empty: there are no batches in it{hint}")
    if read_again and isinstance(loader, Iterator):
        raise ArgumentError(f"{what} can be read only once. Give a DataLoader, or a list of batches.")


def number_of_batches(loader: Any) -> int | None:
    """Return how many batches a loader gives; None if it does not know."""
    try:
        return len(loader)
    except TypeError:
        return None


def batches_of(inputs: Any) -> Iterator[list[Any]]:
    """Yield the arguments for the model: of each batch of a loader, or of inputs that are a batch."""
    if is_list(inputs):
        yield [inputs]
        return
    for batch in left_alone(inputs):
        yield list(batch[:-1] or batch) if isinstance(batch, tuple) else [batch]


def left_alone(loader: Any) -> Any:
    """Return what gives the batches of a loader, all of them, and leaves it where it is in its epoch."""
    return copy.copy(loader) if isinstance(loader, DataLoader) else loader


@contextmanager
def used_not_trained(model: Module) -> Iterator[None]:
    """Evaluate the model without recording graphs, and leave every module in the mode it was in."""
    modes = [(module, module.training) for module in model.modules()]
    model.eval()
    try:
        with no_grad():
            yield
    finally:
        for module, training in modes:
            module.training = training
