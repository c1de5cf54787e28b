"""A compiled training step does what forward, backward and the optimizer's step do."""

import random
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from nanograd.compile import TraceError, TrainingStep
from nanograd.engine import (
    FLOATS,
    ArgumentError,
    NanogradError,
    NumberTypeError,
    ScalarValue,
    ShapeError,
    logsumexp,
    sum_,
    where,
)


class Network:
    """Two layers in scalars, for one sample or a batch of them."""

    def __init__(self, seed=0, outputs=1):
        rng = random.Random(seed)
        self.hidden = [[ScalarValue(rng.uniform(-1, 1)) for _ in range(3)] for _ in range(4)]
        self.out = [[ScalarValue(rng.uniform(-1, 1)) for _ in range(4)] for _ in range(outputs)]
        self.unused = ScalarValue(0.5, label="unused")

    def parameters(self):
        return [self.unused, *[leaf for row in [*self.hidden, *self.out] for leaf in row]]

    def one(self, x):
        hidden = [sum(w * v for w, v in zip(row, [*x, 1.0], strict=True)).tanh() for row in self.hidden]
        return [sum(w * h for w, h in zip(row, hidden, strict=True)) for row in self.out]

    def __call__(self, xs):
        return [self.one(x) for x in xs]


class Sample(Network):
    __call__ = Network.one


def squares(outputs, targets):
    return sum_([(o[0] - t) ** 2 for o, t in zip(outputs, targets, strict=True)]) / len(targets)


def square(output, target):
    return (output[0] - target) ** 2


class Momentum:
    """An optimizer with a memory, in the form of those of nanograd.nn."""

    def __init__(self, *groups, lr=0.1, momentum=0.9):
        self.defaults = {"lr": lr, "momentum": momentum}
        self.param_groups = [{"params": list(group), **self.defaults} for group in groups]
        self.state = {}
        self.has_stepped = False

    @staticmethod
    def rule(m, parameter, gradient, state, *, lr, momentum):
        step = state.get("step", 0) + 1
        velocity = momentum * state["velocity"] + gradient if state else gradient
        scale = m.sqrt(m.maximum(velocity * velocity, 1e-12))
        return parameter - lr / (1 + 0.1 * step) * velocity / (1 + scale), {
            "step": step,
            "velocity": velocity,
        }

    def step(self):
        for group in self.param_groups:
            for parameter in group["params"]:
                if parameter.has_grad:
                    named = {name: group[name] for name in self.defaults}
                    parameter.data, self.state[parameter] = self.rule(
                        FLOATS, parameter.data, parameter.grad, self.state.get(parameter, {}), **named
                    )
                parameter.zero_grad()


RNG = np.random.default_rng(0)
X = RNG.normal(size=(6, 2))
Y = RNG.normal(size=6)


def eager(model, optimizer, batches, loss=squares):
    losses = []
    for xs, ys in batches:
        root = loss(Network.__call__(model, xs), ys)
        root.backward()
        optimizer.step()
        losses.append(root.data)
    return losses


def numbers(model):
    return [parameter.data for parameter in model.parameters()]


def batches(count=4, size=6):
    return [(X[:size].tolist(), Y[:size].tolist())] * count


@pytest.mark.parametrize("whole", [True, False])
def test_losses_weights_and_memory_are_those_of_the_scalar_loop(whole):
    one, two = Network(), Network() if whole else Sample()
    first, second = Momentum(one.parameters()), Momentum(two.parameters())
    expected = eager(one, first, batches())
    step = TrainingStep(two, squares if whole else square, second, batch=not whole)
    losses = [step(xs, ys) for xs, ys in batches()]
    assert numbers(two) != numbers(one)
    step.sync()
    np.testing.assert_allclose(losses, expected, rtol=1e-12)
    np.testing.assert_allclose(numbers(two), numbers(one), rtol=1e-12)
    for a, b in zip(one.parameters(), two.parameters(), strict=True):
        assert first.state.get(a, {}) == pytest.approx(second.state.get(b, {}), rel=1e-12)
    assert second.has_stepped
    assert isinstance(second.state[two.out[0][0]]["step"], int)


def test_a_parameter_without_gradient_stays_as_it_is():
    model = Network()
    model.hidden[0][0].requires_grad_(False)
    before = model.hidden[0][0].data
    with TrainingStep(model, squares, Momentum(model.parameters())) as step:
        step(X, Y)
    assert (model.unused.data, model.hidden[0][0].data) == (0.5, before)


