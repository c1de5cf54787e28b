"""Saving and loading plain objects and the numbers of models, in files that are never half written."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from nanograd.engine import ArgumentError
from nanograd.nn._atomic_file import write_atomically
from nanograd.nn._errors import StateDictError
from nanograd.nn._grouped_names import grouped, numbers_by_name
from nanograd.nn._json_file import from_json, to_json
from nanograd.nn._module import Module
from nanograd.nn._safetensors_file import from_safetensors, to_safetensors
from nanograd.nn._saved_file import SavedFileError
from nanograd.nn._state_dict import IncompatibleKeys


class _Format(NamedTuple):
    write: Callable[[Any], bytes]
    read: Callable[[bytes], Any]


_FORMATS = {".json": _Format(to_json, from_json), ".safetensors": _Format(to_safetensors, from_safetensors)}


def save(obj: Any, f: str | os.PathLike[str]) -> None:
    """Write a state dict, or another plain object, to a file; like `torch.save`_, without pickle.

    Floats are kept to the last bit, infinities and nan too, and so are ints and fractions of any size,
    tuples, and dicts with keys that are not strings. The file appears whole or not at all; an old one stays
    until then.

    >>> folder = getfixture("tmp_path")
    >>> save({"epoch": 3, "weights": [0.5, float("-inf")]}, folder / "state.json")
    >>> load(folder / "state.json")
    {'epoch': 3, 'weights': [0.5, -inf]}

    Args:
        obj: dicts, lists and tuples of numbers, strings, bools and None.
        f: the file, which ends in ``.json``, or in ``.safetensors`` for numbers as arrays that PyTorch opens
            (extra ``[safetensors]``). Folders on the way are made.

    Raises:
        NotSavableError: if the object holds something else, such as a ScalarValue.
        ArgumentError: if the name has another ending.
        MissingExtraError: if safetensors is needed and not installed.
        OSError: if the file cannot be written.

    .. _torch.save: https://docs.pytorch.org/docs/stable/generated/torch.save.html
    """
    path = Path(f)
    content = _format_of(path, "save").write(obj)
    write_atomically(path, content)


def load(f: str | os.PathLike[str], *, max_bytes: int = 2**30) -> Any:
    """Return what :func:`save` has written; nothing in a file is ever executed.

    A ``.safetensors`` file of PyTorch, or of another library, gives a state dict: the number at
    ``weight[2, 1]`` has the name ``weight.2.1``.

    Args:
        f: the file.
        max_bytes: how large the file may be.

    Raises:
        SavedFileError: if the file is cut off, changed, of another format or too large; the message names the
            key.
        ArgumentError: if the name ends neither in ``.json`` nor in ``.safetensors``.
        MissingExtraError: if safetensors is needed and not installed.
        OSError: if the file cannot be read.
    """
    path = Path(f)
    read = _format_of(path, "load").read
    with path.open("rb") as file:
        content = file.read(min(max_bytes, os.fstat(file.fileno()).st_size or max_bytes) + 1)
    try:
        _check_length(content, max_bytes)
        return read(content)
    except SavedFileError as error:
        raise SavedFileError(f"{path} cannot be loaded: {error}.") from error.__cause__
    except RecursionError as error:
        raise SavedFileError(f"{path} cannot be loaded: its data is nested too deeply.") from error


def save_model(model: Module, f: str | os.PathLike[str]) -> None:
    """Write the numbers of a model to a file: its state dict.

    In a ``.safetensors`` file the weight of a :class:`Linear` is one array of the shape (out_features,
    in_features), as in PyTorch.

    >>> from nanograd.nn import Linear
    >>> folder = getfixture("tmp_path")
    >>> model, other = Linear(2, 1), Linear(2, 1)
    >>> save_model(model, folder / "model.json")
    >>> load_model(other, folder / "model.json")
    IncompatibleKeys(missing_keys=[], unexpected_keys=[])
    >>> other.state_dict() == model.state_dict()
    True

    Args:
        model: the model.
        f: the file, which ends in ``.json`` or ``.safetensors``.

    Raises:
        ArgumentError: if the name has another ending.
        MissingExtraError: if safetensors is needed and not installed.
        OSError: if the file cannot be written.
    """
    save(model.state_dict(), f)


def load_model(model: Module, f: str | os.PathLike[str], strict: bool = True) -> IncompatibleKeys:
    """Give a model the numbers of a file, all of them or after an error none.

    Args:
        model: a model of the same sizes.
        f: what :func:`save_model` wrote, a checkpoint with the state dict under ``"model"``, or a
            ``.safetensors`` file of PyTorch with the same names.
        strict: whether names that only one of the two has are an error.

    Returns:
        The names that the file lacks and those that the model lacks.

    Raises:
        SavedFileError: if the file cannot be loaded, see :func:`load`.
        StateDictError: if names or sizes differ; the message has those of both.
        NumberTypeError: if something in the file is not a real number.
        OSError: if the file cannot be read.
    """
    state = load(f)
    if isinstance(state, dict) and isinstance(state.get("model"), dict):
        state = state["model"]
    if not isinstance(state, dict):
        raise StateDictError(f"{Path(f)} holds a {type(state).__name__} and not the state dict of a model")
    try:
        state = numbers_by_name(state)
    except SavedFileError as error:
        raise SavedFileError(f"{Path(f)} cannot be loaded: {error}.") from error.__cause__
    _check_sizes(model, state, Path(f))
    return model.load_state_dict(state, strict=strict)


def _format_of(path: Path, function: str) -> _Format:
    if path.suffix.lower() not in _FORMATS:
        raise ArgumentError(
            f"{function}: the name ends in .json or .safetensors, which says the format, "
            f"and got {path.name!r}"
        )
    return _FORMATS[path.suffix.lower()]


def _check_length(content: bytes, max_bytes: int) -> None:
    if len(content) > max_bytes:
        raise SavedFileError(
            f"it has more than {max_bytes:,} bytes. If that is right, load it with a larger max_bytes"
        )
    if not content:
        raise SavedFileError("it is empty")


def _check_sizes(model: Module, state: Mapping[str, Any], path: Path) -> None:
    """Refuse arrays of other sizes, in the words of PyTorch."""
    own = {name: shape for name, shape, _ in grouped(model.state_dict())}
    problems = [
        f"\n\tsize mismatch for {name}: it has the shape {shape} in the file, "
        f"and the shape in current model is {own[name]}."
        for name, shape, _ in grouped(state)
        if name in own and shape != own[name]
    ]
    if problems:
        raise StateDictError(
            f"Error(s) in loading state_dict for {type(model).__name__} from {path}:{''.join(problems[:10])}"
        )
