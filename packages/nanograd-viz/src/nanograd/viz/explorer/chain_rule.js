/** Why a gradient is what it is: one term for each use of a value, with formula and numbers. */

import { termsSent } from "./backward.js";
import { shortened, visibleText } from "./graph.js";
import { approximate, minus, nearlyEqual, plus, shortNumeral } from "./numerals.js";

/**
 * Return the chain rule of a value.
 * @returns {{terms: object[], seed: *, sum: *, shown: *, rest: *}} the terms {user, place, formula, slope,
 *   upstream, term} in the order in which they arrived; what the pass began with here; their sum; the gradient
 *   that the engine shows (null if none has arrived); and what the sum leaves unexplained, null if nothing.
 */
export function chainRule(graph, pass, node) {
  const terms = [];
  for (const user of [...graph.users[node]].reverse()) {
    if (pass.total[user] === null) continue;
    for (const sent of termsSent(graph, pass, user)) {
      if (sent.child === node) terms.push({ ...sent, user, formula: slopeFormula(graph, user, sent.place) });
    }
  }
  const seed = pass.seeds.get(node) ?? null;
  let sum = seed;
  for (const { term } of terms) sum = sum === null ? term : plus(sum, term);
  const shown = graph.grad[node];
  const explained =
    shown === null || !pass.happened || nearlyEqual(sum ?? 0, shown) || isCancelled(terms, sum, shown);
  return { terms, seed, sum, shown, rest: explained ? null : minus(shown, sum ?? 0) };
}

/** Return the derivative of a value for one of its operands as text with names, "" if none is known. */
export function slopeFormula(graph, node, place) {
  const operands = graph.operands[node];
  const general = graph.formulas[graph.symbol(node)]?.[operands.length];
  const template = (graph.formulasOfValues[node] ?? general)?.[place];
  if (!template) return "";
  return template
    .map((part) =>
      typeof part === "string" ? part : part < 0 ? name(graph, node) : name(graph, operands[part]),
    )
    .join("");
}

/** Return what a value is called in formulas: its label, or its number. */
export function name(graph, node) {
  const label = graph.label(node);
  if (label) return shortened(visibleText(label), 24);
  const number = shortNumeral(graph.data[node], 4);
  return number.startsWith("-") ? `(${number})` : number;
}

/** Return an operation with the names of what goes in and comes out: "c = a * b". */
export function operationText(graph, node) {
  const symbol = visibleText(graph.symbol(node));
  const names = graph.operands[node].slice(0, 9).map((child) => name(graph, child));
  if (graph.operands[node].length > 8) names.splice(8, 1, `… ${graph.operands[node].length - 8} more`);
  const formula =
    names.length === 2 && !/^\w/.test(symbol)
      ? `${names[0]} ${symbol} ${names[1]}`
      : `${symbol}(${names.join(", ")})`;
  return graph.label(node) ? `${name(graph, node)} = ${formula}` : formula;
}

/** Terms that cancel leave a rounding error of the size of the terms, not of their sum. */
function isCancelled(terms, sum, shown) {
  const largest = terms.reduce((most, { term }) => Math.max(most, Math.abs(approximate(term))), 0);
  return Math.abs(approximate(sum ?? 0) - approximate(shown)) <= 1e-12 * largest;
}
