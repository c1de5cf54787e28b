"""Programs that are compiled again and again: a warning that says why, and only so many are kept."""

import gc
import warnings
import weakref
from concurrent.futures import ThreadPoolExecutor

import pytest
from nanograd.compile import RecompileWarning, TrainingStep, compiled
from nanograd.compile._programs import FEW, MOST, Programs
from nanograd.engine import ScalarValue, sum_

CURES = {"sizes": "Pad.", "values": "Cut.", "kinds": "Choose."}


class Program:
    """Stands for a program."""


def programs(count, **expected):
    """Return programs, and those that were kept, for lists of 0, 1, 2, ... numbers."""
    kept = Programs("f()", CURES, **expected)
    made = [Program() for _ in range(count)]
    for number, program in enumerate(made):
        kept.keep(None, ((list, *[None] * number),), program, ["x"])
    return kept, made


def of_length(kept, number):
    return kept.find(None, ((list, *[None] * number),))


def test_the_ninth_program_warns_once_and_says_how_they_differ():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        programs(FEW)
    expected = (
        r"^f\(\) has compiled 9 programs, as what it is given differs in more than numbers "
        r"\(x has 0, 1, 2, 3, \.\.\. items\)\. Each new structure is traced and compiled, which takes longer "
        r"than many calls, and the 256 programs that were used last are kept\. Pad\.$"
    )
    with pytest.warns(RecompileWarning, match=expected) as caught:
        programs(FEW + 5)
    assert len(caught) == 1
    assert caught[0].filename == __file__


def test_groups_are_counted_by_themselves():
    kept = Programs("f()", CURES)
    for group in range(FEW + 1):
        kept.keep(group, (None,), Program(), ["x"])
    assert len(kept) == FEW + 1


def test_the_programs_that_were_used_last_are_kept():
    kept, made = programs(MOST, expected=MOST)
    assert of_length(kept, 0) is made[0]
    with pytest.warns(RecompileWarning, match="compiled 257 programs"):
        kept.keep(None, ((tuple,),), Program(), ["x"])
    assert len(kept) == MOST
    assert of_length(kept, 1) is None
    assert [of_length(kept, number) for number in (0, 2, MOST - 1)] == [made[0], made[2], made[-1]]


def test_what_is_not_kept_is_freed():
    kept, made = programs(MOST, expected=2 * MOST)
    alive = [weakref.ref(program) for program in made]
    made.clear()
    for number in range(10):
        kept.keep(None, ((tuple, *[None] * number),), Program(), ["x"])
    gc.collect()
    assert sum(reference() is None for reference in alive) == 10
    kept.clear()
    gc.collect()
    assert not any(reference() for reference in alive)


def test_programs_are_found_while_others_are_kept():
    kept, made = programs(MOST, expected=10 * MOST)

    def look(number):
        return all(of_length(kept, number) in {None, made[number]} for _ in range(200))

    with ThreadPoolExecutor(4) as pool:
        found = [pool.submit(look, number) for number in range(20)]
        for number in range(MOST):
            kept.keep(None, ((tuple, *[None] * number),), Program(), ["x"])
        assert all(result.result() for result in found)
    assert len(kept) == MOST


def test_a_function_that_is_compiled_for_every_length_says_so():
    total = compiled(lambda x, y: sum_([a * y for a in x]))
    with pytest.warns(
        RecompileWarning, match=r"<lambda>\(\) has compiled 9 .* \(x has 1, 2, 3, 4, \.\.\. items\)"
    ) as caught:
        sums = [total([2.0] * length, 3.0) for length in range(1, 12)]
    assert sums == [6.0 * length for length in range(1, 12)]
    assert len(caught) == 1
    assert caught[0].filename == __file__
    assert str(caught[0].message).endswith(
        "Give it arguments of one size, such as lists that are padded to one length."
    )


def test_a_function_that_is_compiled_for_every_word_is_told_of_static_arguments():
    def weighed(x, how):
        return x * len(how)

    words = ["a" * length for length in range(1, 11)]
    often = compiled(weighed)
    with pytest.warns(
        RecompileWarning, match=r"\(how is 'a', 'aa', .* or name an argument in compiled\(static="
    ):
        found = [often(1.0, word) for word in words]
    assert found == list(range(1, 11))
    meant = compiled(static=["how"])(weighed)  # no warning, which would be an error
    assert [meant(1.0, word) for word in words] == list(range(1, 11))


class Scores:
    """A model with a score for each class, and the optimizer of its scores."""

    def __init__(self):
        self.scores = [ScalarValue(float(number)) for number in range(12)]
        self.param_groups, self.defaults, self.state = [{"params": self.scores, "lr": 0.1}], {"lr": 0}, {}

    def parameters(self):
        return self.scores

    def __call__(self, x):
        return [score * x[0] for score in self.scores]

    @staticmethod
    def rule(m, parameter, gradient, state, *, lr):
        return parameter - lr * gradient, {}


def score_of_label(outputs, label):
    return outputs[label] * 1.0


def test_labels_that_change_from_batch_to_batch_are_told_of_batch():
    model = Scores()
    step = TrainingStep(model, score_of_label, model)
    with pytest.warns(
        RecompileWarning, match=r"^TrainingStep has .* \(y is 0, 1, 2, 3, .* take batch=True"
    ) as caught:
        losses = [step([1.0], label) for label in range(12)]
    assert losses == list(range(12))
    assert len(caught) == 1
    step.sync()
    assert [score.data for score in model.scores] == pytest.approx([number - 0.1 for number in range(12)])


def test_a_step_of_single_samples_has_a_program_for_each_label_without_a_warning():
    model = Scores()
    step = TrainingStep(model, score_of_label, model, batch=True)
    for _ in range(2):
        step([[1.0]] * 12, list(range(12)))
    step.sync()
    assert [score.data for score in model.scores] == pytest.approx(
        [number - 0.2 / 12 for number in range(12)]
    )


def test_a_step_of_single_samples_warns_where_it_would_forget_programs(monkeypatch):
    monkeypatch.setattr("nanograd.compile._programs.MOST", 5)
    monkeypatch.setattr("nanograd.compile._training_step.MOST", 5)
    model = Scores()
    step = TrainingStep(model, score_of_label, model, batch=True)
    step([[1.0]] * 5, list(range(5)))
    with pytest.warns(
        RecompileWarning, match=r"^TrainingStep\(batch=True\) has compiled 6 .* \(y is 0, 1, 2, 3, \.\.\.\)\."
    ):
        step([[1.0]] * 12, list(range(12)))


def test_a_warning_that_is_an_error_leaves_the_weights_and_the_next_call_works():
    model = Scores()
    step = TrainingStep(model, score_of_label, model)
    for label in range(FEW):
        step([1.0], label)
    with pytest.raises(RecompileWarning):
        step([1.0], FEW)
    step.sync()
    assert model.scores[FEW].data == float(FEW)
    step([1.0], FEW)
    step.sync()
    assert model.scores[FEW].data == pytest.approx(FEW - 0.1)
