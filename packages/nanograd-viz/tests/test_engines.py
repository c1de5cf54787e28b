from __future__ import annotations

import os
import shutil
import stat
import sys
import time
from pathlib import Path

import pytest
from nanograd.engine import NanogradError, ScalarValue
from nanograd.viz import EngineError, NoEngineError, RenderError, _engines, draw_graph
from nanograd.viz._engines import find_engine, render

posix = pytest.mark.skipif(os.name != "posix", reason="scripts with a shebang")


@pytest.fixture
def program(tmp_path):
    """Make a program of a Python text."""

    def make(text, name="dot"):
        path = tmp_path / name
        path.write_text(f"#!{sys.executable}\nimport sys\n{text}\n")
        path.chmod(path.stat().st_mode | stat.S_IXUSR)
        return str(path)

    return make


@pytest.fixture
def no_engine(monkeypatch):
    monkeypatch.delenv("NANOGRAD_DOT", raising=False)
    monkeypatch.setenv("PATH", "")
    monkeypatch.setattr(_engines, "_embedded_program", lambda: None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)


def test_without_any_engine_the_error_names_three_cures(no_engine, expression):
    with pytest.raises(NoEngineError) as caught:
        draw_graph(expression).svg()
    message = str(caught.value)
    assert "install Graphviz (https://graphviz.org/download) so that `dot` is on the PATH" in message
    assert "pip install graphviz-pure" in message
    assert "set NANOGRAD_DOT to the path of a `dot` program" in message
    assert isinstance(caught.value, EngineError)
    assert isinstance(caught.value, NanogradError)
    assert isinstance(caught.value, RuntimeError)


def test_without_any_engine_dot_files_can_be_saved(no_engine, expression, tmp_path):
    assert draw_graph(expression).save(tmp_path / "a.dot").exists()
    with pytest.raises(NoEngineError):
        draw_graph(expression).save(tmp_path / "a.svg")
    assert [path.name for path in tmp_path.iterdir()] == ["a.dot"]


@posix
def test_the_named_program_comes_before_the_path_and_that_before_the_embedded_one(program, monkeypatch):
    on_path, named = program("", "dot"), program("", "other")
    monkeypatch.setattr(_engines, "_embedded_program", lambda: "embedded")
    monkeypatch.setenv("PATH", "")
    monkeypatch.delenv("NANOGRAD_DOT", raising=False)
    assert find_engine().path == "embedded"
    monkeypatch.setenv("PATH", str(Path(on_path).parent))
    assert find_engine().path == on_path
    monkeypatch.setenv("NANOGRAD_DOT", named)
    assert find_engine().path == named
    monkeypatch.setenv("NANOGRAD_DOT", "")
    assert find_engine().path == on_path


def test_the_embedded_program_is_found_with_an_empty_path(monkeypatch, expression):
    monkeypatch.delenv("NANOGRAD_DOT", raising=False)
    monkeypatch.setenv("PATH", "")
    if _engines._embedded_program() is None:
        pytest.skip("graphviz-pure has no wheel for this machine")
    assert draw_graph(expression).svg().startswith("<svg")


def test_without_the_wheel_there_is_no_embedded_program(monkeypatch):
    def missing(name):
        raise _engines.metadata.PackageNotFoundError(name)

    monkeypatch.setattr(_engines.metadata, "files", missing)
    assert _engines._embedded_program() is None


def test_pygraphviz_is_the_last_resort(no_engine, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: name == "pygraphviz" or None)
    assert find_engine() is _engines._draw_with_pygraphviz


def test_a_named_program_that_does_not_exist_says_so(monkeypatch):
    monkeypatch.setenv("NANOGRAD_DOT", "/nowhere/dot")
    with pytest.raises(
        NoEngineError, match=r"NANOGRAD_DOT is set to '/nowhere/dot', which does not exist\. Set it to"
    ):
        find_engine()


@posix
def test_a_named_program_that_cannot_be_run_says_so(monkeypatch, tmp_path):
    (tmp_path / "dot").write_text("text")
    monkeypatch.setenv("NANOGRAD_DOT", str(tmp_path / "dot"))
    with pytest.raises(NoEngineError, match=r"which is not a program that can be run\. Set it to"):
        find_engine()


@posix
@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", r"wrote nothing\. It said: ''"),
        ("print('PNG', end='')", r"wrote 3 bytes that are no SVG"),
        ("sys.exit('bad label')", r"failed with exit code 1: 'bad label'"),
        ("print('<svg>'); sys.exit(1)", r"failed with exit code 1"),
        (
            "import time; sys.stdin.read(); time.sleep(60)",
            r"did not finish the picture within 1 seconds\. Draw fewer",
        ),
    ],
)
def test_a_program_that_fails_is_an_error(program, monkeypatch, text, message):
    monkeypatch.setenv("NANOGRAD_DOT", program(text))
    monkeypatch.setattr(_engines, "TIMEOUT", 0.8)
    with pytest.raises(RenderError, match=message):
        render("digraph {}", "svg")


@posix
def test_a_program_that_does_not_start_is_an_error(program, monkeypatch, tmp_path):
    path = tmp_path / "broken"
    path.write_bytes(b"\x00\x01")
    path.chmod(0o700)
    monkeypatch.setenv("NANOGRAD_DOT", str(path))
    with pytest.raises(RenderError, match=r"broken could not be run: .*To draw with another program"):
        render("digraph {}", "svg")


@posix
def test_warnings_are_no_errors(program, monkeypatch):
    monkeypatch.setenv(
        "NANOGRAD_DOT", program("sys.stdin.read(); print('Warning', file=sys.stderr); print('<svg>')")
    )
    assert render("digraph {}", "svg") == b"<svg>\n"


@posix
def test_the_resolution_is_for_png_only(program, monkeypatch):
    monkeypatch.setenv("NANOGRAD_DOT", program("sys.stdin.read(); print('<', sys.argv[1:])"))
    assert render("digraph {}", "svg", dpi=192) == b"< ['-Tsvg']\n"


def test_garbage_is_an_error_with_a_real_program():
    with pytest.raises(RenderError, match=r"wrote nothing|failed"):
        render("no graph {{{", "svg")


def test_the_systems_graphviz_draws_the_same_texts(monkeypatch, expression):
    system = shutil.which("dot")
    if system is None or _engines._embedded_program() is None:
        pytest.skip("needs both the system's Graphviz and graphviz-pure")
    pictures = []
    for path in (system, _engines._embedded_program()):
        monkeypatch.setenv("NANOGRAD_DOT", path)
        pictures.append(sorted(draw_graph(expression).svg().split("<title>")[1:], key=str.lower))
    first, second = ([part.split("</title>")[0] for part in picture] for picture in pictures)
    assert sorted(first) == sorted(second)


def test_a_long_loop_with_one_weight_is_drawn_in_seconds():
    value = weight = ScalarValue(1.0)
    for _ in range(80):
        value = value * 1.01 + weight
    started = time.monotonic()
    assert "<svg" in draw_graph(value).svg()
    assert time.monotonic() - started < 30
