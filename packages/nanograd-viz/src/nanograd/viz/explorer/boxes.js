/** What stands in the boxes, blocks and ellipses, and how large these are. */

import { isConstant, shortened, visibleText } from "./graph.js";
import { numeral, shortNumeral } from "./numerals.js";

export const FONT_SIZE = 13;
export const ROW = 24;
export const HEADING = 26;
const PADDING = 7;
const ELLIPSE = 30;
const ARROW = 16;
const STACKED_FROM = 60;
const FEW_IN_A_ROW = 4;
const NARROW = 700;

/**
 * Return the box of a value: its cells, and the ellipse of its operation in front of it.
 * @param {(text: string, bold?: boolean) => number} measure how wide a text is
 * @param {{precision: number, stacked: boolean}} style
 */
export function valueBox(graph, node, measure, { precision, stacked }) {
  const isRoot = graph.isRoot.has(node);
  const symbol = shortened(visibleText(graph.symbol(node)), 16);
  const ellipse = symbol ? Math.max(ELLIPSE, measure(symbol) + 18) : 0;
  const lead = symbol ? ellipse + ARROW : 0;
  const kind = isRoot ? "root" : symbol ? "inner" : isConstant(graph, node) ? "constant" : "leaf";
  if (kind === "constant") {
    const text = shortNumeral(graph.data[node], precision);
    const width = measure(text) + PADDING;
    return {
      node,
      kind,
      lead,
      ellipse,
      symbol,
      cells: [{ kind: "constant", text, x: 0, y: 0, width, height: ROW }],
      width,
      height: ROW,
    };
  }
  const cells = [];
  const label = graph.label(node);
  if (label) cells.push({ kind: "label", text: shortened(visibleText(label)) });
  cells.push({ kind: "data", text: `data = ${numeral(graph.data[node], precision)}` });
  if (graph.requiresGrad[node])
    cells.push({ kind: "grad", text: `grad = ${numeral(graph.grad[node] ?? 0, precision)}` });
  return { node, kind, lead, ellipse, symbol, cells, ...placed(cells, measure, lead, stacked) };
}

/** Return the box of a block: its name, what it is, its size, and the ranges of its numbers. */
export function blockBox(block, measure, { precision }) {
  const cells = [{ kind: "name", text: shortened(block.name), bold: true }];
  const remark = [block.kind, block.use].filter(Boolean).join(", ");
  if (remark) cells.push({ kind: "remark", text: shortened(remark, 48) });
  cells.push({ kind: "contents", text: contents(block) });
  cells.push({ kind: "data", text: `data ${rangeText(block.data, precision)}` });
  if (block.grad.least !== null || block.grad.nans) {
    cells.push({ kind: "grad", text: `grad ${rangeText(block.grad, precision)}` });
  }
  const size = placed(cells, measure, 0, true);
  return { kind: "block", lead: 0, ellipse: 0, symbol: "", cells, width: size.width, height: size.height };
}

/** Return what a block holds in words. */
export function contents(block) {
  const constants = block.count - block.operations - block.parameters;
  const things = [
    [block.operations, "operation"],
    [block.parameters, "parameter"],
    [constants, "constant"],
  ];
  return things
    .filter(([number]) => number)
    .map(([number, thing]) => counted(number, thing))
    .join(", ");
}

/** Return a number of things: "1 value", "1,500 values". */
export function counted(number, thing) {
  return `${number.toLocaleString("en-US")} ${thing}${number === 1 ? "" : "s"}`;
}

/** Return the smallest and the largest number of a range, and how many are nan. */
export function rangeText({ least, most, nans }, precision) {
  const parts = [];
  if (least !== null)
    parts.push([...new Set([numeral(least, precision), numeral(most, precision)])].join(" … "));
  if (nans) parts.push(`${nans} nan`);
  return parts.join(", ");
}

/**
 * Return whether the cells of boxes stand below each other: where the picture would be too wide otherwise.
 * @param {number} count how many boxes there are
 * @param {number} longestPath how many of them stand in a row
 * @param {number} room how wide the screen is
 */
export function isStacked(count, longestPath, room) {
  return count > STACKED_FROM || longestPath > FEW_IN_A_ROW || room < NARROW;
}

/** Give each cell its place, and return the size of the whole. */
function placed(cells, measure, lead, stacked) {
  let x = lead;
  let y = 0;
  let width = 0;
  for (const cell of cells) {
    cell.width = measure(cell.text, cell.bold) + 2 * PADDING;
    cell.height = stacked ? ROW - 3 : ROW;
    cell.x = x;
    cell.y = y;
    if (stacked) y += cell.height;
    else x += cell.width;
    width = Math.max(width, cell.x + cell.width);
  }
  if (stacked) for (const cell of cells) cell.width = width - lead;
  return { width, height: stacked ? y : ROW };
}
