from __future__ import annotations

import math

import pytest
from nanograd.engine import ArgumentError
from nanograd.viz.plots import plot_history

ROWS = [
    {"epoch": epoch, "loss": 1 / epoch, "val_loss": 1.5 / epoch, "accuracy": 1 - 0.5 / epoch, "lr": 0.1}
    for epoch in range(1, 31)
]


def lines(figure):
    return {
        axes.get_title(): {line.get_label(): list(map(tuple, line.get_xydata())) for line in axes.lines}
        for axes in figure.axes
    }


def test_each_column_has_a_panel_with_its_validation():
    found = lines(plot_history(ROWS))
    assert list(found) == ["loss", "accuracy"]
    assert found["loss"]["training"] == [(row["epoch"], row["loss"]) for row in ROWS]
    assert found["loss"]["validation"] == [(row["epoch"], row["val_loss"]) for row in ROWS]
    assert list(found["accuracy"]) == ["training"]


def test_validation_is_dashed_and_of_another_color():
    training, validation = plot_history(ROWS, ["loss"]).axes[0].lines
    assert (training.get_linestyle(), validation.get_linestyle()) == ("-", "--")
    assert (training.get_color(), validation.get_color()) == ("#00588f", "#9a3e00")


def test_a_legend_is_there_where_there_are_two_curves():
    loss, accuracy = plot_history(ROWS).axes
    assert [text.get_text() for text in loss.get_legend().get_texts()] == ["training", "validation"]
    assert accuracy.get_legend() is None


def test_columns_are_chosen():
    assert list(lines(plot_history(ROWS, columns=["lr", "loss", "lr"]))) == ["lr", "loss"]
    assert list(lines(plot_history([{"epoch": 1, "val_f1": 0.5}]))) == ["f1"]


def test_a_logarithmic_scale_is_for_positive_numbers_of_many_sizes():
    loss, accuracy = plot_history(ROWS, log=True).axes
    assert (loss.get_yscale(), accuracy.get_yscale()) == ("log", "linear")
    (signed,) = plot_history([{"loss": -1.0}, {"loss": 2.0}], log=True).axes
    assert signed.get_yscale() == "linear"
    assert plot_history(ROWS).axes[0].get_yscale() == "linear"


def test_a_loss_begins_at_0():
    assert plot_history(ROWS).axes[0].get_ylim()[0] == 0
    assert plot_history([{"loss": -1.0}, {"loss": 2.0}]).axes[0].get_ylim()[0] < -1


@pytest.mark.parametrize("odd", [math.nan, math.inf, -math.inf, None, 10**400, "a", True])
def test_what_cannot_be_drawn_is_a_gap(odd):
    rows = [{"loss": 1.0}, {"loss": odd if odd is not True else None}, {"loss": 3.0}]
    numbers = [y for _, y in lines(plot_history(rows))["loss"]["training"]]
    assert numbers[0] == 1.0
    assert math.isnan(numbers[1])
    assert numbers[2] == 3.0
    assert plot_history(rows).axes[0].lines[0].get_marker() == "o"


def test_a_point_between_gaps_is_seen_in_a_long_curve():
    rows = [{"loss": 1.0 if n == 50 else math.nan} for n in range(100)]
    assert plot_history(rows).axes[0].lines[0].get_marker() == "o"
    assert plot_history(ROWS).axes[0].lines[0].get_marker() == ""


def test_a_single_epoch_is_a_point():
    (axes,) = plot_history([{"epoch": 7, "loss": 0.5}]).axes
    assert [tick.get_text() for tick in axes.get_xticklabels()] == ["7"]
    assert axes.lines[0].get_marker() == "o"


def test_a_history_without_a_finite_number_says_so():
    (axes,) = plot_history([{"loss": math.nan}, {"loss": math.inf}]).axes
    assert [text.get_text() for text in axes.texts] == ["no finite numbers"]


def test_rows_are_counted_where_they_have_no_epoch():
    assert lines(plot_history([{"loss": 2.0}, {"loss": 1.0}]))["loss"]["training"] == [(1, 2.0), (2, 1.0)]


@pytest.mark.parametrize(
    ("rows", "options", "text"),
    [
        (None, {}, "takes rows, a dict for each epoch, and got None"),
        ([], {}, "got no rows: draw after the first epoch"),
        ([1.0], {}, r"takes a dict of numbers for each epoch.*got 1.0"),
        ([{"epoch": 1, "lr": 0.1}], {}, "found nothing to draw: the rows hold epoch, lr"),
        ([{}], {}, "the rows hold no numbers"),
        (
            ROWS,
            {"columns": ["los"]},
            r"columns=\['los'\]\) takes a list of some of epoch, loss, accuracy, lr",
        ),
        (ROWS, {"columns": "loss"}, "takes a list of some of"),
        (ROWS, {"columns": []}, "takes a list of some of"),
        (ROWS, {"log": "yes"}, r"plot_history\(log='yes'\)"),
        ([{f"m{n}": 1.0 for n in range(13)}], {}, "has 13 columns, and a figure shows up to 12"),
    ],
)
def test_mistakes_are_refused(rows, options, text):
    with pytest.raises(ArgumentError, match=text):
        plot_history(rows, **options)
