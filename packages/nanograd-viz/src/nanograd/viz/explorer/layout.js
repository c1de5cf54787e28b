/**
 * A layered layout from left to right: columns by longest path, few crossings, straight lines.
 *
 * The steps are those of Sugiyama, Tagawa and Toda, "Methods for Visual Understanding of Hierarchical System
 * Structures" (1981). Within a column, heights are found by weighted least squares under the condition that
 * nothing overlaps, which the pool-adjacent-violators algorithm solves exactly.
 */

import { heights } from "./heights.js";
import { ordered } from "./order.js";
import { backEdges, ranksOf } from "./ranks.js";

const COLUMN_GAP = 34;
const PORT_GAP = 14;
const ROW_GAP = 14;
const LINE_GAP = 7;
const STEEP = 0.06;
const LOOSE = 0.05;
const WIDEST_GAP = 320;
const MOST_BENDS = 30_000;

/**
 * Return where things stand.
 * @param {{width: number, height: number, port?: "in"|"out"}[]} items boxes, and ports: points on the left or
 *   right border through which edges enter or leave
 * @param {{from: number, to: number, fromY?: number, toY?: number}[]} edges fromY and toY are where an edge
 *   leaves and enters a box, measured from its middle
 * @returns {{x: number[], y: number[], routes: number[][][], width: number, height: number}} the left sides
 *   and the middles of the boxes, and the points of every edge
 */
export function layered(items, edges) {
  if (!items.length) return { x: [], y: [], routes: [], width: 0, height: 0 };
  const reversed = backEdges(items.length, edges);
  const forward = edges.map((edge, place) =>
    reversed.has(place)
      ? { from: edge.to, to: edge.from, fromY: edge.toY ?? 0, toY: edge.fromY ?? 0 }
      : { from: edge.from, to: edge.to, fromY: edge.fromY ?? 0, toY: edge.toY ?? 0 },
  );
  const ranks = ranksOf(items, forward);
  const { places, links, bends } = withBends(items, forward, ranks);
  const columns = ordered(places, links);
  const y = heights(columns, places, links);
  const { left, widths } = columnsAt(items, ranks, columns.length, climbs(places, links, y, columns.length));
  const isSource = new Uint8Array(items.length).fill(1);
  for (const { to } of forward) isSource[to] = 0;
  const x = items.map(({ width, port }, item) => {
    const column = ranks[item];
    // A leaf stands close to what uses it, a result close to what it is computed from.
    return left[column] + (port === "out" || (isSource[item] && !port) ? widths[column] - width : 0);
  });
  const top = places.reduce((least, { height }, place) => Math.min(least, y[place] - height / 2), Infinity);
  const bottom = places.reduce((most, { height }, place) => Math.max(most, y[place] + height / 2), -Infinity);
  for (let place = 0; place < y.length; place += 1) y[place] -= top;
  const routes = forward.map((edge, place) => {
    const points = [[x[edge.from] + items[edge.from].width, y[edge.from] + edge.fromY]];
    for (const bend of bends[place]) {
      const column = places[bend].rank;
      points.push([left[column], y[bend]], [left[column] + widths[column], y[bend]]);
    }
    points.push([x[edge.to], y[edge.to] + edge.toY]);
    return reversed.has(place) ? points.reverse() : points;
  });
  const end = columns.length - 1;
  return { x, y: y.slice(0, items.length), routes, width: left[end] + widths[end], height: bottom - top };
}

/** Put a bend into every column that an edge crosses; edges from one place share theirs. */
function withBends(items, edges, ranks) {
  const places = items.map(({ height, port }, item) => ({
    rank: ranks[item],
    height,
    gap: port ? LINE_GAP : ROW_GAP,
  }));
  const links = [];
  const chains = new Map();
  let many = 0;
  for (const { from, to } of edges) many += Math.max(ranks[to] - ranks[from] - 1, 0);
  // What comes from outside should not pull what is inside out of line.
  const pull = (item, weight) => (items[item].port ? LOOSE : weight);
  const bends = edges.map(({ from, to, fromY, toY }) => {
    const mine = [];
    const key = `${from}:${fromY}`;
    if (!chains.has(key)) chains.set(key, []);
    const chain = chains.get(key);
    if (many <= MOST_BENDS) {
      for (let rank = ranks[from] + 1, step = 0; rank < ranks[to]; rank += 1, step += 1) {
        if (step === chain.length) {
          chain.push(places.length);
          places.push({ rank, height: 2, gap: LINE_GAP });
          const before = step ? chain[step - 1] : from;
          links.push({
            from: before,
            to: chain[step],
            fromY: step ? 0 : fromY,
            toY: 0,
            weight: step ? 8 : pull(from, 3),
          });
        }
        mine.push(chain[step]);
      }
    }
    const before = mine.length ? mine.at(-1) : from;
    const weight = Math.min(pull(from, mine.length ? 3 : 1), pull(to, 3));
    links.push({ from: before, to, fromY: mine.length ? 0 : fromY, toY, weight });
    return mine;
  });
  return { places, links, bends };
}

/** Return how far the lines into each column rise or fall at most. */
function climbs(places, links, y, count) {
  const most = new Float64Array(count);
  for (const { from, to, fromY, toY } of links) {
    const { rank } = places[to];
    most[rank] = Math.max(most[rank], Math.abs(y[from] + fromY - y[to] - toY));
  }
  return most;
}

/** Return the left side and the width of every column. */
function columnsAt(items, ranks, count, climb) {
  const widths = new Array(count).fill(0);
  const isPort = new Array(count).fill(true);
  items.forEach(({ width, port }, item) => {
    widths[ranks[item]] = Math.max(widths[ranks[item]], width);
    if (!port) isPort[ranks[item]] = false;
  });
  const left = [0];
  for (let column = 1; column < count; column += 1) {
    const gap = isPort[column - 1] || isPort[column] ? PORT_GAP : COLUMN_GAP;
    // Steep lines get more room, or they would be a wall.
    left.push(left[column - 1] + widths[column - 1] + gap + Math.min(STEEP * climb[column], WIDEST_GAP));
  }
  return { left, widths };
}
