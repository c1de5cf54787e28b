/** The details of a value or a block. */

import { termsSent } from "./backward.js";
import { contents, rangeText } from "./boxes.js";
import { operationText } from "./chain_rule.js";
import { element } from "./dom.js";
import { scopePath, visibleText } from "./graph.js";
import { link } from "./links.js";
import { exactNumeral } from "./numerals.js";
import { chainRuleDetails, sentDetails } from "./reasons.js";
import { gradientText } from "./summary.js";

const MOST_LINKS = 24;

/**
 * Return the elements that explain a value.
 * @param {object} graph
 * @param {object} pass
 * @param {number} node
 * @param {number} precision
 * @param {(node: number) => void} go shows another value
 */
export function valueDetails(graph, pass, node, precision, go) {
  const label = graph.label(node);
  const operands = graph.operands[node];
  const facts = [["data", exactNumeral(graph.data[node]), "data"]];
  if (graph.requiresGrad[node]) facts.push(["grad", gradientText(graph, node), "grad"]);
  else facts.push(["grad", "none: it is a constant", "quiet"]);
  if (operands.length) facts.push(["operation", visibleText(graph.symbol(node)), ""]);
  const scope = scopePath(graph, node);
  if (scope) facts.push(["scope", scope, ""]);
  if (graph.source(node)) facts.push(["source", visibleText(graph.source(node)), ""]);
  const parts = [
    element(
      "h2",
      { dir: "auto" },
      label ? visibleText(label) : graph.symbol(node) ? operationText(graph, node) : "value",
    ),
    definitions(facts),
  ];
  if (operands.length) parts.push(links("Operands", operands, graph, go));
  if (graph.users[node].length) parts.push(links("Used by", graph.users[node], graph, go));
  if (graph.requiresGrad[node]) parts.push(...chainRuleDetails(graph, pass, node, precision, go));
  const sent = pass.total[node] === null ? [] : termsSent(graph, pass, node);
  if (sent.length) parts.push(...sentDetails(graph, node, sent, precision, go));
  return parts;
}

/** Return the elements that explain a block. */
export function blockDetails(block, path, precision, open) {
  const facts = [];
  const remark = [block.kind, block.use].filter(Boolean).join(", ");
  if (remark) facts.push(["kind", remark, ""]);
  if (path !== block.name) facts.push(["path", path, ""]);
  facts.push(["values", block.count.toLocaleString("en-US"), ""], ["holds", contents(block), ""]);
  facts.push(["data", rangeText(block.data, precision), "data"]);
  if (block.grad.least !== null || block.grad.nans)
    facts.push(["grad", rangeText(block.grad, precision), "grad"]);
  return [
    element("h2", { dir: "auto" }, block.name),
    definitions(facts),
    element("button", { type: "button", class: "wide", onclick: open.action }, open.text),
  ];
}

function definitions(facts) {
  return element(
    "dl",
    {},
    ...facts.flatMap(([term, text, kind]) => [
      element("dt", {}, term),
      element("dd", { class: kind, dir: "auto" }, text),
    ]),
  );
}

function links(heading, nodes, graph, go) {
  const shown = nodes.slice(0, MOST_LINKS).map((node) => link(node, graph, go));
  const more =
    nodes.length > MOST_LINKS
      ? [element("span", { class: "remark" }, `and ${nodes.length - MOST_LINKS} more`)]
      : [];
  return element("p", { class: "links" }, element("span", { class: "quiet" }, heading), ...shown, ...more);
}
