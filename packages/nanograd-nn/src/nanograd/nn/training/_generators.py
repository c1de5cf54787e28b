"""The random generators that a training draws from, so that a checkpoint can hold where they are."""

from __future__ import annotations

import random
from collections.abc import Mapping
from typing import Any

from nanograd.nn._module import Module
from nanograd.nn._random import generator_or_default, get_rng_state, set_rng_state


def generators_of(**models: Any) -> dict[str, random.Random]:
    """Return the default generator and those that modules hold, such as that of a dropout, by their names.

    Args:
        models: modules by name; what is not a module is passed over.
    """
    found = {"default": generator_or_default(None)}
    for whose, model in models.items():
        for path, module in model.named_modules(whose) if isinstance(model, Module) else ():
            for name, held in vars(module).items():
                if isinstance(held, random.Random):
                    found[f"{path}.{name}"] = held
    return found


def states_of(generators: Mapping[str, random.Random]) -> dict[str, Any]:
    """Return where generators are, by their names."""
    return {name: get_rng_state(generator) for name, generator in generators.items()}


def put_back(generators: Mapping[str, random.Random], states: Mapping[str, Any]) -> None:
    """Put generators where they were; one without a state stays where it is.

    Raises:
        ArgumentError: if a state is not one.
    """
    for name, state in states.items():
        if name in generators:
            set_rng_state(state, generators[name])
