"""The live page of the documentation: its programs, and what runs them and the readers' own.

They are files of the repository, so these tests are skipped where there is only a wheel. The page itself is
looked at by ``browser/test_live.py``.
"""

import json
import runpy
from pathlib import Path
from types import SimpleNamespace

import pytest
from nanograd.viz import RenderError, _engines, draw_graph

DOCS = Path(__file__).parents[3] / "docs"
if not (DOCS / "live").is_dir():
    pytest.skip("not in a checkout", allow_module_level=True)

PROGRAMS = {path.stem: path.read_text(encoding="utf-8") for path in sorted(DOCS.glob("live/*.py"))}
RUNNER = DOCS / "_static" / "live" / "program.py"
IMPORT = "from nanograd.engine import ScalarValue\n"


@pytest.fixture(scope="module")
def program():
    return SimpleNamespace(**runpy.run_path(str(RUNNER)))


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_ready_program_runs(program, name):
    outcome = program.run(PROGRAMS[name])
    assert bool(outcome.error) == (name == "error")
    assert bool(outcome.rows) == (name != "error")
    assert set(outcome.drawings) == (set() if name == "error" else {"light", "dark"})
    assert outcome.remarks == []


def test_the_numbers_are_those_that_the_pages_text_names(program):
    rows = {name: tuple(numbers) for name, _, *numbers in program.run(PROGRAMS["expression"]).rows}
    assert rows["b"] == ("2", "33")  # a * f + e = 5 * 4 + 13
    assert rows["out"] == ("52", "1")
    assert program.run(PROGRAMS["second_derivative"]).printed == "dy/dx = 27.0, d²y/dx² = 18.0\n"
    assert program.run(PROGRAMS["descent"]).printed.splitlines()[1:3] == [
        " 1: w = 1.8000, loss = 1.4400, gradient = -2.4000",
        " 2: w = 2.5200, loss = 0.2304, gradient = -0.9600",
    ]
    failed = program.run(PROGRAMS["error"])
    assert failed.error.startswith("nanograd.engine.DomainError: log(-0.5) is nan (at program.py:")
    assert PROGRAMS["error"].splitlines()[failed.line - 1] == "    out = p.log() + x"


def test_rows_are_name_formula_data_and_gradient(program):
    outcome = program.run(IMPORT + "x = ScalarValue(2.0)\nout = x * 3 + x\nout.backward()")
    assert outcome.rows == [("x", "", "2", "4"), ("v1", "x * 3", "6", "1"), ("out", "v1 + x", "8", "1")]


def test_a_label_is_kept_and_another_value_gets_the_name_of_its_first_variable(program):
    source = (
        IMPORT + "_hidden = ScalarValue(1.0)\nx = y = ScalarValue(2.0)\nz = ScalarValue(3.0, label='given')\n"
    )
    outcome = program.run(source + "out = _hidden * x * z\nout.backward()")
    assert [row[0] for row in outcome.rows] == ["v1", "x", "v2", "given", "out"]


@pytest.mark.parametrize(
    ("source", "line", "error"),
    [
        ("x = 1\ny = (", 2, "SyntaxError: '(' was never closed"),
        ("x = 1\n\nundefined", 3, "NameError: name 'undefined' is not defined"),
        ("import sys\nsys.exit('enough')", 2, "SystemExit: enough"),
        ("raise KeyboardInterrupt", 1, "KeyboardInterrupt"),
        ("def f():\n    return 1 / 0\n\nf()", 2, "ZeroDivisionError: division by zero"),
        (IMPORT + "ScalarValue('a')", 2, "NumberTypeError"),
        ("while True:\n    print('x' * 99)", 2, "this page shows the first 20,000 characters: print less"),
    ],
)
def test_an_error_is_told_with_its_line(program, source, line, error):
    outcome = program.run(source)
    assert error in outcome.error
    assert outcome.line == line
    assert outcome.rows == []
    assert outcome.drawings == {}


def test_what_was_printed_before_an_error_is_shown(program):
    outcome = program.run("import sys\nprint('before')\nprint('and here', file=sys.stderr)\n1 / 0")
    assert outcome.printed == "before\nand here\n"
    assert outcome.error == "ZeroDivisionError: division by zero"


