"""The page of a TrainingMovie, and its SVG that moves by itself."""

from __future__ import annotations

import pytest
from nanograd.engine import ScalarValue
from nanograd.viz import TrainingMovie


@pytest.fixture
def movie() -> TrainingMovie:
    w, b = ScalarValue(0.5, label="w"), ScalarValue(0.0, label="b")
    movie = TrainingMovie(seconds=0.5, title="<script>x</script>")
    for step in range(5):
        loss = ((w * 2.0 + b).tanh() - 0.8) ** 2
        loss.backward()
        movie.capture(loss, f"epoch {step}")
        for parameter in (w, b):
            parameter.data -= 0.1 * parameter.grad
            parameter.grad = None
    return movie


def test_the_player_plays_to_the_end_and_goes_back_and_on(explorer, movie, tmp_path):
    page = explorer.page
    page.goto(movie.save(tmp_path / "movie.html").as_uri())
    page.wait_for_selector("html[data-ready]")
    assert page.locator("h1").text_content() == "<script>x</script>"
    page.get_by_text("5 / 5").wait_for()
    assert page.get_by_text("epoch 4").count() == 1
    assert page.locator("#play").text_content() == "Play"
    page.get_by_label("One frame back").click()
    assert page.locator("#caption").text_content() == "4 / 5"
    page.locator("h1").click()
    explorer.press("ArrowLeft", "ArrowLeft", "ArrowRight")
    assert page.locator("#caption").text_content() == "3 / 5"
    assert page.locator("svg text", has_text="epoch 2").count() == 1
    page.locator("#position").focus()
    explorer.press("Home")
    assert page.locator("#caption").text_content() == "1 / 5"
    assert page.locator("#position").get_attribute("aria-valuetext") == "epoch 0"


def test_who_prefers_less_motion_starts_it_by_hand(explorer, movie, tmp_path):
    page = explorer.page
    page.emulate_media(reduced_motion="reduce")
    page.goto(movie.save(tmp_path / "movie.html").as_uri())
    page.wait_for_selector("html[data-ready]")
    assert page.locator("#play").text_content() == "Play"
    assert page.locator("#caption").text_content() == "1 / 5"
    page.locator("#play").click()
    page.get_by_text("5 / 5").wait_for()


def test_the_policy_of_the_page_is_in_force(explorer, movie, tmp_path):
    page = explorer.page
    page.goto(movie.save(tmp_path / "movie.html").as_uri())
    page.wait_for_selector("html[data-ready]")
    page.evaluate(
        "() => document.body.insertAdjacentHTML('beforeend', '<img src=x onerror=\"window.bad = 1\">')"
    )
    page.wait_for_timeout(200)
    assert page.evaluate("window.bad") is None
    assert any("Content Security Policy" in message for message in explorer.messages)
    explorer.messages.clear()
    explorer.requests[:] = [url for url in explorer.requests if url.startswith("file:")]


def test_the_svg_moves_by_itself_as_an_image(explorer, movie, tmp_path):
    movie.save(tmp_path / "movie.svg")
    (tmp_path / "page.html").write_text('<img src="movie.svg" width="860">', encoding="utf-8")
    page = explorer.page
    page.goto((tmp_path / "page.html").as_uri())
    page.wait_for_function("document.images[0].complete && document.images[0].naturalWidth === 860")
    shots = set()
    for _ in range(6):
        shots.add(page.screenshot())
        page.wait_for_timeout(90)
    assert len(shots) > 1
