/** The player: the calculation step by step, first the values, then the gradients, node by node. */

import { atFirst, send, termsSent } from "./backward.js";
import { name, operationText } from "./chain_rule.js";
import { isConstant } from "./graph.js";
import { shortNumeral } from "./numerals.js";

const SHOWN_TERMS = 4;

/** Stands at one step of the calculation. Position 0 knows the leaves only. */
export class Player {
  /**
   * @param {object} graph
   * @param {object} pass its backward pass
   * @param {number} precision
   */
  constructor(graph, pass, precision) {
    this.graph = graph;
    this.pass = pass;
    this.precision = precision;
    const all = Array.from({ length: graph.size }, (_, node) => node);
    this.forward = all.filter((node) => graph.operands[node].length);
    this.backward = pass.order.filter((node) => graph.slopes[node].some((slope) => slope !== null));
    /** When each value is known, and when the last term of its gradient has arrived. */
    this.knownAt = new Int32Array(graph.size);
    this.forward.forEach((node, step) => (this.knownAt[node] = step + 1));
    this.completeAt = new Int32Array(graph.size).fill(this.forward.length + 1);
    this.backward.forEach((node, step) => {
      graph.operands[node].forEach((child, place) => {
        if (graph.slopes[node][place] !== null) this.completeAt[child] = this.turn + step + 1;
      });
    });
    this.length = pass.seeds.size ? this.turn + this.backward.length : this.forward.length;
    this.position = this.length;
    this.isOn = false;
    this.arrived = null;
    this.sent = 0;
  }

  /** The position at which the backward pass begins: the results have their gradient. */
  get turn() {
    return this.forward.length + 1;
  }

  /** Go to a step; outside of all steps the nearest one. */
  go(position) {
    this.position = Math.min(Math.max(Math.round(position), 0), this.length);
    this.isOn = true;
    const sent = Math.max(this.position - this.turn, 0);
    if (this.arrived === null || sent < this.sent) {
      this.arrived = atFirst(this.graph, this.pass);
      this.sent = 0;
    }
    while (this.sent < sent) {
      send(this.graph, this.backward[this.sent], this.arrived);
      this.sent += 1;
    }
  }

  /** Stop playing: everything is shown again. */
  leave() {
    this.isOn = false;
    this.position = this.length;
  }

  /** Whether a value has been computed by now. */
  isKnown(node) {
    return this.knownAt[node] <= this.position;
  }

  /** What has arrived of a value's gradient by now; null before anything has. */
  gradient(node) {
    return this.position < this.turn ? null : this.arrived[node];
  }

  /** Whether all terms of a value's gradient have arrived. */
  isComplete(node) {
    return this.completeAt[node] <= this.position;
  }

  /** The value that this step computes, or whose gradient it hands on; null at the two beginnings. */
  get current() {
    if (this.position === 0 || this.position === this.turn) return null;
    return this.position < this.turn
      ? this.forward[this.position - 1]
      : this.backward[this.position - this.turn - 1];
  }

  /** The value that hands its gradient on next; null if there is none, or the forward pass is not over. */
  get next() {
    return this.position < this.turn ? null : (this.backward[this.position - this.turn] ?? null);
  }

  /** What happens at this step, in words and numbers. */
  get text() {
    const { graph, position, length, turn, current } = this;
    const number = (x) => shortNumeral(x, this.precision);
    const where = `${position.toLocaleString("en-US")} / ${length.toLocaleString("en-US")}`;
    if (position === 0) return `${where} · start: the leaves are given`;
    if (position === turn) {
      const seeds = [...this.pass.seeds]
        .slice(0, SHOWN_TERMS)
        .map(([root, seed]) => `${name(graph, root)}.grad = ${number(seed)}`);
      const remark = this.pass.happened ? "" : " (backward() was not called yet: this is what it would do)";
      return `${where} · backward begins: ${seeds.join(", ")}${remark}`;
    }
    if (position < turn) {
      const operands = graph.operands[current];
      const text = operationText(graph, current);
      // A second time with numbers where the first has names.
      const named = operands.some((child) => !isConstant(graph, child) && graph.label(child));
      const symbol = graph.symbol(current);
      const numbers =
        named && operands.length === 2 && !/^\w/.test(symbol)
          ? ` = ${number(graph.data[operands[0]])} ${symbol} ${number(graph.data[operands[1]])}`
          : "";
      return `${where} · forward: ${text}${numbers} = ${number(graph.data[current])}`;
    }
    const terms = termsSent(graph, this.pass, current);
    const shown = terms
      .slice(0, SHOWN_TERMS)
      .map(
        ({ child, slope, upstream, term }) =>
          `${name(graph, child)} gets ${number(slope)} × ${number(upstream)} = ${number(term)}`,
      );
    if (terms.length > SHOWN_TERMS) shown.push(`${terms.length - SHOWN_TERMS} more`);
    return `${where} · backward through ${operationText(graph, current)}: ${shown.join("; ")}`;
  }
}
