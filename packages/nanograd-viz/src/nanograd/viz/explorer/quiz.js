/** The quiz: before a value hands its gradient on, the reader says what arrives. */

import { termsSent } from "./backward.js";
import { name, operationText, slopeFormula } from "./chain_rule.js";
import { approximate, shortNumeral } from "./numerals.js";

const ASKED_OF_ONE = 4;

/** Asks for the terms of the backward pass one after the other. */
export class Quiz {
  /** @param {object} player whose next steps are asked for */
  constructor(player) {
    this.player = player;
    this.right = 0;
    this.asked = 0;
    this.hasErred = false;
    this.terms = [];
    this.node = null;
    this.at = 0;
  }

  /** The term that is asked for; null if the pass is over. */
  get term() {
    const { player } = this;
    if (this.node !== player.next) {
      this.node = player.next;
      this.at = 0;
      this.hasErred = false;
      this.terms =
        this.node === null ? [] : termsSent(player.graph, player.pass, this.node).slice(0, ASKED_OF_ONE);
    }
    return this.terms[this.at] ?? null;
  }

  /** The question in words; "" if there is none. */
  get question() {
    const { term, player } = this;
    if (term === null) return "";
    const { graph, precision } = player;
    const again =
      this.terms.filter(({ child }) => child === term.child).length > 1
        ? ` as operand ${term.place + 1}`
        : "";
    return `${operationText(graph, this.node)} has the gradient ${shortNumeral(term.upstream, precision)}. What does it hand on to ${name(graph, term.child)}${again}?`;
  }

  /** The local derivative in words. */
  get hint() {
    const { term, player } = this;
    if (term === null) return "";
    const { graph, precision } = player;
    const formula = slopeFormula(graph, this.node, term.place);
    const number = shortNumeral(term.slope, precision);
    const middle = formula && formula !== number ? `${formula} = ` : "";
    return `The local derivative of ${operationText(graph, this.node)} for ${name(graph, term.child)} is ${middle}${number}. Times the gradient?`;
  }

  /** Return whether a text is the number that is asked for, to three digits; count the first try. */
  check(text) {
    const isRight = isClose(numberOf(text), approximate(this.term.term));
    if (!this.hasErred) {
      this.asked += 1;
      if (isRight) this.right += 1;
    }
    this.hasErred = !isRight;
    if (isRight) this.advance();
    return isRight;
  }

  /** Go on without an answer, which counts as none; return what it would have been. */
  skip() {
    const { term, player } = this;
    if (!this.hasErred) this.asked += 1;
    this.advance();
    return shortNumeral(term.term, player.precision);
  }

  advance() {
    this.at += 1;
    this.hasErred = false;
    if (this.at === this.terms.length) this.player.go(this.player.position + 1);
  }
}

/** Return the number that a reader typed: 0.5, .5, 0,5, 1/3, 2e-3, nan, -inf; NaN with no sense as undefined. */
export function numberOf(text) {
  const written = text
    .trim()
    .toLowerCase()
    .replace("−", "-")
    .replace(/^([+-]?\d*),(\d+)$/, "$1.$2");
  if (/^[+-]?inf(inity)?$/.test(written)) return written.startsWith("-") ? -Infinity : Infinity;
  if (written === "nan") return NaN;
  const parts = written.split("/");
  if (parts.length > 2 || parts.some((part) => !/^\s*[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*$/.test(part)))
    return undefined;
  return parts.map(Number).reduce((numerator, denominator) => numerator / denominator);
}

/** Return whether an answer is right to about three digits, or to as many decimals as a box shows. */
export function isClose(answer, truth) {
  if (answer === undefined) return false;
  if (Number.isNaN(truth) || Number.isNaN(answer)) return Number.isNaN(truth) && Number.isNaN(answer);
  if (!Number.isFinite(truth) || !Number.isFinite(answer)) return answer === truth;
  const tolerance = Math.max(0.005 * Math.abs(truth), Math.abs(truth) >= 5e-5 ? 5.1e-5 : 0);
  return Math.abs(answer - truth) <= tolerance;
}
