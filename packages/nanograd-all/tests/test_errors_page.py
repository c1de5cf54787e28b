"""The page of errors has every public error of every package, says what it is, and raises it."""

import contextlib
import importlib
import pkgutil
import re
from itertools import pairwise
from pathlib import Path

import nanograd
import pytest
from nanograd.engine import NanogradError

PAGE = Path(__file__).parents[3] / "docs" / "errors.rst"
if not PAGE.is_file():
    pytest.skip("not in a checkout", allow_module_level=True)


def public_modules():
    for found in pkgutil.walk_packages(nanograd.__path__, "nanograd."):
        if not any(part.startswith("_") for part in found.name.split(".")):
            with contextlib.suppress(NanogradError):  # it needs an extra that is not installed here
                yield importlib.import_module(found.name)


def public_errors():
    """Return every exception and warning that a package shows, by the shortest name it can be imported by."""
    shown = {}
    for module in public_modules():
        for name in getattr(module, "__all__", ()):
            value = getattr(module, name)
            if isinstance(value, type) and issubclass(value, BaseException):
                path = f"{module.__name__}.{name}"
                shown[value] = min(shown.get(value, path), path, key=len)
    return shown


def sections():
    """Return the text below each title that is underlined with ``~``."""
    text = PAGE.read_text(encoding="utf-8")
    titles = list(re.finditer(r"^(.+)\n~+\n", text, re.MULTILINE))
    ends = [*(title.start() for title in titles[1:]), len(text)]
    return {title[1]: text[title.end() : end] for title, end in zip(titles, ends, strict=True)}


ERRORS = public_errors()
SECTIONS = sections()


def test_there_are_errors_of_every_package():
    assert {path.split(".")[1] for path in ERRORS.values()} == {"compile", "engine", "nn", "symbolic", "viz"}
    assert len(ERRORS) >= 40


def test_every_public_error_has_a_section_and_no_section_is_of_an_error_that_is_gone():
    named = [title for title in SECTIONS if re.fullmatch(r"\w+(Error|Warning)", title)]
    assert sorted(named) == sorted(error.__name__ for error in ERRORS)


def test_every_error_but_the_warnings_is_a_nanograd_error():
    others = {error.__name__ for error in ERRORS if not issubclass(error, NanogradError)}
    assert others == {"RecompileWarning", "StepOrderWarning"}


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_a_section_says_where_an_error_is_and_which_builtin_it_is(error):
    assert f"{error.__module__}.{error.__name__}" == ERRORS[error]  # what a traceback shows can be imported
    base = error.__bases__[-1]
    name = base.__name__ if base.__module__ == "builtins" else f"~{base.__module__}.{base.__name__}"
    article = "an" if base.__name__[0] in "AEIO" else "a"
    assert SECTIONS[error.__name__].startswith(f"\n:class:`{ERRORS[error]}`, {article} :exc:`{name}`.\n\n")


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_a_section_raises_its_error(error):
    text = SECTIONS[error.__name__]
    if any(issubclass(other, error) and other is not error for other in ERRORS):  # an ancestor is caught
        assert f"except {error.__name__} as error:" in text
    else:
        assert re.search(
            rf"^Traceback \(most recent call last\):\n\.\.\.\n{ERRORS[error]}: ", text, re.MULTILINE
        )


def test_sections_are_where_readers_look_for_them():
    """The packages stand in the order in which they build on each other, each with its own errors."""
    text = PAGE.read_text(encoding="utf-8")
    chapters = [
        "The engine",
        "Networks and training",
        "Pictures",
        "Formulas",
        "The compiler",
        "Errors of Python",
    ]
    places = [text.index(f"\n{chapter}") for chapter in chapters]
    assert places == sorted(places)
    packages = ["engine", "nn", "viz", "symbolic", "compile"]
    for package, (start, end) in zip(packages, pairwise(places), strict=True):
        found = re.findall(r"^:class:`nanograd\.(\w+)\.", text[start:end], re.MULTILINE)
        assert set(found) == {package}