def test_arrays_and_lists_are_the_same():
    one, two = Network(), Network()
    assert TrainingStep(one, squares, Momentum(one.parameters()))(X, Y) == pytest.approx(
        TrainingStep(two, squares, Momentum(two.parameters()))(X.tolist(), Y.tolist()), rel=1e-15
    )


def test_hyperparameters_are_read_in_every_call_and_groups_have_their_own():
    one, two = Network(), Network()
    optimizers = []
    for model in (one, two):
        parameters = model.parameters()
        optimizers.append(Momentum(parameters[::2], parameters[1::2]))
        optimizers[-1].param_groups[1]["lr"] = 0.01
    step = TrainingStep(two, squares, optimizers[1])
    for rate in (0.1, 0.05, 0.0):
        for optimizer in optimizers:
            optimizer.param_groups[0]["lr"] = rate
        eager(one, optimizers[0], batches(1))
        step(X, Y)
    step.sync()
    np.testing.assert_allclose(numbers(two), numbers(one), rtol=1e-12)


def test_training_goes_on_where_the_scalar_loop_ended():
    one, two = Network(), Network()
    first, second = Momentum(one.parameters()), Momentum(two.parameters())
    eager(one, first, batches(2))
    eager(two, second, batches(2))
    with TrainingStep(two, squares, second) as step:
        for xs, ys in batches(3):
            step(xs, ys)
    eager(two, second, batches(1))
    eager(one, first, batches(4))
    np.testing.assert_allclose(numbers(two), numbers(one), rtol=1e-12)


def test_batches_of_other_sizes_are_traced_anew():
    one, two = Network(), Network()
    sizes = [batches(1, size)[0] for size in (6, 4, 6, 1)]
    expected = eager(one, Momentum(one.parameters()), sizes)
    step = TrainingStep(two, squares, Momentum(two.parameters()))
    np.testing.assert_allclose([step(xs, ys) for xs, ys in sizes], expected, rtol=1e-12)


@pytest.mark.parametrize("batch", [False, True])
def test_integers_are_indices_where_the_loss_needs_them_so(batch):
    def one(output, label):
        return logsumexp(output) - output[label]

    def mean(outputs, labels):
        return sum_([one(o, label) for o, label in zip(outputs, labels, strict=True)]) / len(labels)

    labels = [0, 2, 1, 1, 2, 0]
    models = [Network(outputs=3), Sample(outputs=3) if batch else Network(outputs=3)]
    expected = eager(models[0], Momentum(models[0].parameters()), [(X.tolist(), labels)] * 3, mean)
    step = TrainingStep(models[1], one if batch else mean, Momentum(models[1].parameters()), batch=batch)
    np.testing.assert_allclose([step(X, labels) for _ in range(2)], expected[:2], rtol=1e-12)
    np.testing.assert_allclose(step(X.tolist(), np.array(labels)), expected[2], rtol=1e-12)


def test_integers_are_numbers_where_they_can_be():
    model = Network()
    step = TrainingStep(model, squares, Momentum(model.parameters()))
    step(X, [1, -1, 1, -1, 1, 1])
    program = step.program_for(X, [1, 1, 1, 1, 1, 1])
    step(X, [-1, -1, 1, -1, 1, 1])
    assert step.program_for(X, [-1, -1, 1, -1, 1, 1]) is program


def weighted(outputs, targets):
    return square(outputs, targets["side"]) * targets["weight"]


class OfTwo(Sample):
    def __call__(self, x, scale):
        return [output * scale for output in self.one(x)]


@pytest.mark.parametrize("batch", [False, True])
def test_a_program_takes_inputs_and_targets_in_their_shapes(batch):
    model = Sample() if batch else Network()
    loss = square if batch else squares
    step = TrainingStep(model, loss, Momentum(model.parameters()), batch=batch)
    for inputs, targets in ((X, Y), (X.tolist(), Y.tolist())):
        program = step.program_for(inputs, targets)
        assert program.source.startswith("def value_and_grad(p, x, y):\n")
        assert program.inputs == ({"x": (2,), "y": ()} if batch else {"x": (6, 2), "y": (6,)})


