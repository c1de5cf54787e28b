"""Numbers to begin with, and the generator that draws them."""

import math
import random
import statistics

import pytest
from nanograd.engine import ArgumentError, NumberTypeError, ScalarValue, ShapeError
from nanograd.nn import Layer, Linear, Neuron, Parameter, init, manual_seed


def matrix(rows=30, columns=40):
    return [[Parameter(0.0) for _ in range(columns)] for _ in range(rows)]


def numbers(tensor):
    return [value.data for row in tensor for value in row]


def test_a_seed_decides_everything():
    generator = manual_seed(7)
    first = [Neuron(3).state_dict(), numbers(init.normal_(matrix())), numbers(init.uniform_(matrix()))]
    assert manual_seed(7) is generator
    assert [
        Neuron(3).state_dict(),
        numbers(init.normal_(matrix())),
        numbers(init.uniform_(matrix())),
    ] == first


def test_a_generator_of_its_own_leaves_the_common_one_alone():
    manual_seed(7)
    expected = Neuron(3).state_dict()
    manual_seed(7)
    Neuron(3, generator=random.Random(1))
    init.normal_(matrix(), generator=random.Random(1))
    assert Neuron(3).state_dict() == expected


def test_only_random_is_asked_of_a_generator():
    class OnlyRandom(random.Random):
        def getrandbits(self, count):
            raise AssertionError(count)

        uniform = gauss = normalvariate = shuffle = getrandbits

    generator = OnlyRandom(3)
    Linear(2, 2, generator=generator)
    for draw in (init.uniform_, init.normal_, init.xavier_normal_, init.kaiming_uniform_):
        draw(matrix(2, 2), generator=generator)


@pytest.mark.parametrize("seed", [-1, 1.5, "7", None, True])
def test_a_seed_that_is_not_an_int_is_refused(seed):
    with pytest.raises(ArgumentError, match=r"manual_seed\(seed\) takes an int of at least 0 and got"):
        manual_seed(seed)


@pytest.mark.parametrize("generator", [7, "7", random], ids=["int", "str", "module"])
def test_a_generator_that_is_none_is_refused(generator):
    with pytest.raises(
        NumberTypeError, match=r"generator takes a random.Random and got .*Write random.Random\(seed\)"
    ):
        Layer(1, 1, generator=generator)


@pytest.mark.parametrize(
    ("fill", "number"),
    [(init.zeros_, 0.0), (init.ones_, 1.0), (lambda tensor: init.constant_(tensor, 0.3), 0.3)],
    ids=["zeros", "ones", "constant"],
)
def test_constants_fill_lists_of_any_depth_in_place(fill, number):
    weights = matrix(2, 3)
    assert fill(weights) is weights
    assert numbers(weights) == [number] * 6
    value = ScalarValue(5.0)
    assert fill(value) is value
    assert value.data == number


SIX_TO_SEVENTY = math.sqrt(6.0 / 70.0)
BOUNDS = [
    (lambda w, g: init.uniform_(w, -2.0, 3.0, g), -2.0, 3.0),
    (lambda w, g: init.xavier_uniform_(w, generator=g), -SIX_TO_SEVENTY, SIX_TO_SEVENTY),
    (lambda w, g: init.xavier_uniform_(w, 2.0, g), -2.0 * SIX_TO_SEVENTY, 2.0 * SIX_TO_SEVENTY),
    (lambda w, g: init.kaiming_uniform_(w, generator=g), -math.sqrt(6.0 / 40.0), math.sqrt(6.0 / 40.0)),
    (lambda w, g: init.kaiming_uniform_(w, mode="fan_out", generator=g), -math.sqrt(0.2), math.sqrt(0.2)),
    (lambda w, g: init.kaiming_uniform_(w, a=math.sqrt(5.0), generator=g), -(40.0**-0.5), 40.0**-0.5),
]


@pytest.mark.parametrize(("draw", "low", "high"), BOUNDS, ids=range(len(BOUNDS)))
def test_uniform_numbers_fill_their_interval(draw, low, high):
    drawn = numbers(draw(matrix(), random.Random(0)))
    assert low <= min(drawn) < low + 0.01 * (high - low)
    assert high - 0.01 * (high - low) < max(drawn) <= high
    assert statistics.mean(drawn) == pytest.approx((low + high) / 2.0, abs=0.03 * (high - low))


