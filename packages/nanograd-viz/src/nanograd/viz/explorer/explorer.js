/** The explorer: the picture of a graph with its blocks, what is selected in it, and what the page says. */

import { arrange } from "./arrangement.js";
import { backwardPass } from "./backward.js";
import { blockTree } from "./block_tree.js";
import { blockPath, blocksAround, firstOpened, openedTo, visibleAs, visibleCount } from "./blocks.js";
import { FONT_SIZE, HEADING, counted } from "./boxes.js";
import { Camera } from "./camera.js";
import { byId, element, textMeasure } from "./dom.js";
import { visibleText } from "./graph.js";
import { numeral } from "./numerals.js";
import { blockDetails, valueDetails } from "./panel.js";
import { Player } from "./player.js";
import { LEGIBLE, Scene } from "./scene.js";
import { blockSummary, summary } from "./summary.js";

/** Keeps the picture, the selection and the details in step. */
export class Explorer {
  constructor(graph, options) {
    this.graph = graph;
    this.options = options;
    this.pass = backwardPass(graph);
    this.tree = blockTree(graph, options.maxNodes);
    this.player = new Player(graph, this.pass, options.precision);
    this.measure = textMeasure(FONT_SIZE);
    this.picture = byId("picture");
    this.camera = new Camera(this.picture, () => this.scene.draw(this.camera));
    this.scene = new Scene(
      this.picture,
      (box) => this.look(box),
      (key) => this.summaryOf(key).replaceAll("\n", ", "),
    );
    this.selected = null;
    this.found = []; // what a search has found
    this.recent = []; // blocks in the order in which the reader opened them
  }

  /** Draw the first picture. */
  begin() {
    const { title, depth, maxNodes } = this.options;
    byId("heading").textContent = visibleText(title);
    const first = firstOpened(this.tree, depth, maxNodes);
    this.opened = first.opened;
    if (first.asked !== null) {
      this.notice(
        `${boxes(first.asked)} would be too many to read at once, so blocks are closed: ` +
          `${boxes(first.count)} are shown. Open those that interest you.`,
      );
    }
    this.rebuild();
    this.camera.fit(this.whole());
  }

  // ---- the picture

  rebuild() {
    this.shown = visibleAs(this.tree, this.opened);
    const { tree, graph, opened, shown, measure, options } = this;
    const style = { precision: options.precision, room: innerWidth };
    this.scene.show(arrange(graph, tree, opened, shown, measure, style), tree.blocks);
    this.mark();
    byId("open-all").disabled = this.tree.blocks.length === 1;
    byId("close-all").disabled = this.tree.blocks.length === 1;
  }

  whole() {
    const { width, height } = this.scene.arrangement;
    return { x: 0, y: 0, width: Math.max(width, 1), height: Math.max(height, 1) };
  }

  /** What the cells of a value show: while playing, what is known by now. */
  look({ node }) {
    const { graph, player, options } = this;
    const write = (prefix, number) => `${prefix} = ${numeral(number, options.precision)}`;
    const isSelected = this.selected === node ? "selected" : "";
    if (!player.isOn) {
      return {
        data: write("data", graph.data[node]),
        grad: write("grad", graph.grad[node] ?? 0),
        state: isSelected,
      };
    }
    const isKnown = player.isKnown(node);
    const gradient = player.gradient(node);
    const states = [isSelected, isKnown ? "" : "unknown", gradient === null ? "without-grad" : "arrived"];
    return {
      data: isKnown ? write("data", graph.data[node]) : "data = …",
      grad:
        gradient === null
          ? "grad = …"
          : player.isComplete(node)
            ? write("grad", gradient)
            : `${numeral(gradient, options.precision)} + …`,
      state: states.join(" ").trim(),
    };
  }

  /** Return what hovering and a screen reader say of a value or a block. */
  summaryOf(key) {
    const { graph, tree, options } = this;
    return key < 0 ? `block ${blockSummary(tree.blocks[-1 - key], options.precision)}` : summary(graph, key);
  }

  /** Put the marks where the search, the player and the selection are. */
  mark() {
    const { scene, player, shown } = this;
    scene.marked = new Set(this.found.map((key) => this.standIn(key)));
    const current = player.isOn ? player.current : null;
    scene.current = current === null ? [] : [shown[current]];
    const pairs = new Set();
    const about = current ?? (this.selected !== null && this.selected >= 0 ? this.selected : null);
    if (about !== null) {
      const back = current !== null && player.position > player.turn;
      for (const child of this.graph.operands[about]) pairs.add(`${shown[child]},${shown[about]}`);
      if (current === null)
        for (const user of this.graph.users[about]) pairs.add(`${shown[about]},${shown[user]}`);
      scene.lit = { pairs, kind: back ? "grad" : "data" };
    } else scene.lit = { pairs, kind: "" };
    scene.refresh();
  }

  /** Return what shows a value or a block now: itself, or the closed block that hides it. */
  standIn(key) {
    if (key >= 0) return this.shown[key];
    const around = blocksAround(this.tree, -1 - key);
    const closed = around
      .slice(1)
      .reverse()
      .find((block) => !this.opened.has(block));
    return closed === undefined ? key : -1 - closed;
  }

  // ---- blocks

