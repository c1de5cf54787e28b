/**
 * Blocks: the parts of a model, one in the other, each drawn as one box or opened.
 *
 * A block is what was computed inside one scope, with the leaves that nothing else uses. Leaves that several
 * uses of a part share, such as the weights of a model that is used for four samples, form blocks of their
 * own. Where more values stand side by side than a picture can show, they are put into blocks too, in the
 * order in which they were computed.
 */

const LEGIBLE = 60;
const DEEPEST = 8;

/** Return for each value what it is drawn as: itself, or the block (-1 - block) that hides it. */
export function visibleAs(tree, opened) {
  const shown = new Int32Array(tree.blocks.length);
  tree.blocks.forEach(({ parent }, block) => {
    if (block === 0 || shown[parent] === 0) shown[block] = opened.has(block) || block === 0 ? 0 : -1 - block;
    else shown[block] = shown[parent];
  });
  return Int32Array.from(tree.home, (block, node) => (shown[block] === 0 ? node : shown[block]));
}

/** Return how many boxes there are when these blocks are open. */
export function visibleCount(tree, opened) {
  const isOpen = new Uint8Array(tree.blocks.length);
  let count = 0;
  tree.blocks.forEach(({ parent, values, inner }, block) => {
    isOpen[block] = block === 0 || (isOpen[parent] && opened.has(block)) ? 1 : 0;
    // Where an open block stands there is no box, but what it holds.
    if (isOpen[block]) count += values.length + inner.length - (block ? 1 : 0);
  });
  return count;
}

/** Return the blocks that are open when so many levels are. */
export function openedTo(tree, depth) {
  const opened = new Set();
  tree.blocks.forEach((block, number) => {
    if (number && block.depth <= depth) opened.add(number);
  });
  return opened;
}

/**
 * Return the blocks to begin with: as many levels as were asked for, or as are legible.
 * @returns {{opened: Set, asked: number|null, depth: number, count: number}} asked is the number of boxes
 *   that were asked for, if these are too many.
 */
export function firstOpened(tree, depth, most) {
  const deepest = tree.blocks.reduce((found, block) => Math.max(found, block.depth), 0);
  const wanted = Math.min(depth ?? deepest, deepest);
  const limit = depth === null ? Math.min(LEGIBLE, most) : most;
  // The deepest level that fits, by halving: more levels never show less.
  let level = 0;
  for (let above = wanted + 1; level + 1 < above;) {
    const middle = Math.floor((level + above) / 2);
    if (visibleCount(tree, openedTo(tree, middle)) <= limit) level = middle;
    else above = middle;
  }
  const asked = depth === null ? tree.home.length : visibleCount(tree, openedTo(tree, wanted));
  const opened = openedTo(tree, level);
  return { opened, asked: asked > most ? asked : null, depth: level, count: visibleCount(tree, opened) };
}

/** Return the names from the outermost block to this one, joined by dots, of the innermost few. */
export function blockPath(tree, block) {
  const around = blocksAround(tree, block).slice(0, DEEPEST);
  return around
    .map((outer) => tree.blocks[outer].name)
    .reverse()
    .join(".");
}

/** Return the blocks around a value or a block, from the innermost to the outermost, without the whole. */
export function blocksAround(tree, block) {
  const around = [];
  for (let outer = block; outer > 0; outer = tree.blocks[outer].parent) around.push(outer);
  return around;
}
