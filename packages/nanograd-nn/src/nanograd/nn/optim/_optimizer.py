"""Optimizer: what all optimizers share. Each one adds its rule, a pure function of one parameter."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeAlias

from nanograd.engine import FLOATS, NumberTypeError, ScalarValue, enable_grad
from nanograd.nn._errors import MissingMethodError
from nanograd.nn.optim._hyperparameters import check_betas, check_not_negative
from nanograd.nn.optim._param_groups import ParamGroup, Params, complete_group, param_groups
from nanograd.nn.optim._state_dict import fitted, state_dict_of

Pair: TypeAlias = tuple[float, float]
State: TypeAlias = Mapping[str, Any]
Update: TypeAlias = tuple[Any, dict[str, Any]]
"""What a rule returns: the new parameter and the new state."""


class Optimizer:
    """Change parameters, step by step, against their gradients; like `torch.optim.Optimizer`_.

    A subclass says how, with :meth:`rule`, and which values its hyperparameters may have, with :meth:`check`.

    >>> class SignDescent(Optimizer):
    ...     @staticmethod
    ...     def rule(m, parameter, gradient, state, *, lr):
    ...         return parameter - lr * m.sign(gradient), state
    >>> w = ScalarValue(1.0)
    >>> optimizer = SignDescent([w], {"lr": 0.25})
    >>> (w * w).backward()
    >>> optimizer.step()
    >>> w
    ScalarValue(data=0.75)

    Args:
        params: the parameters, those of ``named_parameters()`` with their names, or dicts of parameters and
            hyperparameters of their own.
        defaults: the hyperparameters, for groups that do not have their own.

    Attributes:
        not_negative: the names of hyperparameters that have to be at least 0.
        param_groups: one dict a group, ``"params"`` and the hyperparameters. They may change between steps.
        state: what the optimizer remembers of each parameter, by names and numbers.
        has_stepped: whether :meth:`step` was called. Schedulers warn if it was not; whoever changes the
            parameters in another way, as compiled code does, sets it.

    Raises:
        ArgumentError: if there are no parameters, one occurs twice, or a hyperparameter makes no sense.
        NumberTypeError: if something is not a ScalarValue, or a hyperparameter not a real number.

    .. _torch.optim.Optimizer: https://docs.pytorch.org/docs/stable/optim.html#torch.optim.Optimizer
    """

    not_negative: tuple[str, ...] = ()
    param_groups: list[ParamGroup]
    state: dict[ScalarValue, dict[str, Any]]

    def __init__(self, params: Params, defaults: Mapping[str, Any]) -> None:
        self.defaults = dict(defaults)
        self.param_groups = []
        self.state = {}
        self.has_stepped = False
        for group in param_groups(params):
            self.add_param_group(group)

    @staticmethod
    def rule(m: Any, parameter: Any, gradient: Any, state: Any, *_: Any, **named: Any) -> tuple[Any, Any]:  # noqa: ARG004
        """Return the new parameter and the new state.

        It is a pure function over + - * / and the number system ``m``, so that one rule updates a single
        number or, compiled, a whole vector. A subclass names the hyperparameters that it takes.

        Args:
            m: the number system, such as ``FLOATS`` of the engine.
            parameter: its number.
            gradient: the derivative of the loss with respect to it.
            state: a dict, what this function returned for it in the step before; empty in the first one.
            named: the hyperparameters of the parameter's group, by the names of ``defaults``.
        """
        raise MissingMethodError(
            "an Optimizer needs a static method `rule(m, parameter, gradient, state, *, lr, ...)`"
        )

    @classmethod
    def check(cls, hyperparameters: Mapping[str, Any]) -> None:
        """Refuse hyperparameters that make no sense, in PyTorch's words; a subclass may know more.

        Args:
            hyperparameters: those of one group, by the names of ``defaults``.

        Raises:
            ArgumentError: if one of those in ``not_negative`` is negative, or one of the ``"betas"`` is not
                from 0 to below 1.
            NumberTypeError: if one of these is not a real number.
        """
        check_not_negative(hyperparameters, *cls.not_negative)
        if "betas" in hyperparameters:
            check_betas(hyperparameters)

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change every parameter that has a gradient, once.

        Args:
            closure: computes the loss again, with new gradients.

        Returns:
            What the closure returned; None without one.

        Raises:
            NumberTypeError: if the closure is not a function.
        """
        loss = None
        if closure is not None:
            check_closure(closure)
            with enable_grad():
                loss = closure()
        changes = []  # all of them are computed before the first is made
        for group in self.param_groups:
            hyperparameters = {name: group[name] for name in self.defaults}
            for parameter in group["params"]:
                if parameter.has_grad:
                    state = self.state.get(parameter, {})
                    new = self.rule(FLOATS, parameter.data, parameter.grad, state, **hyperparameters)
                    changes.append((parameter, *new))
        for parameter, data, state in changes:
            parameter.data = data
            if state:
                self.state[parameter] = state
        self.has_stepped = True
        return loss

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients of all parameters.

        Args:
            set_to_none: whether there is none afterwards; if not, those that there were are 0, and
                :meth:`step` goes on changing the parameter by its momentum or weight decay.
        """
        for group in self.param_groups:
            for parameter in group["params"]:
                if set_to_none:
                    parameter.zero_grad()
                elif parameter.has_grad:
                    parameter.grad = 0.0

    def add_param_group(self, param_group: Mapping[str, Any]) -> None:
        """Add parameters, with hyperparameters of their own, to those that are changed.

        Args:
            param_group: ``{"params": parameters, "lr": 0.1}``, with the hyperparameters that differ from the
                defaults.

        Raises:
            ArgumentError: if a parameter is in a group already, or a hyperparameter unknown or without sense.
            NumberTypeError: if something is not a ScalarValue, or a hyperparameter not a real number.
        """
        taken = [parameter for group in self.param_groups for parameter in group["params"]]
        group = complete_group(param_group, self.defaults, taken)
        self.check({name: group[name] for name in self.defaults})
        self.param_groups.append(group)

    def state_dict(self) -> dict[str, Any]:
        """Return the hyperparameters, and what is remembered of each parameter by its position.

        Plain dicts and lists of numbers; the layout is that of `torch.optim.Optimizer.state_dict`_.

        .. _torch.optim.Optimizer.state_dict:
           https://docs.pytorch.org/docs/stable/generated/torch.optim.Optimizer.state_dict.html
        """
        return state_dict_of(self.param_groups, self.state)

    def load_state_dict(self, state_dict: Mapping[str, Any]) -> None:
        """Continue where another optimizer, of as many parameters, was when :meth:`state_dict` was called.

        After an error the optimizer is as it was before.

        Args:
            state_dict: what it returned.

        Raises:
            ArgumentError: if groups, sizes or hyperparameters do not match.
            NumberTypeError: if something that is remembered is not a real number.
        """
        groups, state = fitted(state_dict, self.param_groups, self.defaults)
        for group in groups:
            self.check({name: group[name] for name in self.defaults})
        self.param_groups = groups
        self.state = state

    def __repr__(self) -> str:
        groups = [
            f"Parameter Group {index}\n"
            + "".join(f"    {name}: {group[name]}\n" for name in sorted(group) if name != "params")
            for index, group in enumerate(self.param_groups)
        ]
        return f"{type(self).__name__} (\n{''.join(groups)})"


def check_closure(closure: object) -> None:
    """Refuse what is not a function, such as the loss itself.

    Raises:
        NumberTypeError: with its type.
    """
    if not callable(closure):
        raise NumberTypeError(
            "step(closure) takes a function that computes the loss again, and got "
            f"{type(closure).__name__}. Of a loss call backward(), and then step() without arguments."
        )
