"""The calculation step by step, and the quiz."""

from __future__ import annotations

from nanograd.engine import topological_order
from nanograd.viz._numerals import numeral
from playwright.sync_api import expect


def test_the_player_goes_through_the_whole_calculation_both_ways(explorer, expression):
    page = explorer.open(expression)
    final = explorer.boxes()
    page.locator("#first").click()
    order = topological_order(expression)
    known = [cells[1] for _, cells in sorted(explorer.boxes().items())]
    assert known == [f"data = {numeral(node.data)}" if node.is_leaf else "data = …" for node in order]
    seen = [(page.locator("#status").inner_text(), explorer.boxes())]
    while page.locator("#step").is_enabled():
        page.locator("#step").click()
        seen.append((page.locator("#status").inner_text(), explorer.boxes()))
    assert explorer.boxes() == final
    assert len(seen) == 10
    assert "forward: d = a * b = 5 * 2 = 10" in seen[1][0]
    assert "backward begins: out.grad = 1" in seen[5][0]
    assert "b gets 1 × 13 = 13" in seen[7][0]
    b = next(number for number, node in enumerate(order) if node.label == "b")
    assert seen[7][1][b][2] == "13.0000 + …", "a running sum is shown as one"
    for status, cells in reversed(seen[:-1]):
        page.locator("#back").click()
        assert (page.locator("#status").inner_text(), explorer.boxes()) == (status, cells)
    assert page.locator("#back").is_disabled()


def test_playing_reaches_the_end_by_itself_and_can_be_paused(explorer, expression):
    page = explorer.open(expression)
    page.locator("#speed").select_option("20")
    page.locator("#play").click()
    assert page.locator("#play").inner_text() == "Pause"
    expect(page.locator("#position")).to_have_value("9")
    expect(page.locator("#play")).to_have_text("Play")
    page.locator("#speed").select_option("1")
    page.locator("#play").click()
    page.locator("#play").click()
    assert page.locator("#position").input_value() == "0"
    page.locator("#position").fill("6")
    assert "6 / 9" in page.locator("#status").inner_text()


def test_the_quiz_asks_hints_counts_and_ends(explorer, expression):
    page = explorer.open(expression)
    page.locator("#quiz").click()
    question = page.locator("#question-text")
    assert "out = e * f has the gradient 1. What does it hand on to e?" in question.inner_text()
    page.keyboard.type("7")
    explorer.press("Enter")
    assert question.inner_text().startswith("Not 7.")
    page.locator("#hint").click()
    assert "f = 4" in question.inner_text()
    page.locator("#answer").fill("4")
    explorer.press("Enter")
    assert "Right: 4 goes to e." in question.inner_text()
    assert page.locator("#score").inner_text() == "0 of 1 right"
    page.locator("#answer").fill("13.0001")
    explorer.press("Enter")
    assert page.locator("#score").inner_text() == "1 of 2 right"
    for answer in ("13", "13", "4", "4", "8", "20"):
        page.locator("#answer").fill(answer)
        explorer.press("Enter")
    assert "That was the whole backward pass." in question.inner_text()
    assert page.locator("#score").inner_text() == "7 of 8 right"
    assert page.locator("#answer").is_disabled()
    page.locator("#quiz").click()
    assert page.locator("#question").is_hidden()
