"""Hypothesis draws fewer points than it would, in as much time as a slow machine needs.

In continuous integration it draws the same ones every time, so that a change is judged by the change alone.
"""

import os

from hypothesis import settings

settings.register_profile("nanograd", deadline=None, max_examples=40, derandomize=bool(os.environ.get("CI")))
settings.load_profile("nanograd")
