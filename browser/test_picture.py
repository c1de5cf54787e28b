"""What a reader sees, moves and hovers over."""

from __future__ import annotations

import re

from nanograd.engine import ScalarValue, detect_anomaly, scope, topological_order
from nanograd.viz._numerals import numeral


def named(value, label):
    value.label = label
    return value


def test_every_box_shows_what_the_engine_has(explorer, expression):
    page = explorer.open(expression)
    expected = {
        number: [node.label, f"data = {numeral(node.data)}", f"grad = {numeral(node.grad)}"]
        for number, node in enumerate(topological_order(expression))
    }
    assert explorer.boxes() == expected
    assert page.title() == "out"
    assert page.locator("ellipse.operation").count() == 4


def test_every_gradient_of_a_network_is_the_engines(explorer, minibatch):
    page = explorer.open(minibatch, depth=9)
    page.evaluate("dispatchEvent(new Event('beforeprint'))")  # every box, also those outside the window
    shown = explorer.boxes()
    order = topological_order(minibatch)
    for number, node in enumerate(order):
        _, data, grad = shown[number]
        if node.requires_grad:
            assert (data, grad) == (f"data = {numeral(node.data)}", f"grad = {numeral(node.grad)}")
        elif node.label:
            assert (data, grad) == (f"data = {numeral(node.data)}", None)
        else:
            assert (data, grad) == (None, None)  # a constant is its number only
    assert len(shown) == len(order)


def test_the_wheel_zooms_dragging_and_arrows_pan_and_f_fits(explorer, expression):
    page = explorer.open(expression)
    transform = "document.querySelector('.world').getAttribute('transform')"
    page.wait_for_timeout(50)
    seen = [page.evaluate(transform)]

    def settled():
        page.wait_for_timeout(320)
        seen.append(page.evaluate(transform))
        return seen[-1]

    page.mouse.move(640, 600)
    page.mouse.wheel(0, -240)
    assert settled() != seen[-2]
    page.mouse.down()
    page.mouse.move(700, 560, steps=4)
    page.mouse.up()
    assert settled() != seen[-2]
    page.locator("#picture").focus()
    explorer.press("ArrowLeft")
    assert settled() != seen[-2]
    explorer.press("+")
    assert settled() != seen[-2]
    explorer.press("f")
    assert settled() == seen[0]
    assert explorer.panel.is_hidden(), "dragging is no click"


def test_two_fingers_zoom(explorer, expression):
    page = explorer.open(expression)
    page.wait_for_timeout(50)
    scale = "Number(/scale\\(([^)]*)/.exec(document.querySelector('.world').getAttribute('transform'))[1])"
    before = page.evaluate(scale)
    session = page.context.new_cdp_session(page)

    def touch(kind, *xs):
        session.send(
            "Input.dispatchTouchEvent",
            {"type": kind, "touchPoints": [{"x": x, "y": 300, "id": n} for n, x in enumerate(xs)]},
        )

    touch("touchStart", 600, 700)
    for shift in (10, 30, 60, 90):
        touch("touchMove", 600 - shift, 700 + shift)
    touch("touchEnd")
    page.wait_for_timeout(50)
    assert page.evaluate(scale) > 1.5 * before


def test_hovering_shows_everything_about_a_value(explorer):
    with detect_anomaly(), scope("net", kind="MLP"), scope("layers.0", kind="Layer"):
        x = ScalarValue(0.1 + 0.2, label="x")
        y = named(x * 3, "y")
    y.backward()
    page = explorer.open(y, depth=9)
    explorer.box(y).hover()
    tip = page.locator("#tip")
    text = tip.inner_text()
    assert "data = 0.9000000000000001" in text
    assert "grad = 1" in text
    assert "y = x * 3" in text
    assert "in net (MLP) › layers.0 (Layer)" in text
    assert re.search(r"at test_picture\.py:\d+", text)
    page.mouse.move(3, 300)
    assert tip.is_hidden()
