/**
 * The scene: boxes, ellipses, frames and edges as SVG.
 *
 * Only what is near the window is in the document, and from far away, where no text could be read, all boxes
 * of a kind are one path. So thousands of values move smoothly, and paper still gets all of them.
 */

import { svgElement } from "./dom.js";
import { boxShape, clipped, countTexts, curve, farPaths, frameShape } from "./shapes.js";
import { HEADING } from "./boxes.js";

/** The scale below which no text of a box can be read. */
export const LEGIBLE = 0.35;
const DENSE = 4;
const FAR_FONT = 11;
const MOST_NAMES = 300;

/** Draws an arrangement and keeps it up to date. */
export class Scene {
  /**
   * @param {SVGElement} picture
   * @param {(box: object) => {data?: string, grad?: string, state: string}} look what the cells of a value show now
   * @param {(key: number) => string} describe what a screen reader says of a box or an open block
   */
  constructor(picture, look, describe) {
    this.picture = picture;
    this.look = look;
    this.describe = describe;
    this.elements = new Map();
    this.region = null;
    this.isFarStale = true;
    this.active = null;
    this.current = [];
    this.marked = new Set();
    this.lit = { pairs: new Set(), kind: "" };
    this.world = svgElement("g", { class: "world" });
    this.frames = svgElement("g", {});
    this.lines = svgElement("path", { class: "edges" });
    this.heads = svgElement("path", { class: "heads" });
    this.counts = svgElement("g", { class: "counts" });
    this.litLines = svgElement("path", { class: "lit" });
    this.litHeads = svgElement("path", { class: "lit-heads" });
    this.far = svgElement("g", { class: "far", "aria-hidden": "true" });
    this.farNames = svgElement("g", { class: "far-names", "aria-hidden": "true" });
    this.boxes = svgElement("g", {});
    this.marks = svgElement("g", { class: "marks", "aria-hidden": "true" });
    this.world.append(
      this.frames,
      this.lines,
      this.heads,
      this.litLines,
      this.litHeads,
      this.counts,
      this.far,
      this.boxes,
      this.marks,
      this.farNames,
    );
    picture.append(this.world);
  }

  /** Show another arrangement. */
  show(arrangement, blocks) {
    this.arrangement = arrangement;
    this.blocks = blocks;
    for (const edge of arrangement.edges)
      Object.assign(edge, curve(edge.points), { bounds: boundsOf(edge.points) });
    for (const { shape } of this.elements.values()) shape.remove();
    this.elements.clear();
    this.region = null;
    this.isFarStale = true;
    this.picture.classList.toggle("is-dense", arrangement.edges.length > DENSE * arrangement.boxes.size);
  }

  /** Bring the document in line with what the camera sees. */
  draw(camera) {
    this.world.setAttribute(
      "transform",
      `translate(${camera.x.toFixed(2)} ${camera.y.toFixed(2)}) scale(${camera.scale.toFixed(5)})`,
    );
    const isFar = camera.scale < LEGIBLE;
    const seen = camera.window;
    const { region } = this;
    const isFit =
      region &&
      region.isFar === isFar &&
      contains(region, seen) &&
      region.width < 6 * (seen.right - seen.left);
    // Names that are read from afar keep their size on the screen, about.
    if (isFit && !(isFar && Math.abs(Math.log(region.scale / camera.scale)) > 0.2)) return;
    const [dx, dy] = [(seen.right - seen.left) * 0.25, (seen.bottom - seen.top) * 0.25];
    const width = seen.right - seen.left + 2 * dx;
    const sides = {
      left: seen.left - dx,
      right: seen.right + dx,
      top: seen.top - dy,
      bottom: seen.bottom + dy,
    };
    this.fill({ ...sides, width, isFar, scale: camera.scale });
  }

  /** Put everything into the document, as for paper; return the whole's size. */
  drawAll() {
    const { width, height } = this.arrangement;
    this.world.removeAttribute("transform");
    this.fill({
      left: -Infinity,
      top: -Infinity,
      right: Infinity,
      bottom: Infinity,
      width: Infinity,
      isFar: false,
      scale: 1,
    });
    return { width, height };
  }

