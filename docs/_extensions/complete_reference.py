"""The test of the reference: every public name of every package is on its pages, or the build fails."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.typing import ExtensionMetadata

PACKAGES = Path(__file__).parents[2] / "packages"

logger = logging.getLogger(__name__)


def check(_app: Sphinx, environment: BuildEnvironment) -> None:
    """Warn of every public name that is not documented; ``-W`` makes it an error."""
    portions = sorted(path.parent.name for path in PACKAGES.glob("*/src/nanograd/*/__init__.py"))
    public = {
        name: value
        for portion in portions
        for name, value in public_names(importlib.import_module(f"nanograd.{portion}"))
    }
    classes = {name: value for name, value in public.items() if inspect.isclass(value)}
    members = {f"{name}.{member}" for name, kind in classes.items() for member in own_members(kind, classes)}
    for name in sorted((public.keys() | members) - environment.domains.python_domain.objects.keys()):
        logger.warning("%s is public and missing in docs/reference/", name, type="reference")


def public_names(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Yield what ``__all__`` lists, in the module and in the public modules inside it."""
    for name in module.__all__:
        value = getattr(module, name)
        yield f"{module.__name__}.{name}", value
        if inspect.ismodule(value) and value.__name__ == f"{module.__name__}.{name}":
            yield from public_names(value)


def own_members(kind: type, classes: dict[str, type]) -> Iterator[str]:
    """Yield the public members that a class does not have from a public class above it."""
    above = [base for base in kind.__mro__[1:] if base in classes.values()]
    for name in dir(kind):
        owner = next((base for base in kind.__mro__ if name in vars(base)), object)
        if name.startswith("_") or not owner.__module__.startswith("nanograd."):
            continue
        if not any(hasattr(base, name) for base in above):
            yield name


def setup(app: Sphinx) -> ExtensionMetadata:
    app.connect("env-check-consistency", check)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
