"""Recording can be switched off, and scopes stamp what is made inside: in threads and tasks too."""

import asyncio
import math
import pickle
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from nanograd.engine import (
    ArgumentError,
    DomainError,
    ScalarValue,
    detect_anomaly,
    enable_grad,
    grad,
    is_grad_enabled,
    logsumexp,
    no_grad,
    scope,
    tanh,
)


def test_nothing_is_recorded_under_no_grad():
    x = ScalarValue(3.0)
    with no_grad():
        results = [x + 1, 2 * x, x / 3, x**2, tanh(x), logsumexp([x, x]), -x]
        assert not is_grad_enabled()
    assert is_grad_enabled()
    for result in results:
        assert (result.children, result.op, result.requires_grad) == ((), None, False)
    assert [result.data for result in results][:4] == [4.0, 6.0, 1.0, 9.0]


def test_no_grad_is_a_decorator():
    @no_grad()
    def predict(x):
        return x * 2

    assert not predict(ScalarValue(3.0)).requires_grad
    assert is_grad_enabled()


def test_modes_are_restored_after_an_exception():
    with pytest.raises(ZeroDivisionError), no_grad(), scope("a"):
        raise ZeroDivisionError
    assert is_grad_enabled()
    assert (ScalarValue(1.0) * 2).scope is None


def test_recording_can_be_switched_on_again():
    with no_grad(), enable_grad():
        assert (ScalarValue(3.0) * 2).requires_grad


def test_scopes_are_nested_and_each_use_is_a_scope_of_its_own():
    x = ScalarValue(1.0)
    with scope("", kind="MLP") as whole:
        with scope("layers.0", kind="Layer") as first:
            a = x * 2
        with scope("layers.0", kind="Layer"):
            b = logsumexp([x, a])
    assert a.scope is first
    assert a.scope.ancestry == (whole, first)
    assert (a.scope.path, str(whole), str(first)) == ("layers.0", "MLP", "layers.0")
    assert a.scope != b.scope
    assert a.scope.path == b.scope.path
    assert (x.scope, (a * b).scope) == (None, None)


def test_one_scope_object_can_be_entered_again_inside_itself():
    part = scope("part")
    with part, part:
        x = ScalarValue(1.0) * 2
    assert x.scope.path == "part.part"
    assert (ScalarValue(1.0) * 2).scope is None


def test_a_scope_takes_strings():
    with pytest.raises(ArgumentError, match=r"scope\(name, kind\) takes two strings and got 3 and ''"):
        scope(3)


def test_scopes_are_pickled_with_their_nodes():
    with scope("a"), scope("b", kind="Layer"):
        x = ScalarValue(1.0) * 2
    copied = pickle.loads(pickle.dumps(x))
    assert (copied.scope.path, copied.scope.kind) == ("a.b", "Layer")


def test_eight_threads_have_modes_of_their_own():
    barrier = Barrier(8)

    def work(number):
        barrier.wait()
        x = ScalarValue(float(number))
        for _ in range(200):
            with scope(f"part {number}"):
                if number % 2:
                    with no_grad():
                        assert not (x * x).requires_grad
                y = x * x
            assert y.requires_grad
            assert y.scope.path == f"part {number}"
            y.backward()
            if number % 4 == 2:  # this thread alone stops at infinities
                with detect_anomaly(), pytest.raises(DomainError):
                    x / 0.0
            else:
                assert not math.isfinite((x / 0.0).data)
            if number % 4 == 3:
                (slope,) = grad(x**3, x, create_graph=True)
                assert grad(slope, x) == (6.0 * number,)
        return x.grad

    with ThreadPoolExecutor(8) as pool:
        assert list(pool.map(work, range(8))) == [400.0 * number for number in range(8)]


def test_tasks_have_modes_of_their_own():
    async def silent():
        with no_grad():
            await asyncio.sleep(0)
            return (ScalarValue(1.0) * 2).requires_grad

    async def recording():
        await asyncio.sleep(0)
        return (ScalarValue(1.0) * 2).requires_grad

    async def both():
        return await asyncio.gather(silent(), recording(), silent())

    assert asyncio.run(both()) == [False, True, False]
