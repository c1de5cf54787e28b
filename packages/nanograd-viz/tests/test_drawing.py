from __future__ import annotations

import os
import re
import xml.etree.ElementTree as ET

import pytest
from nanograd.engine import ArgumentError, ScalarValue, scope
from nanograd.viz import RenderError, _drawing, _engines, draw_graph

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def drawing(expression):
    return draw_graph(expression)


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\n"),
        ("a.PNG", b"\x89PNG\r\n\x1a\n"),
        ("a.svg", b'<?xml version="1.0" encoding="UTF-8"?>\n<svg '),
        ("a.dot", b"digraph nanograd {"),
        ("a.gv", b"digraph nanograd {"),
    ],
)
def test_the_ending_of_the_name_chooses_the_format(drawing, tmp_path, name, beginning):
    path = drawing.save(tmp_path / name)
    assert path.read_bytes().startswith(beginning)
    assert [file.name for file in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize("name", ["a.jpg", "a.pdf", "svg", "a", "a.svg.gz"])
def test_another_ending_is_refused_before_anything_is_written(drawing, tmp_path, name):
    with pytest.raises(ArgumentError, match=r"not supported: use \.png, \.svg, \.dot or \.gv"):
        drawing.save(tmp_path / "folder" / name)
    assert list(tmp_path.iterdir()) == []


def test_another_format_is_refused(drawing):
    with pytest.raises(ArgumentError, match=r"render\('pdf'\).*use \.png"):
        drawing.render("pdf")


def test_folders_on_the_way_are_made(drawing, tmp_path):
    assert drawing.save(str(tmp_path / "new" / "er" / "a.dot")).exists()


def test_a_failed_picture_leaves_the_old_file_and_nothing_else(drawing, tmp_path, monkeypatch):
    path = tmp_path / "a.svg"
    path.write_text("old")

    def fail(*_):
        raise RenderError("no")

    monkeypatch.setattr(_drawing, "render", fail)
    with pytest.raises(RenderError):
        drawing.save(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_write_leaves_the_old_file_and_nothing_else(drawing, tmp_path, monkeypatch):
    path = tmp_path / "a.dot"
    path.write_text("old")

    def interrupt(self, target):
        raise KeyboardInterrupt

    monkeypatch.setattr("pathlib.Path.replace", interrupt)
    with pytest.raises(KeyboardInterrupt):
        drawing.save(path)
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.skipif(os.name != "posix", reason="permissions and links of POSIX")
def test_a_file_that_is_written_again_keeps_its_permissions_and_its_link(drawing, tmp_path):
    path = tmp_path / "a.dot"
    path.write_text("old")
    path.chmod(0o640)
    link = tmp_path / "link.dot"
    link.symlink_to(path)
    drawing.save(link)
    assert link.is_symlink()
    assert path.read_text(encoding="utf-8") == drawing.dot
    assert path.stat().st_mode & 0o777 == 0o640


def test_an_error_names_the_file_that_was_asked_for(drawing, tmp_path):
    folder = tmp_path / "a.dot"
    folder.mkdir()
    with pytest.raises(OSError, match=r"a\.dot'$") as caught:
        drawing.save(folder)
    assert caught.value.filename == str(folder)
    assert list(tmp_path.iterdir()) == [folder]


def test_a_path_that_cannot_be_written_says_so(drawing, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OSError, match="file"):
        drawing.save(tmp_path / "file" / "a.dot")


def test_notebooks_show_the_svg(drawing):
    bundle = drawing._repr_mimebundle_()
    assert bundle == {"image/svg+xml": drawing.svg(), "text/plain": repr(drawing)}


def test_the_repr_is_short(drawing, minibatch):
    assert repr(drawing) == "<Drawing: 8 values, 4 operations>"
    assert repr(draw_graph(minibatch, depth=1)) == "<Drawing: 1 value, 5 blocks>"


def test_an_svg_needs_nothing_else(drawing):
    svg = drawing.svg()
    assert not re.findall(r"href|url\(|<style|<script|<image|<!DOCTYPE|<\?", svg)
    assert svg.count("http://") == 2  # the names of the two languages


def test_every_element_of_an_svg_has_a_stable_id_and_a_readable_title(drawing):
    svg = ET.fromstring(drawing.svg())
    titles = {group.get("id"): group.findtext(f"{SVG}title") for group in svg.iter(f"{SVG}g")}
    assert titles["n1"] == "b\ndata = 2\ngrad = 33.0"
    assert titles["o2"] == "d = a * b"
    assert titles["n1_o2_1"] == "b to *\nlocal derivative 5.0"
    assert titles["o2_n2"] == "* to d"
    assert svg.get("aria-label") == "8 values, 4 operations"
    assert svg.get("viewBox")


def test_titles_of_blocks_tell_their_size(minibatch):
    svg = draw_graph(minibatch, depth=1).svg()
    assert "MLP\nuse 1 of 3\n6 operations, 1 constant\n" in svg
    assert "<title>4 edges</title>" in svg


def test_an_operation_is_called_by_its_formula_and_its_part_of_the_model():
    x = ScalarValue(1.0, label="x")
    with scope("", kind="MLP"), scope("layers.0", kind="Layer"):
        y = -x
    assert "<title>-1 = neg(x)\nin layers.0 (Layer)</title>" in draw_graph(y).svg()


def test_small_pictures_have_twice_the_resolution(drawing, monkeypatch):
    resolutions = []

    def remember(dot, format, dpi):
        resolutions.append(dpi)
        return b"\x89PNG\r\n\x1a\n"

    monkeypatch.setattr(_engines, "find_engine", lambda: remember)
    drawing.render("png")
    total = ScalarValue(0.0)
    for _ in range(100):
        total = total + ScalarValue(1.0)
    draw_graph(total).render("png")
    assert resolutions == [192, 96]
