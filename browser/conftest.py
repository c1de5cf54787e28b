"""What the tests drive, the system's Chromium, Chrome or Edge with a fresh profile, and what they look at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from nanograd.engine import ScalarValue, topological_order
from nanograd.nn import MLP, MSELoss, manual_seed
from nanograd.viz import save_html
from playwright.sync_api import BrowserContext, Locator, Page, sync_playwright

PROGRAMS = (
    "chromium",
    "chromium-browser",
    "google-chrome",
    "google-chrome-stable",
    "chrome",
    "msedge",
    "microsoft-edge",
)
PLACES = (
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    r"C:\Program Files\Google\Chrome\Application\chrome.exe",
    r"C:\Program Files (x86)\Microsoft\Edge\Application\msedge.exe",
)
# Nothing but the page that is tested shall be asked for, and a container has no sandbox to give.
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def browser_program() -> str:
    """Return the path of a browser, or end the session and say how to get one."""
    named = os.environ.get("NANOGRAD_BROWSER")
    found = (
        named
        or next(filter(None, map(shutil.which, PROGRAMS)), None)
        or next((place for place in PLACES if Path(place).exists()), None)
    )
    if found is None or not Path(found).exists():
        where = (
            f"NANOGRAD_BROWSER names {named!r}, which does not exist"
            if named
            else "no Chromium, Chrome or Edge was found"
        )
        pytest.exit(
            f"{where}. Install one (Debian and Ubuntu: apt install chromium; macOS: brew install --cask "
            "chromium; Windows has Edge), or set NANOGRAD_BROWSER to its path.",
            returncode=3,
        )
    return found


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BrowserContext]:
    """One browser for all tests."""
    with sync_playwright() as playwright:
        context = playwright.chromium.launch_persistent_context(
            tmp_path_factory.mktemp("profile"), executable_path=browser_program(), headless=True, args=FLAGS
        )
        yield context
        context.close()


class Watched:
    """A page with everything that it said and asked for."""

    def __init__(self, page: Page, folder: Path) -> None:
        self.page = page
        self.folder = folder
        self.messages: list[str] = []
        self.requests: list[str] = []
        page.on("console", lambda message: self.messages.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: self.messages.append(f"error: {error}"))
        page.on("request", lambda request: self.requests.append(request.url))

    def open(self, root, name: str = "page", **options) -> Page:
        """Write a graph's page and open it."""
        path = save_html(root, self.folder / f"{name}.html", **options)
        self.order = topological_order(root)
        self.page.goto(path.as_uri())
        self.page.wait_for_selector("html[data-ready]", timeout=30_000)
        return self.page

    def boxes(self) -> dict[int, list[str | None]]:
        """Return what every visible box shows: label, data and grad, by its number in topological order."""
        found = self.page.evaluate(
            """() => [...document.querySelectorAll(".box")].map((box) => {
                const text = (kind) => box.querySelector(`.text.${kind}`)?.textContent ?? null;
                return [Number(box.dataset.key), text("label"), text("data"), text("grad")];
            })"""
        )
        return {key: cells for key, *cells in found}

    def box(self, node: ScalarValue) -> Locator:
        """Return the box of a value."""
        key = next(number for number, each in enumerate(self.order) if each is node)
        return self.page.locator(f'.box[data-key="{key}"]')

    def named(self, label: str) -> ScalarValue:
        """Return the first value with a label."""
        return next(node for node in self.order if node.label == label)

    def press(self, *keys: str) -> None:
        for key in keys:
            self.page.keyboard.press(key)

    @property
    def panel(self) -> Locator:
        """The details."""
        return self.page.locator("#panel")


@pytest.fixture
def watched(browser: BrowserContext, tmp_path: Path) -> Iterator[Watched]:
    """A fresh page of 1280 by 800; a test fails if the page complained."""
    page = browser.new_page()
    page.set_viewport_size({"width": 1280, "height": 800})
    watched = Watched(page, tmp_path)
    yield watched
    page.close()
    assert watched.messages == []


@pytest.fixture
def explorer(watched: Watched) -> Iterator[Watched]:
    """A fresh page; a test fails if the page complained or asked for anything but itself."""
    yield watched
    assert [url for url in watched.requests if not url.startswith("file:")] == []


@pytest.fixture
def expression() -> ScalarValue:
    """The graph of the first example, out = (a * b + c) * (k + b), after its backward pass."""
    a, b = ScalarValue(5.0, label="a"), ScalarValue(2, label="b")
    c, k = ScalarValue(3, label="c"), ScalarValue(2.0, label="k")
    d = a * b
    e = d + c
    f = k + b
    out = e * f
    for node, label in ((d, "d"), (e, "e"), (f, "f"), (out, "out")):
        node.label = label
    out.backward()
    return out


@pytest.fixture
def minibatch() -> ScalarValue:
    """The loss of the examples' network for four samples, after its backward pass."""
    manual_seed(42)
    model = MLP(3, [2, 3, 2, 1], activation="tanh")
    samples = [[2.0, 3.0, -1.0], [3.0, -1.0, 0.5], [0.5, 1.0, 1.0], [1.0, 1.0, -1.0]]
    loss = MSELoss()([model(sample) for sample in samples], [1.0, -1.0, -1.0, 1.0])
    loss.label = "loss"
    loss.backward()
    return loss


@pytest.fixture
def many() -> Callable[[int], ScalarValue]:
    """A function that returns a sum of products of so many values in all, without any scope."""

    def build(count: int) -> ScalarValue:
        leaves = [ScalarValue(0.001 * n, label=f"p{n}") for n in range(count // 3)]
        total = leaves[0]
        for n, leaf in enumerate(leaves[1:]):
            total = total + leaf * leaves[n // 2]
        total.backward()
        return total

    return build
