from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from nanograd.viz._thinning import Moments


@pytest.mark.parametrize("count", range(6))
def test_few_are_all_kept(count):
    moments = Moments(6)
    for number in range(count):
        moments.add(number)
    assert list(moments) == list(range(count))
    assert len(moments) == count


@given(st.integers(2, 12), st.integers(1, 300))
def test_the_first_and_the_newest_are_kept_and_the_others_evenly(most, count):
    moments = Moments(most)
    for number in range(count):
        moments.add(number)
    kept = list(moments)
    assert len(moments) == len(kept) <= most
    assert kept[0] == 0
    assert kept[-1] == count - 1
    gaps = [after - before for before, after in pairwise(kept)]
    assert len(set(gaps[:-1])) <= 1
    if count >= most > 3:
        assert len(kept) >= most // 2
