/** The keyboard: every key that does something, and walking along the graph. */

import { byId } from "./dom.js";

const ARROW = 60;

/** Listens to the keyboard. */
export class Keys {
  constructor(explorer, playing, search) {
    this.explorer = explorer;
    this.playing = playing;
    this.search = search;
    document.addEventListener("keydown", (event) => this.onKey(event));
  }

  onKey(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || byId("keys").open) return;
    const { target, key } = event;
    if (target.matches?.("input:not([type=range]), select, textarea")) {
      if (key === "Escape") {
        if (target.id === "search-text") this.search.clear();
        if (this.playing.quiz && target.id === "answer") this.playing.toggleQuiz();
        this.explorer.picture.focus();
      } else if (target.id === "search-text" && (key === "ArrowDown" || key === "ArrowUp")) {
        event.preventDefault();
        this.search.nextFind(key === "ArrowDown" ? 1 : -1);
      }
      return;
    }
    const isInPicture = target === document.body || this.explorer.picture.contains(target);
    const action = this.keyAction(key, isInPicture, target);
    if (!action) return;
    event.preventDefault();
    action();
  }

  keyAction(key, isInPicture, target) {
    const { explorer, playing } = this;
    const { scene, camera } = explorer;
    const part = target.closest?.("[data-key]");
    if (isInPicture) {
      if (part && (key === "Enter" || key === " ")) return () => explorer.activate(Number(part.dataset.key));
      if (part && key.startsWith("Arrow")) return () => this.walk(key);
      if (part && key === "Backspace") return () => this.closeAround(Number(part.dataset.key));
      if (key === "Enter") return () => this.enter();
      const moves = {
        ArrowLeft: [ARROW, 0],
        ArrowRight: [-ARROW, 0],
        ArrowUp: [0, ARROW],
        ArrowDown: [0, -ARROW],
      };
      if (moves[key]) return () => camera.pan(...moves[key]);
      if (key === "Home") return () => playing.play(0);
      if (key === "End") return () => playing.play(explorer.player.length);
    }
    const actions = {
      "+": () => camera.zoom(1.3),
      "=": () => camera.zoom(1.3),
      "-": () => camera.zoom(1 / 1.3),
      f: () => camera.fit(explorer.whole(), true),
      e: () => explorer.setDepth(true),
      c: () => explorer.setDepth(false),
      t: () => toggleTheme(),
      p: () => playing.togglePlay(),
      q: () => playing.toggleQuiz(),
      "]": () => playing.step(1),
      "[": () => playing.step(-1),
      "/": () => byId("search-text").focus(),
      "?": () => toggleHelp(),
      Escape: () => {
        if (playing.quiz) playing.toggleQuiz();
        else if (explorer.selected !== null) explorer.closeDetails();
        else if (explorer.player.isOn) playing.leavePlayer();
        else scene.refresh();
      },
    };
    return actions[key];
  }

  /** Move the focus along the graph, or to the nearest box above or below. */
  walk(direction) {
    const { explorer } = this;
    const { scene } = explorer;
    const here = scene.placeOf(scene.active);
    if (!here) return;
    const sides = { ArrowLeft: ["to", "from"], ArrowRight: ["from", "to"] }[direction];
    const middle = ({ y, height }) => y + height / 2;
    const candidates = [];
    if (sides) {
      for (const edge of scene.arrangement.edges) {
        if (edge[sides[0]] === scene.active)
          candidates.push([Math.abs(middle(scene.placeOf(edge[sides[1]])) - middle(here)), edge[sides[1]]]);
      }
    } else {
      const sign = direction === "ArrowUp" ? -1 : 1;
      for (const box of scene.arrangement.boxes.values()) {
        const dy = (middle(box) - middle(here)) * sign;
        const dx = Math.abs(box.x + box.width - here.x - here.width);
        if (box.key !== scene.active && dy > 1 && dx < 3 * dy + 40) candidates.push([dy + 0.6 * dx, box.key]);
      }
    }
    candidates.sort((one, other) => one[0] - other[0]);
    const next = candidates[0]?.[1];
    if (next === undefined) {
      explorer.say(
        { ArrowLeft: "no operand here", ArrowRight: "nothing uses it here" }[direction] ?? "nothing there",
      );
      return;
    }
    explorer.camera.show(scene.placeOf(next), true);
    scene.focus(next);
    if (explorer.selected !== null) explorer.select(next);
  }

  /** Enter the picture with the keyboard: at what was active last, or at the result. */
  enter() {
    const { explorer } = this;
    const key = explorer.scene.placeOf(explorer.scene.active)
      ? explorer.scene.active
      : explorer.shown[explorer.graph.roots[0]];
    explorer.camera.show(explorer.scene.placeOf(key), true);
    explorer.scene.focus(key);
  }

  /** Close the block around what has the focus, and give the block the focus. */
  closeAround(key) {
    const { explorer } = this;
    const block =
      key >= 0
        ? explorer.tree.home[key]
        : explorer.opened.has(-1 - key)
          ? -1 - key
          : explorer.tree.blocks[-1 - key].parent;
    if (block === 0) {
      explorer.say("no block is around it");
      return;
    }
    explorer.scene.active = -1 - block;
    explorer.toggle(block);
    explorer.scene.focus(-1 - block);
  }
}

/** Change from light to dark or back. */
export function toggleTheme() {
  const root = document.documentElement;
  const { theme } = root.dataset;
  const isDark = theme ? theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  root.dataset.theme = isDark ? "light" : "dark";
}

/** Show what the keys do. */
export function toggleHelp() {
  byId("keys").showModal();
  byId("help").setAttribute("aria-expanded", "true");
}
