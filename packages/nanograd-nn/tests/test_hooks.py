"""Hooks around forward: what they are given, what they may replace, their order, and their end."""

import copy
import gc
import weakref

import pytest
from nanograd.engine import NumberTypeError
from nanograd.nn import Identity, Linear, Module, Sequential


class Add(Module):
    def forward(self, x, by=1):
        return x + by


def test_hooks_see_arguments_and_output():
    module, seen = Add(), []
    module.register_forward_pre_hook(lambda *given: seen.append(given))
    module.register_forward_hook(lambda *given: seen.append(given))
    assert module(2, by=3) == 5
    assert seen == [(module, (2,)), (module, (2,), 5)]


def test_hooks_see_named_arguments_on_request():
    module, seen = Add(), []
    module.register_forward_pre_hook(lambda *given: seen.append(given), with_kwargs=True)
    module.register_forward_hook(lambda *given: seen.append(given), with_kwargs=True)
    module(2, by=3)
    assert seen == [(module, (2,), {"by": 3}), (module, (2,), {"by": 3}, 5)]


def test_a_pre_hook_replaces_arguments():
    module = Add()
    with module.register_forward_pre_hook(lambda module, inputs: (10, 20)):
        assert module(1) == 30
    with module.register_forward_pre_hook(lambda module, inputs: 10):
        assert module(1) == 11
    with module.register_forward_pre_hook(lambda m, inputs, named: (inputs, {"by": 5}), with_kwargs=True):
        assert module(1) == 6
    assert module(1) == 2


def test_a_list_is_one_argument():
    module = Identity()
    module.register_forward_pre_hook(lambda module, inputs: [7])
    assert module([1]) == [7]


def test_a_hook_replaces_the_output_for_those_after_it():
    module = Add()
    module.register_forward_hook(lambda module, inputs, output: output * 10)
    module.register_forward_hook(lambda module, inputs, output: output + 1)
    module.register_forward_hook(lambda module, inputs, output: None)
    assert module(1) == 21
    module.register_forward_hook(lambda module, inputs, output: output + 5, prepend=True)
    assert module(1) == 71


def test_pre_hooks_run_in_order_or_before():
    module, order = Add(), []
    module.register_forward_pre_hook(lambda *given: order.append("first"))
    module.register_forward_pre_hook(lambda *given: order.append("before"), prepend=True)
    module(1)
    assert order == ["before", "first"]


def test_a_handle_takes_its_hook_away_once():
    module = Add()
    handles = [module.register_forward_hook(lambda m, i, output: output + 100) for _ in range(2)]
    handles[0].remove()
    handles[0].remove()
    assert module(1) == 102
    with handles[1] as handle:
        assert handle is handles[1]
    assert module(1) == 2


def test_a_hook_may_remove_itself():
    module = Add()
    handle = module.register_forward_hook(lambda *given: handle.remove())
    assert (module(1), module(1)) == (2, 2)


def test_a_handle_outlives_its_module():
    module = Add()
    handle = module.register_forward_hook(lambda *given: None)
    del module
    handle.remove()


def test_hooks_make_no_circle():
    gc.disable()
    try:
        module = Linear(1, 1)
        module.register_forward_hook(lambda *given: None)
        module([1.0])
        gone = weakref.ref(module)
        del module
        assert gone() is None
    finally:
        gc.enable()


class Fails(Module):
    def forward(self, x):
        raise ValueError("forward")


def test_always_call_hooks_see_a_failure():
    module, seen = Fails(), []
    module.register_forward_hook(lambda *given: seen.append("usual"))
    module.register_forward_hook(lambda *given: seen.append(given), always_call=True)
    with pytest.raises(ValueError, match="forward"):
        module(1)
    assert seen == [(module, (1,), None)]


def test_a_failure_after_a_failure_is_a_warning():
    module = Fails()
    module.register_forward_hook(lambda *given: 1 / 0, always_call=True)
    with (
        pytest.warns(UserWarning, match=r"always_call=True of Fails raised ZeroDivisionError.*silenced"),
        pytest.raises(ValueError, match="forward"),
    ):
        module(1)


def test_a_hook_that_fails_is_not_called_again():
    module, calls = Add(), []

    def hook(*given):
        calls.append(given)
        raise ValueError("hook")

    module.register_forward_hook(hook, always_call=True)
    with pytest.raises(ValueError, match="hook"):
        module(1)
    assert len(calls) == 1


def test_a_pre_hook_with_named_arguments_returns_both():
    module = Add()
    module.register_forward_pre_hook(lambda module, inputs, named: 3, with_kwargs=True)
    with pytest.raises(
        NumberTypeError, match=r"must return None or a tuple of \(new_args, new_kwargs\), but got 3"
    ):
        module(1)


@pytest.mark.parametrize("method", ["register_forward_hook", "register_forward_pre_hook"])
def test_what_is_not_a_function_is_refused(method):
    with pytest.raises(NumberTypeError, match=rf"{method}\(hook\) takes a function and got int: 3"):
        getattr(Add(), method)(3)


def test_a_copy_has_hooks_of_its_own():
    module = Add()
    handle = module.register_forward_hook(lambda m, i, output: output + 100)
    other = copy.deepcopy(module)
    handle.remove()
    assert (module(1), other(1)) == (2, 102)


def test_hooks_run_inside_the_scope_of_their_module():
    model = Sequential(Linear(1, 1))
    model[0].register_forward_hook(lambda module, inputs, output: [output[0] * 2.0])
    assert model([1.0])[0].scope.path == "0"
