"""L-BFGS: steps that learn the curvature of the loss from how its gradient changed."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import asdict
from typing import Any

from nanograd.engine import FLOATS, ArgumentError, NanogradError, ScalarValue, as_number, enable_grad
from nanograd.nn.optim._lbfgs_memory import Memory, ahead, check_remembered, dot, total
from nanograd.nn.optim._optimizer import Optimizer, check_closure
from nanograd.nn.optim._param_groups import Params
from nanograd.nn.optim._strong_wolfe import Point, strong_wolfe


class LBFGS(Optimizer):
    """Divide the gradient by an estimate of the curvature, made from the last changes of the gradient.

    The method of `Nocedal`_, with limited memory, as `torch.optim.LBFGS`_ does it. One :meth:`step` is up to
    ``max_iter`` iterations, each of which computes the loss anew, once or more. So it takes a closure, and
    has no rule for a single parameter; all parameters are one group.

    >>> from nanograd.engine import ScalarValue
    >>> x, y = ScalarValue(-1.5), ScalarValue(2.0)
    >>> optimizer = LBFGS([x, y], max_iter=50, line_search_fn="strong_wolfe")
    >>> def closure():
    ...     optimizer.zero_grad()
    ...     loss = (1 - x) ** 2 + 100 * (y - x * x) ** 2
    ...     loss.backward()
    ...     return loss
    >>> first_loss = optimizer.step(closure)
    >>> round(x.data, 4), round(y.data, 4)
    (1.0, 1.0)

    Args:
        params: the parameters.
        lr: how far to go in each direction; with a line search, where it begins.
        max_iter: the most iterations of a step.
        max_eval: the most computations of the loss in a step; 5/4 of ``max_iter`` if left out.
        tolerance_grad: a step ends where no gradient is larger.
        tolerance_change: a step ends where neither the loss nor a parameter changes by more.
        history_size: how many changes of the gradient are remembered.
        line_search_fn: ``"strong_wolfe"`` to search how far to go, or None.

    Raises:
        ArgumentError: if there are several groups, ``lr`` is negative, a number of times is not an int of at
            least 1, or the line search unknown; the rest as :class:`Optimizer`.

    .. _Nocedal: https://doi.org/10.1090/S0025-5718-1980-0572855-7
    .. _torch.optim.LBFGS: https://docs.pytorch.org/docs/stable/generated/torch.optim.LBFGS.html
    """

    not_negative = ("lr",)

    def __init__(
        self,
        params: Params,
        lr: float = 1,
        max_iter: int = 20,
        max_eval: int | None = None,
        tolerance_grad: float = 1e-7,
        tolerance_change: float = 1e-9,
        history_size: int = 100,
        line_search_fn: str | None = None,
    ) -> None:
        _check_count("max_iter", max_iter)
        super().__init__(
            params,
            {
                "lr": lr,
                "max_iter": max_iter,
                "max_eval": max_iter * 5 // 4 if max_eval is None else max_eval,
                "tolerance_grad": tolerance_grad,
                "tolerance_change": tolerance_change,
                "history_size": history_size,
                "line_search_fn": line_search_fn,
            },
        )

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Take the one group of parameters that there is.

        Raises:
            ArgumentError: if there is one already.
        """
        if self.param_groups:
            raise ArgumentError("LBFGS doesn't support per-parameter options (parameter groups)")
        super().add_param_group(param_group)

    @classmethod
    def check(cls, hyperparameters: Mapping[str, Any]) -> None:
        """Refuse what PyTorch refuses, in its words."""
        super().check(hyperparameters)
        for name in ("max_iter", "max_eval", "history_size"):
            _check_count(name, hyperparameters[name])
        for name in ("tolerance_grad", "tolerance_change"):
            as_number(hyperparameters[name], name)
        if hyperparameters["line_search_fn"] not in (None, "strong_wolfe"):
            raise ArgumentError("only 'strong_wolfe' is supported")

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change all parameters, up to ``max_iter`` times.

        After an error of the closure the parameters are where they were before the step.

        Args:
            closure: clears the gradients, computes the loss and its gradients, and returns the loss.

        Returns:
            What the closure returned first, at the parameters as they were.

        Raises:
            ArgumentError: if there is no closure.
            NumberTypeError: if it is not a function, or returns something else than a number.
        """
        if closure is None:
            raise ArgumentError(
                "LBFGS computes the loss several times a step: call step(closure) with a function that "
                "clears the gradients, computes the loss, calls its backward() and returns it"
            )
        check_closure(closure)
        group = self.param_groups[0]
        parameters: list[ScalarValue] = group["params"]
        before = [parameter.data for parameter in parameters]
        memory = Memory(**deepcopy(self.state.get(parameters[0], {})))
        try:
            with enable_grad():
                first = closure()
                _iterate(closure, _number(first), parameters, memory, group)
        except BaseException:
            _move_to(parameters, before)
            raise
        self.state[parameters[0]] = asdict(memory)
        self.has_stepped = True
        return first

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue where another optimizer, of as many parameters, was when ``state_dict()`` was called.

        After an error the optimizer is as it was before.

        Raises:
            ArgumentError: if sizes, hyperparameters or what is remembered do not match.
            NumberTypeError: if something that is remembered is not a real number.
        """
        before = self.param_groups, self.state
        super().load_state_dict(state_dict)
        parameters = self.param_groups[0]["params"]
        try:
            for parameter, remembered in self.state.items():
                if parameter is not parameters[0]:
                    raise ArgumentError(
                        "loaded state dict is not that of an LBFGS: not only its first parameter has a state"
                    )
                check_remembered(remembered, len(parameters))
        except NanogradError:
            self.param_groups, self.state = before
            raise


