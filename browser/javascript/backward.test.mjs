import assert from "node:assert/strict";
import test from "node:test";
import { backwardPass } from "../../packages/nanograd-viz/src/nanograd/viz/explorer/backward.js";
import {
  chainRule,
  operationText,
  slopeFormula,
} from "../../packages/nanograd-viz/src/nanograd/viz/explorer/chain_rule.js";
import { Player } from "../../packages/nanograd-viz/src/nanograd/viz/explorer/player.js";
import { Quiz, isClose, numberOf } from "../../packages/nanograd-viz/src/nanograd/viz/explorer/quiz.js";
import { expression, graphWith } from "./graphs.mjs";

const A = 0,
  B = 1,
  D = 2,
  OUT = 7;

test("the pass gives the gradients that the engine gave", () => {
  const graph = expression();
  const pass = backwardPass(graph);
  assert.deepEqual(pass.total, graph.grad);
  assert.equal(pass.happened, true);
});

test("the chain rule of b: one term for each use, in the order of arrival, adding up to b.grad", () => {
  const graph = expression();
  const { terms, sum, rest, seed } = chainRule(graph, backwardPass(graph), B);
  assert.deepEqual(
    terms.map(({ user, slope, upstream, term, formula }) => [
      graph.label(user),
      formula,
      slope,
      upstream,
      term,
    ]),
    [
      ["f", "1", 1, 13, 13],
      ["d", "a", 5, 4, 20],
    ],
  );
  assert.deepEqual([seed, sum, rest], [null, 33, null]);
});

test("a result begins the pass", () => {
  const graph = expression();
  const { terms, sum, seed } = chainRule(graph, backwardPass(graph), OUT);
  assert.deepEqual([terms, sum, seed], [[], 1, 1]);
});

test("what earlier passes left is named and not explained away", () => {
  const graph = expression();
  graph.grad[B] = 66;
  const { sum, rest } = chainRule(graph, backwardPass(graph), B);
  assert.deepEqual([sum, rest], [33, 33]);
});

test("a gradient that was not 1 at the result is carried through", () => {
  const graph = graphWith([
    { data: 3, grad: 10, label: "x" },
    { data: 6, grad: 5, op: "*", of: [0, 0], slopes: [1, 1] },
  ]);
  const pass = backwardPass(graph);
  assert.equal(pass.total[0], 10);
  assert.equal(chainRule(graph, pass, 0).terms.length, 2, "x * x: one term for each operand");
});

test("a result that another one uses keeps its own beginning", () => {
  const graph = graphWith(
    [
      { data: 2, grad: 5, label: "x" },
      { data: 4, grad: 4, op: "*", of: [0, 0], slopes: [0.5, 0.5] },
      { data: 12, grad: 1, op: "+", of: [1, 0], slopes: [3, 1] },
    ],
    { roots: [1, 2] },
  );
  assert.deepEqual(
    [...backwardPass(graph).seeds],
    [
      [2, 1],
      [1, 1],
    ],
  );
});

test("without a backward pass the one that backward() would do is shown", () => {
  const graph = expression();
  graph.grad.fill(null);
  const pass = backwardPass(graph);
  assert.equal(pass.happened, false);
  assert.equal(pass.total[B], 33);
  assert.equal(chainRule(graph, pass, B).rest, null);
});

test("constants get nothing, and a graph of constants has no pass", () => {
  const graph = graphWith([
    { data: 2, constant: true },
    { data: 4, constant: true, op: "neg", of: [0], slopes: [null] },
  ]);
  const pass = backwardPass(graph);
  assert.deepEqual([pass.order, pass.seeds.size], [[], 0]);
  assert.equal(new Player(graph, pass, 4).length, 1);
});

test("formulas use labels, and numbers where there are none", () => {
  const graph = expression();
  assert.equal(slopeFormula(graph, D, 0), "b");
  assert.equal(operationText(graph, OUT), "out = e * f");
  const nameless = graphWith([
    { data: -2 },
    { data: 3, constant: true },
    { data: -6, op: "*", of: [0, 1], slopes: [3, null] },
  ]);
  assert.equal(operationText(nameless, 2), "(-2) * 3");
});

