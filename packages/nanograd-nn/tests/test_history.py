"""A history is a table that other programs read, and the display leaves nothing in a log."""

import csv
import io
import json
import math
import re
from fractions import Fraction

import pytest
from nanograd.engine import ArgumentError
from nanograd.nn import Linear, MSELoss, manual_seed
from nanograd.nn.data import DataLoader, IterableDataset, TensorDataset
from nanograd.nn.optim import SGD
from nanograd.nn.training import History, ProgressDisplay, Trainer, _progress
from nanograd.nn.training.metrics import R2Score
from rich.console import Console

ROWS = [
    {"epoch": 1, "loss": 0.1, "lr": 0.5},
    {"epoch": 2, "loss": 1 / 3, "lr": 0.5, "val_loss": math.nan},
    {"epoch": 3, "loss": 0.05, "lr": 0.25, "val_loss": math.inf},
]


def test_a_column_has_none_where_a_row_has_nothing():
    history = History(ROWS)
    assert history["val_loss"][:1] == [None]
    assert history["epoch"] == [1, 2, 3]
    assert list(history) == history.rows == ROWS
    assert len(history) == 3
    with pytest.raises(
        ArgumentError, match="the history has no column 'x'; it has epoch, loss, lr, val_loss"
    ):
        history["x"]
    with pytest.raises(ArgumentError, match="has no column 'x'; it has none"):
        History()["x"]


def test_the_best_row_is_the_first_of_the_best():
    history = History([*ROWS, {"epoch": 4, "loss": 0.05, "lr": 0.25}])
    assert history.best("loss")["epoch"] == 3
    assert history.best("loss", "max")["epoch"] == 2
    assert history.best()["epoch"] == 3  # nan is never the best
    with pytest.raises(ArgumentError, match="mode is 'min'"):
        history.best("loss", "least")
    with pytest.raises(ArgumentError, match="'val_loss' has no number that could be the best"):
        History(ROWS[1:2]).best()


def test_csv_has_every_digit(tmp_path):
    History(ROWS).to_csv(tmp_path / "history.csv")
    with (tmp_path / "history.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert [float(row["loss"]) for row in rows] == [0.1, 1 / 3, 0.05]
    assert [row["val_loss"] for row in rows] == ["", "nan", "inf"]
    assert rows[0]["epoch"] == "1"


def test_json_is_read_by_every_program(tmp_path):
    History(ROWS).to_json(tmp_path / "history.json")
    text = (tmp_path / "history.json").read_text(encoding="ascii")
    rows = json.loads(text, parse_constant=pytest.fail)
    assert rows[1] == {"epoch": 2, "loss": 1 / 3, "lr": 0.5, "val_loss": None}
    assert rows[0] == ROWS[0]


def test_numbers_of_numpy_are_plain_in_json(tmp_path):
    numpy = pytest.importorskip("numpy")
    row = {
        "epoch": numpy.int64(1),
        "loss": numpy.float32(0.5),
        "f1": Fraction(1, 4),
        "nan": numpy.float32("nan"),
    }
    History([row]).to_json(tmp_path / "history.json")
    rows = json.loads((tmp_path / "history.json").read_text(encoding="ascii"), parse_constant=pytest.fail)
    assert rows == [{"epoch": 1, "loss": 0.5, "f1": 0.25, "nan": None}]


def test_a_history_is_printed_as_a_table():
    history = History(ROWS[::2])
    lines = [
        "epoch     loss    lr  val_loss",
        "    1   0.1000   0.5          ",
        "    3  0.05000  0.25       inf",
    ]
    assert str(history).splitlines() == lines
    assert repr(history) == "History(2 epochs: epoch, loss, lr, val_loss)"
    console = Console(file=io.StringIO(), width=80)
    console.print(history)
    assert [line.split() for line in console.file.getvalue().splitlines()] == [line.split() for line in lines]


def test_the_best_loss_is_bold():
    console = Console(file=io.StringIO(), width=80, force_terminal=True, color_system="truecolor")
    console.print(History([{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.0}]))
    first, second = console.file.getvalue().splitlines()[1:]
    assert "\x1b[1;" in second
    assert "\x1b[1;" not in first


# ---- the display


def trained(console, epochs=3, verbose=False, loader=None, metrics=()):
    manual_seed(0)
    model = Linear(1, 1)
    display = ProgressDisplay(verbose, console)
    optimizer = SGD(model.parameters(), lr=0.1)
    trainer = Trainer(model, MSELoss(), optimizer, metrics=metrics, callbacks=[display])
    data = TensorDataset([[1.0], [2.0], [3.0], [4.0]], [[2.0], [4.0], [6.0], [8.0]])
    trainer.fit(DataLoader(data, 2) if loader is None else loader, epochs)
    return console.file.getvalue()


def terminal(**options):
    return Console(file=io.StringIO(), force_terminal=True, width=100, **options)


def screen(text):
    """Return the lines that a terminal shows in the end."""
    lines, row, column = [""], 0, 0
    for part in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|[\r\n]|[^\x1b\r\n]+", text):
        if part == "\n":
            row, column = row + 1, 0
            lines += [""] * (row == len(lines))
        elif part == "\r":
            column = 0
        elif part.endswith("A"):
            row -= int(part[2:-1])
        elif part == "\x1b[2K":
            lines[row] = ""
        elif not part.startswith("\x1b"):
            lines[row] = lines[row][:column].ljust(column) + part + lines[row][column + len(part) :]
            column += len(part)
    return [line.rstrip() for line in lines]


def test_nothing_is_printed_where_there_is_no_terminal(capsys):
    assert trained(Console(file=io.StringIO())) == ""
    model = Linear(1, 1)
    Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1)).fit([([[1.0]], [[1.0]])], 2)
    assert capsys.readouterr() == ("", "")


