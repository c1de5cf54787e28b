/** The graph as the page's data holds it, and what can be read off it. */

import { decoded } from "./numerals.js";

const INVISIBLE = /[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]/g;
const DEEPEST = 20;
const PAIR = /[\ud800-\udbff][\udc00-\udfff]/g;

/**
 * Return the graph of a record: values are numbers from 0 on, in topological order.
 * @param {object} record what the Python package wrote
 * @param {object} formulas the formulas of derivatives, by symbol and number of operands
 * @param {object} formulasOfValues those of single values, where constants decide between cases
 */
export function graphOf(record, formulas = {}, formulasOfValues = {}) {
  const { operands, operation } = record;
  const size = record.data.length;
  const users = Array.from({ length: size }, () => []);
  for (let node = 0; node < size; node += 1) {
    for (const child of operands[node]) {
      if (users[child].at(-1) !== node) users[child].push(node);
    }
  }
  const labels = new Map(Object.entries(record.labels).map(([key, text]) => [Number(key), text]));
  const sources = new Map(Object.entries(record.sources).map(([key, text]) => [Number(key), text]));
  const scopes = record.scopes.map(([name, kind, parent]) => ({ name, kind, parent }));
  return {
    size,
    data: record.data.map(decoded),
    grad: record.grad.map(decoded),
    requiresGrad: record.requires_grad,
    operands,
    slopes: record.slopes.map((slopes) => slopes.map(decoded)),
    users,
    roots: record.roots,
    scope: record.scope,
    scopes,
    formulas,
    formulasOfValues,
    isRoot: new Set(record.roots),
    label: (node) => labels.get(node) ?? "",
    symbol: (node) => (operation[node] < 0 ? "" : record.operations[operation[node]][0]),
    source: (node) => sources.get(node) ?? "",
  };
}

/** Return whether a value is a plain number of an expression, like the 2 of 2 * x. */
export function isConstant(graph, node) {
  return !graph.operands[node].length && !graph.requiresGrad[node] && !graph.label(node);
}

/** Return a text with every control character written out, and none of them obeyed. */
export function visibleText(text) {
  const shown = (match) => {
    const code = match.charCodeAt(0);
    const named = { 9: "\\t", 10: "\\n", 13: "\\r" }[code];
    if (named) return named;
    return code < 256
      ? `\\x${code.toString(16).padStart(2, "0")}`
      : `\\u${code.toString(16).padStart(4, "0")}`;
  };
  // Half of a pair is written out; a pair is one character.
  const parts = [];
  let end = 0;
  for (const pair of text.matchAll(PAIR)) {
    parts.push(text.slice(end, pair.index).replace(INVISIBLE, shown), pair[0]);
    end = pair.index + 2;
  }
  return parts.join("") + text.slice(end).replace(INVISIBLE, shown);
}

/** Return a text that fits into a box. */
export function shortened(text, longest = 40) {
  if (text.length <= longest) return text;
  const characters = Array.from(text.slice(0, 2 * longest));
  return characters.length <= longest && text.length <= 2 * longest
    ? text
    : `${characters.slice(0, longest - 1).join("")}…`;
}

/** Return where a value was computed, from the outermost part of a model to the innermost. */
export function scopePath(graph, node) {
  const parts = [];
  let scope = graph.scope[node];
  for (; scope >= 0 && parts.length < DEEPEST; scope = graph.scopes[scope].parent) {
    const { name, kind } = graph.scopes[scope];
    if (name || kind) parts.push(name && kind ? `${name} (${kind})` : name || kind);
  }
  if (scope >= 0) parts.push("…");
  return visibleText(parts.reverse().join(" › "));
}