test("the formula of a value whose constants are known goes before that of its operation", () => {
  const graph = graphWith(
    [
      { data: 3, label: "x" },
      { data: 2, constant: true },
      { data: 9, op: "**", of: [0, 1], slopes: [6, null] },
      { data: 27, op: "**", of: [0, 0], slopes: [1, 1] },
    ],
    { formulas: { "**": { 2: [["0 if ", 1, " = 0 else …"], null] } }, formulasOfValues: { 2: [["2 · ", 0], null] } },
  );
  assert.equal(slopeFormula(graph, 2, 0), "2 · x");
  assert.equal(slopeFormula(graph, 2, 1), "");
  assert.equal(slopeFormula(graph, 3, 0), "0 if x = 0 else …");
});

test("the player knows more with every step, forward and back again", () => {
  const graph = expression();
  const player = new Player(graph, backwardPass(graph), 4);
  const seen = [];
  for (let position = 0; position <= player.length; position += 1) {
    player.go(position);
    seen.push(
      JSON.stringify([
        player.text,
        graph.data.map((_, node) => [player.isKnown(node), player.gradient(node), player.isComplete(node)]),
      ]),
    );
  }
  assert.equal(player.length, 9);
  assert.deepEqual(
    graph.grad,
    graph.data.map((_, node) => player.gradient(node)),
  );
  for (let position = player.length; position >= 0; position -= 1) {
    player.go(position);
    assert.equal(
      JSON.stringify([
        player.text,
        graph.data.map((_, node) => [player.isKnown(node), player.gradient(node), player.isComplete(node)]),
      ]),
      seen[position],
    );
  }
  player.go(7);
  assert.match(player.text, /backward through f = k \+ b: k gets 1 × 13 = 13; b gets 1 × 13 = 13/);
  assert.deepEqual([player.gradient(B), player.isComplete(B)], [13, false]);
  player.go(99);
  assert.equal(player.position, 9);
});

test("the quiz asks for every term, counts first tries, and ends", () => {
  const graph = expression();
  const player = new Player(graph, backwardPass(graph), 4);
  player.go(player.turn);
  const quiz = new Quiz(player);
  assert.match(quiz.question, /out = e \* f has the gradient 1\. What does it hand on to e\?/);
  assert.equal(quiz.check("5"), false);
  assert.match(quiz.hint, /for e is f = 4/);
  assert.equal(quiz.check("4"), true, "right the second time");
  assert.deepEqual([quiz.right, quiz.asked], [0, 1]);
  assert.equal(quiz.check("13.0"), true);
  assert.equal(player.gradient(4), 4, "the step was taken");
  assert.equal(quiz.skip(), "13");
  let rounds = 0;
  while (quiz.question) {
    assert.ok(quiz.check(String(quiz.term.term)));
    rounds += 1;
  }
  assert.deepEqual([rounds, quiz.right, quiz.asked], [5, 6, 8]);
  assert.equal(player.position, player.length);
  assert.equal(player.gradient(A), 8);
});

for (const [text, number] of [
  ["0.5", 0.5],
  [" .5 ", 0.5],
  ["0,5", 0.5],
  ["1/3", 1 / 3],
  ["-2e-3", -0.002],
  ["−4", -4],
  ["inf", Infinity],
  ["-Infinity", -Infinity],
  ["4.", 4],
]) {
  test(`a reader may write ${text}`, () => assert.equal(numberOf(text), number));
}

for (const text of ["", "four", "1/2/3", "0x10", "1 2", "alert(1)"]) {
  test(`${JSON.stringify(text)} is no number`, () => assert.equal(numberOf(text), undefined));
}

test("answers are right to three digits or as many decimals as a box shows", () => {
  assert.ok(
    isClose(0.333, 1 / 3) &&
      isClose(-0.0013, -0.00134) &&
      isClose(NaN, NaN) &&
      isClose(1e-300, 1e-300) &&
      isClose(Infinity, Infinity),
  );
  assert.ok(
    !isClose(0.3, 1 / 3) &&
      !isClose(0, 1e-300) &&
      !isClose(1, NaN) &&
      !isClose(undefined, 1) &&
      !isClose(4, -4) &&
      !isClose(0.001, 0),
  );
});