@pytest.mark.parametrize(
    "options", [{"_environ": {"TERM": "dumb"}}, {"force_jupyter": True}], ids=["dumb", "jupyter"]
)
def test_nothing_is_drawn_where_lines_cannot_be_drawn_over(options):
    console = Console(file=io.StringIO(), **({"force_terminal": True} | options))
    assert trained(console) == ""


def test_verbose_prints_a_plain_line_for_each_epoch(capsys):
    text = trained(Console(file=io.StringIO(), width=20), verbose=True)
    lines = text.splitlines()
    assert [line[:11] for line in lines] == ["epoch 1/3  ", "epoch 2/3  ", "epoch 3/3  "]
    assert re.fullmatch(r"epoch 1/3  loss [0-9.e+-]+  lr 0\.1", lines[0])
    assert "\x1b" not in text
    model = Linear(1, 1)
    Trainer(model, MSELoss(), SGD(model.parameters(), lr=0.1), verbose=True).fit([([[1.0]], [[1.0]])], 1)
    assert capsys.readouterr().out.startswith("epoch 1/1  loss ")


def test_a_terminal_shows_bars_and_numbers(monkeypatch):
    monkeypatch.setattr(_progress, "_SECONDS_BETWEEN", 0.0)
    drawn = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", trained(terminal()))
    assert re.search(
        r"epoch +0/3 +[━╺╸]+ +0:00:\d\d passed, 0:00:\d\d left *\nbatch +1/2 +[━╺╸]+ +loss [0-9.]+", drawn
    )
    assert re.search(r"epoch +3/3 +[━╺╸]+ +0:00:\d\d passed, 0:00:00 left *\nbatch +0/2 +[━╺╸]+ ", drawn)


def test_the_bars_go_and_the_table_stays():
    lines = screen(trained(terminal()))
    assert lines[0].split() == ["epoch", "loss", "lr"]
    assert [line.split()[0] for line in lines[1:4]] == ["1", "2", "3"]
    assert not any(lines[4:])


def test_a_long_training_keeps_about_twenty_rows():
    lines = screen(trained(terminal(), epochs=46, metrics=[R2Score()]))
    assert [line.split()[0] for line in lines[1:] if line] == ["1", *map(str, range(3, 46, 3)), "46"]


def test_a_loader_without_length_is_counted():
    class Stream(IterableDataset):
        def __iter__(self):
            return iter([([1.0], [2.0])] * 3)

    drawn = trained(terminal(), epochs=1, loader=DataLoader(Stream()))
    assert re.search("batch  0 +\\n", drawn)
    assert screen(drawn)[1].split()[0] == "1"


def test_an_error_ends_the_display():
    console = terminal()
    with pytest.raises(ArgumentError):
        trained(console, loader=[([[1.0]], [[1.0]]), ([[1.0]],)])
    drawn = console.file.getvalue()
    assert drawn.rindex("\x1b[?25h") > drawn.rindex("\x1b[?25l")  # the cursor is shown again
    assert not any(screen(drawn))
