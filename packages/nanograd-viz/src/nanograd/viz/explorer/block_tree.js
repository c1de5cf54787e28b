/** Building the tree of blocks: what stands inside what. */

import { visibleText } from "./graph.js";
import { approximate } from "./numerals.js";

const MOST_SIDE_BY_SIDE = 400;
const PARTS = 16;

/**
 * Return the tree of blocks. Block 0 is the whole; each stands after the one around it.
 * @param {object} graph
 * @param {number} most how many boxes a picture may have
 */
export function blockTree(graph, most) {
  const blocks = [newBlock(-1, "", "")];
  const paths = new Map(); // a number for every path, as the text of a deep one would be long
  for (const { name, kind, parent } of graph.scopes) {
    const above = blocks[parent + 1].path;
    const key = JSON.stringify([above, name]);
    if (name && !paths.has(key)) paths.set(key, paths.size + 1);
    const block = newBlock(parent + 1, name || kind || "block", name ? kind : "");
    blocks.push({ ...block, path: name ? paths.get(key) : above, scopeKind: kind });
  }
  const home = new Int32Array(graph.size);
  for (let node = 0; node < graph.size; node += 1) home[node] = graph.scope[node] + 1;
  setDepths(blocks);
  placeLeaves(graph, blocks, home);
  let tree = withoutEmpty(blocks, home);
  if (graph.size > most) tree = inParts(tree, graph, most);
  describe(tree, graph);
  return tree;
}

function newBlock(parent, name, kind) {
  return {
    parent,
    name: visibleText(name),
    kind: visibleText(kind),
    path: 0,
    prefix: "",
    scopeKind: null,
    depth: 0,
    values: [],
    inner: [],
  };
}

function setDepths(blocks) {
  blocks.forEach((block, number) => {
    block.depth = number ? blocks[block.parent].depth + 1 : 0;
  });
}

/** Put each leaf into the innermost block around all of its uses, or with others that the same parts share. */
function placeLeaves(graph, blocks, home) {
  const shared = new Map();
  for (let leaf = 0; leaf < graph.size; leaf += 1) {
    if (graph.operands[leaf].length) continue;
    home[leaf] = 0;
    if (graph.isRoot.has(leaf) || !graph.users[leaf].length) continue;
    const using = [...new Set(graph.users[leaf].map((user) => home[user]))];
    const common = using.reduce((one, other) => commonBlock(blocks, one, other));
    home[leaf] = common;
    if (using.length < 2 || using.includes(common)) continue;
    home[leaf] = sharedBlock(
      blocks,
      shared,
      common,
      commonNames(blocks, using, common),
      graph.requiresGrad[leaf],
    );
  }
}

function commonBlock(blocks, one, other) {
  let [a, b] = [one, other];
  while (a !== b) {
    if (blocks[a].depth >= blocks[b].depth) a = blocks[a].parent;
    else b = blocks[b].parent;
  }
  return a;
}

/** Return the names that several blocks inside one have in common, from the outside: ["MLP", "layers.0"]. */
function commonNames(blocks, using, outer) {
  const chains = using.map((block) => {
    const chain = [];
    for (let at = block; at !== outer; at = blocks[at].parent) chain.push(blocks[at]);
    return chain.reverse();
  });
  const names = [];
  const alike = (a, b) => b !== undefined && a.name === b.name && a.kind === b.kind;
  for (let level = 0; level < chains[0].length; level += 1) {
    const first = chains[0][level];
    if (!chains.every((chain) => alike(first, chain[level]))) break;
    names.push(first);
  }
  return names;
}

function sharedBlock(blocks, shared, outer, names, isParameter) {
  let at = outer;
  let key = `${outer}/${isParameter}`;
  const thing = isParameter ? "parameters" : "constants";
  for (const { name, kind } of names) {
    key += `/${JSON.stringify([name, kind])}`;
    if (!shared.has(key)) {
      shared.set(key, blocks.length);
      blocks.push({
        ...newBlock(at, name, `${kind} ${thing}, shared`.trim()),
        depth: blocks[at].depth + 1,
        prefix: kind ? `${name}.` : "",
      });
    }
    at = shared.get(key);
  }
  return at;
}

/** Leave out blocks without values, and made-up ones around a single thing; number the rest anew. */
function withoutEmpty(blocks, home) {
  const values = new Int32Array(blocks.length);
  const inner = new Int32Array(blocks.length);
  const last = new Int32Array(blocks.length);
  for (const block of home) values[block] += 1;
  const into = Int32Array.from(blocks, (_, number) => number);
  for (let block = blocks.length - 1; block > 0; block -= 1) {
    const things = values[block] + inner[block];
    const isMadeUp = blocks[block].scopeKind === null;
    if (things === 0 || (isMadeUp && things === 1)) {
      into[block] = blocks[block].parent;
      values[blocks[block].parent] += values[block];
      inner[blocks[block].parent] += inner[block];
      if (inner[block]) {
        // What was inside alone says where it belongs: layers.3.neurons.0.
        last[blocks[block].parent] = last[block];
        blocks[last[block]].name = blocks[block].prefix + blocks[last[block]].name;
      }
    } else {
      inner[blocks[block].parent] += 1;
      last[blocks[block].parent] = block;
    }
  }
  blocks.forEach((block, number) => {
    if (number && into[number] !== number) into[number] = into[block.parent];
  });
  return renumbered(
    blocks,
    into,
    Int32Array.from(home, (block) => into[block]),
  );
}

