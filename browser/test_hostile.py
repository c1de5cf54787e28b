"""Labels that want to be code, odd numbers, and what the security policy refuses."""

from __future__ import annotations

import math
from fractions import Fraction

import pytest
from nanograd.engine import ScalarValue, exp, log, scope, topological_order
from nanograd.viz import explore
from nanograd.viz._numerals import numeral, short_numeral

HOSTILE = [
    "<script>window.hacked = 1</script>",
    "</script><script>window.hacked = 1</script>",
    "<!-- <script>",
    "]]>",
    "javascript:window.hacked=1",
    "\" onload='window.hacked=1' '`${window.hacked=1}`",
    "<img src=x onerror=window.hacked=1>",
    "{|}\\N\\u003c&lt;&#60;",
    "{{script}} {{data}}",
    "nul\0 bell\a tab\t line\n end",
    "\u202eright to left\u202c \u2066isolate",
    "שלום עולם",
    "🙂👩‍👩‍👧 \ud83d",
    "__proto__",
    "constructor",
    "",
    "twin",
    "twin",
    "長い" * 30,
    "a" * 100_000,
]


def hostile_root():
    leaves = [ScalarValue(float(number), label=label) for number, label in enumerate(HOSTILE)]
    with scope("<b>bold</b></script>", kind='"><script>window.hacked=1</script>'):
        root = leaves[0] * 1
        for leaf in leaves[1:]:
            root = root + leaf
    root.label = HOSTILE[1]
    root.backward()
    return root


def test_hostile_labels_are_shown_and_never_obeyed(explorer):
    root = hostile_root()
    page = explorer.open(root, depth=9, title="<script>window.hacked=1</script>")
    assert page.title() == "<script>window.hacked=1</script>"
    assert page.evaluate("window.hacked") is None
    assert page.locator("script").count() == 2
    assert page.locator("img, iframe, a[href]").count() == 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    labels = {number: cells[0] for number, cells in explorer.boxes().items()}
    order = topological_order(root)
    assert len(labels) == len(order)
    for number, node in enumerate(order):
        if node.label and len(node.label) <= 40 and node.label.isprintable():
            assert labels[number] == node.label
    held = page.evaluate("JSON.parse(document.querySelector('#data').textContent).graph.labels")
    assert sorted(held.values(), key=repr) == sorted(
        (node.label for node in order if node.label is not None), key=repr
    )


@pytest.mark.parametrize(
    "label", [label for label in HOSTILE if label], ids=range(len([label for label in HOSTILE if label]))
)
def test_the_whole_of_a_hostile_label_is_in_the_details(explorer, label):
    x = ScalarValue(2.0, label=label)
    y = x * x
    y.backward()
    page = explorer.open(y)
    explorer.box(x).click()
    heading = explorer.panel.locator("h2").text_content()
    assert page.evaluate("window.hacked") is None
    if label.isprintable():
        assert heading == label
    else:
        assert len(heading) >= len(label)
        assert "\0" not in heading
        assert "\u202e" not in heading


def test_the_security_policy_refuses_what_is_smuggled_in(explorer, expression):
    page = explorer.open(expression)
    page.evaluate(
        """() => { const script = document.createElement("script");
        script.textContent = "window.hacked = 1";
        document.body.append(script);
        document.body.insertAdjacentHTML("beforeend", "<img src=x onerror='window.hacked = 2'>");
        document.body.insertAdjacentHTML("beforeend", "<style>body { display: none }</style>"); }"""
    )
    page.wait_for_timeout(100)
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("getComputedStyle(document.body).display") == "flex"
    page.evaluate("() => { setTimeout('window.hacked = 3'); }")
    page.wait_for_timeout(100)
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("fetch('https://example.org').then(() => 'sent', () => 'refused')") == "refused"
    assert len(explorer.messages) >= 4
    assert all("Content Security Policy" in message for message in explorer.messages if "ERR" not in message)
    explorer.messages.clear()
    explorer.requests[:] = [url for url in explorer.requests if url.startswith("file:")]


ODD = [
    math.nan,
    math.inf,
    -math.inf,
    -0.0,
    1e-300,
    5e-324,
    1.7e308,
    10**400,
    -(2**53) - 1,
    123456789,
    0.03125,
]


@pytest.mark.parametrize("number", ODD, ids=[short_numeral(number) for number in ODD])
def test_odd_numbers_look_as_in_the_other_pictures(explorer, number):
    x = ScalarValue(number, label="x")
    explorer.open(x)
    assert explorer.boxes() == {0: ["x", f"data = {numeral(number)}", "grad = 0.0000"]}
    explorer.box(x).click()
    shown = explorer.panel.locator("dd.data").inner_text()
    if isinstance(number, int):
        assert int(shown) == number
    else:
        assert repr(float(shown)) == repr(number)


def test_fractions_are_exact_in_the_chain_rule(explorer):
    x = ScalarValue(Fraction(1, 3), label="x")
    y = x * x * x
    y.backward()
    explorer.open(y)
    explorer.box(x).click()
    assert x.grad == Fraction(1, 3)
    assert explorer.panel.locator("dd.grad").inner_text() == "1/3"
    assert explorer.panel.locator("tfoot td").get_attribute("title") == "1/3"


def test_infinite_and_unknown_gradients_do_not_stop_the_page(explorer):
    x = ScalarValue(0.0, label="x")
    y = log(x) * 0 + exp(x * 1000)
    y.backward()
    page = explorer.open(y)
    assert math.isnan(x.grad)
    page.locator("#last").click()
    explorer.box(x).click()
    assert explorer.panel.locator("tfoot td").inner_text() == "nan"
    assert explorer.panel.locator(".rest").count() == 0


def test_a_single_constant_is_a_picture(explorer):
    page = explorer.open(ScalarValue(2.0, requires_grad=False))
    assert explorer.boxes() == {0: [None, "data = 2.0000", None]}
    page.locator(".box").click()
    assert "it is a constant" in explorer.panel.inner_text()
    page.locator("#step").click()
    page.locator("#quiz").click()
    assert "That was the whole backward pass." in page.locator("#question-text").inner_text()


def test_a_notebook_shows_the_page_in_a_frame_that_reaches_nothing(explorer):
    page = explorer.page
    page.set_content(f"<!DOCTYPE html><title>notebook</title>{explore(hostile_root())._repr_html_()}")
    frame = page.frame_locator("iframe")
    frame.locator("html[data-ready]").wait_for(state="attached")
    assert frame.locator(".box, .far path").count() > 0
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.querySelector('iframe').contentDocument") is None
    explorer.requests.clear()  # about:srcdoc