@pytest.mark.parametrize("source", ["print('a' * 30_000)", "for _ in range(30_000): print('a', end='')"])
def test_of_too_much_that_is_printed_the_beginning_is_shown(program, source):
    outcome = program.run(source)
    assert len(outcome.printed) == 20_000
    assert outcome.error.endswith("this page shows the first 20,000 characters: print less")


def test_what_was_printed_is_shown_if_the_program_closed_it(program):
    assert program.run("import sys\nprint(1)\nsys.stdout.close()").printed == "1\n"


@pytest.mark.parametrize(
    ("source", "remark"),
    [
        ("x = 1", "Nothing is drawn. Call the result 'out', and its graph is shown here."),
        ("out = 5.0", "'out' is not drawn: draw_graph"),
        ("out = []", "'out' is not drawn: draw_graph"),
        (
            IMPORT + "out = ScalarValue(1.0) * 2",
            "No gradients yet: the program does not call out.backward().",
        ),
    ],
)
def test_what_is_missing_is_said(program, source, remark):
    (said,) = program.run(source).remarks
    assert said.startswith(remark)


def test_a_large_graph_has_the_end_of_its_table_and_no_drawing(program):
    source = IMPORT + "x = out = ScalarValue(1.0)\nfor _ in range(2000):\n    out = out + x\nout.backward()"
    outcome = program.run(source)
    assert outcome.drawings == {}
    assert outcome.remarks[0].startswith("'out' is not drawn: the graph has 2,001 values")
    assert outcome.remarks[1] == "The table has the last 100 of 2,001 values."
    assert len(outcome.rows) == 100
    assert outcome.rows[-1] == ("out", "v1999 + x", "2001", "1")


def test_a_graph_that_a_browser_draws_too_long_has_its_table_alone(program):
    source = IMPORT + "out = ScalarValue(1.0)\nfor _ in range({}):\n    out = out + out\nout.backward()"
    assert program.run(source.format(299)).drawings
    outcome = program.run(source.format(300))
    assert outcome.drawings == {}
    assert outcome.remarks[0].startswith("'out' is not drawn: the graph has 301 values")


def test_several_results_are_drawn_together(program):
    outcome = program.run(IMPORT + "x = ScalarValue(1.0)\nout = [x * 2, x * 3]\nfor o in out: o.backward()")
    assert [row[2:] for row in outcome.rows] == [("1", "5"), ("2", "1"), ("3", "1")]
    assert outcome.drawings


def test_nothing_is_left_to_the_next_program(program):
    assert (
        program.run(
            "kept = 1\n" + IMPORT + "from nanograd.engine import no_grad\nno_grad().__enter__()"
        ).error
        == ""
    )
    after = program.run(
        IMPORT + "x = ScalarValue(2.0)\nout = x * x\nout.backward()\nprint('kept' in globals())"
    )
    assert after.printed == "False\n"
    assert after.rows[0] == ("x", "", "2", "4")


def test_an_outcome_goes_through_json(program):
    outcome = program.run(IMPORT + "x = ScalarValue(float('inf'))\nout = x * 2\nout.backward()\nprint('ä')")
    sent = json.loads(outcome.json())
    assert sent["printed"] == "ä\n"
    assert sent["rows"] == [list(row) for row in outcome.rows]


def test_another_program_can_lay_graphs_out(program, expression_graph, monkeypatch):
    monkeypatch.setattr(_engines, "find_engine", _engines.find_engine)  # given back afterwards
    seen = []
    program.draw_with(lambda dot: seen.append(dot) or "<svg id='made'></svg>")
    drawing = draw_graph(expression_graph)
    assert "id='made'" in drawing.svg()
    assert seen == [drawing.dot]
    with pytest.raises(RenderError, match=r"in a browser a drawing is an SVG: save it as \.svg or \.dot"):
        drawing.render("png")


@pytest.fixture
def expression_graph():
    from nanograd.engine import ScalarValue

    return ScalarValue(2.0, label="a") * 3