def test_a_program_of_several_inputs_names_each_of_them():
    models = [OfTwo(), OfTwo()]
    scales = np.linspace(0.5, 1.5, 6)
    step = TrainingStep(models[0], square, Momentum(models[0].parameters()), batch=True)
    program = step.program_for(X, scales, Y)
    assert program.inputs == {"x1": (2,), "x2": (), "y": ()}
    outputs = [models[1](x, scale) for x, scale in zip(X.tolist(), scales.tolist(), strict=True)]
    expected = np.mean([square(output, y).data for output, y in zip(outputs, Y, strict=True)])
    assert step(X, scales, Y) == pytest.approx(expected, rel=1e-13)
    # Lists of lists, and one part that is of no numbers alone, are taken sample by sample.
    step.load()
    targets = [{"side": y, "weight": 2.0, "kind": "moon"} for y in Y.tolist()]
    other = TrainingStep(models[1], weighted, Momentum(models[1].parameters()), batch=True)
    assert other.program_for(X.tolist(), scales.tolist(), targets).inputs == {"x1": (2,), "x2": (), "y": (2,)}
    assert other(X.tolist(), scales.tolist(), targets) == pytest.approx(2.0 * expected, rel=1e-13)


def test_labels_are_no_input():
    model = Sample(outputs=3)

    def loss(output, label):
        return logsumexp(output) - output[label]

    step = TrainingStep(model, loss, Momentum(model.parameters()), batch=True)
    step(X, [0, 2, 1, 1, 2, 0])
    assert step.program_for(X, [0, 2, 1, 1, 2, 0]).inputs == {"x": (2,)}


def test_samples_of_different_lengths_are_run_in_groups():
    class Mean:
        def __init__(self):
            self.w = ScalarValue(0.5)

        def parameters(self):
            return [self.w]

        def __call__(self, x):
            return sum(self.w * v for v in x) / len(x)

    xs, ys = [[1.0, 2.0], [3.0], [4.0, 6.0], [7.0, 8.0, 9.0]], [1.0, 2.0, 3.0, 4.0]
    model = Mean()
    step = TrainingStep(model, lambda o, t: (o - t) ** 2, Momentum([model.w], momentum=0.0), batch=True)
    expected = np.mean([(0.5 * np.mean(x) - y) ** 2 for x, y in zip(xs, ys, strict=True)])
    assert step(xs, ys) == pytest.approx(expected, rel=1e-14)


def test_gradients_are_clipped():
    models = [Network() for _ in range(3)]
    steps = [
        TrainingStep(models[0], squares, Momentum(models[0].parameters())),
        TrainingStep(models[1], squares, Momentum(models[1].parameters()), clip_grad_norm=0.5),
        TrainingStep(models[2], squares, Momentum(models[2].parameters()), clip_grad_value=0.25),
    ]
    for step in steps:
        step(X, Y)
        step.sync()
    gradient, by_norm, by_value = (
        np.array([step.optimizer.state.get(p, {}).get("velocity", 0.0) for p in model.parameters()])
        for step, model in zip(steps, models, strict=True)
    )
    norm = np.linalg.norm(gradient)
    assert norm > 0.5
    np.testing.assert_allclose(by_norm, gradient * 0.5 / (norm + 1e-6), rtol=1e-12)
    np.testing.assert_allclose(by_value, np.clip(gradient, -0.25, 0.25), rtol=1e-12)


def test_new_weights_of_the_model_are_taken_over_by_load():
    model = Network()
    step = TrainingStep(model, squares, Momentum(model.parameters()))
    before = step(X, Y)
    for parameter in model.parameters():
        parameter.data = 0.0
    step.load()
    assert step(X, Y) == pytest.approx(np.mean(Y**2))
    assert before != pytest.approx(np.mean(Y**2))


def test_a_model_that_looks_at_its_numbers_is_refused():
    model = Network()
    model.one = lambda x: [x[0] if model.out[0][0] > 0 else x[1]]
    with pytest.raises(TraceError, match="`if`"):
        TrainingStep(model, squares, Momentum(model.parameters()))(X, Y)
    assert type(model.out[0][0]) is ScalarValue


def test_wrong_arguments_are_refused_before_anything_changes():
    model = Network()
    before = numbers(model)
    optimizer = Momentum([*model.parameters(), ScalarValue(1.0, label="other")])
    with pytest.raises(
        ArgumentError, match=r"changes ScalarValue\(data=1.0\) \('other'\), which is no parameter"
    ):
        TrainingStep(model, squares, optimizer)

    class NoRule(Momentum):
        @staticmethod
        def rule(*_, **__):
            raise NanogradError("there is no rule")

    with pytest.raises(ArgumentError, match=r"NoRule cannot be compiled: .*\(there is no rule\)"):
        TrainingStep(model, squares, NoRule(model.parameters()))
    step = TrainingStep(model, squares, Momentum(model.parameters()))
    with pytest.raises(ArgumentError, match="takes inputs and targets and got 1 arguments"):
        step(X)
    with pytest.raises(NumberTypeError, match="an argument of a compiled function takes a real number"):
        step(X, [None, 1j])
    sample = Sample()
    batched = TrainingStep(sample, square, Momentum(sample.parameters()), batch=True)
    with pytest.raises(ShapeError, match=r"as many samples, and here they are \[6, 2\]"):
        batched(X, Y[:2])
    step.sync()
    assert numbers(model) == before


