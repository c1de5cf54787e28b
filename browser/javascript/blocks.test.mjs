import assert from "node:assert/strict";
import test from "node:test";
import { arrange } from "../../packages/nanograd-viz/src/nanograd/viz/explorer/arrangement.js";
import { blockTree } from "../../packages/nanograd-viz/src/nanograd/viz/explorer/block_tree.js";
import {
  firstOpened,
  openedTo,
  visibleAs,
  visibleCount,
} from "../../packages/nanograd-viz/src/nanograd/viz/explorer/blocks.js";
import { chain, expression, graphWith, twoUses } from "./graphs.mjs";

const named = (tree) =>
  tree.blocks.map(({ name, kind, use, depth }) => [depth, name, kind, use ?? ""].join("|"));
const measure = (text) => 7 * text.length;

test("a graph without scopes is one whole", () => {
  const tree = blockTree(expression(), 1500);
  assert.equal(tree.blocks.length, 1);
  assert.equal(tree.blocks[0].count, 8);
});

test("scopes are blocks in blocks, uses are told apart, and shared weights have blocks like those of the model", () => {
  const tree = blockTree(twoUses(), 1500);
  assert.deepEqual(named(tree).sort(), [
    "0|||",
    "1|MLP||use 1 of 2",
    "1|MLP||use 2 of 2",
    "1|layers.0|Layer parameters, shared|",
    "2|layers.0|Layer|use 1 of 2",
    "2|layers.0|Layer|use 2 of 2",
    "2|neurons.0|Neuron parameters, shared|",
    "2|neurons.1|Neuron parameters, shared|",
    "3|neurons.0|Neuron|use 1 of 2",
    "3|neurons.0|Neuron|use 2 of 2",
    "3|neurons.1|Neuron|use 1 of 2",
    "3|neurons.1|Neuron|use 2 of 2",
  ]);
});

test("a leaf stands in the innermost block around its uses: the input of a layer in the layer", () => {
  const graph = twoUses();
  const tree = blockTree(graph, 1500);
  const x = [...Array(graph.size).keys()].find((node) => graph.label(node) === "x0");
  assert.equal(tree.blocks[tree.home[x]].name, "layers.0");
});

test("every block comes after the one around it, and counts what it holds", () => {
  const tree = blockTree(twoUses(), 1500);
  tree.blocks.forEach(({ parent, depth }, block) => {
    if (block) assert.ok(parent < block && depth === tree.blocks[parent].depth + 1);
  });
  const [mlp] = tree.blocks.filter(({ name, use }) => name === "MLP" && use === "use 1 of 2");
  assert.deepEqual([mlp.count, mlp.operations, mlp.parameters], [6, 5, 0]);
  const weights = tree.blocks.find(({ name, kind }) => name === "layers.0" && kind.includes("shared"));
  assert.deepEqual([weights.count, weights.parameters, weights.data.least, weights.data.most], [4, 4, 0, 3]);
});

test("a block of shared weights around a single other block is left out", () => {
  assert.ok(
    !blockTree(twoUses(), 1500).blocks.some(({ name, kind }) => name === "MLP" && kind.includes("shared")),
  );
});

test("a block that stands for the only part of another says of which", () => {
  const nodes = [0, 1, 2, 3].map((number) => ({ data: number, label: `w${number}` }));
  const scopes = [];
  for (let use = 0; use < 2; use += 1) {
    const model = scopes.push(["", "MLP", -1]) - 1;
    for (const layer of [0, 1]) {
      const outer = scopes.push([`layers.${layer}`, "Layer", model]) - 1;
      const scope = scopes.push(["neurons.0", "Neuron", outer]) - 1;
      nodes.push({ op: "*", of: [2 * layer, 2 * layer + 1], slopes: [1, 1], scope });
    }
  }
  nodes.push({ op: "sum", of: [4, 5, 6, 7], slopes: [1, 1, 1, 1] });
  const shared = blockTree(graphWith(nodes, { scopes }), 1500).blocks.filter(({ kind }) =>
    kind.includes("shared"),
  );
  assert.deepEqual(
    shared.map(({ name }) => name).sort(),
    ["MLP", "layers.0.neurons.0", "layers.1.neurons.0"],
  );
});

test("the uses of a recurrent part are numbered in the order of time", () => {
  const nodes = [{ data: 0.5, label: "w" }, { data: 1, label: "h" }];
  const product = (number) => ({ op: "*", of: [0, 0], slopes: [1, 1], scope: number });
  const step = (state, number) => ({ op: "+", of: [state, 1], slopes: [1, 1], scope: number });
  // In topological order the last step's input stands before the state that the step goes on with.
  nodes.push(product(0), product(1), step(3, 1), { op: "+", of: [2, 4], slopes: [1, 1], scope: 0 });
  const scopes = [["cell", "RNNCell", -1], ["cell", "RNNCell", -1]];
  const tree = blockTree(graphWith(nodes, { scopes }), 1500);
  const useOf = (node) => tree.blocks[tree.home[node]].use;
  assert.deepEqual([useOf(4), useOf(5)], ["use 1 of 2", "use 2 of 2"]);
});

