/** Where the page begins: its data, its parts, and its buttons. */

import { byId } from "./dom.js";
import { Explorer } from "./explorer.js";
import { graphOf } from "./graph.js";
import { Keys, toggleHelp, toggleTheme } from "./keys.js";
import { Playing } from "./playing.js";
import { Search } from "./search.js";
import { Tips, keyAt } from "./tips.js";

/** Begin as soon as the picture has a size: in a frame that is not drawn yet, as in a notebook, it has none. */
export function start() {
  const picture = byId("picture");
  const observer = new ResizeObserver(() => {
    if (!picture.clientWidth || !picture.clientHeight) return;
    observer.disconnect();
    begin();
  });
  observer.observe(picture);
}

/** Read the page's data and draw. */
function begin() {
  const { graph: record, formulas, formulas_of_values: ofValues, options } = JSON.parse(byId("data").textContent);
  if (options.theme) document.documentElement.dataset.theme = options.theme;
  const explorer = new Explorer(graphOf(record, formulas, ofValues), options);
  explorer.begin();
  new Keys(explorer, new Playing(explorer), new Search(explorer));
  new Tips(explorer);
  listen(explorer);
  document.documentElement.dataset.ready = "true";
}

function listen(explorer) {
  const { picture, camera, scene } = explorer;
  const on = (id, event, action) => byId(id).addEventListener(event, action);
  on("zoom-in", "click", () => camera.zoom(1.3));
  on("zoom-out", "click", () => camera.zoom(1 / 1.3));
  on("fit", "click", () => camera.fit(explorer.whole(), true));
  on("open-all", "click", () => explorer.setDepth(true));
  on("close-all", "click", () => explorer.setDepth(false));
  on("theme", "click", toggleTheme);
  on("help", "click", toggleHelp);
  on("keys", "close", () => byId("help").setAttribute("aria-expanded", "false"));
  picture.addEventListener("click", (event) => {
    if (camera.hasMoved) return;
    const part = event.target.closest?.("[data-key]");
    // A screen reader presses an element, a pointer presses a place.
    const key = event.detail === 0 && part ? Number(part.dataset.key) : keyAt(explorer, event);
    if (key === null) return;
    scene.active = key;
    explorer.activate(key);
    scene.focus(key);
  });
  addEventListener("beforeprint", () => {
    const { width, height } = scene.drawAll();
    picture.setAttribute("viewBox", `-10 -10 ${width + 20} ${height + 20}`);
  });
  addEventListener("afterprint", () => {
    picture.removeAttribute("viewBox");
    scene.region = null;
    scene.draw(camera);
  });
  new ResizeObserver(() => camera.tell()).observe(picture);
}
