"""L-BFGS takes PyTorch's steps, ends when it should, and leaves nothing half done."""

import functools
import json
import math
import re

import pytest
from nanograd.engine import ArgumentError, NanogradError, NumberTypeError, no_grad
from nanograd.nn import Parameter
from nanograd.nn.optim import LBFGS
from nanograd.nn.optim._strong_wolfe import Point, cubic_minimum, strong_wolfe

# Both parameters, the last loss, and the counts of evaluations and iterations, after 6 steps on Rosenbrock's
# function from (-1.5, 2). Computed by torch.optim.LBFGS of PyTorch 2.13.0 in float64.
PYTORCH = [
    ({"max_iter": 1, "lr": 0.05}, [-1.4530384715982188, 2.0148525115617413], 7.06241728327568, 6, 6),
    (
        {"line_search_fn": "strong_wolfe", "max_iter": 2},
        [-1.3967406364678434, 1.933623332355145],
        5.8311603749043,
        13,
        6,
    ),
    (
        {"line_search_fn": "strong_wolfe", "history_size": 2, "max_iter": 3},
        [-0.7856933735448901, 0.5877732335446438],
        3.8891949916316007,
        19,
        10,
    ),
    (
        {"lr": 0.02, "max_iter": 5, "history_size": 1},
        [-1.456842547546003, 2.0123525766132504],
        7.5496876523787355,
        30,
        30,
    ),
]


def rosenbrock(x, y):
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def problem(start=(-1.5, 2.0), function=rosenbrock, **options):
    parameters = [Parameter(number) for number in start]
    optimizer = LBFGS(parameters, **options)

    def closure():
        optimizer.zero_grad()
        loss = function(*parameters)
        loss.backward()
        return loss

    return parameters, optimizer, closure


@pytest.mark.parametrize(
    ("options", "reached", "loss", "evaluations", "iterations"), PYTORCH, ids=range(len(PYTORCH))
)
def test_six_steps_equal_pytorch(options, reached, loss, evaluations, iterations):
    parameters, optimizer, closure = problem(**options)
    for _ in range(6):
        last = optimizer.step(closure)
    assert [parameter.data for parameter in parameters] == pytest.approx(reached, rel=1e-9)
    assert last.data == pytest.approx(loss, rel=1e-9)
    state = optimizer.state[parameters[0]]
    assert (state["func_evals"], state["n_iter"]) == (evaluations, iterations)


@pytest.mark.parametrize(
    ("options", "reached", "loss", "evaluations", "iterations"), PYTORCH, ids=range(len(PYTORCH))
)
def test_a_run_continued_from_a_state_dict_is_the_same_run(options, reached, loss, evaluations, iterations):
    whole, optimizer, closure = problem(**options)
    for _ in range(6):
        optimizer.step(closure)
    half, optimizer, closure = problem(**options)
    for _ in range(3):
        optimizer.step(closure)
    saved = json.loads(json.dumps(optimizer.state_dict()))
    rest, optimizer, closure = problem([parameter.data for parameter in half], **options)
    optimizer.load_state_dict(saved)
    for _ in range(3):
        optimizer.step(closure)
    assert [parameter.data for parameter in rest] == [parameter.data for parameter in whole]


def test_a_parabola_is_solved_at_once():
    parameters, optimizer, closure = problem(
        (3.0, -5.0), lambda x, y: (x - 1) ** 2 + 4 * (y - 2) ** 2, line_search_fn="strong_wolfe"
    )
    optimizer.step(closure)
    assert [parameter.data for parameter in parameters] == pytest.approx([1.0, 2.0], abs=1e-5)


def test_a_step_ends_where_the_gradient_is_flat():
    parameters, optimizer, closure = problem((1.0, 1.0))
    calls = []
    loss = optimizer.step(lambda: calls.append(1) or closure())
    assert (loss.data, len(calls)) == (0.0, 1)
    assert optimizer.state[parameters[0]]["n_iter"] == 0


