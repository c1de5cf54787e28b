"""Derivatives of Python functions, rather than of recorded graphs: JAX's and ``torch.func``'s names.

The functions take and return numbers, alone or in nested lists, tuples and dictionaries, and derivatives
have the same structure. A function gets ScalarValues in place of the numbers to differentiate for. What
comes back is plain numbers, or ScalarValues where it can be differentiated again: inside another one of
these functions, and where an argument, or another value that the function uses, needs a gradient itself.
Under ``no_grad()`` it is always plain numbers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nanograd.engine._argnums import check_argnums, check_function, differentiated, positions
from nanograd.engine._calls import Call, checked_numbers, unit
from nanograd.engine._errors import ArgumentError, NumberTypeError
from nanograd.engine._numbers import described
from nanograd.engine._trees import Tree, flatten_like, unflatten

Function = Callable[..., Any]


def gradient(function: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """Return a function that computes the gradient of ``function``, which returns one number.

    It is ``jax.grad`` and ``torch.func.grad``; the name ``grad`` belongs to the gradients of recorded graphs.

    >>> slope = gradient(lambda x: x**3)
    >>> slope(2.0), gradient(slope)(2.0)
    (12.0, 12.0)
    >>> gradient(lambda p: p["w"][0] * p["w"][1] + p["b"])({"w": [2.0, 3.0], "b": 1.0})
    {'w': [3.0, 2.0], 'b': 1.0}

    Args:
        function: returns one number; with ``has_aux``, a tuple of one number and anything else.
        argnums: the argument to differentiate for, or several: the gradient is then a tuple.
        has_aux: whether the function returns (value, aux). Then (gradient, aux) is returned.

    Raises:
        ArgumentError: if ``function`` is no function, or ``argnums`` no argument of it.
        NumberTypeError: if an argument to differentiate for holds something else than numbers, or the
            function returns something else than one number; the message says where.
    """
    both = _value_and_gradient("gradient", function, argnums, has_aux)

    def gradient_of(*arguments: Any, **named: Any) -> Any:
        value, slopes = both(*arguments, **named)
        return (slopes, value[1]) if has_aux else slopes

    return gradient_of


def value_and_grad(function: Function, argnums: int | Sequence[int] = 0, has_aux: bool = False) -> Function:
    """Return a function that computes the value of ``function`` and its :func:`gradient`, in one pass.

    >>> value_and_grad(lambda x, y: x * y, argnums=(0, 1))(2.0, 5.0)
    (10.0, (5.0, 2.0))

    Args:
        function: returns one number; with ``has_aux``, a tuple of one number and anything else.
        argnums: the argument to differentiate for, or several: the gradient is then a tuple.
        has_aux: whether the function returns (value, aux). Then ((value, aux), gradient) is returned.

    Raises:
        ArgumentError: if ``function`` is no function, or ``argnums`` no argument of it.
        NumberTypeError: if an argument to differentiate for holds something else than numbers, or the
            function returns something else than one number; the message says where.
    """
    return _value_and_gradient("value_and_grad", function, argnums, has_aux)


def jvp(function: Function, point: Tree, direction: Tree) -> tuple[Tree, Tree]:
    """Return the function's value at a point, and its derivative along a direction, in one forward pass.

    The cost does not depend on how many numbers the function takes and returns.

    >>> jvp(lambda x, y: [x * y, x + y], (3.0, 4.0), (1.0, 10.0))
    ([12.0, 7.0], [34.0, 11.0])
    >>> jvp(lambda p: p["r"] ** 2, {"r": 3.0}, {"r": 1.0})
    (9.0, 6.0)

    Args:
        function: returns numbers in any structure.
        point: the arguments as a tuple. Anything else than a tuple is the only argument.
        direction: the tangent, in the structure of ``point``.

    Raises:
        StructureError: if ``direction`` has another structure; it names the first place that differs.
        NumberTypeError: if there is something else than numbers in ``point``, in ``direction`` or in what the
            function returns; the message says where.
    """
    return _derivative_along("jvp", function, point, direction)


def vjp(function: Function, *primals: Tree) -> tuple[Tree, Callable[[Tree], tuple[Tree, ...]]]:
    """Return the function's value, and a function that pulls a cotangent of the value back to the arguments.

    The second one may be called several times; each call is one backward pass.

    >>> value, pullback = vjp(lambda x, y: [x * y, x + y], 3.0, 4.0)
    >>> value, pullback([1.0, 10.0])
    ([12.0, 7.0], (14.0, 13.0))

    Args:
        function: returns numbers in any structure.
        primals: its arguments. The pullback returns a tuple with a tree for each.

    Raises:
        StructureError: by the pullback, if its cotangent has another structure than the function's result.
        NumberTypeError: if there is something else than numbers in an argument, in what the function returns
            or in a cotangent; the message says where.
    """
    check_function("vjp", function)
    call = Call("vjp", function, primals, {}, {index: f"primals[{index}]" for index in range(len(primals))})
    value = call.values(call.result)

    def pullback(cotangent: Tree) -> tuple[Tree, ...]:
        leaves = flatten_like(call.result, cotangent, ("result", "cotangent"), "pullback")
        cotangents = checked_numbers(leaves, call.result, "pullback", "cotangent")
        gradients: tuple[Tree, ...] = unflatten(primals, call.pull_back(dict(enumerate(cotangents))))
        return gradients

    return value, pullback


def jacobian(function: Function, argnums: int | Sequence[int] = 0, mode: str = "auto") -> Function:
    """Return a function that computes the derivatives of every number in the result for every one given.

    Each number in the result is replaced by a tree of the argument's structure, as in JAX and PyTorch.

    >>> jacobian(lambda v: [v[0] * v[1], v[0] + v[1]])([3.0, 4.0])
    [[4.0, 3.0], [1.0, 1.0]]
    >>> jacobian(lambda r, phi: {"area": r * r * phi}, argnums=(0, 1))(2.0, 3.0)
    {'area': (12.0, 4.0)}

    Args:
        function: returns numbers in any structure.
        argnums: the argument to differentiate for, or several: each number becomes a tuple of trees.
        mode: ``"reverse"`` for a backward pass for each number in the result, ``"forward"`` for a forward
            pass for each number in the arguments, ``"auto"`` for fewer passes. The function is called once.

    Raises:
        ArgumentError: if ``function`` is no function, ``argnums`` no argument of it, or ``mode`` another one.
        NumberTypeError: if there is something else than numbers in an argument to differentiate for, or in
            what the function returns; the message says where.
    """
    return _jacobian("jacobian", function, argnums, mode)


def hessian(function: Function, argnums: int | Sequence[int] = 0) -> Function:
    """Return a function that computes all second derivatives of ``function``, which returns one number.

    It is the jacobian of the gradient: forward over reverse. ``hessian[i][j]`` is the derivative of
    ``gradient[i]`` for number j of the argument.

    >>> hessian(lambda v: v[0] ** 2 * v[1])([3.0, 4.0])
    [[8.0, 6.0], [6.0, 0.0]]

    Args:
        function: returns one number.
        argnums: the argument to differentiate for, or several: trees then become tuples of trees.

    Raises:
        ArgumentError: if ``function`` is no function, or ``argnums`` no argument of it.
        NumberTypeError: if an argument to differentiate for holds something else than numbers, or the
            function returns something else than one number; the message says where.
    """
    slopes = _value_and_gradient("hessian", function, argnums, has_aux=False)
    return _jacobian(
        "hessian", lambda *arguments, **named: slopes(*arguments, **named)[1], argnums, "forward"
    )


def hvp(function: Function, point: Tree, direction: Tree) -> Tree:
    """Return the hessian of ``function`` at a point times a direction, without computing the hessian.

    It is the derivative of the gradient along the direction: forward over reverse, at a few times the cost of
    the function, however many numbers it takes.

    >>> hvp(lambda v: v[0] ** 2 * v[1], [3.0, 4.0], [1.0, 0.0])
    [8.0, 6.0]

    Args:
        function: returns one number.
        point: the arguments as a tuple. Anything else than a tuple is the only argument.
        direction: a tree in the structure of ``point``, as the result is.

    Raises:
        StructureError: if ``direction`` has another structure; it names the first place that differs.
        NumberTypeError: if there is something else than numbers in ``point`` or ``direction``, or the
            function returns something else than one number; the message says where.
    """
    everything = tuple(range(len(point))) if type(point) is tuple else 0
    if everything == ():
        raise ArgumentError("hvp(function, point, direction) got an empty point: give at least one argument")
    slopes = _value_and_gradient("hvp", function, everything, has_aux=False)
    return _derivative_along("hvp", lambda *arguments: slopes(*arguments)[1], point, direction)[1]


def _value_and_gradient(
    asked: str, function: Function, argnums: int | Sequence[int], has_aux: bool
) -> Function:
    check_function(asked, function)
    check_argnums(asked, argnums)

    def value_and_gradient(*arguments: Any, **named: Any) -> tuple[Any, Tree]:
        chosen = positions(asked, argnums, arguments)
        call = Call(asked, function, arguments, named, chosen, has_aux=has_aux)
        if isinstance(call.result, list | tuple | dict):
            raise NumberTypeError(
                f"{asked}() needs a function that returns one number and got {described(call.result)}. Add "
                "up what belongs together, or use jacobian() for the derivatives of several numbers."
            )
        gradients = call.pull_back({0: unit(call.result)})
        value = call.values(call.returned)
        return value, unflatten(differentiated(argnums, arguments), gradients)

    return value_and_gradient


def _derivative_along(asked: str, function: Function, point: Tree, direction: Tree) -> tuple[Tree, Tree]:
    check_function(asked, function)
    leaves = flatten_like(point, direction, ("point", "direction"), asked)
    tangents = checked_numbers(leaves, point, asked, "direction")
    several = type(point) is tuple
    arguments = point if several else (point,)
    chosen = {index: f"point[{index}]" if several else "point" for index in range(len(arguments))}
    call = Call(asked, function, arguments, {}, chosen)
    pushed = call.push_forward(dict(zip(call.inputs, tangents, strict=True)))
    return call.values(call.result), unflatten(call.result, pushed)


def _jacobian(asked: str, function: Function, argnums: int | Sequence[int], mode: str) -> Function:
    check_function(asked, function)
    check_argnums(asked, argnums)
    if mode not in {"auto", "forward", "reverse"}:
        raise ArgumentError(f"{asked}(mode={mode!r}) takes 'auto', 'forward' or 'reverse'")

    def jacobian_of(*arguments: Any, **named: Any) -> Tree:
        call = Call(asked, function, arguments, named, positions(asked, argnums, arguments))
        if mode == "forward" or (mode == "auto" and len(call.inputs) < len(call.outputs)):
            columns = [call.push_forward({value: unit(value)}) for value in call.inputs]
            rows = [[column[index] for column in columns] for index in range(len(call.outputs))]
        else:
            rows = [call.pull_back({index: unit(output)}) for index, output in enumerate(call.outputs)]
        tree = differentiated(argnums, arguments)
        return unflatten(call.result, [unflatten(tree, row) for row in rows])

    return jacobian_of
