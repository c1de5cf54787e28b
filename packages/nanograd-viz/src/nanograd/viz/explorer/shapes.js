/** The shapes of the picture: boxes, ellipses, frames, edges. */

import { FONT_SIZE, HEADING } from "./boxes.js";
import { svgElement } from "./dom.js";

const HEAD = 6;

/** Return the frame of an open block with its heading. */
export function frameShape(frame, { name, kind, use }) {
  const remark = [kind, use].filter(Boolean).join(", ");
  const most = frame.width - 34;
  const heading = svgElement("text", { class: "frame-name", x: 30, y: 17 }, clipped(name, most, 7.2));
  const left = most - name.length * 7.2 - 8;
  const shape = svgElement(
    "g",
    {
      class: "frame",
      role: "button",
      "aria-expanded": "true",
      "data-key": -1 - frame.block,
      transform: `translate(${frame.x} ${frame.y})`,
    },
    svgElement("rect", { class: "frame-surface", width: frame.width, height: frame.height, rx: 7 }),
    svgElement("rect", { class: "frame-heading", width: frame.width, height: HEADING, rx: 7 }),
    ...sign(8, 6, false),
    heading,
  );
  if (left > 30 && remark)
    heading.append(svgElement("tspan", { class: "frame-kind", dx: 8 }, clipped(remark, left, 6)));
  return { shape, texts: {} };
}

/** Return a box with its ellipse, its cells and the texts that change. */
export function boxShape(box) {
  const { lead, ellipse, symbol, cells, kind, width, height } = box;
  const shape = svgElement("g", {
    class: `box ${kind}`,
    role: "button",
    "data-key": box.key,
    transform: `translate(${box.x} ${box.y})`,
  });
  if (kind === "block") shape.setAttribute("aria-expanded", "false");
  if (symbol) {
    const middle = height / 2;
    shape.append(
      svgElement("ellipse", {
        class: "operation",
        cx: ellipse / 2,
        cy: middle,
        rx: ellipse / 2,
        ry: Math.min(14, height / 2 + 3),
      }),
      svgElement("text", { class: "symbol", x: ellipse / 2, y: middle + 4.5 }, symbol),
      svgElement("path", { class: "edges", d: `M${ellipse} ${middle}H${lead - HEAD}` }),
      svgElement("path", { class: "heads", d: arrowHead(lead, middle) }),
    );
  }
  if (kind !== "constant")
    shape.append(svgElement("rect", { class: "surface", x: lead, width: width - lead, height }));
  const texts = {};
  for (const cell of cells) {
    if (cell.kind !== "constant") {
      shape.append(
        svgElement("rect", {
          class: `cell ${cell.kind}`,
          x: cell.x,
          y: cell.y,
          width: cell.width,
          height: cell.height,
        }),
      );
    }
    const text = svgElement(
      "text",
      { class: `text ${cell.kind}`, x: cell.x + 7, y: cell.y + cell.height / 2 + FONT_SIZE * 0.35 },
      cell.text,
    );
    if (cell.kind === "constant") text.setAttribute("x", cell.x + 3);
    texts[cell.kind] = text;
    shape.append(text);
  }
  if (kind !== "constant")
    shape.append(svgElement("rect", { class: "border", x: lead, width: width - lead, height }));
  if (kind === "block") shape.append(...sign(width - 20, 4, true));
  return { shape, box, texts };
}

/** Return the little square that opens (+) or closes (−) a block. */
function sign(x, y, isPlus) {
  const d = isPlus ? `M${x + 3} ${y + 7}h8M${x + 7} ${y + 3}v8` : `M${x + 3} ${y + 7}h8`;
  return [
    svgElement("rect", { class: "sign", x, y, width: 14, height: 14, rx: 3 }),
    svgElement("path", { class: "sign-line", d }),
  ];
}

/** Return an edge's line and arrow head as path data. */
export function curve(points) {
  const [endX, endY] = points.at(-1);
  let line = `M${round(points[0][0])} ${round(points[0][1])}`;
  for (let at = 1; at < points.length; at += 1) {
    const [x0, y0] = points[at - 1];
    const [x1, y1] = [points[at][0] - (at === points.length - 1 ? HEAD : 0), points[at][1]];
    if (Math.abs(y1 - y0) < 0.01 && x1 >= x0) line += `H${round(x1)}`;
    else {
      // An edge that leads back leaves to the right and comes from the left.
      const bend = x1 > x0 ? (x1 - x0) / 2 : 40;
      line += `C${round(x0 + bend)} ${round(y0)} ${round(x1 - bend)} ${round(y1)} ${round(x1)} ${round(y1)}`;
    }
  }
  return { line, head: arrowHead(endX, endY) };
}

function arrowHead(x, y) {
  return `M${round(x)} ${round(y)}l-${HEAD + 1} -3.2v6.4z`;
}

/** Return how many edges each line between blocks stands for, once where several begin together. */
export function countTexts(edges) {
  const texts = new Map();
  for (const { points, count } of edges) {
    const [x, y] = points[0];
    const key = `${round(x)},${round(y)}`;
    if (count > 1 && !texts.has(key))
      texts.set(key, svgElement("text", { x: x + 4, y: y - 4 }, `×${count.toLocaleString("en-US")}`));
  }
  return [...texts.values()];
}

/** Return what is seen from afar: one path for all boxes of a kind, and while playing, of a state. */
export function farPaths(boxes, look) {
  const paths = new Map();
  const add = (kind, d) => paths.set(kind, (paths.get(kind) ?? "") + d);
  for (const box of boxes.values()) {
    const { kind, x, y, width, height, lead, ellipse, symbol } = box;
    const [left, top, across, down] = [x + lead, y, width - lead, height].map(round);
    const states = kind === "block" ? [] : look(box).state.split(" ");
    const state = ["unknown", "arrived"].find((each) => states.includes(each)) ?? kind;
    add(state, `M${left} ${top}h${across}v${down}h-${across}z`);
    if (symbol) {
      const arc = `a${round(ellipse / 2)} 13 0 1 0`;
      add(
        "ellipse",
        `M${round(x)} ${round(y + height / 2)}${arc} ${round(ellipse)} 0${arc} -${round(ellipse)} 0z`,
      );
    }
  }
  return [...paths].map(([kind, d]) => svgElement("path", { class: `far-${kind}`, d }));
}

export function clipped(text, width, letter) {
  const most = Math.max(Math.floor(width / letter), 1);
  return text.length <= most ? text : `${text.slice(0, most - 1)}…`;
}

function round(number) {
  return Math.round(number * 10) / 10;
}