class Gated(Sample):
    """Uses one layer for a choice only, and another one detached."""

    def one(self, x):
        gates = [sum(w * v for w, v in zip(row, x, strict=False)) for row in self.hidden]
        taken = [where(gate > 0.0, gate.detach(), 0.5) for gate in gates]
        return [sum(w * h for w, h in zip(row, taken, strict=True)) for row in self.out]

    __call__ = one


def test_what_no_gradient_reaches_stays_as_it_is():
    one, two = Gated(), Gated()
    first, second = Momentum(one.parameters()), Momentum(two.parameters())
    before = [leaf.data for row in one.hidden for leaf in row]
    for optimizer in (first, second):  # with weight decay
        optimizer.rule = lambda m, p, gradient, state, *, lr, momentum: (p - lr * (gradient + 0.1 * p), {})
    root = square(one.one(X[0]), Y[0])
    root.backward()
    first.step()
    with TrainingStep(two, square, second) as step:
        step(X[0].tolist(), float(Y[0]))
    np.testing.assert_allclose(numbers(two), numbers(one), rtol=1e-12)
    assert [leaf.data for row in two.hidden for leaf in row] == before


def test_a_layer_that_draws_random_numbers_is_refused_whatever_it_drew():
    model = Network()
    model.rng = random.Random(0)
    model.one = lambda x: [Network.one(model, x)[0] * (0.0 if model.rng.random() < 1e-9 else 1.0)]
    with pytest.raises(TraceError, match="draws random numbers"):
        TrainingStep(model, squares, Momentum(model.parameters()))(X, Y)


def test_losses_that_check_the_range_of_plain_numbers_can_be_traced():
    nn = pytest.importorskip("nanograd.nn")
    model = nn.Sequential(nn.Linear(2, 1), nn.Sigmoid())
    optimizer = nn.optim.SGD(model.parameters(), lr=0.1)
    xs, ys = [[0.5, -1.0], [2.0, 1.0]], [[1.0], [0.0]]
    expected = nn.BCELoss()(model(xs), ys).data
    assert TrainingStep(model, nn.BCELoss(), optimizer)(xs, ys) == pytest.approx(expected, rel=1e-12)


def test_threads_may_compile_with_the_parameters_of_one_model():
    model = Network()
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        with ThreadPoolExecutor(4) as pool:
            found = list(
                pool.map(
                    lambda _: TrainingStep(model, squares, Momentum(model.parameters()))(X[:2], Y[:2]),
                    range(4),
                )
            )
    finally:
        sys.setswitchinterval(interval)
    assert len(set(found)) == 1
    assert {type(parameter) for parameter in model.parameters()} == {ScalarValue}


def test_what_is_frozen_or_in_another_mode_is_noticed():
    model = Network()
    frozen = model.hidden[0][0]
    frozen.requires_grad_(False)
    step = TrainingStep(model, squares, Momentum(model.parameters()))
    step(X, Y)
    step.sync()
    before = frozen.data
    frozen.requires_grad_(True)
    step.load()
    step(X, Y)
    step.sync()
    assert frozen.data != before

    class Switch(Network):
        training = True

        def one(self, x):
            return [output * (1.0 if self.training else 0.0) for output in super().one(x)]

    switched = Switch()
    step = TrainingStep(switched, squares, Momentum(switched.parameters(), lr=0.0))
    first = step(X, Y)
    switched.training = False
    assert step(X, Y) == pytest.approx(np.mean(Y**2)) != first


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        (
            (None, squares, Momentum([])),
            r"TrainingStep\(model\) takes an object with 'parameters' and got None",
        ),
        ((Network(), 3, Momentum([])), r"TrainingStep\(loss\) takes an object with '__call__' and got 3"),
        ((Network(), squares, None), r"TrainingStep\(optimizer\) takes .* 'param_groups' and got None"),
        ((Network, squares, Momentum([])), r"TrainingStep\(model\) takes an object .* got <class"),
    ],
    ids=["model", "loss", "optimizer", "class"],
)
def test_what_is_no_part_of_a_training_is_named(parts, message):
    with pytest.raises(ArgumentError, match=message):
        TrainingStep(*parts)