DEVIATIONS = [
    (lambda w, g: init.normal_(w, 3.0, 2.0, g), 3.0, 2.0),
    (lambda w, g: init.xavier_normal_(w, generator=g), 0.0, math.sqrt(2.0 / 70.0)),
    (
        lambda w, g: init.kaiming_normal_(w, nonlinearity="tanh", generator=g),
        0.0,
        5.0 / 3.0 / math.sqrt(40.0),
    ),
]


@pytest.mark.parametrize(("draw", "mean", "deviation"), DEVIATIONS, ids=["normal", "xavier", "kaiming"])
def test_normal_numbers_have_their_mean_and_deviation(draw, mean, deviation):
    generator = random.Random(0)
    drawn = [number for _ in range(8) for number in numbers(draw(matrix(), generator))]
    assert statistics.mean(drawn) == pytest.approx(mean, abs=0.1 * deviation)
    assert statistics.stdev(drawn) == pytest.approx(deviation, rel=0.03)
    within = sum(abs(number - mean) < deviation for number in drawn) / len(drawn)
    assert within == pytest.approx(0.6827, abs=0.03)


def test_a_normal_number_of_every_draw_is_finite():
    class Least(random.Random):
        def random(self):
            return 0.0

    class Most(random.Random):
        def random(self):
            return 1.0 - 2.0**-53

    for generator in (Least(), Most()):
        assert math.isfinite(init.normal_(ScalarValue(1.0), generator=generator).data)


# What torch.nn.init.calculate_gain of PyTorch 2.13.0 returns.
@pytest.mark.parametrize(
    ("nonlinearity", "gain"),
    [
        ("linear", 1.0),
        ("sigmoid", 1.0),
        ("tanh", 1.6666666666666667),
        ("relu", 1.4142135623730951),
        ("leaky_relu", 1.4141428569978354),
        ("selu", 0.75),
    ],
)
def test_gains_equal_pytorch(nonlinearity, gain):
    assert init.calculate_gain(nonlinearity) == gain


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (lambda: init.uniform_(matrix(), 2.0, 1.0), ArgumentError, r"but found from=2\.0 > to=1\.0"),
        (
            lambda: init.normal_(matrix(), std=-1.0),
            ArgumentError,
            r"normal expects std >= 0\.0, but found std -1\.0",
        ),
        (
            lambda: init.calculate_gain("foo"),
            ArgumentError,
            r"Unsupported nonlinearity foo\. Known are 'linear', ",
        ),
        (
            lambda: init.kaiming_uniform_(matrix(), mode="x"),
            ArgumentError,
            r"Mode x not supported, please use one of ",
        ),
        (
            lambda: init.xavier_uniform_([Parameter(1.0)]),
            ShapeError,
            r"Fan in and fan out can not be computed .*\(1,\)",
        ),
        (
            lambda: init.zeros_([1.0]),
            NumberTypeError,
            r"init changes ScalarValues in place and got float: 1\.0",
        ),
        (
            lambda: init.constant_(matrix(), "1"),
            NumberTypeError,
            r"val of constant_ takes a real number and got str",
        ),
    ],
    ids=range(7),
)
def test_what_makes_no_sense_is_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()


def test_nothing_changes_when_one_value_is_wrong():
    good = Parameter(5.0)
    with pytest.raises(NumberTypeError):
        init.uniform_([good, 1.0])
    assert good.data == 5.0


# ---- what is made of whole matrices


def test_the_identity():
    assert [[value.data for value in row] for row in init.eye_(matrix(2, 3))] == [
        [1.0, 0.0, 0.0],
        [0.0, 1.0, 0.0],
    ]


def test_a_convolution_that_passes_on_what_it_gets():
    weight = [[[Parameter(5.0) for _ in range(3)] for _ in range(2)] for _ in range(4)]
    ones = [
        (out, channel)
        for out in range(4)
        for channel in range(2)
        if init.dirac_(weight)[out][channel][1].data
    ]
    assert ones == [(0, 0), (1, 1)]
    assert sum(value.data for filters in weight for row in filters for value in row) == 2.0
    init.dirac_(weight, groups=2)
    assert [weight[out][channel][1].data for out, channel in ((0, 0), (1, 1), (2, 0), (3, 1))] == [1.0] * 4


