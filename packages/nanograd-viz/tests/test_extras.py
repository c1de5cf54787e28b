from __future__ import annotations

import sys

import pytest
from nanograd.engine import NanogradError
from nanograd.viz import MissingLibraryError
from nanograd.viz._extras import imported


def test_a_library_that_is_there_is_returned():
    assert imported("json.decoder", "plots", "a test") is sys.modules["json.decoder"]


def test_a_library_that_is_missing_is_named_with_its_extra():
    with pytest.raises(MissingLibraryError) as caught:
        imported("nothing_of_this_name.inside", "plots", "plot_x()")
    assert str(caught.value) == (
        'plot_x() needs nothing_of_this_name, which is not installed: pip install "nanograd-viz[plots]"'
    )
    assert isinstance(caught.value, NanogradError)
    assert isinstance(caught.value, ImportError)


def test_a_library_that_lacks_one_of_its_own_is_not_blamed(tmp_path, monkeypatch):
    (tmp_path / "broken_library_for_a_test.py").write_text("import something_it_needs\n")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ModuleNotFoundError, match="something_it_needs") as caught:
        imported("broken_library_for_a_test", "plots", "a test")
    assert not isinstance(caught.value, MissingLibraryError)