def _iterate(
    closure: Callable[[], Any],
    loss: float,
    parameters: list[ScalarValue],
    memory: Memory,
    group: Mapping[str, Any],
) -> None:
    """Go downhill, direction by direction, until one of the hyperparameters says that it is enough."""
    gradient = _gradient(parameters)
    memory.func_evals += 1
    evaluations = 1
    if _largest(gradient) <= group["tolerance_grad"]:
        return
    for iteration in range(1, group["max_iter"] + 1):
        memory.n_iter += 1
        if memory.n_iter == 1:
            t = min(1.0, FLOATS.divide(1.0, total(map(abs, gradient)))) * group["lr"]
        else:
            memory.learn(gradient, group["history_size"])
            t = group["lr"]
        d = memory.direction(gradient)
        memory.d, memory.t, memory.prev_flat_grad, memory.prev_loss = d, t, gradient, loss
        start = Point(0.0, loss, gradient, dot(gradient, d))
        if start.slope > -group["tolerance_change"]:
            return
        x = [parameter.data for parameter in parameters]
        if group["line_search_fn"] is not None:

            def evaluate(t: float, x: list[float] = x, d: list[float] = d) -> Point:
                _move_to(parameters, ahead(x, d, t))
                return _point_here(closure, parameters, d, t)

            most = group["max_eval"] - evaluations
            end, evaluated = strong_wolfe(evaluate, start, t, _largest(d), group["tolerance_change"], most)
            memory.t = end.t
            _move_to(parameters, ahead(x, d, end.t))
        else:
            _move_to(parameters, ahead(x, d, t))
            if iteration == group["max_iter"]:
                return  # the next step computes the loss here anyway
            end, evaluated = _point_here(closure, parameters, d, t), 1
        loss, gradient = end.loss, end.gradient
        evaluations += evaluated
        memory.func_evals += evaluated
        if (
            evaluations >= group["max_eval"]
            or _largest(gradient) <= group["tolerance_grad"]
            or _largest([end.t * along for along in d]) <= group["tolerance_change"]
            or abs(loss - memory.prev_loss) < group["tolerance_change"]
        ):
            return


def _point_here(closure: Callable[[], Any], parameters: list[ScalarValue], d: list[float], t: float) -> Point:
    loss = _number(closure())
    gradient = _gradient(parameters)
    return Point(t, loss, gradient, dot(gradient, d))


def _number(loss: Any) -> float:
    return float(as_number(loss.data if isinstance(loss, ScalarValue) else loss, "the closure's result"))


def _gradient(parameters: list[ScalarValue]) -> list[float]:
    return [float(parameter.grad) for parameter in parameters]


def _largest(numbers: list[float]) -> float:
    sizes = [abs(number) for number in numbers]
    return math.nan if any(size != size for size in sizes) else max(sizes)


def _move_to(parameters: list[ScalarValue], x: list[float]) -> None:
    for parameter, number in zip(parameters, x, strict=True):
        parameter.data = number


def _check_count(name: str, given: Any) -> None:
    if isinstance(given, bool) or not isinstance(given, int) or given < 1:
        raise ArgumentError(f"Invalid {name}: {given!r}; it is a number of times, an int of at least 1")
