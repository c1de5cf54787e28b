"""One seed decides everything that is drawn, and the state of chance can be kept in a JSON file."""

import json
import random
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.engine import ArgumentError, NanogradError, NumberTypeError
from nanograd.nn import get_rng_state, manual_seed, set_rng_state
from nanograd.nn._random import normal, permutation, randint, uniform


def test_a_state_that_went_through_json_repeats_what_was_drawn():
    generator = manual_seed(7)
    generator.random()
    saved = json.dumps(get_rng_state())
    first = [generator.random() for _ in range(5)]
    set_rng_state(json.loads(saved))
    assert [generator.random() for _ in range(5)] == first


def test_another_generator_has_a_state_of_its_own():
    other, default = random.Random(1), manual_seed(2)
    state = get_rng_state(other)
    drawn = other.random()
    set_rng_state(state, other)
    assert other.random() == drawn
    assert default.random() == random.Random(2).random()


def test_the_half_used_pair_of_gauss_is_part_of_the_state():
    generator = random.Random(3)
    generator.gauss(0.0, 1.0)  # the second number of the pair is kept for the next call
    state = get_rng_state(generator)
    expected = [generator.gauss(0.0, 1.0) for _ in range(3)]
    set_rng_state(json.loads(json.dumps(state)), generator)
    assert [generator.gauss(0.0, 1.0) for _ in range(3)] == expected


@pytest.mark.parametrize(
    "state",
    [None, 3, [], [3, [1, 2], None], [3, "x", None], [9, [0] * 625, None], [3, [0.5] * 625, None]],
    ids=range(7),
)
def test_what_is_no_state_is_refused_and_the_generator_stays(state):
    generator = manual_seed(5)
    before = get_rng_state()
    with pytest.raises(
        ArgumentError, match=r"set_rng_state\(new_state\) takes what get_rng_state\(\) returned"
    ):
        set_rng_state(state)
    assert get_rng_state() == before
    assert generator.random() == random.Random(5).random()


def test_a_gauss_that_is_no_number_is_refused():
    version, internal, _ = get_rng_state(random.Random(0))
    with pytest.raises(ArgumentError, match="could not convert"):
        set_rng_state([version, internal, "x"])


def test_a_generator_without_a_state_is_refused():
    with pytest.raises(ArgumentError, match=r"SystemRandom has no state to return\. Use random\.Random"):
        get_rng_state(random.SystemRandom())
    for call in (get_rng_state, lambda g: set_rng_state(get_rng_state(), g)):
        with pytest.raises(NumberTypeError, match=r"generator takes a random\.Random and got int: 3"):
            call(3)


@pytest.mark.parametrize("seed", [-1, 1.0, "0", None, True])
def test_a_seed_is_an_int_of_at_least_0(seed):
    with pytest.raises(NanogradError, match=r"manual_seed\(seed\) takes an int of at least 0 and got"):
        manual_seed(seed)


def test_draws_are_the_same_in_every_version_of_python():
    generator = random.Random(42)
    assert permutation(8, generator) == [6, 4, 3, 2, 7, 1, 0, 5]
    assert [randint(-3, 4, generator) for _ in range(6)] == [-3, -1, -3, -2, 0, -3]
    assert [uniform(-1.0, 1.0, generator), normal(0.0, 1.0, generator)] == pytest.approx(
        [-0.602325, -1.3915], abs=1e-4
    )


@given(st.integers(0, 60), st.integers(0, 1000))
def test_a_permutation_has_every_number_once(n, seed):
    assert sorted(permutation(n, random.Random(seed))) == list(range(n))


def test_every_order_is_as_likely():
    generator = random.Random(0)
    counts = Counter(tuple(permutation(4, generator)) for _ in range(24_000))
    assert len(counts) == 24
    chi_squared = sum((count - 1000) ** 2 / 1000 for count in counts.values())
    assert chi_squared < 49.7  # 23 degrees of freedom: once in 1000 seeds


def test_randint_stays_below_its_end():
    class Highest(random.Random):
        def random(self):
            return 1.0 - 2.0**-53

    assert randint(0, 3, Highest()) == 2
    assert randint(0, 2**52 + 1, Highest()) == 2**52
