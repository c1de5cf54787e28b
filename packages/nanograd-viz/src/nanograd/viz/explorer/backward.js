/** The backward pass once more, as the engine does it: the same terms in the same order. */

import { approximate, minus, nearlyEqual, plus, times } from "./numerals.js";

/**
 * Return the pass that the graph's gradients came from.
 *
 * A result's own gradient tells what the pass began with. If none has arrived anywhere, backward() was not
 * called yet, and the pass is the one that it would do.
 * @returns {{seeds: Map, order: number[], total: Array, happened: boolean}} what each result begins with, the
 *   values that hand gradients on, first to last, and what arrives at each value in all.
 */
export function backwardPass(graph) {
  const happened = graph.roots.some((root) => graph.grad[root] !== null);
  const seeds = new Map();
  const order = [];
  const total = new Array(graph.size).fill(null);
  for (let node = graph.size - 1; node >= 0; node -= 1) {
    if (graph.isRoot.has(node) && graph.requiresGrad[node]) {
      const seed = seedOf(graph, node, total[node], happened);
      if (seed !== null) {
        seeds.set(node, seed);
        total[node] = total[node] === null ? seed : plus(seed, total[node]);
      }
    }
    if (total[node] === null) continue;
    order.push(node);
    send(graph, node, total);
  }
  return { seeds, order, total, happened };
}

/** Return what has arrived at each value when none has handed its gradient on yet. */
export function atFirst(graph, pass) {
  const total = new Array(graph.size).fill(null);
  for (const [root, seed] of pass.seeds) total[root] = seed;
  return total;
}

/** Return what a value sends to its operands: {child, place, slope, upstream, term}. */
export function termsSent(graph, pass, node) {
  const upstream = pass.total[node];
  const terms = [];
  graph.operands[node].forEach((child, place) => {
    const slope = graph.slopes[node][place];
    if (slope !== null) terms.push({ child, place, slope, upstream, term: times(slope, upstream) });
  });
  return terms;
}

/** Add what a value sends to its operands. */
export function send(graph, node, total) {
  const slopes = graph.slopes[node];
  const operands = graph.operands[node];
  for (let place = 0; place < operands.length; place += 1) {
    if (slopes[place] === null) continue;
    const term = times(slopes[place], total[node]);
    const child = operands[place];
    total[child] = total[child] === null ? term : plus(total[child], term);
  }
}

function seedOf(graph, root, arrived, happened) {
  if (!happened) return 1;
  const shown = graph.grad[root];
  if (shown === null) return null;
  if (arrived === null) return shown;
  // A result that another one was computed from: what the uses do not explain is its own.
  if (nearlyEqual(shown, arrived)) return null;
  const rest = minus(shown, arrived);
  return Number.isNaN(approximate(rest)) ? 1 : rest;
}
