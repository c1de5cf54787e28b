/**
 * The whole picture: every open block is laid out by itself, from the innermost to the outermost.
 *
 * An edge that leaves an open block passes through a port on its frame, so that inside the block it has a way
 * of its own and does not run across boxes.
 */

import { HEADING, blockBox, isStacked, valueBox } from "./boxes.js";
import { layered } from "./layout.js";

const MARGIN = 14;
const MANY_OPERANDS = 16;

/**
 * Return boxes, frames and edges with their places.
 * @param {object} graph
 * @param {{blocks: object[], home: Int32Array}} tree
 * @param {Set<number>} opened the open blocks
 * @param {Int32Array} shown what each value is drawn as, of visibleAs
 * @param {(text: string, bold?: boolean) => number} measure
 * @param {{precision: number, room?: number}} style the number of decimals, and how wide the screen is
 */
export function arrange(graph, tree, opened, shown, measure, { precision, room = Infinity }) {
  const { blocks } = tree;
  const isOpen = blocks.map(() => false);
  blocks.forEach(({ parent }, block) => {
    isOpen[block] = block === 0 || (isOpen[parent] && opened.has(block));
  });
  const edges = visibleEdges(graph, shown);
  const visible = new Set(shown);
  const stacked = isStacked(visible.size, longestPath(visible, edges), room);
  const parts = blocks.map((_, block) => (isOpen[block] ? { items: [], edges: [], ports: new Map() } : null));
  const boxes = new Map();
  const place = new Map(); // of every box and open block: the block it stands in, and its number there
  const add = (key, block, item) => {
    place.set(key, { block, item: parts[block].items.length });
    parts[block].items.push({ ...item, key });
  };
  // In the order of computation, which operands have in the picture too.
  const first = new Map();
  shown.forEach((key, node) => {
    for (let block = tree.home[node]; block > 0 && !first.has(-1 - block); block = blocks[block].parent) {
      first.set(-1 - block, node);
    }
    if (key >= 0) first.set(key, node);
  });
  for (const [key] of [...first].sort((one, other) => one[1] - other[1])) {
    if (key >= 0) {
      const box = valueBox(graph, key, measure, { precision, stacked });
      boxes.set(key, box);
      add(key, tree.home[key], box);
    } else if (isOpen[-1 - key]) {
      add(key, blocks[-1 - key].parent, { width: 0, height: 0 });
    } else if (visible.has(key)) {
      const box = { ...blockBox(blocks[-1 - key], measure, { precision }), block: -1 - key };
      boxes.set(key, box);
      add(key, blocks[-1 - key].parent, box);
    }
  }
  const ways = edges.map((edge) => wayOf(edge, place, parts, blocks));
  const { at, routes } = laidOut(parts, blocks, place);
  const frames = [];
  blocks.forEach((_, block) => {
    if (block && isOpen[block]) frames.push({ block, ...at.get(-1 - block) });
  });
  for (const [key, box] of boxes) Object.assign(box, { key, ...at.get(key) });
  const drawn = edges.map((edge, number) => ({ ...edge, points: joined(ways[number], routes) }));
  const whole = parts[0].result;
  return { boxes, frames, edges: drawn, width: whole.width, height: whole.height, stacked };
}

/** Return the edges between what is visible: one for each operand, or one for all between a block and another. */
function visibleEdges(graph, shown) {
  const edges = [];
  const merged = new Map();
  for (let node = 0; node < graph.size; node += 1) {
    const operands = graph.operands[node];
    operands.forEach((child, place) => {
      const [from, to] = [shown[child], shown[node]];
      if (from === to) return;
      if (from >= 0 && to >= 0) {
        edges.push({ from, to, count: 1, shift: shiftOf(operands, place) });
        return;
      }
      const key = `${from},${to}`;
      if (!merged.has(key)) {
        merged.set(key, { from, to, count: 0, shift: 0 });
        edges.push(merged.get(key));
      }
      merged.get(key).count += 1;
    });
  }
  return edges;
}

/** Return how far apart the edges of one value that is used twice are: x * x shows two. */
function shiftOf(operands, place) {
  if (operands.length > MANY_OPERANDS) return 0;
  const same = operands.filter((other) => other === operands[place]).length;
  const before = operands.slice(0, place).filter((other) => other === operands[place]).length;
  return 7 * (before - (same - 1) / 2);
}

function longestPath(visible, edges) {
  const entering = new Map([...visible].map((key) => [key, []]));
  for (const { from, to } of edges) entering.get(to).push(from);
  const lengths = new Map();
  // Values are in topological order; blocks are counted as one step each.
  for (const key of [...visible].filter((each) => each >= 0).sort((a, b) => a - b)) {
    const most = entering.get(key).reduce((found, from) => Math.max(found, lengths.get(from) ?? 1), 0);
    lengths.set(key, 1 + most);
  }
  return [...lengths.values()].reduce((most, length) => Math.max(most, length), 0);
}

