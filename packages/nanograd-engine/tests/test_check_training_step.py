"""check_training_step passes every right step, and names the mistake in others."""

import pytest
from nanograd.engine import grad
from nanograd.engine.testing import CheckFailedError, check_training_step


def zero(parameters):
    for p in parameters:
        p.zero_grad()


def update(parameters, lr):
    for p in parameters:
        p.data -= lr * p.grad


def zero_first(parameters, loss_of, lr):
    zero(parameters)
    loss_of().backward()
    update(parameters, lr)


def zero_last(parameters, loss_of, lr):
    loss_of().backward()
    update(parameters, lr)
    zero(parameters)


def zero_between(parameters, loss_of, lr):
    loss = loss_of()
    for p in parameters:
        p.grad = None
    loss.backward()
    for p in parameters:
        p.data = p.data + lr * -p.grad
    return loss.data


def functional(parameters, loss_of, lr):
    for p, gradient in zip(parameters, grad(loss_of(), parameters), strict=True):
        p.data -= lr * gradient


@pytest.mark.parametrize("step", [zero_first, zero_last, zero_between, functional])
def test_right_steps_pass(step):
    assert repr(check_training_step(step)) == "check_training_step: 2 parameters are right after 3 steps"


def uphill(parameters, loss_of, lr):
    zero_first(parameters, loss_of, -lr)


def forgetful(parameters, loss_of, lr):
    loss_of().backward()
    update(parameters, lr)


def backward_twice(parameters, loss_of, lr):
    zero(parameters)
    loss = loss_of()
    loss.backward()
    loss.backward()
    update(parameters, lr)


def without_rate(parameters, loss_of, lr):
    zero_first(parameters, loss_of, 1.0)


def early(parameters, loss_of, lr):
    update(parameters, lr)
    zero(parameters)
    loss_of().backward()


def replaced(parameters, loss_of, lr):
    zero(parameters)
    loss_of().backward()
    for p in parameters:
        p.data = -lr * p.grad


def shrunk(parameters, loss_of, lr):
    zero(parameters)
    loss_of().backward()
    for p in parameters:
        p.data -= lr * p.data


def rebound(parameters, loss_of, lr):
    zero(parameters)
    loss_of().backward()
    for p in parameters:
        p = p - lr * p.grad


def rebound_in_the_list(parameters, loss_of, lr):
    zero(parameters)
    loss_of().backward()
    for index, p in enumerate(parameters):
        parameters[index] = p - lr * p.grad


def without_backward(parameters, loss_of, lr):
    zero(parameters)
    loss_of()
    update(parameters, lr)


def zero_too_late(parameters, loss_of, lr):
    loss_of().backward()
    zero(parameters)
    update(parameters, lr)


def first_only(parameters, loss_of, lr):
    zero_first(parameters[:1], loss_of, lr)


def rounded(parameters, loss_of, lr):
    zero_first(parameters, loss_of, lr)
    for p in parameters:
        p.data = round(p.data) + 0.1


@pytest.mark.parametrize(
    ("step", "hint"),
    [
        (uphill, "goes uphill"),
        (forgetful, "call zero_grad() of every parameter in each step"),
        (backward_twice, "twice as long"),
        (without_rate, "The learning rate is forgotten"),
        (early, "comes before the gradients of this step are there"),
        (replaced, "is replaced by -lr * p.grad"),
        (shrunk, "p.grad is meant, not p.data"),
        (rebound, "gives the name p to another number"),
        (rebound_in_the_list, "gives the name p to another number"),
        (without_backward, "there are no gradients"),
        (zero_too_late, "there are no gradients"),
        (first_only, "b has not moved"),
        (rounded, "The rule is p.data -= lr * p.grad"),
    ],
)
def test_a_mistake_gets_its_own_hint(step, hint):
    with pytest.raises(CheckFailedError) as caught:
        check_training_step(step)
    assert hint in caught.value.hint


def test_a_failure_says_at_which_step():
    with pytest.raises(CheckFailedError) as caught:
        check_training_step(forgetful)
    error = caught.value
    assert error.problem == "the parameters are wrong after step 2"
    assert (error.at, error.expected) == ("w = 2.4, b = -1.8, lr = 0.1", "w = 2.2, b = -2.32")
