"""Generators of random numbers are found where code can reach them."""

import random
from functools import partial

import numpy as np
from nanograd.compile._chance import generators_of, states_of

GENERATOR = random.Random(0)


def draw():
    return GENERATOR.random()


class Layer:
    def __init__(self, generator):
        self.parts = {"inner": [generator]}

    @property
    def drawn(self):
        return draw()


def test_generators_are_found_in_attributes_closures_and_other_functions():
    own = np.random.default_rng(1)
    other = random.Random(2)
    for root, expected in (
        (draw, [GENERATOR]),
        (lambda: [draw() for _ in range(3)], [GENERATOR]),
        (lambda: other.random(), [other]),
        (partial(max, own), [own]),
        (own.normal, [own]),
        (other.gauss, [other]),
        (other.random, [other]),
        (Layer, [GENERATOR]),
        (Layer(own), [own, GENERATOR]),
        (lambda: unknown, []),  # noqa: F821 - it is not there, yet
        (3.0, []),
    ):
        found = generators_of(root)
        assert {id(each) for each in found} == {id(each) for each in expected}


def test_a_circle_is_gone_around_once():
    layer = Layer(GENERATOR)
    layer.parts["whole"] = layer
    assert generators_of(layer, layer) == [GENERATOR]


def test_states_change_with_what_is_drawn():
    generators = [random.Random(1), np.random.default_rng(1), random.SystemRandom()]
    states = states_of(generators)
    assert states_of(generators) == states
    for one in (generators[0].random, generators[1].random, random.random, np.random.random):
        before = states_of(generators)
        one()
        assert states_of(generators) != before