def test_a_step_keeps_to_max_eval():
    _, optimizer, closure = problem(max_iter=100, max_eval=7, line_search_fn="strong_wolfe")
    calls = []
    optimizer.step(lambda: calls.append(1) or closure())
    assert len(calls) == 7


def test_the_closure_records_gradients_also_inside_no_grad():
    parameters, optimizer, closure = problem(lr=0.01)
    with no_grad():
        optimizer.step(closure)
    assert parameters[0].data != -1.5


def test_a_parameter_that_the_loss_does_not_use_stays():
    parameters, optimizer, closure = problem((3.0, 7.0), lambda x, y: (x - 1) ** 2, lr=0.5)
    optimizer.step(closure)
    assert parameters[1].data == 7.0
    assert parameters[0].data == pytest.approx(1.0, abs=1e-3)


@pytest.mark.parametrize("line_search_fn", [None, "strong_wolfe"])
def test_after_an_error_of_the_closure_nothing_has_changed(line_search_fn):
    parameters, optimizer, closure = problem(line_search_fn=line_search_fn)
    optimizer.step(closure)
    before, state = [parameter.data for parameter in parameters], optimizer.state_dict()
    calls = []

    def fails():
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return closure()

    with pytest.raises(KeyboardInterrupt):
        optimizer.step(fails)
    assert [parameter.data for parameter in parameters] == before
    assert optimizer.state_dict() == state


@pytest.mark.parametrize("line_search_fn", [None, "strong_wolfe"])
def test_a_loss_that_is_nan_ends_the_step_and_is_not_hidden(line_search_fn):
    _, optimizer, closure = problem(
        (2.0, 1.0), lambda x, y: (x - 3.0).log() + y * y, line_search_fn=line_search_fn
    )
    assert math.isnan(optimizer.step(closure).data)


w = Parameter(1.0)
REFUSED = [
    ([w], {"lr": -1}, "Invalid learning rate: -1"),
    ([w], {"max_iter": 0}, "Invalid max_iter: 0; it is a number of times, an int of at least 1"),
    ([w], {"max_iter": 2.5}, "Invalid max_iter: 2.5"),
    ([w], {"max_eval": True}, "Invalid max_eval: True"),
    ([w], {"history_size": 0}, "Invalid history_size: 0"),
    ([w], {"line_search_fn": "armijo"}, "only 'strong_wolfe' is supported"),
    (
        [{"params": [w]}, {"params": [Parameter(2.0)]}],
        {},
        "LBFGS doesn't support per-parameter options (parameter groups)",
    ),
    ([], {}, "optimizer got an empty parameter list"),
]


@pytest.mark.parametrize(("params", "options", "message"), REFUSED, ids=range(len(REFUSED)))
def test_what_makes_no_sense_is_refused(params, options, message):
    with pytest.raises(ArgumentError, match=re.escape(message)):
        LBFGS(params, **options)


def test_other_mistakes_say_what_to_do():
    optimizer = LBFGS([w])
    with pytest.raises(
        ArgumentError, match=r"call step\(closure\) with a function that clears the gradients"
    ):
        optimizer.step()
    with pytest.raises(NumberTypeError, match="tolerance_grad takes a real number and got str"):
        LBFGS([w], tolerance_grad="x")
    with pytest.raises(ArgumentError, match="doesn't support per-parameter options"):
        optimizer.add_param_group({"params": [Parameter(2.0)]})


