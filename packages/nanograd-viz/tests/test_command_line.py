from __future__ import annotations

import subprocess
import sys
from importlib.metadata import version

import pytest
from nanograd.engine import ScalarValue
from nanograd.viz import draw_graph, save_graph_json
from nanograd.viz._command_line import main


@pytest.fixture
def graph(expression, tmp_path):
    return save_graph_json(expression, tmp_path / "graph.json")


@pytest.mark.parametrize(
    ("name", "beginning"),
    [
        ("a.svg", b"<?xml"),
        ("a.png", b"\x89PNG"),
        ("a.dot", b"digraph nanograd {"),
        ("a.gv", b"digraph nanograd {"),
        ("a.html", b"<!DOCTYPE html>"),
        ("a.htm", b"<!DOCTYPE html>"),
        ("a.TXT", b"name"),
    ],
)
def test_the_ending_of_the_output_chooses_the_format(graph, tmp_path, capsys, name, beginning):
    output = tmp_path / "new" / name
    assert main([str(graph), "-o", str(output)]) == 0
    assert output.read_bytes().startswith(beginning)
    assert capsys.readouterr() == ("", "")


def test_options_are_those_of_draw_graph(graph, expression, tmp_path):
    output = tmp_path / "a.dot"
    options = ["--rankdir", "TB", "--show", "label, grad", "--precision", "2", "--theme", "dark"]
    assert main([str(graph), "--output", str(output), *options]) == 0
    expected = draw_graph(expression, rankdir="TB", show=("label", "grad"), precision=2, theme="dark")
    assert output.read_text(encoding="utf-8") == expected.dot


def test_depth_draws_blocks(minibatch, tmp_path):
    graph = save_graph_json(minibatch, tmp_path / "graph.json")
    assert main([str(graph), "-o", str(tmp_path / "a.dot"), "--depth", "1"]) == 0
    assert (tmp_path / "a.dot").read_text(encoding="utf-8") == draw_graph(minibatch, depth=1).dot


def test_without_an_output_a_table_is_printed(graph, capsys):
    assert main([str(graph), "--precision", "1"]) == 0
    printed, errors = capsys.readouterr()
    assert printed.splitlines()[0].split() == ["name", "formula", "data", "grad", "scope"]
    assert next(line.split() for line in printed.splitlines() if line.startswith("d ")) == [
        "d",
        "a",
        "*",
        "b",
        "10",
        "4",
    ]
    assert errors == ""


def test_a_table_in_a_file_is_the_printed_one(graph, tmp_path, capsys):
    main([str(graph), "-o", str(tmp_path / "a.txt")])
    main([str(graph)])
    printed = [line.split() for line in capsys.readouterr().out.splitlines()]
    assert [line.split() for line in (tmp_path / "a.txt").read_text(encoding="utf-8").splitlines()] == printed


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["-o", "a.pdf"], "'a.pdf' ends in no format that can be written: use .svg, .png"),
        (["-o", "a"], "'a' ends in no format"),
        (["-o", "a.svg", "--depth", "0"], "draw_graph(depth=0) takes a number of levels"),
        (["-o", "a.svg", "--precision", "99"], "draw_graph(precision=99)"),
        (["-o", "a.svg", "--show", "color"], "draw_graph(show=('color',)) takes some of"),
        (["-o", "a.html", "--rankdir", "TB"], "--rankdir cannot be used for a .html file"),
        (["-o", "a.txt", "--depth", "1"], "--depth cannot be used for a table"),
    ],
)
def test_mistakes_are_told_on_stderr_with_exit_code_2(graph, tmp_path, monkeypatch, capsys, options, said):
    monkeypatch.chdir(tmp_path)
    assert main([str(graph), *options]) == 2
    printed, errors = capsys.readouterr()
    assert printed == ""
    assert errors.startswith("nanograd-viz: error: ")
    assert said in errors
    assert errors.count("\n") == 1
    assert list(tmp_path.iterdir()) == [graph]


def test_unknown_options_are_told_with_the_usage(graph, capsys):
    with pytest.raises(SystemExit) as ending:
        main([str(graph), "--theme", "blue"])
    assert ending.value.code == 2
    assert "invalid choice: 'blue'" in capsys.readouterr().err


def test_a_missing_file_is_told(tmp_path, capsys):
    assert main([str(tmp_path / "nothing.json")]) == 2
    assert "nothing.json: No such file or directory" in capsys.readouterr().err


@pytest.mark.parametrize("content", [b"", b"{}", b"[1", b"\xff\xfe\x00", b"[" * 100_000])
def test_a_file_that_holds_no_graph_is_told(tmp_path, capsys, content):
    (tmp_path / "a.json").write_bytes(content)
    assert main([str(tmp_path / "a.json"), "-o", str(tmp_path / "a.svg")]) == 2
    assert "save_graph_json" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["a.json"]


def test_a_place_that_cannot_be_written_is_told(graph, capsys):
    assert main([str(graph), "-o", str(graph / "a.svg")]) == 2
    assert "graph.json" in capsys.readouterr().err
    assert [path.name for path in graph.parent.iterdir()] == ["graph.json"]


def test_a_folder_is_no_graph(tmp_path, capsys):
    assert main([str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("nanograd-viz: error: ")


def test_labels_are_data(tmp_path, capsys):
    x = ScalarValue(1.0, label="[bold]<script>\0\u202e\x1b[31m" + "a" * 100_000)
    graph = save_graph_json(x * x, tmp_path / "graph.json")
    assert main([str(graph)]) == 0
    printed = capsys.readouterr().out
    assert "[bold]<script>" in printed
    assert not set(printed) & {"\0", "\u202e", "\x1b"}
    assert len(printed) < 2_000


def test_the_module_is_a_program(graph):
    command = [sys.executable, "-m", "nanograd.viz"]
    shown = subprocess.run([*command, "--version"], capture_output=True, text=True, check=True)
    assert shown.stdout == f"nanograd-viz {version('nanograd-viz')}\n"
    failed = subprocess.run(
        [*command, str(graph), "-o", "a.pdf"], capture_output=True, text=True, check=False
    )
    assert failed.returncode == 2
    assert "Traceback" not in failed.stderr
