"""The live page of the documentation: the ready results, and the tool that runs what readers write.

The page is built here alone, without the rest of the documentation. ``nox -s live`` gets what the tool runs;
without it the tests of the tool are skipped.
"""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

DOCS = Path(__file__).parents[1] / "docs"
RUNTIME = DOCS / "_static" / "live" / "runtime"
LOADING = 120_000
"""Milliseconds in which Python is loaded, on a slow machine."""

IMPORT = "from nanograd.engine import ScalarValue\n"
PROGRAMS = sorted(path.stem.replace("_", "-") for path in DOCS.glob("live/*.py"))

needs_runtime = pytest.mark.skipif(
    not (RUNTIME / "packages.zip").is_file(), reason="what the page runs is not there: nox -s live gets it"
)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *arguments: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with the built page."""
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    shutil.copy(DOCS / "live.rst", source)
    own = "sphinx.ext.autodoc,_extensions.live,_extensions.mathml"
    options = ("-q", "-b", "html", "-c", DOCS, "-D", "root_doc=live", "-D", f"extensions={own}")
    done = subprocess.run(
        [sys.executable, "-m", "sphinx", *options, source, built], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return built


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    """Where a server on this machine has the page."""
    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=site)) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/live.html"
        server.shutdown()


@pytest.fixture
def local(watched) -> Iterator:
    """A fresh page; a test fails if it asked for anything that is not on this machine."""
    watched.page.set_default_timeout(LOADING)
    yield watched
    here = ("file:", "data:", "http://127.0.0.1:")
    assert [url for url in watched.requests if not url.startswith(here)] == []


@pytest.fixture
def tool(local, address: str) -> Page:
    """The page as a server sends it."""
    local.page.goto(address)
    return local.page


def choose(page: Page, name: str) -> None:
    page.get_by_label("Program", exact=True).select_option(name)


def run(page: Page, source: str | None = None) -> str:
    """Run the program, or another, and return what the page says then."""
    if source is not None:
        page.get_by_label("The program, in Python").fill(source)
    page.get_by_role("button", name="Run").click()
    status = page.get_by_role("status")
    expect(status).to_have_text(re.compile("^(Done|Error|Stopped|Python )"), timeout=LOADING)
    return status.text_content()


def result(page: Page) -> dict[str, list[str]]:
    """Return every part of the result, as text."""
    shown = page.locator("#live-result .live-result")
    return {part: shown.locator(part).all_text_contents() for part in ("pre", "p", "th", "td")}


# ---- Without a server


@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_a_file_has_every_program_with_its_result(local, site, width, scheme):
    page = local.page
    page.set_viewport_size({"width": width, "height": 800})
    page.emulate_media(color_scheme=scheme)
    page.goto((site / "live.html").as_uri())
    assert page.locator("#live:visible").count() == 0
    assert page.locator(".live-static").is_visible()
    assert sorted(page.locator(".live-program").evaluate_all("all => all.map(one => one.id)")) == PROGRAMS
    drawn = page.locator(".live-program:not(#error)")
    for index in range(drawn.count()):
        (shown,) = [image for image in drawn.nth(index).locator("img").all() if image.is_visible()]
        assert shown.get_attribute("class") == f"only-{scheme}"
        assert shown.evaluate("image => image.complete && image.naturalWidth > 100")
    assert "DomainError: log(-0.5)" in page.locator("#error .admonition").text_content()
    assert page.locator("#expression tr", has_text="out").last.inner_text().split("\t") == [
        "out",
        "e * f",
        "52",
        "1",
    ]
    assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_policy_of_the_page_is_in_force(local, site):
    page = local.page
    page.goto((site / "live.html").as_uri())
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<img src=\"https://example.com/x.png\">')")
    page.wait_for_timeout(200)
    assert any("Content Security Policy" in message for message in local.messages)
    local.messages.clear()
    local.requests[:] = [url for url in local.requests if url.startswith("file:")]


# ---- With Python


@needs_runtime
@pytest.mark.parametrize("name", PROGRAMS)
def test_a_program_gives_what_the_page_was_built_with(tool, name):
    choose(tool, name)
    ready = result(tool)
    said = run(tool)
    assert said.startswith("Error in line" if name == "error" else "Done in")
    assert result(tool) == ready
    images = tool.locator("#live-result img")
    for index in range(images.count()):
        images.nth(index).evaluate("image => image.decode()")
    assert images.count() == (0 if name == "error" else 2)


@needs_runtime
def test_python_is_loaded_when_it_is_needed_and_once(local, tool):
    assert not [url for url in local.requests if "runtime" in url]
    run(tool)
    loaded = [url for url in local.requests if "runtime" in url]
    assert len(loaded) == len(set(loaded))
    run(tool)
    assert [url for url in local.requests if "runtime" in url] == loaded


@needs_runtime
def test_a_changed_program_has_other_numbers_and_can_be_taken_back(tool):
    source = tool.get_by_label("The program, in Python")
    original = source.input_value()
    reset = tool.get_by_role("button", name="Start over")
    expect(reset).to_be_disabled()
    run(tool, original.replace("ScalarValue(5.0)", "ScalarValue(6.0)"))
    assert result(tool)["pre"] == ["out = 60.0, and b.grad = 39.0\n"]
    choose(tool, "neuron")
    choose(tool, "expression")
    assert "ScalarValue(6.0)" in source.input_value()
    reset.click()
    assert source.input_value() == original
    expect(source).to_be_focused()


@needs_runtime
def test_errors_are_worded_by_the_library_and_named_by_line(tool):
    said = run(tool, "from nanograd.nn import Linear\n\nLinear(3, 1)([1.0, 2.0])")
    assert said == "Error in line 3"
    (error,) = result(tool)["pre"]
    assert error.startswith("nanograd.engine.ShapeError: Linear takes 3 inputs and got 2")


@needs_runtime
def test_what_a_program_prints_and_names_is_text(tool):
    hostile = "<img src=x onerror=alert(1)>"
    source = f"{IMPORT}out = ScalarValue(2.0, label={hostile!r}) * 3\n"
    run(tool, source + f"out.backward()\nprint({hostile!r})")
    shown = result(tool)
    assert shown["pre"] == [f"{hostile}\n"]
    assert shown["td"][0] == hostile[:23] + "…"
    assert tool.locator("#live-result img:not([alt='The graph of out'])").count() == 0


@needs_runtime
def test_a_program_without_end_is_stopped_by_hand_and_by_the_clock(tool):
    source = tool.get_by_label("The program, in Python")
    stop, status = tool.get_by_role("button", name="Stop"), tool.get_by_role("status")
    source.fill("while True:\n    pass")
    tool.get_by_role("button", name="Run").click()
    expect(status).to_have_text("Running …", timeout=LOADING)
    stop.click()
    expect(status).to_have_text("Stopped.")
    expect(tool.get_by_role("button", name="Run")).to_be_focused()
    expect(stop).to_be_disabled()
    assert run(tool) == "Stopped after 10 seconds."
    assert run(tool, "print(1)").startswith("Done")  # in another worker
    assert result(tool)["pre"] == ["1\n"]


@needs_runtime
def test_a_deep_graph_is_freed_and_one_that_is_not_ends_python_alone(local, tool):
    deep = f"{IMPORT}out = ScalarValue(1.0)\nfor _ in range(20_000): out = out + 1\n"
    assert run(tool, deep + "out.backward()").startswith("Done")
    assert run(tool, deep + "out = [out, out + 1]").startswith("Done")
    assert run(tool, deep + "out = None").startswith("Python ran out of the browser's stack.")
    assert all("RangeError" in message or "fatal error" in message for message in local.messages)
    local.messages.clear()
    assert run(tool, "print(2)").startswith("Done")


@needs_runtime
def test_pictures_that_a_browser_cannot_make_are_refused(tool):
    drawn = f"{IMPORT}from nanograd.viz import save_graph\nx = ScalarValue(2.0) * 3\n"
    run(tool, drawn + "print(save_graph(x, 'x.svg').read_text()[:5])")
    assert result(tool)["pre"] == ["<?xml\n"]
    run(tool, drawn + "save_graph(x, 'x.png')")
    assert "in a browser a drawing is an SVG: save it as .svg or .dot" in result(tool)["pre"][0]


@needs_runtime
def test_everything_can_be_done_from_the_keyboard(tool):
    source = tool.get_by_label("The program, in Python")
    tool.get_by_label("Program", exact=True).focus()
    for _ in range(2):
        tool.keyboard.press("Tab")
    expect(tool.get_by_role("button", name="Run")).to_be_focused()  # Tab leaves the text
    source.focus()
    tool.keyboard.press("Control+a")
    tool.keyboard.type("for i in range(2):\nprint(i)")  # the indentation is the page's
    assert source.input_value() == "for i in range(2):\n    print(i)"
    tool.keyboard.press("Control+Enter")
    expect(tool.get_by_role("status")).to_have_text(re.compile("^Done"), timeout=LOADING)
    assert result(tool)["pre"] == ["0\n1\n"]


@needs_runtime
def test_an_address_chooses_a_program(local, address):
    page = local.page
    page.goto(f"{address}#neuron")
    expect(page.get_by_label("Program", exact=True)).to_have_value("neuron")
    page.evaluate("location.hash = '#descent'")
    expect(page.get_by_label("Program", exact=True)).to_have_value("descent")


@needs_runtime
def test_on_a_phone_nothing_is_wider_than_the_screen(tool):
    tool.set_viewport_size({"width": 390, "height": 844})
    for name in PROGRAMS:
        choose(tool, name)
        assert tool.evaluate("document.documentElement.scrollWidth") <= 390
