"""Checking gradients: every derivative beside a numeric one, with an error that can be trusted.

It is a module of its own, which ``nanograd.engine`` does not import, for those who write an operation, a
layer or a loss and want to know that its gradients are right. Its other half is for those who learn: checks
of what one writes by hand, from the derivative of a product to a step of training, that say which mistake a
wrong answer looks like.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from nanograd.engine._backward import grad
from nanograd.engine._exercises._causality import check_causal
from nanograd.engine._exercises._forward_pass import check_forward_pass
from nanograd.engine._exercises._gradient import check_gradient
from nanograd.engine._exercises._operation import check_backward
from nanograd.engine._exercises._own_backward import check_backward_pass
from nanograd.engine._exercises._topological_order import check_topological_order
from nanograd.engine._exercises._training import check_training_step
from nanograd.engine._exercises._verdict import CheckFailedError, CheckPassed
from nanograd.engine._floats import Number
from nanograd.engine._gradcheck import Inputs, check, flat_outputs
from nanograd.engine._gradcheck_report import CheckedDerivative, GradcheckError, GradcheckReport
from nanograd.engine._modes import enable_grad
from nanograd.engine._value import ScalarValue

__all__ = [
    "CheckFailedError",
    "CheckPassed",
    "CheckedDerivative",
    "GradcheckError",
    "GradcheckReport",
    "check_backward",
    "check_backward_pass",
    "check_causal",
    "check_forward_pass",
    "check_gradient",
    "check_topological_order",
    "check_training_step",
    "gradcheck",
    "gradgradcheck",
]


def gradcheck(
    func: Callable[..., Any],
    inputs: Any,
    eps: float = 1e-2,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> GradcheckReport:
    """Compare the gradients of ``func`` with numeric ones, like `torch.autograd.gradcheck`_.

    The numeric derivatives are extrapolated from four central differences, with steps that fit the input, and
    each comes with an estimate of its error. They have ten digits or more where the function is smooth, so
    tolerances may be far stricter than the default ones, which are PyTorch's. A derivative passes if

    - the analytic one is within ``atol + rtol * |numeric|`` of the numeric one,
    - and the numeric one is known that well,
    - and it is the same from both sides: a kink, as of relu at 0, never passes, not even where the analytic
      derivative happens to lie in the middle.

    >>> from nanograd.engine import relu
    >>> print(gradcheck(lambda x, y: x * y, [2.0, 3.0]))
    gradcheck: 2 derivatives are right
    input      value  analytic  numeric  error  allowed
    inputs[0]  2      3         3        0      0.00301  right
    inputs[1]  3      2         2        0      0.00201  right

    >>> gradcheck(relu, 0.0)
    Traceback (most recent call last):
    ...
    nanograd.engine.testing.GradcheckError: gradcheck: 1 of 1 derivatives failed
    inputs[0] is at a kink: the slope is 0 to the left and 1 to the right, and backward() says 0
    input      value  analytic  numeric  error  allowed
    inputs[0]  0      0         0.5      0.5    0.00051  kink
    relu is at a point where its derivative is a convention: relu(0.0)

    Args:
        func: called as ``func(*inputs)``, returns a ScalarValue or a list of them. It must return the same
            for the same inputs, so no dropout.
        inputs: a list or tuple with an item for each argument: a plain number, a ScalarValue, or lists,
            tuples and dicts of them. A single number or ScalarValue is one argument. ScalarValues are given
            to ``func`` as they are, and have their ``data`` moved for the numeric derivatives and put back,
            so that ``func`` may also use them in another way: ``inputs=model.parameters()`` checks a model.
            Those that require no gradient are not checked.
        eps: the largest step, as a part of the input; the step itself where the input is 0. Smaller and
            larger ones follow where the extrapolation does not settle. PyTorch takes 1e-6 without
            extrapolation.
        atol: how far the derivatives may lie apart.
        rtol: how far they may lie apart as a part of the numeric one.
        raise_exception: raise an error if a derivative fails; if not, look at the report.

    Returns:
        A report that is true if all derivatives are right, that prints as a table, and that iterates over
        each output's derivative with respect to each input.

    Raises:
        GradcheckError: if a derivative fails; its ``report`` is the report.
        ArgumentError: if there is nothing to check, or a tolerance or step makes no sense.
        NumberTypeError: if an input or output is not a number.

    .. _torch.autograd.gradcheck:
       https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradcheck.html
    """
    return check("gradcheck", func, Inputs("gradcheck", inputs), eps, atol, rtol, raise_exception)


def gradgradcheck(
    func: Callable[..., Any],
    inputs: Any,
    grad_outputs: Number | Sequence[Number] | None = None,
    eps: float = 1e-2,
    atol: float = 1e-5,
    rtol: float = 1e-3,
    raise_exception: bool = True,
) -> GradcheckReport:
    """Compare the second derivatives of ``func`` with numeric ones, like `torch.autograd.gradgradcheck`_.

    The gradients, recorded by ``grad(create_graph=True)``, are differentiated once more and compared with
    differences of the gradients, as :func:`gradcheck` does. It takes the gradients as they are, so check them
    first.

    >>> print(gradgradcheck(lambda x, y: x * x * y, [2.0, 4.0]))
    gradgradcheck: 4 derivatives are right
    output         input      value  analytic  numeric  error  allowed
    d/d inputs[0]  inputs[0]  2      8         8        0      0.00801  right
    d/d inputs[0]  inputs[1]  4      4         4        0      0.00401  right
    d/d inputs[1]  inputs[0]  2      4         4        0      0.00401  right
    d/d inputs[1]  inputs[1]  4      0         0        0      1e-05    right

    Args:
        func: as for :func:`gradcheck`.
        inputs: as for :func:`gradcheck`.
        grad_outputs: the gradient that arrives at each output. The outputs' gradients are then added up; if
            left out, each output is checked on its own.
        eps: as for :func:`gradcheck`.
        atol: as for :func:`gradcheck`.
        rtol: as for :func:`gradcheck`.
        raise_exception: as for :func:`gradcheck`.

    Returns:
        A report, with one output for the derivative of each output with respect to each input.

    Raises:
        GradcheckError: if a derivative fails; its ``report`` is the report.
        ArgumentError: as for :func:`gradcheck`, or if there are not as many gradients as outputs.
        NumberTypeError: if an input or output is not a number.

    .. _torch.autograd.gradgradcheck:
       https://docs.pytorch.org/docs/stable/generated/torch.autograd.gradcheck.gradgradcheck.html
    """
    function = "gradgradcheck"
    given = Inputs(function, inputs)

    def gradients(*arguments: Any) -> list[ScalarValue]:
        with enable_grad():
            outputs = flat_outputs(function, func(*arguments))
            together = [outputs] if grad_outputs is not None else [[output] for output in outputs]
            found: list[Any] = []
            for roots in together:
                if any(output.requires_grad for output in roots):
                    found += grad(roots, given.checked, grad_outputs, create_graph=True, allow_unused=True)
                else:
                    found += [None] * len(given.checked)
        return [ScalarValue(0.0, requires_grad=False) if slope is None else slope for slope in found]

    def name(index: int, count: int) -> str:
        of, by = divmod(index, len(given.checked))
        several = "" if count == len(given.checked) else f" of output {of}"
        return f"d/d {given.names[by]}{several}"

    return check(function, gradients, given, eps, atol, rtol, raise_exception, name)