def test_the_fans_of_a_convolution_count_its_window():
    bound = math.sqrt(6.0 / 2.0 / (5 * 2 * 3)) * math.sqrt(2.0)
    tensor = [[[[Parameter(0.0) for _ in range(3)] for _ in range(2)] for _ in range(5)] for _ in range(7)]
    init.kaiming_uniform_(tensor, generator=random.Random(0))
    largest = max(abs(v.data) for a in tensor for b in a for c in b for v in c)
    assert 0.97 * bound < largest <= bound


def test_truncated_numbers_lie_between_the_ends():
    drawn = numbers(init.trunc_normal_(matrix(), 1.0, 2.0, 0.0, 4.0, random.Random(0)))
    assert min(drawn) >= 0.0
    assert max(drawn) <= 4.0
    # the mean of a normal variable between two ends, from its density and distribution
    curve = statistics.NormalDist()
    low, high = -0.5, 1.5
    expected = 1.0 + 2.0 * (curve.pdf(low) - curve.pdf(high)) / (curve.cdf(high) - curve.cdf(low))
    assert statistics.mean(drawn) == pytest.approx(expected, abs=0.1)
    assert sum(x < 1.0 for x in drawn) / len(drawn) == pytest.approx(0.1915 / (0.1915 + 0.4332), abs=0.04)


@pytest.mark.parametrize(("a", "b"), [(100.0, 200.0), (-200.0, -100.0)])
def test_ends_far_out_are_kept(a, b):
    assert a <= init.trunc_normal_(Parameter(0.0), a=a, b=b).data <= b


@pytest.mark.parametrize(("rows", "columns"), [(3, 5), (5, 3), (4, 4), (1, 3)])
def test_orthogonal_rows_or_columns(rows, columns):
    weight = init.orthogonal_(matrix(rows, columns), 2.0, random.Random(0))
    vectors = [[value.data for value in row] for row in weight]
    if rows > columns:
        vectors = [list(column) for column in zip(*vectors, strict=True)]
    for i, x in enumerate(vectors):
        for j, y in enumerate(vectors):
            product = math.fsum(a * b for a, b in zip(x, y, strict=True))
            assert product == pytest.approx(4.0 if i == j else 0.0, abs=1e-13)


def test_sparse_columns():
    weight = init.sparse_(matrix(10, 6), 0.25, 3.0, random.Random(0))
    for column in zip(*weight, strict=True):
        assert sum(value.data == 0.0 for value in column) == 3
    assert statistics.pstdev(value for value in numbers(weight) if value) == pytest.approx(3.0, rel=0.3)


@pytest.mark.parametrize(
    ("call", "error", "message"),
    [
        (
            lambda: init.eye_([Parameter(1.0)]),
            ShapeError,
            r"Only tensors with 2 dimensions are supported, .* \(1,\)",
        ),
        (
            lambda: init.sparse_([Parameter(1.0)], 0.5),
            ShapeError,
            "Only tensors with 2 dimensions are supported",
        ),
        (
            lambda: init.sparse_(matrix(), 1.5),
            ArgumentError,
            r"sparsity is a share, from 0 to 1, and got 1\.5",
        ),
        (lambda: init.sparse_(matrix(), 0.5, -1.0), ArgumentError, "normal expects std >= 0"),
        (lambda: init.orthogonal_([Parameter(1.0)]), ShapeError, "Only tensors with 2 or more dimensions"),
        (lambda: init.orthogonal_([[]]), ShapeError, r"the shape is \(1, 0\)"),
        (lambda: init.dirac_(matrix()), ShapeError, "Only tensors with 3, 4, or 5 dimensions"),
        (
            lambda: init.dirac_([matrix(3, 3)] * 3, 2),
            ArgumentError,
            "dim 0 must be divisible by groups: 3 is not by 2",
        ),
        (
            lambda: init.trunc_normal_(matrix(), a=1.0, b=1.0),
            ArgumentError,
            r"a=1\.0 does not lie below b=1\.0",
        ),
        (
            lambda: init.trunc_normal_(matrix(), std=0.0),
            ArgumentError,
            r"expects std > 0\.0, but found std 0\.0",
        ),
        (
            lambda: init.calculate_gain("leaky_relu", "a"),
            ArgumentError,
            "negative_slope 'a' not a valid number",
        ),
        (lambda: init.xavier_normal_([[[]]]), ShapeError, "Fan in and fan out can not be computed"),
    ],
    ids=range(12),
)
def test_matrices_that_make_no_sense_are_refused(call, error, message):
    with pytest.raises(error, match=message):
        call()
