"""Why a gradient is what it is: terms with numbers that add up to what the engine has."""

from __future__ import annotations

import math
import re

import pytest
from nanograd.engine import ScalarValue, topological_order


def named(value, label):
    value.label = label
    return value


def test_clicking_shows_the_chain_rule_with_numbers(explorer, expression):
    explorer.open(expression)
    explorer.box(explorer.named("b")).click()
    assert explorer.panel.locator("h2").inner_text() == "b"
    rows = explorer.panel.locator("table.chain").first.locator("tbody tr")
    assert [re.sub(r"\s+", " ", text).strip() for text in rows.all_inner_texts()] == [
        "f 1 13 13",
        "d a = 5 4 20",
    ]
    assert re.sub(r"\s+", " ", explorer.panel.locator("tfoot").first.inner_text()).strip() == "sum 33"
    explorer.panel.get_by_role("button", name="d", exact=True).first.click()
    assert explorer.panel.locator("h2").inner_text() == "d"
    assert "a = 5" in explorer.panel.inner_text(), "what it hands on to b"


def test_long_names_leave_room_for_numbers_and_constants_stand_in_formulas(explorer):
    x = ScalarValue(0.00012345678, label="layers.0.neurons.0.w.0")
    y = named((x - 0.5) ** 2, "y")
    y.backward()
    explorer.open(y)
    explorer.box(y.children[0]).click()
    assert "2 · (-0.4999) = -0.9998" in re.sub(r"\s+", " ", explorer.panel.inner_text())
    explorer.box(x).click()
    assert explorer.panel.locator("table.chain thead").first.inner_text().split("\t")[1] == "derivative"
    heights = explorer.panel.locator("table.chain .data, table.chain .grad").evaluate_all(
        "spans => spans.map(span => span.getClientRects().length)"
    )
    assert set(heights) == {1}, "no number is broken"


@pytest.mark.parametrize("graph", ["expression", "minibatch"])
def test_the_terms_of_every_value_add_up_to_the_engines_gradient(explorer, graph, request):
    root = request.getfixturevalue(graph)
    page = explorer.open(root, depth=9)
    order = topological_order(root)
    for number, node in list(enumerate(order))[:: max(1, len(order) // 40)]:
        if not node.requires_grad:
            continue
        page.evaluate(
            """key => { dispatchEvent(new Event('beforeprint')); // every box, also those outside the window
            const box = document.querySelector(`.box[data-key="${key}"]`);
            box.dispatchEvent(new MouseEvent('click', {bubbles: true, detail: 0})); }""",
            number,
        )
        table = explorer.panel.locator("table.chain").first
        terms = [
            float(text)
            for text in table.locator("tbody td:last-child").evaluate_all(
                "cells => cells.map(cell => cell.dataset.number)"
            )
        ]
        total = float(table.locator("tfoot td").get_attribute("data-number"))
        assert math.isclose(math.fsum(terms), node.grad, rel_tol=1e-9, abs_tol=1e-15)
        assert math.isclose(total, node.grad, rel_tol=1e-12, abs_tol=1e-15)
        assert explorer.panel.locator(".rest").count() == 0


def test_gradients_that_two_passes_added_up_are_said_to_be_so(explorer):
    x = ScalarValue(3.0, label="x")
    y = named(x * x, "y")
    y.backward()
    y.backward()
    explorer.open(y)
    explorer.box(x).click()
    remark = explorer.panel.locator(".rest").inner_text()
    assert (
        "x.grad is 12, and this pass explains 6. The rest, 6, came from elsewhere: an earlier backward()"
        in remark
    )


def test_without_a_backward_pass_the_page_says_so(explorer):
    x = ScalarValue(3.0, label="x")
    y = x * x
    page = explorer.open(y)
    assert "backward() was not called yet" in page.locator("#status").inner_text()
    explorer.box(x).click()
    assert "This is what it would give" in explorer.panel.inner_text()
    assert "6" in explorer.panel.locator("tfoot").inner_text()
