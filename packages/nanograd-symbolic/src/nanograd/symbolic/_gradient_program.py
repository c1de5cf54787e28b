"""From a graph to a program of terms: the value, and by the chain rule the derivative for every argument.

This is the engine's backward pass with terms in the place of numbers, in the same order, so that the numbers
of the generated code are rounded as the engine's are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from nanograd.engine import ArgumentError, NumberTypeError, Operation, ScalarValue, topological_order
from nanograd.symbolic._refusals import NoSourceError
from nanograd.symbolic._terms import Program, Term


@dataclass(frozen=True, slots=True)
class GradientProgram:
    """What a generated function computes.

    Attributes:
        value: the result.
        arguments: what the function takes.
        gradient: for each argument that one is asked for, the derivative with respect to it.
        derivatives: of which term a term is the derivative of the result with respect to; gives names.
    """

    value: Term
    arguments: tuple[Term, ...]
    gradient: dict[Term, Term]
    derivatives: dict[Term, Term]


def gradient_program(
    function: str,
    root: ScalarValue,
    inputs: Sequence[ScalarValue] | None = None,
    wrt: Sequence[ScalarValue] | None = None,
    gradient: bool = True,
    arguments: Sequence[ScalarValue] | None = None,
) -> GradientProgram:
    """Return the program of a value and its gradient.

    Args:
        function: who asks, for error messages.
        root: the result of the graph.
        inputs: the arguments, inner values among them if wanted; if left out, the leaves that need a gradient
            or have a label.
        wrt: the arguments to differentiate with respect to; if left out, those that need a gradient.
        gradient: whether to differentiate at all.
        arguments: the inputs of a function that was traced, which need not use them all.

    Raises:
        ArgumentError: if an input is given twice or ``root`` does not depend on it, or ``wrt`` is no input.
        NoSourceError: if an operation's rules are not written over a number system.
    """
    order = topological_order(root)
    if arguments is not None and inputs is None:
        chosen = list(arguments)
    elif inputs is None:
        chosen = [node for node in order if node.is_leaf and (node.requires_grad or node.label)]
    else:
        chosen = checked_values(
            f"{function}(inputs)", inputs, set(order), "is no part of the graph of the result"
        )
    if wrt is None:
        wanted = [node for node in chosen if node.requires_grad]
    else:
        wanted = checked_values(f"{function}(wrt)", wrt, set(chosen), "is not among the inputs")
    program = Program()
    terms = {node: program.argument(node.label) for node in chosen}
    needed = needed_nodes(root, order, set(chosen))
    for node in needed:
        if node not in terms:
            terms[node] = term_of(program, node, terms)
    found: dict[ScalarValue, Term] = {}
    derivatives: dict[Term, Term] = {}
    if gradient:
        found = _chain_rule(program, root, needed, terms, set(chosen), set(wanted))
        # Leaves come last: a slope that an inner value and a leaf share is named after the inner value.
        for node, slope in found.items():
            derivatives.setdefault(slope, terms[node])
    zero = program.number(0.0)
    slopes = {terms[node]: found.get(node, zero) for node in wanted} if gradient else {}
    return GradientProgram(terms[root], tuple([terms[node] for node in chosen]), slopes, derivatives)


def needed_nodes(root: ScalarValue, order: list[ScalarValue], inputs: set[ScalarValue]) -> list[ScalarValue]:
    """Return the nodes that the root is computed from, given the inputs."""
    needed = {root}
    for node in reversed(order):
        if node in needed and node not in inputs:
            needed.update(node.children)
    return [node for node in order if node in needed]


def term_of(program: Program, node: ScalarValue, terms: dict[ScalarValue, Term]) -> Term:
    """Return what a node computes as a term, which bears its label."""
    if node.op is None:
        return program.number(node.data, node.label)
    first_new = len(program.terms)
    term = run_rule(program, node.op, node.op.run, program.m, *[terms[child] for child in node.children])
    if term.function != "number" and term.index >= first_new:
        term.label, term.scope = node.label, node.scope
    return term


def _chain_rule(
    program: Program,
    root: ScalarValue,
    order: list[ScalarValue],
    terms: dict[ScalarValue, Term],
    inputs: set[ScalarValue],
    wanted: set[ScalarValue],
) -> dict[ScalarValue, Term]:
    """Return the derivative of the root with respect to each node between it and the wanted ones."""
    leading = set(wanted)
    for node in order:
        if not leading.isdisjoint(node.children):
            leading.add(node)
    found = {root: program.number(1.0)}
    for node in reversed(order):
        slope = found.get(node)
        # What an input was computed from is not part of the function.
        if slope is None or node.op is None or node not in leading or node in inputs:
            continue
        for child, partial in zip(node.children, _partials(program, node, terms, leading), strict=True):
            if partial is None or (partial.number is not None and partial.number == 0):
                continue  # flat by the table: nothing flows, not even nan from an infinite gradient
            term = partial * slope
            found[child] = found[child] + term if child in found else term
    return found


def _partials(
    program: Program, node: ScalarValue, terms: dict[ScalarValue, Term], leading: set[ScalarValue]
) -> list[Term | None]:
    """Return the partial derivatives of a node as terms; None towards children that lead to no input."""
    operation: Any = node.op
    arguments = [terms[child] for child in node.children]
    if operation.arity is None:
        slopes = operation.differentiate(program.m, terms[node], *arguments)
        return [
            _as_term(program, slope) if child in leading else None
            for child, slope in zip(node.children, slopes, strict=True)
        ]
    return [
        run_rule(program, operation, rule, program.m, terms[node], *arguments) if child in leading else None
        for child, rule in zip(node.children, operation.partials, strict=True)
    ]


def run_rule(program: Program, operation: Operation, rule: Any, *arguments: Any) -> Term:
    """Return what a rule of the table gives for terms.

    Raises:
        NoSourceError: if it is not written over a number system; it names the operation.
    """
    try:
        return _as_term(program, rule(*arguments))
    except NoSourceError as error:
        raise NoSourceError(f"the operation {operation.symbol!r} has no source code: {error}") from None
    except (TypeError, ValueError, AttributeError) as error:
        raise NoSourceError(
            f"the operation {operation.symbol!r} has no source code: its rule raised {type(error).__name__}: "
            f"{error}. Write it over the number system that it is given: m.exp(x) and not math.exp(x)."
        ) from error


def _as_term(program: Program, given: Any) -> Term:
    return given if isinstance(given, Term) else program.number(given)


def checked_values(
    what: str, given: Sequence[ScalarValue], known: set[ScalarValue], trouble: str
) -> list[ScalarValue]:
    """Return ScalarValues as a list, each of them once and known.

    Raises:
        ArgumentError: if one is given twice or is not known.
        NumberTypeError: if something else is among them.
    """
    if isinstance(given, ScalarValue) or not hasattr(given, "__iter__"):
        raise NumberTypeError(f"{what} takes a list of ScalarValues and got {given!r}")
    values = list(given)
    for index, value in enumerate(values):
        if not isinstance(value, ScalarValue):
            raise NumberTypeError(f"{what} takes ScalarValues and got {value!r} at {index}")
        name = f"{value!r}{f' ({value.label!r})' if value.label else ''}"
        if value not in known:
            raise ArgumentError(f"{what} got {name}, which {trouble}")
    if len(set(values)) < len(values):
        raise ArgumentError(f"{what} got a value twice: give each of them once")
    return values
