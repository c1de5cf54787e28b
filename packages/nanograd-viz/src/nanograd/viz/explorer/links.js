/** Buttons that lead to other values. */

import { name, operationText } from "./chain_rule.js";
import { element } from "./dom.js";
import { shortened } from "./graph.js";
import { summary } from "./summary.js";

/** Return a button with a value's name; `go` shows the value. */
export function link(node, graph, go) {
  const label = graph.label(node) || !graph.symbol(node) ? name(graph, node) : operationText(graph, node);
  return element(
    "button",
    { type: "button", class: "link", onclick: () => go(node), title: shortened(summary(graph, node), 400) },
    label,
  );
}
