/** Why a gradient is what it is, and what it becomes: the terms of the chain rule as tables. */

import { counted } from "./boxes.js";
import { chainRule, name, slopeFormula } from "./chain_rule.js";
import { element } from "./dom.js";
import { link } from "./links.js";
import { approximate, exactNumeral, shortNumeral } from "./numerals.js";

const MOST_ROWS = 200;
const LONGEST_IN_HEADING = 8;

/** Return the terms that a value's gradient is the sum of, and what they leave unexplained. */
export function chainRuleDetails(graph, pass, node, precision, go) {
  const { terms, seed, sum, shown, rest } = chainRule(graph, pass, node);
  const number = (x) => shortNumeral(x, precision);
  const me = name(graph, node);
  const parts = [element("h3", {}, `Why ${me}.grad?`)];
  if (!pass.happened) {
    parts.push(remark("backward() was not called on this graph yet. This is what it would give."));
  }
  if (!terms.length && seed === null) {
    const why = "no result of this graph depends on it through a differentiable path.";
    parts.push(element("p", {}, `No gradient arrives here: ${why}`));
  } else {
    const rows = terms.slice(0, MOST_ROWS).map((term) => {
      const place = repeats(graph, term.user, node) ? ` operand ${term.place + 1}` : "";
      return termRow([link(term.user, graph, go), place], term, precision);
    });
    if (seed !== null) rows.unshift(totalRow("backward() begins here with", seed, precision, ""));
    if (terms.length > MOST_ROWS) rows.push(restRow(terms.length - MOST_ROWS, "term"));
    const heading = terms.length > 1 || seed !== null ? "sum" : "arrives";
    const total = totalRow(heading, sum, precision, "sum");
    const derivative = me.length > LONGEST_IN_HEADING ? "derivative" : `∂/∂${me}`;
    parts.push(table(["through", derivative, "× its grad", "= term"], rows, total));
  }
  if (rest !== null) {
    const explained = sum === null ? "none of it" : number(sum);
    const where = graph.operands[node].length
      ? "a use outside this graph, or a hook that changed it."
      : "an earlier backward() (gradients of leaves add up until zero_grad()), a use outside this graph, or a hook.";
    parts.push(
      remark(
        `${me}.grad is ${number(shown)}, and this pass explains ${explained}. ` +
          `The rest, ${number(rest)}, came from elsewhere: ${where}`,
        "rest",
      ),
    );
  } else if (shown === null && pass.happened && sum !== null) {
    parts.push(remark(`${me} shows no gradient: it was cleared after the backward pass.`, "rest"));
  }
  return parts;
}

/** Return what a value hands on to each of its operands. */
export function sentDetails(graph, node, sent, precision, go) {
  const rows = sent.slice(0, MOST_ROWS).map((term) => {
    const formula = slopeFormula(graph, node, term.place);
    return termRow([link(term.child, graph, go)], { ...term, formula }, precision);
  });
  if (sent.length > MOST_ROWS) rows.push(restRow(sent.length - MOST_ROWS, "operand"));
  return [
    element("h3", {}, "What it hands on"),
    table(["to", "local derivative", "× grad", "= sends"], rows, null),
  ];
}

function table(headings, rows, total) {
  const head = element("tr", {}, ...headings.map((text) => element("th", { scope: "col" }, text)));
  const parts = [element("thead", {}, head), element("tbody", {}, ...rows)];
  if (total) parts.push(element("tfoot", {}, total));
  return element("div", { class: "scroll" }, element("table", { class: "chain" }, ...parts));
}

function termRow(heading, { formula, slope, upstream, term }, precision) {
  const number = shortNumeral(slope, precision);
  return element(
    "tr",
    {},
    element("th", { scope: "row" }, ...heading),
    element(
      "td",
      {},
      element("span", { class: "formula" }, formula && formula !== number ? `${formula} = ` : ""),
      element("span", { class: "data" }, number),
    ),
    element("td", { class: "grad" }, shortNumeral(upstream, precision)),
    cell(term, precision, "grad"),
  );
}

function totalRow(heading, number, precision, kind) {
  const scope = element("th", { scope: "row", colspan: 3 }, heading);
  return element("tr", { class: kind }, scope, cell(number, precision, "grad total"));
}

function restRow(count, thing) {
  return element(
    "tr",
    {},
    element("td", { colspan: 4, class: "remark" }, `and ${counted(count, thing)} more`),
  );
}

function cell(number, precision, kind) {
  const exact = { title: exactNumeral(number), "data-number": String(approximate(number)) };
  return element("td", { class: kind, ...exact }, shortNumeral(number, precision));
}

function remark(text, kind = "") {
  return element("p", { class: `remark ${kind}`.trim() }, text);
}

function repeats(graph, user, node) {
  return graph.operands[user].filter((child) => child === node).length > 1;
}