  fill(region) {
    this.region = region;
    const { boxes, frames, edges } = this.arrangement;
    this.picture.classList.toggle("is-far", region.isFar);
    const wanted = new Set();
    const want = (key, place, make) => {
      if (!isNear(place, region) && key !== this.active) return;
      wanted.add(key);
      if (!this.elements.has(key)) this.elements.set(key, make());
    };
    for (const frame of frames) want(-1 - frame.block, frame, () => this.addFrame(frame));
    if (region.isFar) {
      const box = boxes.get(this.active);
      if (box) want(box.key, box, () => this.addBox(box));
    } else for (const box of boxes.values()) want(box.key, box, () => this.addBox(box));
    for (const [key, { shape }] of this.elements) {
      if (wanted.has(key)) continue;
      shape.remove();
      this.elements.delete(key);
    }
    const near = edges.filter(({ bounds }) => isNear(bounds, region));
    this.lines.setAttribute("d", near.map(({ line }) => line).join(""));
    this.heads.setAttribute("d", region.isFar ? "" : near.map(({ head }) => head).join(""));
    this.counts.replaceChildren(...(region.isFar ? [] : countTexts(near)));
    this.farNames.replaceChildren(...(region.isFar ? this.namesFromAfar(region) : []));
    this.update();
  }

  /** Return the names of frames and boxes in letters that can be read from afar, where there is room. */
  namesFromAfar(region) {
    const { scale } = region;
    const taken = [];
    const names = [];
    const size = FAR_FONT / scale;
    const write = (text, x, y, most, kind) => {
      const letters = clipped(text, most, size * 0.56);
      if (letters.length < Math.min(text.length, 2)) return;
      const place = { x, y: y - size * 0.8, width: letters.length * size * 0.56, height: size };
      if (!isNear(place, region) || taken.some((other) => overlaps(place, other))) return;
      taken.push(place);
      names.push(svgElement("text", { x, y, class: kind, "font-size": size }, letters));
    };
    for (const frame of this.arrangement.frames) {
      if (frame.width * scale > 30)
        write(
          this.blocks[frame.block].name,
          frame.x + size * 0.4,
          frame.y + size * 0.95,
          frame.width,
          "of-frame",
        );
    }
    for (const box of this.arrangement.boxes.values()) {
      if (names.length > MOST_NAMES) break;
      if (box.height * scale < FAR_FONT || box.kind === "constant") continue;
      write(
        farText(box, region.scale),
        box.x + box.lead + size * 0.3,
        box.y + box.height / 2 + size * 0.35,
        box.width - box.lead,
        `of-${box.cells[0].kind}`,
      );
    }
    return names;
  }

  /** Show what the boxes hold now, and the marks. */
  refresh() {
    this.isFarStale = true;
    this.update();
  }

  update() {
    for (const [key, entry] of this.elements) {
      if (entry.box && entry.box.kind !== "block") {
        const { data, grad, state } = this.look(entry.box);
        setText(entry.texts.data, data);
        setText(entry.texts.grad, grad);
        const kind = `box ${entry.box.kind} ${state}`.trim();
        if (entry.shape.getAttribute("class") !== kind) entry.shape.setAttribute("class", kind);
      }
      entry.shape.setAttribute("tabindex", key === this.active ? "0" : "-1");
    }
    const { boxes, edges } = this.arrangement;
    if (this.isFarStale && this.region?.isFar) {
      this.far.replaceChildren(...farPaths(boxes, this.look));
      this.isFarStale = false;
    }
    const marks = [];
    const around = (key, kind) => {
      const box = boxes.get(key) ?? this.frameOf(key);
      if (box) marks.push(outline(box, kind));
    };
    for (const key of this.marked) around(key, "found");
    around(this.active, "active");
    for (const key of this.current) around(key, "current");
    this.marks.replaceChildren(...marks);
    const lit = edges.filter(({ from, to }) => this.lit.pairs.has(`${from},${to}`));
    this.litLines.setAttribute("d", lit.map(({ line }) => line).join(""));
    this.litHeads.setAttribute("d", lit.map(({ head }) => head).join(""));
    for (const path of [this.litLines, this.litHeads]) path.dataset.kind = this.lit.kind;
  }

