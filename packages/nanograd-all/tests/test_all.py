"""nanograd-all brings every package that it names, and each can be imported."""

from importlib import import_module, metadata

import pytest
from packaging.requirements import Requirement

NEEDED = {
    Requirement(text).name for text in metadata.requires("nanograd-all") or () if "extra ==" not in text
}


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_every_package_can_be_imported(name):
    module = import_module(name.replace("-", "."))
    assert module.__doc__


@pytest.mark.parametrize("name", sorted(NEEDED))
def test_every_package_has_the_version_of_the_meta_distribution(name):
    assert metadata.version(name) == metadata.version("nanograd-all")
