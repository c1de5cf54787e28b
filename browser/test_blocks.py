"""The parts of a model, closed and open, and searching in them."""

from __future__ import annotations

from nanograd.engine import ScalarValue, scope
from playwright.sync_api import expect


def test_blocks_open_and_close(explorer, minibatch):
    page = explorer.open(minibatch, depth=0)
    expect(page.locator(".box.block")).to_have_count(6)  # four uses, the shared weights, the loss
    heading = page.locator(".box.block", has_text="use 2 of 4")
    heading.click()
    frame = page.locator(".frame")
    assert frame.count() == 1
    assert "use 2 of 4" in frame.text_content()
    expect(page.locator(".box.block", has_text="layers.3")).to_have_count(1)  # when the picture has moved
    assert explorer.panel.get_by_role("button", name="Close this block").is_visible()
    explorer.panel.get_by_role("button", name="Close this block").click()
    expect(page.locator(".frame")).to_have_count(0)
    page.locator("#open-all").click()
    assert page.locator(".frame").count() > 40
    page.locator("#close-all").click()
    expect(page.locator(".box.block")).to_have_count(6)


def test_the_ranges_and_counts_of_a_block_are_those_of_its_values(explorer):
    with scope("part", kind="Part"):
        a, b = ScalarValue(2.0, label="a"), ScalarValue(-4.0, label="b")
        y = a * b + 1
    root = y * 2
    root.backward()
    page = explorer.open(root, depth=0)
    block = page.locator(".box.block")
    assert block.locator("text").all_text_contents() == [
        "part",
        "Part",
        "2 operations, 2 parameters, 1 constant",
        "data -8.0000 … 2.0000",
        "grad -8.0000 … 4.0000",
    ]


def test_search_goes_into_closed_blocks(explorer, minibatch):
    page = explorer.open(minibatch, depth=0)
    explorer.press("/")
    page.keyboard.type("layers.2.neurons.1.b")
    assert page.locator("#search-count").inner_text() == "1 found"
    explorer.press("Enter")
    assert explorer.panel.locator("h2").inner_text() == "layers.2.neurons.1.b"
    assert page.locator(".box.leaf.selected").count() == 1
    page.locator("#search-text").fill("tanh")
    assert page.locator("#search-count").inner_text() == "28 found"
    explorer.press("Enter", "Enter", "ArrowUp")
    assert page.locator("#search-count").inner_text() == "1 of 28"
    page.locator("#search-text").fill("not there")
    assert page.locator("#search-count").inner_text() == "none found"


def test_too_many_values_are_closed_into_parts_which_the_page_says(explorer, many):
    page = explorer.open(many(3000))
    assert "would be too many to read at once" in page.locator("#notice").inner_text()
    assert page.locator(".box").count() <= 150
    page.locator("#open-all").click()
    assert "are legible" in page.locator("#notice").inner_text()


def test_a_block_that_would_be_too_much_closes_others(explorer):
    parts = []
    for number in range(3):
        with scope(f"part{number}", kind="Part"):
            x = ScalarValue(1.0, label=f"x{number}")
            for _ in range(30):
                x = x + 1
            parts.append(x)
    root = sum(parts)
    root.backward()
    page = explorer.open(root, depth=0, max_nodes=100)
    for number in (0, 1):
        page.locator("#search-text").fill(f"part{number}")
        explorer.press("Enter")
        explorer.panel.get_by_role("button", name="Open this block").click()
    assert page.locator(".frame-name").all_text_contents() == ["part1Part"]
    assert "1 other block closed to keep the picture under 100 boxes." in page.locator("#notice").inner_text()
