"""check_causal passes what looks back alone, and names where a model looks into the future."""

import pytest
from nanograd.engine import ArgumentError, NumberTypeError, dot, no_grad, softmax
from nanograd.engine.testing import CheckFailedError, check_causal


def attend(query, rows):
    weights = softmax([dot(query, row) for row in rows])
    return [dot(weights, column) for column in zip(*rows, strict=True)]


def seen(end, start=lambda place: 0):
    def model(rows):
        return [attend(row, rows[start(place) : end(place)]) for place, row in enumerate(rows)]

    return model


causal = seen(lambda place: place + 1)


def recurrent(rows):
    state, outputs = 0.5, []
    for row in rows:
        state = (state * 0.5 + dot(row, row)).tanh()
        outputs.append(state)
    return outputs


@pytest.mark.parametrize("model", [causal, recurrent, lambda rows: tuple(causal(rows))])
def test_what_looks_back_passes(model):
    found = "4 outputs depend on what came before them, and on nothing later"
    assert repr(check_causal(model)) == f"check_causal: {found}"


def test_inputs_can_be_given():
    assert check_causal(causal, [[1.0, 2.0], [0.5, -1.0]]).found.startswith("2 outputs")


def without_the_graph(rows):
    with no_grad():
        return causal(rows)


def own_or_earlier(rows):
    return [attend(row, rows[:place]) if place else list(row) for place, row in enumerate(rows)]


def without_own(rows):
    return [[dot(row, row) for row in rows[:place]] or [0.0] for place in range(len(rows))]


def without_first(rows):
    return [attend(row, rows[min(1, place) : place + 1]) for place, row in enumerate(rows)]


@pytest.mark.parametrize(
    ("model", "problem", "hint"),
    [
        (seen(lambda place: 9), "output 0 depends on the later input 1", "sees the whole sequence"),
        (seen(lambda place: place + 2), "output 0 depends on the later input 1", "one place too many"),
        (seen(lambda place: 9, lambda place: place), "depends on the later input 1", "looks the wrong way"),
        (seen(lambda place: 3), "output 0 depends on the later input 1", "nothing but rows[:place+1]"),
        (lambda rows: list(map(list, rows)), "output 1 does not depend on input 0", "its own input alone"),
        (without_own, "output 0 does not depend on input 0", "ends before the place itself"),
        (without_first, "output 1 does not depend on input 0", "all of rows[:place+1]"),
        (without_the_graph, "output 0 does not depend on input 0", "leave the graph"),
        (lambda rows: causal(rows)[:3], "not an output for every input", "a vector for each place"),
        (lambda rows: None, "not an output for every input", "a vector for each place"),
    ],
    ids=[
        "all", "one too many", "wrong way", "other", "own alone", "not own", "not the first", "no graph",
        "three", "None",
    ],
)  # fmt: skip
def test_a_mistake_gets_its_own_hint(model, problem, hint):
    with pytest.raises(CheckFailedError) as caught:
        check_causal(model)
    assert problem in caught.value.problem
    assert hint in caught.value.hint


def test_wrong_inputs_are_refused():
    with pytest.raises(ArgumentError, match="takes two places or more"):
        check_causal(causal, [[1.0, 2.0]])
    with pytest.raises(NumberTypeError, match=r"check_causal\(inputs\) takes a real number and got str"):
        check_causal(causal, [["1"], ["2"]])
