"""Simplified formulas are shorter and have the same values, and no simplification lasts for ever."""

import pickle
import sys
import threading

import pytest
import sympy
from nanograd.engine import ArgumentError, NanogradError, NumberTypeError, ScalarValue
from nanograd.symbolic import (
    FormulaSizeError,
    SharedFormula,
    SimplifyTimeoutError,
    derive,
    simplify,
    to_sympy,
)
from nanograd.symbolic._simplifier import shortest, shortest_of
from nanograd.symbolic._simplify import _HAS_PROCESSES

x, y = sympy.symbols("x y", real=True)

in_another_process = pytest.mark.skipif(not _HAS_PROCESSES, reason="there are no other processes here")

SHORTER = {
    "identity": (sympy.sin(x) ** 2 + sympy.cos(x) ** 2, sympy.Integer(1)),
    "fraction": ((x**2 - 1) / (x - 1), x + 1),
    "whole float exponent": (x**2.0 + 1, x**2 + 1),
    "common factor": (x * y + x * sympy.sin(y), x * (y + sympy.sin(y))),
    "nothing to do": (x + y, x + y),
    "branches": (sympy.Piecewise((x * 2 - x, x > 0), (x, True)), x),
}


@pytest.mark.parametrize(("expression", "expected"), SHORTER.values(), ids=SHORTER)
def test_the_shortest_form_is_found(expression, expected):
    assert shortest(expression) == expected


def test_a_form_with_other_values_is_not_believed(monkeypatch):
    monkeypatch.setattr(
        "nanograd.symbolic._simplifier._ATTEMPTS", (lambda _: sympy.Integer(1), lambda e: e / 0)
    )
    assert shortest(sympy.exp(x) * y) == sympy.exp(x) * y


def test_matrices_and_tuples_are_simplified_entry_by_entry():
    entry = sympy.sin(x) ** 2 + sympy.cos(x) ** 2
    assert shortest_of(sympy.Matrix([[entry, x]])) == sympy.Matrix([[1, x]])
    assert shortest_of(sympy.Tuple(entry, y)) == sympy.Tuple(1, y)


def test_a_shared_formula_stays_shared_and_it_works_in_a_thread():
    leaf = ScalarValue(0.5, label="x")
    s = leaf.sin() ** 2 + leaf.cos() ** 2 + leaf
    found = []
    formula = to_sympy(s * s.exp(), sharing=True)
    thread = threading.Thread(target=lambda: found.append(simplify(formula, seconds=60)))
    thread.start()
    thread.join()
    assert isinstance(found[0], SharedFormula)
    assert str(found[0].definitions[0][1]) == "x + 1"


@in_another_process
def test_the_time_is_limited_and_the_formula_kept():
    formula = sympy.expand((x + y + 1) ** 30) / sympy.expand((x - y) ** 30) + sympy.sin(x) ** 20
    with pytest.raises(
        SimplifyTimeoutError, match=r"did not finish within 0.2 seconds; .* Allow more"
    ) as caught:
        simplify(formula, seconds=0.2)
    assert caught.value.formula is formula
    assert caught.value.seconds == 0.2
    assert isinstance(caught.value, (NanogradError, TimeoutError))


def test_where_there_are_no_processes_this_one_simplifies(monkeypatch):
    def refused(*_, **__):
        raise OSError("emscripten does not support processes.")

    monkeypatch.setattr("nanograd.symbolic._simplify._HAS_PROCESSES", False)
    monkeypatch.setattr("subprocess.run", refused)
    assert simplify(sympy.sin(x) ** 2 + sympy.cos(x) ** 2) == 1
    assert simplify(sympy.Matrix([sympy.sin(x) ** 2 + sympy.cos(x) ** 2, x])) == sympy.Matrix([1, x])


def test_what_is_no_formula_is_refused():
    with pytest.raises(NumberTypeError, match="to_sympy\\(value\\) is the formula of a value"):
        simplify(ScalarValue(1.0))
    with pytest.raises(NumberTypeError, match="got str: 'x'"):
        simplify("x")
    with pytest.raises(NumberTypeError, match="got StrictGreaterThan: x > 0"):
        simplify(x > 0)
    for seconds in (0, -1.0, float("inf"), "1"):
        with pytest.raises(ArgumentError, match="takes a positive number and got"):
            simplify(x, seconds=seconds)


def test_the_steps_of_a_derivation_can_be_simplified():
    leaf = ScalarValue(0.5, label="x")
    step = derive(leaf.sin() ** 2 * leaf, leaf).steps[0]
    (copy,) = pickle.loads(pickle.dumps([step.before]))  # pickled one line before
    assert (copy, copy.of, copy.value) == (step.before, step.before.of, step.before.value)
    (copy,) = pickle.loads(pickle.dumps([step.after]))
    assert shortest(copy) == shortest(step.after)


class Foreign(sympy.Symbol):
    """A symbol that no other process can import."""

    __module__ = "nowhere"


@in_another_process
def test_what_another_process_cannot_read_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "nowhere", sys.modules[__name__])
    with pytest.raises(
        ArgumentError, match="with ModuleNotFoundError: No module named 'nowhere': are all of"
    ):
        simplify(Foreign("z") + 1, seconds=60)


def test_a_formula_that_is_too_deep_is_refused():
    deep = x
    for _ in range(20_000):
        deep = sympy.sin(deep, evaluate=False)
    with pytest.raises(FormulaSizeError, match="too many functions inside each other: simplify its parts"):
        simplify(deep)
