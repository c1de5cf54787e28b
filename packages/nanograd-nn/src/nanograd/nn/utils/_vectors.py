"""All parameters as one vector of numbers, and back."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from nanograd.engine import Number, NumberTypeError, ScalarValue, ShapeError, as_number
from nanograd.nn._nested import is_list
from nanograd.nn.utils._parameters import Parameters, as_parameters


def parameters_to_vector(parameters: Parameters) -> list[Any]:
    """Return the numbers of all parameters in a row, like `torch.nn.utils.parameters_to_vector`_.

    >>> parameters_to_vector([ScalarValue(1.0), ScalarValue(2.0)])
    [1.0, 2.0]

    Args:
        parameters: the parameters, or a single one.

    Raises:
        NumberTypeError: if one of them is not a ScalarValue.

    .. _torch.nn.utils.parameters_to_vector:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.parameters_to_vector.html
    """
    return [value.data for value in as_parameters(parameters)]


def vector_to_parameters(vec: Sequence[Number], parameters: Parameters) -> None:
    """Give the parameters the numbers of a vector, like `torch.nn.utils.vector_to_parameters`_.

    After an error all parameters are as they were.

    >>> x, y = ScalarValue(1.0), ScalarValue(2.0)
    >>> vector_to_parameters([5.0, 6.0], [x, y])
    >>> x, y
    (ScalarValue(data=5.0), ScalarValue(data=6.0))

    Args:
        vec: the numbers, as many as parameters.
        parameters: the parameters, or a single one.

    Raises:
        ShapeError: if there are more or fewer numbers than parameters, where PyTorch takes more.
        NumberTypeError: if something is not a list, a real number or a ScalarValue.

    .. _torch.nn.utils.vector_to_parameters:
       https://docs.pytorch.org/docs/stable/generated/torch.nn.utils.vector_to_parameters.html
    """
    given = as_parameters(parameters)
    if not is_list(vec):
        raise NumberTypeError(f"vec is a list of numbers, and got {type(vec).__name__}")
    numbers = [
        number.data if isinstance(number, ScalarValue) else as_number(number, "a number of vec")
        for number in vec
    ]
    if len(numbers) != len(given):
        raise ShapeError(f"vec has {len(numbers)} numbers, and there are {len(given)} parameters")
    for value, number in zip(given, numbers, strict=True):
        value.data = number
