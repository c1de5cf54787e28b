/** Finding values and blocks by label, operation or place in the model. */

import { blockPath } from "./blocks.js";
import { byId } from "./dom.js";

const MOST = 1000;

/**
 * Return what a text is found in: values by label and operation, blocks by name and path; labels that begin
 * with the text first.
 * @returns {{keys: number[], count: number}} keys of up to 1,000 finds (blocks are -1 - block), and how many
 *   there are
 */
export function found(graph, tree, text) {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return { keys: [], count: 0 };
  const ranked = [[], [], [], []];
  for (let node = 0; node < graph.size; node += 1) {
    const label = graph.label(node).toLowerCase();
    const symbol = graph.symbol(node).toLowerCase();
    if (label === wanted) ranked[0].push(node);
    else if (label.startsWith(wanted)) ranked[1].push(node);
    else if (label.includes(wanted)) ranked[2].push(node);
    else if (symbol === wanted || (wanted.length > 1 && symbol.includes(wanted))) ranked[3].push(node);
  }
  const blocks = [];
  tree.blocks.forEach(({ kind }, block) => {
    if (block && `${blockPath(tree, block)} ${kind}`.toLowerCase().includes(wanted)) blocks.push(-1 - block);
  });
  const all = [...ranked[0], ...ranked[1], ...blocks, ...ranked[2], ...ranked[3]];
  return { keys: all.slice(0, MOST), count: all.length };
}

/** The field for searching. */
export class Search {
  constructor(explorer) {
    this.explorer = explorer;
    this.finds = { keys: [], count: 0, at: -1 };
    byId("search-text").addEventListener("input", (event) => this.search(event.target.value));
    byId("search").addEventListener("submit", (event) => {
      event.preventDefault();
      this.nextFind(1);
    });
  }

  search(text) {
    this.finds = { ...found(this.explorer.graph, this.explorer.tree, text), at: -1 };
    const { count } = this.finds;
    byId("search-count").textContent = text.trim()
      ? count
        ? `${count.toLocaleString("en-US")} found`
        : "none found"
      : "";
    this.explorer.found = this.finds.keys;
    this.explorer.mark();
  }

  nextFind(by) {
    const { keys, count } = this.finds;
    if (!keys.length) return;
    this.finds.at = (this.finds.at + by + keys.length) % keys.length;
    const key = keys[this.finds.at];
    this.explorer.goTo(key, { focus: false });
    byId("search-count").textContent = `${this.finds.at + 1} of ${count.toLocaleString("en-US")}`;
  }

  /** Forget what was searched for. */
  clear() {
    byId("search-text").value = "";
    this.search("");
  }
}