def test_a_closure_that_is_none_or_returns_no_loss_is_named():
    parameters, optimizer, closure = problem()
    with pytest.raises(NumberTypeError, match=r"takes a function that computes the loss again, and got Scal"):
        optimizer.step(closure())
    for wrong, kind in [(None, "NoneType"), ([1.0], "list")]:
        message = f"the closure's result takes a real number and got {kind}"
        with pytest.raises(NumberTypeError, match=message):
            optimizer.step(lambda wrong=wrong: closure() and wrong)
    assert [parameter.data for parameter in parameters] == [-1.5, 2.0]
    assert optimizer.state == {}


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"al": [1.0]}, "its state lacks [] and has ['al'] besides"),
        ({"d": None}, "a d that does not fit 2 parameters and 2 remembered steps: None"),
        ({"d": [1.0]}, "a d that does not fit 2 parameters"),
        ({"prev_flat_grad": 1.0}, "a prev_flat_grad that does not fit 2 parameters"),
        ({"old_dirs": [[1.0, 2.0]]}, "a old_dirs that does not fit 2 parameters and 2 remembered steps"),
        ({"old_stps": [[1.0], [2.0]]}, "a old_stps that does not fit"),
        ({"old_stps": [[1.0], [2.0, 3.0]]}, "old_stps is ragged"),
        ({"ro": [1.0]}, "and 1 remembered steps"),
        ({"ro": 1.0}, "and 0 remembered steps"),
        ({"H_diag": [1.0]}, "a H_diag that does not fit"),
    ],
    ids=range(10),
)
def test_a_state_that_does_not_fit_is_refused_and_nothing_changes(changes, message):
    _, optimizer, closure = problem(max_iter=4, history_size=2, line_search_fn="strong_wolfe")
    optimizer.step(closure)
    before = json.loads(json.dumps(optimizer.state_dict()))
    assert len(before["state"]["0"]["ro"]) == 2
    with pytest.raises(NanogradError, match=re.escape(message)):
        optimizer.load_state_dict({**before, "state": {"0": {**before["state"]["0"], **changes}}})
    for wrong in ({"0": {"n_iter": 1}}, {"1": before["state"]["0"]}):
        with pytest.raises(ArgumentError, match="is not that of an LBFGS"):
            optimizer.load_state_dict({**before, "state": wrong})
    assert json.loads(json.dumps(optimizer.state_dict())) == before
    optimizer.load_state_dict(before)
    optimizer.step(closure)


# ---- the line search


def point_of(function, slope, t):
    return Point(t, function(t), [slope(t)], slope(t))


@pytest.mark.parametrize(("first", "expected"), [(0.001, 1.0), (1.0, 1.0), (5.0, 1.0), (400.0, 1.0)])
def test_a_line_search_finds_where_the_slope_is_flat(first, expected):
    evaluate = functools.partial(point_of, lambda t: (t - 1) ** 2, lambda t: 2 * (t - 1))
    found, evaluations = strong_wolfe(evaluate, evaluate(0.0), first, 1.0, 1e-9, 25)
    assert abs(found.slope) <= 0.9 * 2.0
    assert found.loss <= 1.0 + 1e-4 * found.t * -2.0
    assert 1 <= evaluations <= 26


def test_a_cubic_s_minimum_is_its_own():
    cubic, slope = lambda t: t**3 - 3 * t, lambda t: 3 * t * t - 3  # lowest at 1
    ends = [point_of(cubic, slope, t) for t in (0.0, 3.0)]
    assert cubic_minimum(*ends, (0.0, 3.0)) == pytest.approx(1.0)
    assert cubic_minimum(*reversed(ends), (0.0, 3.0)) == pytest.approx(1.0)
    assert cubic_minimum(*ends, (1.5, 3.0)) == 1.5
    assert cubic_minimum(*ends, (0.0, 0.5)) == 0.5


def test_a_cubic_without_a_minimum_gives_the_middle():
    rising = [Point(0.0, 0.0, [], 3.0), Point(1.0, 1.0, [], 1.0)]
    assert cubic_minimum(*rising, (0.0, 4.0)) == pytest.approx(cubic_minimum(*reversed(rising), (0.0, 4.0)))
    always = [Point(0.0, 0.0, [], 1.0), Point(1.0, 1.2, [], 1.0)]  # d1 = 2 - 3.6, and 1.6 * 1.6 > 1
    never = [Point(0.0, 0.0, [], 1.0), Point(1.0, 0.8, [], 1.0)]  # d1 = 2 - 2.4, and 0.4 * 0.4 < 1
    assert cubic_minimum(*never, (0.0, 4.0)) == 2.0
    assert cubic_minimum(*always, (0.0, 4.0)) != 2.0
