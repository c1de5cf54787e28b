/** Tips: what is known of the value or block under the pointer, or with the keyboard's focus. */

import { byId, element } from "./dom.js";

/** Shows one tip at a time. */
export class Tips {
  constructor(explorer) {
    this.explorer = explorer;
    const { picture } = explorer;
    picture.addEventListener("pointermove", (event) => event.pointerType !== "touch" && this.tip(event));
    picture.addEventListener("pointerleave", () => this.tip(null));
    picture.addEventListener("wheel", () => this.tip(null), { passive: true });
    picture.addEventListener("focusin", (event) => {
      const part = event.target.closest?.("[data-key]");
      if (part && part.matches(":focus-visible")) this.focusTip(Number(part.dataset.key));
      picture.setAttribute("tabindex", part ? "-1" : "0");
    });
    picture.addEventListener("focusout", () => (byId("tip").hidden = true));
  }

  /** Show what is under the pointer; nothing without an event. */
  tip(event) {
    const tip = byId("tip");
    const key = event && !this.explorer.camera.pointers.size ? keyAt(this.explorer, event) : null;
    tip.hidden = key === null;
    this.explorer.picture.classList.toggle("over", key !== null);
    if (key === null) return;
    this.write(key);
    this.placeTip(event.clientX, event.clientY);
  }

  /** Show the tip of what has the keyboard's focus, beside it. */
  focusTip(key) {
    const place = this.explorer.scene.placeOf(key);
    if (!place) return;
    this.write(key);
    byId("tip").hidden = false;
    const { left, top } = this.explorer.picture.getBoundingClientRect();
    const { x, y, scale } = this.explorer.camera;
    this.placeTip(left + x + place.x * scale, top + y + (place.y + place.height) * scale);
  }

  write(key) {
    const lines = this.explorer.summaryOf(key).split("\n");
    const kind = (line) => /^(data|grad) /.exec(line)?.[1] ?? "";
    byId("tip").replaceChildren(...lines.map((line) => element("div", { class: kind(line) }, line)));
  }

  placeTip(clientX, clientY) {
    const tip = byId("tip");
    const stage = byId("stage").getBoundingClientRect();
    const x = Math.min(clientX - stage.left + 14, stage.width - tip.offsetWidth - 6);
    let y = clientY - stage.top + 18;
    if (y + tip.offsetHeight > stage.height - 6) y = clientY - stage.top - tip.offsetHeight - 12;
    tip.style.transform = `translate(${Math.max(x, 6)}px, ${Math.max(y, 6)}px)`;
  }
}

/** Return what is under the pointer: a value, a block as -1 - block, or null. */
export function keyAt({ picture, camera, scene }, event) {
  const { left, top } = picture.getBoundingClientRect();
  const { x, y, scale } = camera;
  return scene.at((event.clientX - left - x) / scale, (event.clientY - top - y) / scale);
}