  toggle(block) {
    if (!this.scene.placeOf(-1 - block)) this.reveal(-1 - block);
    const before = this.scene.placeOf(-1 - block);
    const isOpen = this.opened.has(block);
    const opened = new Set(this.opened);
    let remark = "";
    if (isOpen) opened.delete(block);
    else {
      opened.add(block);
      this.recent = [...this.recent.filter((each) => each !== block), block];
      remark = this.closeOthers(opened, block);
    }
    if (remark === null) return;
    this.opened = opened;
    this.rebuild();
    this.stay(-1 - block, before);
    const frame = this.scene.placeOf(-1 - block);
    if (!isOpen && frame) this.camera.showWhole(frame, LEGIBLE);
    const { name: text, count } = this.tree.blocks[block];
    this.notice(remark);
    this.say(`${text} ${isOpen ? "closed" : "opened"}, ${counted(count, "value")}`);
    if (this.selected === -1 - block) this.showDetails();
  }

  /** Close what was opened longest ago until there is room; null if there is none. */
  closeOthers(opened, block) {
    const { tree, options } = this;
    const keep = new Set(blocksAround(tree, block));
    const others = [...opened]
      .filter((each) => !keep.has(each))
      .sort((one, other) => this.recent.indexOf(one) - this.recent.indexOf(other));
    let closed = 0;
    while (visibleCount(tree, opened) > options.maxNodes && others.length) {
      opened.delete(others.shift());
      closed += 1;
    }
    if (visibleCount(tree, opened) > options.maxNodes) {
      this.notice(
        `${tree.blocks[block].name} stays closed: with it there would be ${boxes(visibleCount(tree, opened))}, and ${options.maxNodes.toLocaleString("en-US")} are legible. Write the page with max_nodes= for more.`,
      );
      return null;
    }
    return closed
      ? `${counted(closed, "other block")} closed to keep the picture under ${boxes(options.maxNodes)}.`
      : "";
  }

  setDepth(isOpen) {
    const { tree, options } = this;
    const first = firstOpened(tree, isOpen ? Infinity : 0, options.maxNodes);
    this.opened = isOpen ? first.opened : openedTo(tree, 0);
    this.recent = [];
    this.notice(
      isOpen && first.asked !== null
        ? `All open would be ${boxes(first.asked)}, and ${options.maxNodes.toLocaleString("en-US")} are legible. ${first.count.toLocaleString("en-US")} are shown; open single blocks by hand.`
        : "",
    );
    this.rebuild();
    this.camera.fit(this.whole());
    this.say(boxes(visibleCount(tree, this.opened)));
  }

  /** Keep what was pressed where it was on the screen. */
  stay(key, before) {
    const after = this.scene.placeOf(key);
    const { camera } = this;
    if (before && after)
      camera.moveTo(
        camera.x + (before.x - after.x) * camera.scale,
        camera.y + (before.y - after.y) * camera.scale,
        camera.scale,
        false,
      );
    else camera.tell();
    if (after && this.scene.active !== null) this.scene.focus(key);
  }

  /** Open all blocks around a value or block, and return whether that was possible. */
  reveal(key) {
    const block = key >= 0 ? this.tree.home[key] : this.tree.blocks[-1 - key].parent;
    const closed = blocksAround(this.tree, block).filter((each) => !this.opened.has(each));
    if (!closed.length) return true;
    const opened = new Set([...this.opened, ...closed]);
    this.recent.push(...closed);
    const remark = this.closeOthers(opened, block);
    if (remark === null) return false;
    this.opened = opened;
    this.rebuild();
    this.notice(remark);
    return true;
  }

  // ---- selection and focus

  select(key) {
    this.selected = key;
    this.showDetails();
    this.mark();
  }

  /** Go to a value wherever it is: open its blocks, move there, select it. */
  goTo(key, { focus = true } = {}) {
    const target = this.reveal(key) ? key : this.standIn(key);
    this.select(target); // first, as the details take room away
    const place = this.scene.placeOf(target);
    if (place)
      this.camera.show(
        key < 0 && !this.scene.arrangement.boxes.has(target) ? { ...place, height: HEADING } : place,
        true,
      );
    if (focus) this.scene.focus(target);
    else this.scene.active = target;
    this.mark();
  }

  activate(key) {
    this.select(key); // first, as the details take room away
    if (key < 0) this.toggle(-1 - key);
  }

  showDetails() {
    const panel = byId("panel");
    const { selected, graph, pass, options, tree } = this;
    panel.hidden = selected === null;
    if (selected === null) return;
    const close = element(
      "button",
      {
        type: "button",
        class: "close",
        "aria-label": "Close details",
        title: "Close (Escape)",
        onclick: () => this.closeDetails(),
      },
      "×",
    );
    if (selected >= 0)
      panel.replaceChildren(
        close,
        ...valueDetails(graph, pass, selected, options.precision, (node) =>
          this.goTo(node, { focus: false }),
        ),
      );
    else {
      const block = -1 - selected;
      const text = this.opened.has(block) ? "Close this block" : "Open this block";
      panel.replaceChildren(
        close,
        ...blockDetails(tree.blocks[block], blockPath(tree, block), options.precision, {
          text,
          action: () => this.toggle(block),
        }),
      );
    }
    panel.scrollTop = 0;
  }

  closeDetails() {
    this.selected = null;
    this.showDetails();
    this.mark();
    if (this.scene.active !== null) this.scene.focus(this.scene.active);
  }

  // ---- what the page says

  notice(text) {
    byId("notice").textContent = text;
    byId("notice").hidden = !text;
  }

  say(text) {
    byId("status").textContent = text;
  }
}

function boxes(count) {
  return `${count.toLocaleString("en-US")} ${count === 1 ? "box" : "boxes"}`;
}
