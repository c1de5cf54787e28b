/** What is known of a value or a block in a few lines. */

import { contents, rangeText } from "./boxes.js";
import { operationText } from "./chain_rule.js";
import { scopePath, shortened, visibleText } from "./graph.js";
import { exactNumeral } from "./numerals.js";

/** Return what hovering says of a value: everything but the chain rule. */
export function summary(graph, node) {
  const lines = [];
  const label = graph.label(node);
  if (label) lines.push(shortened(visibleText(label), 300));
  lines.push(`data = ${shortened(exactNumeral(graph.data[node]), 120)}`);
  if (graph.requiresGrad[node]) lines.push(`grad = ${gradientText(graph, node)}`);
  if (graph.symbol(node)) lines.push(operationText(graph, node));
  const scope = scopePath(graph, node);
  if (scope) lines.push(`in ${scope}`);
  if (graph.source(node)) lines.push(`at ${visibleText(graph.source(node))}`);
  return lines.join("\n");
}

/** Return what hovering says of a block. */
export function blockSummary(block, precision) {
  const lines = [
    block.name,
    [block.kind, block.use].filter(Boolean).join(", "),
    contents(block),
    `data ${rangeText(block.data, precision)}`,
  ];
  if (block.grad.least !== null || block.grad.nans) lines.push(`grad ${rangeText(block.grad, precision)}`);
  return lines.filter(Boolean).join("\n");
}

/** Return a value's gradient with all digits. */
export function gradientText(graph, node) {
  return graph.grad[node] === null ? "0 (none has arrived)" : exactNumeral(graph.grad[node]);
}
