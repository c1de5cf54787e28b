import assert from "node:assert/strict";
import test from "node:test";
import { layered } from "../../packages/nanograd-viz/src/nanograd/viz/explorer/layout.js";

const boxes = (count, size = {}) =>
  Array.from({ length: count }, () => ({ width: 100, height: 24, ...size }));

function assertApart(items, { x, y }) {
  items.forEach((one, a) =>
    items.slice(0, a).forEach((other, b) => {
      const isApart =
        x[a] >= x[b] + other.width ||
        x[b] >= x[a] + one.width ||
        Math.abs(y[a] - y[b]) >= (one.height + other.height) / 2 - 1e-6;
      assert.ok(isApart, `boxes ${b} and ${a} overlap`);
    }),
  );
}

test("nothing takes no room, one box its own", () => {
  assert.deepEqual(layered([], []), { x: [], y: [], routes: [], width: 0, height: 0 });
  const { x, y, width, height } = layered(boxes(1), []);
  assert.deepEqual([x, y, width, height], [[0], [12], 100, 24]);
});

test("a chain is a straight line from left to right", () => {
  const { x, y, routes } = layered(boxes(4), [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 3 },
  ]);
  assert.ok(x.every((each, place) => !place || each >= x[place - 1] + 100));
  assert.equal(new Set(y.map((each) => each.toFixed(3))).size, 1);
  assert.deepEqual(routes[0], [
    [x[0] + 100, y[0]],
    [x[1], y[1]],
  ]);
});

test("a tree has no crossing, and a parent stands level with the middle of its operands", () => {
  const edges = [
    [0, 4],
    [1, 4],
    [2, 5],
    [3, 5],
    [4, 6],
    [5, 6],
  ].map(([from, to]) => ({ from, to }));
  const { y } = layered(boxes(7), edges);
  assert.ok(y[0] < y[1] && y[1] < y[2] && y[2] < y[3] && y[4] < y[5]);
  assert.ok(Math.abs(y[4] - (y[0] + y[1]) / 2) < 1);
  assert.ok(Math.abs(y[6] - (y[4] + y[5]) / 2) < 1);
});

test("crossed pairs are uncrossed", () => {
  const { y } = layered(boxes(4), [
    { from: 0, to: 3 },
    { from: 1, to: 2 },
  ]);
  assert.ok((y[0] - y[1]) * (y[3] - y[2]) > 0);
});

test("a leaf stands beside what uses it, not far away in the first column", () => {
  const { x } = layered(boxes(4), [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 3, to: 2 },
  ]);
  assert.equal(x[3], x[1]);
});

test("a long edge passes between the boxes on its way", () => {
  const items = boxes(5);
  const edges = [
    { from: 0, to: 1 },
    { from: 1, to: 2 },
    { from: 2, to: 3 },
    { from: 0, to: 3 },
    { from: 4, to: 1 },
  ];
  const { x, y, routes } = layered(items, edges);
  for (const [px, py] of routes[3].slice(1, -1)) {
    items.forEach((item, place) => {
      const isInside =
        px > x[place] && px < x[place] + item.width && Math.abs(py - y[place]) < item.height / 2;
      assert.ok(!isInside);
    });
  }
});

test("a cycle is laid out too", () => {
  const { x, routes } = layered(boxes(2), [
    { from: 0, to: 1 },
    { from: 1, to: 0 },
  ]);
  assert.ok(x[1] > x[0]);
  assert.deepEqual(routes[1].at(-1)[0], x[0] + 100, "the edge that leads back ends where it came from");
  assert.equal(routes.flat(2).every(Number.isFinite), true);
});

test("ports stand on the borders, and edges pass through them", () => {
  const items = [...boxes(2), { width: 0, height: 4, port: "in" }, { width: 0, height: 4, port: "out" }];
  const { x, width } = layered(items, [
    { from: 2, to: 1 },
    { from: 0, to: 1 },
    { from: 0, to: 3 },
  ]);
  assert.equal(x[2], 0);
  assert.equal(x[3], width);
});

test("random graphs: every edge leads to the right, no two boxes overlap, and the result is always the same", () => {
  let state = 7;
  const random = (below) => (state = (state * 48271) % 2147483647) % below;
  for (let round = 0; round < 25; round += 1) {
    const items = Array.from({ length: 3 + random(40) }, () => ({
      width: 20 + random(200),
      height: 20 + random(80),
    }));
    const edges = Array.from({ length: random(80) }, () => [random(items.length), random(items.length)])
      .filter(([from, to]) => from < to)
      .map(([from, to]) => ({ from, to }));
    const result = layered(items, edges);
    assertApart(items, result);
    for (const { from, to } of edges) assert.ok(result.x[from] + items[from].width < result.x[to]);
    assert.ok(result.x.every((each, place) => each >= 0 && each + items[place].width <= result.width + 1e-6));
    assert.ok(result.y.every((each, place) => each - items[place].height / 2 >= -1e-6));
    assert.deepEqual(layered(items, edges), result);
  }
});

test("2,000 boxes take less than two seconds", () => {
  const edges = [];
  for (let to = 500; to < 2000; to += 1) edges.push({ from: (to * 7919) % to, to }, { from: to - 500, to });
  const start = performance.now();
  layered(boxes(2000), edges);
  assert.ok(performance.now() - start < 2000);
});
