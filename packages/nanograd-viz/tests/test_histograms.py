from __future__ import annotations

import io
import math
from types import SimpleNamespace

import pytest
from nanograd.engine import ArgumentError
from nanograd.viz import NotAModelError
from nanograd.viz.plots import HistogramRecorder, plot_histograms
from nanograd.viz.plots._histograms import _counts, _edges


@pytest.fixture
def recorder(chain):
    recorder = HistogramRecorder()
    for epoch in range(1, 6):
        for parameter in chain.parameters():
            parameter.data = parameter.data + 0.1
            parameter.grad = parameter.data * 2
        recorder.record(chain, epoch)
    return recorder


# ---- recording


def test_a_record_is_of_its_time(chain):
    recorder = HistogramRecorder()
    dense = chain._parts[1][1]
    dense.b[0].grad = 5.0
    expected = [parameter.data for parameter in dense.parameters()]
    recorder.record(chain)
    dense.b[0].data = 100.0
    (moment,) = recorder.moments
    assert moment.epoch == 1
    assert list(moment.weights) == ["0", "1"]
    assert list(moment.weights["1"]) == expected
    assert list(moment.gradients["1"]) == [5.0]  # of those that have one
    assert list(moment.gradients["0"]) == []


def test_parameters_of_the_model_itself_have_its_name_and_shared_ones_count_once(make_part, make_dense):
    dense = make_dense(1, 1)
    own = make_dense(2, 1).parameters()
    recorder = HistogramRecorder()
    recorder.record(make_part([("a", dense), ("b", dense)], parameters=own))
    (moment,) = recorder.moments
    assert {name: len(numbers) for name, numbers in moment.weights.items()} == {"a": 2, "Part": 3}


def test_a_callback_records_after_every_epoch(chain):
    recorder = HistogramRecorder(most=3)
    trainer = SimpleNamespace(model=chain)
    recorder.on_fit_start(trainer)
    for epoch in range(1, 11):
        recorder.on_epoch_start(trainer)
        recorder.on_batch_end(trainer, 0.5)
        recorder.on_epoch_end(trainer, {"epoch": epoch})
    recorder.on_fit_end(trainer)
    recorder.on_exception(trainer, KeyboardInterrupt())
    recorder.load_state_dict(recorder.state_dict())
    epochs = [moment.epoch for moment in recorder.moments]
    assert len(epochs) <= 3
    assert (epochs[0], epochs[-1]) == (1, 10)
    assert repr(recorder).endswith("moments of 0, 1>")
    assert recorder.runs_last is False


@pytest.mark.parametrize("most", [1, 0, True, "a"])
def test_the_number_of_moments_is_checked(most):
    with pytest.raises(ArgumentError, match=r"HistogramRecorder\(most="):
        HistogramRecorder(most)


def test_what_has_no_parameters_is_refused(make_part):
    with pytest.raises(ArgumentError, match="got a Part without parameters"):
        HistogramRecorder().record(make_part())
    with pytest.raises(NotAModelError, match=r"HistogramRecorder.record\(model\)"):
        HistogramRecorder().record([1.0])


# ---- drawing


@pytest.mark.parametrize("kind", ["ridge", "heat"])
def test_each_part_has_its_weights_and_gradients(recorder, kind):
    figure = plot_histograms(recorder, kind=kind)
    figure.savefig(io.BytesIO(), format="png", dpi=30)
    titles = ["0: weights", "0: gradients", "1: weights", "1: gradients"]
    assert [axes.get_title() for axes in figure.axes] == titles


def test_a_ridge_has_a_curve_for_each_moment_named_by_its_epoch(recorder):
    axes = plot_histograms(recorder).axes[0]
    assert len(axes.lines) == 5
    assert [label.get_text() for label in axes.get_yticklabels()] == ["1", "2", "3", "4", "5"]
    peaks = [line.get_xdata()[line.get_ydata().argmax()] for line in axes.lines]
    assert peaks == sorted(peaks)
    assert peaks[-1] - peaks[0] == pytest.approx(0.4, abs=0.05)


def test_of_many_moments_a_ridge_shows_the_first_the_last_and_some_between(chain):
    recorder = HistogramRecorder()
    for epoch in range(100):
        recorder.record(chain, epoch)
    labels = [label.get_text() for label in plot_histograms(recorder).axes[0].get_yticklabels()]
    assert len(labels) == 12
    assert (labels[0], labels[-1]) == ("0", "99")


def test_a_heat_map_has_a_column_for_each_moment(recorder):
    mesh = plot_histograms(recorder, kind="heat").axes[0].collections[0]
    assert mesh.get_array().shape == (64, 5)
    assert mesh.get_array().max() == 1


def test_counts_fall_into_their_bins_and_far_ones_to_the_edges():
    counts = _counts([0.0, 0.5, 1.0, -9.0, 9.0, 0.999], (0.0, 1.0))
    assert sum(counts) == 6
    assert (counts[0], counts[32], counts[63]) == (2, 1, 3)


def test_columns_reach_halfway_to_their_neighbors():
    assert _edges([1]) == [0.5, 1.5]
    assert _edges([1, 2, 4]) == [0.5, 1.5, 3.0, 5.0]


@pytest.mark.parametrize("kind", ["ridge", "heat"])
@pytest.mark.parametrize("odd", [math.nan, math.inf, 10**400, 0.0, 1e-300, 1e300])
def test_odd_numbers_are_drawn_and_counted(chain, kind, odd):
    dense = chain._parts[1][1]
    for parameter in dense.parameters():
        parameter.data = odd
    figure = plot_histograms(chain, kind=kind)
    figure.savefig(io.BytesIO(), format="png", dpi=30)
    finite = isinstance(odd, float) and math.isfinite(odd)
    assert figure.axes[2].get_title() == ("1: weights" if finite else "1: weights, 4 not finite")
    assert [text.get_text() for text in figure.axes[2].texts] == ([] if finite else ["no weights"])


def test_a_model_without_gradients_says_so(chain):
    figure = plot_histograms(chain, show=["gradients"])
    assert [axes.texts[0].get_text() for axes in figure.axes] == ["no gradients"] * 2


def test_an_empty_recorder_and_many_parts_are_refused(make_part, make_dense):
    with pytest.raises(ArgumentError, match="got a recorder without records"):
        plot_histograms(HistogramRecorder())
    many = make_part([(f"p{n}", make_dense(1, 1)) for n in range(9)])
    with pytest.raises(ArgumentError, match="has 9 parts, and a figure shows up to 8"):
        plot_histograms(many)
    with pytest.raises(NotAModelError):
        plot_histograms(3)


@pytest.mark.parametrize(
    "option", [{"kind": "pie"}, {"show": "weights"}, {"show": []}, {"show": ["bias"]}], ids=str
)
def test_options_are_checked(chain, option):
    (name,) = option
    with pytest.raises(ArgumentError, match=rf"plot_histograms\({name}="):
        plot_histograms(chain, **option)
