"""Without a pointer, without sight, in the dark, on a small screen, on paper."""

from __future__ import annotations

import pytest


def test_the_keyboard_alone_reaches_everything(explorer, expression):
    page = explorer.open(expression)
    page.locator("#help").focus()
    explorer.press("Tab")
    assert page.evaluate("document.activeElement.id") == "picture"
    focused = "document.activeElement.getAttribute('aria-label')"
    explorer.press("Enter")
    assert page.evaluate(focused).startswith("out, data = 52, grad = 1, out = e * f")
    assert page.locator("#tip").is_visible()
    explorer.press("ArrowLeft")
    assert page.evaluate(focused).startswith(("e,", "f,"))
    explorer.press("Enter")
    assert explorer.panel.is_visible()
    explorer.press("ArrowRight")
    assert page.evaluate(focused).startswith("out,")
    assert explorer.panel.locator("h2").inner_text() == "out", "open details follow the focus"
    explorer.press("Escape")
    assert explorer.panel.is_hidden()
    assert page.evaluate(focused).startswith("out,"), "the focus is back in the picture"
    explorer.press("]", "]")
    assert "1 / 9" in page.locator("#status").inner_text()
    explorer.press("[", "Escape")
    assert "Play shows" in page.locator("#status").inner_text()
    explorer.press("?")
    assert page.locator("#keys").is_visible()
    explorer.press("Escape")
    assert page.locator("#keys").is_hidden()


def test_blocks_open_and_close_with_the_keyboard(explorer, minibatch):
    page = explorer.open(minibatch, depth=0)
    page.locator("#picture").focus()
    focused = "document.activeElement.getAttribute('aria-label')"
    explorer.press("Enter")
    assert page.evaluate(focused).startswith("block MSELoss")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"
    explorer.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "true"
    explorer.press("Backspace")
    assert page.evaluate("document.activeElement.getAttribute('aria-expanded')") == "false"


def test_what_a_screen_reader_meets_has_names_and_roles(explorer, minibatch):
    page = explorer.open(minibatch)
    unnamed = page.evaluate(
        """() => [...document.querySelectorAll("button, input, select, [role], aside, dialog")]
            .filter((each) => !each.matches("[aria-label], [aria-labelledby]") && !each.textContent.trim())
            .filter((each) => !["status", "tooltip"].includes(each.getAttribute("role")))
            .map((each) => each.outerHTML.slice(0, 80))"""
    )
    assert unnamed == []
    assert page.locator("#status").get_attribute("aria-live") == "polite"
    assert page.locator('[tabindex="0"]').count() == 1


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_all_text_has_a_contrast_of_four_and_a_half(explorer, scheme, minibatch):
    explorer.page.emulate_media(color_scheme=scheme)
    page = explorer.open(minibatch)
    page.locator(".box.root").click()
    low = page.evaluate(CONTRASTS)
    assert low == []


def test_the_theme_follows_the_system_and_the_button(explorer, expression):
    background = "getComputedStyle(document.body).backgroundColor"
    explorer.page.emulate_media(color_scheme="dark")
    page = explorer.open(expression)
    assert page.evaluate(background) == "rgb(18, 23, 29)"
    page.locator("#theme").click()
    assert page.evaluate(background) == "rgb(255, 255, 255)"
    page = explorer.open(expression, theme="dark")
    page.emulate_media(color_scheme="light")
    assert page.evaluate(background) == "rgb(18, 23, 29)"


def test_nothing_moves_for_who_asked_for_that(explorer, expression):
    explorer.page.emulate_media(reduced_motion="reduce")
    page = explorer.open(expression)
    explorer.press("+", "+")
    page.wait_for_timeout(60)
    moved = page.evaluate(
        """() => { document.querySelector("#fit").click();
        const frame = () => new Promise((done) => requestAnimationFrame(done));
        const world = document.querySelector(".world");
        return frame().then(frame).then(() => world.getAttribute("transform")); }"""
    )
    page.wait_for_timeout(300)
    assert page.evaluate("document.querySelector('.world').getAttribute('transform')") == moved


def test_paper_gets_the_whole_picture_in_light_colors(explorer, minibatch):
    explorer.page.emulate_media(color_scheme="dark")
    page = explorer.open(minibatch, depth=9)
    count = page.locator(".box").count()
    content = page.pdf(prefer_css_page_size=True)
    assert content.startswith(b"%PDF")
    assert len(content) > 20_000
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    assert page.locator(".box").count() == 249
    page.emulate_media(media="print")
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert page.locator("#toolbar").is_hidden()
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    assert page.locator(".box").count() == count


def test_a_narrow_screen_has_room_for_everything(explorer, expression):
    explorer.page.set_viewport_size({"width": 390, "height": 844})
    page = explorer.open(expression)
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    assert page.locator("#quiz").is_visible()
    assert page.locator("#picture").bounding_box()["height"] > 300


CONTRASTS = """() => {
    const channel = (c) => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
    const luminance = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
    const rgb = (text) => text.match(/[\\d.]+/g).map(Number);
    const behind = (element) => {
        for (let at = element; at; at = at.parentElement) {
            const color = rgb(getComputedStyle(at).backgroundColor);
            if (color.length < 4 || color[3] > 0.99) return color;
        }
        return [255, 255, 255];
    };
    const low = [];
    const compare = (name, front, back) => {
        const [a, b] = [luminance(front), luminance(back)].sort((x, y) => y - x);
        if ((a + 0.05) / (b + 0.05) < 4.5) low.push([name, front, back]);
    };
    for (const element of document.querySelectorAll("body *:not(svg):not(svg *)")) {
        const isText = [...element.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
        if (!isText || !element.checkVisibility()) continue;
        compare(element.outerHTML.slice(0, 60), rgb(getComputedStyle(element).color), behind(element));
    }
    for (const text of document.querySelectorAll("#picture .box .text")) {
        const cell = text.previousElementSibling;
        const back = cell?.matches(".cell") ? rgb(getComputedStyle(cell).fill) : behind(document.body);
        compare(text.textContent, rgb(getComputedStyle(text).fill), back);
    }
    return low;
}"""