function renumbered(blocks, into, home) {
  const kept = blocks.map((_, number) => number).filter((number) => into[number] === number);
  const number = new Int32Array(blocks.length);
  kept.forEach((block, place) => {
    number[block] = place;
  });
  const result = kept.map((block) => ({
    ...blocks[block],
    parent: block ? number[into[blocks[block].parent]] : -1,
  }));
  return { blocks: result, home: Int32Array.from(home, (block) => number[block]) };
}

/** Put what stands side by side in too large a number into blocks of its own, in the order of computation. */
function inParts(tree, graph, most) {
  const { blocks, home } = tree;
  const limit = Math.max(Math.min(MOST_SIDE_BY_SIDE, most), 2);
  const parts = Math.max(Math.min(PARTS, limit), 2);
  const things = blocks.map(() => []);
  const last = new Int32Array(blocks.length);
  home.forEach((block, node) => {
    things[block].push({ node, at: node });
    for (let outer = block; outer > 0; outer = blocks[outer].parent) last[outer] = node;
  });
  blocks.forEach(({ parent }, block) => {
    if (block) things[parent].push({ block, at: last[block] });
  });
  for (let block = 0; block < blocks.length; block += 1) {
    const list = things[block];
    if (list.length <= limit) continue;
    list.sort((one, other) => one.at - other.at);
    const size = Math.ceil(list.length / parts);
    const count = Math.ceil(list.length / size);
    for (let part = 0; part < count; part += 1) {
      const made = newBlock(block, `${part + 1} of ${count}`, "part");
      const members = list.slice(part * size, (part + 1) * size);
      for (const thing of members) {
        if (thing.block === undefined) home[thing.node] = blocks.length;
        else blocks[thing.block].parent = blocks.length;
      }
      blocks.push(made);
      things.push(members);
    }
  }
  return inOrder(blocks, home);
}

/** Return the tree with every block after the one around it. */
function inOrder(blocks, home) {
  const inner = blocks.map(() => []);
  blocks.forEach(({ parent }, block) => {
    if (block) inner[parent].push(block);
  });
  const order = [0];
  for (let place = 0; place < order.length; place += 1) {
    for (const block of inner[order[place]]) order.push(block);
  }
  const number = new Int32Array(blocks.length);
  order.forEach((block, place) => {
    number[block] = place;
  });
  const sorted = order.map((block) => ({
    ...blocks[block],
    parent: block ? number[blocks[block].parent] : -1,
  }));
  return { blocks: sorted, home: Int32Array.from(home, (block) => number[block]) };
}

/** Count what each block holds, and find the ranges of its numbers and gradients. */
function describe(tree, graph) {
  const { blocks, home } = tree;
  setDepths(blocks);
  for (const block of blocks) {
    Object.assign(block, { count: 0, operations: 0, parameters: 0, data: newRange(), grad: newRange(), last: -1 });
  }
  home.forEach((number, node) => {
    const block = blocks[number];
    block.values.push(node);
    if (graph.operands[node].length) block.last = node;
    block.count += 1;
    if (graph.operands[node].length) block.operations += 1;
    else block.parameters += graph.requiresGrad[node];
    extend(block.data, graph.data[node]);
    if (graph.requiresGrad[node]) extend(block.grad, graph.grad[node] ?? 0);
  });
  for (let number = blocks.length - 1; number > 0; number -= 1) {
    const block = blocks[number];
    const outer = blocks[block.parent];
    outer.inner.push(number);
    for (const field of ["count", "operations", "parameters"]) outer[field] += block[field];
    for (const field of ["data", "grad"]) merge(outer[field], block[field]);
    outer.last = Math.max(outer.last, block.last);
  }
  const uses = new Map();
  for (const block of blocks) {
    block.inner.reverse();
    if (block.scopeKind === null) continue;
    const key = JSON.stringify([block.path, block.scopeKind]);
    if (!uses.has(key)) uses.set(key, []);
    uses.get(key).push(block);
  }
  for (const same of uses.values()) {
    // A use may begin before one that it depends on, such as a step of a recurrent network, but it ends after it.
    same.sort((one, other) => one.last - other.last);
    same.forEach((block, place) => {
      block.use = same.length > 1 ? `use ${place + 1} of ${same.length}` : "";
    });
  }
}

function newRange() {
  return { least: null, most: null, nans: 0 };
}

function extend(range, number) {
  const size = approximate(number);
  if (Number.isNaN(size)) range.nans += 1;
  else {
    if (range.least === null || size < approximate(range.least)) range.least = number;
    if (range.most === null || size > approximate(range.most)) range.most = number;
  }
}

function merge(range, other) {
  range.nans += other.nans;
  if (other.least === null) return;
  extend(range, other.least);
  extend(range, other.most);
}