/**
 * Enter an edge into every open block that it passes through, and return its way: [block, edge there] from
 * where it starts to where it ends.
 */
function wayOf({ from, to, shift }, place, parts, blocks) {
  const [out, into] = [[place.get(from)], [place.get(to)]];
  const depth = ({ block }) => blocks[block].depth;
  while (out.at(-1).block !== into.at(-1).block) {
    const deeper = depth(out.at(-1)) >= depth(into.at(-1)) ? out : into;
    deeper.push(place.get(-1 - deeper.at(-1).block));
  }
  const way = [];
  let start = { item: out[0].item, port: null };
  for (let level = 1; level < out.length; level += 1) {
    const part = parts[out[level - 1].block];
    const port = portOf(part, "out", start, from);
    way.push(entered(part, out[level - 1].block, start, { item: port, port: null }, shift));
    start = { item: out[level].item, port };
  }
  const end = [];
  let goal = { item: into[0].item, port: null };
  for (let level = 1; level < into.length; level += 1) {
    const part = parts[into[level - 1].block];
    const port = portOf(part, "in", goal, to);
    end.push(entered(part, into[level - 1].block, { item: port, port: null }, goal, shift));
    goal = { item: into[level].item, port };
  }
  const { block } = out.at(-1);
  return [...way, entered(parts[block], block, start, goal, shift), ...end.reverse()];
}

/** Return the port of a part through which edges from or to a box pass. */
function portOf(part, side, { item }, key) {
  const name = `${side}/${key}/${item}`;
  if (!part.ports.has(name)) {
    part.ports.set(name, part.items.length);
    part.items.push({ width: 0, height: 4, port: side, key: null });
  }
  return part.ports.get(name);
}

function entered(part, block, from, to, shift) {
  const name = `${from.item}:${from.port}>${to.item}:${to.port}/${shift}`;
  if (!part.known) part.known = new Map();
  if (!part.known.has(name)) {
    part.known.set(name, part.edges.length);
    part.edges.push({ from: from.item, to: to.item, fromPort: from.port, toPort: to.port, shift });
  }
  return [block, part.known.get(name)];
}

/** Lay out every open block, from the inside to the outside, and return where all things and routes are. */
function laidOut(parts, blocks, place) {
  for (let block = blocks.length - 1; block >= 0; block -= 1) {
    const part = parts[block];
    if (!part) continue;
    const portHeight = (item, port) => {
      if (port === null) return 0;
      const inner = parts[-1 - part.items[item].key].result;
      return inner.y[port] - inner.height / 2;
    };
    const edges = part.edges.map(({ from, to, fromPort, toPort, shift }) => ({
      from,
      to,
      fromY: portHeight(from, fromPort) + (part.items[from].port ? 0 : shift),
      toY: portHeight(to, toPort) + (part.items[to].port ? 0 : shift),
    }));
    part.result = framed(layered(part.items, edges), part.items, block > 0);
    if (block > 0) {
      const { item } = place.get(-1 - block);
      const outer = parts[blocks[block].parent];
      Object.assign(outer.items[item], { width: part.result.width, height: part.result.height });
    }
  }
  const at = new Map();
  const routes = parts.map(() => []);
  parts.forEach((part, block) => {
    if (!part) return;
    const frame = block ? at.get(-1 - block) : { x: 0, y: 0 };
    const { x, y } = part.result;
    part.items.forEach(({ key, width, height }, item) => {
      if (key !== null)
        at.set(key, { x: frame.x + x[item], y: frame.y + y[item] - height / 2, width, height });
    });
    routes[block] = part.result.routes.map((points) =>
      points.map(([px, py]) => [frame.x + px, frame.y + py]),
    );
  });
  return { at, routes };
}

/** Return a layout with space around it, and above it for a block's heading; ports stand on the frame. */
function framed(result, items, isBlock) {
  if (!isBlock) return result;
  const top = HEADING + MARGIN / 2;
  const left = items.some(({ port }) => port === "in") ? 0 : MARGIN;
  const right = items.some(({ port }) => port === "out") ? 0 : MARGIN;
  return {
    x: result.x.map((each) => each + left),
    y: result.y.map((each) => each + top),
    routes: result.routes.map((points) => points.map(([x, y]) => [x + left, y + top])),
    width: result.width + left + right,
    height: result.height + top + MARGIN,
  };
}

function joined(way, routes) {
  const points = way.flatMap(([block, edge]) => routes[block][edge]);
  return points.filter(
    ([x, y], at) => !at || Math.abs(x - points[at - 1][0]) + Math.abs(y - points[at - 1][1]) > 0.01,
  );
}