test("closed blocks stand for what they hold", () => {
  const graph = twoUses();
  const tree = blockTree(graph, 1500);
  const shown = visibleAs(tree, new Set());
  assert.equal(new Set(shown).size, 4, "two uses, the weights, the loss");
  assert.equal(visibleCount(tree, new Set()), 4);
  assert.equal(visibleCount(tree, openedTo(tree, 9)), graph.size);
  assert.deepEqual([...visibleAs(tree, openedTo(tree, 9))], [...Array(graph.size).keys()]);
});

test("at first as many levels are open as were asked for, or as are legible", () => {
  const tree = blockTree(twoUses(), 1500);
  assert.equal(firstOpened(tree, null, 1500).count, tree.home.length);
  assert.equal(firstOpened(tree, 0, 1500).count, 4);
  const few = firstOpened(tree, 9, 8);
  assert.ok(few.count <= 8 && few.asked === tree.home.length);
});

test("what is too much to show is put into parts, in the order of computation, at any size", () => {
  for (const [length, most] of [
    [5001, 1500],
    [3001, 10],
    [100_001, 1500],
  ]) {
    const graph = chain(length);
    const tree = blockTree(graph, most);
    assert.ok(visibleCount(tree, new Set()) <= Math.max(most, 2));
    assert.equal(tree.blocks[0].count, graph.size);
    for (const { values, inner } of tree.blocks) assert.ok(values.length + inner.length <= 400);
    const first = firstOpened(tree, null, most);
    assert.equal(first.asked, graph.size);
  }
});

test("a value between two steps of a scope makes no endless search", () => {
  const graph = graphWith(
    [
      { label: "x" },
      { op: "exp", of: [0], slopes: [1], scope: 0 },
      { op: "neg", of: [1], slopes: [-1] },
      { op: "exp", of: [2], slopes: [1], scope: 0 },
    ],
    { scopes: [["part", "", -1]] },
  );
  const tree = blockTree(graph, 1500);
  const picture = arrange(graph, tree, new Set(), visibleAs(tree, new Set()), measure, { precision: 4 });
  assert.equal(picture.edges.length, 2, "into the outer value and back; x stands inside");
});

test("boxes stand inside the frames of their blocks, boxes do not overlap, and edges join their boxes", () => {
  const graph = twoUses();
  const tree = blockTree(graph, 1500);
  for (const depth of [0, 1, 2, 3]) {
    const opened = openedTo(tree, depth);
    const { boxes, frames, edges, width, height } = arrange(
      graph,
      tree,
      opened,
      visibleAs(tree, opened),
      measure,
      4,
    );
    const all = [...boxes.values()];
    assert.equal(all.length, visibleCount(tree, opened));
    for (const box of all) {
      assert.ok(
        box.x >= 0 &&
          box.y >= -1e-6 &&
          box.x + box.width <= width + 1e-6 &&
          box.y + box.height <= height + 1e-6,
      );
      const block = box.key >= 0 ? tree.home[box.key] : tree.blocks[-1 - box.key].parent;
      const frame = frames.find((each) => each.block === block);
      if (frame) {
        assert.ok(box.x >= frame.x && box.x + box.width <= frame.x + frame.width + 1e-6);
        assert.ok(box.y >= frame.y + 26 && box.y + box.height <= frame.y + frame.height + 1e-6);
      }
      for (const other of all) {
        const isApart =
          box === other ||
          box.x >= other.x + other.width ||
          other.x >= box.x + box.width ||
          box.y >= other.y + other.height - 1e-6 ||
          other.y >= box.y + box.height - 1e-6;
        assert.ok(isApart);
      }
    }
    for (const { from, to, points } of edges) {
      const [start, end] = [boxes.get(from), boxes.get(to)];
      assert.ok(Math.abs(points[0][0] - start.x - start.width) < 0.01);
      assert.ok(Math.abs(points.at(-1)[0] - end.x) < 0.01);
      assert.ok(points.at(-1)[1] > end.y && points.at(-1)[1] < end.y + end.height);
    }
  }
});

test("x * x has two edges, and edges between blocks are counted", () => {
  const square = graphWith([{ label: "x" }, { op: "*", of: [0, 0], slopes: [3, 3] }]);
  const tree = blockTree(square, 1500);
  assert.equal(
    arrange(square, tree, new Set(), visibleAs(tree, new Set()), measure, { precision: 4 }).edges.length,
    2,
  );
  const graph = twoUses();
  const blocks = blockTree(graph, 1500);
  const { edges } = arrange(graph, blocks, new Set(), visibleAs(blocks, new Set()), measure, {
    precision: 4,
  });
  assert.deepEqual(edges.map(({ count }) => count).sort(), [1, 1, 4, 4]);
});
