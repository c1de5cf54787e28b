"""What this package knows of a model: it has named parts and parameters, and it can be called.

The modules of nanograd.nn are such models, and so is anything else with these methods; the package does not
import them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import Context
from typing import Any, Protocol, runtime_checkable

from nanograd.engine import ArgumentError, NanogradError, ScalarValue, Scope


@runtime_checkable
class Model(Protocol):
    """A model or a part of one, as ``nanograd.nn.Module`` is; ``extra_repr()`` is shown if it has it."""

    def __call__(self, *inputs: Any) -> Any:
        """Return what the model computes."""

    def named_children(self) -> Iterable[tuple[str, Any]]:
        """Return the parts that it holds itself, with their names."""

    def parameters(self) -> Iterable[ScalarValue]:
        """Return its parameters, those of its parts included."""


class NotAModelError(NanogradError, TypeError):
    """Something was given as a model that has no parts and parameters, or cannot be called."""


# A reader can import them from here.
NotAModelError.__module__ = Model.__module__ = "nanograd.viz"


def as_model(given: Any, function: str) -> Model:
    """Return what was given, if it is a model.

    Raises:
        NotAModelError: if it is not; it says what is missing.
    """
    if isinstance(given, type) or not isinstance(given, Model):
        hint = "an object of it, such as" if isinstance(given, type) else "a module, such as"
        raise NotAModelError(
            f"{function} takes a model, which can be called and has named_children() and parameters(), and "
            f"got {type(given).__name__}: {given!r:.80}. Give it {hint} MLP(2, [3, 1])."
        )
    return given


def kind_of(part: Any) -> str:
    """Return the name of a part's class with what it says of itself: ``Linear(in_features=2, ...)``."""
    extra = getattr(part, "extra_repr", None)
    said = str(extra()) if callable(extra) else ""
    return f"{type(part).__name__}({said})" if said else type(part).__name__


def parts_of(model: Model) -> list[Any]:
    """Return the model and all parts inside, each once."""
    found: dict[int, Any] = {}
    waiting: list[Any] = [model]
    while waiting:
        part = waiting.pop()
        if id(part) not in found:
            found[id(part)] = part
            waiting.extend(child for _, child in part.named_children())
    return list(found.values())


def part_in(model: Model, scope: Scope) -> Any:
    """Return the part of a model that a scope of its call belongs to; None if the model does not hold it."""
    part: Any = model
    for inner in scope.ancestry[1:]:
        part = dict(part.named_children()).get(inner.name)
        if part is None:
            return None
    return part


def as_values(sample: Any, name: str = "x") -> tuple[Any, list[ScalarValue]]:
    """Return a sample with every plain number as a value that gets no gradient, and the list of the values.

    A number is then one value however many parts of a model use it, and pictures can show it once.

    Args:
        sample: a number, a ScalarValue, or nested lists and tuples of them.
        name: what the values are called: ``x[0]``, and in nested lists ``x[0][1]``.

    Raises:
        ArgumentError: if the lists are nested in each other endlessly or too deeply.
    """
    values: list[ScalarValue] = []

    def made(given: Any, label: str, depth: int) -> Any:
        if depth > _DEEPEST:
            raise ArgumentError(f"a sample of more than {_DEEPEST} nested lists was given")
        if hasattr(given, "tolist"):  # an array
            given = given.tolist()
        if isinstance(given, (list, tuple)):
            return [made(item, f"{label}[{place}]", depth + 1) for place, item in enumerate(given)]
        if isinstance(given, bool) or not isinstance(given, (ScalarValue, int, float)):
            return given
        value = given if isinstance(given, ScalarValue) else ScalarValue(given, label, requires_grad=False)
        values.append(value)
        return value

    return made(sample, name, 0), values


_DEEPEST = 32


def results_of(outputs: Any) -> list[ScalarValue]:
    """Return the values in what a model returned: a value, or nested lists, tuples and dicts of them."""
    results: dict[ScalarValue, None] = {}
    waiting = [outputs]
    seen: set[int] = set()
    while waiting:
        item = waiting.pop()
        if isinstance(item, ScalarValue):
            results[item] = None
        elif isinstance(item, (list, tuple, dict)) and id(item) not in seen:
            seen.add(id(item))
            waiting.extend(reversed(list(item.values()) if isinstance(item, dict) else item))
    return list(results)


def recorded(call: Callable[[], Any]) -> Any:
    """Call a function with recording on, and outside of any scope that the caller stands in."""
    return Context().run(call)


@contextmanager
def used_not_trained(model: Model) -> Iterator[None]:
    """Tell every part of a model that it is used, not trained, and afterwards again what was told before.

    A picture then leaves the running averages of a model as they are, and draws no random numbers.
    """
    before = [
        (part, part.training) for part in parts_of(model) if isinstance(getattr(part, "training", None), bool)
    ]
    try:
        for part, _ in before:
            part.training = False
        yield
    finally:
        for part, mode in before:
            part.training = mode
