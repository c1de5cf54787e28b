/** Graphs that several tests look at, as the Python package would write them. */

import { graphOf } from "../../packages/nanograd-viz/src/nanograd/viz/explorer/graph.js";

/**
 * Return a graph of nodes {data, grad, label, op, of, slopes, scope, constant}, by position.
 * @param {object[]} nodes
 * @param {{roots?: number[], scopes?: Array, formulas?: object, formulasOfValues?: object}} more
 */
export function graphWith(nodes, more = {}) {
  const { roots = [nodes.length - 1], scopes = [], formulas = {}, formulasOfValues = {} } = more;
  const operations = [...new Set(nodes.map(({ op }) => op).filter(Boolean))];
  return graphOf(
    {
      roots,
      data: nodes.map(({ data }) => data ?? 0),
      grad: nodes.map(({ grad }) => grad ?? null),
      requires_grad: nodes.map(({ constant }) => (constant ? 0 : 1)),
      labels: Object.fromEntries(
        nodes.flatMap(({ label }, place) => (label === undefined ? [] : [[place, label]])),
      ),
      operations: operations.map((op) => [op, null]),
      operation: nodes.map(({ op }) => (op ? operations.indexOf(op) : -1)),
      operands: nodes.map(({ of }) => of ?? []),
      slopes: nodes.map(({ slopes }) => slopes ?? []),
      scopes,
      scope: nodes.map(({ scope }) => scope ?? -1),
      sources: {},
    },
    formulas,
    formulasOfValues,
  );
}

const FORMULAS = { "*": { 2: [[1], [0]] }, "+": { 2: [["1"], ["1"]] } };

/** out = (a * b + c) * (k + b), after its backward pass: the graph of the first example. */
export function expression() {
  return graphWith(
    [
      { data: 5, grad: 8, label: "a" },
      { data: 2, grad: 33, label: "b" },
      { data: 10, grad: 4, label: "d", op: "*", of: [0, 1], slopes: [2, 5] },
      { data: 3, grad: 4, label: "c" },
      { data: 13, grad: 4, label: "e", op: "+", of: [2, 3], slopes: [1, 1] },
      { data: 2, grad: 13, label: "k" },
      { data: 4, grad: 13, label: "f", op: "+", of: [5, 1], slopes: [1, 1] },
      { data: 52, grad: 1, label: "out", op: "*", of: [4, 6], slopes: [4, 13] },
    ],
    { formulas: FORMULAS },
  );
}

/** Two uses of a model of one layer with two neurons, sharing four weights: w * x in each neuron, then a sum. */
export function twoUses() {
  const nodes = [];
  const scopes = [];
  const outputs = [];
  const weights = [0, 1, 2, 3].map(
    (number) => nodes.push({ data: number, grad: 0, label: `w${number}` }) - 1,
  );
  for (let use = 0; use < 2; use += 1) {
    const model = scopes.push(["", "MLP", -1]) - 1;
    const layer = scopes.push(["layers.0", "Layer", model]) - 1;
    const x = nodes.push({ data: 1, constant: true, label: `x${use}` }) - 1;
    const products = [0, 1].map((number) => {
      const scope = scopes.push([`neurons.${number}`, "Neuron", layer]) - 1;
      const first =
        nodes.push({ op: "*", of: [weights[2 * number], x], slopes: [1, null], scope, grad: 1 }) - 1;
      return (
        nodes.push({ op: "+", of: [first, weights[2 * number + 1]], slopes: [1, 1], scope, grad: 1 }) - 1
      );
    });
    outputs.push(nodes.push({ op: "+", of: products, slopes: [1, 1], scope: model, grad: 1 }) - 1);
  }
  nodes.push({ op: "+", of: outputs, slopes: [1, 1], grad: 1, label: "loss" });
  return graphWith(nodes, { scopes });
}

/** A chain of so many values, each the one before plus a constant of its own. */
export function chain(length) {
  const nodes = [{ data: 0, label: "x" }];
  while (nodes.length < length) {
    const before = nodes.length === 1 ? 0 : nodes.length - 1;
    nodes.push({ data: 1, constant: true });
    nodes.push({ data: nodes.length / 2, op: "+", of: [before, nodes.length - 1], slopes: [1, null] });
  }
  return graphWith(nodes);
}
