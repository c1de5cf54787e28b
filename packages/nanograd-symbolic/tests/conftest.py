"""Hypothesis draws fewer points than it would, in as much time as a slow machine needs."""

from hypothesis import settings

settings.register_profile("nanograd", deadline=None, max_examples=25)
settings.load_profile("nanograd")
