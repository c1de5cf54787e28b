"""First names of people, to learn to write new ones from. The extra ``[datasets]`` installs them."""

from __future__ import annotations

from pathlib import Path
from typing import Literal, get_args

from nanograd.engine import ArgumentError
from nanograd.nn._extras import imported

Sex = Literal["female", "male"]


def load_names(sex: Sex | None = None) -> list[str]:
    """Return the first names of the census of the United States in 1990, in lower case, each once.

    They are ordered from the most frequent to the rarest, and come from the package `names`_ (MIT license).

    >>> names = load_names()
    >>> len(names), names[:4]
    (5163, ['james', 'john', 'robert', 'mary'])
    >>> load_names("female")[:3]
    ['mary', 'patricia', 'linda']

    Args:
        sex: whose names; those of all if left out.

    Raises:
        ArgumentError: if it is neither ``"female"`` nor ``"male"``.
        MissingExtraError: if the package ``names`` is not installed.

    .. _names: https://github.com/treyhunner/names
    """
    if sex is not None and sex not in get_args(Sex):
        raise ArgumentError(f"load_names(sex) takes 'female', 'male' or nothing and got {sex!r}")
    files = imported("names", "datasets", "load_names()").FILES
    frequencies: dict[str, float] = {}
    for one in get_args(Sex) if sex is None else (sex,):
        for line in Path(files[f"first:{one}"]).read_text(encoding="ascii").splitlines():
            name, percentage, *_ = line.split()
            frequencies[name.lower()] = max(float(percentage), frequencies.get(name.lower(), 0.0))
    return sorted(frequencies, key=frequencies.__getitem__, reverse=True)
