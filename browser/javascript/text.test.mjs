import assert from "node:assert/strict";
import test from "node:test";
import { blockTree } from "../../packages/nanograd-viz/src/nanograd/viz/explorer/block_tree.js";
import {
  blockBox,
  rangeText,
  valueBox,
} from "../../packages/nanograd-viz/src/nanograd/viz/explorer/boxes.js";
import { shortened, visibleText } from "../../packages/nanograd-viz/src/nanograd/viz/explorer/graph.js";
import { found } from "../../packages/nanograd-viz/src/nanograd/viz/explorer/search.js";
import { expression, graphWith, twoUses } from "./graphs.mjs";

const measure = (text) => 7 * text.length;

test("control characters are written out, and pairs and ordinary letters stay", () => {
  assert.equal(visibleText("a\0b\n\u202e\u2028"), "a\\x00b\\n\\u202e\\u2028");
  assert.equal(visibleText("שלום 🙂 <b>"), "שלום 🙂 <b>");
  assert.equal(visibleText("\ud83d!"), "\\ud83d!");
});

test("a long text ends in an ellipsis and never in half a character", () => {
  assert.equal(shortened("abc", 3), "abc");
  assert.equal(shortened("a".repeat(100_000)).length, 40);
  assert.equal(shortened("🙂".repeat(50), 5), "🙂🙂🙂🙂…");
});

test("boxes are label | data | grad, constants a number, and stacked ones are narrower", () => {
  const graph = expression();
  const texts = (node, stacked) =>
    valueBox(graph, node, measure, { precision: 4, stacked }).cells.map(({ text }) => text);
  assert.deepEqual(texts(0, false), ["a", "data = 5.0000", "grad = 8.0000"]);
  const [row, stack] = [false, true].map((stacked) => valueBox(graph, 2, measure, { precision: 1, stacked }));
  assert.ok(stack.width < row.width && stack.height > row.height && row.lead > 0 && row.symbol === "*");
  const constant = graphWith([
    { data: 10, constant: true },
    { op: "neg", of: [0], slopes: [null], constant: true },
  ]);
  assert.deepEqual(
    valueBox(constant, 0, measure, { precision: 4, stacked: false }).cells.map(({ text }) => text),
    ["10"],
  );
});

test("blocks say what they are, what they hold and the ranges of their numbers", () => {
  const tree = blockTree(twoUses(), 1500);
  const block = tree.blocks.find(({ name, use }) => name === "layers.0" && use === "use 2 of 2");
  assert.deepEqual(
    blockBox(block, measure, { precision: 1 }).cells.map(({ text }) => text),
    ["layers.0", "Layer, use 2 of 2", "4 operations, 1 constant", "data 0.0 … 1.0", "grad 1.0"],
  );
  assert.equal(rangeText({ least: null, most: null, nans: 2 }, 4), "2 nan");
});

test("search finds labels before operations, and blocks by name and kind", () => {
  const graph = expression();
  const tree = blockTree(graph, 1500);
  assert.deepEqual(found(graph, tree, "OUT").keys, [7]);
  assert.deepEqual(found(graph, tree, "+").keys, [4, 6]);
  assert.deepEqual(found(graph, tree, " "), { keys: [], count: 0 });
  assert.equal(found(graph, tree, "nothing").count, 0);
  const uses = twoUses();
  assert.equal(found(uses, blockTree(uses, 1500), "neurons.1").count, 3);
});
