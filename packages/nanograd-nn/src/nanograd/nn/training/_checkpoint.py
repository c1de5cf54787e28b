"""Checkpoints: a training as plain dicts, lists and numbers, and back again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from nanograd.engine import NanogradError
from nanograd.nn.training._callback import Callback
from nanograd.nn.training._errors import CheckpointError
from nanograd.nn.training._generators import generators_of, put_back, states_of
from nanograd.nn.training._history import History
from nanograd.nn.training._running import RunningEpoch

if TYPE_CHECKING:
    from nanograd.nn.training._trainer import Trainer

KIND = "nanograd.nn.training checkpoint"


def state_of(trainer: Trainer) -> dict[str, Any]:
    """Return all that decides how a training goes on."""
    scheduler = trainer.schedule.scheduler
    running = trainer.running
    return {
        "kind": KIND,
        "epoch": trainer.epoch,
        "stopped": trainer.stopped,
        "model": trainer.model.state_dict(),
        "optimizer": trainer.optimizer.state_dict(),
        "scheduler": None if scheduler is None else scheduler.state_dict(),
        "running": None if running is None else asdict(running),
        "metrics": {name: metric.state_dict() for name, metric in trainer.metrics.items()},
        "callbacks": {name: callback.state_dict() for name, callback in _named(trainer.callbacks).items()},
        "generators": states_of(generators_of(model=trainer.model, loss=trainer.loss)),
        "loaders": trainer.states_of_loaders() | trainer.loader_states,
        "history": trainer.history.rows,
    }


def restore(trainer: Trainer, state: Any, path: Path) -> None:
    """Put a trainer where another one was, or leave it where it is.

    Args:
        trainer: the one that goes on.
        state: what :func:`state_of` returned for the other one.
        path: where it comes from, for messages.

    Raises:
        CheckpointError: if it is not the state of such a trainer.
    """
    if not isinstance(state, dict) or state.get("kind") != KIND:
        raise CheckpointError(
            f"{path} is not the checkpoint of a trainer: Trainer.save_checkpoint writes one"
        )
    before = state_of(trainer) | {"loaders": trainer.loader_states}
    if missing := [key for key in before if key not in state]:
        raise CheckpointError(f"{path} lacks {missing[0]!r}, which the checkpoint of a trainer has")
    try:
        _put(trainer, state)
    except (NanogradError, AttributeError, LookupError, TypeError, ValueError) as error:
        _put(trainer, before)
        raise CheckpointError(f"{path} is the checkpoint of another training: {error}") from error


def _put(trainer: Trainer, state: Mapping[str, Any]) -> None:
    if (state["scheduler"] is None) != (trainer.schedule.scheduler is None):
        raise CheckpointError("one of the two has a scheduler and the other has not")
    if state["metrics"].keys() != trainer.metrics.keys():
        raise CheckpointError(f"it has the metrics {[*state['metrics']]} and this one {[*trainer.metrics]}")
    trainer.model.load_state_dict(state["model"])
    trainer.optimizer.load_state_dict(state["optimizer"])
    if trainer.schedule.scheduler is not None:
        trainer.schedule.scheduler.load_state_dict(state["scheduler"])
    for name, metric in trainer.metrics.items():
        metric.load_state_dict(state["metrics"][name])
    for name, callback in _named(trainer.callbacks).items():
        if name in state["callbacks"]:
            callback.load_state_dict(state["callbacks"][name])
    put_back(generators_of(model=trainer.model, loss=trainer.loss), state["generators"])
    trainer.epoch = _checked(state, "epoch", int)
    trainer.stopped = _checked(state, "stopped", bool)
    trainer.loader_states = _checked(state, "loaders", dict)
    trainer.history = History(_checked(state, "history", list))
    trainer.running = _running_epoch(state["running"])


def _running_epoch(state: Mapping[str, Any] | None) -> RunningEpoch | None:
    if state is None:
        return None
    return RunningEpoch(
        lr=_checked(state, "lr", float),
        loss=_checked(state, "loss", float),
        samples=_checked(state, "samples", int),
        batches=_checked(state, "batches", int),
        trained=_checked(state, "trained", bool),
    )


def _checked(state: Mapping[str, Any], key: str, kind: Callable[..., Any]) -> Any:
    if not isinstance(state[key], kind):  # type: ignore[arg-type]  # it is a class
        raise CheckpointError(f"{key!r} holds {state[key]!r:.60}")
    return state[key]


def _named(callbacks: list[Callback]) -> dict[str, Callback]:
    """Return the callbacks that have a state by the names of their classes, numbered from the second on."""
    named: dict[str, Callback] = {}
    for callback in callbacks:
        if type(callback).state_dict is Callback.state_dict:
            continue
        kind = type(callback).__name__
        alike = sum(name.partition(" ")[0] == kind for name in named)
        named[f"{kind} {alike + 1}" if alike else kind] = callback
    return named