  /** Give a box the keyboard's focus. */
  focus(key) {
    this.active = key;
    const place = this.arrangement.boxes.get(key) ?? this.frameOf(key);
    if (place && !this.elements.has(key)) {
      this.elements.set(key, this.arrangement.boxes.has(key) ? this.addBox(place) : this.addFrame(place));
    }
    this.refresh();
    this.elements.get(key)?.shape.focus({ preventScroll: true });
  }

  /** Return the key of what stands at a point of the world: a box, or an open block's heading. */
  at(x, y) {
    for (const box of this.arrangement.boxes.values()) {
      if (x >= box.x && x <= box.x + box.width && y >= box.y && y <= box.y + box.height) return box.key;
    }
    for (const frame of this.arrangement.frames.toReversed()) {
      if (x >= frame.x && x <= frame.x + frame.width && y >= frame.y && y <= frame.y + HEADING)
        return -1 - frame.block;
    }
    return null;
  }

  /** Return the place of a box or an open block; undefined if it is not in the picture. */
  placeOf(key) {
    return this.arrangement.boxes.get(key) ?? this.frameOf(key);
  }

  addFrame(frame) {
    const entry = frameShape(frame, this.blocks[frame.block]);
    entry.shape.setAttribute("aria-label", this.describe(-1 - frame.block));
    this.frames.append(entry.shape); // an inner frame comes after the one around it
    return entry;
  }

  addBox(box) {
    const entry = boxShape(box);
    entry.shape.setAttribute("aria-label", this.describe(box.key));
    this.boxes.append(entry.shape);
    return entry;
  }

  frameOf(key) {
    return key === null || key >= 0
      ? undefined
      : this.arrangement.frames.find(({ block }) => -1 - block === key);
  }
}

function outline({ x, y, width, height }, kind) {
  return svgElement("rect", {
    class: `mark ${kind}`,
    x: x - 4,
    y: y - 4,
    width: width + 8,
    height: height + 8,
    rx: 6,
  });
}

function boundsOf(points) {
  const xs = points.map(([x]) => x);
  const ys = points.map(([, y]) => y);
  const [x, y] = [Math.min(...xs), Math.min(...ys)];
  return { x, y, width: Math.max(...xs) - x, height: Math.max(...ys) - y };
}

function isNear({ x, y, width, height }, { left, top, right, bottom }) {
  return x <= right && x + width >= left && y <= bottom && y + height >= top;
}

function contains(outer, inner) {
  return (
    outer.left <= inner.left &&
    outer.right >= inner.right &&
    outer.top <= inner.top &&
    outer.bottom >= inner.bottom
  );
}

/** Return the name of a box that is read from afar: the end of a label, or a number with few digits. */
function farText({ cells: [{ kind, text }], width, lead }, scale) {
  const most = Math.floor(((width - lead) * scale) / (FAR_FONT * 0.56));
  if (kind === "label" && text.length > most && /^[\w.]+$/.test(text)) {
    return text.split(".").slice(-2).join("."); // of layers.0.neurons.1.b what tells it from its neighbors
  }
  if (kind !== "data") return text;
  const number = text.replace(/^data = /, "");
  return number.length > most && /^-?\d+\.\d+$/.test(number)
    ? Number(number).toFixed(Math.max(most - number.indexOf(".") - 1, 1))
    : number;
}

function overlaps(one, other) {
  return (
    one.x < other.x + other.width &&
    other.x < one.x + one.width &&
    one.y < other.y + other.height &&
    other.y < one.y + one.height
  );
}

function setText(element, text) {
  if (element && text !== undefined && element.textContent !== text) element.textContent = text;
}
